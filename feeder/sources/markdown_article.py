"""The Markdown layout of our own articles (docs/article-format.md), as parts with blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from feeder.addresses import web_address
from feeder.errors import ArticleError
from feeder.sources.outline import Block, Part, misspelt, section_role
from feeder.text import fit

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def markdown_parts(
    path: str, body: str, before: int, names: dict[str, str]
) -> tuple[tuple[Part, ...], tuple[ArticleError, ...]]:
    """Split the text at its section headings; `before` is the number of lines above `body` in the file."""
    findings: list[ArticleError] = []
    found: list[tuple[str | None, int, list[Block]]] = [(None, before + 1, [])]
    for tokens in _top_level(_MARKDOWN.parse(body)):
        line = before + 1 + (tokens[0].map[0] if tokens[0].map else 0)
        findings.extend(_cleaned(path, line, tokens))
        block = _block(line, tokens)
        role, right = section_role(block.text, names) if block.level else (None, None)
        is_title = right is not None and len(found) == 1 and not found[0][2]
        if role is None or is_title:
            if block.text or block.html.startswith("<hr"):
                found[-1][2].append(block)
            continue
        if right:
            findings.append(misspelt(path, line, block.text, right))
        found.append((role, line, []))
    return tuple(Part(role, line, tuple(blocks)) for role, line, blocks in found), tuple(findings)


def markdown_words(body: str, before: int) -> Iterator[tuple[int, str]]:
    """The line and the words of each paragraph, heading, entry and cell as typed; code is blotted out."""
    for token in _MARKDOWN.parse(body):
        if token.type == "inline" and token.map is not None:
            words = (_typed(child) for child in token.children or ())
            yield before + 1 + token.map[0], "".join(words)


def _typed(child: Token) -> str:
    if child.type in ("softbreak", "hardbreak"):
        return "\n"
    return "x" * len(child.content) if child.type == "code_inline" else "" if child.type == "image" else child.content


def _top_level(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Group the tokens into top-level blocks."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield group
            group = []


def _block(line: int, tokens: list[Token]) -> Block:
    if tokens[0].type == "heading_open":
        return Block(line, _text(tokens), level=int(tokens[0].tag[1:]))
    items = tuple(_items(tokens)) if tokens[0].type in ("bullet_list_open", "ordered_list_open") else ()
    return Block(line, _text(tokens), str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})).strip(), 0, items)


def _items(tokens: list[Token]) -> Iterator[str]:
    """The plain text of each item of a list, nested ones apart."""
    start = 0
    for index, token in enumerate(tokens):
        if token.type in ("list_item_open", "list_item_close"):
            yield _text(tokens[start:index]).replace("\n", " ")
            start = index
    yield _text(tokens[start:]).replace("\n", " ")


def _text(tokens: Sequence[Token]) -> str:
    """The words without their markup; line breaks of the source stay."""
    return "\n".join(_inline(token) for token in tokens if token.type == "inline" or token.type in _CODE).strip()


_CODE = ("fence", "code_block")


def _inline(token: Token) -> str:
    if token.type in _CODE:
        return fit(token.content)
    words = ("\n" if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or ())
    return fit("".join(words))


def _cleaned(path: str, line: int, tokens: list[Token]) -> Iterator[ArticleError]:
    """Take out what would break in a feed: pictures, links without a full address, styles, section-size headings."""
    for token in tokens:
        if token.type in ("th_open", "td_open"):
            token.attrs = {}
        elif token.type.startswith("heading_") and token.level > 0:
            token.tag = "h3"
        elif token.type == "inline" and token.children:
            token.children, problems = _without_strays(token.children)
            at = line if token.map is None else line - (tokens[0].map or [0])[0] + token.map[0]
            yield from (ArticleError(path, at, problem) for problem in problems)


def _without_strays(children: list[Token]) -> tuple[list[Token], list[str]]:
    kept: list[Token] = []
    problems: list[str] = []
    open_links: list[bool] = []
    for child in children:
        if child.type == "image":
            problems.append("Bild im Text; nur das Bild im Kopf („image“) erscheint")
        elif child.type == "link_open":
            href = str(child.attrs.get("href", ""))
            address = href if href.startswith("mailto:") else web_address(href)
            open_links.append(address is not None)
            if address is None:
                problems.append(f"Verweis ohne vollständige Adresse: „{href}“")
            else:
                child.attrs = {"href": address}
                kept.append(child)
        elif child.type != "link_close" or open_links.pop():
            kept.append(child)
    return kept, problems
