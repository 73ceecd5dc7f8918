"""What models were asked before, and what they cost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, update

from feeder.store.database import Database
from feeder.store.schema_house import model_answers, model_usage
from feeder.store.upsert import insert_missing, put

KEPT = timedelta(days=90)
_MILLION = 1_000_000


class Spent(NamedTuple):
    """What a day cost so far; calls that are under way count with the most that they can cost."""

    calls: int = 0
    tokens: int = 0
    euros: float = 0.0


class Models:
    """Answers by the digest of what was asked, never the text itself; and the budget of a day, `day` in ISO form."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answer(self, key: str) -> str | None:
        """What was answered before."""
        with self._database.read() as connection:
            found: str | None = connection.execute(
                select(model_answers.c.answer).where(model_answers.c.key == key)
            ).scalar()
        return found

    def keep(self, key: str, model: str, answer: str, at: datetime) -> None:
        """Remember an answer for 90 days; those that are older are forgotten."""
        with self._database.write("models") as connection:
            put(connection, model_answers, [{"key": key, "model": model, "answer": answer, "at": at}])
            connection.execute(delete(model_answers).where(model_answers.c.at < at - KEPT))

    def spent(self, day: str) -> Spent:
        """What a day cost so far."""
        with self._database.read() as connection:
            return _spent(connection, day)

    def reserve(self, day: str, tokens: int, euros: float, limits: tuple[int, float]) -> bool:
        """Set aside the most that a call can cost, unless the day's `limits` of tokens and euros leave less: then
        False. Of two processes that ask at once, one is asked after the other."""
        with self._database.write("models") as connection:
            spent = _spent(connection, day)
            if spent.tokens + tokens > limits[0] or spent.euros + euros > limits[1] + 0.5 / _MILLION:
                return False
            insert_missing(connection, model_usage, [{"day": day, "calls": 0, "tokens": 0, "micros": 0}])
            _add(connection, day, 1, tokens, euros)
        return True

    def settle(self, day: str, tokens: int, euros: float) -> None:
        """Correct what was set aside by the difference to what the call did cost, which is most often below zero."""
        with self._database.write("models") as connection:
            _add(connection, day, 0, tokens, euros)


def _spent(connection: Connection, day: str) -> Spent:
    row = connection.execute(select(model_usage).where(model_usage.c.day == day)).one_or_none()
    return Spent() if row is None else Spent(row.calls, row.tokens, row.micros / _MILLION)


def _add(connection: Connection, day: str, calls: int, tokens: int, euros: float) -> None:
    usage = model_usage.c
    changed = {
        "calls": usage.calls + calls,
        "tokens": usage.tokens + tokens,
        "micros": usage.micros + round(euros * _MILLION),
    }
    connection.execute(update(model_usage).where(usage.day == day).values(changed))
