"""How stories belong together where readers see it: what became part of what, and what continues it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from feeder.model import Continued, Fate, StoryPage, Telling
from feeder.pipeline.house import House


def elder_of(row: StoryPage, rows: Mapping[str, StoryPage]) -> StoryPage | None:
    """The released story that a merged one is part of today, however often that was merged itself."""
    seen = {row.id}
    found: StoryPage | None = row
    while found is not None and found.merged_into is not None:
        if found.merged_into in seen:
            return None
        seen.add(found.merged_into)
        found = rows.get(found.merged_into)
    return found if found is not None and found is not row and found.fate is Fate.RELEASED else None


def with_elders(house: House, tellings: Iterable[Telling], rows: Mapping[str, StoryPage]) -> list[Telling]:
    """The tellings, those of merged stories with the elder that they point to."""
    return [_with_elder(house, telling, rows) for telling in tellings]


def later_of(rows: Mapping[str, StoryPage]) -> Mapping[str, Sequence[StoryPage]]:
    """The released follow-ups by the story that they continue, the newest first."""
    later: dict[str, list[StoryPage]] = {}
    for row in rows.values():
        if row.follows is not None and row.fate is Fate.RELEASED:
            later.setdefault(row.follows, []).append(row)
    return later


def named(house: House, rows: Iterable[StoryPage]) -> list[Continued]:
    """The stories as links name them: by the headlines that they have now."""
    tellings = (house.store.stories.telling(row.id) for row in rows)
    return [_as_named(telling) for telling in tellings if telling is not None]


def _with_elder(house: House, telling: Telling, rows: Mapping[str, StoryPage]) -> Telling:
    row = rows.get(telling.story.id)
    if telling.story.merged_into is None or row is None or (elder := elder_of(row, rows)) is None:
        return telling
    return replace(telling, elder=next(iter(named(house, [elder])), None))


def _as_named(telling: Telling) -> Continued:
    story, revision = telling.story, telling.revision
    return Continued(story.id, story.slug, revision.title, story.released or revision.at)
