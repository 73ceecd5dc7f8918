"""docs/configuration.md, written from the models: `python -m feeder.config.reference > docs/configuration.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, SecretStr
from pydantic.fields import FieldInfo

from feeder.config import shape
from feeder.config.config import Config
from feeder.config.environment import NOT_SETTINGS, NOT_SETTINGS_PREFIX
from feeder.config.settings import Settings
from feeder.config.values import NAMES

_PLAIN: dict[object, str] = {
    int: "whole number",
    float: "number",
    bool: "true or false",
    Path: "path",
    timedelta: "duration",
}

HEAD = """\
# Configuration

<!-- Written by `python -m feeder.config.reference > docs/configuration.md` from the models; do not edit. -->

Everything stands in `config.toml`. It is read strictly: `feeder check` and every start name all mistakes at once, each
with file, line, key and the nearest right spelling. Paths are relative to the file.

## The environment

Every key can be given as a variable instead, and then wins over the file: `FEEDER_`, the section, two underscores, the
key, in capitals.

| to set | write |
|---|---|
| a key of a section | `FEEDER_OUTPUT__MAX_ITEMS=30` |
| a list | `FEEDER_CURATION__LANGUAGES='["de"]'` (as in TOML) |
| a key of a source or topic, by its id | `FEEDER_SOURCES__HUGGING_FACE__RANK=5` (hyphens become underscores) |
| the same, by its place, counted from 0 | `FEEDER_SOURCES__4__RANK=5` |
| any key, from a file | `FEEDER_STORE__URL_FILE=/run/secrets/store-url` (one line break at its end is left out) |
| any key, from a systemd credential | a file named `FEEDER_STORE__URL` in `$CREDENTIALS_DIRECTORY` |

Text is taken as it stands; everything else is read as TOML. A variable that starts with `FEEDER_` and is no setting is
an error, except these, which others read: {exceptions}.

Secrets (`store.url`, `summaries.api_key`, `carriers.smtp.password`, `carriers.listmonk.token`,
`carriers.dkim.key`, `alerts.smtp.password`, `alerts.webhook.url`, `alerts.webhook.secret`, `alerts.ntfy.topic`,
`alerts.ntfy.token`, `alerts.alive_url`; `url` and `secret` of a webhook; `password`, `headers` and `cookies` of a
source) are never printed, neither by commands nor in errors or logs.
"""


def reference() -> str:
    """The whole document."""
    names = [f"`{name}`" for name in sorted(NOT_SETTINGS)]
    parts = [HEAD.format(exceptions=f"{', '.join(names)} and `{NOT_SETTINGS_PREFIX}…`")]
    for name, info in shape.keys(Config):
        if model := shape.table(info.annotation):
            parts += _section(f"[{name}]", model)
        elif model := shape.table(shape.element(info.annotation)):
            parts += _section(f"[[{name}]]", model)
    for heading, model in _shared(Config):
        parts += _section(heading, model)
    return "\n".join(parts) + "\n"


def _inline(model: shape.Model) -> str:
    return f"{{ {', '.join(key for key, _ in shape.keys(model))} }}"


def _section(heading: str, model: shape.Model) -> list[str]:
    if all(shape.table(info.annotation) for _, info in shape.keys(model)):
        inner = ((key, shape.table(info.annotation)) for key, info in shape.keys(model))
        return [line for key, one in inner if one for line in _section(f"[{heading.strip('[]')}.{key}]", one)]
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    rows += [f"| `{key}` | {_kind(info)} | {_default(info)} | {info.description} |" for key, info in shape.keys(model)]
    return [f"\n## `{heading}`\n", f"{model.__doc__}\n", *rows]


def _shared(model: shape.Model) -> Iterator[tuple[str, shape.Model]]:
    """The tables that stand inside sections, alone or in lists, each once, with its heading."""
    seen: list[shape.Model] = []
    for name, section in shape.keys(model):
        table = shape.table(section.annotation) or shape.table(shape.element(section.annotation))
        parts = list(shape.keys(table)) if table else []
        for key, info in [] if all(shape.table(one.annotation) for _, one in parts) else parts:
            inner = shape.table(info.annotation) or shape.table(shape.element(info.annotation))
            if inner and inner not in seen:
                seen.append(inner)
                is_section = shape.table(section.annotation) and shape.table(info.annotation)
                yield f"[{name}.{key}]" if is_section else _inline(inner), inner


def _kind(info: FieldInfo) -> str:
    kind = _named(info.metadata) or _name(info.annotation)
    limits = {type(one).__name__: one for one in info.metadata}
    low, high = getattr(limits.get("Ge"), "ge", None), getattr(limits.get("Le"), "le", None)
    if low is not None and high is not None:
        return f"{kind}, {low} to {high}"
    return f"{kind}, {low} or more" if low is not None else kind


def _named(metadata: list[Any]) -> str | None:
    return next((NAMES[one.func] for one in metadata if isinstance(one, AfterValidator) and one.func in NAMES), None)


def _name(annotation: object) -> str:
    """What a person writes for a value of this type."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _named(list(inner[1:])) or _name(inner[0])
    if origin in (Union, UnionType):
        return _name(next(one for one in inner if one is not NoneType))
    if origin is tuple:
        table = shape.table(inner[0])
        return f"list of {_inline(table)}" if table else f"list: {_name(inner[0])}"
    if origin is Literal:
        return " or ".join(f'`"{one}"`' for one in inner)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " or ".join(f'`"{one.value}"`' for one in annotation)
    if inline := shape.table(annotation):
        return _inline(inline)
    return _PLAIN.get(annotation, "text")


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True)
    if isinstance(value, Settings):
        return "as below"
    return "none" if value is None else f"`{_toml(value)}`"


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case timedelta():
            seconds = int(value.total_seconds())
            size, unit = next((n, u) for n, u in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")) if seconds % n == 0)
            return f'"{seconds // size}{unit}"'
        case int() | float():
            return str(value)
        case SecretStr():
            return f'"{value.get_secret_value()}"'
        case _:
            return f'"{value}"'


if __name__ == "__main__":
    sys.stdout.write(reference())
