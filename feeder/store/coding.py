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
from feeder.model import Enclosure, Image, Item, Raw
from feeder.store.columns import moment_text

T = TypeVar("T", bound=Hashable)


def encode(value: object, kind: object = None) -> str:
    """Write a dataclass, or a value of the type `kind`, as ASCII JSON."""
    return _json(_codec(kind or type(value)).dump(value))


def decode(kind: type[T], written: str) -> T:
    """Read what `encode` wrote; a StoreError if it is no such thing."""
    try:
        value: T = _codec(kind).load(json.loads(written))
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise StoreError(f"the store holds something that is no {getattr(kind, '__name__', kind)}: {exc}") from exc
    return value


class ItemText(NamedTuple):
    """An item as two JSON texts: `body` is what retention forgets; `digest` names all its words. `published` is as
    `Moment` keeps it."""

    item: str
    body: str | None
    digest: str
    published: str | None


def encode_item(item: Item) -> ItemText:
    """Write an item, without the general way through its type hints: thousands arrive in one round.

    Its digest covers everything but the source's times, which some feeds set anew each hour, and of its address
    neither the scheme nor what was cleaned off.
    """
    words, body, url = _words(item), _body(item), item.url
    published = None if item.published is None else moment_text(item.published)
    page = "" if url is None else f"+https{url[4:]}" if url.startswith("http:") else f"+{url}"
    return ItemText(f"{words[:-1]}{_aside(item, published)}}}", body or None, text.digest(words, body, page), published)


def _words(item: Item) -> str:
    """What an item says beside its body, as an object."""
    parts = f'{{"source_id":{_quoted(item.source_id)},"uid":{_quoted(item.uid)},"title":{_quoted(item.title)}'
    if item.authors:
        parts += f',"authors":[{",".join(map(_quoted, item.authors))}]'
    if item.tags:
        parts += f',"tags":[{",".join(map(_quoted, item.tags))}]'
    if item.image is not None:
        parts += f',"image":{_image(item.image)}'
    if item.enclosures:
        parts += f',"enclosures":[{",".join(map(_enclosure, item.enclosures))}]'
    if item.language is not None:
        parts += f',"language":{_quoted(item.language)}'
    if item.article is not None:
        parts += f',"article":{encode(item.article)}'
    return parts + "}"


def _image(image: Image) -> str:
    parts = f'{{"url":{_quoted(image.url)},"alt":{_quoted(image.alt)}'
    if image.width is not None:
        parts += f',"width":{image.width}'
    if image.height is not None:
        parts += f',"height":{image.height}'
    if image.credit is not None:
        parts += f',"credit":{_quoted(image.credit)}'
    if image.licence is not None:
        parts += f',"licence":{_quoted(image.licence)}'
    return f"{parts}{_kind_of_file(image)}}}"


def _enclosure(enclosure: Enclosure) -> str:
    return f'{{"url":{_quoted(enclosure.url)}{_kind_of_file(enclosure)}}}'


def _kind_of_file(file: Image | Enclosure) -> str:
    parts = "" if file.type is None else f',"type":{_quoted(file.type)}'
    return parts if file.length is None else f'{parts},"length":{file.length}'


def _aside(item: Item, published: str | None) -> str:
    """What may change without a word having changed, as more members of an object."""
    parts = "" if item.url is None else f',"url":{_quoted(item.url)}'
    if item.original is not None:
        parts += f',"original":{_quoted(item.original)}'
    if published is not None:
        parts += f',"published":"{published}"'
    if item.updated is not None:
        parts += f',"updated":"{moment_text(item.updated)}"'
    return parts


def _body(item: Item) -> str:
    summary, content = item.summary, item.content
    if content is None:
        return "" if summary is None else f'{{"summary":{_raw(summary)}}}'
    before = "" if summary is None else f'"summary":{_raw(summary)},'
    return f'{{{before}"content":{_raw(content)}}}'


def _raw(raw: Raw) -> str:
    return f'{{"value":{_quoted(raw.value)},"kind":{_quoted(raw.kind)}}}'


def decode_item(item: str, body: str | None) -> Item:
    """Read an item; without its body where that was forgotten."""
    return decode(Item, item) if body is None else decode(Item, f"{item[:-1]},{body[1:]}")


_quoted = json.encoder.encode_basestring_ascii
_json = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


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
    if inner.load is _same:
        return _Codec(_same, _same, None)
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
    given = dataclasses.fields(kind)
    fields = tuple((field.name, _codec(hints[field.name])) for field in given)
    loads = {name: codec.load for name, codec in fields}
    # what stands for a field that is not written, unless it is its default anyway
    empty = {
        field.name: codec.empty
        for field, (_, codec) in zip(given, fields, strict=True)
        if codec.empty is not dataclasses.MISSING and field.default != codec.empty
    }

    def dump(value: Any) -> dict[str, Any]:
        parts = ((name, codec, getattr(value, name)) for name, codec in fields)
        return {name: codec.dump(part) for name, codec, part in parts if part != codec.empty}

    def load(plain: dict[str, Any]) -> Any:
        values = {
            name: part if (read := loads[name]) is _same else read(part)
            for name, part in plain.items()
            if name in loads
        }
        return kind(**empty | values)

    return _Codec(dump, load)
