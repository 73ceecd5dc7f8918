"""What every step is given: the house it works in."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from feeder.config import Config
from feeder.curation.rank import Interest, Ranking
from feeder.curation.topics import Classifier, TopicWords
from feeder.delivery.output import Output, Written
from feeder.errors import StoreError
from feeder.logs import hidden
from feeder.model import Condition, LinkAnswer, Rule, Run, Source
from feeder.pipeline.counting import WIDTH, Counting, doing
from feeder.pipeline.eye import Eye
from feeder.pipeline.holding import LEASE_SECONDS, wait_for
from feeder.pipeline.noticing import Noticing
from feeder.pipeline.tally import Tally
from feeder.pipeline.tidying import tidy
from feeder.pipeline.vigil import Vigil
from feeder.sources.reading import Reading
from feeder.store import Store

if TYPE_CHECKING:
    from feeder.rendering.look import Look

log = logging.getLogger("feeder")

HAND = "hand:"
"""What the ids of sources begin with that stand for the site of a page told by hand; no configured id has a colon."""

_MIDDLE = 50  # the rank of a source that is given none
_LAST = 100  # the worst rank that can be configured


@dataclass(frozen=True)
class House:
    """Config, store, clock and hands of one process; `holder` names it in leases. The look is opened when it is needed.

    `clock` returns aware UTC times. `offline` leaves out the sources that need a network;
    `accept_loss` lets feeds lose stories without a recorded reason. Only with `sends` may mail leave the house: a
    rehearsal on a copy of the store has nobody's word for it. `on_source` is told of each
    source that was read. What fails unexpectedly in a place that must not stop the rest is in
    `bugs`; output that was left as it was, in `kept`; what was written, in `written`; what a round counts, in
    `tally`, and each run, for the ledger, in `counting`; what foreign links of editions answered, in `link_answers`;
    what it saw of its own state, in `vigil`. Once `stop` is set, no step begins anything that takes long.
    """

    config: Config
    store: Store
    open_look: Callable[[], Look]
    reading: Reading
    output: Output
    clock: Callable[[], datetime]
    holder: str
    offline: bool = False
    accept_loss: bool = False
    sends: bool = False
    on_source: Callable[[str], None] = lambda _source: None
    bugs: list[Exception] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    eye: Eye = field(default_factory=Eye)
    counting: Counting = field(default_factory=Counting)
    link_answers: dict[str, LinkAnswer] = field(default_factory=dict)
    vigil: Vigil = field(default_factory=Vigil)
    stop: threading.Event = field(default_factory=threading.Event)

    @cached_property
    def look(self) -> Look:
        """How everything looks; a RenderError where the templates do not hold."""
        return self.open_look()

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The configured sources by id; feeds without bounds of their own have the general ones, folders none."""
        return {source.id: self._bounded(source) for source in self.config.source_nouns}

    def rank(self, source_id: str) -> int:
        """How good a source is, 1 is the best. What a person added stands in the middle; what is no longer
        configured comes last."""
        if source_id in self.sources:
            return self.sources[source_id].rank
        return _MIDDLE if source_id.startswith(HAND) else _LAST

    def _bounded(self, source: Source) -> Source:
        general = self.config.curation
        if source.kind == "folder":
            return replace(source, max_age_days=None, max_per_source=None, baseline_release=None)
        return replace(
            source,
            max_age_days=general.max_age.days if source.max_age_days is None else source.max_age_days,
            max_per_source=general.max_per_source if source.max_per_source is None else source.max_per_source,
            baseline_release=general.baseline_release if source.baseline_release is None else source.baseline_release,
        )

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The curation rules for all sources."""
        return tuple(
            Rule(rule.action, rule.fields, rule.words, rule.pattern, rule.why) for rule in self.config.curation.rules
        )

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """The ids of the publication's topics, in its order."""
        return tuple(topic.id for topic in self.config.topics)

    @cached_property
    def classifier(self) -> Classifier:
        """What places stories in the publication's topics."""
        return Classifier([TopicWords(one.id, one.words, one.hints, one.against) for one in self.config.topics])

    @cached_property
    def ranking(self) -> Ranking:
        """What makes a story matter to the publication's readers."""
        wanted = self.config.curation.interests
        interests = [Interest(one.weight, one.words, one.topics, one.names, one.sources, one.why) for one in wanted]
        return Ranking(interests, self.config.publication.language)

    def end(self, run: int) -> None:
        """End a run: forget what retention lets go, unless a night did lately; remember that the run is done."""
        known = self._run(run)
        if not self.store.is_kept(known.now):
            tidy(self.store, self.config, known.now)
        self.store.runs.finish(run, "done", self.clock(), self.counting.end(run, known.job))

    def failed(self, run: int, error: Exception) -> None:
        """Write down what a run could not do. It does not end by this: who comes next may go on with it."""
        try:
            facts = self.counting.end(run, self._run(run).job, "failed")
            self.store.runs.note(run, facts | {"failed": hidden(str(error) or type(error).__name__)[:WIDTH]})
        except StoreError as why:
            log.debug("that the run %d failed cannot be written down: %s", run, why)

    @contextmanager
    def recording(self, job: str) -> Iterator[dict[str, object]]:
        """Remember a run of a job that has no steps to go on with: what is put into the dictionary, by `did`, too.
        Nothing is remembered of one that did nothing, because such jobs come every minute; what is raised, always."""
        began, since, facts = self.clock(), time.monotonic(), dict[str, object]()
        outcome = "done"
        try:
            with doing(facts):
                yield facts
        except Exception as error:
            outcome = "failed"
            facts["failed"] = hidden(str(error) or type(error).__name__)[:WIDTH]
            raise
        finally:
            took = time.monotonic() - since
            self.counting.note(job, outcome, took)
            if any(facts.values()):
                self._record(job, began, facts | {"seconds": round(took, 3)})

    def _record(self, job: str, began: datetime, facts: Mapping[str, object]) -> None:
        try:
            self.store.runs.record(job, began, self.clock(), facts)
        except StoreError as why:
            log.error("what %s did cannot be written down: %s", job, why)

    def fresh(self) -> None:
        """Begin to collect anew, as a service does with each round."""
        for collected in (self.bugs, self.kept, self.written, self.tally):
            collected.clear()

    def alert(self, message: str) -> None:
        """Say what somebody has to look at: output that was not written as the state says."""
        if message not in self.kept:
            log.error("%s", message)
        self.kept.append(message)

    @property
    def noticing(self) -> Noticing:
        """What is written down now of how the house is."""
        return Noticing(self.store, self.config.publication.zone, self.clock())

    def notice(self, about: str, what: str, words: str) -> None:
        """Say that something is wrong from now on ("backup", "failed", "… ; do this"): maintainers are told once,
        until it is `well` or wrong in another way (`what`). docs/alerts.md lists what is said."""
        self.noticing.say((about,), Condition(about, what, words, self.clock()))

    def well(self, about: str) -> None:
        """Say that something is as it should be, which is told only where it was wrong."""
        self.noticing.say((about,))

    def now_of(self, run: int) -> datetime:
        """The time that a run writes, whenever it is worked on."""
        return self._run(run).now

    def _run(self, run: int) -> Run:
        if (known := self.store.runs.get(run)) is None:
            raise StoreError(f"the store knows no run {run}; start one")
        return known

    @contextmanager
    def lease(self, name: str) -> Iterator[Callable[[], None]]:
        """Hold a lease by the real clock, waiting up to a minute for a living holder; StoreError after that.

        What is yielded renews the lease and raises StoreError if somebody took it over.
        """
        lease = wait_for(self.store, name, self.holder)

        def renew() -> None:
            self.store.leases.renew(lease, datetime.now(UTC), LEASE_SECONDS)

        try:
            yield renew
        finally:
            self.store.leases.release(lease)
