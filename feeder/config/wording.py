"""What pydantic found, in words for people who edit config.toml; a value is never repeated."""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import ErrorDetails

from feeder.config import shape
from feeder.config.values import near

_WORDS = {
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number, without quotes",
    "float_type": "must be a number, without quotes",
    "finite_number": "must be a number that has an end",
    "bool_type": "must be true or false, without quotes",
    "tuple_type": "must be a list in [ ]",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "path_type": "must be a path in quotes",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must hold at least {min_length}, not {actual_length}",
}


def in_words(error: ErrorDetails, root: shape.Model) -> str:
    """One sentence about `error`, with the nearest right spelling where one is near."""
    path, context = error["loc"], error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            return unknown(path, root)
        case "missing":
            return _missing(path, root)
        case "literal_error" | "enum":
            return _choice(str(context["expected"]), error["input"])
        case "value_error":
            return str(context["error"])
        case kind if kind in _WORDS:
            return _WORDS[kind].format(**context)
        case _:
            return error["msg"]


def unknown(path: shape.Path, root: shape.Model) -> str:
    """Say that nothing is known by this key, and what is."""
    *parents, key = path
    model = shape.model_at(root, tuple(parents))
    known = [name for name, _ in shape.keys(model)] if model else []
    words = "unknown key" if parents else "unknown section"
    if suggestion := near(str(key), known):
        return words + suggestion
    homes = [name for name, info in shape.keys(root) if key in _keys_of(info.annotation)] if parents else []
    return words + (f"; there is one in [{homes[0]}]" if homes else f"; there are {', '.join(known)}" if known else "")


def _keys_of(annotation: object) -> list[str]:
    model = shape.table(annotation)
    return [name for name, _ in shape.keys(model)] if model else []


def _missing(path: shape.Path, root: shape.Model) -> str:
    *parents, key = path
    model = shape.model_at(root, tuple(parents))
    field: Any = model.model_fields.get(str(key)) if model else None
    about = f": {field.description}" if field and field.description else ""
    return f"is missing{about}"


def _choice(expected: str, given: object) -> str:
    choices = re.findall(r"'([^']*)'", expected)
    words = ", ".join(f'"{choice}"' for choice in choices[:-1])
    joined = f'{words} or "{choices[-1]}"' if words else f'"{choices[-1]}"'
    return f"must be {joined}{near(given, choices) if isinstance(given, str) else ''}"
