"""What feedparser, which everybody trusts, makes of a feed, in our terms; and where we differ."""

from __future__ import annotations

import calendar
import io
import json
import re
from collections import Counter
from datetime import datetime
from email.utils import parsedate_to_datetime
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


def json_differences(body: bytes) -> list[tuple[str, object, object]]:
    """Where we differ from what a JSON Feed says when it is loaded and looked at, and nothing more."""
    feed = json.loads(body)
    read = parse_feed("heise", URL, body, None).items
    if len(read) != len(feed["items"]):
        return [("items", len(read), len(feed["items"]))]
    both = [(_loaded(item, feed), _ours_of_json(ours)) for item, ours in zip(feed["items"], read, strict=True)]
    return [
        (field, ours[field], said) for loaded, ours in both for field, said in loaded.items() if ours[field] != said
    ]


def _loaded(item: Any, feed: Any) -> Said:  # Any: JSON
    """Without the letters that nothing may carry, and with tags told once."""
    tags = item.get("tags", ())
    tags = tags.split(",") if isinstance(tags, str) else tags
    title = item.get("title", "")
    return {
        "uid": naming.own(str(item["id"])) if "id" in item else None,
        "url": item.get("url") or item.get("external_url"),
        "title": text.one_line(unescape(title) if "&" in title else title),
        "published": _iso(item.get("date_published")),
        "updated": _iso(item.get("date_modified")),
        "content": text.fit(item.get("content_html") or item.get("content_text") or "").strip(),
        "summary": text.fit(item.get("summary") or "").strip(),
        "authors": _named(item) or _named(feed),
        "tags": tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip())),
        "enclosures": tuple((file["url"], file.get("mime_type")) for file in item.get("attachments", ())),
    }


def _named(found: Any) -> tuple[str, ...]:  # Any: JSON
    authors = [*found.get("authors", ()), *([found["author"]] if "author" in found else [])]
    return tuple(dict.fromkeys(author["name"] for author in authors if author.get("name")))


def _ours_of_json(item: Item) -> Said:
    return {
        "uid": item.uid,
        "url": item.original or item.url,
        "title": item.title,
        "published": _moment(item.published),
        "updated": _moment(item.updated),
        "content": item.content.value if item.content else "",
        "summary": item.summary.value if item.summary else "",
        "authors": item.authors,
        "tags": item.tags,
        "enclosures": tuple((file.url, file.type) for file in item.enclosures),
    }


def _iso(written: str | None) -> int | None:
    if not written:
        return None
    try:
        return int(datetime.fromisoformat(written).timestamp())
    except ValueError:  # as mails write it
        return int(parsedate_to_datetime(written).timestamp())


def _moment(date: datetime | None) -> int | None:
    return int(date.timestamp()) if date else None


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
