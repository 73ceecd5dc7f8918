"""The recorded series and the feeds of the same days as one course of time: which document is served when."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as it was at a moment; `series` where it has successors."""

    source: str
    path: Path
    language: str
    series: bool


def course(corpus: Path, names: Sequence[str]) -> dict[datetime, list[Document]]:
    """Every moment of a round, in order, with what is served from then on: the snapshots of the series at their times,
    the mornings after them, and each feed at the first round after its newest item, if that was the same day's or the
    next."""
    served: defaultdict[datetime, list[Document]] = defaultdict(list)
    for name in names:
        for path in sorted((corpus / "series" / name).glob("*.xml")):
            at = datetime.strptime(path.stem, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            served[at].append(Document(name, path, "de" if name.endswith("-de") else "en", series=True))
    for at in list(served):
        served[_morning_after(at)] = []
    moments = sorted(served)
    for newest, document in _feeds(corpus):
        later = next((moment for moment in moments if moment >= newest), None)
        if later is not None and later - newest <= 2 * DAY:
            served[later].append(document)
    return dict(sorted(served.items()))


def series_of(corpus: Path) -> list[str]:
    """The names of the recorded series."""
    return sorted(folder.name for folder in (corpus / "series").iterdir() if folder.is_dir())


def _morning_after(at: datetime) -> datetime:
    """When the edition of the next day is due."""
    day = at.astimezone(BERLIN).date() + DAY
    return datetime.combine(day, time(7, 0), BERLIN).astimezone(UTC)


def _feeds(corpus: Path) -> Iterator[tuple[datetime, Document]]:
    """The real German and English feeds with the date of their newest item."""
    with (corpus / "corpus.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            is_feed = row["file"].startswith("feeds/") and row["real"] == "yes"
            if not is_feed or row["language"] not in LANGUAGES or not row["date_newest"][:4].isdigit():
                continue
            newest = datetime.fromisoformat(row["date_newest"])
            path = corpus / row["file"]
            name = "f-" + path.stem[-50:].lstrip("-").lower().replace("_", "-").replace(".", "-")
            yield newest.replace(tzinfo=newest.tzinfo or UTC), Document(name, path, row["language"], series=False)
