"""No tracking: what is loaded from elsewhere, or leads through somebody who counts, tells on readers (§ 25 TDDDG)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import lxml.html

from feeder import addresses
from feeder.model import EditionFinding
from feeder.rendering.checking.printed import Document, Printed, error, short, warning
from feeder.rendering.checking.stylesheet import declarations

_LOADING = {"img": "src", "link": "href", "script": "src", "iframe": "src", "audio": "src", "video": "src",
            "source": "src", "embed": "src", "object": "data", "input": "src", "body": "background",
            "table": "background", "td": "background"}  # fmt: skip
_FETCHED_LINKS = frozenset(("stylesheet", "preload", "prefetch", "icon", "dns-prefetch", "preconnect", "manifest"))
_IN_STYLE = re.compile(
    r"url\(\s*[\"']?\s*((?:https?:)?//[^\"')\s]+)|@import\s+[\"']\s*((?:https?:)?//[^\"']+)", re.IGNORECASE
)
_DOT = re.compile(r"0*[0-2](px)?")
# Those who count clicks, and shorteners, which do nothing else.
_COUNTING = re.compile(
    r"(^|\.)(bit\.ly|t\.co|lnkd\.in|goo\.gl|ow\.ly|buff\.ly|tinyurl\.com|dlvr\.it|ift\.tt|is\.gd|trib\.al|fb\.me"
    r"|list-manage\.com|sendgrid\.net|awstrack\.me|mandrillapp\.com|hubspotlinks\.com|feedproxy\.google\.com"
    r"|safelinks\.protection\.outlook\.com|l\.facebook\.com|l\.instagram\.com|out\.reddit\.com)$"
)
_COUNTING_PATHS = {"google.com": "/url", "youtube.com": "/redirect", "linkedin.com": "/redir"}


def tracking(printed: Printed) -> Iterator[EditionFinding]:
    """Pixels, what is loaded from foreign hosts, parameters that name campaigns, and links through those who count."""
    own = {_host(url) for url in (printed.config.output.base_url, printed.config.publication.url)}
    for document, base in ((printed.mail, ""), (printed.web, printed.page_url)):
        for element in document.root.iter("img"):
            if _is_dot(element):
                yield error("tracking", f"Ein Zählpixel: {short(element.get('src') or '')}", document.place)
        for url in _loaded(document):
            if (host := _host(urljoin(base, url))) and host not in own:
                yield error("tracking", f"Von fremdem Server geladen: {short(url)}", document.place)
        for url in dict.fromkeys(link.url for link in document.links):
            yield from _counted(url, document.place)


def _loaded(document: Document) -> Iterator[str]:
    """What a reader's program fetches by itself."""
    for element in document.root.iter(*_LOADING):
        if element.tag == "link" and not _FETCHED_LINKS & set((element.get("rel") or "").lower().split()):
            continue
        if url := element.get(_LOADING[element.tag]):
            yield url.strip()
        for candidate in (element.get("srcset") or "").split(","):
            yield from candidate.split()[:1]
    sheets = [each.text or "" for each in document.root.iter("style")]
    sheets += [each.get("style") or "" for each in document.root.iter("*")]
    for match in (match for sheet in sheets for match in _IN_STYLE.finditer(sheet)):
        yield match[1] or match[2]


def _is_dot(image: lxml.html.HtmlElement) -> bool:
    style = {one.name: one.value for one in declarations(image.get("style") or "")}
    sides = [style.get(name) or image.get(name) or "" for name in ("width", "height")]
    asked = [image.get(name) or "" for name in ("width", "height")]
    return any(all(_DOT.fullmatch(side) for side in pair) for pair in (sides, asked))


def _counted(url: str, place: str) -> Iterator[EditionFinding]:
    if (plain := addresses.clean(url)) != url:
        yield error("tracking", f"Die Adresse zählt mit: {short(url, 120)} (ohne: {short(plain, 120)})", place)
    host = _host(url).removeprefix("www.")
    path = _COUNTING_PATHS.get(host)
    if _COUNTING.search(host) or (path and urlsplit(url).path.rstrip("/") == path):
        yield warning("tracking", f"Der Link führt über einen Dienst, der Klicks zählt: {short(url)}", place)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
