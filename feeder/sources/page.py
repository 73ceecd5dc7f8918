"""The `page` source: a page that lists articles and has no feed, read by CSS selectors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from zoneinfo import ZoneInfo

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from feeder import addresses, text
from feeder.errors import ParseError
from feeder.model import Gathered, Image, Item, Memory, Raw, Rights, Selectors, Source
from feeder.sources.asking import ask
from feeder.sources.document import Document
from feeder.sources.found import absolute, two_letters
from feeder.sources.html_page import attribute, base_of, language_of, picture_address, read_html, words_of
from feeder.sources.http import Response, shown
from feeder.sources.naming import UID_LIMIT
from feeder.sources.reading import Reading
from feeder.sources.shown_dates import read_shown_date

MAX_ITEMS = 200
_TEASER_LIMIT = 2_000


def read_page(source: Source, memory: Memory, reading: Reading) -> Gathered:
    """Look at a listing page: nothing is parsed where its server, or its bytes, say that nothing is new."""

    def read(response: Response) -> Document:
        return parse_page(source, response.url, response.body, response.content_type, reading.zone)

    is_licensed = source.rights in (Rights.OWN, Rights.LICENSED)
    return ask(source, memory, partial(reading.fetcher.page, licensed=is_licensed), read)


def parse_page(source: Source, url: str, body: bytes, content_type: str | None, zone: ZoneInfo) -> Document:
    """Make items of what the source's selectors find; a ParseError names the one that finds nothing.

    `zone`: where the clocks stand that the page's dates are told by.
    """
    place = shown(url)
    page = read_html(body, content_type)
    if page is None or source.selectors is None:
        raise ParseError(source.id, f"{place} is empty: check the address")
    listed = _Selected(source.selectors, base_of(url, page), zone)
    elements = listed.elements(page)
    if not elements:
        raise ParseError(source.id, f"{place}: {_nothing(page, source.selectors.item)}")
    read = [listed.item(source, element) for element in elements[:MAX_ITEMS]]
    found = list(_distinct(read))
    if not found:
        words = f"of {len(elements)} items none has a link: selectors.link = “{source.selectors.link}” finds none"
        raise ParseError(source.id, f"{place}: {words}; look at the page and correct it")
    items = tuple(item for item in found if is_wanted(source.addresses, item.url))
    if not items:
        example = shown(found[0].url or url)
        words = f"none of {len(found)} links matches addresses = “{source.addresses}”, such as {example}"
        raise ParseError(source.id, f"{place}: {words}; correct the pattern")
    return Document(
        title=title_of(page),
        language=two_letters(language_of(page)),
        homepage=url,
        items=items,
        notes=_notes(len(elements), read.count(None)),
    )


def is_wanted(pattern: str | None, url: str | None) -> bool:
    """Whether an address matches a source's `addresses`; all do where there is no pattern."""
    return pattern is None or re.search(pattern, url or "") is not None


def uid_of(url: str) -> str:
    """What an article of a page or sitemap is known by: its address, which has no other use for a fragment."""
    uid = addresses.identity(url.partition("#")[0])
    return uid if len(uid) <= UID_LIMIT else f"{uid[: UID_LIMIT - 21]} {text.digest(uid)}"


def title_of(page: HtmlElement) -> str:
    """The title that a page bears; "" if none."""
    return next((text.title(words_of(element)) for element in page.iter("title")), "")


@dataclass(frozen=True, slots=True)
class _Selected:
    """A page seen through selectors."""

    selectors: Selectors
    base: str
    zone: ZoneInfo

    def elements(self, page: HtmlElement) -> Sequence[HtmlElement]:
        return _select(self.selectors.item, page)

    def item(self, source: Source, element: HtmlElement) -> Item | None:
        link = self._first(self.selectors.link, element)
        written = None if link is None else absolute(self.base, attribute(link, "href"))
        if link is None or written is None:
            return None
        url = addresses.clean(written)
        teaser = self._words(self.selectors.teaser, element)[:_TEASER_LIMIT]
        return Item(
            source_id=source.id,
            uid=uid_of(url),
            url=url,
            title=text.title(self._words(self.selectors.title, element) or _link_words(link)),
            published=self._date(element),
            summary=Raw(teaser, "text") if teaser else None,
            image=self._image(element),
            original=written if written != url else None,
        )

    def _first(self, selector: str | None, element: HtmlElement) -> HtmlElement | None:
        return next(iter(_select(selector, element)), None) if selector else None

    def _words(self, selector: str | None, element: HtmlElement) -> str:
        found = self._first(selector, element)
        return "" if found is None else words_of(found)

    def _date(self, element: HtmlElement) -> datetime | None:
        found = self._first(self.selectors.date, element)
        if found is None:
            return None
        for each in (found, *found.iter("time")):
            if written := attribute(each, "datetime", "content"):
                return read_shown_date(written, self.zone)
        return read_shown_date(words_of(found), self.zone)

    def _image(self, element: HtmlElement) -> Image | None:
        found = self._first(self.selectors.image, element)
        if found is None:
            return None
        for each in (found, *found.iter("img")):
            if address := picture_address(self.base, each):
                return Image(address, text.title(attribute(each, "alt")))
        return None


def _select(selector: str, element: HtmlElement) -> Sequence[HtmlElement]:
    """The elements that a selector finds in an element, itself included."""
    found = _compiled(selector)(element)
    return [each for each in found if isinstance(each, HtmlElement)] if isinstance(found, list) else []


@cache
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def _link_words(link: HtmlElement) -> str:
    """A link's words; of a picture that is linked, what it shows."""
    pictures = (attribute(each, "alt") for each in link.iter("img"))
    return words_of(link) or attribute(link, "title", "aria-label") or next(pictures, "")


def _distinct(items: Iterable[Item | None]) -> Iterator[Item]:
    """An article that is listed twice counts where it stands first, with the longer of its titles."""
    found: dict[str, Item] = {}
    for item in items:
        if item is not None and (item.uid not in found or len(found[item.uid].title) < len(item.title)):
            found[item.uid] = item
    return iter(found.values())


def _nothing(page: HtmlElement, selector: str) -> str:
    links = sum(1 for element in page.iter("a") if element.get("href"))
    if not links:
        return "it holds no links: perhaps a script in the browser makes them, which feeder does not run"
    return f"selectors.item = “{selector}” finds nothing among its {links} links; look at the page and correct it"


def _notes(elements: int, bare: int) -> tuple[str, ...]:
    cut = (f"it lists {elements} items: the first {MAX_ITEMS} are read",) if elements > MAX_ITEMS else ()
    return (*cut, f"{bare} listed items have no link of their own") if bare else cut
