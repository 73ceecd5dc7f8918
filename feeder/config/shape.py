"""Which keys the models of the configuration have, and what is expected at each."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Path = tuple[str | int, ...]
Model = type[BaseModel]
HIDDEN = frozenset({"base"})


def keys(model: Model) -> Iterator[tuple[str, FieldInfo]]:
    """The keys that a person can write in the section of `model`."""
    return ((name, field) for name, field in model.model_fields.items() if name not in HIDDEN)


def bare(annotation: object) -> object:
    """`annotation` without Annotated and `| None`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return bare(get_args(annotation)[0])
    if origin in (Union, UnionType):
        rest = [part for part in get_args(annotation) if part is not type(None)]
        return bare(rest[0]) if len(rest) == 1 else annotation
    return annotation


def table(annotation: object) -> Model | None:
    """The model of a table, None for anything else."""
    kind = bare(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def element(annotation: object) -> object | None:
    """What a list holds, None for anything else."""
    kind = bare(annotation)
    return get_args(kind)[0] if get_origin(kind) is tuple else None


def model_at(root: Model, path: Path) -> Model | None:
    """The model of the table at `path`, None where no table is expected."""
    expected: object = root
    for part in path:
        if isinstance(part, int):
            expected = element(expected)
        else:
            model = table(expected)
            field = dict(keys(model)).get(part) if model else None
            expected = field.annotation if field else None
    return table(expected)


def dotted(path: Path) -> str:
    """`sources[2].rights` for ("sources", 2, "rights")."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
