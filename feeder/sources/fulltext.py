"""The text of an article's page, by trafilatura: a fragment of HTML as found, never cleaned here.

The options are those that `python -m benchmarks.extract_text` shows to do best on recorded German pages.
"""

from __future__ import annotations

import logging
import re
from html import escape

from lxml import etree
from lxml.html import HtmlElement

from feeder import text
from feeder.model import Raw
from feeder.sources.found import RAW_LIMIT

MAX_BYTES = 2_000_000
# News pages have up to 10,000 elements, 15 levels deep on average; 36 s were seen beyond (800 towers of 240).
MAX_ELEMENTS = 12_000
MAX_DEPTH_IN_ALL = 300_000
SHORTEST = 200

_HEADLINE = re.compile(r"^<h1[^<>]*>.*?</h1>\s*", re.DOTALL)


class NoTextError(Exception):
    """Why a page gives no text, as the end of a sentence that begins with its address."""


def full_text(page: HtmlElement, size: int, linked: str = "") -> Raw:
    """Extract the article's text from a parsed page of `size` bytes; NoTextError says why there is none.

    `linked`: the text that JSON-LD gives, for pages that show less than half of it. The page is used up:
    trafilatura changes it.
    """
    if (reason := _too_large(page, size)) is not None:
        raise NoTextError(reason)
    words = text.plain(linked)
    found = _extracted(page)
    if len(words) > 2 * len(text.plain(found)):
        found = "".join(f"<p>{escape(part)}</p>" for each in linked.splitlines() if (part := text.plain(each)))
    length = len(text.plain(found))
    if length < SHORTEST:
        raise NoTextError(f"holds no article that could be found: {length} characters of text")
    return Raw(found[:RAW_LIMIT], "html")


def _extracted(page: HtmlElement) -> str:
    """What trafilatura takes for the article, without the headline that stands above it."""
    from trafilatura import extract  # noqa: PLC0415 - 0.3 s that only full texts need

    for name in ("trafilatura", "htmldate", "justext"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what it could not find is no news to a maintainer
    try:
        found = extract(page, include_comments=False, output_format="html")
    except (RecursionError, ValueError, TypeError, AttributeError, LookupError, etree.LxmlError) as error:
        raise NoTextError(f"cannot be read by trafilatura: {error!r}") from error
    _, _, body = (found or "").partition("<body>")
    return _HEADLINE.sub("", body.rpartition("</body>")[0].strip(), count=1)


def _too_large(page: HtmlElement, size: int) -> str | None:
    if size > MAX_BYTES:
        return f"is larger than {MAX_BYTES} bytes"
    elements = depths = depth = 0
    for event, _ in etree.iterwalk(page, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start":
            elements, depths = elements + 1, depths + depth
        if elements > MAX_ELEMENTS or depths > MAX_DEPTH_IN_ALL:
            return "has more elements, or nests them deeper, than articles do"
    return None
