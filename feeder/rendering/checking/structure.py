"""Sizes, pictures and headings: what mail programs and screen readers stumble over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import lxml.html

from feeder.model import EditionFinding
from feeder.rendering.checking.printed import (
    HTML,
    Document,
    Printed,
    error,
    short,
    squeezed,
    warning,
)

MOST_BYTES = 95_000
"""Below the about 102 kB of which Gmail hides the rest, the way to leave included."""

TOKEN_LENGTH = 64
"""As long a token as carriers fill into their unsubscribe links."""

LISTMONK_LENGTH = 96
"""What listmonk puts behind its own address: /subscription/ and two UUIDs."""

_LEVEL = re.compile(r"h([1-6])")
_FIGURES = re.compile(r"[1-9][0-9]{0,4}")
_WORD = re.compile(r"\w{3,}")


def size(printed: Printed) -> Iterator[EditionFinding]:
    """The bytes that a mail program counts: lines end with CRLF, and each carrier's own link to leave is filled in."""
    bare = printed.html.replace("\r\n", "\n")
    found = len(bare.encode("utf-8", "replace")) + bare.count("\n") + _merged(printed)
    if found >= MOST_BYTES:
        yield error(
            "bytes", f"{_thousands(found)} Byte; Gmail kürzt, es müssen unter {_thousands(MOST_BYTES)} sein", HTML
        )


def pictures(printed: Printed) -> Iterator[EditionFinding]:
    """Each picture says how large it is, what is on it, and whose it is."""
    for document, base in ((printed.mail, ""), (printed.web, printed.page_url)):
        for image in document.root.iter("img"):
            source = image.get("src") or ""
            name = f"{document.place}, Bild {short(urlsplit(source).path.rpartition('/')[2] or source)}"
            for attribute, word in (("width", "Breite"), ("height", "Höhe")):
                if not _FIGURES.fullmatch(image.get(attribute) or ""):
                    yield error("pictures", f"Die {word} ({attribute}) fehlt oder ist keine Zahl in Pixeln", name)
            is_ornament = image.get("role") == "presentation" or image.get("aria-hidden") == "true"
            if image.get("alt") is None or not (image.get("alt") or is_ornament):
                yield error("pictures", "Der Alternativtext (alt) fehlt", name)
            credit = (printed.pictures or {}).get(urljoin(base, source))
            if credit is not None and not _is_credited(document, image, credit):
                yield error("pictures", f"Der Bildnachweis fehlt: „{short(credit)}“", name)


def headings(printed: Printed) -> Iterator[EditionFinding]:
    """One <h1>, first of all; no level left out on the way down; none empty."""
    for document in printed.documents:
        before = 0
        if (count := sum(1 for _ in document.root.iter("h1"))) != 1:
            yield error(
                "headings", f"{count} Überschriften erster Ebene (<h1>); es muss genau eine sein", document.place
            )
        for element in document.root.iter(*(f"h{level}" for level in range(1, 7))):
            level = int(element.tag[1])
            words = short(element.text_content())
            if not squeezed(words) and not any(each.get("alt") for each in element.iter("img")):
                yield error("headings", f"Eine Überschrift <{element.tag}> ist leer", document.place)
            elif level > before + 1:
                last = f"<h{before}>" if before else "den Anfang"
                yield warning("headings", f"Auf {last} folgt <{element.tag}>: „{words}“", document.place)
            before = level


def _merged(printed: Printed) -> int:
    """By how many bytes the longest link to leave is longer than the one of the file, wherever it stands."""
    carriers, plain = printed.config.carriers, printed.config.digest.unsubscribe
    links = [carriers.smtp.unsubscribe or plain] if carriers.smtp else []
    links += [carriers.listmonk.url + "x" * LISTMONK_LENGTH] if carriers.listmonk else []
    longer = [len(link.replace("{token}", "x" * TOKEN_LENGTH).encode()) - len(plain.encode()) for link in links]
    return printed.html.count(plain) * max([0, *longer])


def _is_credited(document: Document, image: lxml.html.HtmlElement, credit: str) -> bool:
    """Whether the words of a credit stand behind its picture, before the next picture or heading."""
    behind: list[str] = []
    is_behind = False
    for element, words in document.runs:
        if element is image:
            is_behind = True
        elif is_behind:
            if element.tag == "img" or any(_LEVEL.fullmatch(str(each.tag)) for each in _up(element)):
                break
            behind.append(words)
    said = squeezed("".join(behind) if is_behind else document.words)
    return all(squeezed(word) in said for word in _WORD.findall(credit))


def _up(element: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    yield element
    yield from element.iterancestors()


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")
