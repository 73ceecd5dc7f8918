"""What an editor should mend before an article goes out: pure, and never a reason to stop it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from feeder.model import Article, Origin, Status

TITLE_LIMIT = 120
TEASER_LIMIT = 200
BULLET_LIMIT = 180
BULLETS = (3, 5)


def check_article(article: Article, topics: Collection[str]) -> tuple[str, ...]:
    """Say in German what is unusual about an article, each line with its path; `topics` are the ids that exist.

    Drafts are checked, too, and said to be drafts; what is withdrawn is not.
    """
    if article.status is Status.WITHDRAWN:
        return ()
    label = "Entwurf: " if article.status is Status.DRAFT else ""
    findings = (*_head(article), *_parts(article), *_summary(article), *_labels(article, topics))
    return tuple(f"{article.path}: {label}{finding}" for finding in findings)


def _head(article: Article) -> Iterator[str]:
    if len(article.title) > TITLE_LIMIT:
        yield f"Titel hat {len(article.title)} Zeichen, höchstens {TITLE_LIMIT} sind lesbar"
    if article.teaser is None:
        yield "Teaser fehlt"
    elif len(article.teaser) > TEASER_LIMIT:
        yield f"Teaser hat {len(article.teaser)} Zeichen, höchstens {TEASER_LIMIT} haben Platz"


def _parts(article: Article) -> Iterator[str]:
    kinds = {section.kind for section in article.sections}
    names = {"intro": "Einleitung", "news": "News", "outlook": "Ausblick"}
    yield from (f"{name} fehlt" for kind, name in names.items() if kind not in kinds)


def _summary(article: Article) -> Iterator[str]:
    least, most = BULLETS
    count = len(article.summary)
    if count == 0:
        yield "Kurzfassung fehlt"
    elif not least <= count <= most:
        yield f"Kurzfassung hat {count} {'Punkt' if count == 1 else 'Punkte'}, {least} bis {most} sollen es sein"
    for number, bullet in enumerate(article.summary, 1):
        if len(bullet) > BULLET_LIMIT:
            yield f"Punkt {number} der Kurzfassung hat {len(bullet)} Zeichen, höchstens {BULLET_LIMIT} haben Platz"


def _labels(article: Article, topics: Collection[str]) -> Iterator[str]:
    for topic in article.topics:
        if topic not in topics:
            yield f"Thema „{topic}“ gibt es nicht; möglich: {', '.join(sorted(topics))}"
    if article.updated and article.date and article.updated < article.date:
        yield "„updated“ liegt vor „date“"
    provenance = article.provenance
    if provenance.text in (Origin.AI_ASSISTED, Origin.AI_GENERATED) and provenance.reviewed_by is None:
        yield "KI-Text ohne „reviewed_by“; wer hat ihn geprüft?"
