"""Curate: decide what is one story, whether it is released, and why."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from feeder import addresses, text
from feeder.curation.rules import Policy, Tally, Verdict, judge
from feeder.editing.telling import Desk, tell, tellable
from feeder.errors import FeederError
from feeder.model import APART, Decision, Fate, Item, ItemKey, Step, StoredItem, Story
from feeder.pipeline.house import House
from feeder.pipeline.modelling import Writer, in_its_words
from feeder.pipeline.revise import follow_edit, release_due
from feeder.pipeline.told import facts_of, topics_for
from feeder.summaries import SUMMARISERS

if TYPE_CHECKING:
    from feeder.summaries.llm import Told

log = logging.getLogger("feeder.curate")

DAY = timedelta(days=1)
BATCH = 100
T = TypeVar("T")


@dataclass
class _Round:
    """What this round has decided so far, and counts by."""

    house: House
    now: datetime
    desk: Desk
    policy: Policy
    guard: Callable[[], None]
    writer: Writer
    words: dict[ItemKey, Told] = field(default_factory=dict)
    today: dict[str, int] = field(default_factory=dict)
    baseline: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass
class _Told:
    """What this round tells, found by what two items that are the same have in common: a global id, or the page;
    where that is `shared` by several things of one source, the title and date too."""

    shared: Collection[str]
    by_name: defaultdict[tuple[str, ...], list[Item]] = field(default_factory=lambda: defaultdict(list))

    def add(self, item: Item) -> None:
        """Remember what is told."""
        for name in self._names(item):
            self.by_name[name].append(item)

    def same(self, item: Item) -> ItemKey | None:
        """What tells the same thing as an item."""
        alike = (
            one
            for name in self._names(item)
            for one in self.by_name.get(name, ())
            if len(name) == 1 or not _are_apart(one.published, item.published)
        )
        return first.key if (first := next(alike, None)) is not None else None

    def _names(self, item: Item) -> Iterator[tuple[str, ...]]:
        if (page := _page(item.url)) is not None:
            yield (page, item.title.casefold()) if page in self.shared else (page,)
        if (world_id := _world_id(item)) is not None:
            yield (f"uid {world_id}",)


def curate(house: House, run: int) -> Sequence[Step]:
    """Give every new item a story and a decision, follow edits, release what is due; one process at a time."""
    now = house.now_of(run)
    following = [Step("publish", {"run": run}, key="publish", dedupe="publish")]
    if not house.store.items.is_any_waiting() and not house.store.stories.due(now):
        return following  # without a lease, which costs two commits
    desk = Desk(house.config.publication.author, SUMMARISERS[house.config.summaries.kind])
    settings = house.config.curation
    policy = Policy(house.rules, settings.languages, settings.release == "hold")
    with house.lease("curate") as guard:
        state = _Round(house, now, desk, policy, guard, Writer(house, now, guard))
        waiting = house.store.items.waiting()
        release_due(house, now)
        for stored in waiting:
            with _sparing(house, stored):
                if stored.story_id is not None:
                    follow_edit(house, stored, desk, state.writer, now)
        _tell_new(state, [stored for stored in waiting if stored.story_id is None])
    return following


@contextmanager
def _sparing(house: House, stored: StoredItem) -> Iterator[None]:
    """Let a bug that one item brings out stop no other: it shows, and the item waits."""
    try:
        yield
    except FeederError:
        raise
    except Exception as error:
        log.critical("item %s of %s failed unexpectedly", stored.item.uid, stored.item.source_id, exc_info=error)
        house.bugs.append(error)


def _tell_new(state: _Round, waiting: Sequence[StoredItem]) -> None:
    """Judge the better sources first, so that they lead; then tell the newest first, so that it stays on top."""
    leads: dict[ItemKey, tuple[StoredItem, Verdict]] = {}
    led: list[tuple[StoredItem, ItemKey]] = []
    told = _Told(_shared_pages(state, waiting))
    for stored in sorted(waiting, key=lambda stored: _precedence(state, stored)):
        with _sparing(state.house, stored):
            if (elsewhere := _told_elsewhere(state, stored, told.shared)) is not None:
                _attach(state, stored, elsewhere)
                continue
            if (first := told.same(stored.item)) is not None:
                led.append((stored, first))
                continue
            verdict = _judge(state, stored)
            leads[stored.item.key] = (stored, verdict)
            if verdict.fate is not Fate.DROPPED:
                told.add(stored.item)
    stories: dict[ItemKey, str] = {}
    newest_first = sorted(leads.values(), key=lambda pair: _date(pair[0]), reverse=True)
    _ask_model(state, newest_first)
    for some in _batches(state, newest_first):
        with state.house.store.together():
            for stored, verdict in some:
                with _sparing(state.house, stored):
                    stories[stored.item.key] = _tell(state, stored, verdict).id
    for others in _batches(state, [(stored, lead) for stored, lead in led if lead in stories]):
        with state.house.store.together():
            for stored, lead in others:
                _attach(state, stored, stories[lead])


def _ask_model(state: _Round, leads: Sequence[tuple[StoredItem, Verdict]]) -> None:
    """Ask the model, if there is one, before anything is written: the newest first, as long as the time lasts."""
    for stored, verdict in leads:
        source = state.house.sources.get(stored.item.source_id)
        with _sparing(state.house, stored):
            if source is not None and (words := state.writer.tell(stored, source, verdict.fate)) is not None:
                state.words[stored.item.key] = words


def _batches(state: _Round, entries: Sequence[T]) -> Iterator[Sequence[T]]:
    """A commit costs more than a story; too many stories in one keep others waiting. The lease lives on."""
    for start in range(0, len(entries), BATCH):
        state.guard()
        yield entries[start : start + BATCH]


def _precedence(state: _Round, stored: StoredItem) -> tuple[int, float, ItemKey]:
    source = state.house.sources.get(stored.item.source_id)
    return (source.rank if source else 100, -_date(stored).timestamp(), stored.item.key)


def _date(stored: StoredItem) -> datetime:
    return stored.item.published or stored.item.updated or stored.first_seen


def _page(url: str | None) -> str | None:
    """The key of the page at an address; a home page is nobody's story."""
    key = addresses.url_key(url) if url else ""
    return key if "/" in key or "?" in key else None


def _world_id(item: Item) -> str | None:
    """The item's id if it means the same in every source: a tag: or urn: URI, or the address of a page."""
    if item.uid.startswith(("tag:", "urn:")) or (item.uid.startswith(("http:", "https:")) and _page(item.uid)):
        return item.uid
    return None


def _shared_pages(state: _Round, waiting: Sequence[StoredItem]) -> frozenset[str]:
    """The pages that are one source's address of several things, which therefore name none."""
    pages = {page for stored in waiting if (page := _page(stored.item.url)) is not None}
    return state.house.store.items.shared_pages(pages)


def _are_apart(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) > APART


def _told_elsewhere(state: _Round, stored: StoredItem, shared: Collection[str]) -> str | None:
    """The story that tells this item already; what was dropped elsewhere is judged here anew."""
    item = stored.item
    if item.article is not None and item.url is None:
        return None
    store, page = state.house.store, _page(item.url)
    found = store.items.elsewhere(page, _world_id(item), item.key, like=item if page in shared else None)
    story = store.stories.get(found) if found else None
    return None if story is None or story.fate is Fate.DROPPED else story.id


def _attach(state: _Round, stored: StoredItem, story_id: str) -> None:
    story = state.house.store.stories.get(story_id)
    revision = story.revision if story else 0
    why = "the same address or id as the story's lead"
    decision = Decision(story_id, "rules", "merged", why, state.now, revision, stored.item.key)
    state.house.store.stories.attach(story_id, stored.item.key, decision, digest=stored.digest)


def _judge(state: _Round, stored: StoredItem) -> Verdict:
    source = state.house.sources.get(stored.item.source_id)
    if source is None:
        return Verdict(Fate.DROPPED, "its source is no longer in the configuration")
    if source.id not in state.today:
        state.today[source.id] = state.house.store.stories.released_count(source.id, state.now - DAY)
    tally = Tally(state.today[source.id], state.baseline[source.id])
    facts = facts_of(state.house, stored.item, source)
    verdict = judge(stored, source, facts, state.policy, tally, state.now)
    if verdict.fate is not Fate.DROPPED and not stored.flooded:
        state.today[source.id] += 1
        state.baseline[source.id] += stored.baseline
    return verdict


def _tell(state: _Round, stored: StoredItem, verdict: Verdict) -> Story:
    house, item, now = state.house, stored.item, state.now
    story = new_story(house, stored, verdict, now)
    revision = None
    if verdict.fate is not Fate.DROPPED:
        source = house.sources[item.source_id]
        topics = topics_for(house, item, source)
        revision = tell(
            tellable(stored, source), source, topics, state.desk, story_id=story.id, at=now, fulltext=stored.fulltext
        )
        revision = in_its_words(revision, state.words.get(item.key))
        story = replace(story, slug=text.slug(revision.title) or story.slug)
    decision = Decision(story.id, "rules", verdict.fate.value, verdict.why, now, 1 if revision else 0, item.key)
    log.info("%s: %s (%s)", verdict.fate.value, item.title, verdict.why)
    told = house.store.stories.tell(story, revision, decision, item.key, digest=stored.digest)
    if revision is not None and (words := state.words.get(item.key)) is not None:
        state.writer.flag(told.id, revision, words, item.key)
    return told


def new_story(house: House, stored: StoredItem, verdict: Verdict, now: datetime) -> Story:
    """A story of an item, before the store makes its slug unique and moves equal times apart."""
    item, is_own = stored.item, stored.item.article is not None
    released = None
    if verdict.fate is Fate.RELEASED:
        released = min(item.published, now) if is_own and item.published else stored.first_seen if is_own else now
    return Story(
        id=f"tag:{house.config.publication.tag_authority}:story/{text.digest(*item.key)}",
        slug=text.slug(item.title) or text.digest(*item.key),
        url=item.url if is_own or house.config.output.link == "source" else None,
        fate=verdict.fate,
        revision=0 if verdict.fate is Fate.DROPPED else 1,
        lead=item.key,
        released=released,
        updated=item.article.updated if item.article and item.article.updated and released else released,
        due=verdict.due,
    )
