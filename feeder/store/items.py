"""Items as the store knows them, and which of them are still to be curated."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update

from feeder import addresses
from feeder.errors import StoreError
from feeder.model import APART, Fate, Item, ItemKey, KnownItem, Raw, StoredItem
from feeder.store.arriving import is_worldwide, known_items
from feeder.store.coding import decode, decode_item
from feeder.store.columns import name_text
from feeder.store.database import Database
from feeder.store.kinship import akin
from feeder.store.schema import items, stories, waiting
from feeder.store.searching import matching

FOUND = 20  # results that a person can look through


class Items:
    """What sources published. Only `Sources.record_all` adds to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> tuple[StoredItem, ...]:
        """Items that no story tells yet, or whose words changed since they were last told."""
        order = (items.c.source_id, func.coalesce(items.c.published, items.c.first_seen), items.c.uid)
        with self._database.read() as connection:
            rows = connection.execute(select(items).where(waiting).order_by(*order)).all()
        return tuple(map(_from_row, rows))

    def is_any_waiting(self) -> bool:
        """Whether `waiting` has anything."""
        query = select(items.c.source_id).where(waiting).order_by(items.c.source_id).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def get(self, key: ItemKey) -> StoredItem | None:
        """One item, None where it was never seen or is forgotten."""
        with self._database.read() as connection:
            row = connection.execute(select(items).where(_is(key))).one_or_none()
        return None if row is None else _from_row(row)

    def unknown(self, source_id: str, uids: Sequence[str]) -> set[str]:
        """Those uids under which no item of the source is stored."""
        with self._database.read() as connection:
            known = known_items(connection, source_id, [name_text(uid) for uid in uids])
        return {uid for uid in uids if name_text(uid) not in known}

    def akin(self, source_id: str, listed: Sequence[Item]) -> tuple[KnownItem, ...]:
        """What is stored of a source that `listed` may name by other uids than before (see kinship.akin)."""
        with self._database.read() as connection:
            return akin(connection, source_id, listed)

    def find(self, wanted: str) -> tuple[StoredItem, ...]:
        """At most 20 items by address, uid or words of their title; the newest first."""
        found = matching(wanted, (items.c.url, items.c.uid), items.c.words)
        if addresses.is_web_address(wanted.strip()):
            page, name = addresses.url_key(wanted), addresses.identity(wanted.strip())
            found = or_(found, items.c.url_key == page, items.c.uid == name)
        query = select(items).where(found).order_by(items.c.first_seen.desc(), items.c.source_id, items.c.uid)
        with self._database.read() as connection:
            rows = connection.execute(query.limit(FOUND)).all()
        return tuple(map(_from_row, rows))

    def shared_pages(self, url_keys: Collection[str]) -> frozenset[str]:
        """Those addresses at which a single source has several things: items of different titles, or dates apart."""
        wanted, shared = {name_text(key): key for key in url_keys}, set()
        names = list(wanted)
        with self._database.read() as connection:
            for start in range(0, len(names), _CHUNK):
                for key, titles, first, last in connection.execute(_PAGES, {"some": names[start : start + _CHUNK]}):
                    if titles > 1 or (first is not None and last - first > APART):
                        shared.add(wanted[key])
        return frozenset(shared)

    def told_at(self, names: Collection[str]) -> frozenset[str]:
        """Those keys of addresses, and ids that mean the same everywhere, that an item with a story bears: all others
        `elsewhere` need not be asked for."""
        wanted, known = {name_text(name): name for name in names}, set()
        some = list(wanted)
        with self._database.read() as connection:
            for start in range(0, len(some), _CHUNK):
                for query in (_TOLD_AT, _TOLD_AS):
                    found = connection.execute(query, {"some": some[start : start + _CHUNK]})
                    known |= {wanted[name] for name in found.scalars()}
        return frozenset(known)

    def elsewhere(self, url_key: str | None, uid: str | None, but: ItemKey, *, like: Item | None = None) -> str | None:
        """The oldest story of another item that is the same thing, by address or by a uid that is an address;
        a dropped one only if there is no other. `like`: what shares the address has to have the title of this, too,
        and a date that is not apart."""
        same: list[ColumnElement[bool]] = []
        if url_key:
            same.append(and_(items.c.url_key == url_key, *(_alike(like) if like else ())))
        if uid and is_worldwide(uid):
            same.append(items.c.world_uid == uid)
            same.append(and_(items.c.url_key == uid.removeprefix("https://"), items.c.uid == uid))
        if not same:
            return None
        query = (
            select(func.coalesce(stories.c.merged_into, stories.c.id))
            .join(items, items.c.story_id == stories.c.id)
            .where(or_(*same), ~_is(but))
            .order_by(stories.c.fate == Fate.DROPPED, stories.c.told, stories.c.id)
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def ignore_change(self, key: ItemKey, *, digest: str | None = None) -> None:
        """Take an item's present words (or those named by `digest`) as told, though no story tells them."""
        with self._database.write("stories") as connection:
            mark_told(connection, key, digest)


_CHUNK = 500
_PAGES = (
    select(
        items.c.url_key,
        func.count(items.c.words.distinct()),
        func.min(items.c.published),
        func.max(items.c.published),
    )
    .where(items.c.url_key.in_(bindparam("some", expanding=True)))
    .group_by(items.c.url_key, items.c.source_id)
    .having(func.count() > 1)
)

_TOLD_AT = (
    select(items.c.url_key)
    .where(items.c.url_key.in_(bindparam("some", expanding=True)), items.c.story_id.is_not(None))
    .distinct()
)
_TOLD_AS = (
    select(items.c.world_uid)
    .where(items.c.world_uid.in_(bindparam("some", expanding=True)), items.c.story_id.is_not(None))
    .distinct()
)


def _alike(item: Item) -> Iterator[ColumnElement[bool]]:
    yield items.c.words == item.title.casefold()
    if (date := item.published) is not None:
        near = and_(items.c.published >= date - APART, items.c.published <= date + APART)
        yield or_(items.c.published.is_(None), near)


# Built once, because they run for each item of a batch.
_READ = func.coalesce(bindparam("read", type_=items.c.told.type), items.c.digest)
_NEW = or_(items.c.told.is_(None), items.c.told != _READ)
_MARKED = update(items).where(items.c.source_id == bindparam("of_source"), items.c.uid == bindparam("of_uid"))
_MARK = _MARKED.where(_NEW).values(told=_READ)
_MARK_STORY = _MARKED.where(or_(_NEW, items.c.story_id.is_(None))).values(told=_READ, story_id=bindparam("of_story"))
_ROW = select(items.c.story_id, items.c.words).where(
    items.c.source_id == bindparam("source"), items.c.uid == bindparam("item")
)


def stored_row(connection: Connection, key: ItemKey) -> Any:
    """The bare row of an item that has to be there."""
    row = connection.execute(_ROW, {"source": key.source_id, "item": key.uid}).one_or_none()
    if row is None:
        raise StoreError(f"the store knows no item {key.uid} of the source {key.source_id}")
    return row


def mark_told(connection: Connection, key: ItemKey, digest: str | None, *, story_id: str | None = None) -> None:
    """Remember which words of an item were told, and in which story if one is named; rewrite nothing where that is
    known. Without `digest` its present words count."""
    asked = {"of_source": key.source_id, "of_uid": key.uid, "read": digest}
    if story_id is None:
        connection.execute(_MARK, asked)
    else:
        connection.execute(_MARK_STORY, asked | {"of_story": story_id})


def _is(key: ItemKey) -> ColumnElement[bool]:
    return and_(items.c.source_id == key.source_id, items.c.uid == key.uid)


def _from_row(row: Any) -> StoredItem:
    return StoredItem(
        item=decode_item(row.item, row.body),
        digest=row.digest,
        first_seen=row.first_seen,
        baseline=row.baseline,
        story_id=row.story_id,
        changed=row.told is not None and row.told != row.digest,
        flooded=row.flooded,
        fulltext=decode(Raw, row.fulltext) if row.fulltext else None,
    )
