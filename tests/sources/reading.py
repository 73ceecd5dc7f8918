"""What readers read with, in tests: a fetcher that may reach loopback, without pauses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from feeder.config.sections import Gathering, Sections
from feeder.model import Rights, Source
from feeder.sources.http import Fetcher
from feeder.sources.reading import Reading

ZONE = ZoneInfo("Europe/Berlin")
GATHERING = Gathering(pause=timedelta(0), timeout=timedelta(seconds=20), allow_networks=("127.0.0.0/8", "::1/128"))


@contextmanager
def reading_the_web() -> Iterator[Reading]:
    """A Reading for a test's own server."""
    with Fetcher(GATHERING, "feeder/test (+https://ki-news.example/)") as fetcher:
        yield Reading(Path(), ZONE, Sections(), fetcher)


def source(kind: str, location: str, **facts: object) -> Source:
    """A source of this kind; `facts` replace what is usual."""
    usual: dict[str, object] = {
        "id": "quelle", "kind": kind, "location": location, "title": "Quelle", "language": "de", "topics": (),
        "rank": 50, "rights": Rights.TEASER, "licence": None, "excerpt_limit": 160, "public": True, "homepage": None,
        "rules": (), "max_age_days": None, "max_per_source": None, "baseline_release": None,
    }  # fmt: skip
    return Source(**{**usual, **facts})  # type: ignore[arg-type]  # a test that errs here fails at once
