"""What is remembered of sources, and how looks at them become items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from feeder.errors import FeederError
from feeder.model import Aftermath, Arrivals, Health, Listing, Memory, Outcome, SourceState
from feeder.store.alerts import add_alerts
from feeder.store.arriving import Arrived, arrived, keep_items, keep_media
from feeder.store.bulk import Bulk, Row
from feeder.store.coding import decode, encode
from feeder.store.columns import moment_text, second, words_text
from feeder.store.database import Database
from feeder.store.schema import looks, sources
from feeder.store.upsert import putting


class Recorded(NamedTuple):
    """What became of an outcome: how many items are new, and the state after it, or why it could not be kept."""

    source_id: str
    new: int = 0
    after: Aftermath | None = None
    error: Exception | None = None


Follow = Callable[[SourceState, Outcome, Sequence[datetime | None]], Aftermath]


class Sources:
    """The states of sources; every look ends in `record_all`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._decoded = Decoded()

    def state(self, source_id: str) -> SourceState:
        """What is remembered of a source; the blank state of one never gathered."""
        return self.states((source_id,)).get(source_id, SourceState(source_id))

    def states(self, ids: Sequence[str] | None = None) -> dict[str, SourceState]:
        """All states, also of sources that are not configured any more; or those of the sources named."""
        with self._database.read() as connection:
            return {name: known.state for name, known in _known(connection, ids, self._decoded).items()}

    def record_all(self, outcomes: Sequence[Outcome], now: datetime, follow: Follow) -> tuple[Recorded, ...]:
        """Keep what looks at different sources brought, in one transaction; `follow` says what follows from
        each, by the state before it and the dates of what is new.

        What cannot be kept of one source undoes no other and leaves that source as it was. Looks that brought
        nothing new write one narrow row each.
        """
        with self._database.write("sources") as connection:
            known = _known(connection, [outcome.source_id for outcome in outcomes], self._decoded)
            entries: list[_Entry] = []
            failed: list[Recorded] = []
            for outcome in outcomes:
                before = known.get(outcome.source_id, _Known(SourceState(outcome.source_id), None))
                try:
                    entries.append(_entry(connection, outcome, before, now, follow))
                except (FeederError, SQLAlchemyError):
                    raise
                except Exception as error:  # noqa: BLE001 - one source's bug; the pipeline shows it
                    failed.append(Recorded(outcome.source_id, error=error))
            failed += _keep_all(connection, entries, self._database.worded)
        lost = {one.source_id for one in failed}
        return (
            *failed,
            *(
                Recorded(entry.outcome.source_id, len(entry.arrived.new), entry.after)
                for entry in entries
                if entry.outcome.source_id not in lost
            ),
        )


class _Known(NamedTuple):
    """A state, and the day on which the source last listed its items; None where there is no row yet."""

    state: SourceState
    parsed: str | None


class _Entry(NamedTuple):
    outcome: Outcome
    before: _Known
    after: Aftermath
    arrived: Arrived
    parsed: str


def _entry(connection: Connection, outcome: Outcome, before: _Known, now: datetime, follow: Follow) -> _Entry:
    gathered, day = outcome.gathered, now.astimezone(UTC).date().isoformat()
    found, parsed, state = Arrived(), before.parsed or "", before.state
    if gathered is not None and not gathered.unchanged:
        found = arrived(
            connection,
            outcome.source_id,
            gathered,
            now,
            day,
            outcome.baseline and not state.baselined,
            is_known=before.parsed is not None,
            is_elsewhere=outcome.baseline and _is_elsewhere(state, outcome.location),
        )
        parsed = max(parsed, day)
        state = replace(state, baselined=state.baselined and not found.baseline)
    return _Entry(outcome, before, follow(state, outcome, found.dates), found, parsed)


def _is_elsewhere(state: SourceState, location: str) -> bool:
    """Whether a source never answered at this address, after it had another."""
    is_untried = state.failures > 0 and state.memory == Memory(location=state.memory.location)
    return state.memory.location not in (None, location) or (is_untried and state.memory.location == location)


def _keep_all(
    connection: Connection, entries: Sequence[_Entry], worded: Callable[[str], AbstractContextManager[None]]
) -> list[Recorded]:
    """Write all at once; where that fails, one source after the other, to find which it is."""
    with suppress(Exception):
        with connection.begin_nested():
            _write(connection, entries)
        return []
    failed = []
    for entry in entries:
        try:
            with worded("written"), connection.begin_nested():
                _write(connection, [entry])
        except Exception as error:  # noqa: BLE001 - the pipeline shows it
            failed.append(Recorded(entry.outcome.source_id, error=error))
    return failed


def _write(connection: Connection, entries: Sequence[_Entry]) -> None:
    changed = [
        one for one in entries if one.before.parsed != one.parsed or _kept(one.before.state) != _kept(one.after.state)
    ]
    _SOURCES.execute(connection, [_row(one.after.state, one.parsed) for one in changed])
    _LOOKS.execute(connection, [_look(entry.after.state) for entry in entries])
    keep_media(connection, [medium for entry in entries if (g := entry.outcome.gathered) for medium in g.media])
    keep_items(connection, [(entry.arrived, entry.after.flooded) for entry in entries])
    add_alerts(connection, [entry.after.alert for entry in entries if entry.after.alert is not None])


_ROW = (
    "id", "memory", "baselined", "problem", "failing", "health", "since", "last_new_item", "warnings", "arrivals",
    "listing", "parsed",
)  # fmt: skip
# What of a state is kept in `sources`; the rest is in `looks`.
_kept = attrgetter(*_ROW[1:-1])
_SOURCES = Bulk(lambda dialect: putting(dialect, sources, _ROW), _ROW)
_LOOK = ("source_id", "looked", "answered", "next_look", "asked", "failures")
_LOOKS = Bulk(lambda dialect: putting(dialect, looks, _LOOK), _LOOK)
_ALL = (  # in the order of `_from_row`
    select(sources, *(column for column in looks.c if column.name != "source_id"))
    .join_from(sources, looks, isouter=True)
    .order_by(sources.c.id)
)
_SOME = _ALL.where(sources.c.id.in_(bindparam("ids", expanding=True)))
_CHUNK = 500


class _Parts(NamedTuple):
    """What takes longest to read of a source, as it is written and as it is read."""

    written: tuple[str, str, str | None, str]
    memory: Memory
    arrivals: tuple[Arrivals, ...]
    listing: Listing | None
    warnings: tuple[str, ...]


class Decoded(dict[str, _Parts]):
    """The last reading of each source's row, for as long as the same is written there: a round reads it three times."""

    def of(self, name: str, *written: Any) -> _Parts:
        known = self.get(name)
        if known is None or known.written != written:
            memory, arrivals, listing, warnings = written
            known = self[name] = _Parts(
                (memory, arrivals, listing, warnings),
                decode(Memory, memory),
                _days(arrivals),
                decode(Listing, listing) if listing else None,
                () if warnings == "[]" else decode(tuple[str, ...], warnings),
            )
        return known


def _known(connection: Connection, ids: Sequence[str] | None, decoded: Decoded) -> dict[str, _Known]:
    if ids is None:
        rows = connection.execute(_ALL).all()
    else:
        parts = (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
        rows = [row for some in parts for row in connection.execute(_SOME, {"ids": list(some)}).all()]
    return {row[0]: _from_row(row, decoded) for row in rows}


def _from_row(row: Any, decoded: Decoded) -> _Known:
    name, memory, baselined, problem, failing, health, since, last, warnings, arrivals, listing, parsed, *look = row
    looked, answered, next_look, asked, failures = look
    parts = decoded.of(name, memory, arrivals, listing, warnings)
    state = SourceState(
        source_id=name,
        memory=parts.memory,
        baselined=baselined,
        problem=problem,
        since=since,
        last_new_item=last,
        warnings=parts.warnings,
        health=Health(health),
        failures=failures,
        failing=failing,
        looked=looked,
        answered=answered,
        next_look=next_look,
        asked=asked,
        arrivals=parts.arrivals,
        listing=parts.listing,
    )
    return _Known(state, parsed)


def _days(written: str) -> tuple[Arrivals, ...]:
    """Read `2026-11-23:5 2026-11-24:7`."""
    return tuple(Arrivals(part[:10], int(part[11:])) for part in written.split())


def _row(state: SourceState, parsed: str) -> Row:
    """The values of `_ROW`, each as its column keeps it."""
    return (
        words_text(state.source_id),
        encode(state.memory),
        state.baselined,
        None if state.problem is None else words_text(state.problem),
        _maybe_moment(state.failing),
        state.health.value,
        _maybe_moment(state.since),
        _maybe_moment(state.last_new_item),
        encode(state.warnings, tuple[str, ...]) if state.warnings else "[]",
        " ".join(f"{one.day}:{one.count}" for one in state.arrivals),
        encode(state.listing) if state.listing else None,
        parsed,
    )


def _maybe_moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)


def _look(state: SourceState) -> Row:
    """The values of `_LOOK`, each as its column keeps it."""
    times = (state.looked, state.answered, state.next_look, state.asked)
    return (
        words_text(state.source_id),
        *(None if moment is None else second(moment) for moment in times),
        state.failures,
    )
