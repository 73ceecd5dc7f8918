"""The model's dataclasses as JSON text and back, exactly, by their type hints.

None and empty tuples are not written, so a noun may gain an optional field without changing what
is stored or what a digest says of it.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Hashable
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, NamedTuple, TypeVar

from feeder import text
from feeder.errors import StoreError
from feeder.model import Item
from feeder.store.columns import moment_text

T = TypeVar("T", bound=Hashable)

_BODY = ("summary", "content")
_TIMES = ("published", "updated")


def encode(value: object, kind: object = None) -> str:
    """Write a dataclass, or a value of the type `kind`, as ASCII JSON."""
    return _json(_codec(kind or type(value)).dump(value))


def decode(kind: type[T], written: str) -> T:
    """Read what `encode` wrote; a StoreError if it is no such thing."""
    try:
        value: T = _codec(kind).load(json.loads(written))
    except (ValueError, TypeError, KeyError) as exc:
        raise StoreError(f"the store holds something that is no {getattr(kind, '__name__', kind)}: {exc}") from exc
    return value


class ItemText(NamedTuple):
    """An item as two JSON texts: `body` is what retention forgets; `digest` names all its words."""

    item: str
    body: str | None
    digest: str


def encode_item(item: Item) -> ItemText:
    """Write an item. Its digest covers everything but the source's times, which some feeds set anew each hour."""
    plain = _codec(Item).dump(item)
    words = {name: value for name, value in plain.items() if name not in _TIMES}
    body = {name: plain.pop(name) for name in _BODY if name in plain}
    return ItemText(_json(plain), _json(body) if body else None, text.digest(json.dumps(words, sort_keys=True)))


def decode_item(item: str, body: str | None) -> Item:
    """Read an item; without its body where that was forgotten."""
    return decode(Item, item) if body is None else decode(Item, f"{item[:-1]},{body[1:]}")


def _json(plain: object) -> str:
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":"))


class _Codec(NamedTuple):
    dump: Callable[[Any], Any]
    load: Callable[[Any], Any]
    empty: object = dataclasses.MISSING
    """What stands for a field that is not written."""


def _same(value: Any) -> Any:
    return value


@cache
def _codec(kind: Any) -> _Codec:
    origin = typing.get_origin(kind)
    if kind in (str, int, bool):
        return _Codec(_same, _same)
    if kind is datetime:
        return _Codec(moment_text, datetime.fromisoformat)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _Codec(lambda value: value.value, kind)
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    if origin in (typing.Union, types.UnionType):
        return _optional(kind)
    if origin is tuple:
        return _tuple(typing.get_args(kind))
    raise TypeError(f"no way to store a {kind}")


def _optional(kind: Any) -> _Codec:
    (inner,) = (_codec(part) for part in typing.get_args(kind) if part is not type(None))
    return _Codec(
        lambda value: None if value is None else inner.dump(value),
        lambda plain: None if plain is None else inner.load(plain),
        None,
    )


def _tuple(parts: tuple[Any, ...]) -> _Codec:
    if len(parts) == 2 and parts[1] is Ellipsis:
        one = _codec(parts[0])
        return _Codec(lambda value: [one.dump(v) for v in value], lambda plain: tuple(map(one.load, plain)), ())
    each = tuple(map(_codec, parts))
    return _Codec(
        lambda value: [codec.dump(v) for codec, v in zip(each, value, strict=True)],
        lambda plain: tuple(codec.load(v) for codec, v in zip(each, plain, strict=True)),
    )


def _record(kind: Any) -> _Codec:
    hints = typing.get_type_hints(kind)
    fields = tuple((field.name, _codec(hints[field.name])) for field in dataclasses.fields(kind))

    def dump(value: Any) -> dict[str, Any]:
        parts = ((name, codec, getattr(value, name)) for name, codec in fields)
        return {name: codec.dump(part) for name, codec, part in parts if part != codec.empty}

    def load(plain: dict[str, Any]) -> Any:
        values = {name: codec.empty for name, codec in fields if codec.empty is not dataclasses.MISSING}
        return kind(**values | {name: codec.load(plain[name]) for name, codec in fields if name in plain})

    return _Codec(dump, load)
