"""Rows of ready values: the same that the column types would have made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect, bindparam, insert, update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from feeder import addresses
from feeder.model import Gathered, Item, ItemKey, Memory
from feeder.store import Store
from feeder.store.arriving import item_row, world_uid
from feeder.store.bulk import Bulk
from feeder.store.coding import encode_item
from feeder.store.columns import moment_text
from feeder.store.schema import items
from tests.store.samples import NOW, gather, item, record
from tests.store.test_coding import ITEM, MOMENTS, WORDS

DIALECTS = pytest.mark.parametrize("dialect", [SQLiteDialect_pysqlite(), PGDialect_psycopg()], ids=lambda one: one.name)
TITLES = ("Süßes ẞ", "\x00", "\ud800 allein", "\uffff0000", "x" * 2000, "", "%s %(uid)s ? :uid")


@DIALECTS
@given(
    whole=ITEM | st.builds(lambda uid, url: item(uid, url=url), WORDS, st.none() | WORDS),
    source=WORDS,
    text=st.none() | WORDS,
)
def test_a_ready_row_is_what_the_column_types_make_of_it(dialect: Dialect, whole: Item, source: str, text: str | None):
    written = encode_item(whole)
    plain = {
        "source_id": source,
        "uid": whole.uid,
        "item": written.item,
        "body": written.body,
        "fulltext": text,
        "digest": written.digest,
        "url": whole.url,
        "url_key": addresses.url_key(whole.url) if whole.url else None,
        "world_uid": world_uid(whole.uid, addresses.url_key(whole.url) if whole.url else None),
        "words": whole.title.casefold(),
        "published": whole.published,
        "own": whole.article is not None,
    }
    asked = [_bound(dialect, name, value) for name, value in plain.items()]
    assert list(item_row(_bound(dialect, "source_id", source), _kept_uid(whole), whole, written, text)) == asked


def _bound(dialect: Dialect, name: str, value: Any) -> Any:
    processor = items.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return value if processor is None else processor(value)


def _kept_uid(whole: Item) -> str:
    """As `arrived` has it: short enough, but not yet escaped."""
    value: str = items.c.uid.type.process_result_value(_bound(SQLiteDialect_pysqlite(), "uid", whole.uid), None)  # type: ignore[attr-defined]
    return value


@given(MOMENTS)
def test_a_time_is_written_as_isoformat_writes_it(moment: datetime):
    assert moment_text(moment) == moment.astimezone(UTC).isoformat(timespec="microseconds")


@DIALECTS
def test_placeholders_and_their_order_are_the_compilers(dialect: Dialect):
    ran: list[Any] = []

    class Connection:
        def exec_driver_sql(self, text: str, rows: list[Any]) -> SimpleNamespace:
            ran.append((text, rows))
            return SimpleNamespace(rowcount=len(rows))

    connection: Any = Connection()
    connection.dialect = dialect
    statement = update(items).where(items.c.uid == bindparam("on_uid")).values(listed=bindparam("day"))
    Bulk(lambda _: statement, ("on_uid", "left_out", "day")).execute(connection, [("1", "?", "2026-11-23")])
    Bulk(lambda _: insert(items), ("listed", "uid")).execute(connection, [])
    ((text, rows),) = ran
    if dialect.name == "sqlite":
        assert text == "UPDATE items SET listed=? WHERE items.uid = ?"
        assert rows == [("2026-11-23", "1")]
    else:
        assert "%(day)s" in text
        assert rows == [{"on_uid": "1", "day": "2026-11-23"}]


@pytest.mark.parametrize("words", TITLES)
def test_new_changed_and_listed_rows_come_back_exactly(store: Store, words: str):
    first, listed = item(f"a{words}", title=words, tags=(words,)), item(f"b{words}")
    gather(store, first, listed)
    changed = item(first.uid, title=f"{words}!", url=None, published=NOW - timedelta(hours=1))
    assert record(store, "heise", Gathered((changed, listed), Memory()), NOW + timedelta(days=1)) == 0
    stored = {one.item.uid: one for one in store.items.waiting()}
    assert stored == {one.uid: store.items.get(ItemKey("heise", one.uid)) for one in (changed, listed)}
    assert [stored[one.uid].item for one in (changed, listed)] == [changed, listed]
    assert {one.first_seen for one in stored.values()} == {NOW}
    with store._database.read() as connection:
        days = connection.execute(items.select()).all()
    assert {row.listed for row in days} == {"2026-11-24"}
    assert {(row.baseline, row.flooded, row.own) for row in days} == {(False, False, False)}
