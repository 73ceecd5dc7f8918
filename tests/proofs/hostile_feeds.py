"""Feeds as nobody should write them: hostile words, wrong dates, doubles, gaps, in three formats."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from hypothesis import strategies as st

from tests.strategies import addresses, markup, texts

Fields = Mapping[str, str | None]

DATES = (
    "Mon, 23 Nov 2026 08:00:00 +0100",
    "2026-11-23T07:00:00Z",
    "23.11.2026",
    "Mon, 32 Nov 2026 25:61:00 XYZ",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00-14:00",
    "2026-11-23T08:59:59.999999999Z",
    "12. November 2026",
    "gestern",
    "",
)
XSS = (
    '<svg onload=alert(1)><a xlink:href="javascript:alert(1)">x</a></svg>',
    "<math><mtext></p><img src=x onerror=alert(1)></mtext></math>",
    "<a href=' java\nscript:alert(1)'>x</a><a href='JaVaScRiPt&colon;alert(1)'>y</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;&amp;lt;img onerror=x&amp;gt;",
    '"><script>alert(1)</script><p onmouseover="x',
    "<form action=javascript:x><button formaction=javascript:y>z</button></form>",
    '<a href="data:text/html,<script>1</script>">d</a><base href="javascript:/">',
    "<style>@import 'javascript:1'</style><div style=\"background:url(javascript:1)\">s</div>",
)
WORDS = st.one_of(texts(), st.sampled_from(XSS), markup(cleaned=False))
LINKS = st.one_of(addresses(), st.integers(1, 4).map(lambda n: f"https://nachrichten.example/{n}"))


def posts() -> st.SearchStrategy[list[Fields]]:
    """A few posts, each field of which may be missing; some of them twice."""
    one = st.fixed_dictionaries(
        {
            "title": st.none() | WORDS,
            "link": LINKS,
            "id": st.none() | texts() | LINKS,
            "date": st.none() | st.sampled_from(DATES) | st.just(DATES[0]),
            "summary": st.none() | WORDS,
            "content": st.none() | WORDS,
            "author": st.none() | texts(),
            "tag": st.none() | texts(),
            "image": LINKS,
        }
    )
    return st.lists(one, max_size=4).flatmap(_with_doubles)


def _with_doubles(made: Sequence[Fields]) -> st.SearchStrategy[list[Fields]]:
    doubles = st.lists(st.sampled_from(made), max_size=2) if made else st.just(list[Fields]())
    return doubles.map(lambda again: [*made, *again])


@dataclass(frozen=True)
class Document:
    """What a source answers; too long to be printed whole."""

    data: bytes

    def __repr__(self) -> str:
        return f"Document({self.data[:2000]!r} and {max(0, len(self.data) - 2000)} bytes more)"


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A whole document: RSS, Atom or JSON Feed; words escaped, in CDATA or as they are."""
    write = draw(st.sampled_from((_rss, _rss, _atom, _json)))
    wrap = draw(st.sampled_from((escape, escape, escape, _cdata, str)))
    errors = draw(st.sampled_from(("replace", "surrogatepass")))
    return Document(write(draw(posts()), wrap).encode("utf-8", errors))


def _cdata(words: str) -> str:
    return f"<![CDATA[{words}]]>"


def _element(name: str, words: str | None, wrap: Any) -> str:
    return "" if words is None else f"<{name}>{wrap(words)}</{name.split(maxsplit=1)[0]}>"


def _rss(made: list[Fields], wrap: Any) -> str:
    names = {
        "title": "title", "link": "link", "id": "guid", "date": "pubDate", "summary": "description",
        "content": "content:encoded", "author": "dc:creator", "tag": "category",
    }  # fmt: skip
    items = "".join(
        "<item>"
        + "".join(_element(name, post[key], wrap) for key, name in names.items())
        + (f'<media:content medium="image" url="{escape(post["image"])}"/>' if post["image"] else "")
        + "</item>"
        for post in made
    )
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:media="http://search.yahoo.com/mrss/"'
    )
    return f'<rss version="2.0" {spaces}><channel><title>Q</title>{items}</channel></rss>'


def _atom(made: list[Fields], wrap: Any) -> str:
    names = {
        "title": 'title type="html"', "id": "id", "date": "updated", "summary": 'summary type="html"',
        "content": 'content type="html"',
    }  # fmt: skip
    entries = "".join(
        "<entry>"
        + "".join(_element(name, post[key], wrap) for key, name in names.items())
        + (f'<link href="{escape(post["link"])}"/>' if post["link"] else "")
        + (f"<author><name>{wrap(post['author'])}</name></author>" if post["author"] else "")
        + (f'<category term="{escape(post["tag"])}"/>' if post["tag"] else "")
        + "</entry>"
        for post in made
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Q</title>{entries}</feed>'


def _json(made: list[Fields], _wrap: Any) -> str:
    names = {
        "title": "title", "link": "url", "id": "id", "date": "date_published", "summary": "summary",
        "content": "content_html", "image": "image",
    }  # fmt: skip
    items = [{name: post[key] for key, name in names.items() if post[key] is not None} for post in made]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Q", "items": items})
