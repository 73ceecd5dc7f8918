"""What announcers were told, so that each change is told once, over restarts and by one of two processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from feeder.model import PUBLIC, Announcement
from feeder.store.database import Database
from feeder.store.schema import decisions, editions, outputs, stories
from feeder.store.schema_house import announcements
from feeder.store.upsert import put

LOCK = "announcements"
PUBLISHED = "site"
"""The announcer under which stands how far the decisions go that what is published shows."""


class Announcements:
    """One row per announcer and topic."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, names: Sequence[str], topics: Sequence[str]) -> dict[tuple[str, str], Announcement]:
        """What announcers were told of these topics, by both."""
        of = announcements.c
        query = select(announcements).where(of.announcer.in_(names), of.topic.in_(topics))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return {(row.announcer, row.topic): _from(row) for row in rows}

    def get(self, announcer: str, topic: str) -> Announcement | None:
        """What an announcer was told of a topic."""
        with self._database.read() as connection:
            return _get(connection, announcer, topic)

    def told(self, announcer: str, marks: Mapping[str, str], at: datetime, answer: str) -> None:
        """Remember what an announcer took, by topic, in one transaction: nothing waits of these any more."""
        rows = [_row(Announcement(announcer, topic, mark, at=at, answer=answer)) for topic, mark in marks.items()]
        with self._database.write(LOCK) as connection:
            put(connection, announcements, rows)

    def failed(self, announcer: str, topic: str, not_before: datetime, at: datetime, answer: str) -> None:
        """Remember that an announcer did not take it, and when it is tried again; what it was told last stands."""
        with self._database.write(LOCK) as connection:
            before = _get(connection, announcer, topic) or Announcement(announcer, topic, "")
            now = replace(before, attempts=before.attempts + 1, not_before=not_before, at=at, answer=answer)
            put(connection, announcements, [_row(now)])

    def decided(self) -> int:
        """The number of the last decision of all."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(decisions.c.seq))).scalar() or 0

    def published(self) -> int:
        """The number of the last decision that what is published shows."""
        known = self.get(PUBLISHED, "stories")
        return int(known.mark) if known else 0

    def publish(self, decision: int, at: datetime) -> None:
        """Remember that what is published shows all decisions up to this number; never fewer than before."""
        if decision > self.published():
            with self._database.write(LOCK) as connection:
                before = _get(connection, PUBLISHED, "stories")
                if before is None or int(before.mark) < decision:
                    mark = Announcement(PUBLISHED, "stories", str(decision), at=at)
                    put(connection, announcements, [_row(mark)])

    def begin(self, announcer: str, at: datetime) -> None:
        """Let an announcer begin, once: what was released so far is nothing new to it."""
        with self._database.together(LOCK), self._database.write("stories") as connection:
            if _get(connection, announcer, "stories") is not None:
                return
            seen = select(stories.c.id, stories.c.fate, stories.c.updated).where(stories.c.released.is_not(None))
            rows = [
                _row(Announcement(announcer, row.id, mark_of(row.fate, row.updated)))
                for row in connection.execute(seen)
            ]
            seq = connection.execute(select(func.max(decisions.c.seq))).scalar() or 0
            number = connection.execute(select(func.max(editions.c.number))).scalar() or 0
            rows += [
                _row(Announcement(announcer, "stories", str(seq), at=at)),
                _row(Announcement(announcer, "editions", str(number), at=at)),
            ]
            connection.execute(insert(announcements), rows)

    def stories_after(self, seq: int, until: int, limit: int) -> tuple[tuple[int, str], ...]:
        """The stories whose last decision comes after one and not after another, with its number, in this order."""
        last = func.max(decisions.c.seq)
        query = (
            select(last, decisions.c.story_id)
            .where(decisions.c.seq > seq)
            .group_by(decisions.c.story_id)
            .having(last <= until)
            .order_by(last)
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple((row[0], row[1]) for row in connection.execute(query))

    def editions_after(self, number: int, limit: int) -> tuple[tuple[int, str], ...]:
        """The editions with higher numbers than one, with these."""
        query = select(editions.c.number, editions.c.id).where(
            editions.c.number > number, editions.c.status.in_(PUBLIC)
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(editions.c.number).limit(limit))
            return tuple((row.number, row.id) for row in rows)

    def digests(self, paths: Sequence[str]) -> dict[str, str]:
        """The digests of published files, as last written, by path."""
        query = select(outputs.c.path, outputs.c.digest).where(outputs.c.path.in_(paths))
        with self._database.read() as connection:
            return {row.path: row.digest for row in connection.execute(query.order_by(outputs.c.path))}


def mark_of(fate: str, updated: datetime | None) -> str:
    """What changes whenever readers have a reason to read a story again."""
    return f"{fate} {updated.isoformat() if updated else ''}"


def _get(connection: Connection, announcer: str, topic: str) -> Announcement | None:
    query = select(announcements).where(announcements.c.announcer == announcer, announcements.c.topic == topic)
    row = connection.execute(query).one_or_none()
    return None if row is None else _from(row)


def _from(row: Any) -> Announcement:
    return Announcement(row.announcer, row.topic, row.mark, row.attempts, row.not_before, row.at, row.answer or "")


def _row(one: Announcement) -> dict[str, Any]:
    return {
        "announcer": one.announcer,
        "topic": one.topic,
        "mark": one.mark,
        "attempts": one.attempts,
        "not_before": one.not_before,
        "at": one.at,
        "answer": one.answer,
    }
