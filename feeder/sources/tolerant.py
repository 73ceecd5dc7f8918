"""The tolerant path: whatever feedparser can still make sense of."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import Any

from feeder.errors import ParseError
from feeder.model import Enclosure, Image, Raw
from feeder.sources.document import Document
from feeder.sources.found import Found, Head, document, raw
from feeder.sources.http import shown
from feeder.sources.media import is_image, is_picture, number
from feeder.sources.mending import Mended, cut
from feeder.sources.rss import either, person
from feeder.sources.waiting import wait
from feeder.text import fit

# Any: feedparser has no types; nothing of it leaves this module.
_Entry = Any

# feedparser is quick with feeds and slow with attacks: 40 to 50 µs per tag, the square of the length of
# tags and of authors' names. These bounds keep the worst document that we know near a second.
MAX_BYTES = 1_000_000
MAX_TAGS = 20_000
_LONG_TAG = re.compile(rb"<[^<>]{10000,}")
_LONG_NAME = re.compile(
    rb"(<[^<>]{0,99}(?:author|creator|editor|webmaster|publisher|owner)[^<>]{0,999}>\s{0,99}(?:<!\[CDATA\[)?[^<]{300})[^<]+",
    re.IGNORECASE,
)


def read_tolerantly(source_id: str, url: str, mended: Mended) -> Document | None:
    """Read what is not well-formed or not usual; None if it is no feed at all, ParseError if feedparser fails."""
    body = _bounded(mended)
    result = _parsed(source_id, url, body)
    version = result.get("version", "")
    if not version and not result.entries:
        return None
    is_atom = version.startswith("atom")
    authors = _authors(result.feed) if is_atom else []
    said = result.feed
    asked = wait(_text(said, "ttl"), _text(said, "sy_updateperiod"), _text(said, "sy_updatefrequency"))
    head = Head(url, _text(said, "title"), _text(said, "link"), _text(said, "language"), asked)
    return document(
        source_id, head, result.entries, partial(_entry, is_atom=is_atom, authors=authors), _notes(mended, body)
    )


def _parsed(source_id: str, url: str, body: bytes) -> Any:
    import feedparser  # noqa: PLC0415 - 70 ms that runs without a broken feed need not pay

    stream = io.BytesIO(body)  # never the bytes as such: feedparser would take them for a file's name
    try:
        return feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # it raises TypeError, AssertionError and others on documents that are damaged enough
        message = f"{shown(url)} is too broken to be read ({error!r}): its owner has to mend it"
        raise ParseError(source_id, message) from error


def _notes(mended: Mended, read: bytes) -> tuple[str, ...]:
    if not mended.cut and len(read) > 0.9 * len(mended.body):
        return ("is of no usual shape: read as far as it can be understood",)
    return (f"is of no usual shape and too long: only its first {len(read):,} bytes were read",)


def _bounded(mended: Mended) -> bytes:
    limit = min(MAX_BYTES, len(mended.body) * MAX_TAGS // (mended.tags or 1))
    body = cut(mended.body, limit)
    return _LONG_NAME.sub(rb"\1", _LONG_TAG.sub(b"", body))


def _entry(entry: _Entry, *, is_atom: bool, authors: list[str]) -> Found:
    enclosures = _enclosures(entry)
    title = entry.get("title_detail") or {}
    content = next(filter(None, (_raw(each, is_atom) for each in entry.get("content") or ())), None)
    return Found(
        uid=_text(entry, "id"),
        link=_text(entry, "link"),
        title=_text(entry, "title"),
        title_is_text=is_atom and title.get("type") == "text/plain",
        published=_text(entry, "published") or (_text(entry, "updated") if not is_atom else ""),
        updated=_text(entry, "updated") if is_atom else "",
        summary=_summary(entry, is_atom),
        content=content,
        authors=_authors(entry) or authors,
        tags=[fit(tag.get("label") or tag.get("term") or "") for tag in entry.get("tags") or ()],
        image=_image(entry, enclosures),
        enclosures=enclosures,
        language=_text(entry, "language") or _text(title, "language"),
    )


def _text(found: _Entry, key: str) -> str:
    if key not in found:  # asked for `updated`, feedparser would give `published`, with a warning
        return ""
    value = found[key]
    return fit(value) if isinstance(value, str) else ""


def _raw(detail: _Entry, is_atom: bool) -> Raw | None:
    kind = detail.get("type") or ""
    is_text = is_atom and kind == "text/plain"
    return raw(_text(detail, "value"), "text" if is_text else "html")


def _summary(entry: _Entry, is_atom: bool) -> Raw | None:
    detail = entry.get("summary_detail")
    if detail and detail.get("value") == entry.get("summary"):
        return _raw(detail, is_atom)
    return either(_text(entry, "summary"))


def _authors(found: _Entry) -> list[str]:
    names = [_text(each, "name") for each in found.get("authors") or ()]
    return [name for each in names or [_text(found, "author")] if (name := person(each.strip()))]


def _enclosures(entry: _Entry) -> list[Enclosure]:
    links = (each for each in entry.get("links") or () if each.get("rel") == "enclosure" and each.get("href"))
    return [
        Enclosure(fit(each["href"]), fit(each.get("type") or "").lower() or None, number(each.get("length")))
        for each in links
    ]


def _image(entry: _Entry, enclosures: list[Enclosure]) -> Image | None:
    credit = next((text for each in entry.get("media_credit") or () if (text := _text(each, "content"))), None)
    for each in sorted(entry.get("media_content") or (), key=lambda each: -(number(each.get("width")) or 0)):
        address = _text(each, "url")
        if is_picture(address, each.get("medium"), each.get("type")):
            return _measured(each, address, credit)
    for each in entry.get("media_thumbnail") or ():
        if address := _text(each, "url"):
            return _measured(each, address, credit)
    for file in enclosures:
        if is_image(file.type, file.url):
            return Image(file.url, "", credit=credit, type=file.type, length=file.length)
    address = _text(entry.get("image") or {}, "href")
    return Image(address, "", credit=credit) if address else None


def _measured(media: _Entry, address: str, credit: str | None) -> Image:
    return Image(
        url=address,
        alt="",
        width=number(media.get("width")),
        height=number(media.get("height")),
        credit=credit,
        type=media.get("type"),
        length=number(media.get("filesize")),
    )
