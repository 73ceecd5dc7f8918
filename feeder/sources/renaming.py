"""Items that come back under another id: known again by what the store remembers of their source. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeder import addresses, text
from feeder.model import Item, KnownItem
from feeder.sources.naming import bounded

ALIKE = 0.5
"""The share of the shorter title's words that an edited title keeps."""
EDITED_WITHIN = timedelta(hours=12)
"""An edit that changes id, title and date at once moves the date by less."""


@dataclass(frozen=True, slots=True)
class _Thing:
    """An item or a known one, as far as they can be compared."""

    uid: str
    key: str | None
    title: str
    date: datetime | None

    @property
    def page(self) -> str | None:
        """The key of the address, unless that is a home page, which says nothing."""
        return self.key if self.key and ("/" in self.key or "?" in self.key) else None


def rename(listed: Sequence[Item], known: Sequence[KnownItem]) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Give items that were known by another uid that uid again, where it is certain; the notes say how many.

    `known` are this source's stored items, dropped and vanished ones too, that have a uid, an address, or title and
    date of `listed`. Certain is, for an item whose uid is new, and a known one whose uid is not listed any more: its id
    in an older spelling; the same address, title and date; the same address and title, unless that is a home page or
    several have both; the same date and address, or date and title, of one of each only; an address that nothing else
    ever had, unless both title and date say otherwise. An id that named a thing
    with another address, title and date names a new thing, which gets a uid of its own.
    """
    if not known:
        return tuple(listed), ()
    remembered = {one.uid: _Thing(one.uid, one.url_key, _folded(one.title), one.published) for one in known}
    things = [_thing(item) for item in listed]
    pages = {(one.page, one.title) for one in remembered.values() if one.page}
    reused = {one.uid for one in things if one.uid in remembered and _is_reused(one, remembered[one.uid], pages)}
    fresh = [thing for thing in things if thing.uid not in remembered or thing.uid in reused]
    if not fresh:
        return tuple(listed), ()
    settled = {thing.uid for thing in things} & remembered.keys() - reused
    free = [thing for uid, thing in remembered.items() if uid not in settled]
    uids = _matched(fresh, free, things, remembered)
    apart = reused - uids.keys()
    taken = {uids.get(thing.uid, thing.uid) for thing in things}
    for item in listed:
        if item.uid in apart:
            uids[item.uid] = _own_uid(item, taken)
    named = tuple(replace(item, uid=uids[item.uid]) if item.uid in uids else item for item in listed)
    return named, _notes(len(uids) - len(apart), len(apart))


def _thing(item: Item) -> _Thing:
    key = addresses.url_key(item.url) if item.url else None
    return _Thing(item.uid, key, _folded(item.title), item.published)


def _folded(title: str) -> str:
    return text.one_line(title).casefold()


def _is_reused(thing: _Thing, before: _Thing, pages: Collection[tuple[str | None, str]]) -> bool:
    """Whether an id that is known stands for another thing now; `pages`: address and title of all that is known."""
    if (thing.page and thing.key == before.key) or _are_alike(thing.title, before.title):
        return False
    return (None not in (thing.date, before.date) and thing.date != before.date) or (thing.page, thing.title) in pages


def _matched(
    fresh: Sequence[_Thing], free: Sequence[_Thing], things: Sequence[_Thing], remembered: Mapping[str, _Thing]
) -> dict[str, str]:
    """Pair uids that are new with known ones, the surest sign first."""
    spelled = {addresses.identity(old.uid): old.uid for old in free if old.uid[:4] == "http"}
    uids = {new.uid: spelled[new.uid] for new in fresh if new.uid in spelled and new.uid not in remembered}
    shared = _shared(things) | _shared(remembered.values())
    signs: tuple[tuple[Callable[[_Thing], Hashable | None], bool], ...] = (
        (lambda one: (one.key, one.title, one.date) if one.key and one.title else None, False),
        (lambda one: mark if one.page and one.title and (mark := (one.page, one.title)) not in shared else None, True),
        (lambda one: (one.page, one.date) if one.page and one.date else None, True),
        (lambda one: (one.title, one.date) if one.title and one.date else None, True),
    )
    for sign, once in signs:
        uids |= _paired(_left(fresh, uids.keys()), _left(free, uids.values()), sign, once=once)
    pages = Counter(thing.page for thing in things)
    pages_known = Counter(thing.page for thing in remembered.values())
    old_by_page = {old.page: old for old in _left(free, uids.values()) if pages_known[old.page] == 1}
    for new in _left(fresh, uids.keys()):
        old = old_by_page.get(new.page) if new.page and pages[new.page] == 1 else None
        if old and _is_edited(new, old):
            uids[new.uid] = old.uid
    return uids


def _shared(things: Iterable[_Thing]) -> set[tuple[str | None, str]]:
    """The pages and titles that several things have: each of a series of broadcasts, say."""
    uses = Counter((thing.page, thing.title) for thing in things)
    return {mark for mark, count in uses.items() if count > 1}


def _is_edited(new: _Thing, old: _Thing) -> bool:
    """Whether what has a page of its own is an edit; one page with a new date and a like title may be a daily show."""
    if new.date is None or old.date is None:
        return True
    return _are_alike(new.title, old.title) and abs(new.date - old.date) < EDITED_WITHIN


def _left(things: Sequence[_Thing], taken: Iterable[str]) -> list[_Thing]:
    gone = set(taken)
    return [thing for thing in things if thing.uid not in gone]


def _paired(
    fresh: Sequence[_Thing], free: Sequence[_Thing], sign: Callable[[_Thing], Hashable | None], *, once: bool
) -> dict[str, str]:
    """Pair those with the same sign, in their order; with `once`, only where one of each has it."""
    olds: dict[Hashable, list[_Thing]] = {}
    for old in free:
        olds.setdefault(sign(old), []).append(old)
    uses = Counter(map(sign, fresh))
    uids = {}
    for new in fresh:
        found = olds.get(mark, []) if (mark := sign(new)) is not None else []
        if found and (not once or (len(found) == 1 and uses[mark] == 1)):
            uids[new.uid] = found.pop(0).uid
    return uids


def _are_alike(one: str, other: str) -> bool:
    ours, theirs = set(one.split()), set(other.split())
    return len(ours & theirs) >= ALIKE * min(len(ours), len(theirs)) if ours and theirs else ours == theirs


def _own_uid(item: Item, taken: set[str]) -> str:
    uid = bounded(f"{item.uid} {addresses.identity(item.url)}" if item.url else f"{item.uid} {text.digest(item.title)}")
    if uid in taken:
        uid = bounded(f"{uid} {text.digest(item.title)}")
    taken.add(uid)
    return uid


def _notes(again: int, apart: int) -> tuple[str, ...]:
    notes = []
    if again:
        notes.append(f"{again} items came under other ids than before: known again by address, title and date")
    if apart:
        notes.append(f"{apart} items carry ids that named other things before: told apart by their addresses")
    return tuple(notes)
