"""Where an edition's links lead: own ones to files that will stand there, foreign ones to what has to be asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from feeder.config.config import RESERVED_HOST
from feeder.model import EditionFinding, LinkAnswer
from feeder.rendering.checking.printed import HTML, PAGE, TEXT, Printed, error, note, short

GONE = (404, 410)
_FOLDERS = ("editions/", "media/", "stories/", "topics/")
"""What lies in them is written by us alone; beside them a publication's own pages may stand (/impressum, say)."""
_URL = re.compile(r"https?://[^\s<>\"]+")
_NEVER = (".example", ".invalid", ".test", ".localhost")
"""Reserved for examples and tests (RFC 2606): nobody answers there."""


def own_links(
    printed: Printed, paths: Collection[str], anchors: Callable[[str], Collection[str]]
) -> Iterator[EditionFinding]:
    """Own links against the files that will be written; `anchors` are what fragments of a file may point at."""
    own = printed.config.output.base_url
    told = set()
    for place, url, base in _all(printed):
        if (place, url) in told:
            continue
        told.add((place, url))
        if problem := _unfit(url, place):
            yield error("links", problem, place)
            continue
        if not _is_ours(target := _joined(base, url), own, paths):
            if place == HTML and url.startswith("#") and unquote(url[1:]) not in printed.mail.ids:
                yield error("anchors", f"Der Sprung {short(url)} führt nirgendwohin", place)
            continue
        yield from _own(target, own, place, paths, anchors)


def foreign_links(printed: Printed, paths: Collection[str]) -> Mapping[str, str]:
    """The addresses that only their servers can answer for, with what the link says; a link that shares is not asked,
    because it would tell a stranger of a page that is not out yet, nor is a link to leave, which might be obeyed."""
    own, found = printed.config.output.base_url, dict[str, str]()
    for document, base in ((printed.mail, own), (printed.web, printed.page_url)):
        for link in document.links:
            url = _joined(base, link.url)
            if _is_ours(url, own, paths) or not _is_askable(url) or url == printed.config.digest.unsubscribe:
                continue
            found.setdefault(urldefrag(url)[0], link.words or url)
    return found


def dead_links(answers: Iterable[LinkAnswer], named: Mapping[str, str]) -> Iterator[EditionFinding]:
    """What is gone holds the edition; what could not be asked, or wants no robots, is worth a note."""
    for one in answers:
        words = f"„{short(named[one.url])}“ ({one.url})"
        if one.status in GONE:
            yield error("links", f"Der Link ist tot (Antwort {one.status}): {words}", HTML)
        elif one.status is None:
            yield note("links", f"Der Link wurde nicht geprüft: {words}: {short(one.problem, 120)}", HTML)
        elif one.status >= 400:
            yield note("links", f"Der Link antwortet {one.status}, im Browser ansehen: {words}", HTML)


def _all(printed: Printed) -> Iterator[tuple[str, str, str]]:
    """Every link with the file it stands in, and what it is relative to."""
    for document, base in ((printed.mail, ""), (printed.web, printed.page_url)):
        for link in document.links:
            yield document.place, link.url, base
        for image in document.root.iter("img"):
            if source := image.get("src"):
                yield document.place, source, base
    for match in _URL.finditer(printed.text):
        yield TEXT, match[0].rstrip(".,;:!?)"), ""


def _unfit(url: str, place: str) -> str:
    """Why a link can lead nowhere at all."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"Das ist keine Adresse: {short(url)}"
    if not url:
        return "Ein Link ist leer"
    if parts.scheme in ("http", "https"):
        return "" if parts.hostname else f"Das ist keine Adresse: {short(url)}"
    if parts.scheme:
        return "" if parts.scheme in ("mailto", "tel", "sms") else f"Damit darf kein Link beginnen: {short(url)}"
    is_within = place == PAGE or url.startswith("#")
    return "" if is_within else f"In einer Mail führt das nirgendwohin: {short(url)}"


def _own(
    target: str, own: str, place: str, paths: Collection[str], anchors: Callable[[str], Collection[str]]
) -> Iterator[EditionFinding]:
    fragment, path = urldefrag(target)[1], _path(target, own)
    if path not in paths:
        yield error("links", f"Die Datei {short(path, 120)} wird es nicht geben: {short(target, 120)}", place)
    elif fragment and unquote(fragment) not in anchors(path):
        yield error("anchors", f"In {short(path, 120)} gibt es keine Stelle „{short(unquote(fragment))}“", place)


def _is_ours(target: str, own: str, paths: Collection[str]) -> bool:
    """Whether the address is that of a file which only we can write; other pages of the same host are asked."""
    if not target.startswith(own):
        return False
    path = _path(target, own)
    return path in paths or path.startswith(_FOLDERS)


def _path(target: str, own: str) -> str:
    path = unquote(urldefrag(target)[0][len(own) :].partition("?")[0])
    return path + ("index.html" if not path or path.endswith("/") else "")


def _is_askable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        shares = "://" in unquote(f"{parts.query} {parts.fragment}")
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or shares:
        return False
    return host != RESERVED_HOST and not f".{host}".endswith(_NEVER)


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return url
