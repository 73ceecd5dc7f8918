"""What an edition says: its subject, both parts of the mail alike, nothing left to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeder.config.config import RESERVED_HOST
from feeder.model import EditionFinding
from feeder.model.mail import TOKEN_MARK
from feeder.rendering.checking.cascade import Cascade, Mode
from feeder.rendering.checking.printed import HTML, MESSAGE, PAGE, TEXT, Printed, error, short, squeezed, warning

MOST_CHARACTERS = 60

_UNFILLED = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\$?\{[\w.:|!-]*\}|%%\w+%%|\*\|[\w:]+\|\*|<%.*?%>|\bTODO\b|\bFIXME\b|\bXXX\b"
    r"|\blorem ipsum\b|" + re.escape(TOKEN_MARK),
    re.DOTALL,
)
_SAYING = ("href", "src", "alt", "title", "aria-label")
_NOTHING = re.compile(r"None|null|undefined|NaN|nan|\[object Object\]")


def subject(printed: Printed) -> Iterator[EditionFinding]:
    """What the inbox shows: 1 to 60 characters, and the same in the mail's own title."""
    said = printed.subject
    if not said.strip():
        yield error("subject", "Der Betreff ist leer", MESSAGE)
    elif len(said) > MOST_CHARACTERS:
        yield error(
            "subject", f"Der Betreff hat {len(said)} Zeichen, höchstens {MOST_CHARACTERS} werden gezeigt", MESSAGE
        )
    if "".join(said.split()) != "".join((printed.mail.root.findtext(".//title") or "").split()):
        yield error("subject", f"Der Titel (<title>) ist nicht der Betreff „{short(said)}“", HTML)


def text_part(printed: Printed) -> Iterator[EditionFinding]:
    """The text part tells the stories that the mail tells, and the first of all."""
    if not printed.text.strip():
        yield error("text", "Der Textteil ist leer", TEXT)
        return
    seen = Cascade(printed.mail).seen(Mode.LIGHT)
    html = squeezed("".join(words for element, words in printed.mail.runs if not seen[element].is_hidden))
    text = squeezed(printed.text)
    for at, title in enumerate(printed.titles):
        mark = squeezed(title)
        if mark in html and mark not in text:
            yield error("text", f"Die Meldung fehlt im Textteil: „{short(title)}“", TEXT)
        elif mark in text and mark not in html:
            yield error("text", f"Die Meldung steht nur im Textteil: „{short(title)}“", HTML)
        elif at == 0 and mark not in html:
            yield error("text", f"Der Aufmacher fehlt: „{short(title)}“", HTML)


def placeholders(printed: Printed) -> Iterator[EditionFinding]:
    """What should have been filled in; words that the stories themselves say are theirs."""
    told = set()
    for place, words in _everything(printed):
        left = [match[0] for match in _UNFILLED.finditer(words) if match[0] not in printed.words]
        left += [words.strip()] if _NOTHING.fullmatch(words.strip()) else []
        for one in left:
            if (place, one) not in told:
                told.add((place, one))
                yield error("placeholders", f"Platzhalter nicht gefüllt: „{short(one)}“", place)
    yield from _reserved(printed)


def _everything(printed: Printed) -> Iterator[tuple[str, str]]:
    yield MESSAGE, printed.subject
    for line in printed.text.splitlines():
        yield TEXT, line
    for document in printed.documents:
        for _, words in document.runs:
            yield document.place, words
        for element in document.root.iter("*"):
            yield from ((document.place, value) for name in _SAYING if (value := element.get(name)))


def _reserved(printed: Printed) -> Iterator[EditionFinding]:
    """The reserved host stands for addresses that nobody gave yet: files may hold them, and carriers refuse."""
    for place, words in ((HTML, printed.html), (TEXT, printed.text), (PAGE, printed.page)):
        if (count := words.count(RESERVED_HOST)) and RESERVED_HOST not in printed.words:
            text = f"{count}-mal {RESERVED_HOST}: Adressen, die es nicht gibt; `feeder check` nennt die Stellen"
            yield warning("placeholders", f"{text} (nur Dateien, kein Versand)", place)
