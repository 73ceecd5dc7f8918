""" "Quellen": who else tells a story. Its lead comes first, then the better source, then who told it earlier."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from feeder import addresses
from feeder.model import Coverage, Rights, StoryRevision

Rank = Callable[[str], int]
_LATEST = datetime.max.replace(tzinfo=UTC)


def with_coverage(revision: StoryRevision, lines: Iterable[Coverage], rank: Rank) -> StoryRevision:
    """A revision with more lines; the same revision if it has all of them. `rank` is that of a source, by its id.

    A source has one line for a page, whose words stay as they were first.
    """
    lead, others = _parts(revision)
    known = {_name(line) for line in (*lead, *others)}
    new = {_name(line): line for line in reversed(tuple(lines)) if _name(line) not in known}
    if not new:
        return revision
    return replace(revision, coverage=(*lead, *_ordered((*others, *new.values()), rank)))


def retold(told: StoryRevision, before: StoryRevision, rank: Rank, *, lead_stays: bool) -> StoryRevision:
    """The words of a lead that were told anew, with what the story's other items brought: their lines, and what it
    continues. Where another item takes the lead, the line of the one before becomes one of the others."""
    lead, others = _parts(before)
    kept = others if lead_stays else (*lead, *others)
    return with_coverage(replace(told, continues=before.continues), kept, rank)


def _parts(revision: StoryRevision) -> tuple[tuple[Coverage, ...], tuple[Coverage, ...]]:
    """The lead's own line, which a text of ours does not have, and those of others."""
    place = 0 if revision.rights is Rights.OWN else 1
    return revision.coverage[:place], revision.coverage[place:]


def _name(line: Coverage) -> tuple[str, str]:
    return line.source_id, addresses.url_key(line.url) if line.url else line.title.casefold()


def _ordered(lines: Iterable[Coverage], rank: Rank) -> list[Coverage]:
    return sorted(
        lines,
        key=lambda line: (rank(line.source_id), line.published or _LATEST, line.source_id, line.url or "", line.title),
    )
