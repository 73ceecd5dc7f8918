"""Where in a TOML document each key stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]+")


def locate(text: str) -> dict[Path, int]:
    """The line of every key, table and list element; `text` must be valid TOML.

    What is opened more than once (`[a]` after `[a.b]`, dotted keys) counts where it stands first,
    except that a `[header]` of its own always wins.
    """
    return _Locator(text).run()


@dataclass(frozen=True, slots=True)
class Block:
    """A table with a header, as it stands: from the line of the header to that on which its last value ends.

    `pairs` are its keys, dotted as written, with the first and last line of each.
    """

    path: Path
    first: int
    pairs: dict[Path, tuple[int, int]] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return max((last for _, last in self.pairs.values()), default=self.first)


def blocks(text: str) -> tuple[Block, ...]:
    """Every `[table]` and `[[table]]` in the order of the document; `text` must be valid TOML."""
    locator = _Locator(text)
    locator.run()
    return tuple(locator.blocks)


class _Locator:
    """One pass over a document that tomllib has accepted."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.lengths: dict[Path, int] = {}
        self.blocks: list[Block] = []
        self._counted = (0, 1)

    def run(self) -> dict[Path, int]:
        table: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                line, table = self.line(), self.header()
                self.blocks.append(Block(table, line))
            else:
                line, path = self.line(), self.pair(table)
                if self.blocks:
                    self.blocks[-1].pairs[path[len(table) :]] = (line, self.line())
            self.skip(_BLANK)
        return self.lines

    def header(self) -> Path:
        line, depth = self.line(), 2 if self.text.startswith("[[", self.at) else 1
        self.at += depth
        *parents, last = self.key()
        self.at += depth
        path: Path = ()
        for part in parents:
            path = self.inside((*path, part), line)
        path = (*path, last)
        if depth == 1:
            self.lines[path] = line
            return path
        index = self.lengths.get(path, 0)
        self.lengths[path] = index + 1
        self.lines.setdefault(path, line)
        self.lines[*path, index] = line
        return (*path, index)

    def inside(self, path: Path, line: int) -> Path:
        self.lines.setdefault(path, line)
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def pair(self, table: Path) -> Path:
        line, path = self.line(), table
        for part in self.key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self.at += 1
        self.value(path)
        return path

    def key(self) -> list[str]:
        parts = []
        while True:
            self.skip(_SPACE)
            if self.text[self.at] in "\"'":
                parts.append(str(tomllib.loads("v=" + self.skip(_STRING))["v"]))
            else:
                parts.append(self.skip(_BARE_KEY))
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def value(self, path: Path) -> None:
        self.skip(_SPACE)
        match self.text[self.at]:
            case "[":
                self.array(path)
            case "{":
                self.inline_table(path)
            case '"' | "'":
                self.skip(_STRING)
            case _:
                self.skip(_SCALAR)

    def array(self, path: Path) -> None:
        index = 0
        while not self.closes("]"):
            self.lines[*path, index] = self.line()
            self.value((*path, index))
            index += 1

    def inline_table(self, path: Path) -> None:
        while not self.closes("}"):
            self.pair(path)

    def closes(self, bracket: str) -> bool:
        """Step over an opening bracket or a comma to what follows; True (and stepped over) at the end."""
        self.skip(_BLANK)
        if self.text[self.at] in "[{,":
            self.at += 1
            self.skip(_BLANK)
        if self.text[self.at] == bracket:
            self.at += 1
            return True
        return False

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:  # pragma: no cover - the document is valid
            raise ValueError(f"not TOML at {self.at}")
        self.at = match.end()
        return match[0]

    def line(self) -> int:
        start, line = self._counted
        self._counted = (self.at, line + self.text.count("\n", start, self.at))
        return self._counted[1]
