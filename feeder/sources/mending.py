"""The repairs that most broken feeds need: an encoding, an ampersand, an entity, a stray character.

Every step is a single pass, so that no document takes long.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from html.entities import html5

_ROOT = re.compile(r"<(?:[\w-]+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_END = re.compile(r"</(?:[\w-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_DECLARED = re.compile(rb"""^[^<]*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ODD = re.compile("[\udc80-\udcff]")
_HIGH = re.compile("[^\x00-\x7f]")
_WINDOWS = {0xDC00 + code: bytes((code,)).decode("cp1252", "replace") for code in range(0x80, 0x100)}
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,32});)?", re.DOTALL
)
_CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_START = re.compile(r"<(?:[\w-]+:)?(item|entry)[\s>/]", re.IGNORECASE)
_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
_HEAD = 100_000
MAX_BYTES = 2_000_000
MAX_AMPERSANDS = 500_000


@dataclass(frozen=True, slots=True)
class Mended:
    """A feed as UTF-8 from its root on, and how many entries and tags (any <) it opens outside of CDATA.

    `cut`: it was too long, and only the first of its entries are there.
    """

    body: bytes
    entries: int
    tags: int
    cut: bool


def mend(body: bytes, content_type: str | None) -> Mended | None:
    """Make a feed readable as XML; None if it is no feed. What is too long is cut after an entry."""
    limit = min(MAX_BYTES, len(body) * MAX_AMPERSANDS // (body.count(b"&") or 1))
    words = _UNFIT.sub("", _decoded(cut(body, limit), content_type))
    root = _ROOT.search(words, 0, _HEAD)
    if root is None:
        return None
    end = max((match.end() for match in _END.finditer(words, root.end())), default=len(words))
    words = _SPECIAL.sub(_special, words[root.start() : end])
    outside = _CDATA.sub("", words)
    return Mended(words.encode(), len(_START.findall(outside)), outside.count("<"), len(body) > limit)


def cut(body: bytes, limit: int) -> bytes:
    """Take no more than the limit, and no half entry."""
    if len(body) <= limit:
        return body
    end = max(body.rfind(b"</item>", 0, limit), body.rfind(b"</entry>", 0, limit))
    return body[: end if end > 0 else limit]


def charset_of(content_type: str | None) -> str | None:
    """The encoding that a server names."""
    found = _CHARSET.search(content_type or "")
    return found[1] if found else None


def _decoded(body: bytes, content_type: str | None) -> str:
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    named = [match[1].decode("ascii") for match in (_DECLARED.match(body[:1000]),) if match]
    for encoding in (*named, charset_of(content_type) or "utf-8", "utf-8"):
        try:
            return body.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return _guessed(body)


def _guessed(body: bytes) -> str:
    """Take for Windows-1252 what is no UTF-8: the document, or its odd bytes if it is put together from both."""
    words = body.decode("utf-8", "surrogateescape")
    odd = len(_ODD.findall(words))
    if 2 * odd > len(_HIGH.findall(words)):
        return body.decode("cp1252", "replace")
    return words.translate(_WINDOWS)


def _special(match: re.Match[str]) -> str:
    found, name = match[0], match[1]
    if found.startswith("<!--"):
        return ""
    if found.startswith("<"):
        return found if found.endswith("]]>") else f"{found}]]>"
    if name is None:
        return "&amp;"
    if name in _XML:
        return found
    if name.startswith("#"):
        code = int(f"0{name[1:]}", 16) if name[1] in "xX" else int(name[1:])
        return "" if code > 0x10FFFF or _UNFIT.match(chr(code)) else found
    character = html5.get(f"{name};")
    return "".join(f"&#{ord(each)};" for each in character) if character else f"&amp;{name};"
