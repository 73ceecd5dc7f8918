"""The editor's hands on a story's fate: release, hold, drop, withdraw, pin.

Each takes the story as it was read, who decides and why, and says what changed; done twice it changes nothing more.
What a person decided survives every later gather and every run of the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from feeder.errors import DeskError
from feeder.model import Fate, Story
from feeder.pipeline.continuing import as_update
from feeder.pipeline.deciding import Change, deciding, decision, local, now_of, reasoned, title_by_id, title_of
from feeder.pipeline.desk_words import first_trace, first_words
from feeder.pipeline.house import House

OUT = (Fate.RELEASED, Fate.WITHDRAWN)


def release(house: House, story: Story, who: str, why: str = "") -> Change:
    """Let readers see a story now, whatever held or dropped it; one that has no words gets those of its item."""
    with deciding(house, who, story) as now:
        if story.fate is Fate.RELEASED:
            return _as_it_was(house, story, "released already")
        if story.merged_into is not None:
            elder = title_by_id(house, story.merged_into)
            raise DeskError(f"{story.slug} is part of {elder}: `feeder stories split` makes it its own again")
        story, warnings = _with_words(house, story, who, now)
        released = as_update(house, story, now)
        said = decision(released, who, Fate.RELEASED.value, why or "released by hand", now)
        house.store.stories.decide(said, Fate.RELEASED, released=_own_date(house, story, now))
        return _done(house, released, _released(house, released, story), warnings)


def hold(house: House, story: Story, who: str, why: str = "", until: datetime | None = None) -> Change:
    """Keep a story in the house until somebody releases it, or until a moment."""
    with deciding(house, who, story) as now:
        if story.fate in OUT:
            raise DeskError(_is_out(story, "held"))
        if until is not None and until <= now:
            raise DeskError(f"{local(house, until)} is over: name a moment to come, or release it")
        did = "held" if until is None else f"held until {local(house, until)}"
        if story.fate is Fate.HELD and story.due == until and story.touched:
            return _as_it_was(house, story, f"{did} already")
        story, warnings = _with_words(house, story, who, now)
        house.store.stories.decide(decision(story, who, Fate.HELD.value, _until(did, why), now), Fate.HELD, due=until)
        return _done(house, story, did, warnings)


def drop(house: House, story: Story, who: str, why: str) -> Change:
    """Tell a story never, whatever else its sources say of it."""
    why = reasoned(why, "drop")
    with deciding(house, who, story) as now:
        if story.fate in OUT:
            raise DeskError(_is_out(story, "dropped"))
        if story.fate is Fate.DROPPED:
            return _as_it_was(house, story, "dropped already")
        house.store.stories.decide(decision(story, who, Fate.DROPPED.value, why, now), Fate.DROPPED)
        return _done(house, story, "dropped")


def withdraw(house: House, story: Story, who: str, why: str, *, erase: bool = False) -> Change:
    """Take back a published story; readers are told why. `erase` also takes its words out of store and outputs,
    for ever, and does so with stories that were never published, too."""
    why = reasoned(why, "withdraw")
    with deciding(house, who, story) as now:
        if story.released is None and not erase:
            raise DeskError(f"{story.slug} was never published: `feeder stories drop` is the verb for that")
        fate = Fate.WITHDRAWN if story.released is not None else Fate.DROPPED
        if story.fate is not fate:
            house.store.stories.decide(decision(story, who, fate.value, why, now), fate)
        elif not erase:
            return _as_it_was(house, story, "withdrawn already")
        title = title_of(house, story)
        if erase:
            house.store.stories.erase(story.id, decision(now_of(house, story), who, "erased", why, now))
        did = f"{fate.value} and erased" if erase else fate.value
        return replace(_done(house, story, did), title=title)


def pin(house: House, story: Story, who: str, why: str = "", until: datetime | None = None) -> Change:
    """Let a story lead the landing page and the digest until a moment; None takes the pin off."""
    with deciding(house, who, story) as now:
        if story.fate not in (Fate.RELEASED, Fate.HELD):
            raise DeskError(f"{story.slug} is {story.fate.value}, and leads nothing: release it first")
        if until is not None and until <= now:
            raise DeskError(f"{local(house, until)} is over: name a moment to come")
        if until is None and (story.pinned is None or story.pinned <= now):
            return _as_it_was(house, story, "not pinned, so there was no pin to take off")
        did = "no longer pinned" if until is None else f"pinned until {local(house, until)}"
        if story.pinned == until:
            return _as_it_was(house, story, f"{did} already")
        what = "unpinned" if until is None else "pinned"
        house.store.stories.pin(story.id, until, decision(story, who, what, _until(did, why), now))
        return _done(house, story, did)


def all_or_none(house: House, decide: Callable[[Story], Change], stories: tuple[Story, ...]) -> tuple[Change, ...]:
    """Decide on many stories in one transaction."""
    with house.store.together():
        return tuple(map(decide, stories))


def _with_words(house: House, story: Story, who: str, now: datetime) -> tuple[Story, tuple[str, ...]]:
    """The story, with its first words where it had none; none of what only stands for a file that cannot be read."""
    stored = house.store.items.get(story.lead)
    article = stored.item.article if stored else None
    if article is not None and article.flaws and not article.sections:
        raise DeskError(f"there is no text to tell yet, so mend the file, which then needs no verb: {article.flaws[0]}")
    if story.revision > 0:
        telling = house.store.stories.telling(story.id)
        if telling is not None and not telling.revision.title:
            raise DeskError(f"the words of {story.slug} were erased: `feeder stories edit` gives it others first")
        return story, ()
    words = replace(first_words(house, story, now), n=1, at=now, why="given words when it was let in by hand")
    said = decision(story, who, "revised", words.why, now)
    house.store.stories.revise(words, said, None, trace=first_trace(house, story))
    warnings = () if words.teaser else ("of its item only the headline is left, so it has no teaser",)
    return now_of(house, story), warnings


def _own_date(house: House, story: Story, now: datetime) -> datetime | None:
    """The date of an article of our own, if that is past; others are released now."""
    stored = house.store.items.get(story.lead)
    date = stored.item.article.date if stored and stored.item.article else None
    return date if date is not None and date < now else None


def _released(house: House, now: Story, before: Story) -> str:
    """What is said of a release; which story it continues only where this release found that out."""
    if now.follows is None or now.follows == before.follows:
        return "released"
    return f"released as an update to {title_by_id(house, now.follows)}, which was told meanwhile"


def _until(did: str, why: str) -> str:
    """The reason, with the moment that it is about: another one is another decision."""
    return f"{did}: {why}" if why else did


def _is_out(story: Story, fate: str) -> str:
    if story.fate is Fate.WITHDRAWN:
        return f"{story.slug} is withdrawn; what was published once cannot be {fate}"
    return f"{story.slug} is published and cannot be {fate}: `feeder stories withdraw` takes it back"


def _as_it_was(house: House, story: Story, did: str) -> Change:
    return Change(story, title_of(house, story), did, changed=False)


def _done(house: House, story: Story, did: str, warnings: tuple[str, ...] = ()) -> Change:
    return Change(now_of(house, story), title_of(house, story), did, warnings=warnings)
