"""Which quotation marks of a German text are typed wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator

SHOWN = 40
"""Characters of what is quoted that a message shows."""

_MARK = re.compile(r"[„“”\"]")
_INCHES = re.compile(r"(?<=\d)\"(?![\w„“”])")
_SINGLE = re.compile(r"(?<![\w'’])'(?=\w)([^'\n]{1,80}?)(?<=[\w.!?])'(?![\w'])")
Slip = tuple[int, str]
"""Where in the text, and what is wrong there, in German."""


def wrong_quotes(text: str) -> Iterator[Slip]:
    """Straight, foreign, mixed, turned and unclosed marks of one paragraph; »…« and «…» are as right as „…“."""
    inches = {match.start() for match in _INCHES.finditer(text)}
    opened: tuple[int, str] | None = None
    for match in _MARK.finditer(text):
        at, mark = match.start(), match[0]
        if opened is None:
            if mark == '"' and at in inches:
                continue
            if mark == "„" or _opens(text, at):
                opened = (at, mark)
            else:
                yield at, f"Anführungszeichen {mark} ohne Anfang („)"
        elif mark == "„":
            yield opened[0], _unclosed(text, opened[0])
            opened = (at, mark)
        else:
            if (opened[1], mark) != ("„", "“"):
                yield opened[0], _marked(opened[1], text[opened[0] + 1 : at], mark)
            opened = None
    if opened is not None:
        yield opened[0], _unclosed(text, opened[0])
    for match in _SINGLE.finditer(text):
        yield match.start(), f"gerade Anführungszeichen '{_short(match[1])}'; richtig: ‚{_short(match[1])}‘"


def _opens(text: str, at: int) -> bool:
    """Whether a mark that may open and close alike opens here."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return (not before or before.isspace() or before in "([/–—-‚‘'") and bool(after) and not after.isspace()


def _marked(first: str, words: str, last: str) -> str:
    kind = "gerade" if first == last == '"' else "gemischte" if '"' in first + last else "falsche"
    shown = _short(words)
    return f"{kind} Anführungszeichen {first}{shown}{last}; richtig: „{shown}“"


def _unclosed(text: str, at: int) -> str:
    return f"Anführungszeichen {_short(text[at:])} wird nicht geschlossen"


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
