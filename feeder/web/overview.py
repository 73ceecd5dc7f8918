"""What maintainers see at a glance: the facts of the status page, without logins or anybody's address."""

from __future__ import annotations

from datetime import UTC, datetime

from feeder import __version__
from feeder.addresses import without_login
from feeder.logs import hidden
from feeder.model import FAILING, Alert, DeliveryState, Edition, EditionStatus, Health, RunRecord, Source, SourceState
from feeder.pipeline import House
from feeder.pipeline.counting import in_words
from feeder.rendering.maintaining import Row, Table, status_page
from feeder.web.readiness import checks
from feeder.web.vitals import Vitals

_RUNS, _EDITIONS, _ALERTS = 12, 8, 10
_BAD = frozenset(("broken", "gone", "flooding", "emptied", "silent", FAILING))
_SHOWN = frozenset((EditionStatus.DRAFT, EditionStatus.HELD, EditionStatus.FAILED))  # however old they are


def overview(vitals: Vitals) -> str:
    """The status page; StoreError where the store does not answer."""
    house, now = vitals.house, datetime.now(UTC)
    found = checks(vitals)
    rows = tuple(Row((one.name, one.words), is_bad=not one.is_well) for one in found)
    open_ones = (_wrong(house), _sources(house), _editions(house))
    tables = (
        Table("Checks", ("Check", "State"), rows),
        open_ones[0],
        Table("Now", ("What", "How"), tuple(_facts(vitals, now))),
        _runs(house),
        open_ones[2],
        _alerts(house),
        open_ones[1],  # last: where the network is gone, all of them stand there
    )
    is_well = all(one.is_well for one in found)
    return status_page(
        house.config.publication.title,
        tuple(map(_without_secrets, tables)),
        state=_state(is_well=is_well, number=sum(row.is_bad for table in open_ones for row in table.rows)),
        is_well=is_well,
        at=_local(house, now),
        version=__version__,
    )


def _state(*, is_well: bool, number: int) -> str:
    if not is_well:
        return "Needs an eye"
    return f"Works; marked below: {number}" if number else "All is well"


def _without_secrets(table: Table) -> Table:
    rows = (Row(tuple(map(hidden, row.cells)), row.is_bad) for row in table.rows)
    return Table(table.title, table.heads, tuple(rows))


def _facts(vitals: Vitals, now: datetime) -> list[Row]:
    house, store = vitals.house, vitals.house.store
    waiting, running = vitals.queue()
    every, uncurated = store.figures.items()
    stories = ", ".join(f"{n} {fate.value}" for fate, n in store.stories.counts().items() if n)
    newest = store.figures.newest()
    rows = [
        ("process", f"{vitals.status}, since {_local(house, vitals.began)}"),
        ("engine", f"{running} steps at work, {waiting} waiting"),
        ("items", f"{every} known, {uncurated} waiting"),
        ("stories", stories or "none yet"),
        ("newest story", f"released {_local(house, newest)}"),
        ("next edition", _local(house, house.config.next_slot(now))),
        ("deliveries", _deliveries(house)),
        ("store", store.name),
    ]
    if house.config.summaries.kind == "llm":
        spent = store.models.spent(now.astimezone(house.config.publication.zone).date().isoformat())
        limits = house.config.summaries
        cost = f"{spent.tokens} of {limits.tokens_per_day} tokens, {spent.euros:.2f} of {limits.euros_per_day:.2f} €"
        rows.append(("models today", f"{cost} in {spent.calls} calls"))
    return [Row(row) for row in rows]


def _deliveries(house: House) -> str:
    counted = house.store.figures.deliveries()
    newest = max((edition for edition, _, _ in counted), default=None)
    told = [
        f"{number} {state.value.replace('_', ' ')} by {carrier}"
        for (edition, carrier, state), number in counted.items()
        if edition == newest or state in (DeliveryState.IN_DOUBT, DeliveryState.WAITING)
    ]
    return f"edition {newest}: {', '.join(told)}" if newest else "none yet"


def _wrong(house: House) -> Table:
    rows = (
        Row((one.headline, one.words, _local(house, one.since)), is_bad=True) for one in house.store.conditions.list()
    )
    return Table("Open alerts", ("What", "What to do", "Since"), tuple(rows))


def _sources(house: House) -> Table:
    states = house.store.sources.states()
    rows = [(_source(house, name, states.get(name, SourceState(name)))) for name in house.sources]
    heads = ("Source", "Health", "Last new item", "Next look", "Problem")
    return Table("Sources", heads, tuple(sorted(rows, key=lambda row: not row.is_bad)))


def _source(house: House, name: str, state: SourceState) -> Row:
    source = house.sources[name]
    word = Health.PAUSED.value if source.paused else state.word
    problem = (state.problem or "").replace(source.location, without_login(source.location))
    times = _local(house, state.last_new_item), _next(house, source, state)
    return Row((name, word, *times, problem), is_bad=word in _BAD)


def _next(house: House, source: Source, state: SourceState) -> str:
    if source.paused:
        return "when resumed"
    if source.kind == "folder":
        return "in each round"
    due = state.next_look is None or state.next_look <= house.clock()
    return "in the next round" if due else _local(house, state.next_look)


def _runs(house: House) -> Table:
    rows = tuple(_run(house, one) for one in house.store.runs.list(_RUNS))
    return Table("Last runs", ("Run", "Job", "Began", "Took", "Outcome", "Did"), rows)


def _run(house: House, one: RunRecord) -> Row:
    seconds = one.counts.get("seconds")
    took = f"{seconds:.1f} s" if isinstance(seconds, int | float) else ""
    said = str(one.counts.get("failed", "")) or in_words(one.counts)
    return Row(
        (str(one.id), one.job, _local(house, one.began), took, one.outcome, said), is_bad=one.outcome == "failed"
    )


def _editions(house: House) -> Table:
    every = house.store.editions.list()
    shown = [one for n, one in enumerate(every) if n < _EDITIONS or one.status in _SHOWN]
    rows = (_edition(one) for one in shown)
    return Table("Editions", ("Edition", "State", "Number", "Subject or reason"), tuple(rows))


def _edition(one: Edition) -> Row:
    is_bad = one.status in (EditionStatus.HELD, EditionStatus.FAILED)
    return Row((one.id, one.status.value, str(one.number or ""), one.reason or one.subject), is_bad=is_bad)


def _alerts(house: House) -> Table:
    rows = (_alert(house, one) for one in house.store.alerts.list(_ALERTS))
    return Table("Last alerts", ("When", "What", "Words"), tuple(rows))


def _alert(house: House, one: Alert) -> Row:
    return Row((_local(house, one.at), one.headline, one.words))


def _local(house: House, moment: datetime | None) -> str:
    return moment.astimezone(house.config.publication.zone).strftime("%Y-%m-%d %H:%M") if moment else "never"
