"""The elements of a feed under short names, and the words that they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from html import escape
from itertools import islice

from lxml import etree
from lxml.etree import _Element

from feeder.sources.dates import read_date
from feeder.sources.found import RAW_LIMIT

Parts = dict[str, list[_Element]]
Said = dict[str, str]
DATES = ("published", "updated")

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
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}


# As many names as are remembered, and as long; from one document to the next they are the same.
_KNOWN = 1000
_LONG = 200
_HOMES = 32

# Serialising a part of a document repeats the namespaces declared around it.
_DECLARED = re.compile(r'(<[\w-]+)(?: xmlns(?::[\w.-]+)?="[^"]*")+')


# What an element is to a reader: a part under a name, and words for a slot, better the lower the rank. "" is neither;
# what is read for its attributes besides its words is both; None is nobody's. No NamedTuple: plain tuples are taken
# apart twice as fast, and that is done for each element of a feed.
Role = tuple[str, str, int] | None


def roles(slots: Mapping[str, Sequence[str]], parts: Iterable[str]) -> Callable[[str], Roles]:
    """Name what is wanted of an element's children: the words for each slot, best first, and parts as such.

    What comes back gives the roles for a `home`, the same ones to all documents.
    """
    wanted: dict[str, Role] = {name: (name, "", 0) for name in parts}
    for slot, names in slots.items():
        wanted |= {name: (name if name in wanted else "", slot, rank) for rank, name in enumerate(names)}
    return lru_cache(maxsize=_HOMES)(partial(Roles, wanted=wanted))


class Roles(dict[str, Role]):
    """From an element's full name to its role; filled as documents are read.

    `home` is the namespace whose elements need no prefix, besides none at all.
    """

    def __init__(self, home: str, wanted: Mapping[str, Role]) -> None:
        super().__init__()
        self._home = home
        self._wanted = wanted

    def __missing__(self, tag: object) -> Role:
        if not isinstance(tag, str):
            return None
        role = self._wanted.get(_short(tag, self._home))
        if len(self) >= _KNOWN:
            self.clear()  # one odd document must not slow all that follow
        if len(tag) < _LONG:
            self[tag] = role
        return role


def _short(tag: str, home: str) -> str:
    """The name of an element in lower case, with our prefix; "" for what nobody reads."""
    namespace, _, local = tag[1:].partition("}") if tag[:1] == "{" else ("", "", tag)
    prefix = "" if namespace in ("", home) else _NAMESPACES.get(namespace.lower())
    # A prefix that was never declared (mended documents) means what it mostly means: dc:creator.
    return "" if prefix is None else prefix + local.lower()


def read(element: _Element, roles: Roles, most: int = 1_000) -> tuple[Said, Parts]:
    """Read the first children of an element: the words of each slot, and parts by name; a media:group is opened."""
    said: Said = {}
    parts: Parts = {}
    _sort(islice(element, most), roles, said, {}, parts)
    return said, parts


def _sort(children: Iterable[_Element], roles: Roles, said: Said, ranks: dict[str, int], parts: Parts) -> None:
    for child in children:
        if (role := roles[child.tag]) is None:
            continue
        name, slot, rank = role
        if name:
            if name in parts:
                parts[name].append(child)
            else:
                parts[name] = [child]
        if slot and (words := markup(child) if len(child) else child.text) and (words := words.strip()):
            if slot in said and not _is_better(words, rank, said[slot], ranks.get(slot, 0), is_date=slot in DATES):
                continue
            said[slot] = words
            if rank or ranks:
                ranks[slot] = rank
    if "media:group" in parts:
        for group in parts.pop("media:group"):
            _sort(group, roles, said, ranks, parts)


def _is_better(words: str, rank: int, known: str, known_rank: int, *, is_date: bool) -> bool:
    """Whether words replace those of another element; a date that can be read is better than all that cannot."""
    if rank < known_rank:
        return not is_date or read_date(words) is not None
    return is_date and read_date(known) is None and read_date(words) is not None


def words(element: _Element) -> str:
    """The text of an element; its inner markup where somebody forgot to escape it."""
    if len(element):
        return markup(element)
    return element.text or ""


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
