"""How much of a text is another's, word for word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_WORD = re.compile(r"[^\W_]+")
RUN = 6  # words in a row from which on they are somebody's; fewer are everybody's


def shingles(words: str, size: int) -> frozenset[tuple[str, ...]]:
    """Every run of so many words."""
    found = [word.casefold() for word in _WORD.findall(words)]
    return frozenset(tuple(found[n : n + size]) for n in range(len(found) - size + 1))


def copied(text: str, source: str) -> tuple[int, str]:
    """How many characters of a text stand in the source in runs of at least six words, and the longest run."""
    theirs = shingles(source, RUN)
    matches = list(_WORD.finditer(text))
    words = [match[0].casefold() for match in matches]
    is_theirs = [False] * len(words)
    for n in range(len(words) - RUN + 1):
        if tuple(words[n : n + RUN]) in theirs:
            is_theirs[n : n + RUN] = [True] * RUN
    total, longest, n = 0, "", 0
    while n < len(words):
        start = n
        while n < len(words) and is_theirs[n]:
            n += 1
        if n > start:
            run = text[matches[start].start() : matches[n - 1].end()]
            total, longest = total + len(run), max(longest, run, key=len)
        n += 1
    return total, longest


def repeated(parts: Sequence[str]) -> str | None:
    """The beginning of a part that says nearly the same as one before it."""
    for n, part in enumerate(parts):
        for other in parts[:n]:
            words, others = _WORD.findall(part.casefold()), _WORD.findall(other.casefold())
            if SequenceMatcher(None, words, others, autojunk=False).ratio() > 0.85:
                return part[:40]
    return None
