"""New items sorted into stories: which are told, which join what is told, which continue it. Nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from feeder import text
from feeder.curation.placing import Place, Standing, place
from feeder.curation.rules import Policy, Tally, Verdict, judge
from feeder.curation.same_story import Likeness, Match, Window
from feeder.model import Fate, ItemKey, Source, StoredItem, Story, Trace
from feeder.pipeline.house import House
from feeder.pipeline.told import facts_of
from feeder.pipeline.tracing import BY_NAME, BY_WORDS, Twins, names_of, page_of, told_elsewhere, trace_of

DAY = timedelta(days=1)
BY_ANOTHER = "one event with another item that is like both"
Sparing = Callable[[StoredItem], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A new item, what the rules say of it, and where it goes: `why` and `score` of that. `source` and `trace` are
    None where its source is no longer configured."""

    stored: StoredItem
    source: Source | None
    verdict: Verdict
    trace: Trace | None
    why: str = ""
    score: float | None = None

    @property
    def is_own(self) -> bool:
        return self.stored.item.article is not None

    @property
    def date(self) -> datetime:
        """By which the newest is told first."""
        return self.stored.item.published or self.stored.item.updated or self.stored.first_seen


@dataclass
class Plan:
    """A story to be told, or dropped: its lead, what joins it at once, and which story it continues."""

    story_id: str
    lead: Newcomer
    others: list[Newcomer] = field(default_factory=list)
    follows: str | None = None


@dataclass
class Sorting:
    """What becomes of the new items of a round; `plans` and `joining` (what joins told stories) by story id."""

    house: House
    now: datetime
    policy: Policy
    sparing: Sparing
    plans: dict[str, Plan] = field(default_factory=dict)
    joining: defaultdict[str, list[Newcomer]] = field(default_factory=lambda: defaultdict(list))
    _told: frozenset[str] = frozenset()
    _twins: Twins = field(default_factory=Twins)
    _today: dict[str, int] = field(default_factory=dict)
    _baseline: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _stories: dict[str, Story | None] = field(default_factory=dict)
    _absorbed: dict[str, str] = field(default_factory=dict)

    def sort(self, waiting: Sequence[StoredItem]) -> None:
        """Own articles first, then the better sources, so that they lead; at last what its source tells too much of,
        which may still join what is told."""
        if not waiting:
            return
        pages = {page for stored in waiting if (page := page_of(stored.item.url)) is not None}
        self._twins.shared = self.house.store.items.shared_pages(pages)
        names = {name for stored in waiting for name in names_of(stored.item)}
        self._told = self.house.store.items.told_at(names)
        too_many = []
        for stored in sorted(waiting, key=self._precedence):
            with self.sparing(stored):
                one = self._judged(stored)
                if one.verdict.fate is Fate.DROPPED and one.verdict.joins:
                    too_many.append(one)
                else:
                    self._sort(one)
        for one in too_many:
            with self.sparing(one.stored):
                self._sort(one)

    def _precedence(self, stored: StoredItem) -> tuple[bool, int, float, ItemKey]:
        source, item = self.house.sources.get(stored.item.source_id), stored.item
        date = item.published or item.updated or stored.first_seen
        return (item.article is None, source.rank if source else 100, -date.timestamp(), item.key)

    def _judged(self, stored: StoredItem) -> Newcomer:
        source = self.house.sources.get(stored.item.source_id)
        if source is None:
            gone = Verdict(Fate.DROPPED, "its source is no longer in the configuration", joins=False)
            return Newcomer(stored, None, gone, None)
        if source.id not in self._today:
            self._today[source.id] = self.house.store.stories.released_count(source.id, self.now - DAY)
        facts = facts_of(self.house, stored.item, source)
        tally = Tally(self._today[source.id], self._baseline[source.id])
        verdict = judge(stored, source, facts, self.policy, tally, self.now)
        return Newcomer(stored, source, verdict, trace_of(stored, source, facts, self._id(stored.item.key)))

    def _id(self, key: ItemKey) -> str:
        return f"tag:{self.house.config.publication.tag_authority}:story/{text.digest(*key)}"

    def _sort(self, one: Newcomer) -> None:
        trace = one.trace
        if trace is None or (one.verdict.fate is Fate.DROPPED and not one.verdict.joins):
            self._plan(one)
            return
        _ = self._window  # what was told in the same words is known with it
        if (elsewhere := self._elsewhere(one)) is not None:
            self._place(replace(one, why=BY_NAME), elsewhere.id)
        elif (here := self._twins.named(one.stored.item)) is not None:
            self._place(replace(one, why=BY_NAME), here)
        elif (twin := self._twins.worded(trace)) is not None:
            self._place(replace(one, why=BY_WORDS), twin)
        elif one.verdict.joins and (match := self._match(one, trace)) is not None:
            self._place(replace(one, why=match.why, score=match.score), match.trace.story_id, match)
        else:
            self._plan(one)

    def _elsewhere(self, one: Newcomer) -> Story | None:
        """The told story with its address or id; asked only where the store knows one of them."""
        item = one.stored.item
        return None if self._told.isdisjoint(names_of(item)) else told_elsewhere(self.house, item, self._twins.shared)

    def _match(self, one: Newcomer, trace: Trace) -> Match | None:
        is_compared = self.house.config.curation.same_story and one.source is not None and one.source.same_story
        return self._window.match(trace) if is_compared else None

    def _place(self, one: Newcomer, story_id: str, match: Match | None = None) -> None:
        """Put an item where its likeness to a story leads it; without `match` they are certainly the same."""
        story_id, standing = self._standing(story_id)
        continues = match is not None and match.kind is Likeness.FOLLOW_UP and bool(match.facts)
        where = place(standing, own=one.is_own, continues=continues)
        if match is None and (standing.own or not one.is_own):
            where = Place.COVERAGE
        if where is Place.COVERAGE:
            vouching = [other.story_id for other in match.vouching] if match is not None else []
            into = self._first(story_id, vouching)
            self._join(one, into)
            for other in (story_id, *vouching):
                if self._may_be_absorbed(other, into):
                    self._absorb(other, into, f"{BY_ANOTHER}: {one.stored.item.title}")
        elif where is Place.FOLLOW_UP:
            self._follow(one, story_id, match)
        elif where is Place.WITHHELD:
            why = f"tells what was told in {story_id} and withdrawn: {one.why}"
            self._plan(replace(one, verdict=Verdict(Fate.HELD, why, joins=False)))
        else:
            self._plan(replace(one, why="", score=None))

    def _join(self, one: Newcomer, story_id: str) -> None:
        plan = self.plans.get(story_id)
        (plan.others if plan else self.joining[story_id]).append(one)
        self._remember(one, story_id)

    def _first(self, story_id: str, others: Sequence[str]) -> str:
        """Of stories of this round that are one event, the one that was sorted first: its source is the best."""
        alike = (one for one in self.plans if one in others and self._may_be_absorbed(story_id, one))
        first = next(alike, story_id)
        order = list(self.plans)
        return first if first == story_id or order.index(first) < order.index(story_id) else story_id

    def _may_be_absorbed(self, story_id: str, into: str) -> bool:
        """Whether a story of this round, which nobody has seen, can be coverage of another one: a single item of
        others that continues nothing and is continued by nothing, and both stand alike."""
        plan, (_, standing) = self.plans.get(story_id), self._standing(into)
        if plan is None or story_id == into or plan.others or plan.follows or plan.lead.is_own:
            return False
        is_continued = any(later.follows == story_id for later in self.plans.values())
        return standing.is_open and standing.fate is plan.lead.verdict.fate and not is_continued

    def _absorb(self, story_id: str, into: str, why: str) -> None:
        lead = self.plans.pop(story_id).lead
        self._absorbed[story_id] = into
        if not lead.stored.flooded:
            self._today[lead.stored.item.source_id] -= 1
            self._baseline[lead.stored.item.source_id] -= lead.stored.baseline
        self._join(replace(lead, why=why), into)

    def _follow(self, one: Newcomer, elder: str, match: Match | None) -> None:
        setting, verdict = self.house.config.curation.followups, one.verdict
        elder = self._newest_after(elder)
        new = f"; new: {', '.join(match.facts)}" if match is not None and match.facts else ""
        why = f"continues {elder}, {one.why}{new}"
        if verdict.fate is Fate.DROPPED:
            self._plan(replace(one, why=why))
            return
        if not one.is_own and setting == "drop":
            verdict = Verdict(Fate.DROPPED, f'{why}; [curation] followups = "drop"', joins=False)
        elif not one.is_own and setting == "hold":
            verdict = Verdict(Fate.HELD, f'{why}; [curation] followups = "hold"')
        else:
            verdict = replace(verdict, why=f"{verdict.why}; {why}")
        self._plan(replace(one, verdict=verdict), follows=elder)

    def _plan(self, one: Newcomer, follows: str | None = None) -> None:
        """Let an item be a story of its own."""
        key, verdict = one.stored.item.key, one.verdict
        self.plans[self._id(key)] = Plan(self._id(key), one, follows=follows)
        if verdict.fate is Fate.DROPPED:
            return
        if not one.stored.flooded:
            self._today[key.source_id] = self._today.get(key.source_id, 0) + 1
            self._baseline[key.source_id] += one.stored.baseline
        self._remember(one, self._id(key))

    def _remember(self, one: Newcomer, story_id: str) -> None:
        """Let what comes after find it: by name and words in any case, by likeness where it may be joined."""
        if one.trace is None:
            return
        trace = replace(one.trace, story_id=story_id)
        self._twins.add(one.stored.item, trace)
        if one.source is not None and one.source.same_story and self._standing(story_id)[1].is_open:
            self._window.add(trace)

    def _standing(self, story_id: str) -> tuple[str, Standing]:
        """How a story stands, or the one that it was merged into."""
        story_id = self._absorbed.get(story_id, story_id)
        if (plan := self.plans.get(story_id)) is not None:
            fate, follows = plan.lead.verdict.fate, plan.follows is not None
            return story_id, Standing(fate, plan.lead.is_own, follows=follows, by_policy=self._waits_as_all(plan.lead))
        story = self._story(story_id)
        if story is None:
            return story_id, Standing(Fate.DROPPED)
        if story.merged_into is not None:
            return self._standing(story.merged_into)
        source = self.house.sources.get(story.lead.source_id)
        is_own = source is not None and source.kind == "folder"
        by_policy = self.policy.holds and story.due is None
        return story_id, Standing(story.fate, is_own, story.touched, story.follows is not None, by_policy)

    def _waits_as_all(self, one: Newcomer) -> bool:
        return self.policy.holds and one.verdict.joins

    def _story(self, story_id: str) -> Story | None:
        if story_id not in self._stories:
            self._stories[story_id] = self.house.store.stories.get(story_id)
        return self._stories[story_id]

    @cached_property
    def _window(self) -> Window:
        """What was told of late, but for stories that nothing may join and sources that are not compared."""
        traces = self.house.store.stories.window(self.now - self.house.config.curation.look_back)
        self._twins.add_traces(traces)
        return Window(trace for trace in traces if self._is_compared(trace))

    def _is_compared(self, trace: Trace) -> bool:
        source = self.house.sources.get(trace.item.source_id)
        if not self.house.config.curation.same_story or (source is not None and not source.same_story):
            return False
        return trace.released or self._standing(trace.story_id)[1].is_open

    @cached_property
    def _followers(self) -> dict[str, str]:
        """The newest released story that continues each story."""
        pages = self.house.store.stories.pages()
        return {page.follows: page.id for page in reversed(pages) if page.follows and page.fate is Fate.RELEASED}

    def _newest_after(self, story_id: str) -> str:
        """The newest told story of a chain of follow-ups."""
        planned = {plan.follows: plan.story_id for plan in self._planned() if plan.follows}
        seen = {story_id}
        while (later := planned.get(story_id) or self._followers.get(story_id)) is not None and later not in seen:
            seen.add(later)
            story_id = later
        return story_id

    def _planned(self) -> Iterable[Plan]:
        return (plan for plan in self.plans.values() if plan.lead.verdict.fate is Fate.RELEASED)
