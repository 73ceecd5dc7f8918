"""A text of our own newsroom: from the bytes of its file to an article (docs/article-format.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from feeder.addresses import web_address
from feeder.config.sections import Sections
from feeder.errors import ArticleError
from feeder.model import Article, Image, Status
from feeder.sources.front_matter import FrontMatter, ImageNote, read_front_matter, split_front_matter
from feeder.sources.markdown_article import markdown_parts
from feeder.sources.outline import Outline, Part, assemble, bare_credit, section_names
from feeder.sources.plain_article import has_sections, plain_parts
from feeder.sources.scan import ARTICLE_LIMIT
from feeder.text import fit


@dataclass(frozen=True, slots=True)
class Manuscript:
    """An article with what only its folder needs: its id, and what it says of its picture."""

    article: Article
    id: str | None
    image: ImageNote
    findings: tuple[ArticleError, ...]


def parse_article(
    path: str, data: bytes, headings: Sections, zone: ZoneInfo
) -> tuple[Article, tuple[ArticleError, ...]]:
    """Read an article in either layout; a fatal problem raises ArticleError, the others are returned.

    The picture is only in the article if front matter gives its address: the bytes of files are the folder's business.
    """
    manuscript = read_manuscript(path, data, headings, zone)
    return manuscript.article, manuscript.findings


def read_manuscript(path: str, data: bytes, headings: Sections, zone: ZoneInfo) -> Manuscript:
    """Like `parse_article`, with the article's id and its note on the picture."""
    source, body, before = split_front_matter(path, decode(path, data))
    front = FrontMatter() if source is None else read_front_matter(path, source, zone)
    outline = _outline(path, body, before, section_names(headings), front)
    if not outline.sections and front.status is Status.RELEASED:
        raise ArticleError(path, None, "Der Artikel hat keinen Text")
    note = _image_note(front, outline)
    image, image_findings = _remote_image(path, note)
    article = _article(path, front, outline, image, note.credit, zone)
    return Manuscript(article, front.id, note, (*outline.findings, *image_findings))


def decode(path: str, data: bytes) -> str:
    """Turn the bytes into text with \\n line ends; anything but UTF-8 is refused, because guessing garbles umlauts."""
    if len(data) > ARTICLE_LIMIT:
        raise ArticleError(path, None, "Die Datei ist größer als 2 MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        above = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        line = above.count(b"\n") + 1
        problem = f"Byte 0x{data[error.start]:02x} ist kein UTF-8; bitte als UTF-8 speichern"
        raise ArticleError(path, line, problem) from error
    return fit(re.sub("[\u2028\u2029]", " ", re.sub("\r\n?", "\n", text)))


def file_date(path: str, zone: ZoneInfo) -> datetime | None:
    """The date with which a file name starts, at midnight in `zone`; None if there is none."""
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)(?!\d)", PurePosixPath(path).name, re.ASCII)
    if match is None or not 1970 <= int(match[1]) <= 2999:
        return None
    try:
        return datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def _outline(path: str, body: str, before: int, names: dict[str, str], front: FrontMatter) -> Outline:
    parts, findings, is_plain = read_parts(path, body, before, names)
    if is_plain and len(parts) == 1 and front.status is Status.RELEASED:
        raise ArticleError(path, None, "Kein Abschnitt erkannt (EINLEITUNG, NEWS, AUSBLICK, KURZFASSUNG)")
    outline = assemble(path, parts, front.title, front.teaser)
    return replace(outline, findings=(*findings, *outline.findings))


def read_parts(
    path: str, body: str, before: int, names: dict[str, str]
) -> tuple[tuple[Part, ...], tuple[ArticleError, ...], bool]:
    """Read the body in its layout, and say if that is plain text; a .md file may be written in it, too."""
    if path.lower().endswith(".md"):
        parts, findings = markdown_parts(path, body, before, names)
        if len(parts) > 1 or not has_sections(body, names):
            return parts, findings, False
    return *plain_parts(path, body, before, names), True


def _image_note(front: FrontMatter, outline: Outline) -> ImageNote:
    """Fill in from the body what front matter does not say of the picture."""
    note = front.image or ImageNote(outline.credit_line)
    return replace(
        note,
        alt=outline.alt if note.alt is None else note.alt,
        credit=bare_credit(note.credit) if note.credit else outline.credit,
    )


def _remote_image(path: str, note: ImageNote) -> tuple[Image | None, tuple[ArticleError, ...]]:
    if note.url is None:
        return None, ()
    address = web_address(note.url)
    if address is None or not address.startswith("https://"):
        return None, (ArticleError(path, note.line, f"Bildadresse „{note.url}“ beginnt nicht mit https://"),)
    if not note.credit:
        return None, (missing_credit(path, note.line),)
    findings = () if note.alt is not None else (missing_alt(path, note.line),)
    return Image(address, note.alt or "", credit=note.credit, licence=note.licence), findings


def missing_credit(path: str, line: int) -> ArticleError:
    """The finding that keeps a picture in the house, and with it a new article."""
    return ArticleError(path, line, "Bildnachweis fehlt", holds=True)


def missing_alt(path: str, line: int) -> ArticleError:
    """The finding that lets a picture go out as decoration, with an empty alternative text."""
    return ArticleError(path, line, "Alternativtext fehlt")


def _article(
    path: str, front: FrontMatter, outline: Outline, image: Image | None, credit: str | None, zone: ZoneInfo
) -> Article:
    return Article(
        path=path,
        title=outline.title,
        teaser=outline.teaser,
        summary=outline.summary,
        sections=outline.sections,
        image=image,
        image_credit=credit,
        authors=front.authors,
        topics=front.topics,
        language=front.language,
        url=front.url,
        status=front.status,
        date=front.date or file_date(path, zone),
        updated=front.updated,
        provenance=front.provenance,
        corrections=front.corrections,
    )
