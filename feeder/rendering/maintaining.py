"""The status page for maintainers. Its template is feeder's own and not the publication's: it has to show when the
publication's templates do not hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table, a cell per column; `is_bad` marks what needs an eye."""

    cells: tuple[str, ...]
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, its columns, its lines; without lines it says that there are none."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def status_page(publication: str, tables: Sequence[Table], *, state: str, is_well: bool, at: str, version: str) -> str:
    """One page that needs nothing else; whatever stands in cells is text."""
    return _template().render(
        publication=publication, tables=tables, state=state, is_well=is_well, at=at, version=version
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))
