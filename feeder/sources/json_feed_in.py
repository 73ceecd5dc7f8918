"""JSON Feed 1.x: one object of `items` as an entry."""

from __future__ import annotations

import json
from functools import partial

from feeder.errors import ParseError
from feeder.model import Enclosure, Image, Raw
from feeder.sources.document import Document
from feeder.sources.found import Found, Head, document, raw
from feeder.sources.http import shown
from feeder.sources.media import is_image
from feeder.text import fit

Object = dict[str, object]


def read_json(source_id: str, url: str, body: bytes) -> Document:
    """Read a JSON Feed; other JSON is a ParseError."""
    place = shown(url)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ParseError(source_id, f"{place} holds broken JSON ({error}), not a feed: check the address") from error
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise ParseError(source_id, f"{place} holds JSON, but no JSON Feed: check the address")
    if "jsonfeed.org" not in _text(found, "version") and not _text(found, "title"):
        raise ParseError(source_id, f"{place} holds JSON without a JSON Feed's version or title: check the address")
    head = Head(url, _text(found, "title"), _text(found, "home_page_url"), _text(found, "language"))
    objects = [each for each in found["items"] if isinstance(each, dict)]
    read = document(source_id, head, objects, partial(_entry, authors=_authors(found)))
    if found["items"] and not read.items:
        message = f"{place} holds {len(found['items']):,} items that cannot be read: its owner has to mend it"
        raise ParseError(source_id, message)
    return read


def _entry(item: Object, authors: list[str]) -> Found:
    return Found(
        uid=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        title_is_text="&" not in _text(item, "title"),  # as the format wants; many write HTML's entities all the same
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        summary=raw(_text(item, "summary"), "text"),
        content=_content(item),
        authors=_authors(item) or authors,
        tags=_tags(item),
        image=_image(item),
        enclosures=[file for each in _list(item, "attachments") if (file := _enclosure(each))],
        language=_text(item, "language"),
    )


def _text(found: Object, key: str) -> str:
    """A string, or a number as one (ids are often numbers); "" for all else."""
    value = found.get(key)
    if isinstance(value, str):
        return fit(value)
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _list(found: Object, key: str) -> list[object]:
    value = found.get(key)
    return value if isinstance(value, list) else []


def _content(item: Object) -> Raw | None:
    return raw(_text(item, "content_html"), "html") or raw(_text(item, "content_text"), "text")


def _authors(found: Object) -> list[str]:
    several = [*_list(found, "authors"), found.get("author")]
    return [name for each in several if isinstance(each, dict) and (name := _text(each, "name").strip())]


def _tags(item: Object) -> list[str]:
    """A list of words; some write one string of them, with commas."""
    tags = item.get("tags")
    return tags.split(",") if isinstance(tags, str) else [tag for tag in _list(item, "tags") if isinstance(tag, str)]


def _image(item: Object) -> Image | None:
    for key in ("image", "banner_image"):
        if address := _text(item, key):
            return Image(address, "")
    for each in _list(item, "attachments"):
        if (file := _enclosure(each)) and is_image(file.type, file.url):
            return Image(file.url, "", type=file.type, length=file.length)
    return None


def _enclosure(attachment: object) -> Enclosure | None:
    if not isinstance(attachment, dict) or not (address := _text(attachment, "url")):
        return None
    size = attachment.get("size_in_bytes")
    length = int(size) if isinstance(size, (int, float)) and 0 < size < 10**15 else None
    return Enclosure(address, _text(attachment, "mime_type").lower() or None, length)
