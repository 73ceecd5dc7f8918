"""The outline that both layouts of an article share: parts with blocks in, the article's fields out."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from feeder.config.sections import Sections
from feeder.errors import ArticleError
from feeder.model import Section
from feeder.text import one_line

CONTENT = ("intro", "news", "outlook")
TEASER_ROOM = 300
"""What stands above the first section and is longer than this is no teaser but a paragraph."""

_CREDIT = re.compile(r"(?:Bild|Bildnachweis|Bildquelle|Foto|Fotos|Grafik|Illustration|Quelle)\s*:\s*", re.IGNORECASE)
_ALT = re.compile(r"(?:Bildbeschreibung|Alternativtext|Alt)\s*:\s*", re.IGNORECASE)
BULLET = re.compile(r"(?:[-–—*]\s+|[•·‣▪◦]\s*)(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…][\"'“”’»«)\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (`level` > 0), a paragraph or a list (`items`); `text` is plain, `html` is what will be printed."""

    line: int
    text: str
    html: str = ""
    level: int = 0
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one section heading; `role` is a field of Sections, None above the first heading."""

    role: str | None
    line: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """An article without its front matter. `credit_line` is where the credit stands or ought to stand."""

    title: str
    teaser: str | None
    credit: str | None
    credit_line: int
    alt: str | None
    sections: tuple[Section, ...]
    summary: tuple[str, ...]
    findings: tuple[ArticleError, ...]


@dataclass(frozen=True, slots=True)
class _Head:
    title: str
    teaser: str | None
    credit: str | None
    credit_line: int | None
    alt: str | None
    rest: tuple[Block, ...]


def section_names(headings: Sections) -> dict[str, str]:
    """Map every way to write a section heading, as `section_key` spells it, to its role."""
    return {section_key(name): role for role in Sections.model_fields for name in getattr(headings, role)}


def section_key(text: str) -> str:
    """How a section heading is compared: in any case, with or without a colon."""
    return one_line(text).rstrip(" :.!").casefold()


def section_role(text: str, names: dict[str, str]) -> tuple[str | None, str | None]:
    """Say which section a heading opens, and the right spelling where it is only nearly right."""
    if len(text) > 60:
        return None, None
    key = section_key(text)
    if key in names:
        return names[key], None
    long_names = [name for name in names if len(name) >= 6]
    near = difflib.get_close_matches(key, long_names, 1, 0.85) if len(key) >= 6 else []
    return (names[near[0]], near[0]) if near else (None, None)


def misspelt(path: str, line: int, written: str, right: str) -> ArticleError:
    """The finding about a section heading that was understood all the same."""
    return ArticleError(path, line, f"Abschnitt „{one_line(written)}“ gelesen als „{right}“; bitte so schreiben")


def is_sentence(text: str) -> bool:
    """Whether the text closes like a sentence; an abbreviation at the end of a heading does not count."""
    return bool(_SENTENCE_END.search(text)) and not re.search(r"\b(?:Co|Inc|Corp|Ltd|etc|usw)\.$", text)


def assemble(path: str, parts: Sequence[Part], title: str | None, teaser: str | None) -> Outline:
    """Put the parts together; `title` and `teaser` are what front matter said and win.

    Without any section (Markdown only) everything below the title is news.
    """
    opening = parts[0].blocks if parts and parts[0].role is None else ()
    named = [part for part in parts if part.role is not None]
    head = _read_head(path, opening, title, teaser, named)
    if head.rest and named:
        named = _with_opening(head.rest, named)
    elif head.rest:
        named = [Part("news", head.rest[0].line, head.rest)]
    findings = [*_opening_findings(path, head, parts), *_lost(path, named)]
    sections = tuple(section for part in named if part.role in CONTENT for section in _sections(path, part, findings))
    return Outline(
        title=head.title,
        teaser=head.teaser,
        credit=head.credit,
        credit_line=head.credit_line or (named[0].line if named else 1),
        alt=head.alt,
        sections=sections,
        summary=tuple(bullet for part in named if part.role == "summary" for bullet in _bullets(part.blocks)),
        findings=tuple(findings),
    )


def _read_head(path: str, blocks: Sequence[Block], title: str | None, teaser: str | None, named: list[Part]) -> _Head:
    title, blocks = _take_title(path, [block for block in blocks if one_line(block.text)], title)
    lines: list[Block] = []
    teasers: list[Block] = []
    rest: list[Block] = []
    alt: str | None = None
    has_intro = any(part.role == "intro" for part in named)
    for index, block in enumerate(blocks):
        text = one_line(block.text)
        last = bool(named) and all(len(later.text) > TEASER_ROOM for later in blocks[index + 1 :])
        if match := _ALT.match(text):
            alt = text[match.end() :]
        elif _is_credit(block, last=last):
            lines.append(block)
        elif text == teaser:
            continue
        elif named and teaser is None and _is_teaser(block, teasers, bool(lines), has_intro):
            teasers.append(block)
        else:
            rest.append(block)
    return _Head(
        title=title,
        teaser=teaser or " ".join(one_line(block.text) for block in teasers) or None,
        credit=", ".join(bare_credit(block.text) for block in lines) or None,
        credit_line=lines[0].line if lines else None,
        alt=alt,
        rest=tuple(rest),
    )


def _take_title(path: str, blocks: Sequence[Block], title: str | None) -> tuple[str, Sequence[Block]]:
    """Take the title off the blocks: the first heading, else the first line."""
    if title is not None:
        repeated = blocks and (blocks[0].level or one_line(blocks[0].text).casefold() == title.casefold())
        return title, blocks[1:] if repeated else blocks
    if not blocks:
        raise ArticleError(path, 1, "Titel fehlt; er ist die erste Zeile des Artikels")
    heading = next((block for block in blocks if block.level), None)
    if heading is not None:
        return one_line(heading.text), [block for block in blocks if block is not heading]
    first, _, more = blocks[0].text.partition("\n")
    glued = (Block(blocks[0].line + 1, more, f"<p>{html.escape(more, quote=False)}</p>"),) if more else ()
    return one_line(first), (*glued, *blocks[1:])


def is_marked_credit(line: str) -> bool:
    """Whether a line of the head says by its label or its mark that it is a credit."""
    return bool(_CREDIT.match(line)) or line.startswith("©") or "|" in line


def _is_credit(block: Block, *, last: bool) -> bool:
    text = one_line(block.text)
    if block.level or block.items:
        return False
    if _CREDIT.match(text) or text.startswith("©"):
        return True
    return last and "|" in text and len(text) <= 120 and not _SENTENCE_END.search(text)


def _is_teaser(block: Block, teasers: list[Block], after_credit: bool, has_intro: bool) -> bool:
    if block.level or block.items:
        return False
    if not teasers:
        return has_intro or len(block.text) <= TEASER_ROOM
    return not after_credit and sum(len(known.text) for known in (*teasers, block)) <= TEASER_ROOM


def bare_credit(text: str) -> str:
    """Drop the label ("Bild:", "Foto:" …) that templates print themselves."""
    return _CREDIT.sub("", one_line(text), count=1)


def _with_opening(rest: tuple[Block, ...], named: list[Part]) -> list[Part]:
    if named[0].role == "intro":
        return [Part("intro", rest[0].line, (*rest, *named[0].blocks)), *named[1:]]
    return [Part("intro", rest[0].line, rest), *named]


def _opening_findings(path: str, head: _Head, parts: Sequence[Part]) -> Iterator[ArticleError]:
    if head.rest and len(parts) > 1:
        yield ArticleError(path, head.rest[0].line, "Text vor dem ersten Abschnitt; er steht nun in der Einleitung")


def _lost(path: str, parts: Iterable[Part]) -> Iterator[ArticleError]:
    """Name what looks like a section but stands in a block that is left out."""
    for part in parts:
        for block in part.blocks if part.role not in CONTENT else ():
            word = one_line(block.text)
            if block.level or (part.role != "summary" and word.isupper() and 4 <= len(word) <= 40):
                yield ArticleError(path, block.line, f"Unbekannter Abschnitt „{word}“; sein Text erscheint nicht")


def _sections(path: str, part: Part, findings: list[ArticleError]) -> Iterator[Section]:
    """Give news a section per sub-heading; elsewhere only a sub-heading right at the top is the title."""
    top = min((block.level for block in part.blocks if block.level), default=0)
    title: Block | None = None
    inner: list[Block] = []
    for index, block in enumerate(part.blocks):
        opens = index == 0 if part.role != "news" else block.level == top
        if not (block.level and opens):
            inner.append(block)
            continue
        yield from _section(path, part, title, inner, findings)
        title, inner = block, []
    yield from _section(path, part, title, inner, findings)


def _section(
    path: str, part: Part, title: Block | None, inner: list[Block], findings: list[ArticleError]
) -> Iterator[Section]:
    printed = [f"<h3>{html.escape(one_line(b.text), quote=False)}</h3>" if b.level else b.html for b in inner]
    if body := "\n".join(line for line in printed if line):
        yield Section(part.role or "news", one_line(title.text) if title else None, body)
    elif title:
        findings.append(ArticleError(path, title.line, f"Zwischenüberschrift „{one_line(title.text)}“ ohne Text"))


def _bullets(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        texts = block.items or (BULLET.sub("", line, count=1) for line in block.text.split("\n") if not block.level)
        yield from (bullet for text in texts if (bullet := one_line(text)))
