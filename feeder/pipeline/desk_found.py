"""Which story a person means."""

from __future__ import annotations

import re

from feeder.errors import DeskError
from feeder.model import ItemKey, StoredItem, Story
from feeder.pipeline.house import House


def found(house: House, words: str) -> tuple[Story, ...]:
    """The stories that somebody can mean by an id, its last part, a slug, an address or words of a title; what is named
    by an id, a slug or its whole title comes alone.

    What no story tells by these words is found by its items; of merged stories the elder is meant.
    """
    asked = words.strip()
    store = house.store
    short = f"tag:{house.config.publication.tag_authority}:story/{asked}"
    exact = store.stories.get(asked) or store.stories.get(short) or store.stories.by_slug(asked)
    if exact is not None:
        return (exact,)
    stories = {story.id: story for story in store.stories.find(asked)}
    for stored in store.items.find(asked):
        if stored.story_id and (story := store.stories.get(stored.story_id)):
            stories.setdefault(story.id, story)
    stories = {story.id: story for story in stories.values() if story.merged_into not in stories}
    tellings = store.stories.tellings(list(stories))
    named = [one.story for one in tellings if one.revision.title.casefold() == asked.casefold()]
    return tuple(named) if len(named) == 1 else tuple(stories.values())


def short_id(story: Story) -> str:
    """The part of an id that tells stories apart."""
    return re.sub(r"^tag:[^/]*:story/", "", story.id)


def items_of(house: House, story: Story) -> tuple[StoredItem, ...]:
    """The items of a story that are not forgotten, its lead first."""
    stored = (house.store.items.get(key) for key in house.store.stories.items(story.id))
    return tuple(one for one in stored if one is not None)


def item_named(house: House, story: Story, words: str) -> ItemKey:
    """One of a story's items, by its address, id, source, or words of its title."""
    items = items_of(house, story)
    asked = words.strip()
    parts = asked.casefold().split()
    exact = [one for one in items if asked in (one.item.uid, one.item.url, one.item.original, one.item.source_id)]
    alike = exact or [one for one in items if parts and all(part in one.item.title.casefold() for part in parts)]
    if len(alike) == 1:
        return alike[0].item.key
    listed = "\n".join(f"  {one.item.source_id}: {one.item.title} ({one.item.url or one.item.uid})" for one in items)
    problem = "names no item" if not alike else f"names {len(alike)} items"
    raise DeskError(f"“{asked}” {problem} of {story.slug}; name one by its address:\n{listed}")
