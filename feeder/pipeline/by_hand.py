"""What a person decided at the desk about an article of our own, whose file may go on saying something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from feeder.model import Decision, Fate, Story, StoryRevision
from feeder.pipeline.deciding import RULES
from feeder.pipeline.house import House

_PARTS = {"title": "title", "teaser": "teaser", "summary": "Kurzfassung", "topics": "topics", "language": "language"}
_FATES = frozenset(Fate)


def is_decided_by_hand(house: House, story: Story) -> bool:
    """Whether the story has its fate from a person at the desk: no rule, and no file, which would be named. What was
    merged never comes back by its file."""
    if story.merged_into is not None:
        return True
    fates = [one for one in house.store.stories.decisions(story.id) if one.what in _FATES]
    return bool(fates) and _is_by_hand(fates[-1])


def with_words_by_hand(house: House, story: Story, revision: StoryRevision) -> tuple[StoryRevision, tuple[str, ...]]:
    """A revision with those parts that a person wrote at the desk, and with the corrections; and which of these parts
    it would have said otherwise."""
    if not story.touched:
        return revision, ()
    kept: dict[str, Any] = {}
    corrections = list(revision.corrections)
    for before, after in _edits(house, story):
        kept |= {name: getattr(after, name) for name in _PARTS if getattr(after, name) != getattr(before, name)}
        corrections += [one for one in after.corrections if one not in before.corrections]
    unlike = tuple(_PARTS[name] for name, value in kept.items() if getattr(revision, name) != value)
    ordered = tuple(sorted(dict.fromkeys(corrections), key=lambda one: one.at))
    return replace(revision, **kept, corrections=ordered), unlike


def _edits(house: House, story: Story) -> Iterator[tuple[StoryRevision, StoryRevision]]:
    """The words before and after each time that a person edited them."""
    for one in house.store.stories.decisions(story.id):
        if one.what == "revised" and _is_by_hand(one):
            before = house.store.stories.telling(story.id, one.revision)
            after = house.store.stories.telling(story.id, one.revision + 1)
            if before is not None and after is not None:
                yield before.revision, after.revision


def _is_by_hand(decision: Decision) -> bool:
    return decision.who != RULES and decision.item is None
