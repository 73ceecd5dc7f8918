"""Statements for many rows, whose values are given as the database keeps them.

SQLAlchemy's way through each value of each row costs more than all that SQLite does with it: thousands of items
arrive in one round. What the column types make of a value is done by the caller here, once per row (columns.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Executable

Row = tuple[Any, ...]


class Bulk:
    """A statement by dialect's name, and the `names` of the values that its rows give, in their order.

    It is compiled once per dialect; text and placeholders are the compiler's. Names that it does not ask for are
    left out.
    """

    def __init__(self, statement: Callable[[str], Executable], names: Sequence[str]) -> None:
        self._statement = statement
        self._names = tuple(names)
        self._compiled: dict[str, tuple[str, tuple[str, ...], bool]] = {}

    def execute(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Run the statement for all rows, if there are any; how many rows it changed."""
        if not rows:
            return 0
        text, asked, is_positional = self._text(connection.dialect)
        values: list[Any]
        if not is_positional:
            pick = [(name, self._names.index(name)) for name in asked]
            values = [{name: row[at] for name, at in pick} for row in rows]
        elif asked == self._names:
            values = list(rows)
        else:
            order = itemgetter(*map(self._names.index, asked))
            values = [order(row) for row in rows]
        return connection.exec_driver_sql(text, values).rowcount

    def _text(self, dialect: Dialect) -> tuple[str, tuple[str, ...], bool]:
        if (known := self._compiled.get(dialect.name)) is None:
            made: Any = self._statement(dialect.name).compile(dialect=dialect, column_keys=list(self._names))  # type: ignore[attr-defined]
            asked = tuple(made.positiontup) if made.positional else tuple(made.binds)
            known = self._compiled[dialect.name] = (str(made), asked, bool(made.positional))
        return known
