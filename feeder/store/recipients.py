"""Who gets the digest, where no list manager keeps them; and who never does, whoever lists them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, literal_column, select, update

from feeder.errors import DeliveryError
from feeder.model import Recipient, RecipientState
from feeder.store.bulk import Bulk
from feeder.store.database import Database
from feeder.store.effacing import efface
from feeder.store.schema import recipients
from feeder.store.upsert import insert_missing

LOCK = "recipients"
CHUNK = 500  # rows that are held in memory at once
_GONE = (RecipientState.LEFT, RecipientState.SUPPRESSED)
REFUSALS = 3  # editions in a row that an address refuses for good before it is written to no more


@dataclass(frozen=True, slots=True)
class Kept:
    """A recipient as the store knows them; `refusals` for good, one edition after the other, and `why` they are in
    their state since `at`."""

    recipient: Recipient
    refusals: int
    why: str | None
    at: datetime


class Added(NamedTuple):
    """How many of those added are new, and how many are not written to all the same: they left or are suppressed."""

    new: int
    gone: int


class Recipients:
    """The recipients. An address is known in any spelling of its letters' case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, people: Iterable[Recipient], at: datetime, *, again: bool = False) -> Added:
        """Make people recipients, all of them or (DeliveryError: a token is somebody else's) none; names and tokens
        that are given replace those there were.

        Who left or is suppressed stays so, unless they want mail `again`.
        """
        with self._database.write(LOCK) as connection:
            before, gone = _active(connection), 0
            for chunk in chunks(people):
                known = written_down(connection, chunk, RecipientState.ACTIVE, at)
                wanted = [RecipientState.LISTED]
                wanted += _GONE if again else []
                _move(connection, [one.address for one in chunk], RecipientState.ACTIVE, None, at, wanted)
                gone += 0 if again else sum(one.state in _GONE for one in known.values())
                _correct(connection, chunk, known)
            return Added(_active(connection) - before, gone)

    def move(self, addresses: Collection[str], state: RecipientState, why: str | None, at: datetime) -> tuple[str, ...]:
        """Say that people left, or are suppressed; also of whom the store did not know, so that no file brings them
        back. Returns the addresses of which this was not said before."""
        with self._database.write(LOCK) as connection:
            strangers = [Recipient(address) for address in addresses]
            for chunk in chunks(strangers):
                written_down(connection, chunk, RecipientState.LISTED, at)
            return _move(connection, addresses, state, why, at)

    def erase(self, addresses: Collection[str]) -> tuple[str, ...]:
        """Forget who people are, wherever the store knows them from their mail; what became of their messages stays,
        without them. Whoever lists them again brings them back. Returns the addresses of which it knew nothing.
        DeliveryError while one of them is being written to."""
        with self._database.together("editions"), self._database.write(LOCK) as connection:
            return tuple(one for one in addresses if not efface(connection, one.lower()))

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
    known = _known(connection, rows)
    if strange := [row for row in rows if row["address"] not in known]:
        _hand_tokens_on(connection, strange, at)
        insert_missing(connection, recipients, strange)
        known |= _known(connection, strange)
    if strange := [row for row in rows if row["address"] not in known]:
        raise _taken(connection, strange[0])
    return known


# Made once: a statement per page of a long list would wait for the search for garbage.
_KNOWN = select(recipients).where(recipients.c.address.in_(bindparam("addresses", expanding=True)))


def _known(connection: Connection, rows: Sequence[dict[str, Any]]) -> dict[str, Recipient]:
    found = connection.execute(_KNOWN, {"addresses": [row["address"] for row in rows]})
    return {row.address: _kept(row).recipient for row in found}


def _hand_tokens_on(connection: Connection, strange: Sequence[dict[str, Any]], at: datetime) -> None:
    """Give another token to addresses that only a file listed, before now: their owner has a new address by now."""
    theirs = recipients.c.token.in_([row["token"] for row in strange])
    old = select(recipients.c.address).where(theirs, recipients.c.state == RecipientState.LISTED, recipients.c.at < at)
    for address in connection.execute(old).scalars().all():
        mine = update(recipients).where(recipients.c.address == address)
        connection.execute(mine.values(token=secrets.token_urlsafe(12)))


def _taken(connection: Connection, row: dict[str, Any]) -> DeliveryError:
    holder = connection.execute(select(recipients).where(recipients.c.token == row["token"])).one()
    return DeliveryError(
        f"{row['written']} has the token of another recipient, {holder.written} ({holder.state}); each needs one of"
        " their own, or none is given. If they are one person: feeder recipients remove --erase the old address"
    )


def _correct(connection: Connection, people: Sequence[Recipient], known: Mapping[str, Recipient]) -> None:
    """Write down names and tokens that are given, and others than were known."""
    for one in people:
        there = known[one.address.lower()]
        name, token = one.name or there.name, one.token or there.token
        if (name, token) == (there.name, there.token):
            continue
        mine = recipients.c.address == one.address.lower()
        holder = select(recipients.c.address).where(recipients.c.token == token, ~mine)
        if connection.execute(holder).scalar() is not None:
            raise _taken(connection, {"written": one.address, "token": token})
        connection.execute(update(recipients).where(mine).values(name=name, token=token))


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
