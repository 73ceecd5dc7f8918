"""Who gets the digest, where no list manager keeps them; and who never does, whoever lists them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, literal_column, select, update

from feeder.errors import StoreError
from feeder.model import Recipient, RecipientState
from feeder.store.bulk import Bulk
from feeder.store.database import Database
from feeder.store.schema import recipients
from feeder.store.upsert import insert_missing

LOCK = "recipients"
CHUNK = 500  # rows that are held in memory at once
REFUSALS = 3  # editions in a row that an address refuses for good before it is written to no more


@dataclass(frozen=True, slots=True)
class Kept:
    """A recipient as the store knows them; `refusals` for good, one edition after the other, and `why` they are in
    their state since `at`."""

    recipient: Recipient
    refusals: int
    why: str | None
    at: datetime


class Recipients:
    """The recipients. An address is known in any spelling of its letters' case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, people: Iterable[Recipient], at: datetime, *, again: bool = False) -> int:
        """Make people recipients, all of them or (StoreError: a token is somebody else's) none; how many are new.

        Who left or is suppressed stays so, unless they want mail `again`.
        """
        with self._database.write(LOCK) as connection:
            before = _active(connection)
            for chunk in chunks(people):
                written_down(connection, chunk, RecipientState.ACTIVE, at)
                wanted = [RecipientState.LISTED]
                wanted += [RecipientState.LEFT, RecipientState.SUPPRESSED] if again else []
                _move(connection, [one.address for one in chunk], RecipientState.ACTIVE, None, at, wanted)
            return _active(connection) - before

    def move(self, addresses: Collection[str], state: RecipientState, why: str | None, at: datetime) -> tuple[str, ...]:
        """Say that people left, or are suppressed; also of whom the store did not know, so that no file brings them
        back. Returns the addresses of which this was not said before."""
        with self._database.write(LOCK) as connection:
            strangers = [Recipient(address) for address in addresses]
            for chunk in chunks(strangers):
                written_down(connection, chunk, RecipientState.LISTED, at)
            return _move(connection, addresses, state, why, at)

    def list(self, *states: RecipientState) -> Iterator[Kept]:
        """The recipients in these states, or all, by address; read piece by piece."""
        last = ""
        while True:
            query = select(recipients).where(recipients.c.address > last).order_by(recipients.c.address).limit(CHUNK)
            with self._database.read() as connection:
                rows = connection.execute(query.where(recipients.c.state.in_(states)) if states else query).all()
            yield from map(_kept, rows)
            if len(rows) < CHUNK:
                return
            last = rows[-1].address

    def counts(self) -> dict[RecipientState, int]:
        """How many there are in each state."""
        query = select(recipients.c.state, func.count()).group_by(recipients.c.state)
        with self._database.read() as connection:
            return {RecipientState(state): number for state, number in connection.execute(query)}


def chunks(many: Iterable[Any]) -> Iterator[list[Any]]:
    """The many in lists of at most `CHUNK`."""
    rest = iter(many)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def written_down(
    connection: Connection, people: Sequence[Recipient], state: RecipientState, at: datetime
) -> dict[str, Recipient]:
    """Write down those whom the store does not know, with a token where they have none; all of them, by address in
    lower case, as the store knows them now."""
    rows = [
        {
            "address": one.address.lower(),
            "written": one.address,
            "name": one.name,
            "token": one.token or secrets.token_urlsafe(12),
            "state": state,
            "refusals": 0,
            "at": at,
        }
        for one in people
    ]
    insert_missing(connection, recipients, rows)
    found = connection.execute(select(recipients).where(recipients.c.address.in_([row["address"] for row in rows])))
    known = {row.address: _kept(row).recipient for row in found}
    if strange := next((row["written"] for row in rows if row["address"] not in known), None):
        raise StoreError(f"{strange} has the token of another recipient; each needs one of their own, or none is given")
    return known


def note_results(connection: Connection, taken: Sequence[str], refused: Sequence[str], at: datetime) -> None:
    """Count one more edition that these addresses (in lower case) refused for good, or forget earlier refusals; who
    refused `REFUSALS` in a row is written to no more."""
    _TAKEN.execute(connection, [(one,) for one in taken])
    if refused:
        mine = recipients.c.address.in_(refused)
        connection.execute(update(recipients).where(mine).values(refusals=recipients.c.refusals + 1))
        over = select(recipients.c.address).where(mine, recipients.c.refusals >= REFUSALS)
        gone = connection.execute(over).scalars().all()
        _move(connection, gone, RecipientState.SUPPRESSED, f"refused {REFUSALS} editions in a row", at)


_TAKEN = Bulk(
    lambda _: (
        update(recipients)
        .where(recipients.c.address == bindparam("taken"), recipients.c.refusals > literal_column("0"))
        .values(refusals=literal_column("0"))
    ),
    ("taken",),
)


def _active(connection: Connection) -> int:
    query = select(func.count()).select_from(recipients).where(recipients.c.state == RecipientState.ACTIVE)
    return connection.execute(query).scalar_one()


def _move(
    connection: Connection,
    addresses: Collection[str],
    state: RecipientState,
    why: str | None,
    at: datetime,
    only: Sequence[RecipientState] = (),
) -> tuple[str, ...]:
    moved: list[str] = []
    for chunk in chunks(dict.fromkeys(address.lower() for address in addresses)):
        mine = select(recipients.c.address).where(recipients.c.address.in_(chunk), recipients.c.state != state)
        found = connection.execute(mine.where(recipients.c.state.in_(only)) if only else mine).scalars().all()
        change = update(recipients).where(recipients.c.address.in_(found))
        connection.execute(change.values(state=state, why=why, at=at, refusals=0))
        moved += found
    return tuple(moved)


def _kept(row: Row[Any]) -> Kept:
    recipient = Recipient(row.written, row.name, row.token, RecipientState(row.state))
    return Kept(recipient, row.refusals, row.why, row.at)
