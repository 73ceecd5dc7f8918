"""From any address to what can be a source: a feed, the feeds that a page names, well-known places, sitemaps, pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from feeder import addresses, text
from feeder.errors import FetchError, ParseError, SourceError
from feeder.sources.found import absolute
from feeder.sources.html_page import attribute, base_of, read_html, words_of
from feeder.sources.http import Response, shown
from feeder.sources.page import title_of
from feeder.sources.platforms import account_feed, account_page, channel_feed
from feeder.sources.reading import Reading
from feeder.sources.sites import same_site
from feeder.sources.syndication import parse_feed

WELL_KNOWN = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
MAX_NAMED = 10
NEW = "new source"
_TYPES = {
    "application/atom+xml": 3, "application/rss+xml": 2, "application/feed+json": 1, "application/rdf+xml": 0,
}  # fmt: skip
_ASIDE = re.compile(r"comment|kommentar|oembed|/wp-json|antwort", re.IGNORECASE)
_IN_WORDS = re.compile(r"\b(rss|atom|feed)\b|\.(rss|rdf|xml|atom)$|/(rss|feed|atom)/?$", re.IGNORECASE)
_SITEMAP = re.compile(rb"^\s*sitemap\s*:\s*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_LISTED = 8  # so many headlines in like places are a list of articles
_WIDER = "the sitemap of the whole site, not of this page"
_BY_SELECTORS = "if it is a page that lists articles, say with --item, and --link, --date, … where it keeps them"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that can be a source. `how` says where it was found, in words for a maintainer; `title` may be "".

    `is_wider`: it holds more than what was asked for, the whole site for a part of it: nobody takes it unasked.
    """

    kind: str
    location: str
    title: str
    how: str
    is_wider: bool = False


@dataclass(slots=True)
class _Search:
    """What was looked at so far: `tried` says of each place what is there, for the error."""

    reading: Reading
    tried: list[str] = field(default_factory=list)
    is_reachable: bool = True

    def get(self, url: str) -> Response | None:
        try:
            return self.reading.fetcher.get(NEW, url)
        except FetchError as error:
            self.tried.append(str(error))
            # A server that answers has no cause but its answer; one that wants to be left alone is asked no more.
            self.is_reachable = error.__cause__ is None and error.wait is None
            return None

    def feed(self, response: Response, how: str) -> Candidate | None:
        try:
            read = parse_feed(NEW, response.url, response.body, response.content_type)
        except ParseError as error:
            self.tried.append(str(error))
            return None
        return Candidate("feed", response.moved_to or response.url, read.title, how)


def find_sources(url: str, reading: Reading) -> tuple[Candidate, ...]:
    """What can be a source at an address or of an account, the best first; SourceError says what was tried.

    Only what was seen to be a feed or sitemap is one; the feeds that a page names are looked at until one can be
    read, the others are given as named. A page is a candidate if it links to anything that may be a headline; what
    is no front page comes before the sitemap of its site.
    """
    asked = addresses.web_address(account_page(url))
    if asked is None or re.search(r"\s", urlsplit(asked).netloc):
        raise SourceError(NEW, f"“{text.shorten(text.one_line(url), 80)}” is no address of the web: correct it")
    search = _Search(reading)
    found = _account(search, asked) or _at(search, asked)
    if not found:
        advice = [_BY_SELECTORS] if search.is_reachable else []
        tried = "\n".join(f"  {each}" for each in dict.fromkeys([*search.tried, *advice]))
        raise SourceError(NEW, f"nothing at {shown(asked)} can be a source; tried:\n{tried}")
    return tuple({candidate.location: candidate for candidate in reversed(found)}.values())[::-1]


def _account(search: _Search, url: str) -> list[Candidate]:
    location = account_feed(url)
    response = search.get(location) if location else None
    candidate = search.feed(response, "the feed of this account") if response else None
    return [candidate] if candidate else []


def _at(search: _Search, url: str) -> list[Candidate]:
    response = search.get(url)
    if response is None:
        return _well_known(search, url) if search.is_reachable else []
    if candidate := search.feed(response, "the address itself"):
        return [candidate]
    if is_sitemap(response.body):
        return [Candidate("sitemap", response.moved_to or response.url, "", "the address itself")]
    channel = channel_feed(response.url, response.body)
    answer = search.get(channel) if channel else None
    if answer and (candidate := search.feed(answer, "the feed of this channel")):
        return [candidate]
    page = read_html(response.body, response.content_type)
    named = [] if page is None else feeds_named(response.url, page)
    if found := _readable(search, named):
        return found
    pages = [] if page is None else _itself(response.url, page)
    if found := _well_known(search, response.url):
        return [*found, *pages]
    sitemaps = _sitemaps(search, response.url)
    if _is_front(url):
        return [*sitemaps, *pages]
    return [*pages, *(replace(each, how=f"{_WIDER}; {each.how}", is_wider=True) for each in sitemaps)]


def _is_front(url: str) -> bool:
    """Whether an address is that of a whole site."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _itself(url: str, page: HtmlElement) -> list[Candidate]:
    if not (headlines := most_headlines(page)):
        return []
    how = "a page that lists articles" if headlines >= _LISTED else "the page itself, which names few articles"
    return [Candidate("page", url, title_of(page), f"{how}; needs selectors")]


def feeds_named(url: str, page: HtmlElement) -> list[Candidate]:
    """The feeds that a page names, the best first: its own site's, none of comments, Atom before RSS before JSON."""
    base, ranked = base_of(url, page), list[tuple[tuple[bool, bool, int, int], Candidate]]()
    for n, (element, weight, how) in enumerate(_pointers(page)):
        location = absolute(base, attribute(element, "href"))
        if location is None:
            continue
        title = text.title(attribute(element, "title") or words_of(element))
        is_aside = _ASIDE.search(f"{location} {title}") is not None
        rank = (not same_site(url, location), is_aside, -weight, n)
        ranked.append((rank, Candidate("feed", location, title, how)))
    ranked.sort(key=lambda pair: pair[0])
    return list({addresses.url_key(each.location): each for _, each in reversed(ranked)}.values())[::-1][:MAX_NAMED]


def most_headlines(page: HtmlElement) -> int:
    """How many links with words long enough for a headline stand in like places."""
    places: Counter[str] = Counter()
    seen: set[str] = set()
    for link in page.iter("a"):
        href = attribute(link, "href").partition("#")[0]
        if href and href not in seen and len(words_of(link)) >= 25:
            seen.add(href)
            places[_place(link)] += 1
    return max(places.values(), default=0)


def _pointers(page: HtmlElement) -> Iterator[tuple[HtmlElement, int, str]]:
    """What points to feeds: <link rel=alternate>, then links whose address or words say so."""
    for element in page.iter("link"):
        kind = attribute(element, "type").lower().partition(";")[0].strip()
        if kind in _TYPES and "alternate" in attribute(element, "rel").lower():
            yield element, 10 + _TYPES[kind], "the page names it as its feed"
    for element in page.iter("a"):
        href = attribute(element, "href")
        if len(href) < 500 and (_IN_WORDS.search(_path_of(href)) or words_of(element).lower() in ("rss", "feed")):
            yield element, 0, "the page links to it"


def _path_of(href: str) -> str:
    """The path of an address however broken."""
    try:
        return urlsplit(href).path
    except ValueError:
        return ""


def _place(link: HtmlElement) -> str:
    """Where a link stands: the names and classes of the elements around it."""
    around = [link, *list(link.iterancestors())[:3]]
    return "<".join(f"{each.tag}.{attribute(each, 'class')}" for each in around)


def _readable(search: _Search, named: Iterable[Candidate]) -> list[Candidate]:
    """The candidates from the first that can be read on; nobody is asked for all of them."""
    waiting = list(named)
    while waiting:
        first = waiting.pop(0)
        response = search.get(first.location)
        if response and (read := search.feed(response, first.how)):
            return [Candidate("feed", read.location, read.title or first.title, first.how), *waiting]
    return []


def _well_known(search: _Search, url: str) -> list[Candidate]:
    for path in WELL_KNOWN:
        response = search.get(urljoin(url, path))
        if response and (candidate := search.feed(response, "it lies where feeds often lie")):
            return [candidate]
    return []


def _sitemaps(search: _Search, url: str) -> list[Candidate]:
    """The sitemaps that robots.txt names, else the one at the usual place; news first."""
    robots = search.get(urljoin(url, "/robots.txt"))
    lines = [] if robots is None else [line.decode("utf-8", "replace") for line in _SITEMAP.findall(robots.body)]
    named = [address for line in lines if (address := absolute(url, line)) and same_site(url, address)]
    how = "robots.txt names it" if named else "it lies where sitemaps lie"
    places = sorted(dict.fromkeys(named), key=lambda each: "news" not in each.lower())[:MAX_NAMED]
    for place in places or [urljoin(url, "/sitemap.xml")]:
        response = search.get(place)
        if response is None:
            continue
        if is_sitemap(response.body):
            return [Candidate("sitemap", place, "", how)]
        search.tried.append(f"{shown(place)} is no sitemap")
    return []


def is_sitemap(body: bytes) -> bool:
    """Whether a document begins as a sitemap does, or is packed, which only large ones are."""
    return (
        body.startswith(b"\x1f\x8b") or re.search(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", body[:4096]) is not None
    )
