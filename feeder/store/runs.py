"""Runs: what a job works through, and who comes last."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, insert, select, update

from feeder.errors import StoreError
from feeder.model import Run, RunRecord
from feeder.store.database import Database
from feeder.store.schema_house import run_parts, runs
from feeder.store.upsert import insert_missing


class Runs:
    """Runs of jobs. `now` is stored once, so a resumed run writes the same times."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, job: str, now: datetime, parts: Sequence[str]) -> int:
        """Begin a run that waits for `parts`. Two runs may have the same `now`: with a clock that stands still
        (`--now`), or two processes in one second; their steps do no work twice."""
        with self._database.write(f"run:{job}") as connection:
            row = {"job": job, "now": now, "state": "open"}
            run_id: int = connection.execute(insert(runs).returning(runs.c.id), row).scalar_one()
            if parts:
                rows = [{"run_id": run_id, "part": part, "state": None} for part in dict.fromkeys(parts)]
                connection.execute(insert(run_parts), rows)
            return run_id

    def begin_slot(self, job: str, slot: str, now: datetime) -> int | None:
        """Begin the run of a job's slot; None if that has ended, so that no slot is done twice.

        One that was begun and has not ended was cut off: it goes on, and what it does is done `now`.
        """
        row = {"job": job, "slot": slot, "now": now, "state": "open"}
        mine = (runs.c.job == job, runs.c.slot == slot)
        with self._database.read() as connection:  # which is asked again and again, and costs no commit
            if connection.execute(select(runs.c.id).where(*mine, runs.c.ended.is_not(None))).first() is not None:
                return None
        with self._database.write(f"run:{job}") as connection:
            insert_missing(connection, runs, [row])
            begun: int | None = connection.execute(
                update(runs).where(*mine, runs.c.ended.is_(None)).values(now=now).returning(runs.c.id)
            ).scalar_one_or_none()
            return begun

    def get(self, run_id: int) -> Run | None:
        """One run."""
        return self._one(select(runs).where(runs.c.id == run_id))

    def open_parts(self, run_id: int) -> tuple[str, ...]:
        """The parts that are not finished."""
        query = select(run_parts.c.part).where(run_parts.c.run_id == run_id, run_parts.c.state.is_(None))
        with self._database.read() as connection:
            return tuple(connection.execute(query.order_by(run_parts.c.part)).scalars())

    def finish_part(self, run_id: int, part: str, state: str) -> bool:
        """Finish a part; True for exactly one caller, who finished the last and does what comes next."""
        with self._database.write(f"run:{run_id}") as connection:
            mine = (run_parts.c.run_id == run_id, run_parts.c.part == part)
            if connection.execute(select(run_parts.c.part).where(*mine)).first() is None:
                raise StoreError(f"the run {run_id} has no part {part}")
            connection.execute(update(run_parts).where(*mine, run_parts.c.state.is_(None)).values(state=state))
            return _join(connection, run_id)

    def finish(self, run_id: int, state: str, ended: datetime, counts: Mapping[str, object] | None = None) -> None:
        """Remember how and when a run ended, and what it did; the first end counts."""
        told = json.dumps(counts, ensure_ascii=False) if counts else None
        with self._database.write(f"run:{run_id}") as connection:
            mine = (runs.c.id == run_id, runs.c.ended.is_(None))
            connection.execute(update(runs).where(*mine).values(state=state, ended=ended, counts=told))

    def note(self, run_id: int, counts: Mapping[str, object]) -> None:
        """Remember what a run did that has not ended, so that it may go on."""
        told = json.dumps(counts, ensure_ascii=False)
        with self._database.write(f"run:{run_id}") as connection:
            mine = (runs.c.id == run_id, runs.c.ended.is_(None))
            connection.execute(update(runs).where(*mine).values(counts=told))

    def record(self, job: str, began: datetime, ended: datetime, counts: Mapping[str, object]) -> None:
        """Remember a run that did its work before anybody wrote it down."""
        told = json.dumps(counts, ensure_ascii=False)
        row = {"job": job, "now": began, "state": "done", "ended": ended, "counts": told}
        with self._database.write(f"run:{job}") as connection:
            connection.execute(insert(runs), row)

    def list(self, limit: int, job: str | None = None) -> tuple[RunRecord, ...]:
        """The newest runs, of all jobs or of one, the newest first."""
        query = select(runs).order_by(runs.c.id.desc()).limit(limit)
        return self._records(query if job is None else query.where(runs.c.job == job))

    def record_of(self, run_id: int) -> RunRecord | None:
        """What is known of one run."""
        return next(iter(self._records(select(runs).where(runs.c.id == run_id))), None)

    def jobs(self) -> dict[str, datetime]:
        """Of each job that ever had a run that is still known: when the last one began."""
        query = select(runs.c.job, func.max(runs.c.now).label("began")).group_by(runs.c.job)
        with self._database.read() as connection:
            return {row.job: row.began for row in connection.execute(query)}

    def ended(self, job: str) -> datetime | None:
        """When that run of a job without slots ended which began last of those that did: by their numbers, because the
        clock may have been wrong, and found by an index."""
        query = select(runs.c.ended).where(runs.c.job == job, runs.c.slot.is_(None), runs.c.ended.is_not(None))
        with self._database.read() as connection:
            at: datetime | None = connection.execute(query.order_by(runs.c.id.desc()).limit(1)).scalar()
        return at

    def _records(self, query: Select[Any]) -> tuple[RunRecord, ...]:
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            wanted = [row.id for row in rows if row.ended is None]
            parts = select(run_parts).where(run_parts.c.run_id.in_(wanted), run_parts.c.state.is_(None))
            missing = connection.execute(parts.order_by(run_parts.c.part)).all() if wanted else ()
        return tuple(
            RunRecord(
                row.id,
                row.job,
                row.now,
                row.state,
                row.slot,
                row.ended,
                json.loads(row.counts or "{}"),
                tuple(part.part for part in missing if part.run_id == row.id),
            )
            for row in rows
        )

    def _one(self, query: Select[Any]) -> Run | None:
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Run(row.id, row.job, row.now, row.state)


def _join(connection: Connection, run_id: int) -> bool:
    """Claim what comes after the last part, in one statement."""
    open_part = exists().where(run_parts.c.run_id == run_id, run_parts.c.state.is_(None))
    claim = update(runs).where(runs.c.id == run_id, runs.c.state == "open", ~open_part).values(state="joined")
    return connection.execute(claim.returning(runs.c.id)).first() is not None
