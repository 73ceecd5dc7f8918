"""Figures of the whole store, for whoever watches: each by an index, so that asking often costs little."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from feeder.model import DeliveryState, EditionStatus, Health, health_word
from feeder.store.database import Database
from feeder.store.schema import decisions, deliveries, editions, items, sources, stories, waiting

_UNDER_WAY = (EditionStatus.DELIVERING, EditionStatus.FAILED)
_FEW = 3


class Decided(NamedTuple):
    """How often the same was decided for the same reason; `what` as in a Decision."""

    what: str
    why: str
    number: int


class Figures:
    """Counts, nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def items(self) -> tuple[int, int]:
        """How many items are known, and how many of them wait to be curated."""
        with self._database.read() as connection:
            every = connection.execute(select(func.count()).select_from(items)).scalar_one()
            return every, connection.execute(select(func.count()).select_from(items).where(waiting)).scalar_one()

    def editions(self) -> dict[EditionStatus, int]:
        """How many editions are in each state."""
        query = select(editions.c.status, func.count()).group_by(editions.c.status)
        with self._database.read() as connection:
            return {EditionStatus(status): number for status, number in connection.execute(query)}

    def health(self) -> dict[str, str]:
        """How each source is that was ever looked at, in a word, by its id."""
        query = select(sources.c.id, sources.c.health, sources.c.problem.is_not(None))
        with self._database.read() as connection:
            return {
                name: health_word(Health(health), is_failing=fails) for name, health, fails in connection.execute(query)
            }

    def newest(self) -> datetime | None:
        """When the newest story was released."""
        with self._database.read() as connection:
            at: datetime | None = connection.execute(select(func.max(stories.c.released))).scalar()
        return at

    def deliveries(self) -> dict[tuple[str, str, DeliveryState], int]:
        """How many messages are in each state, by edition and carrier: of editions whose delivery is under way or
        failed, the newest few, and of the last that was delivered."""
        newest = select(editions.c.id).order_by(editions.c.slot.desc())
        open_ones = newest.where(editions.c.status.in_(_UNDER_WAY)).limit(_FEW)
        done = newest.where(editions.c.status == EditionStatus.DELIVERED).limit(1)
        each = (deliveries.c.edition_id, deliveries.c.carrier, deliveries.c.state)
        query = select(*each, func.count()).group_by(*each)
        with self._database.read() as connection:
            of = [*connection.execute(open_ones).scalars(), *connection.execute(done).scalars()]
            rows = connection.execute(query.where(deliveries.c.edition_id.in_(of))).all() if of else ()
        return {(edition, carrier, DeliveryState(state)): number for edition, carrier, state, number in rows}

    def last_decision(self) -> int:
        """The number of the last decision about a story; 0 where there is none."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(decisions.c.seq))).scalar() or 0

    def decided(self, after: int, until: int) -> tuple[Decided, ...]:
        """What was decided after one decision and until another, and why; the most frequent first."""
        each, number = (decisions.c.what, decisions.c.why), func.count().label("number")
        query = select(*each, number).where(decisions.c.seq > after, decisions.c.seq <= until).group_by(*each)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(number.desc(), *each)).all()
        return tuple(Decided(row.what, row.why, row.number) for row in rows)
