"""What a person types to find something."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, and_, or_


def matching(wanted: str, names: Sequence[Column[str]], words: Column[str]) -> ColumnElement[bool]:
    """Rows that bear `wanted` as one of their names, or all of its words in `words`, which is case-folded."""
    named = [column == wanted.strip() for column in names]
    parts = wanted.casefold().split()
    if not parts:
        return or_(*named)
    return or_(*named, and_(*(words.contains(part, autoescape=True) for part in parts)))
