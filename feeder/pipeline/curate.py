"""Curate: decide what is one story, whether it is released, and why."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from feeder import text
from feeder.curation.rules import Policy
from feeder.editing.quellen import with_coverage
from feeder.editing.telling import Desk, tell, tellable
from feeder.errors import FeederError, OutdatedError
from feeder.model import Continued, Decision, Fate, ItemKey, Step, StoredItem, Story, StoryRevision
from feeder.pipeline.house import House
from feeder.pipeline.joining import attach, join, lines_of
from feeder.pipeline.modelling import Writer, in_its_words
from feeder.pipeline.revise import follow_edit, release_due
from feeder.pipeline.sorting import Plan, Sorting
from feeder.pipeline.told import topics_for
from feeder.summaries import SUMMARISERS

if TYPE_CHECKING:
    from feeder.summaries.llm import Told

log = logging.getLogger("feeder.curate")

BATCH = 100
SECOND = timedelta(seconds=1)
T = TypeVar("T")


@dataclass
class _Round:
    """What this round tells with, and what a model said."""

    house: House
    now: datetime
    desk: Desk
    guard: Callable[[], None]
    writer: Writer
    words: dict[ItemKey, Told] = field(default_factory=dict)


def curate(house: House, run: int) -> Sequence[Step]:
    """Give every new item a story and a decision, follow edits, release what is due; one process at a time."""
    now = house.now_of(run)
    following = [Step("publish", {"run": run}, key="publish", dedupe="publish")]
    if not house.store.items.is_any_waiting() and not house.store.stories.due(now):
        return following  # without a lease, which costs two commits
    desk = Desk(house.config.publication.author, SUMMARISERS[house.config.summaries.kind])
    settings = house.config.curation
    policy = Policy(house.rules, settings.languages, settings.release == "hold", house.config.publication.zone)
    with house.lease("curate") as guard:
        state = _Round(house, now, desk, guard, Writer(house, now, guard))
        before = house.store.figures.last_decision()
        waiting = house.store.items.waiting()
        release_due(house, now)
        for stored in waiting:
            with _sparing(house, stored):
                if stored.story_id is not None:
                    follow_edit(house, stored, desk, state.writer, now)
        sorting = Sorting(house, now, policy, partial(_sparing, house))
        sorting.sort([stored for stored in waiting if stored.story_id is None])
        _carry_out(state, sorting)
    _count(house, run, before)
    return following


def _count(house: House, run: int, before: int) -> None:
    """Write down for the ledger what was decided, and where its reasons stand."""
    last = house.store.figures.last_decision()
    for one in house.store.figures.decided(before, last):
        house.counting.add(run, **{one.what: one.number})
    if last > before:
        house.counting.mark(run, decisions=[before, last])


@contextmanager
def _sparing(house: House, stored: StoredItem) -> Iterator[None]:
    """Let a bug that one item brings out stop no other: it shows, and the item waits. It also waits where a person
    decided on its story while this round was at it."""
    try:
        yield
    except OutdatedError as error:
        log.info("item %s of %s waits for the next round: %s", stored.item.uid, stored.item.source_id, error)
    except FeederError:
        raise
    except Exception as error:
        log.critical("item %s of %s failed unexpectedly", stored.item.uid, stored.item.source_id, exc_info=error)
        house.bugs.append(error)


def _carry_out(state: _Round, sorting: Sorting) -> None:
    """Tell stories, with what joins them at once, in few transactions; then let the rest join what was told before."""
    plans = _in_order(sorting.plans)
    _ask_model(state, plans)
    ages = _ages(sorting.plans)
    for some in _batches(state, plans):
        with state.house.store.together():
            for plan in some:
                with _sparing(state.house, plan.lead.stored):
                    _tell(state, plan, state.now - ages.get(plan.story_id, 0) * SECOND)
    for others in _batches(state, list(sorting.joining.items())):
        for story_id, ones in others:
            with _sparing(state.house, ones[0].stored):
                join(state.house, state.desk, state.writer, story_id, ones, state.now)


def _in_order(plans: dict[str, Plan]) -> list[Plan]:
    """The newest first, so that it stays on top; but what a story continues before it."""
    ordered: dict[str, Plan] = {}

    def put(plan: Plan) -> None:
        elder = plans.get(plan.follows or "")
        if elder is not None and elder.story_id not in ordered:
            put(elder)
        ordered.setdefault(plan.story_id, plan)

    for plan in sorted(plans.values(), key=lambda plan: plan.lead.date, reverse=True):
        put(plan)
    return list(ordered.values())


def _ages(plans: dict[str, Plan]) -> dict[str, int]:
    """How many follow-ups each story has in this round: it was released so many seconds before them."""
    ages: dict[str, int] = {}
    for plan in plans.values():
        age, elder = 1, plan.follows
        while elder in plans and ages.get(elder, 0) < age:
            ages[elder] = age
            age, elder = age + 1, plans[elder].follows
    return ages


def _ask_model(state: _Round, plans: Sequence[Plan]) -> None:
    """Ask the model, if there is one, before anything is written: the newest first, as long as the time lasts."""
    for plan in plans:
        stored, source = plan.lead.stored, plan.lead.source
        with _sparing(state.house, stored):
            fate = plan.lead.verdict.fate
            if source is not None and (words := state.writer.tell(stored, source, fate)) is not None:
                state.words[stored.item.key] = words


def _batches(state: _Round, entries: Sequence[T]) -> Iterator[Sequence[T]]:
    """A commit costs more than a story; too many stories in one keep others waiting. The lease lives on."""
    for start in range(0, len(entries), BATCH):
        state.guard()
        yield entries[start : start + BATCH]


def _tell(state: _Round, plan: Plan, released: datetime) -> None:
    house, one, now = state.house, plan.lead, state.now
    stored, item, verdict = one.stored, one.stored.item, one.verdict
    story = new_story(house, plan, released)
    revision = _words(state, plan)
    if revision is not None:
        story = replace(story, slug=text.slug(revision.title) or story.slug)
    decision = Decision(
        story.id, "rules", verdict.fate.value, verdict.why, now, 1 if revision else 0, item.key, one.score
    )
    log.info("%s: %s (%s)", verdict.fate.value, item.title, verdict.why)
    trace = one.trace if revision is not None else None
    told = house.store.stories.tell(story, revision, decision, item.key, digest=stored.digest, trace=trace)
    if revision is not None and (words := state.words.get(item.key)) is not None:
        state.writer.flag(told.id, revision, words, item.key)
    for other in plan.others:
        with _sparing(house, other.stored):
            attach(house, told.id, told.revision, other, now)


def _words(state: _Round, plan: Plan) -> StoryRevision | None:
    """A story's first words, with all that is known of it; None for what is dropped."""
    one, house = plan.lead, state.house
    if one.source is None or one.verdict.fate is Fate.DROPPED:
        return None
    told = tell(
        tellable(one.stored, one.source),
        one.source,
        topics_for(house, one.stored.item, one.source),
        state.desk,
        story_id=plan.story_id,
        at=state.now,
        fulltext=one.stored.fulltext,
    )
    revision = replace(in_its_words(told, state.words.get(one.stored.item.key)), continues=_continued(house, plan))
    return with_coverage(revision, lines_of(plan.others), house.rank)


def _continued(house: House, plan: Plan) -> Continued | None:
    """The elder story as readers know it; None where they do not."""
    elder = house.store.stories.telling(plan.follows) if plan.follows else None
    if elder is None or elder.story.released is None or elder.story.fate is not Fate.RELEASED:
        return None
    return Continued(elder.story.id, elder.story.slug, elder.revision.title, elder.story.released)


def new_story(house: House, plan: Plan, now: datetime) -> Story:
    """A story of an item, before the store makes its slug unique and moves equal times apart."""
    stored, verdict = plan.lead.stored, plan.lead.verdict
    item, is_own = stored.item, plan.lead.is_own
    released = None
    if verdict.fate is Fate.RELEASED:
        released = min(item.published, now) if is_own and item.published else stored.first_seen if is_own else now
    return Story(
        id=plan.story_id,
        slug=text.slug(item.title) or text.digest(*item.key),
        url=item.url if is_own or house.config.output.link == "source" else None,
        fate=verdict.fate,
        revision=0 if verdict.fate is Fate.DROPPED else 1,
        lead=item.key,
        released=released,
        updated=item.article.updated if item.article and item.article.updated and released else released,
        due=verdict.due,
        follows=plan.follows if verdict.fate is not Fate.DROPPED else None,
    )
