"""What is checked in an article or an edition before it goes out, and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feeder.model.items import Article


class Level(StrEnum):
    """How much a finding weighs: an error holds a new article until it is mended, a hint holds nothing."""

    ERROR = "FEHLER"
    HINT = "HINWEIS"


@dataclass(frozen=True, slots=True)
class Finding:
    """What ought to be mended in a file, in German; `line` is None where it is the file as a whole."""

    level: Level
    path: str
    line: int | None
    text: str

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.level}: {self.text}"


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a file as an editor typed them, line breaks included; `line` is that of the first.

    `kind` is a section ("intro", "news", "outlook", "summary"), "head" (title, teaser), "credit" or "key" (front
    matter). Markup, code, addresses' targets and what is left out are not in it.
    """

    kind: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Galley:
    """An article as it is proofread, with the lines of its file (in a newsroom: Korrekturfahne).

    `sections` are the headings in their order and `keys` those of front matter, each with its line.
    """

    article: Article
    language: str
    passages: tuple[Passage, ...]
    sections: tuple[tuple[str, int], ...]
    keys: tuple[tuple[str, int], ...]


class Weight(StrEnum):
    """How much a finding in an edition weighs: an error holds it, a warning and a note hold nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class EditionFinding:
    """What a look at an edition found, in German. `what` names the check ("bytes", "links" …); `place` is the file, or
    what of it is meant."""

    level: Weight
    what: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class EditionReport:
    """What the self-test found in an edition, the heaviest first; `asked`: foreign links whose answers are in it."""

    edition_id: str
    findings: tuple[EditionFinding, ...]
    asked: int = 0

    @property
    def errors(self) -> tuple[EditionFinding, ...]:
        """What holds the edition."""
        return tuple(one for one in self.findings if one.level is Weight.ERROR)


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What a link answered when it was asked; `status` is None where nothing came, and `problem` says why."""

    url: str
    at: datetime
    status: int | None
    problem: str = ""
