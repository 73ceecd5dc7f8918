"""What a person types to find something."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, and_, or_


def matching(text: str, names: Sequence[Column[str]], words: Column[str]) -> ColumnElement[bool]:
    """Rows that bear `text` as one of their names, or all of its words in `words`, which is case-folded."""
    named = [column == text.strip() for column in names]
    parts = text.casefold().split()
    if not parts:
        return or_(*named)
    return or_(*named, and_(*(words.contains(part, autoescape=True) for part in parts)))
