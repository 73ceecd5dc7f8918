"""How what a source lists becomes rows: what is new, what changed, what is merely still there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from feeder import addresses
from feeder.model import Gathered, Item, Medium
from feeder.store.bulk import Bulk, Row
from feeder.store.coding import ItemText, encode, encode_item
from feeder.store.columns import moment_text, name_text, words_text
from feeder.store.schema import items, media
from feeder.store.upsert import insert_missing

ERASED = ""
"""The digest of an item whose words a person erased: it is known for ever, and whatever it says is not kept."""
_CHUNK = 500
# A tag: or urn: URI, or a web address with a host.
_WORLDWIDE = re.compile(r"(?:tag|urn):|(?i:https?)://(?:[^/?#@]*@)?[^/?#:@]")


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one look brought, as rows for `keep_items`: new ones lack only `flooded`. `dates`: when what is new was
    published. `seen`: what is listed again as it was, and was not yet known to be listed on that day. `baseline`: what
    is new is the backlog of what was never looked at."""

    new: list[Row] = field(default_factory=list)
    dates: list[datetime | None] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    seen: list[Row] = field(default_factory=list)
    baseline: bool = False


def arrived(
    connection: Connection,
    source_id: str,
    gathered: Gathered,
    now: datetime,
    day: str,
    baseline: bool,
    *,
    is_known: bool,
    is_elsewhere: bool,
) -> Arrived:
    """Compare what a source lists with what is stored of it; of a source that is not known, nothing is.

    What is listed twice counts as it was listed first. A `baseline` is a first look, also at another address
    (`is_elsewhere`) that lists nothing known.
    """
    unique = {name_text(item.uid): item for item in reversed(gathered.items)}
    listed = [name_text(uid) for uid in gathered.listed]
    known = known_items(connection, source_id, [*unique, *listed]) if is_known else {}
    baseline = baseline or (is_elsewhere and bool(unique) and not known)
    found = Arrived(baseline=baseline)
    texts = {name_text(one.uid): encode(one.text) for one in gathered.fulltexts}
    source, ours = words_text(source_id), (moment_text(now), day, baseline)
    for uid, item in reversed(unique.items()):
        written, before = encode_item(item), known.get(uid)
        if before is None:
            found.new.append(item_row(source, uid, item, written, texts.get(uid)) + ours)
            found.dates.append(item.published)
        elif before[0] not in (written.digest, ERASED):
            found.changed.append(item_row(source, uid, item, written) + ours)
        elif before[1] < day:
            found.seen.append((source, words_text(uid), day))
    found.seen.extend(
        (source, words_text(uid), day)
        for uid in dict.fromkeys(listed)
        if uid in known and uid not in unique and known[uid][1] < day
    )
    return found


def keep_items(connection: Connection, found: Sequence[tuple[Arrived, Collection[int]]]) -> None:
    """Write what arrived at some sources, each with the places of those new items that came in a flood."""
    rows = [(*row, place in flooded) for one, flooded in found for place, row in enumerate(one.new)]
    _INSERT.execute(connection, rows)
    _UPDATE.execute(connection, [row for one, _ in found for row in one.changed])
    _LISTED.execute(connection, [row for one, _ in found for row in one.seen])


def keep_media(connection: Connection, pictures: Sequence[Medium]) -> None:
    """Keep pictures that are not there yet."""
    unique = {picture.path: picture for picture in pictures}
    for paths in _chunks(list(unique)):
        for path in connection.execute(select(media.c.path).where(media.c.path.in_(paths))).scalars().all():
            del unique[path]
    insert_missing(
        connection, media, [{"path": one.path, "type": one.type, "data": one.data} for one in unique.values()]
    )


def is_worldwide(uid: str) -> bool:
    """Whether a uid names the same thing whichever source uses it."""
    return _WORLDWIDE.match(uid) is not None


def world_uid(uid: str, url_key: str | None) -> str | None:
    """The uid, if it is worldwide and not the address that `url_key` stands for, by which it is found anyway."""
    return None if uid == f"https://{url_key}" or not is_worldwide(uid) else uid


def item_row(source: str, uid: str, item: Item, written: ItemText, fulltext: str | None = None) -> Row:
    """What is theirs of an item's row, each value as its column keeps it; `source` comes in that form."""
    url_key = addresses.url_key(item.url) if item.url else None
    return (
        source,
        words_text(uid),
        written.item,
        written.body,
        fulltext,
        written.digest,
        None if item.url is None else words_text(item.url),
        words_text(name_text(url_key)) if url_key is not None else None,
        words_text(uid) if world_uid(item.uid, url_key) else None,
        words_text(item.title.casefold()),
        written.published,
        item.article is not None,
    )


_VALUES = (
    "source_id", "uid", "item", "body", "fulltext", "digest", "url", "url_key", "world_uid", "words", "published",
    "own", "first_seen", "listed", "baseline",
)  # fmt: skip
_CHANGING = ("item", "body", "digest", "url", "url_key", "words", "published", "own", "listed")
_INSERT = Bulk(lambda _: insert(items), (*_VALUES, "flooded"))
_UPDATE = Bulk(
    lambda _: (
        update(items)
        .where(items.c.source_id == bindparam("new_source_id"), items.c.uid == bindparam("new_uid"))
        .values({name: bindparam(f"new_{name}") for name in _CHANGING})
    ),
    [f"new_{name}" for name in _VALUES],
)
_LISTED = Bulk(
    lambda _: (
        update(items)
        .where(items.c.source_id == bindparam("on_source"), items.c.uid == bindparam("on_uid"))
        .values(listed=bindparam("day"))
    ),
    ("on_source", "on_uid", "day"),
)
_KNOWN = select(items.c.uid, items.c.digest, items.c.listed).where(
    items.c.source_id == bindparam("source"), items.c.uid.in_(bindparam("uids", expanding=True))
)


def known_items(connection: Connection, source_id: str, uids: list[str]) -> dict[str, tuple[str, str]]:
    """Digest and last listing of those uids that are stored."""
    found: dict[str, tuple[str, str]] = {}
    for some in _chunks(uids):
        rows = connection.execute(_KNOWN, {"source": source_id, "uids": list(some)})
        found |= {uid: (digest, listed) for uid, digest, listed in rows}
    return found


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
