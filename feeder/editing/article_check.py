"""What an editor should mend before an article goes out: pure, and never a reason to change a word."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from feeder.editing.headline_language import is_english
from feeder.editing.typography import slips
from feeder.model import Article, Finding, Galley, Level, Origin, Status
from feeder.text import one_line

TITLE_LIMIT = 120
TEASER_LIMIT = 200
BULLET_LIMIT = 180
BULLETS = (3, 5)
ORDER = ("intro", "news", "outlook", "summary")
NAMES = {"intro": "Einleitung", "news": "News", "outlook": "Ausblick", "summary": "Kurzfassung"}
KNOWN_BY = 30
"""Characters by which a bullet is found again in its file."""

Remark = tuple[int | None, str]


def check_article(galley: Galley, topics: Collection[str]) -> tuple[Finding, ...]:
    """Hint in German at what is unusual about an article, by its lines; `topics` are the ids that exist.

    Drafts are checked, too, and said to be drafts; what is withdrawn is not. Errors are found where files are read.
    """
    article = galley.article
    if article.status is Status.WITHDRAWN:
        return ()
    label = "Entwurf: " if article.status is Status.DRAFT else ""
    remarks = [*_head(galley), *_parts(galley), *_summary(galley), *_labels(galley, topics)]
    if galley.language == "de":
        remarks += [*_headlines(galley), *_typing(galley)]
    return tuple(Finding(Level.HINT, article.path, line, f"{label}{text}") for line, text in remarks)


def _head(galley: Galley) -> Iterator[Remark]:
    article, keys = galley.article, dict(galley.keys)
    if len(article.title) > TITLE_LIMIT:
        yield (
            _line(galley, article.title, keys.get("title", 1)),
            f"Titel hat {len(article.title)} Zeichen, höchstens {TITLE_LIMIT} sind lesbar",
        )
    if article.teaser is None:
        yield None, "Teaser fehlt"
    elif len(article.teaser) > TEASER_LIMIT:
        yield (
            _line(galley, article.teaser, None),
            f"Teaser hat {len(article.teaser)} Zeichen, höchstens {TEASER_LIMIT} haben Platz",
        )


def _parts(galley: Galley) -> Iterator[Remark]:
    kinds = {section.kind for section in galley.article.sections}
    yield from ((None, f"{NAMES[kind]} fehlt") for kind in ORDER[:3] if kind not in kinds)
    places = [ORDER.index(kind) for kind, _ in galley.sections]
    if early := [galley.sections[n] for n, place in enumerate(places) if min(places[n:]) < place]:
        kind, line = early[0]
        yield line, f"{NAMES[kind]} steht zu früh; üblich ist: {', '.join(NAMES.values())}"
    for kind in ORDER:
        lines = [line for name, line in galley.sections if name == kind]
        yield from ((line, f"{NAMES[kind]} steht schon in Zeile {lines[0]}") for line in lines[1:])


def _summary(galley: Galley) -> Iterator[Remark]:
    least, most = BULLETS
    bullets, heading = galley.article.summary, dict(galley.sections).get("summary")
    if not bullets:
        yield heading, "Kurzfassung fehlt"
    elif not least <= len(bullets) <= most:
        count = f"{len(bullets)} {'Punkt' if len(bullets) == 1 else 'Punkte'}"
        yield heading, f"Kurzfassung hat {count}, {least} bis {most} sollen es sein"
    for number, bullet in enumerate(bullets, 1):
        if len(bullet) > BULLET_LIMIT:
            text = f"Punkt {number} der Kurzfassung hat {len(bullet)} Zeichen, höchstens {BULLET_LIMIT} haben Platz"
            yield _line(galley, bullet, heading, "summary"), text


def _labels(galley: Galley, topics: Collection[str]) -> Iterator[Remark]:
    article, keys = galley.article, dict(galley.keys)
    for topic in article.topics:
        if topic not in topics:
            yield keys.get("topics"), f"Thema „{topic}“ gibt es nicht; möglich: {', '.join(sorted(topics))}"
    yield from _origins(article, keys)


def _origins(article: Article, keys: Mapping[str, int]) -> Iterator[Remark]:
    if article.updated and article.date and article.updated < article.date:
        yield keys.get("updated"), "„updated“ liegt vor „date“"
    provenance = article.provenance
    if provenance.text in (Origin.AI_ASSISTED, Origin.AI_GENERATED) and provenance.reviewed_by is None:
        yield keys.get("provenance"), "KI-Text ohne „reviewed_by“; wer hat ihn geprüft?"


def _headlines(galley: Galley) -> Iterator[Remark]:
    article = galley.article
    found = [(article.title, "Titel", "head")]
    found += [(part.title, "Zwischenüberschrift", part.kind) for part in article.sections if part.title]
    for headline, name, kind in found:
        if is_english(headline):
            yield _line(galley, headline, None, kind), f"{name} „{headline}“ ist wohl noch englisch"


def _typing(galley: Galley) -> Iterator[Remark]:
    for passage in galley.passages:
        if passage.kind != "credit":
            yield from ((passage.line + passage.text.count("\n", 0, at), text) for at, text in slips(passage.text))


def _line(galley: Galley, words: str, otherwise: int | None, kind: str | None = None) -> int | None:
    """The line in which words begin; `otherwise` where they are typed differently from how they are read."""
    wanted = words[:KNOWN_BY]
    for passage in galley.passages:
        at = passage.text.replace("\n", " ").find(wanted) if kind in (None, passage.kind) else -1
        if at < 0 and kind in (None, passage.kind) and one_line(passage.text).startswith(wanted):
            at = 0
        if at >= 0:
            return passage.line + passage.text.count("\n", 0, at)
    return otherwise
