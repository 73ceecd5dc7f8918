"""The full text of a story, fitted into what surrounds it: other heading levels, or plain lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

import lxml.html
from lxml.etree import ParserError

from feeder import text

WIDTH = 72
_GLUE = "\x00"
DEEPEST = 24  # characters of indent, however deep lists and quotations are nested
_BLOCKS = frozenset("blockquote caption dd div dl dt h3 h4 hr li ol p pre table tbody tfoot thead tr ul".split())


def printable(document: str) -> str:
    """A finished document without what no page or mail may carry, whatever a template let through."""
    return text.fit(document.replace("\r\n", "\n").replace("\r", "\n"))


def plain_lines(html: str) -> str:
    """Cleaned HTML as paragraphs of plain text, wrapped; the addresses of links follow their paragraph."""
    try:
        root = lxml.html.fragment_fromstring(html, create_parent="div")
    except ParserError:
        return ""
    return "\n\n".join(_paragraphs(root, ""))


def wrap(words: str, first: str = "", rest: str | None = None) -> str:
    """Break words into lines of at most 72 characters; addresses stay whole, and no line begins with a "·"."""
    rest = first if rest is None else rest
    parts = " ".join(words.split()).replace(" · ", f"{_GLUE}· ").split(" ")
    if max(map(len, parts)) > WIDTH - max(len(first), len(rest)):
        return _broken(" ".join(parts), first, rest)
    if parts == [""]:
        return ""
    lines, line = [], first + parts[0]
    for part in parts[1:]:
        if len(line) + 1 + len(part) > WIDTH:
            lines.append(line)
            line = rest + part
        else:
            line = f"{line} {part}"
    return "\n".join([*lines, line]).replace(_GLUE, " ")


def _broken(words: str, first: str, rest: str) -> str:
    """The same where a word is longer than a line."""
    return textwrap.fill(
        words,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words="://" not in words,
        break_on_hyphens=False,
    ).replace(_GLUE, " ")


def _paragraphs(element: lxml.html.HtmlElement, indent: str) -> Iterator[str]:
    """One string per paragraph; running text between blocks is a paragraph too."""
    running: list[str] = [element.text or ""]
    links: list[str] = []
    for child in element:
        if isinstance(child.tag, str) and child.tag in _BLOCKS:
            yield from _running(running, links, indent)
            yield from _block(child, indent)
            running, links = [child.tail or ""], []
        else:
            running.append(_inline(child, links) + (child.tail or ""))
    yield from _running(running, links, indent)


def _running(words: list[str], links: list[str], indent: str) -> Iterator[str]:
    if any(word.strip() for word in words):
        yield "\n".join([wrap("".join(words), indent), *(f"{indent}{link}" for link in links)])


def _block(element: lxml.html.HtmlElement, indent: str) -> Iterator[str]:
    if element.tag == "hr":
        yield f"{indent}* * *"
    elif element.tag == "pre":
        yield textwrap.indent(element.text_content().strip("\n"), f"{indent}    ")
    elif element.tag in ("ul", "ol"):
        yield from filter(None, ["\n".join(_paragraphs(element, indent))])
    elif element.tag == "li":
        yield from _item(element, indent)
    elif element.tag == "tr":
        cells = [words for cell in _cells(element) if (words := " ".join(cell.split()))]
        yield from filter(None, [wrap(" | ".join(cells), indent, f"{indent}  "[:DEEPEST])])
    else:
        yield from _paragraphs(element, f"{indent}  "[:DEEPEST] if element.tag == "blockquote" else indent)


def _item(element: lxml.html.HtmlElement, indent: str) -> Iterator[str]:
    """A list item, its first line with the mark, the others below the words."""
    mark = "• "
    parent = element.getparent()
    if parent is not None and parent.tag == "ol":
        start = parent.get("start") or "1"
        before = sum(1 for _ in element.itersiblings("li", preceding=True))
        mark = f"{(int(start) if start.isdecimal() else 1) + before}. "
    hanging = (indent + " " * len(mark))[:DEEPEST]
    if words := "\n".join(_paragraphs(element, hanging)):
        yield f"{hanging[: -len(mark)]}{mark}{words.removeprefix(hanging)}"


def _cells(row: lxml.html.HtmlElement) -> Iterator[str]:
    """The words of a table's row, cell by cell; words between cells count as one."""
    yield row.text or ""
    for cell in row:
        yield _inline(cell, [])
        yield cell.tail or ""


def _inline(element: lxml.html.HtmlElement, links: list[str]) -> str:
    if not isinstance(element.tag, str):
        return ""
    if element.tag == "br":
        return " "
    href = element.get("href") if element.tag == "a" else None
    if href and re.match(r"(https?|mailto):", href):
        links.append(href)
    words = (element.text or "") + "".join(_inline(child, links) + (child.tail or "") for child in element)
    return f" {words} " if element.tag in _BLOCKS else words
