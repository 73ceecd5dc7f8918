"""What items are known by: distinct uids, for ever the same as far as their source allows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from feeder import text
from feeder.model import Item

UID_LIMIT = 500
# Before cleaning, which costs more than the characters that it leaves.
MARKUP_LIMIT = 10_000


def name_items(items: Sequence[Item], uids: Sequence[str]) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Give items their uids, and say what had to be guessed.

    `uids[i]` is the document's own id of `items[i]`, "" where it has none.
    """
    named = [replace(item, uid=_uid(item, uid)) for item, uid in zip(items, uids, strict=True)]
    return _distinct(named), ()


def _uid(item: Item, uid: str) -> str:
    if uid := text.one_line(uid[:MARKUP_LIMIT]):
        return uid if len(uid) <= UID_LIMIT else f"{uid[: UID_LIMIT - 21]} {text.digest(uid)}"
    if item.url:
        return item.url
    words = item.summary or item.content
    date = item.published or item.updated
    return text.digest(item.title, date.isoformat() if date else (words.value if words else ""))


def _distinct(made: list[Item]) -> tuple[Item, ...]:
    """Tell things apart that carry the same uid: by their address, then by their title.

    All of them, not all but the first: which is first changes with every new one. What is the same
    in all three is the same thing, and its first place counts.
    """
    if len({item.uid for item in made}) == len(made):
        return tuple(made)
    made = list({(item.uid, item.url, item.title): item for item in reversed(made)}.values())[::-1]
    made = _told_apart(made, lambda item: item.url or "")
    return tuple(_told_apart(made, lambda item: text.digest(item.title)))


def _told_apart(made: list[Item], mark: Callable[[Item], str]) -> list[Item]:
    marks = Counter(uid for uid, _ in {(item.uid, mark(item)) for item in made})
    return [replace(item, uid=f"{item.uid} {mark(item)}".rstrip()) if marks[item.uid] > 1 else item for item in made]
