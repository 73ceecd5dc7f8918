"""The full text of a story, fitted into what surrounds it: other heading levels, or plain lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

import lxml.html
from lxml.etree import ParserError

from feeder import text

WIDTH = 72
_BLOCKS = frozenset("blockquote caption dd div dl dt h3 h4 hr li ol p pre table tbody tfoot thead tr ul".split())


def printable(document: str) -> str:
    """A finished document without what no page or mail may carry, whatever a template let through."""
    return text.fit(document.replace("\r\n", "\n").replace("\r", "\n"))


def lower_headings(html: str, by: int) -> str:
    """Move the headings of cleaned HTML (h3 and h4) down, so that they follow those above them."""
    return re.sub(r"(</?h)([3-6])(?=[\s>])", lambda match: f"{match[1]}{min(6, int(match[2]) + by)}", html)


def plain_lines(html: str) -> str:
    """Cleaned HTML as paragraphs of plain text, wrapped; the addresses of links follow their paragraph."""
    try:
        root = lxml.html.fragment_fromstring(html, create_parent="div")
    except ParserError:
        return ""
    return "\n\n".join(_paragraphs(root, "", ""))


def wrap(words: str, first: str = "", rest: str | None = None) -> str:
    """Break words into lines of at most 72 characters; addresses stay whole."""
    return textwrap.fill(
        " ".join(words.split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words="://" not in words,
        break_on_hyphens=False,
    )


def _paragraphs(element: lxml.html.HtmlElement, first: str, rest: str) -> Iterator[str]:
    """One string per paragraph; running text between blocks is a paragraph too."""
    running: list[str] = [element.text or ""]
    links: list[str] = []
    for child in element:
        if isinstance(child.tag, str) and child.tag in _BLOCKS:
            yield from _flush(running, links, first, rest)
            yield from _block(child, rest)
            running, links = [child.tail or ""], []
        else:
            running.append(_inline(child, links) + (child.tail or ""))
    yield from _flush(running, links, first, rest)


def _block(element: lxml.html.HtmlElement, indent: str) -> Iterator[str]:
    if element.tag == "hr":
        yield indent + "* * *"
    elif element.tag == "pre":
        yield textwrap.indent(element.text_content().strip("\n"), indent + "    ")
    elif element.tag in ("ul", "ol"):
        yield "\n".join(_list(element, indent))
    elif element.tag == "blockquote":
        yield from _paragraphs(element, indent + "  ", indent + "  ")
    elif element.tag == "tr":
        cells = [" ".join(cell.text_content().split()) for cell in element if isinstance(cell.tag, str)]
        yield wrap(" | ".join(cells), indent, indent + "  ")
    else:
        yield from _paragraphs(element, indent, indent)


def _list(element: lxml.html.HtmlElement, indent: str) -> Iterator[str]:
    for number, item in enumerate((child for child in element if child.tag == "li"), int(element.get("start") or 1)):
        mark = f"{number}. " if element.tag == "ol" else "• "
        yield from _paragraphs(item, indent + mark, indent + " " * len(mark))


def _flush(running: list[str], links: list[str], first: str, rest: str) -> Iterator[str]:
    words = " ".join("".join(running).split())
    if words:
        yield "\n".join([wrap(words, first, rest), *(f"{rest}{link}" for link in links)])


def _inline(element: lxml.html.HtmlElement, links: list[str]) -> str:
    if not isinstance(element.tag, str):
        return ""
    if element.tag == "br":
        return " "
    href = element.get("href") if element.tag == "a" else None
    if href and re.match(r"(https?|mailto):", href):
        links.append(href)
    return (element.text or "") + "".join(_inline(child, links) + (child.tail or "") for child in element)
