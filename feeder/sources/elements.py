"""The elements of a feed under short names, and the words that they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from lxml import etree
from lxml.etree import _Element

from feeder.sources.dates import read_date
from feeder.sources.found import RAW_LIMIT

Parts = dict[str, list[_Element]]

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

# Compared in lower case. "" is what needs no prefix in the feeds that use it.
_NAMESPACES = {
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/elements/1.0/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}


# Serialising a part of a document repeats the namespaces declared around it.
_DECLARED = re.compile(r'(<[\w-]+)(?: xmlns(?::[\w.-]+)?="[^"]*")+')


class Names(dict[str, str]):
    """From an element's full name to a short one in lower case; "" for what nobody reads.

    `home` is the namespace whose elements need no prefix, besides none at all.
    """

    def __init__(self, home: str = "") -> None:
        super().__init__()
        self._home = home

    def __missing__(self, tag: object) -> str:
        if not isinstance(tag, str):
            return ""
        namespace, _, local = tag[1:].partition("}") if tag[:1] == "{" else ("", "", tag)
        prefix = "" if namespace in ("", self._home) else _NAMESPACES.get(namespace.lower())
        # A prefix that was never declared (mended documents) means what it mostly means: dc:creator.
        self[tag] = name = "" if prefix is None else prefix + local.lower()
        return name


def parts_of(element: _Element, names: Names) -> Parts:
    """Sort the children of an element by name; a media:group is opened."""
    parts: Parts = {}
    for child in element:
        name = names[child.tag]
        if name in parts:
            parts[name].append(child)
        else:
            parts[name] = [child]
    for group in parts.get("media:group", ()):
        for child in group:
            parts.setdefault(names[child.tag], []).append(child)
    return parts


def words(element: _Element) -> str:
    """The text of an element; its inner markup where somebody forgot to escape it."""
    if len(element):
        return markup(element)
    return element.text or ""


def first_words(parts: Parts, names: Iterable[str]) -> str:
    """The words of the first of these elements that has any."""
    for name in names:
        if name in parts:
            for element in parts[name]:
                if found := words(element).strip():
                    return found
    return ""


def first_date(parts: Parts, names: Iterable[str]) -> str:
    """The first of these dates that can be read."""
    found = [(element.text or "").strip() for name in names if name in parts for element in parts[name]]
    if len(found) > 1:
        return next((written for written in found if read_date(written)), "")
    return found[0] if found else ""


def markup(element: _Element) -> str:
    """The children of an element as HTML, without the prefixes that only XML knows; no more than will be kept."""
    pieces = [escape(element.text or "", quote=False)]
    length = 0
    for child in element:
        for descendant in child.iter():
            tag: object = descendant.tag  # of an entity it is a function, whatever the stubs say
            if isinstance(tag, str) and "}" in tag:
                descendant.tag = tag.rpartition("}")[2]
        piece = _DECLARED.sub(r"\1", etree.tostring(child, method="html", encoding="unicode"))
        pieces.append(piece)
        length += len(piece)
        if length > RAW_LIMIT:
            break
    return "".join(pieces)
