"""An HTML page as a tree: decoded as browsers do, bounded in depth, never refused for being broken."""

from __future__ import annotations

import codecs
import re
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from feeder.addresses import is_web_address
from feeder.sources.found import absolute, mended
from feeder.text import one_line

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_META = re.compile(rb"<(?:meta|\?xml)[^<>]{0,500}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Those that the web uses (WHATWG); among Python's others are some that take quadratic time.
_KNOWN = re.compile(
    r"utf-8|utf-16(-[lb]e)?|ascii|iso8859-\d+|cp(125\d|874|932|949|866)|koi8-[ru]|gbk|gb2312|gb18030|big5(hkscs)?"
    r"|euc_(jp|kr)|shift_jis|iso2022_jp|mac-roman"
)
_HEAD = 8_192
_UNFIT = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]")
# Of the text of one element, before it is folded to a line.
_WORDS_LIMIT = 20_000


def read_html(body: bytes, content_type: str | None = None) -> HtmlElement | None:
    """Parse a page however broken; None if there is nothing in it. libxml2 cuts what is nested deeper than 256."""
    words = _UNFIT.sub(" ", decoded(body, content_type))
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = etree.fromstring(words.encode("utf-8"), parser)
    except (etree.LxmlError, ValueError):
        return None
    return root if isinstance(root, HtmlElement) else None


def decoded(body: bytes, content_type: str | None = None) -> str:
    """The text of a page: by its byte order mark, as UTF-8, by its header, its <meta>, as Windows-1252; in this order.

    What can be read as UTF-8 is UTF-8, whatever is declared: no other encoding looks like it by chance.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    named = [match[1] for match in (_CHARSET.search(content_type or ""),) if match]
    named += [match[1].decode("ascii", "replace") for match in (_META.search(body[:_HEAD]),) if match]
    for name in (*named, "utf-8") if body.isascii() else ("utf-8", *named):
        try:
            return body.decode(_codec(name))
        except (LookupError, UnicodeError):
            continue
    return body.decode("cp1252", "replace")


def _codec(name: str) -> str:
    found = codecs.lookup(name).name
    if not _KNOWN.fullmatch(found):
        raise LookupError(name)
    if found.startswith("utf-16"):
        return "utf-8"  # a <meta> that can be read as ASCII is not in UTF-16, whatever it says
    return "cp1252" if found in ("iso8859-1", "ascii") else found


def base_of(url: str, page: HtmlElement) -> str:
    """What the relative addresses of a page are relative to."""
    for element in page.iter("base"):
        if href := (element.get("href") or "").strip():
            try:
                base = urljoin(url, href)
            except ValueError:
                return url
            return base if is_web_address(base) else url
    return url


def words_of(element: HtmlElement) -> str:
    """The text of an element as one line."""
    return one_line(mended("".join(_pieces(element))))


def _pieces(element: HtmlElement) -> list[str]:
    pieces, length = [], 0
    for piece in element.itertext():
        pieces.append(str(piece))
        length += len(piece)
        if length > _WORDS_LIMIT:
            break
    return pieces


def attribute(element: HtmlElement, *names: str) -> str:
    """The first of these attributes that says something."""
    return next((value for name in names if (value := (element.get(name) or "").strip())), "")


def picture_address(base: str, element: HtmlElement) -> str | None:
    """Where the picture of an element is: lazily loaded ones name it in data-src, and a blank one in src."""
    for name in ("data-src", "src", "data-original"):
        if (address := attribute(element, name)) and (found := absolute(base, address)):
            return found
    listed = attribute(element, "srcset", "data-srcset").split(",")[0].split()
    return absolute(base, listed[0]) if listed else None


def language_of(page: HtmlElement) -> str:
    """The language that a page says it is in; "" if it says none."""
    return attribute(page, "lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang")
