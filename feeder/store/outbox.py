"""The outbox: what became of each recipient's message of an edition.

A row per recipient is made before the first message leaves. Whoever sends holds the lease of the edition and carrier,
which is looked at in the same transaction in which a message is claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, func, insert, literal, literal_column, select, update
from sqlalchemy.sql.elements import ColumnElement

from feeder.errors import StoreError
from feeder.model import Delivery, DeliveryState, Lease, Recipient, RecipientState
from feeder.store.bulk import Bulk
from feeder.store.columns import moment_text, words_text
from feeder.store.database import Database
from feeder.store.handovers import FILLED, note
from feeder.store.recipients import CHUNK, chunks, note_results, written_down
from feeder.store.schema import deliveries, handovers, recipients
from feeder.store.schema_house import leases
from feeder.store.upsert import insert_missing

LOCK = "deliveries"
_WRITTEN_TO = (RecipientState.ACTIVE, RecipientState.LISTED)
LEFT = "not written to: left, or suppressed, before the message's turn came"
ENDED = "feeder ended before the server's answer was recorded"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a claimed message; `not_before` where it waits for another try. `is_nobody`: the server said that
    there is no such recipient."""

    address: str
    state: DeliveryState
    answer: str
    at: datetime
    not_before: datetime | None = None
    is_nobody: bool = False


class _LostError(Exception):
    """The lease, or a message that was to be claimed, is another's by now."""


class Outbox:
    """The deliveries. Addresses are known in any spelling of their letters' case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def fill(
        self, edition_id: str, carrier: str, people: Iterable[Recipient] | None, at: datetime, *, listed: bool = True
    ) -> int:
        """Make a row for each recipient, once, in one transaction; how many there are.

        `people` are the lines of a file, which may be many: they are written down among the recipients (`listed`),
        and whoever left or is suppressed gets no row. None: the store's own recipients. Filled with nobody, the outbox
        counts as not filled.
        """
        with self._database.write(LOCK) as connection:
            given = select(handovers.c.name).where(handovers.c.edition_id == edition_id, handovers.c.carrier == carrier)
            if connection.execute(given).scalar() is None:
                if people is None:
                    _from_store(connection, edition_id, carrier)
                else:
                    _from_lines(connection, (edition_id, carrier), people, at, listed=listed)
                if _number(connection, edition_id, carrier):
                    note(connection, edition_id, carrier, FILLED, at)
            return _number(connection, edition_id, carrier)

    def waiting(self, edition_id: str, carrier: str, due: datetime, after: str, limit: int) -> tuple[Delivery, ...]:
        """The next messages that wait and are due, by address in lower case from `after` on."""
        known = recipients.c.address == deliveries.c.address
        query = (
            select(deliveries, recipients.c.state.label("recipient_state"))
            .outerjoin(recipients, known)
            .where(*_mine(edition_id, carrier), deliveries.c.address > after)
            .where(deliveries.c.state == DeliveryState.WAITING)
            .where(deliveries.c.not_before.is_(None) | (deliveries.c.not_before <= due))
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(deliveries.c.address).limit(limit)).all()
        return tuple(map(_delivery, rows))

    def exchange(self, lease: Lease, key: tuple[str, str], results: Sequence[Result], claimed: Sequence[str]) -> None:
        """Record what became of messages of an edition (`key`: its id, the carrier), and claim others, in one
        transaction. StoreError, and nothing claimed, if the lease is another's by now; what became of messages is
        recorded in any case."""
        try:
            with self._database.write(LOCK) as connection:
                _record(connection, key, results)
                if claimed:
                    _claim(connection, lease, key, claimed)
        except _LostError:
            with self._database.write(LOCK) as connection:
                _record(connection, key, results)
            raise StoreError(f"another process delivers edition {key[0]} by {key[1]} now") from None

    def doubt(self, edition_id: str, carrier: str, at: datetime) -> int:
        """Say of each message that a process which is no more had claimed that nobody knows about it; how many."""
        mine = (*_mine(edition_id, carrier), deliveries.c.state == DeliveryState.CLAIMED)
        change = update(deliveries).where(*mine).values(state=DeliveryState.IN_DOUBT, answer=ENDED, at=at)
        with self._database.write(LOCK) as connection:
            return connection.execute(change).rowcount

    def leave_out(self, edition_id: str, carrier: str, at: datetime) -> int:
        """Let the messages that wait for people who left, or are suppressed by now, never leave; how many."""
        left = select(recipients.c.address).where(recipients.c.state.not_in(_WRITTEN_TO))
        mine = (
            *_mine(edition_id, carrier),
            deliveries.c.state == DeliveryState.WAITING,
            deliveries.c.address.in_(left),
        )
        change = update(deliveries).where(*mine).values(state=DeliveryState.REFUSED, answer=LEFT, at=at, attempts=0)
        with self._database.write(LOCK) as connection:
            return connection.execute(change).rowcount

    def counts(self, edition_id: str, carrier: str) -> dict[DeliveryState, int]:
        """How many messages are in each state; those who left before their turn are not counted as refused."""
        query = (
            select(deliveries.c.state, func.count())
            .where(
                *_mine(edition_id, carrier), (deliveries.c.state != DeliveryState.REFUSED) | (deliveries.c.attempts > 0)
            )
            .group_by(deliveries.c.state)
        )
        with self._database.read() as connection:
            return {DeliveryState(state): number for state, number in connection.execute(query)}

    def carriers(self, edition_id: str) -> tuple[str, ...]:
        """The carriers whose outbox was filled for an edition."""
        query = select(handovers.c.carrier).where(handovers.c.edition_id == edition_id, handovers.c.name == FILLED)
        with self._database.read() as connection:
            return tuple(connection.execute(query.order_by(handovers.c.carrier)).scalars())

    def soonest(self, edition_id: str, carrier: str) -> datetime | None:
        """When the first of the messages that wait for another try is due; None if none waits for that."""
        query = select(func.min(deliveries.c.not_before)).where(
            *_mine(edition_id, carrier), deliveries.c.state == DeliveryState.WAITING
        )
        with self._database.read() as connection:
            soonest: datetime | None = connection.execute(query).scalar()
        return soonest

    def list(self, edition_id: str, carrier: str, *states: DeliveryState) -> Iterator[Delivery]:
        """The messages in these states, or all, by address; read piece by piece."""
        after = ""
        query = select(deliveries).where(*_mine(edition_id, carrier))
        query = query.where(deliveries.c.state.in_(states)) if states else query
        while True:
            rows = self._rows(query.where(deliveries.c.address > after).order_by(deliveries.c.address).limit(CHUNK))
            yield from map(_delivery, rows)
            if len(rows) < CHUNK:
                return
            after = rows[-1].address

    def resolve(
        self, edition_id: str, carrier: str, addresses: Collection[str], result: tuple[DeliveryState, str], at: datetime
    ) -> tuple[str, ...]:
        """Give messages in doubt, all or those to some addresses, the state and the answer that a person or a rule
        says; their addresses."""
        # whoever was erased, or forgotten after a while, has no address that anything could be sent to
        known = deliveries.c.address.contains("@")
        mine = [*_mine(edition_id, carrier), deliveries.c.state == DeliveryState.IN_DOUBT, known]
        if addresses:
            mine.append(deliveries.c.address.in_([one.lower() for one in addresses]))
        state, answer = result
        change = update(deliveries).where(*mine).values(state=state, answer=answer, at=at, not_before=None)
        with self._database.write(LOCK) as connection:
            return tuple(connection.execute(change.returning(deliveries.c.address)).scalars())

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self._database.read() as connection:
            return connection.execute(query).all()


def _mine(edition_id: str, carrier: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return deliveries.c.edition_id == edition_id, deliveries.c.carrier == carrier


_ONE = (
    deliveries.c.edition_id == bindparam("its_edition"),
    deliveries.c.carrier == bindparam("its_carrier"),
    deliveries.c.address == bindparam("its_address"),
)
_HELD = (
    exists()
    .where(leases.c.name == bindparam("its_lease"))
    .where(leases.c.fence == bindparam("its_fence"), leases.c.holder.is_not(None))
)
_RESULT = ("its_edition", "its_carrier", "its_address", "new_state", "new_answer", "new_at", "new_not_before")
_RECORD = Bulk(
    lambda _: (
        update(deliveries)
        # in doubt, where another process took the lease over meanwhile: this one knows
        .where(*_ONE, deliveries.c.state.in_((_quoted(DeliveryState.CLAIMED), _quoted(DeliveryState.IN_DOUBT))))
        .values({name: bindparam(f"new_{name}") for name in ("state", "answer", "at", "not_before")})
    ),
    _RESULT,
)
_CLAIM = Bulk(
    lambda _: (
        update(deliveries)
        .where(*_ONE, deliveries.c.state == _quoted(DeliveryState.WAITING), _HELD)
        .values(state=_quoted(DeliveryState.CLAIMED), attempts=deliveries.c.attempts + literal_column("1"))
    ),
    (*_RESULT[:3], "its_lease", "its_fence"),
)


def _record(connection: Connection, key: tuple[str, str], results: Sequence[Result]) -> None:
    if not results:
        return
    _RECORD.execute(connection, [_result(one, key) for one in results])
    taken = [one.address.lower() for one in results if one.state is DeliveryState.DELIVERED]
    note_results(connection, taken, [one.address.lower() for one in results if one.is_nobody], results[0].at)


def _claim(connection: Connection, lease: Lease, key: tuple[str, str], addresses: Sequence[str]) -> None:
    """Claim messages that wait, all of them or none."""
    rows = [(*key, words_text(one.lower()), lease.name, lease.fence) for one in addresses]
    if _CLAIM.execute(connection, rows) != len(rows):
        raise _LostError


def _quoted(state: DeliveryState) -> ColumnElement[str]:
    return literal_column(f"'{state}'")


def _result(result: Result, key: tuple[str, str]) -> tuple[str | None, ...]:
    later = None if result.not_before is None else moment_text(result.not_before)
    answer = words_text(result.answer)
    return (*key, words_text(result.address.lower()), result.state, answer, moment_text(result.at), later)


def _number(connection: Connection, edition_id: str, carrier: str) -> int:
    return connection.execute(select(func.count()).where(*_mine(edition_id, carrier))).scalar_one()


def _from_store(connection: Connection, edition_id: str, carrier: str) -> None:
    """One row per active recipient, made by the database."""
    theirs = (recipients.c.address, recipients.c.written, recipients.c.name, recipients.c.token)
    made = select(
        literal(edition_id), literal(carrier), *theirs, literal(DeliveryState.WAITING.value), literal(0)
    ).where(recipients.c.state == RecipientState.ACTIVE)
    names = ("edition_id", "carrier", "address", "written", "name", "token", "state", "attempts")
    connection.execute(insert(deliveries).from_select(names, made))


def _from_lines(
    connection: Connection, key: tuple[str, str], people: Iterable[Recipient], at: datetime, *, listed: bool
) -> None:
    for chunk in chunks(people):
        known = written_down(connection, chunk, RecipientState.LISTED, at) if listed else {}
        rows = []
        for one in chunk:
            there = known.get(one.address.lower(), one)
            if there.state in _WRITTEN_TO:
                rows.append(_row(key, one, one.token or there.token))
        insert_missing(connection, deliveries, rows)


def _row(key: tuple[str, str], one: Recipient, token: str) -> dict[str, object]:
    return {
        "edition_id": key[0],
        "carrier": key[1],
        "address": one.address.lower(),
        "written": one.address,
        "name": one.name,
        "token": token,
        "state": DeliveryState.WAITING,
        "attempts": 0,
    }


def _delivery(row: Row[Any]) -> Delivery:
    """A message; the recipient's own state only where it was asked for."""
    state = RecipientState(getattr(row, "recipient_state", None) or RecipientState.ACTIVE)
    return Delivery(
        row.edition_id,
        row.carrier,
        Recipient(row.written, row.name, row.token, state),
        DeliveryState(row.state),
        row.attempts,
        row.at,
        row.not_before,
        row.answer,
    )
