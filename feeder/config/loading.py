"""Read config.toml and the environment into a Config, or say everything that is wrong with them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from feeder.config import shape
from feeder.config.checks import cross_checks
from feeder.config.config import Config
from feeder.config.environment import Overlay, overlay
from feeder.config.locate import locate
from feeder.config.wording import in_words, unknown
from feeder.errors import ConfigError


def load_config(path: Path, environ: Mapping[str, str]) -> Config:
    """Read and check everything; a ConfigError holds every problem at once, each with file, line and key."""
    return read_config(path, path_text(path), environ)


def read_config(path: Path, text: str, environ: Mapping[str, str]) -> Config:
    """The same with `text` for what stands, or is to stand, in the file."""
    base = path.absolute().parent
    data = _parse(path, text)
    laid = overlay(data, Config, environ, base)
    config, found = _validate(data, base)
    found += list(cross_checks(data))
    if config is not None and not found and not laid.problems:
        return config
    problems = _Places(path, data, locate(text), laid).sorted(found) + sorted(laid.problems)
    raise ConfigError(tuple(dict.fromkeys(problems)))


def path_text(path: Path) -> str:
    """What stands in the file, without a byte order mark."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        words = "there is no such file; `feeder init` writes one, --config names another"
        raise ConfigError((f"{path}: {words}",)) from error
    except OSError as error:
        raise ConfigError((f"{path}: cannot be read: {error.strerror}; `feeder init` writes a new one",)) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError((f"{path}:{line}: must be saved as UTF-8",)) from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        if match := re.search(r" \(at line (\d+), column (\d+)\)$", message):
            line, message = int(match[1]), f"{message[: match.start()]} (column {match[2]})"
        else:
            line = text.count("\n") + 1
        raise ConfigError((f"{path}:{line}: not valid TOML: {message}",)) from error


def _validate(data: dict[str, Any], base: Path) -> tuple[Config | None, list[tuple[shape.Path, str]]]:
    known = {key: value for key, value in data.items() if key not in shape.HIDDEN}
    hidden: list[tuple[shape.Path, str]] = [((key,), unknown((key,), Config)) for key in data if key in shape.HIDDEN]
    try:
        return Config.model_validate({**known, "base": base}, context={"base": base}), hidden
    except ValidationError as error:
        return None, hidden + [(one["loc"], in_words(one, Config)) for one in error.errors(include_url=False)]


class _Places:
    """Says of a path where a person has to look."""

    def __init__(self, file: Path, data: Mapping[str, Any], lines: Mapping[shape.Path, int], laid: Overlay) -> None:
        self.file, self.data, self.lines, self.origins = file, data, lines, laid.origins

    def sorted(self, found: list[tuple[shape.Path, str]]) -> list[str]:
        """One line per problem, in the order of the file; what came from the environment last."""
        return [text for _, text in sorted(self.say(path, words) for path, words in found)]

    def say(self, path: shape.Path, words: str) -> tuple[int, str]:
        name = next((self.origins[part] for part in _prefixes(path) if part in self.origins), None)
        if name:
            rest = "" if path in self.origins else f" {shape.dotted(path)}{self.id_of(path)}:"
            return 1_000_000_000, f"{name}:{rest} {words}"
        line = next((self.lines[part] for part in _prefixes(path) if part in self.lines), 0)
        place = f"{self.file}:{line}" if line else f"{self.file}"
        return line, f"{place}: {shape.dotted(path)}{self.id_of(path)}: {words}"

    def id_of(self, path: shape.Path) -> str:
        """The id of the source or topic that `path` leads into, in brackets, if it stands in the file."""
        if len(path) < 2 or not isinstance(path[1], int) or (*path[:2], "id") in self.origins:
            return ""
        table = self.data[str(path[0])][path[1]]
        name = table.get("id") if isinstance(table, dict) else None
        return f" ({name})" if isinstance(name, str) and path[2:] != ("id",) else ""


def _prefixes(path: shape.Path) -> Iterator[shape.Path]:
    return (path[:end] for end in range(len(path), 0, -1))
