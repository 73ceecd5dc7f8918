"""What feedparser, which everybody trusts, makes of a feed, in our terms; and where we differ."""

from __future__ import annotations

import calendar
import io
import re
from collections import Counter
from html import unescape
from typing import Any
from urllib.parse import urljoin

import feedparser

from feeder import addresses, text
from feeder.model import Item
from feeder.sources import found, naming
from feeder.sources.syndication import parse_feed

URL = "https://heise.example/feeds/news.xml"
YEAR_ONE = -62_135_596_800  # 0001-01-01: a generator's word for "no date", which feedparser hands on

_TAGS = re.compile(r"<[^<>]*>")
_REST = re.compile(r"[\W_]+")

# An entry without any of these says nothing.
_TELLING = {"id", "link", "title", "summary", "content", "links"}

Said = dict[str, object]


def differences(body: bytes) -> tuple[Counter[str], list[tuple[str, object, object]]]:
    """Count by field how often we differ from feedparser on one document, and list what both say."""
    read = parse_feed("heise", URL, body, None)
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    parsed.entries = [entry for entry in parsed.entries if entry.keys() & _TELLING]
    kinds = {(entry.get("id"), entry.get("link"), entry.get("title")) for entry in parsed.entries}
    if len(kinds) < len(parsed.entries):  # the same entry twice, which we take once
        missing = len(kinds) - len(read.items)
        return +Counter(items=missing), [("items", len(read.items), len(kinds))] if missing > 0 else []
    if len(read.items) != len(parsed.entries):
        return Counter(items=len(parsed.entries) - len(read.items)), [("items", len(read.items), len(parsed.entries))]
    base = addresses.web_address(urljoin(URL, parsed.feed.get("link") or "")) or URL
    both = [
        (_ours(item), _theirs(entry, parsed.version, base))
        for item, entry in zip(read.items, parsed.entries, strict=True)
    ]
    listed = [
        (field, ours[field], said)
        for ours, theirs in both
        for field, said in theirs.items()
        if said not in (ours[field], None, "", YEAR_ONE) and not _is_more(field, ours[field], said)
    ]
    return Counter(field for field, _, _ in listed), listed


def _is_more(field: str, ours: object, theirs: object) -> bool:
    """Whether we have all that they have, and more."""
    if field == "content":
        return str(theirs) in str(ours)
    return field == "enclosures" and isinstance(ours, frozenset) and isinstance(theirs, frozenset) and theirs <= ours


def _theirs(entry: Any, version: str, base: str) -> Said:  # Any: feedparser has no types
    """It leaves titles marked up and gives dates as tuples."""
    is_atom = version.startswith("atom")
    link = entry.get("link") or ""
    title = found.mended(entry.get("title") or "")
    is_text = is_atom and (entry.get("title_detail") or {}).get("type") == "text/plain"
    updated = dict.get(entry, "updated_parsed")  # asked otherwise it would give `published`, with a warning
    bodies = [each.get("value") or "" for each in entry.get("content") or ()] + [entry.get("summary") or ""]
    files = (each.get("href") or "" for each in entry.get("links") or () if each.get("rel") == "enclosure")
    url = addresses.web_address(urljoin(base, link.strip())) if link else None
    return {
        "uid": naming.own(entry.get("id") or ""),
        "url": url and addresses.clean(url),
        "title": text.one_line(title) if is_text else text.plain(title),
        "published": _seconds(entry.get("published_parsed") or (None if is_atom else updated)),
        "updated": _seconds(updated) if is_atom else None,
        "content": _letters(max(bodies, key=len)),
        "enclosures": frozenset(url for file in files if (url := found.absolute(base, file))) or None,
    }


def _seconds(date: Any) -> int | None:  # Any: a time.struct_time, or nothing
    return calendar.timegm(date) if date else None


def _ours(item: Item) -> Said:
    return {
        "uid": item.uid,
        "url": item.url,
        "title": item.title,
        "published": int(item.published.timestamp()) if item.published else None,
        "updated": int(item.updated.timestamp()) if item.updated else None,
        "content": " ".join(_letters(each.value) for each in (item.content, item.summary) if each),
        "enclosures": frozenset(file.url for file in item.enclosures) or None,
    }


def _letters(markup: str) -> str:
    """The letters of a body, in which all ways to write the same markup are the same."""
    return _REST.sub("", _TAGS.sub("", unescape(unescape(unescape(_TAGS.sub("", found.mended(markup))))))).lower()
