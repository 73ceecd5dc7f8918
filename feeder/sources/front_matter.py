"""The YAML above an article: what an editor may declare there (docs/article-format.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import yaml

from feeder.addresses import web_address
from feeder.errors import ArticleError
from feeder.model import Correction, Origin, Provenance, Status
from feeder.sources.yaml_values import Values, compose

TEASER_KEYS = ("teaser", "dek", "standfirst", "vorspann")
KEYS = (
    *("id", "title", "teaser", "date", "updated", "author", "authors", "image", "topics", "language", "url"),
    *("status", "provenance", "correction", "corrections"),
    *TEASER_KEYS[1:],
)
IMAGE_KEYS = ("file", "url", "alt", "credit", "licence")
PROVENANCE_KEYS = ("text", "model", "reviewed_by", "reviewed_at")
CORRECTION_KEYS = ("date", "text")

_MEANT = {
    "titel": "title",
    "datum": "date",
    "aktualisiert": "updated",
    "autor": "author",
    "autorin": "author",
    "autoren": "authors",
    "bild": "image",
    "datei": "file",
    "thema": "topics",
    "themen": "topics",
    "tags": "topics",
    "sprache": "language",
    "lang": "language",
    "link": "url",
    "herkunft": "provenance",
    "korrektur": "correction",
    "korrekturen": "corrections",
    "quelle": "credit",
    "bildnachweis": "credit",
    "lizenz": "licence",
    "license": "licence",
    "alternativtext": "alt",
    "entwurf": "draft",
    "veröffentlicht": "released",
    "published": "released",
    "zurückgezogen": "withdrawn",
}


@dataclass(frozen=True, slots=True)
class ImageNote:
    """What front matter says of the picture, and in which line."""

    line: int
    file: str | None = None
    url: str | None = None
    alt: str | None = None
    credit: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the editor declared; all of it optional."""

    id: str | None = None
    title: str | None = None
    teaser: str | None = None
    date: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    image: ImageNote | None = None
    topics: tuple[str, ...] = ()
    language: str | None = None
    url: str | None = None
    status: Status = Status.RELEASED
    provenance: Provenance = field(default_factory=Provenance)
    corrections: tuple[Correction, ...] = ()


def split_front_matter(path: str, text: str) -> tuple[str | None, str, int]:
    """Return the YAML, the text below it, and how many lines stand above that text."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None, text, 0
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        raise ArticleError(path, 1, "Der Kopf beginnt mit --- und endet nicht; nach ihm fehlt eine Zeile ---")
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 1


def read_front_matter(path: str, source: str, zone: ZoneInfo) -> FrontMatter:
    """Read the YAML that starts in line 2; the first thing that is wrong raises, with its line."""
    node = compose(path, source, 1)
    if node is None:
        return FrontMatter()
    values = Values(path, 1, zone, _MEANT)
    given = values.mapping(node, KEYS, "Der Kopf")
    texts = {key: values.text(given[key], key) or None for key in ("title",) if key in given}
    moments = {key: values.moment(given[key], key) for key in ("date", "updated") if key in given}
    authors = [name for key in ("author", "authors") if key in given for name in values.texts(given[key], key)]
    return FrontMatter(
        id=_id(values, given["id"]) if "id" in given else None,
        title=texts.get("title"),
        teaser=_teaser(values, given),
        date=moments.get("date"),
        updated=moments.get("updated"),
        authors=tuple(dict.fromkeys(authors)),
        image=_image(values, given["image"]) if "image" in given else None,
        topics=_topics(values, given["topics"]) if "topics" in given else (),
        language=_language(values, given["language"]) if "language" in given else None,
        url=_url(values, given["url"]) if "url" in given else None,
        status=Status(values.choice(given["status"], "status", Status)) if "status" in given else Status.RELEASED,
        provenance=_provenance(values, given["provenance"]) if "provenance" in given else Provenance(),
        corrections=_corrections(values, given),
    )


def _id(values: Values, node: yaml.Node) -> str:
    value = values.text(node, "id")
    if not value or len(value) > 200 or " " in value:
        raise values.wrong(node, "„id“ braucht 1 bis 200 Zeichen ohne Leerzeichen")
    return value


def _teaser(values: Values, given: dict[str, yaml.Node]) -> str | None:
    keys = [key for key in TEASER_KEYS if key in given]
    if len(keys) > 1:
        raise values.wrong(given[keys[1]], f"Der Teaser steht zweimal da: „{keys[0]}“ und „{keys[1]}“")
    return values.text(given[keys[0]], keys[0]) or None if keys else None


def _image(values: Values, node: yaml.Node) -> ImageNote:
    given = values.mapping(node, IMAGE_KEYS, "„image“")
    texts = {key: values.text(value, key) for key, value in given.items()}
    if texts.get("file") and texts.get("url"):
        raise values.wrong(given["url"], "Ein Bild hat entweder „file“ oder „url“, nicht beides")
    return ImageNote(
        line=values.line(node),
        file=texts.get("file") or None,
        url=texts.get("url") or None,
        alt=texts.get("alt"),
        credit=texts.get("credit") or None,
        licence=texts.get("licence") or None,
    )


def _topics(values: Values, node: yaml.Node) -> tuple[str, ...]:
    """Topic ids; one line with commas is a list, too."""
    ids = (part.strip() for text in values.texts(node, "topics") for part in text.split(","))
    return tuple(dict.fromkeys(topic for topic in ids if topic))


def _language(values: Values, node: yaml.Node) -> str:
    value = values.text(node, "language")
    if not re.fullmatch(r"[A-Za-z]{2}([-_][A-Za-z]{2})?", value, re.ASCII):
        raise values.wrong(node, f"„language“ sind zwei Buchstaben wie de oder en, nicht „{value}“")
    return value[:2].lower()


def _url(values: Values, node: yaml.Node) -> str:
    value = values.text(node, "url")
    address = web_address(value)
    if address is None:
        raise values.wrong(node, f"„url“ ist keine vollständige Adresse mit https://: „{value}“")
    return address


def _provenance(values: Values, node: yaml.Node) -> Provenance:
    given = values.mapping(node, PROVENANCE_KEYS, "„provenance“")
    return Provenance(
        text=Origin(values.choice(given["text"], "text", Origin)) if "text" in given else Origin.EDITORIAL,
        model=values.text(given["model"], "model") or None if "model" in given else None,
        reviewed_by=values.text(given["reviewed_by"], "reviewed_by") or None if "reviewed_by" in given else None,
        reviewed_at=values.moment(given["reviewed_at"], "reviewed_at") if "reviewed_at" in given else None,
    )


def _corrections(values: Values, given: dict[str, yaml.Node]) -> tuple[Correction, ...]:
    nodes = [given[key] for key in ("correction", "corrections") if key in given]
    entries = [entry for node in nodes for entry in (node.value if isinstance(node, yaml.SequenceNode) else [node])]
    return tuple(_correction(values, entry) for entry in entries)


def _correction(values: Values, node: yaml.Node) -> Correction:
    given = values.mapping(node, CORRECTION_KEYS, "„correction“")
    for key in CORRECTION_KEYS:
        if key not in given:
            raise values.wrong(node, f"Eine Korrektur braucht „date“ und „text“; „{key}“ fehlt")
    text = values.text(given["text"], "text")
    if not text:
        raise values.wrong(given["text"], "Der Text der Korrektur ist leer")
    return Correction(values.moment(given["date"], "date"), text)
