"""The plain-text layout of our own articles (docs/article-format.md), as parts with blocks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from feeder.addresses import web_address
from feeder.errors import ArticleError
from feeder.sources.outline import BULLET, CONTENT, Block, Part, is_sentence, misspelt, section_role
from feeder.text import one_line

SUBHEADING_LIMIT = 90
WRAP_LIMIT = 120
"""A text with longer lines is not hard-wrapped: each of its lines is a paragraph."""

_LINK = re.compile(r"https://[^\s<>\"„“”»«]+")

Line = tuple[int, str]
"""A line's number in the file and its text, stripped; blank lines separate paragraphs."""


def plain_parts(
    path: str, body: str, before: int, names: dict[str, str]
) -> tuple[tuple[Part, ...], tuple[ArticleError, ...]]:
    """Split the text at its section headings; `before` is the number of lines above `body` in the file."""
    lines = [(before + number, line.strip()) for number, line in enumerate(body.split("\n"), 1)]
    findings: list[ArticleError] = []
    found: list[tuple[str | None, int, list[Line]]] = [(None, before + 1, [])]
    for number, line in lines:
        role, right = section_role(line, names)
        if role is None or (right and len(found) == 1 and not any(text for _, text in found[0][2])):
            found[-1][2].append((number, line))
            continue
        if right:
            findings.append(misspelt(path, number, line, right))
        found.append((role, number, []))
    width = _wrap_width([part[2] for part in found if part[0] in CONTENT])
    parts = tuple(Part(role, number, tuple(_blocks(role, under, width))) for role, number, under in found)
    return parts, tuple(findings)


def has_sections(body: str, names: dict[str, str]) -> bool:
    """Whether any line is a section heading of the plain-text layout."""
    return any(section_role(line.strip(), names)[0] for line in body.split("\n"))


def _blocks(role: str | None, lines: Sequence[Line], width: int | None) -> Iterator[Block]:
    if role == "summary":
        for number, text in _join(lines, width, bullets=any(BULLET.match(text) for _, text in lines)):
            yield Block(number, text, items=(BULLET.sub("", text, count=1),))
    elif role in CONTENT:
        yield from _content(list(_join(lines, width)))
    else:
        title = 0 if role else 1 + next((index for index, (_, text) in enumerate(lines) if text), 0)
        paragraphs = [*_join(lines[:title], None), *_join(lines[title:], width)]
        yield from (Block(number, text, _paragraph(text)) for number, text in paragraphs)


def _content(paragraphs: Sequence[Line]) -> Iterator[Block]:
    """Tell sub-headings, lists and paragraphs apart."""
    marked = [
        (number, text, bool(BULLET.match(text)), following)
        for (number, text), (_, following) in pairwise([*paragraphs, (0, "")])
    ]
    for is_bullet, group in groupby(marked, key=lambda entry: entry[2]):
        run = list(group)
        if is_bullet and len(run) > 1:
            yield _list([(number, BULLET.sub("", text, count=1)) for number, text, _, _ in run])
            continue
        for number, text, bullet, following in run:
            if not bullet and is_subheading(text, following):
                yield Block(number, text, level=2)
            else:
                yield Block(number, text, _paragraph(text))


def _list(items: Sequence[Line]) -> Block:
    markup = "\n".join(f"<li>{_linked(text)}</li>" for _, text in items)
    return Block(items[0][0], "\n".join(text for _, text in items), f"<ul>\n{markup}\n</ul>")


def is_subheading(text: str, following: str) -> bool:
    """Whether a line heads what follows: short, no sentence (a single question may be), and prose or a list below."""
    if not following or len(text) > SUBHEADING_LIMIT or text.endswith((":", ";", ",")):
        return False
    prose = is_sentence(following) or following.endswith(":") or len(following) > SUBHEADING_LIMIT
    if not prose and not BULLET.match(following):
        return False
    if not is_sentence(text):
        return True
    return text.endswith("?") and not re.search(r"[.!?…]\s", text) and len(following) > len(text)


def _join(lines: Sequence[Line], width: int | None, *, bullets: bool = False) -> Iterator[Line]:
    """Make paragraphs of lines; with `bullets`, a line without a bullet belongs to the one above it."""
    start, text, last = 0, "", ""
    for number, line in lines:
        goes_on = bool(last and line) and not BULLET.match(line) and (bullets or _is_wrapped(last, line, width))
        if goes_on:
            text += " " + line
        else:
            if text:
                yield start, one_line(text)
            start, text = number, line
        last = line
    if text:
        yield start, one_line(text)


def _is_wrapped(line: str, following: str, width: int | None) -> bool:
    """Whether the break between two lines is a hard wrap: the next word would not have fitted any more."""
    return width is not None and len(line) <= width < len(line) + 1 + len(following.split(maxsplit=1)[0])


def _wrap_width(parts: Iterable[Sequence[Line]]) -> int | None:
    """Find the width at which the text was hard-wrapped; None if each line is a paragraph.

    The proof is a line that goes on in lower case where the line above it was full.
    """
    texts = [[text for _, text in lines] for lines in parts]
    width = max((len(text) for lines in texts for text in lines), default=0)
    if width > WRAP_LIMIT:
        return None
    for lines in texts:
        for line, following in pairwise(lines):
            if line and following and following[0].islower() and _is_wrapped(line, following, width):
                return width
    return None


def _paragraph(text: str) -> str:
    return f"<p>{_linked(text)}</p>"


def _linked(text: str) -> str:
    """Escape the text, quotes left as written, and turn https addresses into links."""
    result, end = [], 0
    for match in _LINK.finditer(text):
        address = match[0].rstrip(".,;:!?…'’*_")
        if address.endswith(")") and address.count("(") < address.count(")"):
            address = address.rstrip(").,;:!?")
        href = web_address(address)
        if href is None:
            continue
        result.append(html.escape(text[end : match.start()], quote=False))
        result.append(f'<a href="{html.escape(href)}">{html.escape(address, quote=False)}</a>')
        end = match.start() + len(address)
    return "".join(result) + html.escape(text[end:], quote=False)
