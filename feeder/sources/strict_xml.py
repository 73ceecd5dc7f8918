"""The fast path: well-formed RSS, RDF and Atom of the usual shape, read with lxml."""

from __future__ import annotations

from functools import partial

from lxml import etree
from lxml.etree import _Element

from feeder.model import Item
from feeder.sources import atom, rss
from feeder.sources.elements import LANG, RDF, Names, first_words, parts_of
from feeder.sources.found import absolute, items, read_newest

_ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_WHITE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


def read_strictly(source_id: str, url: str, body: bytes) -> tuple[Item, ...] | None:
    """Read a document in which nothing has to be guessed; None for all others, whatever they are."""
    if b"<!DOCTYPE" in body[:4096] or b"base64" in body[:4096]:
        return None
    root = _root(body, url)
    if root is None:
        return None
    namespace, _, local = root.tag.rpartition("}")
    namespace = namespace.lstrip("{")
    based = b"xml:base" in body
    if local == "feed" and namespace in _ATOM:
        return _atom(source_id, url, root, Names(namespace), based=based)
    if local == "RDF" and namespace == RDF.rstrip("}"):
        return _rss(source_id, url, root, Names(), based=based)
    if local == "rss":
        return _rss(source_id, url, root, Names(namespace), based=based)
    return None


def _root(body: bytes, url: str) -> _Element | None:
    if body[:1].isspace() or body[:3] == _BOM:
        body = body.removeprefix(_BOM).lstrip(_WHITE)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(body, parser, base_url=url)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None


def _rss(source_id: str, url: str, root: _Element, names: Names, *, based: bool) -> tuple[Item, ...] | None:
    channels = [child for child in root if names[child.tag] == "channel"]
    if len(channels) != 1:
        return None
    parts = parts_of(channels[0], names)
    elements = parts.get("item", []) + [child for child in root if names[child.tag] == "item"]
    if len(elements) != sum(1 for _ in root.iter("{*}item")):
        return None
    base = absolute(url, rss.link(parts)) or url
    language = first_words(parts, ("language", "dc:language")) or channels[0].get(LANG) or root.get(LANG) or ""
    entries = read_newest(elements, partial(rss.item, names=names, based=based))
    return items(source_id, base, language, entries)


def _atom(source_id: str, url: str, root: _Element, names: Names, *, based: bool) -> tuple[Item, ...] | None:
    parts = parts_of(root, names)
    elements = parts.get("entry", [])
    if len(elements) != sum(1 for _ in root.iter("{*}entry")):
        return None
    base = absolute(url, atom.link(parts)) or url
    authors = atom.people(parts, names)
    entries = read_newest(elements, partial(atom.entry, names=names, authors=authors, based=based))
    return items(source_id, base, root.get(LANG) or first_words(parts, ("dc:language", "language")), entries)
