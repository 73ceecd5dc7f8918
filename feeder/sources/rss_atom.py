"""The fast path: RSS, RDF and Atom of the usual shape, well-formed or easily mended, read with lxml."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from lxml import etree
from lxml.etree import _Element

from feeder.sources import atom, rss
from feeder.sources.document import Document
from feeder.sources.elements import LANG, RDF, Said, read, roles
from feeder.sources.found import Found, Head, document
from feeder.sources.waiting import wait

if TYPE_CHECKING:
    from feeder.sources.mending import Mended

_ATOM_03 = "http://purl.org/atom/ns#"
_ATOM = ("http://www.w3.org/2005/Atom", _ATOM_03, "")
# What libxml2 gets over without losing anything: a prefix that nobody declared, an early end.
_HARMLESS = ("NS_ERR_UNDEFINED_NAMESPACE", "ERR_TAG_NOT_FINISHED", "ERR_MISPLACED_CDATA_END")
_LOG_SIZE = 100  # lxml keeps no more complaints: those that it forgot may be worse
_PACE = {"period": ("sy:updateperiod",), "frequency": ("sy:updatefrequency",)}
_ROOT = roles({}, ("channel", "item"))
_CHANNEL = roles(
    {"title": ("title", "dc:title"), "language": ("language", "dc:language"), "ttl": ("ttl",), **_PACE},
    ("item", "link", "atom:link"),
)
_FEED = roles(
    {"title": ("title", "dc:title"), "language": ("dc:language", "language"), **_PACE},
    ("entry", "link", "author", "dc:creator"),
)
# So many entries are looked at; no feed has more.
MOST = 50_000
_WHITE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Feed:
    """What a document says of itself, its entries, and how to read one."""

    head: Head
    elements: list[_Element]
    read: Callable[[_Element], Found]


def read_strictly(source_id: str, url: str, body: bytes) -> Document | None:
    """Read a document in which nothing has to be guessed; None for all others, whatever they are."""
    if body[:1].isspace() or body[:3] == _BOM:
        body = body.removeprefix(_BOM).lstrip(_WHITE)
    root = _root(_parser(recover=False), body, url)
    if root is None or root.getroottree().docinfo.internalDTD is not None or _is_encoded(root, body):
        return None
    return _read(source_id, url, root)


def read_mended(source_id: str, url: str, mended: Mended) -> Document | None:
    """Read a document after the usual repairs; None if that may lose a part of it."""
    parser = _parser(recover=True)
    root = _root(parser, mended.body, url)
    if root is None or _is_encoded(root, mended.body):
        return None
    if not _is_harmless(parser, _HARMLESS):
        return None
    read = _read(source_id, url, root, mended)
    return read if read and read.items else None


def _is_encoded(root: _Element, body: bytes) -> bool:
    """Whether some text is in Base64, which Atom 0.3 knows alone: a whole document is searched only where it may be."""
    return (root.tag.endswith("feed") or _ATOM_03 in root.nsmap.values()) and b'mode="base64"' in body


def is_well_formed(body: bytes, encoding: str | None) -> bool:
    """Whether a document is XML as it stands, or in the `encoding` that its server names.

    A prefix that nobody declared is none of its faults: nothing is lost by it.
    """
    body = body.removeprefix(_BOM).lstrip(_WHITE)
    return any(_has_no_fault(body, each) for each in dict.fromkeys((None, encoding)))


def _has_no_fault(body: bytes, encoding: str | None) -> bool:
    try:
        parser = _parser(recover=False, encoding=encoding)
    except LookupError:
        return False
    _root(parser, body, "")
    return _is_harmless(parser, _HARMLESS[:1])


def _is_harmless(parser: etree.XMLParser, kinds: Sequence[str]) -> bool:
    """Whether all that a parser complained of is known, and of these kinds."""
    errors = parser.error_log
    if len(errors) >= _LOG_SIZE:
        return False
    return all(error.level_name == "WARNING" or error.type_name in kinds for error in errors)


def _parser(*, recover: bool, encoding: str | None = None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )


def _root(parser: etree.XMLParser, body: bytes, url: str) -> _Element | None:
    try:
        return etree.fromstring(body, parser, base_url=url)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None


def _read(source_id: str, url: str, root: _Element, mended: Mended | None = None) -> Document | None:
    namespace, _, local = root.tag.rpartition("}")
    namespace = namespace.lstrip("{")
    feed: _Feed | None = None
    tag = "{*}item"
    if local == "feed" and namespace in _ATOM:
        feed, tag = _atom(url, root, namespace), "{*}entry"
    elif local == "rss":
        feed = _rss(url, root, namespace)
    elif local == "RDF" and namespace == RDF:
        feed = _rss(url, root, "")
    if feed is None or (len(feed.elements) < MOST and len(feed.elements) != _count(root, tag, mended)):
        return None
    notes = (f"is too long to be mended whole: read up to entry {mended.entries:,}",) if mended and mended.cut else ()
    return document(source_id, feed.head, feed.elements[:MOST], feed.read, notes)


def _count(root: _Element, tag: str, mended: Mended | None) -> int:
    return sum(1 for _ in root.iter(tag)) if mended is None else mended.entries


def _rss(url: str, root: _Element, home: str) -> _Feed | None:
    _, around = read(root, _ROOT(home), MOST)
    channels = around.get("channel", ())
    if len(channels) != 1:
        return None
    said, parts = read(channels[0], _CHANNEL(home), MOST)
    language = said.get("language") or channels[0].get(LANG) or root.get(LANG) or ""
    return _Feed(
        head=_head(url, said, rss.link(parts), language),
        elements=parts.get("item", []) + around.get("item", []),
        read=partial(rss.item, roles=rss.ITEM(home)),
    )


def _atom(url: str, root: _Element, home: str) -> _Feed:
    said, parts = read(root, _FEED(home), MOST)
    authors = atom.people(parts)
    return _Feed(
        head=_head(url, said, atom.link(parts), root.get(LANG) or said.get("language", "")),
        elements=parts.get("entry", []),
        read=partial(atom.entry, roles=atom.ENTRY(home), authors=authors),
    )


def _head(url: str, said: Said, link: str, language: str) -> Head:
    asked = wait(said.get("ttl", ""), said.get("period", ""), said.get("frequency", ""))
    return Head(url, said.get("title", ""), link, language, asked)
