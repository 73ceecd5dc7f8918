"""RSS 0.9x, 1.0 and 2.0: one <item> as an entry."""

from __future__ import annotations

import re

from lxml.etree import _Element

from feeder.addresses import is_web_address
from feeder.model import Enclosure, Raw
from feeder.sources.elements import LANG, RDF, Names, Parts, first_date, first_words, parts_of, words
from feeder.sources.found import MARKUP_LIMIT, WORD_LIMIT, Found, raw
from feeder.sources.media import enclosure, picture

_PUBLISHED = ("pubdate", "dcterms:issued", "dc:date", "atom:published", "published", "dcterms:created")
_UPDATED = ("atom:updated", "dcterms:modified", "updated")
_SUMMARY = ("description", "dc:description", "summary", "atom:summary")
_LAST_RESORT = ("itunes:summary", "media:description", "itunes:subtitle")
_CONTENT = ("content:encoded", "xhtml:body", "body", "atom:content", "content")
_MAIL = re.compile(r"<?(?:mailto:)?[^\s<>()@]+@[^\s<>()@]+>?")
_TAG = re.compile(r"</|<(?:br|p|a|img)\b", re.IGNORECASE)


def item(element: _Element, names: Names, *, based: bool) -> Found:
    """Read an <item>; `based` says that the document uses xml:base."""
    parts = parts_of(element, names)
    guid = first_words(parts, ("guid", "atom:id", "id"))
    enclosures = _enclosures(parts)
    return Found(
        uid=guid or element.get(f"{{{RDF}}}about") or "",
        link=link(parts) or _permalink(parts),
        base=base_of(element, parts) if based else "",
        title=first_words(parts, ("title", "dc:title", "atom:title", "media:title")),
        published=first_date(parts, _PUBLISHED),
        updated=first_date(parts, _UPDATED),
        summary=raw(first_words(parts, _SUMMARY), "html") or either(first_words(parts, _LAST_RESORT)),
        content=raw(first_words(parts, _CONTENT), "html"),
        authors=_authors(parts, names),
        tags=_tags(parts),
        image=picture(parts, names, enclosures),
        enclosures=enclosures,
        language=first_words(parts, ("dc:language", "language")) or element.get(LANG) or "",
    )


def link(parts: Parts) -> str:
    """The address of an item or a channel: <link>, else an Atom link in its place."""
    for element in parts.get("link", ()):
        if address := (element.text or "").strip():
            return address
    for element in (*parts.get("link", ()), *parts.get("atom:link", ())):
        if (element.get("rel") or "alternate") == "alternate" and (address := (element.get("href") or "").strip()):
            return address
    return ""


def base_of(element: _Element, parts: Parts) -> str:
    """The address that an xml:base above an entry's link sets; "" where there is none."""
    links = parts.get("link", ())
    found = (links[0] if links else element).base or ""
    return "" if found == element.getroottree().docinfo.URL else found


def person(written: str) -> str:
    """A name without the mail address beside it; "" where there is only an address."""
    if "@" not in written:
        return written
    return _MAIL.sub("", written[:WORD_LIMIT]).strip(" ()<>,;\"'\t\n")


def keywords(written: str) -> list[str]:
    """The words of a list with commas."""
    return [word for each in written[:MARKUP_LIMIT].split(",") if (word := each.strip())]


def either(written: str) -> Raw | None:
    """What may be text or markup by its specification: markup if it looks like it."""
    return raw(written, "html" if "<" in written and _TAG.search(written) else "text")


def _permalink(parts: Parts) -> str:
    for guid in parts.get("guid", ()):
        address = (guid.text or "").strip()
        said = (guid.get("isPermaLink") or "").lower()
        if (said in ("", "true") and is_web_address(address)) or (said == "true" and address.startswith("/")):
            return address
    return ""


def _enclosures(parts: Parts) -> list[Enclosure]:
    links = [each for each in parts.get("atom:link", ()) if each.get("rel") == "enclosure"]
    files = [(each, each.get("url") or each.get("href")) for each in (*parts.get("enclosure", ()), *links)]
    return [enclosure(each, address) for each, address in files if address]


def _authors(parts: Parts, names: Names) -> list[str]:
    for name in ("dc:creator", "author", "itunes:author", "dc:author"):
        if found := [each for element in parts.get(name, ()) if (each := person(words(element).strip()))]:
            return found
    atom = [first_words(parts_of(each, names), ("atom:name",)) for each in parts.get("atom:author", ())]
    return [name for name in atom if name]


def _tags(parts: Parts) -> list[str]:
    found = [words(each).strip() for name in ("category", "dc:subject") if name in parts for each in parts[name]]
    for name in ("itunes:keywords", "media:keywords"):
        if name in parts:
            found += [word for each in parts[name] for word in keywords(each.text or "")]
    return [tag for tag in found if tag]
