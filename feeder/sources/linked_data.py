"""JSON-LD: what a page says of its article in <script type="application/ld+json">. Pure; broken JSON is passed over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

_SCRIPT_LIMIT = 500_000
_SCRIPTS = 20
_NODES = 2_000
_LIST = 50
_CONTROLS = re.compile(r"[\x00-\x1f]+")
_TRAILING = re.compile(r",\s*([}\]])")


@dataclass(frozen=True, slots=True)
class LinkedPicture:
    """A picture as JSON-LD writes it; the sizes may carry a unit ("1200px")."""

    url: str
    width: str = ""
    height: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """The words of the article as written, nothing read or cleaned; "" and empty where it says nothing."""

    is_article: bool = False
    title: str = ""
    description: str = ""
    published: str = ""
    modified: str = ""
    authors: Sequence[str] = ()
    pictures: Sequence[LinkedPicture] = ()
    language: str = ""
    section: str = ""
    keywords: Sequence[str] = ()
    body: str = ""


def linked_article(page: HtmlElement) -> LinkedArticle:
    """The article of a page: of several, the one that says most; the graph around it knows its people and pictures."""
    nodes = list(_nodes(page))
    by_id = {name: node for node in reversed(nodes) if (name := _text(node.get("@id"))) and len(node) > 1}
    articles = [node for node in nodes if _is_article(node)]
    if not articles:
        return LinkedArticle()
    node = max(articles, key=lambda each: (bool(_text(each.get("headline"))), len(each)))
    return _read(node, by_id)


def _read(node: dict[str, object], by_id: dict[str, dict[str, object]]) -> LinkedArticle:
    def known(value: object) -> list[object]:
        each_of = [each for each in _many(value) if each]
        return [by_id.get(_text(each.get("@id")), each) if isinstance(each, dict) else each for each in each_of]

    return LinkedArticle(
        is_article=True,
        title=_text(node.get("headline")) or _text(node.get("name")),
        description=_text(node.get("description")),
        published=_text(node.get("datePublished")) or _text(node.get("dateCreated")),
        modified=_text(node.get("dateModified")),
        authors=[name for each in known(node.get("author")) if (name := _name(each)) and "://" not in name],
        pictures=[found for each in known(node.get("image")) if (found := _picture(each)) is not None],
        language=_text(node.get("inLanguage")),
        section=_text(node.get("articleSection")),
        keywords=_keywords(node.get("keywords")),
        body=_text(node.get("articleBody")),
    )


def _nodes(page: HtmlElement) -> Iterator[dict[str, object]]:
    """Every object of every script that may be an article, a person or a picture; bounded, never deep."""
    waiting: list[object] = [_loaded(script) for script in _scripts(page)]
    for _ in range(_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting.extend(node[:_NODES])
        elif isinstance(node, dict):
            yield node
            inner = [node.get("@graph"), node.get("mainEntity"), node.get("mainEntityOfPage")]
            waiting.extend(each for each in inner if isinstance(each, list | dict))


def _scripts(page: HtmlElement) -> Iterator[str]:
    count = 0
    for script in page.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text and count < _SCRIPTS:
            count += 1
            yield script.text[:_SCRIPT_LIMIT]


def _loaded(written: str) -> object:
    """Parse with two common slips forgiven: line breaks inside strings, and a comma before a bracket."""
    written = written.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    for attempt in (written, _TRAILING.sub(r"\1", _CONTROLS.sub(" ", written))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _is_article(node: dict[str, object]) -> bool:
    kinds = [_text(kind).rpartition("/")[2].lower() for kind in _many(node.get("@type"))]
    return any(kind.endswith(("article", "posting", "newsreport")) or kind == "report" for kind in kinds)


def _many(value: object) -> list[object]:
    return value[:_LIST] if isinstance(value, list) else [value]


def _text(value: object) -> str:
    """A value as text; of a list, the first; of an object, its value or name."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("@id") or ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _name(value: object) -> str:
    if isinstance(value, dict):
        return _text(value.get("name")) or f"{_text(value.get('givenName'))} {_text(value.get('familyName'))}".strip()
    return _text(value)


def _picture(value: object) -> LinkedPicture | None:
    if not isinstance(value, dict):
        return LinkedPicture(_text(value)) if _text(value) else None
    url = _text(value.get("url")) or _text(value.get("contentUrl"))
    if not url:
        return None
    credit = _text(value.get("creditText")) or _name(value.get("creator")) or _name(value.get("author"))
    width, height = (_text(value.get(name)).removesuffix("px").strip() for name in ("width", "height"))
    return LinkedPicture(url, width, height, _text(value.get("caption")), credit)


def _keywords(value: object) -> list[str]:
    words = [_text(each) for each in _many(value)]
    if len(words) == 1:
        words = words[0].split(",")
    return [word for each in words if (word := each.strip())]
