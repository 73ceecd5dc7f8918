"""What is remembered of sources, and how looks at them become items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from feeder.errors import FeederError
from feeder.model import Aftermath, Arrivals, Health, Listing, Memory, Outcome, SourceState
from feeder.store.alerts import add_alerts
from feeder.store.arriving import Arrived, arrived, keep_items, keep_media
from feeder.store.coding import decode, encode
from feeder.store.database import Database
from feeder.store.schema import looks, sources
from feeder.store.upsert import put


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

    def state(self, source_id: str) -> SourceState:
        """What is remembered of a source; the blank state of one never gathered."""
        return self.states((source_id,)).get(source_id, SourceState(source_id))

    def states(self, ids: Sequence[str] | None = None) -> dict[str, SourceState]:
        """All states, also of sources that are not configured any more; or those of the sources named."""
        with self._database.read() as connection:
            return {name: known.state for name, known in _known(connection, ids).items()}

    def record_all(self, outcomes: Sequence[Outcome], now: datetime, follow: Follow) -> tuple[Recorded, ...]:
        """Keep what looks at different sources brought, in one transaction; `follow` says what follows from
        each, by the state before it and the dates of what is new.

        What cannot be kept of one source undoes no other and leaves that source as it was. Looks that brought
        nothing new write one narrow row each.
        """
        with self._database.write("sources") as connection:
            known = _known(connection, [outcome.source_id for outcome in outcomes])
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
    found, parsed = Arrived(), before.parsed or ""
    if gathered is not None and not gathered.unchanged:
        baseline = outcome.baseline and not before.state.baselined
        found = arrived(connection, outcome.source_id, gathered, now, day, baseline, is_known=before.parsed is not None)
        parsed = max(parsed, day)
    return _Entry(outcome, before, follow(before.state, outcome, found.dates), found, parsed)


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
    rows = [(entry.before, _row(entry.after.state, entry.parsed)) for entry in entries]
    changed = [row for before, row in rows if before.parsed is None or row != _row(before.state, before.parsed)]
    put(connection, sources, changed)
    put(connection, looks, [_look(entry.after.state) for entry in entries])
    keep_media(connection, [medium for entry in entries if (g := entry.outcome.gathered) for medium in g.media])
    keep_items(connection, [(entry.arrived, entry.after.flooded) for entry in entries])
    add_alerts(connection, [entry.after.alert for entry in entries if entry.after.alert is not None])


_ALL = (
    select(sources, *(column for column in looks.c if column.name != "source_id"))
    .join_from(sources, looks, isouter=True)
    .order_by(sources.c.id)
)
_SOME = _ALL.where(sources.c.id.in_(bindparam("ids", expanding=True)))
_CHUNK = 500


def _known(connection: Connection, ids: Sequence[str] | None) -> dict[str, _Known]:
    if ids is None:
        return {row.id: _from_row(row) for row in connection.execute(_ALL)}
    parts = (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
    return {row.id: _from_row(row) for some in parts for row in connection.execute(_SOME, {"ids": list(some)})}


def _from_row(row: Any) -> _Known:
    state = SourceState(
        source_id=row.id,
        memory=decode(Memory, row.memory),
        baselined=row.baselined,
        problem=row.problem,
        since=row.since,
        last_new_item=row.last_new_item,
        warnings=() if row.warnings == "[]" else decode(tuple[str, ...], row.warnings),
        health=Health(row.health),
        failures=row.failures,
        failing=row.failing,
        looked=row.looked,
        answered=row.answered,
        next_look=row.next_look,
        asked=row.asked,
        arrivals=_days(row.arrivals),
        listing=decode(Listing, row.listing) if row.listing else None,
    )
    return _Known(state, row.parsed)


def _days(written: str) -> tuple[Arrivals, ...]:
    """Read `2026-11-23:5 2026-11-24:7`, quicker than JSON: every round reads it of every source."""
    return tuple(Arrivals(part[:10], int(part[11:])) for part in written.split())


def _row(state: SourceState, parsed: str) -> dict[str, Any]:
    return {
        "id": state.source_id,
        "memory": encode(state.memory),
        "baselined": state.baselined,
        "problem": state.problem,
        "failing": state.failing,
        "health": state.health.value,
        "since": state.since,
        "last_new_item": state.last_new_item,
        "warnings": encode(state.warnings, tuple[str, ...]),
        "arrivals": " ".join(f"{one.day}:{one.count}" for one in state.arrivals),
        "listing": encode(state.listing) if state.listing else None,
        "parsed": parsed,
    }


def _look(state: SourceState) -> dict[str, Any]:
    return {
        "source_id": state.source_id,
        "looked": state.looked,
        "answered": state.answered,
        "next_look": state.next_look,
        "asked": state.asked,
        "failures": state.failures,
    }
