"""Settings from the environment, laid over those of config.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from feeder.config import shape
from feeder.config.values import near

PREFIX = "FEEDER_"
CREDENTIALS = "CREDENTIALS_DIRECTORY"
NOT_SETTINGS = frozenset(
    {"FEEDER_CONFIG", "FEEDER_LOG", "FEEDER_CORPUS", "FEEDER_JUDGE_HOME", "FEEDER_JUDGES", "FEEDER_PROOF_SHARE"}
    | {"FEEDER_SEED"}
)
NOT_SETTINGS_PREFIX = "FEEDER_TEST_"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a variable's value goes; `text` says that it is taken as it stands."""

    path: shape.Path
    text: bool


@dataclass(slots=True)
class Overlay:
    """What the environment changed: `origins` names the variable that each path came from."""

    origins: dict[shape.Path, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def overlay(data: dict[str, Any], root: shape.Model, environ: Mapping[str, str], base: Path) -> Overlay:
    """Lay every FEEDER_ variable over `data`, in place; what cannot be used becomes a problem."""
    result = Overlay()
    if CREDENTIALS not in environ and not any(map(_is_setting, environ)):
        return result  # naming every variable that there could be costs a second with 2,000 sources
    known = dict(variables(root, data))
    for name, origin, value in sorted(_given(environ, known, base, result)):
        setting = known[name]
        if setting.path in result.origins:
            result.problems.append(f"{origin}: {result.origins[setting.path]} gives the same setting; keep one of them")
            continue
        try:
            is_put = _put(data, setting.path, value if setting.text else _parsed(value))
        except IndexError:
            result.problems.append(f"{origin}: the list that another variable gives is too short for it")
            continue
        if is_put:
            result.origins[setting.path] = origin
    return result


def variables(root: shape.Model, data: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every variable that can be set, given the lists that `data` holds."""
    for section, info in shape.keys(root):
        yield from _below(info.annotation, data.get(section), (section,), PREFIX + section.upper())


def _below(annotation: object, data: object, path: shape.Path, name: str) -> Iterator[tuple[str, Setting]]:
    if len(path) > 1 and not isinstance(path[-1], int):
        yield name, Setting(path, _is_text(annotation))
    if model := shape.table(annotation):
        inner = data if isinstance(data, dict) else {}
        for key, info in shape.keys(model):
            yield from _below(info.annotation, inner.get(key), (*path, key), f"{name}__{key.upper()}")
    elif shape.table(held := shape.element(annotation)) and isinstance(data, list):
        for index, one in enumerate(data):
            yield from _below(held, one, (*path, index), f"{name}__{index}")
        for index, one in enumerate(data):
            if isinstance(one, dict) and isinstance(name_of := one.get("id"), str):
                yield from _below(held, one, (*path, index), f"{name}__{name_of.upper().replace('-', '_')}")


def _is_text(annotation: object) -> bool:
    kind = shape.bare(annotation)
    return kind not in (int, bool, float) and shape.element(annotation) is None and shape.table(annotation) is None


def _is_setting(name: str) -> bool:
    return name.startswith(PREFIX) and name not in NOT_SETTINGS and not name.startswith(NOT_SETTINGS_PREFIX)


def _given(
    environ: Mapping[str, str], known: Mapping[str, Setting], base: Path, result: Overlay
) -> Iterator[tuple[str, str, str]]:
    """The variable, the name under which it was given, and the value of every setting that is given."""
    for given, value in environ.items():
        name = given.removesuffix("_FILE")
        if not _is_setting(given):
            continue
        if given in known:
            yield given, given, value
        elif name in known:
            yield from _read(name, given, base / value, result)
        else:
            result.problems.append(f"{given}: unknown setting{near(given, known)}")
    if folder := environ.get(CREDENTIALS):
        yield from _credentials(Path(folder), known, result)


def _credentials(folder: Path, known: Mapping[str, Setting], result: Overlay) -> Iterator[tuple[str, str, str]]:
    try:
        files = sorted(file for file in folder.iterdir() if file.name.startswith(PREFIX))
    except OSError as error:
        result.problems.append(f"${CREDENTIALS}: cannot list the folder: {error.strerror}")
        return
    for file in files:
        origin = f"${CREDENTIALS}/{file.name}"
        if file.name in known:
            yield from _read(file.name, origin, file, result)
        else:
            result.problems.append(f"{origin}: unknown setting{near(file.name, known)}")


def _read(name: str, origin: str, file: Path, result: Overlay) -> Iterator[tuple[str, str, str]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        result.problems.append(f"{origin}: cannot read the file that it names: {reason}")
        return
    yield name, origin, text.removesuffix("\n").removesuffix("\r")


def _parsed(value: str) -> object:
    try:
        document = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return value
    return document["value"] if document.keys() == {"value"} else value


def _put(data: dict[str, Any], path: shape.Path, value: object) -> bool:
    """Set `path`; False where something that is no table stands in the way, which validation names.

    IndexError where a list has become shorter than the variables took it to be.
    """
    place: Any = data
    for part, below in pairwise(path):
        if isinstance(part, str) and isinstance(place, dict):
            place = place.setdefault(part, {})
        elif isinstance(part, int) and isinstance(place, list):
            place = place[part]
        if not isinstance(place, list if isinstance(below, int) else dict):
            return False
    place[path[-1]] = value
    return True
