"""The editor's hands on what is one story and what is two: merge, split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from feeder import text
from feeder.editing.quellen import with_coverage
from feeder.editing.telling import Desk, coverage, tell, tellable
from feeder.errors import DeskError, StoreError
from feeder.model import Coverage, Fate, ItemKey, Rights, StoredItem, Story, StoryRevision, Telling
from feeder.pipeline.deciding import Change, deciding, decision, now_of, reasoned, title_by_id, title_of
from feeder.pipeline.house import House
from feeder.pipeline.standing_in import source_of
from feeder.pipeline.told import topics_for
from feeder.summaries import SUMMARISERS


def merge(house: House, elder: Story, others: Sequence[Story], who: str, why: str) -> Change:
    """Make others the same story as the elder: who told them stands among its sources from now on.

    What of them was published is withdrawn and points to the elder; the others are dropped.
    """
    why = reasoned(why, "merge")
    with deciding(house, who, elder, *others) as now:
        found = house.store.stories.telling(elder.id)
        telling = _mergeable(house, elder, found, others)
        fresh = list({other.id: other for other in others if other.merged_into != elder.id}.values())
        if not fresh:
            return Change(elder, telling.revision.title, "merged already", changed=False)
        for other in fresh:
            now_elder = now_of(house, elder)
            words = _grown(house, telling.revision, now_elder, _coverage_of(house, other), why, now)
            house.store.stories.merge(elder.id, other.id, decision(other, who, "merged", why, now), words)
            telling = replace(telling, revision=words)
        did = f"merged with {len(fresh)}: {_titles(house, fresh)}"
        return Change(now_of(house, elder), telling.revision.title, did)


def split(house: House, story: Story, keys: Sequence[ItemKey], who: str, why: str) -> Change:
    """Make some of a story's items a story of its own, with the same fate and another id; rules never merge them again.

    The lead stays. The first of `keys` leads the new story.
    """
    why = reasoned(why, "split")
    with deciding(house, who, story) as now:
        telling = house.store.stories.telling(story.id)
        if telling is None or story.fate not in (Fate.RELEASED, Fate.HELD):
            raise DeskError(f"{story.slug} is {story.fate.value}: only what is held or released is split")
        leaving = _leaving(house, story, keys)
        new, words = _new_story(house, story, leaving, now)
        gone = {(line.source_id, line.url) for stored in leaving for line in _lines(house, stored)}
        left = replace(
            telling.revision,
            n=story.revision + 1,
            coverage=tuple(line for line in telling.revision.coverage if (line.source_id, line.url) not in gone),
            at=now,
            why=text.one_line(why),
        )
        said = decision(story, who, "split", why, now)
        made = house.store.stories.split(story.id, [one.item.key for one in leaving], new, words, left, said)
        did = f"split from “{telling.revision.title}” and {made.fate.value}"
        return Change(made, words.title, did + _as_readers_see_it(house, made))


def _mergeable(house: House, elder: Story, telling: Telling | None, others: Sequence[Story]) -> Telling:
    """The elder's words; DeskError says which of the stories cannot be merged, and what to do first."""
    if not others:
        raise DeskError(f"merge {elder.slug} with what? Name the other story after it")
    if telling is None or elder.fate not in (Fate.RELEASED, Fate.HELD):
        raise DeskError(f"{elder.slug} is {elder.fate.value}: release it first, or name another first")
    for other in others:
        if other.id == elder.id:
            raise DeskError(f"{elder.slug} cannot be merged with itself")
        if other.merged_into not in (None, elder.id):
            there = title_by_id(house, other.merged_into)
            raise DeskError(f"{other.slug} is part of {there} already: split it from there first")
        if other.fate is Fate.RELEASED and elder.fate is Fate.HELD:
            raise DeskError(f"{other.slug} is published and {elder.slug} is not: name {other.slug} first")
        words = house.store.stories.telling(other.id)
        if words and words.revision.rights is Rights.OWN and telling.revision.rights is not Rights.OWN:
            raise DeskError(f"{other.slug} is an article of our own, which leads: name it first")
    return telling


def _coverage_of(house: House, other: Story) -> tuple[Coverage, ...]:
    """Who told the other: as its words say it, or its item where it has none."""
    if (telling := house.store.stories.telling(other.id)) is not None and telling.revision.coverage:
        return telling.revision.coverage
    stored = house.store.items.get(other.lead)
    return tuple(_lines(house, stored)) if stored else ()


def _grown(
    house: House, revision: StoryRevision, story: Story, lines: Iterable[Coverage], why: str, now: datetime
) -> StoryRevision:
    """The next revision of a story, with more coverage."""
    covered = with_coverage(revision, lines, house.rank)
    return replace(covered, n=story.revision + 1, at=now, why=text.one_line(why))


def _leaving(house: House, story: Story, keys: Sequence[ItemKey]) -> list[StoredItem]:
    if not keys:
        raise DeskError(f"split what from {story.slug}? Name it with --item; `feeder stories show` lists its items")
    found = []
    for key in dict.fromkeys(keys):
        if key == story.lead:
            raise DeskError(f"{_item_called(house, key)} leads {story.slug} and stays: name what is to leave it")
        stored = house.store.items.get(key)
        if stored is None or stored.story_id != story.id:
            raise StoreError(f"{_item_called(house, key)} is no item of {story.slug}")
        found.append(stored)
    return found


def _new_story(house: House, story: Story, leaving: Sequence[StoredItem], now: datetime) -> tuple[Story, StoryRevision]:
    lead = leaving[0]
    source = source_of(house, lead.item)
    authority = house.config.publication.tag_authority
    # The item alone may have named a story once, which was merged: ids are never used again. A moment may hold several
    # splits of one item, each of which found the story at a later revision.
    minted = text.digest(*lead.item.key, story.id, str(story.revision), now.isoformat())
    new_id = f"tag:{authority}:story/{minted}"
    desk = Desk(house.config.publication.author, SUMMARISERS[house.config.summaries.kind])
    topics = topics_for(house, lead.item, source)
    words = tell(tellable(lead, source), source, topics, desk, story_id=new_id, at=now, fulltext=lead.fulltext)
    if not words.title:
        raise DeskError(
            f"what {source.title} has at {lead.item.url or lead.item.uid} has no headline: name another item first"
        )
    words = with_coverage(words, (line for other in leaving[1:] for line in _lines(house, other)), house.rank)
    is_home = house.config.output.link != "source" and lead.item.article is None
    made = Story(
        id=new_id,
        slug=text.slug(words.title) or text.digest(new_id),
        url=None if is_home else lead.item.url,
        fate=story.fate,
        revision=1,
        lead=lead.item.key,
        released=now if story.fate is Fate.RELEASED else None,
        updated=now if story.fate is Fate.RELEASED else None,
        touched=True,
    )
    return made, words


def _as_readers_see_it(house: House, story: Story) -> str:
    """Whether a story that was split off is news again, or counts as told."""
    if story.fate is not Fate.RELEASED:
        return ""
    edition = house.store.editions.edition_of(story.id)
    placed = house.store.editions.get(edition) if edition else None
    if placed is None:
        return "; it is news again: new in the feeds, and in the next edition"
    number = f"edition {placed.number}" if placed.number is not None else f"the edition of {placed.id}"
    return f"; new in the feeds, but {number} told it before: no later one does"


def _item_called(house: House, key: ItemKey) -> str:
    stored = house.store.items.get(key)
    if stored is None:
        return f"{key.uid} of {key.source_id}"
    return f"“{stored.item.title or stored.item.uid}” of {source_of(house, stored.item).title}"


def _lines(house: House, stored: StoredItem) -> list[Coverage]:
    """An item's line among the sources; an article of our own has none."""
    return [] if stored.item.article is not None else [coverage(stored.item, source_of(house, stored.item))]


def _titles(house: House, stories: Sequence[Story]) -> str:
    return ", ".join(f"“{title_of(house, story)}”" for story in stories)
