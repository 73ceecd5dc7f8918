"""Curate again: what changed rules and topics make of what was told within look_back, shown before it is done.

Rules act on what no reader has seen: what they dropped or held may be released or held now, what they held may be
dropped. What is released stays so, whatever they say now; only its topics follow. What a person touched, what stands in
an edition, our own articles, and what the calm kept back (floods, backlogs, numbers, ages) stay as they are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from feeder.curation.rules import Policy, Tally, Verdict, is_calm, judge
from feeder.editing.telling import Desk, tell, tellable
from feeder.model import Decision, Fate, Source, StoredItem, Story
from feeder.pipeline.house import House
from feeder.pipeline.modelling import Writer, in_its_words
from feeder.pipeline.sorting import Sorting
from feeder.pipeline.told import facts_of, topics_for
from feeder.pipeline.tracing import trace_of
from feeder.summaries import SUMMARISERS

log = logging.getLogger("feeder.curate")

MOST = 100_000
"""Stories of a window that are looked at, the last told first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What rules make of a story now. `fate` and `topics` are the new ones, None where they stay.

    `left`: why nothing is done although the rules say otherwise; then both are None. `edition`: that it stands in that
    one is the only reason.
    """

    story: Story
    title: str
    why: str
    fate: Fate | None = None
    topics: tuple[str, ...] | None = None
    before: tuple[str, ...] = ()
    due: datetime | None = None
    left: str | None = None
    edition: str | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """A story with its lead item and why it is as it is."""

    story: Story
    stored: StoredItem
    source: Source
    why: str


def differences(house: House, now: datetime) -> tuple[Difference, ...]:
    """Everything that rules and topics would change now; nothing is written."""
    found: list[Difference] = []
    dropped: list[_Case] = []
    since = now - house.config.curation.look_back
    for story in house.store.stories.latest(None, MOST, since=since):
        if (case := _case(house, story)) is None:
            continue
        if story.fate is Fate.DROPPED:
            dropped += [case] if _is_kept_now(house, case, now) else []
        else:
            difference = _of_told(house, case, now)
            found += [_unless_placed(house, difference)] if difference is not None else []
    return (*found, *_of_dropped(house, dropped, now))


def carry_out(house: House, now: datetime) -> tuple[Difference, ...]:
    """Do what `differences` says, and return it; one process at a time."""
    with house.lease("curate") as guard:
        found = differences(house, now)
        desk = Desk(house.config.publication.author, SUMMARISERS[house.config.summaries.kind])
        writer = Writer(house, now, guard)
        for difference in found:
            if difference.left is None:
                guard()
                with house.store.together():
                    _carry_out(house, difference, desk, writer, now)
    return found


def _policy(house: House) -> Policy:
    settings = house.config.curation
    return Policy(house.rules, settings.languages, settings.release == "hold", house.config.publication.zone)


def _case(house: House, story: Story) -> _Case | None:
    """A story that rules may decide on; None where they may not."""
    source = house.sources.get(story.lead.source_id)
    if source is None or source.kind == "folder" or story.touched or story.merged_into or story.fate is Fate.WITHDRAWN:
        return None
    stored = house.store.items.get(story.lead)
    if stored is None:
        return None
    decided = [one for one in house.store.stories.decisions(story.id) if one.what == story.fate.value]
    return _Case(story, stored, source, decided[-1].why if decided else "")


def _verdict(house: House, case: _Case, now: datetime, *, calm: bool = True) -> Verdict:
    """What the rules say now; without the calm, they alone."""
    stored, source = case.stored, case.source
    if not calm:
        stored = replace(stored, baseline=False, flooded=False)
        source = replace(source, max_age_days=None, max_per_source=None)
    return judge(stored, source, facts_of(house, stored.item, source), _policy(house), Tally(0, 0), now)


def _is_kept_now(house: House, case: _Case, now: datetime) -> bool:
    return not is_calm(case.why) and _verdict(house, case, now).fate is not Fate.DROPPED


def _of_told(house: House, case: _Case, now: datetime) -> Difference | None:
    """What changes of a held or released story."""
    telling = house.store.stories.telling(case.story.id)
    if telling is None:
        return None
    revision, verdict = telling.revision, _verdict(house, case, now, calm=False)
    difference = Difference(case.story, revision.title, verdict.why, before=revision.topics)
    if _are_forgotten(house, case.stored, now):
        return None
    if case.story.fate is Fate.RELEASED:
        if verdict.fate is Fate.DROPPED:
            return replace(
                difference, left="it is released already, and no rule takes that back: `feeder stories withdraw`"
            )
    elif verdict.fate is Fate.DROPPED:
        return replace(difference, fate=Fate.DROPPED)
    elif verdict.fate is Fate.RELEASED and not is_calm(case.why) and case.story.due is None:
        difference = replace(difference, fate=Fate.RELEASED)
    topics = topics_for(house, case.stored.item, case.source)
    if topics != revision.topics:
        difference = replace(difference, topics=topics)
    return None if difference.fate is None and difference.topics is None else difference


def _unless_placed(house: House, difference: Difference) -> Difference:
    """A change, but for one of a story that stands in an edition."""
    edition = house.store.editions.edition_of(difference.story.id)
    if edition is None:
        return difference
    return replace(difference, fate=None, topics=None, left=f"it stands in edition {edition}", edition=edition)


def _of_dropped(house: House, cases: Sequence[_Case], now: datetime) -> Iterator[Difference]:
    """What becomes of dropped stories that the rules keep now: sorted beside what was told, as new items are."""
    told = [case for case in cases if not _are_forgotten(house, case.stored, now)]
    sorting = Sorting(house, now, _policy(house), _openly)
    sorting.sort([case.stored for case in told])
    joined = {one.stored.item.key: story_id for story_id, ones in sorting.joining.items() for one in ones}
    joined |= {one.stored.item.key: plan.story_id for plan in sorting.plans.values() for one in plan.others}
    for case in cases:
        key, difference = case.stored.item.key, Difference(case.story, case.stored.item.title, "the rules keep it now")
        plan = sorting.plans.get(case.story.id)
        if _are_forgotten(house, case.stored, now):
            yield replace(difference, left="its words are forgotten ([retention] items): `feeder stories add` tells it")
        elif key in joined:
            yield replace(difference, left=f"{joined[key]} tells it already")
        elif plan is not None and plan.follows is not None:
            yield replace(difference, left=f"it continues {plan.follows}: `feeder stories release` tells it")
        elif plan is not None and plan.lead.verdict.fate is not Fate.DROPPED:
            verdict = plan.lead.verdict
            topics = topics_for(house, case.stored.item, case.source)
            yield replace(difference, why=verdict.why, fate=verdict.fate, topics=topics, due=verdict.due)
        elif plan is not None:
            yield replace(difference, left=plan.lead.verdict.why)


def _are_forgotten(house: House, stored: StoredItem, now: datetime) -> bool:
    return stored.first_seen < now - house.config.retention.items


@contextmanager
def _openly(_stored: StoredItem) -> Iterator[None]:
    """Let what fails fail: a person waits for the answer."""
    yield


def _carry_out(house: House, difference: Difference, desk: Desk, writer: Writer, now: datetime) -> None:
    story, why = difference.story, f"curated again: {difference.why}"
    if story.revision == 0:
        story = _give_words(house, difference, desk, writer, now)
    elif difference.topics is not None:
        story = _give_topics(house, difference, now)
    if difference.fate is not None:
        decision = Decision(story.id, "rules", difference.fate.value, why, now, story.revision, story.lead)
        house.store.stories.decide(decision, difference.fate, due=difference.due)
    log.info("%s: %s (%s)", difference.fate or "topics", difference.title, why)


def _give_words(house: House, difference: Difference, desk: Desk, writer: Writer, now: datetime) -> Story:
    """Tell what was dropped without words."""
    story = difference.story
    stored, source = house.store.items.get(story.lead), house.sources[story.lead.source_id]
    assert stored is not None  # noqa: S101 - it was read under the same lease
    topics = topics_for(house, stored.item, source)
    told = tell(tellable(stored, source), source, topics, desk, story_id=story.id, at=now, fulltext=stored.fulltext)
    words = writer.tell(stored, source, difference.fate or story.fate)
    revision = in_its_words(replace(told, why="curated again"), words)
    decision = Decision(story.id, "rules", "revised", revision.why, now, 0, story.lead)
    trace = trace_of(stored, source, facts_of(house, stored.item, source), story.id)
    story = house.store.stories.revise(revision, decision, story.lead, digest=stored.digest, trace=trace)
    if words is not None:
        writer.flag(story.id, revision, words, story.lead)
    return story


def _give_topics(house: House, difference: Difference, now: datetime) -> Story:
    """Place a story anew, quietly: its words are what they were."""
    story, telling = difference.story, house.store.stories.telling(difference.story.id)
    assert telling is not None  # noqa: S101 - only told stories have topics
    why = f"curated again: topics {', '.join(difference.topics or ()) or 'none'}"
    revision = replace(telling.revision, n=story.revision + 1, topics=difference.topics or (), at=now, why=why)
    decision = Decision(story.id, "rules", "revised", why, now, story.revision, story.lead)
    return house.store.stories.revise(revision, decision, None, quiet=True)
