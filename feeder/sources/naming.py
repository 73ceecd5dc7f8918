"""What the items of one document are known by: distinct uids that stay the same as far as their source allows. Pure.

A uid is the document's own id; where that is the address of a page, its `addresses.identity`, so that https, `www.`
and trackers change nobody's name and two sources that use the same address still mean the same. Ids that are missing
or shared degrade, item by item: to the address, then address and title, then address, title and content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from feeder import addresses, text
from feeder.model import Item

UID_LIMIT = 300
"""Longer ones are cut, with a digest: no more than the store keeps of a name."""
# Before cleaning, which costs more than the characters that it leaves.
MARKUP_LIMIT = 10_000


def name_items(items: Sequence[Item], uids: Sequence[str]) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Give items their uids; the notes say in English what had to be guessed.

    `uids[i]` is the document's own id of `items[i]`, "" where it has none; a uid that an item has
    already is how it is `named`. Repetitions of the same thing are left out:
    the first one stays.
    """
    named = [item if item.uid else replace(item, uid=_uid(item, uid)) for item, uid in zip(items, uids, strict=True)]
    notes = _missing(named, uids)
    if len({item.uid for item in named}) == len(named):
        return tuple(named), notes
    distinct = _distinct(named, {item.uid for item, uid in zip(named, uids, strict=True) if uid.strip()})
    return distinct, (*notes, *_shared(named, distinct))


def bounded(uid: str) -> str:
    """A uid of at most 300 characters, still distinct."""
    return uid if len(uid) <= UID_LIMIT else f"{uid[: UID_LIMIT - 21]} {text.digest(uid)}"


def named(uid: str, url: str | None) -> str:
    """The uid of what carries that id and leads to that address; "" where it has neither."""
    return own(uid) or (bounded(addresses.identity(url)) if url else "")


def own(uid: str) -> str:
    """A document's own id as a uid; "" where it has none."""
    if not (uid.isascii() and uid.isprintable() and " " not in uid and len(uid) <= MARKUP_LIMIT):
        uid = text.one_line(uid[:MARKUP_LIMIT])
    return bounded(addresses.identity(uid) if uid[:4].lower() == "http" else uid)


def _uid(item: Item, uid: str) -> str:
    return named(uid, item.url) or text.digest(item.title, _content(item))


def _content(item: Item) -> str:
    """What tells items apart that share all else: their date, else their words."""
    words, date = item.summary or item.content, item.published or item.updated
    return date.isoformat() if date else (words.value if words else "")


def _distinct(named: Sequence[Item], own: set[str]) -> tuple[Item, ...]:
    """Tell things apart that carry the same uid: by address, then title, then content (unless it is their `own` id).

    All of them, not all but the first: which is first changes with every new one.
    """
    parts: tuple[Callable[[Item], str], ...] = (
        lambda item: addresses.identity(item.url) if item.url else "",
        lambda item: text.digest(item.title),
        lambda item: "" if item.uid in own else text.digest(_content(item)),
    )
    alike: dict[tuple[str, ...], tuple[Item, list[str]]] = {}
    for item in named:
        marks = [part(item) for part in parts]
        alike.setdefault((item.uid, *marks), (item, marks))
    made = list(alike.values())
    for level in range(len(parts)):
        uses = Counter(uid for uid, _ in {(item.uid, marks[level]) for item, marks in made})
        made = [
            (replace(item, uid=f"{item.uid} {marks[level]}".rstrip()) if uses[item.uid] > 1 else item, marks)
            for item, marks in made
        ]
    return tuple(item if len(item.uid) <= UID_LIMIT else replace(item, uid=bounded(item.uid)) for item, _ in made)


def _missing(named: Sequence[Item], uids: Sequence[str]) -> tuple[str, ...]:
    if all(map(str.strip, uids)):
        return ()
    nameless = [item for item, uid in zip(named, uids, strict=True) if not uid.strip()]
    by_words = sum(item.url is None for item in nameless)
    way = "titles and dates" if by_words == len(nameless) else "addresses"
    more = f", {by_words} without one by titles and dates" if 0 < by_words < len(nameless) else ""
    return (f"{len(nameless)} of {len(named)} items carry no id: known by their {way}{more}",)


def _shared(named: Sequence[Item], distinct: Sequence[Item]) -> tuple[str, ...]:
    uses = Counter(item.uid for item in named)
    shared = sum(count for count in uses.values() if count > 1)
    notes = []
    if any(item.uid not in uses for item in distinct):
        notes.append(f"{shared} of {len(named)} items share their id with another: told apart by address and title")
    if repeated := len(named) - len(distinct):
        notes.append(f"{repeated} of {len(named)} items are repetitions: left out")
    return tuple(notes)
