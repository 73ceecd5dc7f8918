"""What is remembered of sources, and how a gathering becomes items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from feeder import addresses
from feeder.model import Gathered, Item, Medium, Memory, SourceState
from feeder.store.coding import ItemText, decode, encode, encode_item
from feeder.store.columns import name_text
from feeder.store.database import Database
from feeder.store.schema import items, media, sources
from feeder.store.upsert import insert_missing, put

_CHUNK = 500


class Sources:
    """The states of sources; `record` and `fail` are the two ends of every gathering."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self, source_id: str) -> SourceState:
        """What is remembered of a source; the blank state of one never gathered."""
        with self._database.read() as connection:
            return _state(connection, source_id)[0]

    def states(self) -> dict[str, SourceState]:
        """All states, also of sources that are not configured any more."""
        with self._database.read() as connection:
            rows = connection.execute(select(sources).order_by(sources.c.id)).all()
        return {row.id: _from_row(row) for row in rows}

    def record(self, source_id: str, gathered: Gathered, now: datetime, *, baseline: bool) -> int:
        """Keep what a gathering brought; return the number of new items. Nothing new writes nothing.

        With `baseline`, the items of the source's first successful gathering are marked as such.
        """
        with self._database.read() as connection:
            before, listed = _state(connection, source_id)
        if gathered.unchanged and listed == _day(now) and _after(before, gathered, 0, now) == before:
            return 0
        with self._database.write(f"source:{source_id}") as connection:
            before, listed = _state(connection, source_id)
            if listed is None:
                insert_missing(connection, sources, [_row(SourceState(source_id), "")])
            if gathered.unchanged:
                new = 0
                _touch(connection, source_id, listed or "", _day(now))
            else:
                _keep_media(connection, gathered.media)
                new = _keep(connection, source_id, gathered.items, now, baseline and not before.baselined)
            after = _after(before, gathered, new, now)
            if (after, _day(now)) != (before, listed):
                put(connection, sources, [_row(after, max(listed or "", _day(now)))])
        return new

    def fail(self, source_id: str, problem: str, now: datetime) -> None:
        """Remember why a source could not be gathered, and since when; the same again writes nothing."""
        with self._database.read() as connection:
            before, listed = _state(connection, source_id)
        if before.problem == problem:
            return
        with self._database.write(f"source:{source_id}") as connection:
            before, listed = _state(connection, source_id)
            since = now if before.problem is None else before.since
            put(connection, sources, [_row(replace(before, problem=problem, since=since), listed or "")])


def _state(connection: Connection, source_id: str) -> tuple[SourceState, str | None]:
    row = connection.execute(select(sources).where(sources.c.id == source_id)).one_or_none()
    return (SourceState(source_id), None) if row is None else (_from_row(row), row.listed)


def _from_row(row: Any) -> SourceState:
    return SourceState(
        source_id=row.id,
        memory=decode(Memory, row.memory),
        baselined=row.baselined,
        problem=row.problem,
        since=row.since,
        last_new_item=row.last_new_item,
        warnings=decode(tuple[str, ...], row.warnings),
    )


def _row(state: SourceState, listed: str) -> dict[str, Any]:
    return {
        "id": state.source_id,
        "memory": encode(state.memory),
        "baselined": state.baselined,
        "problem": state.problem,
        "since": state.since,
        "last_new_item": state.last_new_item,
        "warnings": encode(state.warnings, tuple[str, ...]),
        "listed": listed,
    }


def _after(before: SourceState, gathered: Gathered, new: int, now: datetime) -> SourceState:
    state = replace(before, memory=gathered.memory, problem=None, since=now if before.problem else before.since)
    if new:
        state = replace(state, last_new_item=now)
    if gathered.unchanged:
        return state
    return replace(state, baselined=True, warnings=tuple(str(problem) for problem in gathered.problems))


def _keep_media(connection: Connection, pictures: Sequence[Medium]) -> None:
    unique = {picture.path: picture for picture in pictures}
    for paths in _chunks(list(unique)):
        for path in connection.execute(select(media.c.path).where(media.c.path.in_(paths))).scalars().all():
            del unique[path]
    # in one order, so that two sources with the same pictures never wait for each other in a circle
    rows = [{"path": path, "type": unique[path].type, "data": unique[path].data} for path in sorted(unique)]
    insert_missing(connection, media, rows)


def _keep(connection: Connection, source_id: str, listed: Sequence[Item], now: datetime, baseline: bool) -> int:
    unique = {name_text(item.uid): item for item in reversed(listed)}
    known = _known(connection, source_id, list(unique))
    new, changed, seen = [], [], []
    for uid, item in reversed(unique.items()):
        written = encode_item(item)
        row = {"source_id": source_id, "uid": uid, **_columns(item, written), "listed": _day(now)}
        if uid not in known:
            new.append(row | {"first_seen": now, "baseline": baseline})
        elif known[uid][0] != written.digest:
            changed.append(row)
        elif known[uid][1] < _day(now):
            seen.append(uid)
    if new:
        connection.execute(insert(items), new)
    if changed:
        connection.execute(_UPDATE, [{f"new_{name}": value for name, value in row.items()} for row in changed])
    for uids in _chunks(seen):
        _listed(connection, source_id, uids, _day(now))
    return len(new)


def _columns(item: Item, written: ItemText) -> dict[str, Any]:
    return {
        "item": written.item,
        "body": written.body,
        "digest": written.digest,
        "url": item.url,
        "url_key": addresses.url_key(item.url) if item.url else None,
        "world_uid": world_uid(item.uid),
        "words": item.title.casefold(),
        "published": item.published,
        "own": item.article is not None,
    }


_CHANGING = ("item", "body", "digest", "url", "url_key", "words", "published", "own", "listed")
_UPDATE = (
    update(items)
    .where(items.c.source_id == bindparam("new_source_id"), items.c.uid == bindparam("new_uid"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)


def world_uid(uid: str) -> str | None:
    """The uid, where it names the same thing whichever source uses it."""
    named = uid.startswith(("tag:", "urn:")) or addresses.is_web_address(uid)
    return uid if named else None


def _known(connection: Connection, source_id: str, uids: list[str]) -> dict[str, tuple[str, str]]:
    columns = select(items.c.uid, items.c.digest, items.c.listed)
    found: dict[str, tuple[str, str]] = {}
    for some in _chunks(uids):
        rows = connection.execute(columns.where(items.c.source_id == source_id, items.c.uid.in_(some)))
        found |= {row.uid: (row.digest, row.listed) for row in rows}
    return found


def _listed(connection: Connection, source_id: str, uids: Sequence[str], day: str) -> None:
    connection.execute(update(items).where(items.c.source_id == source_id, items.c.uid.in_(uids)).values(listed=day))


def _touch(connection: Connection, source_id: str, before: str, day: str) -> None:
    """A source that says "unchanged" still lists what it listed last."""
    if before < day:
        last = update(items).where(items.c.source_id == source_id, items.c.listed == before)
        connection.execute(last.values(listed=day))


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
