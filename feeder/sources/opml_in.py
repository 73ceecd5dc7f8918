"""Subscription lists (OPML 1.0 to 2.0) as people have them: nested, misspelt, broken, or hostile."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.entities import html5
from pathlib import Path

from lxml import etree
from lxml.etree import _Element

from feeder import text
from feeder.config.travelling import NAMESPACE
from feeder.errors import ParseError

MAX_BYTES = 10_000_000
MAX_OUTLINES = 20_000
MAX_DEPTH = 50
NAME_LIMIT = 300

_DECLARED = re.compile(rb"""^[^<]*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_PROLOGUE = re.compile(r"\A[^<]*<\?xml[^>]*>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AND = re.compile(r"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,32});)?")
_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
_ADDRESSES = ("xmlurl", "feedurl")
_FEED_TYPES = ("rss", "atom", "feed", "rss1", "json")
_LANGUAGE = re.compile(r"([a-z]{2})(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outline:
    """A line of a list that is no folder. `address` is as written, None where there is none.

    `folders`: the paths under which it stands, outermost name first; `told`: the attributes of our own namespace.
    """

    title: str
    address: str | None
    homepage: str | None
    language: str | None
    folders: tuple[tuple[str, ...], ...]
    told: Mapping[str, str]
    line: int | None


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What a list holds, in its order; `notes` say what was mended or cut, for a person."""

    outlines: tuple[Outline, ...]
    notes: tuple[str, ...]


def read_opml_file(path: Path) -> Subscriptions:
    """Read a list from disk; ParseError says why not."""
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ParseError("opml", f"{path}: cannot be read: {error.strerror}") from error
    return read_opml(str(path), body)


def read_opml(place: str, body: bytes) -> Subscriptions:
    """Read a list; `place` is what errors call it. Broken XML is mended as far as that loses nothing unsaid."""
    if len(body) > MAX_BYTES:
        raise ParseError("opml", f"{place} is longer than {MAX_BYTES // 1_000_000} MB: split it")
    notes: list[str] = []
    root = _strictly(body)
    if root is None:
        root, where = _mended(body)
        notes.append(f"{place} is not well-formed{where}; it was mended, so look at what came of it")
    if root is None or "opml" not in str(root.tag).lower():
        raise ParseError("opml", f"{place} is no subscription list: it must be OPML, which begins with <opml>")
    outlines: list[Outline] = []
    for outline in _outlines(root):
        if len(outlines) == MAX_OUTLINES:
            notes.append(f"{place} holds more than {MAX_OUTLINES} outlines; those after the first were left out")
            break
        outlines.append(outline)
    return Subscriptions(tuple(outlines), tuple(notes))


def _strictly(body: bytes) -> _Element | None:
    """The root of a document in which nothing has to be guessed and that declares nothing of its own."""
    try:
        root = etree.fromstring(body, _parser(recover=False))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.internalDTD is not None else root


def _mended(body: bytes) -> tuple[_Element | None, str]:
    """The root of a broken document, and where it is broken still."""
    words = _PROLOGUE.sub("", _DOCTYPE.sub("", _UNFIT.sub("", _decoded(body)), count=1))
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(_AND.sub(_entity, words[max(words.find("<"), 0) :]).encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, ""
    errors = [error for error in parser.error_log if error.level_name != "WARNING"]
    return root, f" (line {errors[0].line}: {errors[0].message.strip()})" if errors else ""


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover)


def _decoded(body: bytes) -> str:
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    declared = _DECLARED.match(body[:1000])
    for encoding in (declared[1].decode("ascii") if declared else "utf-8", "utf-8"):
        try:
            return body.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return body.decode("cp1252", "replace")


def _entity(match: re.Match[str]) -> str:
    """An ampersand as XML wants it; HTML's entities become what they stand for, all others stay words."""
    name = match[1]
    if name in _XML:
        return match[0]
    if name and name.startswith("#"):
        code = int(f"0{name[1:]}", 16) if name[1] in "xX" else int(name[1:])
        return "" if code > 0x10FFFF or _UNFIT.match(chr(code)) else match[0]
    characters = html5.get(f"{name};", "") if name else ""
    return "".join(f"&#{ord(one)};" for one in characters) or f"&amp;{match[0][1:]}"


_OURS = f"{{{NAMESPACE}}}"


def _outlines(root: _Element) -> Iterator[Outline]:
    folders: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag: object = element.tag  # of a comment it is a function, whatever the stubs say
        if not isinstance(tag, str) or tag.rpartition("}")[2].lower() != "outline":
            continue
        if event == "end":
            folders.pop()
            continue
        attributes = {name.lower(): value.strip() for name, value in element.attrib.items() if value.strip()}
        title = text.shorten(text.plain(attributes.get("title") or attributes.get("text") or ""), NAME_LIMIT)
        address = _address(attributes)
        if address or not any(isinstance(child.tag, str) for child in element):
            yield Outline(
                title,
                address,
                attributes.get("htmlurl"),
                _language(attributes),
                _paths(folders, attributes),
                {name.removeprefix(_OURS): value for name, value in attributes.items() if name.startswith(_OURS)},
                element.sourceline,
            )
        folders.append(title)


def _address(attributes: Mapping[str, str]) -> str | None:
    """Where the feed is; `url` counts where the outline says that it is a feed, or what kind of source it is."""
    for name in _ADDRESSES:
        if name in attributes:
            return attributes[name]
    is_feed = attributes.get("type", "").lower() in _FEED_TYPES or f"{_OURS}kind" in attributes
    return attributes.get("url") if is_feed else None


def _language(attributes: Mapping[str, str]) -> str | None:
    match = _LANGUAGE.match(attributes.get("language", ""))
    return match[1].lower() if match else None


def _paths(folders: list[str], attributes: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """The folders that an outline stands in, or else those of its `category` (OPML 2.0: "/Boston/Weather,/Harvard")."""
    path = tuple(name for name in folders[:MAX_DEPTH] if name)
    if path:
        return (path,)
    named = [
        tuple(part for name in one.split("/") if (part := text.one_line(name)))
        for one in attributes.get("category", "").split(",")
    ]
    return tuple(dict.fromkeys(path for path in named if path))
