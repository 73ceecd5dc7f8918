"""Signs of how the house is: few and cheap questions, asked each minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, or_, select

from feeder.model import DeliveryState, EditionStatus, Fate
from feeder.store.database import Database
from feeder.store.schema import deliveries, editions, handovers, looks, stories
from feeder.store.schema_house import announcements, runs

_UNDECIDED = (EditionStatus.DRAFT, EditionStatus.HELD)
_ON_ITS_WAY = (EditionStatus.APPROVED, EditionStatus.DELIVERING)


@dataclass(frozen=True, slots=True)
class Look:
    """How the last look at a source went: since when it was not answered in vain, and how often in vain since."""

    source_id: str
    failures: int
    looked: datetime
    answered: datetime | None


class Signs:
    """Questions that no other noun answers without reading more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def file(self) -> Path | None:
        """Where the store lies, if it is a file."""
        name = self._database.url.database
        return Path(name) if self._database.is_sqlite and name else None

    def editions(self, since: datetime) -> tuple[str, ...]:
        """The ids of the editions that may need an eye: those with a slot since then, undecided ones, and what is on
        its way; the oldest first."""
        needed = or_(editions.c.slot >= since, editions.c.status.in_((*_UNDECIDED, *_ON_ITS_WAY)))
        with self._database.read() as connection:
            query = select(editions.c.id).where(needed).order_by(editions.c.slot)
            return tuple(connection.execute(query).scalars())

    def carried(self, edition_id: str) -> dict[str, tuple[datetime, dict[DeliveryState, int], datetime | None]]:
        """By carrier, when an edition's delivery began, how many messages are how, and when the last one changed."""
        begun = select(handovers.c.carrier, handovers.c.at).where(handovers.c.edition_id == edition_id)
        states = (
            select(deliveries.c.carrier, deliveries.c.state, func.count().label("number"), func.max(deliveries.c.at))
            .where(deliveries.c.edition_id == edition_id)
            .group_by(deliveries.c.carrier, deliveries.c.state)
        )
        found: dict[str, tuple[datetime, dict[DeliveryState, int], datetime | None]] = {}
        with self._database.read() as connection:
            rows = connection.execute(states).all()
            for carrier, at in connection.execute(begun):
                mine = [row for row in rows if row.carrier == carrier]
                last = max((row[3] for row in mine if row[3] is not None), default=None)
                found[carrier] = at, {DeliveryState(row.state): row.number for row in mine}, last
        return found

    def answered(self) -> datetime | None:
        """When any source answered last."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(looks.c.answered))).scalar()

    def looks(self) -> tuple[Look, ...]:
        """How the last looks at all sources went."""
        query = select(looks.c.source_id, looks.c.failures, looks.c.looked, looks.c.answered)
        with self._database.read() as connection:
            return tuple(Look(*row) for row in connection.execute(query))

    def last_round(self) -> tuple[datetime, datetime] | None:
        """The last round that came to its end, as `Runs.ended` knows it: its time, and when that was."""
        mine = (runs.c.job == "round", runs.c.slot.is_(None), runs.c.ended.is_not(None))
        query = select(runs.c.now, runs.c.ended).where(*mine)
        with self._database.read() as connection:
            row = connection.execute(query.order_by(runs.c.id.desc()).limit(1)).one_or_none()
        return None if row is None else (row.now, row.ended)

    def last_run(self) -> datetime | None:
        """The latest time that a run ever wrote."""
        with self._database.read() as connection:
            return connection.execute(select(runs.c.now).order_by(runs.c.id.desc()).limit(1)).scalar()

    def newest_story(self) -> datetime | None:
        """When what readers shall see changed last."""
        query = select(stories.c.updated).where(stories.c.fate == Fate.RELEASED)
        with self._database.read() as connection:
            return connection.execute(query.order_by(stories.c.beat.desc()).limit(1)).scalar()

    def failing(self, announcers: Sequence[str]) -> dict[tuple[str, str], tuple[int, str]]:
        """What announcers of these kinds ("alert", "hub") fail to tell: how often, and what was answered last."""
        query = select(announcements).where(announcements.c.attempts > 0)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(announcements.c.announcer, announcements.c.topic)).all()
        return {
            (row.announcer, row.topic): (row.attempts, row.answer or "")
            for row in rows
            if row.announcer.partition(":")[0] in announcers
        }
