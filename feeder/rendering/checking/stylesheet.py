"""Style sheets as far as mails use them: rules, declarations, and media that ask for dark colours or a width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

WIDTH = 640
"""The window that is looked at, in px."""

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_DECLARATION = re.compile(r"\s*([a-z-]+)\s*:((?:[^;\"'()]|\"[^\"]*\"|'[^']*'|\([^()]*\)|[(\"'])*)", re.IGNORECASE)
_IMPORTANT = re.compile(r"\s*!\s*important\s*\Z", re.IGNORECASE)
_FEATURE = re.compile(r"\(\s*([a-z-]+)\s*:\s*([^()]+?)\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A property and its value, in small letters."""

    name: str
    value: str
    is_important: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """Declarations for a list of selectors; `media` is what has to hold, "" if nothing."""

    selectors: str
    declarations: tuple[Declaration, ...]
    media: str = ""


@lru_cache(maxsize=512)  # a mail says the same few hundred times, and each is asked for in several modes
def declarations(words: str) -> tuple[Declaration, ...]:
    """The inside of a style attribute, or of a rule."""
    found = []
    for match in _DECLARATION.finditer(_COMMENT.sub(" ", words)):
        value = match[2].strip().lower()
        plain = _IMPORTANT.sub("", value)
        if plain:
            found.append(Declaration(match[1].lower(), plain, plain != value))
    return tuple(found)


def rules(sheet: str) -> Iterator[Rule]:
    """The rules of a style sheet, those in @media too; what other at-rules hold is passed over."""
    yield from _rules(_COMMENT.sub(" ", sheet), "", 0)


def holds(media: str, *, dark: bool) -> bool:
    """Whether a media query is true for a window of `WIDTH`, in light or in dark colours."""
    return not media or any(_one_holds(query.strip().lower(), dark=dark) for query in media.split(","))


def _rules(sheet: str, media: str, depth: int) -> Iterator[Rule]:
    for head, body in _blocks(sheet):
        if not head.startswith("@"):
            yield Rule(head, declarations(body), media)
        elif head.lower().startswith("@media") and depth < 3:
            asked = head[len("@media") :].strip()
            yield from _rules(body, f"{media} and {asked}" if media else asked, depth + 1)


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """What stands before and inside each pair of braces of the outermost level."""
    start = depth = opened = 0
    for match in re.finditer(r"[{};]", sheet):
        at = match.start()
        if match[0] == "{":
            opened = at if depth == 0 else opened
            depth += 1
        elif match[0] == "}" and depth:
            depth -= 1
            if depth == 0:
                yield sheet[start:opened].strip(), sheet[opened + 1 : at]
                start = at + 1
        elif depth == 0:
            start = at + 1  # a statement such as @import


def _one_holds(query: str, *, dark: bool) -> bool:
    if query.startswith("not ") or "print" in query:
        return False
    for name, value in _FEATURE.findall(query):
        if name == "prefers-color-scheme":
            if (value == "dark") is not dark:
                return False
        elif name in ("max-width", "min-width"):
            figures = re.match(r"[0-9]+", value)
            if figures is None or (int(figures[0]) < WIDTH) is (name == "max-width"):
                return False
        elif name not in ("max-device-width", "min-device-width"):
            return False
    return True
