"""What a page says of itself to machines: JSON-LD, Open Graph, Twitter cards, <meta>, <time>. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from feeder import text
from feeder.model import Image
from feeder.sources.dates import read_date
from feeder.sources.found import LIST_LIMIT, WORD_LIMIT, absolute, two_letters
from feeder.sources.html_page import attribute, base_of, language_of, words_of
from feeder.sources.linked_data import LinkedArticle, linked_article
from feeder.sources.media import number
from feeder.sources.sites import canonical

_TITLE = ("og:title", "twitter:title", "dc.title", "dcterms.title", "headline")
_DESCRIPTION = ("og:description", "description", "twitter:description", "dc.description", "dcterms.description")
_PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "date",
    "dc.date.issued", "dcterms.created", "dc.date",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified", "dcterms.modified")
_AUTHOR = ("author", "article:author", "dc.creator", "dcterms.creator", "twitter:creator")
_IMAGE = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_SECTION = ("article:section", "og:article:section", "section")
_KEYWORDS = ("news_keywords", "keywords", "article:tag")
_META_LIMIT = 500
_DESCRIPTION_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Metadata:
    """Titles, names and words are plain text; `canonical` is the page's own, cleaned, where it names none on its site.

    `body`: the article's text as JSON-LD gives it, "" where it does not. `is_article`: the page says that it is one.
    """

    title: str = ""
    description: str = ""
    published: datetime | None = None
    modified: datetime | None = None
    authors: tuple[str, ...] = ()
    image: Image | None = None
    language: str | None = None
    canonical: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    body: str = ""
    is_article: bool = False


def metadata_of(url: str, page: HtmlElement) -> Metadata:
    """What the page at `url` says of itself, JSON-LD first, which is written for this; nothing is raised."""
    linked, metas, base = linked_article(page), _metas(page), base_of(url, page)
    return Metadata(
        title=text.title(linked.title or _first(metas, _TITLE) or _heading(page)),
        description=text.plain(linked.description or _first(metas, _DESCRIPTION))[:_DESCRIPTION_LIMIT],
        published=_date(linked.published, *_every(metas, _PUBLISHED), *_times(page)),
        modified=_date(linked.modified, *_every(metas, _MODIFIED)),
        authors=_names(linked.authors or [name for name in _every(metas, _AUTHOR) if "://" not in name]),
        image=_image(base, linked, metas),
        language=two_letters(linked.language or language_of(page) or _first(metas, ("og:locale", "content-language"))),
        canonical=_canonical(url, page, metas),
        section=text.title(linked.section or _first(metas, _SECTION)),
        keywords=_names(linked.keywords or [word for said in _every(metas, _KEYWORDS) for word in said.split(",")]),
        body=linked.body,
        is_article=linked.is_article or _first(metas, ("og:type",)).lower() == "article",
    )


def _metas(page: HtmlElement) -> dict[str, list[str]]:
    """What <meta> elements say, by lower-case name."""
    found: dict[str, list[str]] = {}
    for n, element in enumerate(page.iter("meta")):
        if n >= _META_LIMIT:
            break
        name = attribute(element, "property", "name", "itemprop", "http-equiv").lower()
        if content := attribute(element, "content"):
            found.setdefault(name, []).append(content[:_DESCRIPTION_LIMIT])
    return found


def _first(metas: dict[str, list[str]], names: tuple[str, ...]) -> str:
    return next(iter(_every(metas, names)), "")


def _every(metas: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return [content for name in names for content in metas.get(name, ())]


def _heading(page: HtmlElement) -> str:
    """The page's only first-level heading, or else its title."""
    headings = [words for element in page.iter("h1") if (words := words_of(element))]
    if len(headings) == 1:
        return headings[0]
    return next((words for element in page.iter("title") if (words := words_of(element))), "")


def _times(page: HtmlElement) -> list[str]:
    """The dates of <time> elements that are marked as the page's own."""
    return [
        attribute(each, "datetime")
        for each in page.iter("time")
        if each.get("pubdate") is not None or "published" in (each.get("itemprop") or each.get("class") or "").lower()
    ]


def _date(*written: str) -> datetime | None:
    return next((found for each in written if each and (found := read_date(each))), None)


def _names(names: Sequence[str]) -> tuple[str, ...]:
    plain = (text.shorten(text.plain(name), WORD_LIMIT) for name in names[:LIST_LIMIT])
    return tuple(dict.fromkeys(name for name in plain if name))


def _image(base: str, linked: LinkedArticle, metas: dict[str, list[str]]) -> Image | None:
    """The largest picture of JSON-LD, which alone can name a credit, or else the one of Open Graph."""
    for picture in sorted(linked.pictures, key=lambda each: -(number(each.width) or 0)):
        if url := absolute(base, picture.url):
            alt, credit = text.title(picture.caption), text.shorten(text.plain(picture.credit), WORD_LIMIT)
            return Image(url, alt, number(picture.width), number(picture.height), credit or None)
    for address in _every(metas, _IMAGE):
        if url := absolute(base, address):
            width, height = (number(_first(metas, (name,))) for name in ("og:image:width", "og:image:height"))
            return Image(url, text.title(_first(metas, ("og:image:alt", "twitter:image:alt"))), width, height)
    return None


def _canonical(url: str, page: HtmlElement, metas: dict[str, list[str]]) -> str:
    links = [attribute(each, "href") for each in page.iter("link") if "canonical" in (each.get("rel") or "").lower()]
    own = canonical(url, None)
    named = (canonical(url, each) for each in (*links[:1], *_every(metas, ("og:url",))[:1]))
    return next((address for address in named if address != own), own)
