"""Which file is which article: ids, paths and renames (docs/design.md, section 4). Pure."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from feeder.model import KnownFile

SAME_TEXT = 0.8
WORDS = 3000
"""More words than this of a text are not compared."""
CANDIDATES = 3
"""Vanished files with which a new one is compared word by word."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was read as an article: its path, its front matter's id, its own words."""

    path: str
    id: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Identities:
    """The uid of each path, the paths that repeat another file's id (and which file that is), and what to remember."""

    uids: dict[str, str]
    repeats: dict[str, str]
    files: tuple[KnownFile, ...]


def identify(found: Iterable[Found], failed: Collection[str], known: Iterable[KnownFile]) -> Identities:
    """Give every file its uid.

    In this order: the front matter's id, where it is known or new; what the path was known by; a vanished path whose
    text is at least 80 % the same; the path itself. A file that `failed` keeps what it was known by; while a new file
    cannot be read, no path counts as gone, because that file may be the renamed one.
    """
    remembered = {file.path: file for file in known}
    held = {remembered[path].uid for path in failed if path in remembered}
    singles, repeats = _without_repeats(found, held, remembered)
    present = {file.path for file in singles} | set(failed) | set(repeats)
    uids = _known_uids(singles, remembered)
    rest = [file for file in singles if file.path not in uids]
    vanished = [f for f in remembered.values() if not f.gone and f.path not in present and f.uid not in uids.values()]
    uids |= _renamed(rest, vanished)
    for file in rest:
        if file.path not in uids:
            uids[file.path] = _new_uid(file, {*uids.values(), *(entry.uid for entry in remembered.values())})
    undecided = any(path not in remembered for path in failed)
    return Identities(uids, repeats, _memory(singles, uids, present, remembered, undecided))


def _without_repeats(
    found: Iterable[Found], held: Collection[str], remembered: Mapping[str, KnownFile]
) -> tuple[list[Found], dict[str, str]]:
    """Set aside the second file with the same id; the file that was known by it is the first."""
    singles: list[Found] = []
    repeats: dict[str, str] = {}
    holders = {f"id:{uid.removeprefix('id:')}": file.path for file in remembered.values() if (uid := file.uid) in held}

    def rank(file: Found) -> tuple[bool, str]:
        entry = remembered.get(file.path)
        return entry is None or entry.uid != f"id:{file.id}", file.path

    for file in sorted(found, key=rank):
        uid = f"id:{file.id}"
        if file.id is not None and uid in holders:
            repeats[file.path] = holders[uid]
            continue
        holders[uid] = file.path
        singles.append(file)
    return sorted(singles, key=lambda file: file.path), repeats


def _known_uids(singles: Iterable[Found], remembered: Mapping[str, KnownFile]) -> dict[str, str]:
    """Find the files that are known by their id, then those known by their path.

    A file that gets an id later stays who it was, so that its story is not told a second time.
    """
    files = sorted(singles, key=lambda file: (file.id is None, file.path))
    everyone = {entry.uid for entry in remembered.values()}
    uids: dict[str, str] = {file.path: f"id:{file.id}" for file in files if f"id:{file.id}" in everyone}
    for file in files:
        entry = remembered.get(file.path)
        if entry is None or file.path in uids or entry.uid in uids.values():
            continue
        if file.id is None or not entry.uid.startswith("id:"):
            uids[file.path] = entry.uid
    return uids


def _renamed(new: Iterable[Found], vanished: Collection[KnownFile]) -> dict[str, str]:
    """Pair new files with vanished ones, the most alike first."""
    bags = {old.path: Counter(old.text.split()[:WORDS]) for old in vanished}
    pairs = sorted(
        (-ratio, file.path, old.path, old.uid)
        for file in new
        for old in _likeliest(file, vanished, bags)
        if (ratio := likeness(old.text, file.words)) >= SAME_TEXT
    )
    uids: dict[str, str] = {}
    for _, path, _, uid in pairs:
        if path not in uids and uid not in uids.values():
            uids[path] = uid
    return uids


def _likeliest(file: Found, vanished: Iterable[KnownFile], bags: Mapping[str, Counter[str]]) -> list[KnownFile]:
    """Choose by their words, in any order, which vanished files are worth a real comparison."""
    words = Counter(file.words.split()[:WORDS])
    shared = sorted(
        (-(words & bags[old.path]).total(), old.path, old)
        for old in vanished
        if file.id is None or not old.uid.startswith("id:")
    )
    return [old for _, _, old in shared[:CANDIDATES]]


def likeness(one: str, other: str) -> float:
    """How much of two texts is the same, word by word: 0 to 1, and 0 where it cannot reach 80 %."""
    if one == other:
        return 1.0
    ours, theirs = one.split()[:WORDS], other.split()[:WORDS]
    total = len(ours) + len(theirs)
    if not total or 2 * min(len(ours), len(theirs)) < SAME_TEXT * total:
        return 0.0
    if 2 * (Counter(ours) & Counter(theirs)).total() < SAME_TEXT * total:
        return 0.0
    return difflib.SequenceMatcher(None, ours, theirs, autojunk=False).ratio()


def _new_uid(file: Found, taken: Collection[str]) -> str:
    """Name a file that nobody knows; a path whose uid moved on with another file gets a number."""
    uid = f"path:{file.path}" if file.id is None else f"id:{file.id}"
    number = 2
    while uid in taken:
        uid = f"path:{file.path}~{number}"
        number += 1
    return uid


def _memory(
    singles: Iterable[Found],
    uids: Mapping[str, str],
    present: Collection[str],
    remembered: Mapping[str, KnownFile],
    undecided: bool,
) -> tuple[KnownFile, ...]:
    files = {file.path: KnownFile(file.path, uids[file.path], file.words) for file in singles}
    moved = set(uids.values())
    for path, entry in remembered.items():
        if path in files or entry.uid in moved:
            continue
        gone = path not in present and (entry.gone or not undecided)
        files[path] = replace(entry, gone=gone)
    return tuple(files[path] for path in sorted(files))
