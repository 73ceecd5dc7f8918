"""What the same-story check looks at, kept so that a whole window is read in microseconds per item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, select, type_coerce

from feeder.model import Fate, ItemKey, Trace
from feeder.store.columns import words_back
from feeder.store.schema import stories, traces
from feeder.store.upsert import put

_TEXT = tuple(
    type_coerce(traces.c[name], Text) for name in ("story_id", "source_id", "uid", "title", "words", "language", "at")
)
# Text as it is stored: what the column types do to each value of each row would cost more than all the rest.
_WINDOW = (
    select(*_TEXT, traces.c.own, stories.c.released.is_not(None), traces.c.rank)
    .join(stories, stories.c.id == traces.c.story_id)
    .where(traces.c.at >= bindparam("since", type_=traces.c.at.type), stories.c.fate != Fate.DROPPED)
    .order_by(traces.c.at, traces.c.source_id, traces.c.uid)
)


def window(connection: Connection, since: datetime) -> tuple[Trace, ...]:
    """All traces from a moment on, the oldest first."""
    return tuple(map(_trace, connection.execute(_WINDOW, {"since": since})))


def _trace(row: Any) -> Trace:
    story_id, source_id, uid, title, words, language, at, own, released, rank = row
    if "\uffff" in title + words:
        title, words = words_back(title), words_back(words)
    key = ItemKey(source_id, uid)
    return Trace(story_id, key, title, words, language, datetime.fromisoformat(at), own, bool(released), rank)


def keep_trace(connection: Connection, trace: Trace | None, story_id: str) -> None:
    """Remember what an item says, as one of a story; nothing where there is nothing."""
    if trace is None:
        return
    row = {
        "source_id": trace.item.source_id,
        "uid": trace.item.uid,
        "story_id": story_id,
        "at": trace.at,
        "title": trace.title,
        "words": trace.words,
        "language": trace.language,
        "own": trace.own,
        "rank": trace.rank,
    }
    put(connection, traces, [row])
