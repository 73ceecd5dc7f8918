"""Which items belong to a story, and which stories a person took apart.

Items have no index by story, which each of the thousands that arrive would pay for; but each came to its story by a
decision that names it (`tell`, `attach`, `merge`, `split`).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from feeder.model import ItemKey
from feeder.store.schema import apart, decisions, items, stories, traces
from feeder.store.upsert import insert_missing

_LEAD = select(stories.c.lead_source, stories.c.lead_uid).where(stories.c.id == bindparam("story"))
_NAMED = (
    select(decisions.c.item_source, decisions.c.item_uid)
    .where(decisions.c.story_id == bindparam("story"), decisions.c.item_source.is_not(None))
    .order_by(decisions.c.seq)
)
_BELONGS = select(items.c.uid).where(
    items.c.source_id == bindparam("source"), items.c.uid == bindparam("item"), items.c.story_id == bindparam("story")
)


def items_of(connection: Connection, story_id: str) -> tuple[ItemKey, ...]:
    """The items of a story that are not forgotten: the lead first, then in the order in which they came."""
    asked = {"story": story_id}
    named = [*connection.execute(_LEAD, asked), *connection.execute(_NAMED, asked)]
    keys = dict.fromkeys(ItemKey(source, uid) for source, uid in named)
    return tuple(
        key
        for key in keys
        if connection.execute(_BELONGS, asked | {"source": key.source_id, "item": key.uid}).first() is not None
    )


def move(connection: Connection, keys: Iterable[ItemKey], story_id: str) -> None:
    """Make items, and what the same-story check knows of them, another story's."""
    for source_id, uid in keys:
        for table in (items, traces):
            one = (table.c.source_id == source_id, table.c.uid == uid)
            connection.execute(update(table).where(*one).values(story_id=story_id))


def apart_of(connection: Connection, story_id: str) -> frozenset[str]:
    """The stories that a person split from this one."""
    of = apart.c
    found = select(of.other).where(of.one == story_id).union(select(of.one).where(of.other == story_id))
    return frozenset(connection.execute(found).scalars())


def keep_apart(connection: Connection, story_id: str, others: Iterable[str]) -> None:
    """Remember that rules must not merge a story with others."""
    pairs = [sorted((story_id, other)) for other in others]
    insert_missing(connection, apart, [{"one": one, "other": other} for one, other in pairs])
