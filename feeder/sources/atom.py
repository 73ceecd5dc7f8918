"""Atom 1.0 and 0.3: one <entry> as an entry."""

from __future__ import annotations

from lxml.etree import _Element

from feeder.addresses import is_web_address
from feeder.model import Enclosure, Raw
from feeder.sources.elements import LANG, Parts, Roles, markup, read, roles, words
from feeder.sources.found import Found, raw
from feeder.sources.media import PICTURES, enclosure, picture
from feeder.sources.rss import base_of, either, person

ENTRY = roles(
    {
        "uid": ("id", "guid"),
        "title": ("title", "dc:title", "media:title"),
        "published": ("published", "issued", "dcterms:issued", "dc:date", "created", "pubdate"),
        "updated": ("updated", "modified", "dcterms:modified"),
        "last resort": ("media:description", "dc:description"),
        "language": ("dc:language",),
    },
    (
        *("title", "link", "content", "summary", "author", "dc:creator", "source", "category", "dc:subject"),
        "enclosure",
        *("entry", *PICTURES),
    ),
)
_AUTHORS = roles({"name": ("name",)}, ("author", "dc:creator"))
_TEXT = ("", "text", "text/plain")


def entry(element: _Element, roles: Roles, authors: list[str]) -> Found:
    """Read an <entry>; `authors` are the feed's, who wrote it if it names none (RFC 4287, 4.2.1)."""
    said, parts = read(element, roles)
    titles, contents = parts.get("title", []), parts.get("content", [])
    enclosures = _enclosures(parts)
    image = picture(parts, enclosures)
    uid = said.get("uid", "")
    address = link(parts) or (contents[0].get("src") if contents else "") or (uid if is_web_address(uid) else "")
    own = next((lang for each in (element, *contents[:1], *titles) if (lang := each.get(LANG))), "")
    return Found(
        uid=uid,
        link=address,
        base=base_of(element, parts, address, image, enclosures),
        title=said.get("title", ""),
        title_is_text=bool(titles) and _is_text(titles[0]),
        published=said.get("published", ""),
        updated=said.get("updated", ""),
        summary=_raw(parts, "summary") or either(said.get("last resort", "")),
        content=_raw(parts, "content"),
        authors=people(parts) or _source_authors(parts) or authors,
        tags=_tags(parts),
        image=image,
        enclosures=enclosures,
        language=own or said.get("language", ""),
    )


def link(parts: Parts) -> str:
    """The page of an entry or a feed: the link to an alternate, a page rather than another format."""
    found = [each for each in parts.get("link", ()) if (each.get("rel") or "alternate").lower() == "alternate"]
    pages = [each for each in found if (each.get("type") or "text/html") in ("text/html", "application/xhtml+xml")]
    for each in (*pages, *found):
        if address := (each.get("href") or each.text or "").strip():
            return address
    return ""


def people(parts: Parts) -> list[str]:
    """The names of the authors."""
    found = []
    for author in parts.get("author", ()):
        name = _name(author) if len(author) else author.text or ""
        found.append(person(name.strip()))
    found += [person(words(each).strip()) for each in parts.get("dc:creator", ())]
    return [name for name in found if name]


def _name(author: _Element) -> str:
    return read(author, _AUTHORS(_home(author)))[0].get("name", "")


def _source_authors(parts: Parts) -> list[str]:
    sources = (read(source, _AUTHORS(_home(source)))[1] for source in parts.get("source", ()))
    return [name for within in sources for name in people(within)]


def _home(element: _Element) -> str:
    return str(element.tag).rpartition("}")[0].lstrip("{")


def _is_text(element: _Element) -> bool:
    return len(element) == 0 and (element.get("type") or "").lower() in _TEXT and element.get("mode") != "escaped"


def _raw(parts: Parts, name: str) -> Raw | None:
    for element in parts.get(name, ()):
        if found := _marked(element):
            return found
    return None


def _marked(element: _Element) -> Raw | None:
    if not len(element):
        kind = (element.get("type") or "").lower()
        if _is_text(element) or kind in _TEXT[1:]:
            return raw(element.text, "text")
        return raw(element.text, "html") if "html" in kind or kind in ("", "escaped") else None
    only = element[0]
    if len(element) == 1 and not (element.text or "").strip() and str(only.tag).rpartition("}")[2] == "div":
        return raw(markup(only), "html")
    return raw(markup(element), "html")


def _enclosures(parts: Parts) -> list[Enclosure]:
    found = []
    for each in parts.get("link", ()):
        if each.get("rel") == "enclosure" and (address := each.get("href")):
            found.append(enclosure(each, address))
    # An element of RSS, which WordPress once wrote into Atom.
    return found + [enclosure(each, address) for each in parts.get("enclosure", ()) if (address := each.get("url"))]


def _tags(parts: Parts) -> list[str]:
    found = [each.get("label") or each.get("term") or each.text or "" for each in parts.get("category", ())]
    found += [each.text or "" for each in parts.get("dc:subject", ())]
    return [tag for each in found if (tag := each.strip())]
