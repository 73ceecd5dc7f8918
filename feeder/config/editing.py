"""Edits of config.toml that leave every other line as it is, byte for byte.

tomlkit writes the values; where a line goes and which lines go is decided on the text itself, because tomlkit counts
the comments and blank lines above a block to the block before it.
"""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomlkit

from feeder.config.config import Config
from feeder.config.loading import path_text, read_config
from feeder.config.locate import Block, blocks
from feeder.config.values import near
from feeder.errors import ConfigError

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_RULER = re.compile(r"\s*#.*([-=#*~_])\1{2}")
_PAUSED = re.compile(r"""(\s*(?:paused|"paused"|'paused')\s*=\s*)(?:true|false)""")
_ONLY_PAUSED = re.compile(r"\s*paused\s*=\s*true\s*")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to stand in the file; every edit returns a new one, or says in a ConfigError why it cannot be made."""

    path: Path
    text: str

    def added(self, name: str, tables: Sequence[Mapping[str, object]]) -> Draft:
        """Put new `[[name]]` blocks behind those that are there."""
        there = [block for block in blocks(self.text) if block.path[0] == name]
        if not there:
            raise self._inline(name)
        lines = _lines(self.text)
        at = _below(lines, there[-1].last)
        if not lines[at - 1].endswith("\n"):
            lines[at - 1] += "\n"
        end = "\r\n" if lines[at - 1].endswith("\r\n") else "\n"
        new = "".join("\n" + block_text(name, table) for table in tables).replace("\n", end)
        return replace(self, text="".join([*lines[:at], new, *lines[at:]]))

    def removed(self, source_id: str) -> Draft:
        """Take a source out, with the comments inside it and those that touch it from above or below."""
        lines = _lines(self.text)
        for run in reversed(_runs(blocks(self.text), self._index(source_id))):
            above, below = _above(lines, run[0].first), _below(lines, run[-1].last)
            del lines[slice(*_with_blanks(lines, above, below))]
        return replace(self, text="".join(lines))

    def paused(self, source_id: str) -> Draft:
        """Say that a source is to be left alone."""
        lines, block = _lines(self.text), self._block(source_id)
        if ("paused",) in block.pairs:
            at = block.pairs["paused",][0] - 1
            lines[at] = _PAUSED.sub(r"\1true", lines[at], count=1)
        else:
            at = block.pairs.get(("location",), block.pairs["id",])[1]
            last = lines[at - 1]
            end = "\r\n" if last.endswith("\r\n") else "\n"
            lines[at - 1] = last if last.endswith("\n") else last + end
            lines.insert(at, f"{_indent(lines[block.pairs['id',][0] - 1])}paused = true{end}")
        return replace(self, text="".join(lines))

    def resumed(self, source_id: str) -> Draft:
        """Take back what `paused` said; a comment on that line stays."""
        lines, block = _lines(self.text), self._block(source_id)
        if ("paused",) in block.pairs:
            at = block.pairs["paused",][0] - 1
            if _ONLY_PAUSED.fullmatch(lines[at]):
                del lines[at]
            else:
                lines[at] = _PAUSED.sub(r"\1false", lines[at], count=1)
        return replace(self, text="".join(lines))

    def _block(self, source_id: str) -> Block:
        path = ("sources", self._index(source_id))
        return next(block for block in blocks(self.text) if block.path == path)

    def _index(self, source_id: str) -> int:
        tables: list[dict[str, Any]] = tomllib.loads(self.text)["sources"]
        ids = [str(table.get("id")) for table in tables]
        if source_id not in ids:
            words = f'no source has the id "{source_id}"{near(source_id, ids)}'
            raise ConfigError((f"{self.path}: {words}", f"{self.path}: nothing was changed"))
        index = ids.index(source_id)
        if all(block.path != ("sources", index) for block in blocks(self.text)):
            raise self._inline("sources")
        return index

    def _inline(self, name: str) -> ConfigError:
        return ConfigError((f"{self.path}: has no [[{name}]] blocks; write {name} as blocks, or edit it by hand",))


def block_text(name: str, table: Mapping[str, object]) -> str:
    """A `[[name]]` block, a line per key; what is None is left out."""
    pairs = [f"{key} = {_value(value)}" for key, value in table.items() if value is not None]
    return "\n".join([f"[[{name}]]", *pairs, ""])


def edit_config(
    path: Path,
    environ: Mapping[str, str],
    change: Callable[[Draft], Draft],
    objection: Callable[[Config], str | None] = lambda _: None,
    *,
    pretend: bool = False,
) -> Config:
    """Change the file and return what it says then; on any ConfigError, and to `pretend`, it stays as it was.

    The result is validated as `load_config` would, and refused if `objection` has one. Two commands take turns; an
    editor that saves meanwhile is noticed and its work kept.
    """
    target = path.resolve()
    with _turn(target):
        original = _bytes(target)
        before = path_text(path)
        draft = change(Draft(path, before))
        config = _checked(draft, environ)
        if words := objection(config):
            raise ConfigError((f"{path}: {words}; nothing was changed",))
        if draft.text != before and not pretend:
            _replace(target, original, original[: len(original) - len(before.encode())] + draft.text.encode())
    return config


def _checked(draft: Draft, environ: Mapping[str, str]) -> Config:
    try:
        return read_config(draft.path, draft.text, environ)
    except ConfigError as error:
        words = "nothing was changed; the lines are those that it would have had"
        raise ConfigError((*error.problems, f"{draft.path}: {words}")) from error


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    return tomlkit.item(value).as_string()


def _lines(text: str) -> list[str]:
    return _LINE.findall(text)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _runs(found: Sequence[Block], index: int) -> list[list[Block]]:
    """The blocks of a source, its sub-tables included, in groups that nothing else stands between."""
    runs: list[list[Block]] = []
    is_ours = False
    for block in found:
        was_ours, is_ours = is_ours, block.path[:2] == ("sources", index)
        if is_ours and was_ours:
            runs[-1].append(block)
        elif is_ours:
            runs.append([block])
    return runs


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#") and not _RULER.match(line)


def _above(lines: Sequence[str], first: int) -> int:
    """Where what belongs to the header on line `first` begins (counted from 0)."""
    at = first - 1
    while at and _is_comment(lines[at - 1]):
        at -= 1
    return at


def _below(lines: Sequence[str], last: int) -> int:
    """Where what belongs to a block that ends on line `last` ends; comments that touch the next header are its own."""
    at = last
    while at < len(lines) and _is_comment(lines[at]):
        at += 1
    return at if at == len(lines) or not lines[at].strip() else last


def _with_blanks(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """Take the smaller gap, above or below, along; at either end of the file, the one that is left over."""
    above = below = 0
    while start - above and not lines[start - above - 1].strip():
        above += 1
    while end + below < len(lines) and not lines[end + below].strip():
        below += 1
    if end + below == len(lines) or (above <= below and start - above):
        return start - above, end
    return start, end + below


@contextmanager
def _turn(target: Path) -> Iterator[None]:
    """Let one command at a time edit what lies in this folder."""
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _bytes(target: Path) -> bytes:
    try:
        return target.read_bytes()
    except OSError as error:
        raise ConfigError((f"{target}: cannot be read: {error.strerror}",)) from error


def _replace(target: Path, original: bytes, new: bytes) -> None:
    if not os.access(target, os.W_OK):
        raise ConfigError((f"{target}: may not be written; nothing was changed",))
    status = target.stat()
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(new)
                stream.flush()
                os.fchmod(descriptor, status.st_mode & 0o7777)
                with suppress(PermissionError):
                    os.fchown(descriptor, status.st_uid, status.st_gid)
                os.fsync(descriptor)
            if _bytes(target) != original:
                raise ConfigError((f"{target}: was changed by somebody else meanwhile and left alone; try again",))
            Path(name).replace(target)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise ConfigError((f"{target}: cannot be written: {error.strerror}; nothing was changed",)) from error
