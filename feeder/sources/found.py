"""What a document says of one thing, before it becomes an item: the joint of all formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urljoin

from feeder import addresses, text
from feeder.model import Enclosure, Image, Item, Raw
from feeder.sources.dates import read_date
from feeder.sources.document import Document
from feeder.sources.naming import name_items, named

MAX_ITEMS = 2_000
RAW_LIMIT = 200_000
WORD_LIMIT = 200
ADDRESS_LIMIT = 4_000
# Before cleaning, which costs more than the words that it leaves.
MARKUP_LIMIT = 10_000
LIST_LIMIT = 50
_SAMPLE = 9

_C1 = re.compile(rb"\xc2[\x80-\x9f]")  # in UTF-8, where one octet to look for is ten times as fast as a set
# UTF-8 that somebody took for Windows-1252 or Latin-1: "Ã¼" for "ü", "â€™" for "’".
_TWICE = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_ENCODED_TWICE = re.compile(f"(?:[ÂÃ][{_TWICE}]|â[€\x80][{_TWICE}])+")
_WINDOWS = {code: bytes((code,)).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}

# An address that resolving and encoding would leave as it is (but for an empty part of a host, hence no ".."):
# nine of ten, at a tenth of the cost.
_CLEAN = re.compile(
    r"https?://[a-z0-9-][a-z0-9.-]{0,62}/[\w/%:@!$'()*+,;=~.-]*"
    r"(?:\?[\w/?%:@!$&'()*+,;=~.-]+)?(?:#[\w/?%:@!$&'()*+,;=~.-]+)?",
    re.ASCII,
)

T = TypeVar("T")


@dataclass(slots=True)
class Found:
    """The words of a document as they came: addresses unresolved, dates unread, nothing cleaned.

    `title_is_text`: the title is plain text and what looks like markup in it is meant. `base` is
    absolute, and set where an xml:base stands above the link.
    """

    uid: str = ""
    link: str = ""
    base: str = ""
    title: str = ""
    title_is_text: bool = False
    published: str = ""
    updated: str = ""
    summary: Raw | None = None
    content: Raw | None = None
    authors: Sequence[str] = ()
    tags: Sequence[str] = ()
    image: Image | None = None
    enclosures: Sequence[Enclosure] = ()
    language: str = ""


def _newest(elements: Sequence[T], read: Callable[[T], Found]) -> tuple[Sequence[T], tuple[str, ...]]:
    """At most MAX_ITEMS, from the end where the document is sorted from old to new; the notes say so."""
    if len(elements) <= MAX_ITEMS:
        return elements, ()
    note = f"holds {len(elements):,} items, the newest {MAX_ITEMS:,} were read"
    first, last = _middle(elements[:_SAMPLE], read), _middle(elements[-_SAMPLE:], read)
    is_rising = first is not None and last is not None and first < last
    return elements[-MAX_ITEMS:] if is_rising else elements[:MAX_ITEMS], (note,)


def _middle(elements: Sequence[T], read: Callable[[T], Found]) -> datetime | None:
    """The date in the middle of some: one that is pinned to the top, or a slip, does not decide."""
    dates = sorted(date for element in elements if (date := _date(read(element))))
    return dates[len(dates) // 2] if dates else None


@dataclass(frozen=True, slots=True)
class Head:
    """What a document says of itself, in its own words; `url` is where it was found."""

    url: str
    title: str
    link: str
    language: str
    wait: timedelta | None = None


def document(
    source_id: str, head: Head, elements: Sequence[T], read: Callable[[T], Found], guessed: tuple[str, ...] = ()
) -> Document:
    """Make items: addresses absolute, dates read, titles plain, uids distinct; what says nothing is none.

    `guessed` are the notes of whoever read the document.
    """
    homepage, language = absolute(head.url, head.link), two_letters(head.language)
    base = homepage or head.url
    newest, cut = _newest(elements, read)
    items, uids = [], []
    for element in newest:  # one after the other: what was found is gone before the next is read
        if not _is_empty(entry := read(element)):
            items.append(_item(source_id, base, language, entry))
            uids.append(entry.uid)
    distinct, notes = name_items(items, uids)
    title = text.title(mended(head.title[:MARKUP_LIMIT]))
    return Document(title, language, homepage, distinct, head.wait, (*guessed, *cut, *notes))


def raw(value: str | None, kind: str) -> Raw | None:
    """Keep markup as received, capped; None where there is nothing."""
    if not value or not (value := value.strip()):
        return None
    value = value[:RAW_LIMIT]
    return Raw(value if value.isascii() else mended(value), kind)


def mended(words: str) -> str:
    """Undo two common slips of encoding: UTF-8 taken for Latin-1, and Windows' quotes among the controls."""
    if words.isascii():
        return words
    octets = words.encode("utf-8", "surrogatepass")
    # What UTF-8 taken for Latin-1 cannot do without: its second octets, 80 to BF. In UTF-8 they all begin with C2,
    # and nothing else does: to look for one octet is quick.
    if b"\xc2" not in octets and "Ã" not in words and "Â" not in words and "â" not in words:
        return words
    found = _decoded_once(words)
    if "Ã" in found or "Â" in found or "â€" in found or "â\x80" in found:  # a hundred times faster than the pattern
        found = _ENCODED_TWICE.sub(_decoded, found)
    if found != words:
        octets = found.encode("utf-8", "surrogatepass")
    return found.translate(_WINDOWS) if _C1.search(octets) else found


def _decoded_once(words: str) -> str:
    try:
        return words.encode("latin-1").decode()
    except UnicodeError:
        return words


def _decoded(match: re.Match[str]) -> str:
    octets = b"".join(_octet(character) for character in match[0])
    try:
        return octets.decode()
    except UnicodeError:
        return match[0]


def _octet(character: str) -> bytes:
    return bytes((ord(character),)) if ord(character) < 256 else character.encode("cp1252")


def two_letters(language: str | None) -> str | None:
    """Reduce a language tag (de-AT, en_us) to its two letters; None for what has none."""
    tag = (language or "").strip().replace("_", "-").partition("-")[0].lower()
    return tag if len(tag) == 2 and tag.isascii() and tag.isalpha() else None


def absolute(base: str, address: str) -> str | None:
    """Resolve an address as a feed wrote it; None if that is no web address."""
    address = address.strip()
    if "&" in address:
        address = address.replace("&amp;", "&").replace("&#038;", "&").replace("&#38;", "&")
    if not address or len(address) > ADDRESS_LIMIT:
        return None
    if _CLEAN.fullmatch(address) and ".." not in address:
        return address
    try:
        joined = urljoin(base, address)
        return joined if _CLEAN.fullmatch(joined) and ".." not in joined else addresses.web_address(joined)
    except ValueError:
        return None


def _is_empty(entry: Found) -> bool:
    return not (entry.title or entry.link or entry.uid or entry.summary or entry.content or entry.enclosures)


def _date(entry: Found) -> datetime | None:
    return read_date(entry.published) or read_date(entry.updated)


def _item(source_id: str, base: str, language: str | None, entry: Found) -> Item:
    base = entry.base or base
    original = absolute(base, entry.link) if entry.link else None
    url = original and addresses.clean(original)
    summary, content = entry.summary, entry.content
    return Item(
        source_id,
        named(entry.uid, url),
        url,
        _title(entry) if entry.title else "",
        read_date(entry.published) if entry.published else None,
        read_date(entry.updated) if entry.updated else None,
        None if summary and content and summary.value == content.value and summary == content else summary,
        content,
        _words(entry.authors) if entry.authors else (),
        _words(entry.tags) if entry.tags else (),
        _image(base, entry.image) if entry.image else None,
        tuple(_enclosures(base, entry.enclosures)) if entry.enclosures else (),
        (two_letters(entry.language) if entry.language else None) or language,
        original=None if original == url else original,
    )


def _title(entry: Found) -> str:
    title = mended(entry.title[:MARKUP_LIMIT])
    if entry.title_is_text:
        return text.shorten(text.one_line(title), text.TITLE_LIMIT)
    return text.title(title)


def _words(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) > 1:
        return tuple({plain: None for name in names[:LIST_LIMIT] if (plain := _name(name))})
    plain = _name(names[0])
    return (plain,) if plain else ()


def _name(written: str) -> str:
    return _word(written) if len(written) <= WORD_LIMIT else _long_word(written)


def _long_word(name: str) -> str:
    return text.shorten(text.plain(mended(name[:MARKUP_LIMIT])), WORD_LIMIT)


# Most names come again and again: in a document and in the next one.
_word = lru_cache(maxsize=4096)(_long_word)


def _image(base: str, image: Image) -> Image | None:
    if (url := absolute(base, image.url)) is None:
        return None
    credit = text.plain(mended(image.credit[:MARKUP_LIMIT])) if image.credit else None
    alt = text.title(mended(image.alt[:MARKUP_LIMIT])) if image.alt else ""
    if (url, alt, credit) == (image.url, image.alt, image.credit):
        return image
    return Image(url, alt, image.width, image.height, credit or None, image.licence, image.type, image.length)


def _enclosures(base: str, enclosures: Sequence[Enclosure]) -> Iterable[Enclosure]:
    for enclosure in enclosures[:LIST_LIMIT]:
        if url := absolute(base, enclosure.url):
            yield enclosure if url == enclosure.url else Enclosure(url, enclosure.type, enclosure.length)
