"""Which edition a person means, and which story of it."""

from __future__ import annotations

import re

from feeder.errors import DeskError
from feeder.model import PUBLIC, Edition, EditionStatus, Fate, Story, Telling
from feeder.pipeline.compose import due_slot
from feeder.pipeline.deciding import local, title_of
from feeder.pipeline.desk_found import found
from feeder.pipeline.drafting import draft, filled, id_of, places
from feeder.pipeline.house import House

OPEN = (EditionStatus.DRAFT, EditionStatus.HELD)
NEXT = ("next", "draft")
_NUMBER = re.compile(r"#?([0-9]{1,6})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(-[0-9]{4})?")


def edition_named(house: House, words: str) -> Edition:
    """The edition that somebody means by its id, its day, its number, or as the next one; DeskError if there is none.

    What is not approved yet comes as it would be composed now; `is_composed` tells whether the store has it.
    """
    asked = words.strip().casefold()
    if asked in NEXT:
        return next_edition(house)
    if (there := house.store.editions.get(asked)) is not None:
        return as_it_would_be(house, there)
    if number := _NUMBER.fullmatch(asked):
        return _numbered(house, int(number[1]))
    if _DAY.fullmatch(asked):
        of_day = [one for one in house.store.editions.list() if one.id.startswith(asked)]
        if (coming := coming_edition(house)) is not None and coming.id.startswith(asked):
            of_day = [*(one for one in of_day if one.id != coming.id), coming]
        if len(of_day) == 1:
            return as_it_would_be(house, of_day[0])
        if of_day:
            raise DeskError(f"{words!r} can mean {', '.join(one.id for one in of_day)}: name one of them")
    raise DeskError(
        f"no edition is called {words!r}: name it by its id (2026-11-23-0700), its number, or as next;"
        " `feeder edition list` shows them"
    )


def next_edition(house: House) -> Edition:
    """What goes out next: the newest edition that waits, unless a later one went out; else that of the coming slot."""
    for there in house.store.editions.list():
        if there.status in OPEN:
            return filled(house, there)
        if there.status in PUBLIC:
            break
    if (coming := coming_edition(house)) is None:
        raise DeskError("no edition is to come: [schedule] editions names no slot")
    return coming


def coming_edition(house: House) -> Edition | None:
    """The edition of the slot that is due, or comes next, and was not dealt with yet, as it would be composed now."""
    now = house.clock()
    slot = due_slot(house, now) or house.config.next_slot(now)
    while slot is not None and (there := house.store.editions.get(id_of(house, slot))) is not None:
        if there.status in OPEN:
            return filled(house, there)
        slot = house.config.next_slot(max(now, slot))
    return None if slot is None else draft(house, slot, now)


def as_it_would_be(house: House, edition: Edition) -> Edition:
    """An edition as it would go out now; what is approved or skipped stays as it is."""
    return filled(house, edition) if edition.status in OPEN else edition


def is_composed(house: House, edition: Edition) -> bool:
    """Whether the store has the edition; if not, its slot has not come."""
    return house.store.editions.get(edition.id) is not None


def named(edition: Edition) -> str:
    """An edition as messages call it."""
    return edition.id if edition.number is None else f"{edition.id} (number {edition.number})"


def stories_in(house: House, edition: Edition, words: str) -> tuple[Story, ...]:
    """The stories that somebody can mean by an id, a slug, an address or words of a title, among those that stand in an
    edition, or could; DeskError says where else a story is that is none of them."""
    mine = candidates(house, edition)
    whole = [one.story for one in mine.values() if one.revision.title.casefold() == words.strip().casefold()]
    if len(whole) == 1:
        return tuple(whole)
    anywhere = found(house, words)
    here = tuple(story for story in anywhere if story.id in mine)
    if not here:
        raise DeskError(_elsewhere(house, edition, words, anywhere))
    return here


def candidates(house: House, edition: Edition) -> dict[str, Telling]:
    """The stories that stand in an edition as it would be composed now, and those that could: released by its cutoff,
    and told by no other; what was dropped of it is among them."""
    mine = house.store.stories.tellings(places(edition))
    return {one.story.id: one for one in (*mine, *house.store.editions.unplaced(edition.cutoff))}


def _numbered(house: House, number: int) -> Edition:
    for edition in house.store.editions.list(*PUBLIC):
        if edition.number == number:
            return edition
    raise DeskError(f"no edition has the number {number}; `feeder edition list` shows them")


def _elsewhere(house: House, edition: Edition, words: str, anywhere: tuple[Story, ...]) -> str:
    if not anywhere:
        return f"no story is called {words!r}: `feeder edition show {edition.id}` names those of this edition"
    story = anywhere[0]
    return f"“{title_of(house, story)}” cannot stand in edition {edition.id}: {_why_not(house, story, edition)}"


def _why_not(house: House, story: Story, edition: Edition) -> str:
    placed = house.store.editions.edition_of(story.id)
    if placed not in (None, edition.id):
        return f"it stands in edition {placed}"
    if story.fate is Fate.RELEASED:
        return f"it was released after {local(house, edition.cutoff)}, when this one was closed, and comes in the next"
    return f"it is {story.fate.value}, and only what is released can; `feeder stories release` lets it out"
