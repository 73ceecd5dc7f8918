"""The newsroom's own articles: a folder of files."""

from __future__ import annotations

import hashlib
import posixpath
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from feeder.config.sections import Sections
from feeder.errors import ArticleError, FetchError
from feeder.model import Article, Finding, Galley, Gathered, Item, KnownFile, Level, Medium, Memory, Source, Status
from feeder.sources import picture
from feeder.sources.identity import WORDS, Found, identify
from feeder.sources.reading import Reading
from feeder.sources.scan import Scan, read_bytes, scan
from feeder.sources.unreadable import says_draft, split_known, stand_in
from feeder.text import plain

if TYPE_CHECKING:
    from feeder.sources.article import Manuscript

READS = "2"
"""Raised when articles are read differently, so that nothing counts as unchanged once."""


@dataclass(frozen=True, slots=True)
class _Told:
    """An item with what travels beside it."""

    item: Item
    media: tuple[Medium, ...]
    problems: tuple[ArticleError, ...]


def read_folder(source: Source, memory: Memory, reading: Reading) -> Gathered:
    """Read all articles below the source's folder; one bad article never stops the others.

    Drafts are remembered and checked by nobody: they yield no item and no problem. A withdrawn article yields an item
    that says so, a deleted one only a memory that is `gone`; for a new one that cannot be read, an item stands in
    whose article says why. While there are problems, nothing counts as unchanged, so that they are told again.
    """
    root = reading.base / source.location
    shown = _shown(root, reading.base)
    known, earlier = split_known(memory.files)
    found = _scan(source, root, shown, known)
    fingerprint = _fingerprint(source, reading, found)
    if fingerprint == memory.body_hash:
        return Gathered((), memory, unchanged=True)
    manuscripts, failures = _manuscripts(found, shown, reading.headings, reading.zone)
    hidden = tuple(f"{name}/" for name in found.unreadable)
    kept = {file.path for file in known if not file.gone and file.path.startswith(hidden)}
    identities = identify(
        [Found(path, text.id, words(text.article)) for path, text in manuscripts.items()],
        {*failures, *kept},
        known,
    )
    for path, first in identities.repeats.items():
        failures[path] = _repeated(shown, path, first)
    files = _with_drafts(identities.files, manuscripts, known)
    hopeful = {path: failure for path, failure in failures.items() if not says_draft(found.articles[path])}
    waiting = stand_in(source, hopeful, files, [file for file in earlier if not file.path.startswith(hidden)])
    told = [
        _told(source, path, manuscripts[path], identities.uids[path], shown, found)
        for path in sorted(identities.uids)
        if manuscripts[path].article.status is not Status.DRAFT
    ]
    problems = (*_failures(found, shown, failures), *(problem for one in told for problem in one.problems))
    media = {medium.path: medium for one in told for medium in one.media}
    return Gathered(
        items=(*(one.item for one in told), *waiting.items),
        memory=Memory(
            body_hash=None if problems else fingerprint,
            files=(*files, *waiting.files, *(file for file in earlier if file.path.startswith(hidden))),
        ),
        media=tuple(media.values()),
        problems=problems,
    )


def _with_drafts(
    files: Iterable[KnownFile], manuscripts: dict[str, Manuscript], known: Iterable[KnownFile]
) -> tuple[KnownFile, ...]:
    """Remember which files were never handed over; a draft that was more once is not among them."""
    drafts = {path for path, text in manuscripts.items() if text.article.status is Status.DRAFT}
    told = {file.uid for file in known if not file.draft}
    return tuple(
        replace(file, draft=file.path in drafts and file.uid not in told) if file.path in manuscripts else file
        for file in files
    )


def read_galleys(
    source: Source, base: Path, headings: Sections, zone: ZoneInfo
) -> tuple[tuple[Galley, ...], tuple[Finding, ...]]:
    """Read all articles of a folder, drafts included, with every problem: for checking, not for publishing."""
    from feeder.sources.galley import galley  # noqa: PLC0415 - only for checking

    root = base / source.location
    shown = _shown(root, base)
    found = _scan(source, root, shown, ())
    manuscripts, failures = _manuscripts(found, shown, headings, zone)
    files = [Found(path, text.id, "") for path, text in manuscripts.items()]
    for path, first in identify(files, failures, ()).repeats.items():
        failures[path] = _repeated(shown, path, first)
    pictured = {path: _with_picture(path, text, shown, found) for path, text in manuscripts.items()}
    galleys, problems = [], [_finding(failure, Level.ERROR) for failure in _failures(found, shown, failures)]
    for path, text in manuscripts.items():
        article, _, of_picture = pictured[path]
        if isinstance(data := found.articles[path], bytes):
            galleys.append(galley(article, data, headings, source.language))
        for problem in (*text.findings, *of_picture):
            holds = problem.holds and article.status is Status.RELEASED
            problems.append(_finding(problem, Level.ERROR if holds else Level.HINT))
    return tuple(galleys), tuple(problems)


def _finding(problem: ArticleError, level: Level) -> Finding:
    return Finding(level, problem.path, problem.line, problem.message)


def words(article: Article) -> str:
    """The article's own words, without boilerplate and markup: what renames are recognised by."""
    parts = [article.title, article.teaser or ""]
    parts += [text for section in article.sections for text in (section.title or "", plain(section.html))]
    return " ".join(" ".join([*parts, *article.summary]).split()[:WORDS])


def _shown(root: Path, base: Path) -> str:
    """How messages name the folder: relative to where config.toml lies, if it is below that."""
    return root.relative_to(base).as_posix() if root.is_relative_to(base) else root.as_posix()


def _repeated(shown: str, path: str, first: str) -> ArticleError:
    return ArticleError(f"{shown}/{path}", None, f"Die id steht schon in {shown}/{first}")


def _failures(found: Scan, shown: str, failures: dict[str, ArticleError]) -> Iterator[ArticleError]:
    for path in sorted(failures):
        yield failures[path]
    for name in found.unreadable:
        yield ArticleError(f"{shown}/{name}", None, "Der Ordner ist nicht lesbar")


def _scan(source: Source, root: Path, shown: str, known: Iterable[KnownFile]) -> Scan:
    try:
        found = scan(root, shown)
    except OSError as error:
        raise FetchError(source.id, f"the folder {shown} cannot be read: {error.strerror or error}") from error
    if found.empty and any(not file.gone for file in known):
        raise FetchError(
            source.id,
            f"the folder {shown} is empty, yet articles are known from it; is it mounted?"
            " If it is meant to be empty, put a README.md there",
        )
    return found


def _fingerprint(source: Source, reading: Reading, found: Scan) -> str:
    settings = (READS, source.id, source.location, reading.zone.key, reading.headings.model_dump_json())
    return hashlib.sha256("\0".join((*settings, found.fingerprint)).encode()).hexdigest()


def _manuscripts(
    found: Scan, shown: str, headings: Sections, zone: ZoneInfo
) -> tuple[dict[str, Manuscript], dict[str, ArticleError]]:
    from feeder.sources.article import read_manuscript  # noqa: PLC0415 - parsers that only changed articles need

    manuscripts: dict[str, Manuscript] = {}
    failures: dict[str, ArticleError] = {}
    for path, data in found.articles.items():
        if isinstance(data, ArticleError):
            failures[path] = data
            continue
        try:
            manuscripts[path] = read_manuscript(f"{shown}/{path}", data, headings, zone)
        except ArticleError as error:
            failures[path] = error
    return manuscripts, failures


def _told(source: Source, path: str, text: Manuscript, uid: str, shown: str, found: Scan) -> _Told:
    article, media, problems = _with_picture(path, text, shown, found)
    if article.status is Status.RELEASED:
        flaws = tuple(str(problem) for problem in (*text.findings, *problems) if problem.holds)
        article = replace(article, flaws=flaws)
    item = Item(
        source_id=source.id,
        uid=uid,
        url=article.url,
        title=article.title,
        published=article.date,
        updated=article.updated,
        authors=article.authors,
        tags=article.topics,
        image=article.image,
        language=article.language,
        article=article,
    )
    return _Told(item, media, (*text.findings, *problems))


def _with_picture(
    path: str, text: Manuscript, shown: str, found: Scan
) -> tuple[Article, tuple[Medium, ...], tuple[ArticleError, ...]]:
    """Add the picture that front matter names or that lies beside the file; without a credit it stays in the house."""
    from feeder.sources.article import missing_alt, missing_credit  # noqa: PLC0415 - as above

    article, note = text.article, text.image
    if note.url is not None:
        return article, (), ()
    name = _picture_name(path, note.file, found)
    if name is None:
        return article, (), ()
    file = found.pictures.get(name)
    if file is None:
        problem = f"Bild „{note.file}“ gibt es nicht im Ordner {shown} (JPEG, PNG, WebP, GIF)"
        return article, (), (ArticleError(article.path, note.line, problem),)
    if not note.credit:
        return article, (), (missing_credit(article.path, note.line),)
    try:
        data = read_bytes(file, picture.SIZE_LIMIT)
        image, medium = picture.measured(data, alt=note.alt or "", credit=note.credit, licence=note.licence)
    except (picture.PictureError, OSError) as error:
        reason = error if isinstance(error, picture.PictureError) else "ist nicht lesbar"
        return article, (), (ArticleError(article.path, note.line, f"Bild „{name}“ {reason}"),)
    problems = () if note.alt is not None else (missing_alt(article.path, note.line),)
    return replace(article, image=image), (medium,), problems


def _picture_name(path: str, named: str | None, found: Scan) -> str | None:
    if named is not None:
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), named.replace("\\", "/")))
        return unicodedata.normalize("NFC", joined)
    stem = posixpath.splitext(path)[0]
    beside = (name for suffix in picture.SUFFIXES for name in (stem + suffix, stem + suffix.upper()))
    return next((name for name in beside if name in found.pictures), None)
