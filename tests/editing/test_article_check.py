from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feeder.editing.article_check import check_article
from feeder.model import Article, Origin, Provenance, Section, Status

FINE = Article(
    path="articles/x.txt",
    title="Ein Titel",
    teaser="Ein Teaser.",
    summary=("Eins.", "Zwei.", "Drei."),
    sections=tuple(Section(kind, None, "<p>Text.</p>") for kind in ("intro", "news", "outlook")),
    image=None,
    image_credit=None,
    authors=(),
    topics=("recht",),
    language=None,
    url=None,
    status=Status.RELEASED,
    date=None,
    updated=None,
    provenance=Provenance(),
    corrections=(),
)
TOPICS = ("recht", "modelle")


def test_a_complete_article_has_no_findings():
    assert check_article(FINE, TOPICS) == ()
    longest = replace(FINE, title="x" * 120, teaser="x" * 200, summary=("x" * 180,) * 5)
    assert check_article(longest, TOPICS) == ()


@pytest.mark.parametrize(
    ("article", "finding"),
    [
        (replace(FINE, title="x" * 121), "Titel hat 121 Zeichen, höchstens 120 sind lesbar"),
        (replace(FINE, teaser=None), "Teaser fehlt"),
        (replace(FINE, teaser="x" * 201), "Teaser hat 201 Zeichen, höchstens 200 haben Platz"),
        (replace(FINE, summary=()), "Kurzfassung fehlt"),
        (replace(FINE, summary=("Eins.",)), "Kurzfassung hat 1 Punkt, 3 bis 5 sollen es sein"),
        (replace(FINE, summary=("x",) * 6), "Kurzfassung hat 6 Punkte, 3 bis 5 sollen es sein"),
        (
            replace(FINE, summary=("x", "y" * 181, "z")),
            "Punkt 2 der Kurzfassung hat 181 Zeichen, höchstens 180 haben Platz",
        ),
        (replace(FINE, sections=FINE.sections[:2]), "Ausblick fehlt"),
        (replace(FINE, sections=FINE.sections[1:]), "Einleitung fehlt"),
        (replace(FINE, topics=("rechte",)), "Thema „rechte“ gibt es nicht; möglich: modelle, recht"),
        (
            replace(FINE, date=datetime(2025, 6, 2, tzinfo=UTC), updated=datetime(2025, 6, 1, tzinfo=UTC)),
            "„updated“ liegt vor „date“",
        ),
        (
            replace(FINE, provenance=Provenance(Origin.AI_GENERATED)),
            "KI-Text ohne „reviewed_by“; wer hat ihn geprüft?",
        ),
    ],
)
def test_what_is_unusual_is_said_with_the_path(article, finding):
    assert check_article(article, TOPICS) == (f"articles/x.txt: {finding}",)


def test_several_findings_are_all_said():
    assert len(check_article(replace(FINE, teaser=None, summary=(), topics=("a", "b")), TOPICS)) == 4


def test_a_draft_is_checked_and_said_to_be_one_while_a_withdrawn_article_is_not():
    unfinished = replace(FINE, teaser=None)
    assert check_article(replace(unfinished, status=Status.DRAFT), TOPICS) == ("articles/x.txt: Entwurf: Teaser fehlt",)
    assert check_article(replace(unfinished, status=Status.WITHDRAWN), TOPICS) == ()
