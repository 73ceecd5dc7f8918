"""What an article of ours continues that waited (for its date, its mending, a person) while others told its event."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from feeder.curation.same_story import Window
from feeder.model import Continued, Decision, Fate, StoredItem, Story, StoryPage, Telling, Trace
from feeder.pipeline.deciding import RULES
from feeder.pipeline.house import House
from feeder.pipeline.told import facts_of
from feeder.pipeline.tracing import BY_NAME, BY_WORDS, Twins, page_of, told_elsewhere, trace_of


@dataclass(frozen=True, slots=True)
class _Found:
    """A released story that an article tells, too, and how that is known."""

    story_id: str
    why: str
    score: float | None = None


def as_update(house: House, story: Story, now: datetime) -> Story:
    """An article of ours that is about to be released for the first time, made a follow-up of what others told of its
    event meanwhile; any other story as it is. To be called in the transaction that releases it."""
    stored = house.store.items.get(story.lead)
    telling = house.store.stories.telling(story.id)
    if stored is None or stored.item.article is None or telling is None or story.released or story.follows:
        return story
    rows = {row.id: row for row in house.store.stories.pages()}
    known = _known(house, story, rows)
    told = (one for one in _told(house, stored, story, known, now) if one.story_id in known)
    found = next((one for one in told if not _is_own(house, one.story_id)), None)
    if found is None:
        return story
    elder = house.store.stories.telling(_newest_after(found.story_id, rows))
    if elder is None or elder.story.released is None:
        return story
    return _continue(house, telling, elder, found, now)


def _continue(house: House, telling: Telling, elder: Telling, found: _Found, now: datetime) -> Story:
    story, lead = telling.story, telling.story.lead
    why = f"continues {elder.story.id}, {found.why}, told while it waited"
    known = Continued(elder.story.id, elder.story.slug, elder.revision.title, elder.story.released or now)
    words = replace(telling.revision, n=story.revision + 1, continues=known, at=now, why=why)
    said = Decision(story.id, RULES, "revised", why, now, story.revision, lead, found.score)
    return house.store.stories.revise(words, said, None, quiet=True, follows=elder.story.id)


def _told(house: House, stored: StoredItem, story: Story, known: Collection[str], now: datetime) -> Iterator[_Found]:
    """The stories of the window that tell the article's event: certain ones first, then the most alike."""
    source = house.sources.get(story.lead.source_id)
    if source is None:
        return
    item = stored.item
    trace = trace_of(stored, source, facts_of(house, item, source), story.id)
    page = page_of(item.url)
    shared = house.store.items.shared_pages({page} if page else set())
    if (elsewhere := told_elsewhere(house, item, shared)) is not None:
        yield _Found(elsewhere.id, BY_NAME)
    window = house.store.stories.window(now - house.config.curation.look_back)
    told = [one for one in window if one.story_id in known]
    twins = Twins(shared)
    twins.add_traces(told)
    if (twin := twins.worded(trace)) is not None:
        yield _Found(twin, BY_WORDS)
    if house.config.curation.same_story and source.same_story:
        compared = (one for one in told if one.item.source_id not in house.sources or _is_compared(house, one))
        if (match := Window(compared).match(trace)) is not None:
            yield _Found(match.trace.story_id, match.why, match.score)


def _known(house: House, story: Story, rows: Mapping[str, StoryPage]) -> set[str]:
    """The stories that readers know, but for what continues this very one and what a person split from it."""
    released = {row.id for row in rows.values() if row.fate is Fate.RELEASED}
    after = {story_id for story_id in released if story.id in _elders(story_id, rows)}
    return released - after - house.store.stories.apart_of(story.id)


def _is_compared(house: House, trace: Trace) -> bool:
    return house.sources[trace.item.source_id].same_story


def _is_own(house: House, story_id: str) -> bool:
    """Whether an article of ours leads a story; two of them stay two."""
    told = house.store.stories.get(story_id)
    source = house.sources.get(told.lead.source_id) if told else None
    return source is not None and source.kind == "folder"


def _elders(story_id: str, rows: Mapping[str, StoryPage]) -> set[str]:
    elders: set[str] = set()
    before: str | None = story_id
    while before is not None and before not in elders:
        elders.add(before)
        before = rows[before].follows if before in rows else None
    return elders


def _newest_after(story_id: str, rows: Mapping[str, StoryPage]) -> str:
    """The newest released story of a chain of follow-ups."""
    later = {row.follows: row.id for row in reversed(list(rows.values())) if row.follows and row.fate is Fate.RELEASED}
    seen = {story_id}
    while (after := later.get(story_id)) is not None and after not in seen:
        seen.add(after)
        story_id = after
    return story_id
