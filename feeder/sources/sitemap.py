"""The `sitemap` source: sitemaps, indexes of sitemaps and news sitemaps (sitemaps.org, Google's news extension)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from io import BytesIO

from lxml import etree
from lxml.etree import _Element

from feeder import addresses, text
from feeder.errors import FetchError, ParseError, SourceError
from feeder.model import Gathered, Image, Item, Memory, Source
from feeder.sources.asking import LONG_AGO, ask, forgetful, newness
from feeder.sources.dates import read_date
from feeder.sources.document import Document
from feeder.sources.found import ADDRESS_LIMIT, LIST_LIMIT, absolute, two_letters
from feeder.sources.http import Response, shown
from feeder.sources.page import is_wanted, uid_of
from feeder.sources.reading import Reading

MAX_ITEMS = 200
MAX_CHILDREN = 3
MAX_BYTES = 20_000_000
ENTRY_LIMIT = 10_000
_REFERENCE = re.compile(rb"&#(?:x0*([0-9a-fA-F]{1,6})|0*([0-9]{1,7}));?")
_SHARED = ("loc", "title", "name", "language")


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index names."""

    url: str
    changed: datetime | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap as read: the newest items, how many addresses were wanted, and the sitemaps that it names.

    `title` and `language` are those of the publication to which the first item that names one belongs: news alone.
    """

    items: tuple[Item, ...]
    wanted: int
    named: int
    children: tuple[Child, ...]
    title: str = ""
    language: str | None = None


def read_sitemap(source: Source, memory: Memory, reading: Reading) -> Gathered:
    """Look at a sitemap; of an index, at the few newest that it names."""
    is_finished = True

    def read(response: Response) -> Document:
        nonlocal is_finished
        found = parse_sitemap(source, response.url, response.body)
        notes: tuple[str, ...] = ()
        if found.children:
            found, notes, is_finished = _followed(source, found, reading)
        return _document(source, response.url, found, notes)

    gathered = ask(source, memory, reading.fetcher.get, read)
    return gathered if is_finished else forgetful(gathered)


def parse_sitemap(source: Source, url: str, body: bytes) -> Sitemap:
    """Read a sitemap or an index, packed or not, without entities and network; ParseError says what it is instead."""
    place = shown(url)
    if body.startswith(b"\x1f\x8b"):
        body = _unpacked(source, place, body)
    try:
        entries, items = _newest(source, url, body)
    except UnicodeDecodeError:  # libxml2 gets over references to surrogates, and hands them on as octets
        entries, items = _newest(source, url, _REFERENCE.sub(_sound, body))
    except etree.XMLSyntaxError as error:
        raise ParseError(source.id, f"{place} is no sitemap: {error}; check the address") from error
    if entries.root not in ("urlset", "sitemapindex"):
        said = f"its root is <{entries.root}>" if entries.root else "it is no XML"
        hint = (
            '; a feed is read with kind = "feed"' if entries.root in ("rss", "feed", "rdf") else "; check the address"
        )
        raise ParseError(source.id, f"{place} is no sitemap: {said}{hint}")
    children = tuple(entries.children)
    return Sitemap(tuple(items), entries.wanted, entries.named, children, entries.title, entries.language)


def _sound(reference: re.Match[bytes]) -> bytes:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return b"" if 0xD800 <= code <= 0xDFFF else reference[0]


def _newest(source: Source, url: str, body: bytes) -> tuple[_Entries, list[Item]]:
    entries = _Entries(source, url)
    return entries, nlargest(MAX_ITEMS, entries.read(body), key=newness)


def _document(source: Source, url: str, found: Sitemap, notes: tuple[str, ...]) -> Document:
    if found.named and not found.wanted:
        words = f"none of its {found.named} addresses matches addresses = “{source.addresses}”"
        raise ParseError(source.id, f"{shown(url)}: {words}; correct the pattern")
    if found.wanted > len(found.items):
        is_dated = any(item.published or item.updated for item in found.items)
        which = "newest" if is_dated else "first, because none has a date,"
        notes = (*notes, f"it names {found.wanted} addresses: the {which} {len(found.items)} are read")
    return Document(found.title, found.language, None, found.items, notes=notes)


def _followed(source: Source, index: Sitemap, reading: Reading) -> tuple[Sitemap, tuple[str, ...], bool]:
    """The items of the newest sitemaps of an index, and whether its validators say all that may change."""
    chosen = sorted(index.children, key=_promise, reverse=True)[:MAX_CHILDREN]
    found: list[Sitemap] = []
    notes: list[str] = []
    failure: SourceError | None = None
    for child in chosen:
        try:
            response = reading.fetcher.get(source.id, child.url)
            found.append(parse_sitemap(source, response.url, response.body))
        except (FetchError, ParseError) as error:
            failure = error
            notes.append(str(error))
    if not found and failure is not None:
        raise failure
    if len(index.children) > len(chosen):
        notes.append(f"it is an index of {len(index.children)} sitemaps: the newest {len(chosen)} are read")
    items = {item.uid: item for sitemap in found for item in sitemap.items}
    newest = tuple(nlargest(MAX_ITEMS, items.values(), key=newness))
    whole = Sitemap(
        newest,
        wanted=sum(one.wanted for one in found),
        named=sum(one.named for one in found),
        children=(),
        title=next((one.title for one in found if one.title), ""),
        language=next((one.language for one in found if one.language), None),
    )
    return whole, tuple(notes), failure is None and all(child.changed for child in chosen)


def _promise(child: Child) -> tuple[datetime, bool]:
    return (child.changed or LONG_AGO, "news" in child.url.lower() or "post" in child.url.lower())


def _unpacked(source: Source, place: str, body: bytes) -> bytes:
    try:
        unpacker = zlib.decompressobj(wbits=31)
        unpacked = unpacker.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise ParseError(source.id, f"{place} cannot be unpacked: {error}; its owner has to mend it") from error
    if unpacker.unconsumed_tail:
        raise ParseError(source.id, f"{place} unpacks to more than {MAX_BYTES} bytes; name a smaller sitemap")
    return unpacked


class _Entries:
    """The entries of a sitemap, one by one, so that a large one needs no large tree."""

    def __init__(self, source: Source, url: str) -> None:
        self._source = source
        self._url = url
        self.root = ""
        self.named = 0
        self.wanted = 0
        self.children: list[Child] = []
        self.title = ""
        self.language: str | None = None

    def read(self, body: bytes) -> Iterator[Item]:
        walk = etree.iterparse(
            BytesIO(body.lstrip()),
            events=("start", "end"),
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        held = 0
        for event, element in walk:
            name = _name(element)
            if event == "start":
                self.root = self.root or name or "?"
                held += 1
                if held > ENTRY_LIMIT:
                    raise ParseError(self._source.id, f"{shown(self._url)} is no sitemap: an entry never ends")
                continue
            if name == "url" and (item := self._item(_parts(element))):
                yield item
            elif name == "sitemap" and (url := self._address(_parts(element))):
                self.children.append(Child(url, _date(_parts(element).get("lastmod"))))
            if _is_entry(element):
                _forget(element)
                held = 0

    def _address(self, parts: dict[str, str]) -> str | None:
        return absolute(self._url, parts.get("loc", "")[: ADDRESS_LIMIT + 1])

    def _item(self, parts: dict[str, str]) -> Item | None:
        written = self._address(parts)
        if written is None:
            return None
        self.named += 1
        url = addresses.clean(written)
        if not is_wanted(self._source.addresses, url):
            return None
        self.wanted += 1
        language = two_letters(parts.get("news:language"))
        self.title = self.title or text.title(parts.get("news:name", ""))
        self.language = self.language or language
        picture = absolute(self._url, parts.get("image:loc", ""))
        return Item(
            source_id=self._source.id,
            uid=uid_of(url),
            url=url,
            title=text.title(parts.get("news:title", "")),
            published=_date(parts.get("publication_date")),
            updated=_date(parts.get("lastmod")),
            tags=_tags(parts.get("keywords", "")),
            image=Image(picture, text.title(parts.get("image:title", ""))) if picture else None,
            language=language,
            original=written if written != url else None,
        )


def _name(element: _Element) -> str:
    tag: object = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _parts(element: _Element) -> dict[str, str]:
    """The words of an entry by local name, first come first; those that extensions share under theirs.

    A news sitemap's name and language are the publication's; some write them a step higher.
    """
    parts: dict[str, str] = {}
    for child in element.iter():
        name, parent = _name(child), child.getparent()
        around = _name(parent) if parent is not None else ""
        if name in _SHARED and around in ("news", "image", "publication"):
            name = f"{'news' if around == 'publication' else around}:{name}"
        if child.text and child.text.strip():
            parts.setdefault(name, child.text.strip())
    return parts


def _is_entry(element: _Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.getparent() is None


def _forget(element: _Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _date(written: str | None) -> datetime | None:
    return read_date(written) if written else None


def _tags(written: str) -> tuple[str, ...]:
    words = (text.title(word) for word in written.split(",")[:LIST_LIMIT])
    return tuple(dict.fromkeys(word for word in words if word))
