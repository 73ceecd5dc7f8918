"""How a person's decision about stories is made: on what was read, in one transaction, with who, why and when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from feeder import text
from feeder.errors import DeskError, OutdatedError, StoreError
from feeder.model import Decision, Story
from feeder.pipeline.house import House

RULES = "rules"


@dataclass(frozen=True, slots=True)
class Change:
    """What a person's decision changed, in English: `did` says it in a few words ("released", "held until …").

    `story` is as it is now. `changed`: False where it was so already, and nothing was recorded. `warnings` say what is
    unusual about it; none of it kept the decision from being carried out.
    """

    story: Story
    title: str
    did: str
    changed: bool = True
    warnings: tuple[str, ...] = ()


@contextmanager
def deciding(house: House, who: str, *stories: Story) -> Iterator[datetime]:
    """One transaction in which somebody decides on stories as they were read, and the time of the decision.

    OutdatedError where one of them is not as it was read any more.
    """
    if not text.one_line(who) or text.one_line(who).casefold() == RULES:
        raise DeskError(f"“{who}” cannot decide: name a person with --by")
    with house.store.together():
        for story in stories:
            now = house.store.stories.get(story.id)
            if now is None:
                raise StoreError(f"the store knows no story {story.id}")
            if _read(now) != _read(story):
                raise OutdatedError(
                    f"{story.id} changed meanwhile: it is {now.fate.value} at revision {now.revision} now;"
                    " read it again and decide on that"
                )
        yield house.clock()


@contextmanager
def unchanged(house: House, story: Story) -> Iterator[None]:
    """One transaction of the rules on a story as they read it; OutdatedError where anybody changed it meanwhile, so
    that nothing is published that nobody read, and what was erased gets no words again."""
    with house.store.together():
        if house.store.stories.get(story.id) != story:
            raise OutdatedError(f"{story.id} was changed by somebody else meanwhile")
        yield


def _read(story: Story) -> tuple[object, ...]:
    """What somebody who decides has seen."""
    return (story.revision, story.fate, story.lead, story.due, story.merged_into)


def decision(story: Story, who: str, what: str, why: str, at: datetime) -> Decision:
    """A person's decision. It names no item, by which it is told from what an article's file says."""
    return Decision(story.id, text.one_line(who), what, text.one_line(why), at, story.revision)


def reasoned(why: str, verb: str) -> str:
    """A reason that has to be given; DeskError where it is not."""
    if not text.one_line(why):
        raise DeskError(f"why {verb} it? Say so with --why: the reason is kept with the decision")
    return why


def now_of(house: House, story: Story) -> Story:
    """The story as the store has it now."""
    return house.store.stories.get(story.id) or story


def title_of(house: House, story: Story) -> str:
    """What a story is called, also where it has no words: by its item then, or its slug; erased ones by that alone."""
    if (telling := house.store.stories.telling(story.id)) is not None:
        return telling.revision.title or story.slug
    stored = house.store.items.get(story.lead)
    return (stored.item.title if stored else "") or story.slug


def title_by_id(house: House, story_id: str) -> str:
    """What a story is called, in quotation marks; one that the store does not know by its id."""
    story = house.store.stories.get(story_id)
    return f"“{title_of(house, story)}”" if story else story_id


def local(house: House, moment: datetime) -> str:
    """A moment in the publication's zone."""
    return moment.astimezone(house.config.publication.zone).strftime("%Y-%m-%d %H:%M")
