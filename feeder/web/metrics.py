"""How the house is in numbers, for Prometheus. Nothing is global: a registry per process, asked when scraped."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from feeder import __version__
from feeder.errors import StoreError
from feeder.model import FAILING, EditionStatus, Fate, Health, Severity
from feeder.pipeline import House
from feeder.web.readiness import ROUND, checks
from feeder.web.vitals import Vitals

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Answers scrapes of one process."""

    def __init__(self, vitals: Vitals) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Figures(vitals))
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """All metrics in the text format; those of the store are missing while it does not answer."""
        return generate_latest(self._registry)


class _Figures(Collector):
    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[Metric]:
        vitals = self._vitals
        found = checks(vitals)
        facts = {"version": __version__, "python": platform.python_version()}
        yield InfoMetricFamily("feeder_build", "Which feeder this is", facts)
        yield _gauge("feeder_beat_age_seconds", "Since the process last looked after itself", vitals.age)
        yield _by("feeder_ready", "Whether each thing is as it should (1) or not (0)", "check", {
            one.name: float(one.is_well) for one in found
        })  # fmt: skip
        waiting, running = vitals.queue()
        yield _by("feeder_engine_steps", "Steps of the engine of this process", "state", {
            "waiting": waiting, "running": running
        })  # fmt: skip
        yield _runs(vitals.house)
        try:
            families = [*_of_store(vitals.house, datetime.now(UTC))]
        except StoreError:
            families = []
        yield _gauge("feeder_store_up", "Whether the store answered (1) or not (0)", float(bool(families)))
        yield from families


def _of_store(house: House, now: datetime) -> Iterator[Metric]:
    store = house.store
    yield _by("feeder_sources", "Configured sources by health", "health", _health(house))
    every, waiting = store.figures.items()
    yield _gauge("feeder_items", "Items that are known", every)
    yield _gauge("feeder_items_waiting", "Items that wait to be curated", waiting)
    stories = {fate.value: 0 for fate in Fate} | {fate.value: n for fate, n in store.stories.counts().items()}
    yield _by("feeder_stories", "Stories by fate", "fate", stories)
    states = store.figures.editions()
    yield _by("feeder_editions", "Editions by state", "status", {
        status.value: states.get(status, 0) for status in EditionStatus
    })  # fmt: skip
    yield from _ages(house, now)
    yield _deliveries(house)
    yield from _budget(house, now)
    wrong = Counter(one.severity.value for one in store.conditions.list())
    yield _by("feeder_alerts_open", "What is wrong with the house, besides sources, by severity", "severity", {
        severity.value: wrong[severity.value] for severity in Severity
    })  # fmt: skip


def _health(house: House) -> Mapping[str, float]:
    known = house.store.figures.health()
    paused, new = Health.PAUSED.value, Health.NEW.value
    seen = Counter(paused if one.paused else known.get(one.id, new) for one in house.sources.values())
    return {word: seen[word] for word in (*(health.value for health in Health), FAILING)}


def _ages(house: House, now: datetime) -> Iterator[Metric]:
    """How fresh the output is, and when each job was last at work."""
    jobs = house.store.runs.jobs()
    if (ended := house.store.runs.ended(ROUND)) is not None:
        words = "Since a round last saw to it that what is published is what the store says"
        yield _gauge("feeder_output_age_seconds", words, (now - ended).total_seconds())
    if (newest := house.store.figures.newest()) is not None:
        words = "Since the newest story was released"
        yield _gauge("feeder_newest_story_age_seconds", words, (now - newest).total_seconds())
    yield _by("feeder_last_run_timestamp_seconds", "When the last run of a job began", "job", {
        job: began.timestamp() for job, began in jobs.items()
    })  # fmt: skip
    if (slot := house.config.next_slot(now)) is not None:
        yield _gauge("feeder_next_edition_timestamp_seconds", "When the next edition is due", slot.timestamp())


def _runs(house: House) -> Metric:
    family = SummaryMetricFamily(
        "feeder_run_duration_seconds", "Runs that ended in this process", labels=("job", "outcome")
    )
    for (job, outcome), (number, seconds) in sorted(house.counting.ended().items()):
        family.add_metric((job, outcome), number, seconds)
    return family


def _deliveries(house: House) -> Metric:
    """Messages of the editions whose delivery is under way or failed, and of the newest that was delivered: all that
    anybody may have to do something about, however many editions there were."""
    family = GaugeMetricFamily(
        "feeder_deliveries",
        "Messages by state, of editions under way or failed and of the last that was delivered",
        labels=("carrier", "state"),
    )
    counted: Counter[tuple[str, str]] = Counter()
    for (_, carrier, state), number in house.store.figures.deliveries().items():
        counted[carrier, state.value] += number
    for labels, number in sorted(counted.items()):
        family.add_metric(labels, number)
    return family


def _budget(house: House, now: datetime) -> Iterator[Metric]:
    """What models cost today, in the publication's zone, and what they may."""
    settings = house.config.summaries
    if settings.kind != "llm":
        return
    spent = house.store.models.spent(now.astimezone(house.config.publication.zone).date().isoformat())
    yield _gauge("feeder_model_calls_today", "Calls of models today", spent.calls)
    yield _gauge("feeder_model_tokens_today", "Tokens of models today", spent.tokens)
    yield _gauge("feeder_model_tokens_limit", "Tokens of models that a day may cost", settings.tokens_per_day)
    yield _gauge("feeder_model_cost_euros_today", "What models cost today", spent.euros)
    yield _gauge("feeder_model_cost_euros_limit", "What models may cost in a day", settings.euros_per_day)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=(label,))
    for each, value in values.items():
        family.add_metric((each,), value)
    return family
