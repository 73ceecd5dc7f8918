"""RSS 0.9x, 1.0 and 2.0: one <item> as an entry."""

from __future__ import annotations

import re

from lxml.etree import _Element

from feeder.addresses import is_web_address
from feeder.model import Enclosure, Image, Raw
from feeder.sources.elements import LANG, RDF, Parts, Roles, read, roles, words
from feeder.sources.found import MARKUP_LIMIT, WORD_LIMIT, Found, raw
from feeder.sources.media import PICTURES, enclosure, picture

ITEM = roles(
    {
        "uid": ("guid", "atom:id", "id"),
        "title": ("title", "dc:title", "atom:title", "media:title"),
        "published": ("pubdate", "dcterms:issued", "dc:date", "atom:published", "published", "dcterms:created"),
        "updated": ("atom:updated", "dcterms:modified", "updated"),
        "summary": ("description", "dc:description", "summary", "atom:summary"),
        "notes": ("itunes:summary",),
        "last resort": ("media:description", "itunes:subtitle"),
        "content": ("content:encoded", "xhtml:body", "body", "atom:content", "content"),
        "language": ("dc:language", "language"),
    },
    (
        *(
            "guid",
            "link",
            "atom:link",
            "enclosure",
            "dc:creator",
            "author",
            "itunes:author",
            "dc:author",
            "atom:author",
        ),
        *("category", "dc:subject", "itunes:keywords", "media:keywords", "item", *PICTURES),
    ),
)
_ABSOLUTE = ("http://", "https://")
_ABOUT = f"{{{RDF}}}about"
# With no more than these an item has no picture.
_PLAIN = frozenset(("guid", "link", "dc:creator", "author", "itunes:author", "category", "dc:subject"))
_NAME = roles({"name": ("atom:name", "name")}, ())("")
_AUTHORS = ("dc:creator", "author", "itunes:author", "dc:author")
_MAIL = re.compile(r"<?(?:mailto:)?[^\s<>()@]+@[^\s<>()@]+>?")
_TAG = re.compile(r"</|<(?:br|p|a|img)\b", re.IGNORECASE)


def item(element: _Element, roles: Roles) -> Found:
    """Read an <item>."""
    said, parts = read(element, roles)
    get = said.get
    enclosures = _enclosures(parts) if "enclosure" in parts or "atom:link" in parts else []
    image = None if _PLAIN.issuperset(parts) else picture(parts, enclosures)
    summary, content, notes = get("summary", ""), get("content"), get("notes", "")
    address = link(parts) or _permalink(parts)
    return Found(  # by position: with fourteen names it takes three times as long
        get("uid") or element.get(_ABOUT) or "",
        address,
        base_of(element, parts, address, image, enclosures),
        get("title", ""),
        False,
        get("published", ""),
        get("updated", ""),
        raw(summary, "html") if summary else either(notes or get("last resort", "")),
        # The notes of a podcast's episode, where they are more than its description.
        raw(content, "html") if content else either(notes) if notes and len(notes) > len(summary) > 0 else None,
        _authors(parts),
        _tags(parts),
        image,
        enclosures,
        get("language") or element.get(LANG) or "",
    )


def link(parts: Parts) -> str:
    """The address of an item or a channel: <link>, else an Atom link in its place."""
    links = parts.get("link", ())
    for element in links:
        if (address := element.text) and (address := address.strip()):
            return address
    for element in (*links, *parts.get("atom:link", ())):
        if (element.get("rel") or "alternate") == "alternate" and (address := (element.get("href") or "").strip()):
            return address
    return ""


def base_of(element: _Element, parts: Parts, link: str, image: Image | None, enclosures: list[Enclosure]) -> str:
    """The address that an xml:base above an entry's link sets; "" where there is none, or nothing needs it."""
    if (
        link.startswith(_ABSOLUTE)
        and (image is None or image.url.startswith(_ABSOLUTE))
        and (not enclosures or all(each.url.startswith(_ABSOLUTE) for each in enclosures))
    ):
        return ""
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
    return raw(written, "html" if "<" in written and _TAG.search(written) else "text") if written else None


def _permalink(parts: Parts) -> str:
    for guid in parts.get("guid", ()):
        address = (guid.text or "").strip()
        said = (guid.get("isPermaLink") or "").lower()
        if (said in ("", "true") and is_web_address(address)) or (said == "true" and address.startswith("/")):
            return address
    return ""


def _enclosures(parts: Parts) -> list[Enclosure]:
    found = [enclosure(each, address) for each in parts.get("enclosure", ()) if (address := _file(each))]
    if "atom:link" in parts:
        links = [each for each in parts["atom:link"] if each.get("rel") == "enclosure"]
        found += [enclosure(each, address) for each in links if (address := _file(each))]
    return found


def _file(element: _Element) -> str | None:
    return element.get("url") or element.get("href")


def _authors(parts: Parts) -> list[str]:
    for name in _AUTHORS:
        if name in parts and (found := [each for one in parts[name] if (each := person(words(one).strip()))]):
            return found
    if "atom:author" not in parts:
        return []
    atom = [read(each, _NAME)[0].get("name") for each in parts["atom:author"]]
    return [name for name in atom if name]


def _tags(parts: Parts) -> list[str]:
    found: list[str] = []
    if "category" in parts:
        found += [tag for each in parts["category"] if (tag := words(each).strip())]
    if "dc:subject" in parts:
        found += [tag for each in parts["dc:subject"] if (tag := words(each).strip())]
    if "itunes:keywords" in parts:
        found += [word for each in parts["itunes:keywords"] for word in keywords(each.text or "")]
    if "media:keywords" in parts:
        found += [word for each in parts["media:keywords"] for word in keywords(each.text or "")]
    return found
