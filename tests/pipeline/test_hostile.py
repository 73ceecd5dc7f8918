"""A feed that wants to do harm, from a real server into every file that readers get."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from html import escape
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import pytest

from feeder import text
from tests.newsroom import NOW, Newsroom
from tests.web import Web, serving

# A mark that must survive in each, so that nothing is safe only because it is gone.
TITLES = (
    "Marke01 <script>alert(1)</script>",
    "Marke02 &lt;img src=x onerror=alert(1)&gt;",
    "Marke03 \u202egnp.exe\u202c \u2066isoliert\u2069 \u200b\ufeff",
    "Marke04 " + "lang " * 2_000,
    "Marke05 =?UTF-8?Q?=0A?=Bcc: opfer@example.org",
    "Marke06\r\nBcc: opfer@example.org",
    "Marke07 ]]> --> </title></style></textarea>",
    "Marke08 {{ config }} {% include 'digest.html' %} {{ 7 * 7 }}",
    "Marke09 &amp;amp;amp;lt;b&amp;amp;gt; &nbsp;&bogus; &#0; &#x1F600; &copy=1 &#8238;",
    "Marke10 שלום עולם مرحبا",
    "Marke11 👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301",
    "Marke12" + "a" * 3_000,
    "Marke13 {subject} %s %(x)s {number} {date}",
    "Marke14 \x85\x9f\ufffe\ufffd",
    'Marke15 " onmouseover="alert(1)" x=\'',
)
BODIES = (
    "<p onclick='alert(1)' style='position:fixed'>Rumpf01</p><script>alert('Skript')</script>",
    "<p>Rumpf02</p><img src='https://evil.example/pixel.gif' width=1 height=1><img src=x onerror=alert(1)>",
    "<p>Rumpf03 <a href='javascript:alert(1)'>Klick</a> <a href=' java\tscript:alert(1)'>Klack</a></p>",
    "<p>Rumpf04</p><iframe src='https://evil.example/'></iframe><object data='https://evil.example/x.swf'></object>",
    "<p>Rumpf05</p><form action='https://evil.example/'><input name=a><button>Los</button></form><base href='//evil'>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg><math><script>1</script></math><p>Rumpf06</p>",
    "<p>Rumpf07 {{ config }} ]]> <!-- --> {% raw %}</p></div></td></table></body></html>",
    "<div>" * 3_000 + "Rumpf08" + "</div>" * 3_000,
    "<p>Rumpf09</p><meta http-equiv=refresh content='0;url=https://evil.example/'><link rel=stylesheet href=//evil>",
    "<p>Rumpf10</p><style>@import url(https://evil.example/a.css)</style><video src='https://evil.example/a.mp4'>",
    "<p>Rumpf11 \u202egnp\u202c</p><p>" + "viel " * 30_000 + "</p>",
    "<table><td>Rumpf12<td><li><h1>Kopf<h2>Fuß</table><a href='data:text/html,<script>1</script>'>Daten</a>",
    "<p>Rumpf13 <a href='vbscript:x'>a</a><a href='//evil.example/ohne'>b</a><a href='mailto:x@y?bcc=z'>c</a></p>",
    "&lt;p&gt;Rumpf14&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
    "<h1 lang='1\" onfocus=x' title='x'>Rumpf15</h1><h2 lang=en>Kopf</h2>",
)
LINKS = {2: "javascript:alert(1)", 3: "https://quelle.example/a?b=<script>&c=\"'", 4: "data:text/html,x"}
UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd\ufffe]"
)
ACTIVE = frozenset(
    "applet audio base button embed form frame iframe input math noscript object script svg textarea video".split()
)
OURS = "https://ki-news.example/"
# Each source tells of something else and marks its words with a letter of its own, or they were one story.
TOLD = {
    "teaser": (
        "Winzer feiern trotz Hagel Weinfest in Cochem",
        "Tausende Besucher probieren an der Mosel den Riesling.",
    ),
    "licensed": (
        "Fehmarnbelttunnel verzögert sich wegen Spezialschiff",
        "Beim Absenken der Elemente vor Lolland fehlt ein Schiff.",
    ),
    "link-only": (
        "Orchester Zwickau eröffnet Konzertsaison mit Schumann",
        "Die Sinfonie erklingt unter neuer Dirigentin am Theater.",
    ),
}


def hostile(source: str) -> bytes:
    """The feed; what XML cannot carry is written as bytes that a careless server would send."""
    items = "".join(_item(source, number) for number in range(len(TITLES)))
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>&lt;script&gt;</title>'
        f"{items}</channel></rss>"
    ).encode("utf-8", "surrogatepass")


def _item(source: str, number: int) -> str:
    (event, said), mark = TOLD[source], len("Marke00")
    title = f"{TITLES[number][:mark]}{source[-1]} {event}{TITLES[number][mark:]}"
    body = said + " " + re.sub(r"(Rumpf\d\d)", rf"\1{source[-1]}", BODIES[number])
    link = LINKS.get(number, f"https://quelle.example/{source}/{number}")
    if number in (2, 4):  # without an address nothing can be told: the address stands in the guid
        link = f"https://quelle.example/{source}/{number}#{link}"
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
        f'<guid isPermaLink="false">{source}-{number}"&gt;&lt;script&gt;</guid>'
        f"<description>{escape(body)}</description>"
        f"<content:encoded>{escape(body)}</content:encoded>"
        "<dc:creator>&lt;img src=x onerror=alert(1)&gt;Eva\r\nBcc: opfer@example.org</dc:creator>"
        "<category>&lt;script&gt;alert(1)&lt;/script&gt;</category>"
        '<enclosure url="javascript:alert(1)" type="image/svg+xml" length="1"/>'
        '<media:content url="https://evil.example/bild.jpg"><media:credit>x</media:credit></media:content>'
        "</item>"
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, module_web: Web) -> Path:
    """What is published of three hostile sources, one of each kind of rights."""
    newsroom = Newsroom(tmp_path_factory.mktemp("hostile"), module_web, beats=True)
    newsroom.extra = '[curation]\nmax_age = "20000d"\nbaseline_release = 50\n'
    for rights in ("teaser", "licensed", "link-only"):
        terms = {"licence": "CC BY 4.0"} if rights == "licensed" else {}
        newsroom.feed(rights, hostile(rights), rights=rights, **terms)
    newsroom.run(now=NOW)
    assert len(newsroom.items()) >= len(TITLES) * 2
    return newsroom.path("")


@pytest.fixture(scope="module")
def module_web() -> Iterator[Web]:
    """A server for the whole module."""
    with serving() as web:
        yield web


def contents(published: Path) -> Iterator[tuple[str, str]]:
    """The HTML of every entry of every feed."""
    for path in published.rglob("feed.json"):
        for item in json.loads(path.read_bytes())["items"]:
            yield f"{path}: {item['id']}", item["content_html"]
    for path in published.rglob("atom.xml"):
        for node in lxml.etree.parse(path).iter("{http://www.w3.org/2005/Atom}content"):
            yield str(path), node.text or ""
    for path in published.rglob("rss.xml"):
        for node in lxml.etree.parse(path).iter("{http://purl.org/rss/1.0/modules/content/}encoded"):
            yield str(path), node.text or ""


def documents(published: Path) -> Iterator[tuple[str, str]]:
    """Every HTML document: pages and mails."""
    for path in published.rglob("*.html"):
        yield str(path), path.read_text(encoding="utf-8")


def elements(html: str) -> Iterator[Any]:
    yield from lxml.html.document_fromstring(html).iter("*")


def test_nothing_that_runs_or_reaches_out_stands_in_any_page_mail_or_feed(published: Path) -> None:
    seen = 0
    for place, html in (*documents(published), *contents(published)):
        for element in elements(html):
            seen += 1
            assert element.tag not in ACTIVE, f"{place}: <{element.tag}>"
            for name, value in element.attrib.items():
                assert not name.lower().startswith("on"), f"{place}: {name}"
                assert "evil" not in value or name == "href", f"{place}: {name}={value}"
                if name in ("href", "src", "action", "data", "srcset", "poster", "background"):
                    scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", value, re.IGNORECASE)
                    allowed = (
                        ("https", "http", "mailto", "data") if element.tag == "link" else ("https", "http", "mailto")
                    )
                    assert scheme is None or scheme[1] in allowed, f"{place}: {name}={value}"
            assert element.tag != "meta" or element.get("http-equiv", "").lower() != "refresh", place
    assert seen > 5_000


def test_a_page_asks_nobody_for_anything_when_it_is_opened(published: Path) -> None:
    for place, html in (*documents(published), *contents(published)):
        for element in elements(html):
            loads = element.get("src") or (element.get("href") if "stylesheet" in element.get("rel", "") else None)
            assert loads is None or loads.startswith((OURS, "../", "media/")), f"{place}: {loads}"
        assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", html), place


def test_no_file_holds_characters_that_deceive_or_break(published: Path) -> None:
    for path in published.rglob("*"):
        if path.suffix in (".html", ".xml", ".json", ".txt", ".opml"):
            words = path.read_text(encoding="utf-8")
            assert UNFIT.findall(words) == [], path
            assert UNFIT.findall(re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), words)) == [], path


def test_every_readable_word_survives_in_its_page_in_the_feeds_and_in_the_mail(published: Path) -> None:
    files = [path for path in published.rglob("*") if path.is_file() and path.suffix not in (".br", ".gz")]
    everything = {path: path.read_text(encoding="utf-8") for path in files}
    pages = "".join(words for path, words in everything.items() if "stories" in path.parts)
    mail = next(words for path, words in everything.items() if path.name == "digest.html")
    for number, _ in enumerate(TITLES, 1):
        assert f"Marke{number:02}" in pages
        for feed in ("rss.xml", "atom.xml", "feed.json"):
            assert f"Marke{number:02}" in everything[published / feed], feed
    for number, _ in enumerate(BODIES, 1):
        assert f"Rumpf{number:02}" in pages
        assert f"Rumpf{number:02}" in everything[published / "feed.json"]
    for words in ("שלום עולם", "مرحبا", "👩‍👩‍👧‍👦", "🏳️‍🌈", "é", "{{ config }}", "{{ 7 * 7 }}"):
        assert words in pages
        assert words in everything[published / "rss.xml"]
    assert "Marke01" in mail


def test_no_template_is_made_of_what_a_source_says(published: Path) -> None:
    for path in published.rglob("*"):
        if path.is_file():
            assert b"PosixPath" not in path.read_bytes(), path
            assert b"Publication(" not in path.read_bytes(), path


def test_no_headline_is_longer_than_a_headline(published: Path) -> None:
    for path in published.rglob("feed.json"):
        for item in json.loads(path.read_bytes())["items"]:
            assert len(item["title"]) <= text.TITLE_LIMIT
            assert len(item.get("summary", "")) <= 300


def test_no_source_writes_a_header_of_the_mail(published: Path) -> None:
    data = next(published.rglob("digest.eml")).read_bytes()
    mail = message_from_bytes(data, policy=policy.default)
    assert sorted(mail.keys()) == sorted(
        "From To Reply-To Subject Date Message-ID List-Id List-Unsubscribe Auto-Submitted Content-Language MIME-Version"
        " Content-Type".split()
    )
    assert mail["To"] == "undisclosed-recipients:;"
    assert not mail.defects
    assert len(str(mail["Subject"])) <= 60


def test_the_feeds_are_well_formed(published: Path) -> None:
    for name in ("rss.xml", "atom.xml", "sources.opml"):
        for path in published.rglob(name):
            lxml.etree.parse(path, lxml.etree.XMLParser(resolve_entities=False))
