"""What a reload takes over of a changed configuration, and what waits for a restart."""

from __future__ import annotations

from typing import Any

from feeder.config import Config
from feeder.config.settings import Settings

FIXED = ("store", "output.folder", "web")
"""What a process keeps as long as it lives, by dotted keys of config.toml: what is open, and where it listens."""


def taken_over(old: Config, new: Config) -> tuple[Config, tuple[str, ...]]:
    """The new configuration with what is FIXED as it was, and the dotted keys of that which a restart would change."""
    waiting = []
    for key in FIXED:
        path = key.split(".")
        before, after = _at(old, path), _at(new, path)
        if before != after:
            waiting += _differing(key, before, after)
            new = _with(new, path, before)
    return new, tuple(waiting)


def _at(settings: Any, path: list[str]) -> Any:
    for part in path:
        settings = getattr(settings, part, None)
    return settings


def _with(settings: Any, path: list[str], value: object) -> Any:
    if len(path) > 1:
        value = _with(getattr(settings, path[0]), path[1:], value)
    return settings.model_copy(update={path[0]: value})


def _differing(key: str, before: object, after: object) -> list[str]:
    if not (isinstance(before, Settings) and type(before) is type(after)):
        return [key]
    names = type(before).model_fields
    return [f"{key}.{name}" for name in names if getattr(before, name) != getattr(after, name)]
