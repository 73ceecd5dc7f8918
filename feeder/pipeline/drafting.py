"""What stands in an edition that is not approved yet: what is new by its cutoff, as an editor wants it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from feeder.editing.edition import Bounds, arrange
from feeder.model import Edition, EditionStatus, Fate, Rights, Telling
from feeder.pipeline.correcting import corrections
from feeder.pipeline.house import House
from feeder.pipeline.scoring import candidate


def id_of(house: House, slot: datetime) -> str:
    """The id of a slot's edition: its local time."""
    return slot.astimezone(house.config.publication.zone).strftime("%Y-%m-%d-%H%M")


def draft(house: House, slot: datetime, cutoff: datetime) -> Edition:
    """A new edition of a slot with what was released by the cutoff; not stored."""
    blank = Edition(id_of(house, slot), slot, EditionStatus.DRAFT, cutoff, subject="", intro="", sections=())
    return filled(house, blank)


def filled(house: House, edition: Edition) -> Edition:
    """The edition with what belongs into it now, in the order and under the words that an editor wants; not stored.

    That is what stands in it and was not taken back, and what stands nowhere and was released by its cutoff, all in
    their present words.
    """
    digest, edits = house.config.digest, house.store.editions.edits(edition.id)
    tellings = [one for one in _tellings(house, edition) if one.story.id not in edits.dropped]
    bounds = Bounds(digest.size, digest.per_source, digest.per_topic, digest.top)
    arranged = arrange([candidate(house, one, edition.cutoff) for one in tellings], house.topics, bounds, edits.first)
    titles = {one.story.id: one.revision.title for one in tellings}
    before = house.store.editions.before(edition.slot)
    headline = titles[arranged.sections[0].stories[0][0]] if arranged.sections else ""
    return replace(
        edition,
        subject=edits.subject or headline,
        intro=digest.intro if edits.intro is None else edits.intro,
        sections=arranged.sections,
        told=arranged.told,
        corrections=corrections(house),
        since=before.cutoff if before else None,
    )


def _tellings(house: House, edition: Edition) -> list[Telling]:
    mine = house.store.stories.tellings(places(edition))
    kept = [one for one in mine if one.story.fate is Fate.RELEASED]
    return [*kept, *house.store.editions.unplaced(edition.cutoff)]


def places(edition: Edition) -> list[str]:
    """The ids of an edition's stories, in their order."""
    return [story_id for section in edition.sections for story_id, _ in section.stories]


def is_enough(house: House, tellings: Iterable[Telling]) -> bool:
    """Whether stories make an edition: as many as the minimum, or any number with an article of our own."""
    rights = [one.revision.rights for one in tellings]
    return len(rights) >= house.config.digest.minimum or Rights.OWN in rights


def shortage(house: House, edition: Edition, now: datetime) -> str | None:
    """Why an edition is too weak to appear, and when the next one is due; None if it is not."""
    placed = places(edition)
    if is_enough(house, house.store.stories.tellings(placed)):
        return None
    upcoming = house.config.next_slot(max(now, edition.slot))
    when = f"{upcoming.astimezone(house.config.publication.zone):%Y-%m-%d %H:%M}" if upcoming else "never"
    needed = house.config.digest.minimum
    return f"{len(placed)} new stories, {needed} or more are needed; the next slot is {when}"
