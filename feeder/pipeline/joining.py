"""Items that join a told story: they stand among its "Quellen", or lead it while nobody has seen it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from feeder.curation.placing import Standing
from feeder.editing.quellen import retold, with_coverage
from feeder.editing.telling import Desk, coverage, tell, tellable
from feeder.model import Coverage, Decision, Fate, StoryRevision, Telling
from feeder.pipeline.house import House
from feeder.pipeline.modelling import Writer, in_its_words
from feeder.pipeline.sorting import Newcomer
from feeder.pipeline.told import topics_for

log = logging.getLogger("feeder.curate")


def lines_of(ones: Iterable[Newcomer]) -> list[Coverage]:
    """The lines of items among the sources; an article of our own has none."""
    return [coverage(one.stored.item, one.source) for one in ones if one.source is not None and not one.is_own]


def join(house: House, desk: Desk, writer: Writer, story_id: str, ones: Sequence[Newcomer], now: datetime) -> None:
    """Make items part of a told story, in one transaction. Its words stay, and so does `updated`; only where it was
    never released and no person decided on it, a better item leads it from now on."""
    first = ones[0]
    source, told = first.source, house.store.stories.telling(story_id)
    leads = told is not None and source is not None and _is_better(house, first, told)
    words = writer.tell(first.stored, source, told.story.fate) if leads and told and source else None
    with house.store.together():
        telling = house.store.stories.telling(story_id)
        if telling is None or telling.story.fate is Fate.WITHDRAWN:
            for one in ones:
                attach(house, story_id, telling.story.revision if telling else 0, one, now)
            return
        if leads and source is not None and _is_better(house, first, telling):
            topics = topics_for(house, first.stored.item, source)
            item, fulltext = tellable(first.stored, source), first.stored.fulltext
            fresh = tell(item, source, topics, desk, story_id=story_id, at=now, fulltext=fulltext)
            _lead(house, telling, in_its_words(fresh, words), ones, now)
            return
        revision = _covered(house, telling, ones, now)
        for one in ones:
            attach(house, story_id, telling.story.revision, one, now, revision)
            revision = None


def attach(
    house: House, story_id: str, n: int, one: Newcomer, now: datetime, revision: StoryRevision | None = None
) -> None:
    """Make an item coverage of a story at revision `n`; `revision` is the next, which names it."""
    item = one.stored.item
    decision = Decision(story_id, "rules", "merged", one.why, now, n, item.key, one.score)
    log.info("merged: %s into %s (%s)", item.title, story_id, one.why)
    house.store.stories.attach(
        story_id, item.key, decision, digest=one.stored.digest, revision=revision, trace=one.trace
    )


def _covered(house: House, telling: Telling, ones: Sequence[Newcomer], now: datetime) -> StoryRevision | None:
    """The story with more coverage; None where it names all of it already."""
    before = telling.revision
    after = with_coverage(before, lines_of(ones), house.rank)
    if after is before:
        return None
    names = ", ".join(dict.fromkeys(line.source_title for line in after.coverage if line not in before.coverage))
    return replace(after, n=telling.story.revision + 1, at=now, why=f"told by {names} too")


def _is_better(house: House, one: Newcomer, telling: Telling) -> bool:
    story = telling.story
    source = house.sources.get(story.lead.source_id)
    standing = Standing(story.fate, source is not None and source.kind == "folder", story.touched)
    if not standing.may_change_lead or story.released is not None or one.source is None:
        return False
    return one.is_own or one.source.rank < house.rank(story.lead.source_id)


def _lead(house: House, telling: Telling, told: StoryRevision, ones: Sequence[Newcomer], now: datetime) -> None:
    """Let the first item lead in its own words; the others, and who led before, stand among its sources."""
    story, first = telling.story, ones[0]
    item, rank = first.stored.item, house.rank
    revision = with_coverage(retold(told, telling.revision, rank, lead_stays=False), lines_of(ones[1:]), rank)
    name = first.source.title if first.source else item.source_id
    why = f"{name} leads it now, {'an article of our own' if first.is_own else 'a better source'}: {first.why}"
    decision = Decision(story.id, "rules", "led", why, now, story.revision, item.key, first.score)
    log.info("led: %s by %s (%s)", story.id, item.title, why)
    house.store.stories.lead(
        story.id,
        item.key,
        replace(revision, n=story.revision + 1, at=now, why=why),
        decision,
        url=item.url if first.is_own or house.config.output.link == "source" else None,
        digest=first.stored.digest,
        trace=replace(first.trace, story_id=story.id) if first.trace else None,
    )
    for one in ones[1:]:
        attach(house, story.id, story.revision + 1, one, now)
