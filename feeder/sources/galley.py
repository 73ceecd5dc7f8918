"""The words of an article's file with the lines they stand in: for proofreading, not for publishing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import yaml

from feeder.config.sections import Sections
from feeder.model import Article, Galley, Passage
from feeder.sources.article import decode, read_parts
from feeder.sources.front_matter import TEASER_KEYS, split_front_matter
from feeder.sources.markdown_article import markdown_words
from feeder.sources.outline import CONTENT, Part, is_marked_credit, section_names
from feeder.sources.yaml_values import compose

_SHOWN = (*CONTENT, "summary")
_WORDED = ("alt", "credit", "text")
"""The keys inside of front matter's `image` and `corrections` that hold words for readers."""


def galley(article: Article, data: bytes, headings: Sections, language: str) -> Galley:
    """Lay out a file that was read as `article`; `language` is the source's."""
    source, body, before = split_front_matter(article.path, decode(article.path, data))
    keys = () if source is None else tuple(_pairs(compose(article.path, source, 1)))
    parts, _, is_plain = read_parts(article.path, body, before, section_names(headings))
    lines = _plain_lines(body, before) if is_plain else markdown_words(body, before)
    return Galley(
        article=article,
        language=article.language or language,
        passages=(*_front_passages(keys), *_passages(lines, parts)),
        sections=tuple((part.role, part.line) for part in parts if part.role in _SHOWN and part.role),
        keys=tuple((key, _line(node)) for key, node in keys),
    )


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((str(key.value), value) for key, value in node.value)


def _line(node: yaml.Node) -> int:
    """Front matter begins in the second line of its file."""
    return int(node.start_mark.line) + 2


def _front_passages(keys: Iterable[tuple[str, yaml.Node]]) -> Iterator[Passage]:
    for key, node in keys:
        if key in ("title", *TEASER_KEYS) and isinstance(node, yaml.ScalarNode):
            yield Passage("head", _line(node), str(node.value))
        for entry in node.value if isinstance(node, yaml.SequenceNode) else (node,):
            for inner, value in _pairs(entry):
                if inner in _WORDED and key != "provenance" and isinstance(value, yaml.ScalarNode):
                    yield Passage("credit" if inner == "credit" else "key", _line(value), str(value.value))


def _plain_lines(body: str, before: int) -> Iterator[tuple[int, str]]:
    """Each paragraph's first line and words; a blank line ends one."""
    numbered = [(before + number, line.strip()) for number, line in enumerate(body.split("\n"), 1)]
    for has_words, run in groupby(numbered, key=lambda line: bool(line[1])):
        if has_words:
            lines = list(run)
            yield lines[0][0], "\n".join(text for _, text in lines)


def _passages(found: Iterable[tuple[int, str]], parts: Sequence[Part]) -> Iterator[Passage]:
    """Give each run of lines the section it stands in, without the sections' headings and what is left out."""
    starts = [part.line for part in parts]
    headings = {part.line for part in parts if part.role is not None}
    for first, words in found:
        numbered = [(first + number, line) for number, line in enumerate(words.split("\n"))]

        def kind(entry: tuple[int, str]) -> str | None:
            number, line = entry
            role = parts[max(0, bisect_right(starts, number) - 1)].role if parts else None
            if number in headings or (role is not None and role not in _SHOWN):
                return None
            return (
                ("credit" if is_marked_credit(line) else "head") if role is None and len(parts) > 1 else role or "news"
            )

        for name, run in groupby(numbered, key=kind):
            lines = list(run)
            if name is not None:
                yield Passage(name, lines[0][0], "\n".join(line for _, line in lines))
