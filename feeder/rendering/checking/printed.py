"""What the self-test reads: an edition's files as they would be written, taken apart once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import lxml.html
from lxml import etree

from feeder.config import Config
from feeder.model import EditionFinding, Weight

HTML, TEXT, MESSAGE, PAGE = "digest.html", "digest.txt", "digest.eml", "index.html"
_SILENT = frozenset(("script", "style", "head", "title", "noscript", "template", "xml"))
_NO_SPACE = re.compile(r"[\s\u00ad\u034f\u200b-\u200f\u2060\ufeff]+")
_UNFIT = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Link:
    """Where an <a> leads, and what it says."""

    url: str
    words: str


@dataclass(frozen=True)
class Document:
    """An HTML document, parsed however broken it is."""

    place: str
    source: str

    @cached_property
    def root(self) -> lxml.html.HtmlElement:
        parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
        words = _UNFIT.sub(" ", self.source)
        try:
            return lxml.html.document_fromstring(words.encode(), parser=parser)
        except (etree.LxmlError, ValueError):
            return lxml.html.document_fromstring("<html><body></body></html>")

    @cached_property
    def runs(self) -> tuple[tuple[lxml.html.HtmlElement, str], ...]:
        """Every run of text that may be shown, in order, with the element whose style it has; alt texts too."""
        return tuple(_runs(self.root))

    @cached_property
    def words(self) -> str:
        """All that may be read, as one line."""
        return " ".join(" ".join(words for _, words in self.runs).split())

    @cached_property
    def ids(self) -> frozenset[str]:
        """What a fragment may point at."""
        named = (each.get("name") for each in self.root.iter("a"))
        return frozenset(filter(None, (*(each.get("id") for each in self.root.iter("*")), *named)))

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every <a> that leads somewhere."""
        found = ((each.get("href"), each) for each in self.root.iter("a", "area"))
        return tuple(Link(url.strip(), _label(each)) for url, each in found if url is not None)


@dataclass(frozen=True)
class Printed:
    """An edition in its four files. `subject` is what the message says.

    `titles` are those of its stories in their order, `words` all that the stories themselves say, `pictures` the
    credits of their pictures by address.
    """

    config: Config
    html: str
    text: str
    message: bytes
    page: str
    page_url: str
    subject: str
    titles: tuple[str, ...] = ()
    words: str = ""
    pictures: Mapping[str, str] | None = None

    @cached_property
    def mail(self) -> Document:
        return Document(HTML, self.html)

    @cached_property
    def web(self) -> Document:
        return Document(PAGE, self.page)

    @property
    def documents(self) -> tuple[Document, Document]:
        return self.mail, self.web


def error(what: str, text: str, place: str) -> EditionFinding:
    """What holds the edition."""
    return EditionFinding(Weight.ERROR, what, text, place)


def warning(what: str, text: str, place: str) -> EditionFinding:
    """What somebody should look at."""
    return EditionFinding(Weight.WARNING, what, text, place)


def note(what: str, text: str, place: str) -> EditionFinding:
    """What is good to know."""
    return EditionFinding(Weight.NOTE, what, text, place)


def squeezed(words: str) -> str:
    """Letters alone, so that line breaks, wherever they are, part nothing."""
    return _NO_SPACE.sub("", words).casefold()


def short(words: str, limit: int = 60) -> str:
    """Words as a report quotes them."""
    words = " ".join(words.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def _runs(root: lxml.html.HtmlElement) -> Iterator[tuple[lxml.html.HtmlElement, str]]:
    pending: list[tuple[lxml.html.HtmlElement, str] | lxml.html.HtmlElement] = [root]
    while pending:
        each = pending.pop()
        if isinstance(each, tuple):
            if _NO_SPACE.sub("", each[1]):
                yield each
            continue
        if not isinstance(each.tag, str) or each.tag in _SILENT:
            continue
        inside: list[tuple[lxml.html.HtmlElement, str] | lxml.html.HtmlElement] = [(each, each.text or "")]
        if each.tag == "img":
            inside.append((each, each.get("alt") or ""))
        for child in each:
            inside += [child, (each, child.tail or "")]
        pending += reversed(inside)


def _label(element: lxml.html.HtmlElement) -> str:
    return " ".join(" ".join(words for _, words in _runs(element)).split())
