"""The `feed` source: RSS, Atom and JSON Feed from the web."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from urllib.parse import urljoin

from feeder.errors import ParseError
from feeder.model import Gathered, Memory, Source
from feeder.sources.asking import ask
from feeder.sources.document import Document
from feeder.sources.http import Response, shown
from feeder.sources.reading import Reading
from feeder.text import one_line, shorten

ILL_FORMED = "the document is not well-formed: it was mended"
_HTML = re.compile(rb"(?>\s+|<\?[^>]*>|<!--.*?-->)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(rb"<title[^<>]{0,2000}>([^<]*)", re.IGNORECASE)
_LINK = re.compile(rb"<link\b[^<>]{1,2000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(rb"application/(?:rss|atom|feed)\+(?:xml|json)", re.IGNORECASE)
_HREF = re.compile(rb"href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z_][\w:.-]*)")
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_HEAD = 100_000


def read_feed(source: Source, memory: Memory, reading: Reading) -> Gathered:
    """Look at a feed: nothing is parsed where its server, or its bytes, say that nothing is new."""

    def read(response: Response) -> Document:
        return parse_feed(source.id, response.url, response.body, response.content_type)

    return ask(source, memory, reading.fetcher.get, read)


def parse_feed(source_id: str, url: str, body: bytes, content_type: str | None) -> Document:
    """Make items of a document in any known format; ParseError says what it is instead."""
    from feeder.sources.json_feed_in import read_json  # noqa: PLC0415 - a round without news parses nothing
    from feeder.sources.rss_atom import read_strictly  # noqa: PLC0415 - the same

    body, place = _without_utf16(body), shown(url)
    start = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise ParseError(source_id, f"{place} is empty: check the address")
    if start[:1] in (b"{", b"["):
        return read_json(source_id, url, body)
    found = read_strictly(source_id, url, body)
    if found is None and b"<" in start and not _HTML.match(start):
        found = _read_broken(source_id, url, body, content_type)
    if found is None:
        raise ParseError(source_id, f"{place} is {_instead(url, start)}, not a feed: check the address")
    if not found.items and _ENTRY.search(body):
        raise ParseError(source_id, f"{place} holds entries that cannot be read: its owner has to mend it")
    return found


def _read_broken(source_id: str, url: str, body: bytes, content_type: str | None) -> Document | None:
    from feeder.sources.mending import charset_of, mend  # noqa: PLC0415 - most rounds read no broken feed
    from feeder.sources.rss_atom import is_well_formed, read_mended  # noqa: PLC0415 - as above
    from feeder.sources.tolerant import read_tolerantly  # noqa: PLC0415 - the same

    mended = mend(body, content_type)
    if mended is None:
        return None
    found = read_mended(source_id, url, mended) or read_tolerantly(source_id, url, mended)
    if found is None or is_well_formed(body, charset_of(content_type)):
        return found
    return replace(found, notes=(ILL_FORMED, *found.notes))


def _without_utf16(body: bytes) -> bytes:
    """UTF-16 that does not say so is read by nobody."""
    for start, encoding in ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be")):
        if body.startswith(start):
            return body.decode(encoding, "replace").encode()
    return body


def _instead(url: str, start: bytes) -> str:
    if _HTML.match(start):
        return _page(url, start)
    if root := _ROOT.match(start.partition(b"?>")[2].lstrip() if start.startswith(b"<?xml") else start):
        return f"XML that begins with <{root[1].decode('ascii', 'replace')}>"
    if b"\x00" in start[:1000]:
        return "binary data"
    return f"text that begins with “{_words(start, 60)}”"


def _page(url: str, start: bytes) -> str:
    title = _TITLE.search(start)
    named = f"an HTML page (“{_words(title[1], 80)}”)" if title else "an HTML page"
    for link in _LINK.findall(start):
        if _FEED_TYPE.search(link) and (href := _HREF.search(link)):
            address = html.unescape(href[1].decode("utf-8", "replace"))
            return f"{named} that names a feed, {shown(_resolved(url, address))}"
    return named


def _words(found: bytes, limit: int) -> str:
    return shorten(one_line(html.unescape(found[: 10 * limit].decode("utf-8", "replace"))), limit)


def _resolved(url: str, address: str) -> str:
    try:
        return urljoin(url, address)
    except ValueError:
        return address
