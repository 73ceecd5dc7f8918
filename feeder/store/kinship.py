"""What the store knows of items that may have come under another uid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from feeder import addresses
from feeder.model import Item, KnownItem
from feeder.store.columns import name_text
from feeder.store.schema import items

_CHUNK = 500
_ALL = select(items.c.source_id, items.c.uid, items.c.url_key, items.c.words, items.c.published)
_BY_UID = _ALL.where(items.c.source_id == bindparam("source"), items.c.uid.in_(bindparam("some", expanding=True)))
# Not by source: an address has few items anyway, and the source would lead to the wrong index.
_BY_ADDRESS = _ALL.where(items.c.url_key.in_(bindparam("some", expanding=True)))
_BY_DATE = _ALL.where(
    items.c.source_id == bindparam("source"), items.c.published.in_(bindparam("some", expanding=True))
)


def akin(connection: Connection, source_id: str, listed: Sequence[Item]) -> tuple[KnownItem, ...]:
    """The source's items that share a uid with `listed`, and those that share address or date with what is new there.

    Nothing where no uid is new and none leads to another address than before: then one query was all. Titles come
    case-folded.
    """
    keys = {name_text(item.uid): addresses.url_key(item.url) if item.url else None for item in listed}
    whole = {name_text(key): key for key in keys.values() if key}
    known = {one.uid: one for one in _found(connection, source_id, _BY_UID, keys, whole)}
    new = [item for item in listed if (one := known.get(name_text(item.uid))) is None or one.url_key != keys[one.uid]]
    if not new:
        return ()
    places = {name_text(key) for item in new if (key := keys[name_text(item.uid)])}
    dates = {item.published for item in new if item.published}
    for query, wanted in ((_BY_ADDRESS, places), (_BY_DATE, dates)):
        for one in _found(connection, source_id, query, wanted, whole):
            known.setdefault(one.uid, one)
    return tuple(known.values())


def _found(
    connection: Connection, source_id: str, query: Select[Any], wanted: Iterable[object], whole: Mapping[str, str]
) -> Iterator[KnownItem]:
    """Those that a query finds; `whole` holds the keys of addresses that are too long to be stored as they are."""
    values = list(wanted)
    for start in range(0, len(values), _CHUNK):
        for row in connection.execute(query, {"source": source_id, "some": values[start : start + _CHUNK]}):
            if row.source_id == source_id:
                yield KnownItem(row.uid, whole.get(row.url_key, row.url_key), row.words, row.published)
