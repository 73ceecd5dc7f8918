"""What the next edition owns up to: corrections of stories that earlier editions told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from feeder.model import PUBLIC, Corrected, Correction, Edition, Fate, StoryPage
from feeder.pipeline.house import House
from feeder.pipeline.kin import elder_of


def corrections(house: House) -> tuple[Corrected, ...]:
    """The corrections that no approved edition told yet, of released stories that one of them had as news.

    Only stories whose words changed visibly since are looked at, which are few however many editions there are.
    """
    editions = house.store.editions.list(*PUBLIC)
    rows = {row.id: row for row in (house.store.stories.pages() if editions else ())}
    shown: dict[str, list[int]] = {}
    cutoffs = {}
    for edition in reversed(editions):
        for story_id, n in _told(edition, rows):
            shown.setdefault(story_id, []).append(n)
            cutoffs[story_id] = edition.cutoff
    changed = (
        row
        for row in rows.values()
        if row.id in shown and row.fate is Fate.RELEASED and row.revision > max(shown[row.id])
        if row.updated > cutoffs[row.id]
    )
    found = (_corrected(house, row, shown[row.id]) for row in changed)
    return tuple(one for one in found if one is not None)


def _told(edition: Edition, rows: Mapping[str, StoryPage]) -> Iterator[tuple[str, int]]:
    """The stories of an edition in the revisions that its readers know, corrections included.

    Who was told a story that became part of another one is told what was wrong in that, of which no words are known.
    """
    for section in edition.sections:
        for story_id, n in section.stories:
            elder = elder_of(rows[story_id], rows) if story_id in rows else None
            yield (elder.id, 0) if elder else (story_id, n)
    for one in edition.corrections:
        yield one.story_id, one.n


def _corrected(house: House, row: StoryPage, shown: list[int]) -> Corrected | None:
    known: set[Correction] = set()
    for n in shown:
        if (told := house.store.stories.telling(row.id, n)) is not None:
            known.update(told.revision.corrections)
    current = house.store.stories.telling(row.id)
    if current is None:
        return None
    notes = tuple(place for place, one in enumerate(current.revision.corrections) if one not in known)
    return Corrected(row.id, current.revision.n, notes) if notes else None
