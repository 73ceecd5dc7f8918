"""Articles with errors: new ones wait, published ones stay, and nothing is lost."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image as Pictures

from tests.newsroom import NOW, Newsroom

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PICTURE = "image:\n  file: bild.png\n  alt: Ein Bild\n"


def article(title: str = "Ein Modell lernt dazu", head: str = "", body: str = "Der erste Absatz.") -> str:
    return f"---\n{head}---\n# {title}\n\n## NEWS\n\n{body}\n"


def picture() -> bytes:
    file = BytesIO()
    Pictures.new("RGB", (40, 30), (200, 30, 90)).save(file, "PNG")
    return file.getvalue()


def held(newsroom: Newsroom, words: str) -> list[dict[str, Any]]:
    answers = json.loads(newsroom.run("explain", "--json", *words.split()).output)
    return [answer for answer in answers if answer["fate"] == "held"]


BAD = [
    (article(head=PICTURE), "articles/a.md:3: Bildnachweis fehlt"),
    ("---\nid: a\n---\n", "articles/a.md:1: Titel fehlt; er ist die erste Zeile des Artikels"),
    ("# Ein Modell lernt dazu\n\n## NEWS\n", "articles/a.md: Der Artikel hat keinen Text"),
    (article(head="datum: 2025-01-01\n"), "articles/a.md:2: Unbekannter Schlüssel „datum“; gemeint ist „date“?"),
    ("# Ein Modell lernt dazu\n\nW\udce4hrend".encode("utf-8", "surrogateescape"), "articles/a.md:3: Byte 0xe4"),
]


@pytest.mark.parametrize(("text", "reason"), BAD, ids=["credit", "title", "text", "head", "bytes"])
def test_a_new_article_with_an_error_waits_with_its_reason_until_it_is_mended(newsroom: Newsroom, text, reason) -> None:
    newsroom.article("bild.png", picture())
    newsroom.article("a.md", text)
    newsroom.article("gut.md", article("Ein anderes Thema", body="Ganz andere Worte stehen hier."))
    newsroom.run()
    assert newsroom.titles() == ["Ein anderes Thema"]
    words = "Modell lernt" if "Bildnachweis" in reason else "Fehler in a.md"
    (story,) = held(newsroom, words)
    assert reason in story["decisions"][-1]["why"]
    status = newsroom.run("status").output
    assert reason in status
    assert "1 held" in status
    newsroom.run(now=NOW + HOUR)
    assert len(held(newsroom, words)) == 1

    newsroom.article("a.md", article(head=f"date: 2026-11-20 08:30\n{PICTURE}  credit: Jana\n"))
    newsroom.run(now=NOW + 2 * HOUR)
    assert newsroom.titles() == ["Ein anderes Thema", "Ein Modell lernt dazu"]
    mended = newsroom.items()[1]
    assert (mended["date_published"], mended["url"]) == (
        "2026-11-20T07:30:00Z",
        "https://ki-news.example/feeds/stories/ein-modell-lernt-dazu/",
    )
    assert "Jana" in json.dumps(mended)
    assert held(newsroom, "Modell lernt dazu") == []
    assert "0 held" in newsroom.run("status").output
    newsroom.run(now=NOW + 3 * HOUR)
    assert len(newsroom.titles()) == 2


def test_what_is_mended_with_a_date_ahead_waits_for_that_date(newsroom: Newsroom) -> None:
    newsroom.article("bild.png", picture())
    newsroom.article("a.md", article(head=PICTURE))
    newsroom.run()
    newsroom.article("a.md", article(head=f"date: 2026-11-24 10:00\n{PICTURE}  credit: Jana\n"))
    newsroom.run(now=NOW + HOUR)
    assert [story["due"] for story in held(newsroom, "Modell lernt")] == ["2026-11-24T09:00:00+00:00"]
    newsroom.run(now=NOW + DAY)
    assert newsroom.titles() == ["Ein Modell lernt dazu"]


def test_what_is_due_and_gets_an_error_is_not_released_by_its_date(newsroom: Newsroom) -> None:
    newsroom.article("bild.png", picture())
    newsroom.article("a.md", article(head="date: 2026-11-24 10:00\n"))
    newsroom.run()
    newsroom.article("a.md", article(head=f"date: 2026-11-24 10:00\n{PICTURE}"))
    newsroom.run(now=NOW + HOUR)
    newsroom.run(now=NOW + 2 * DAY)
    assert not newsroom.path("feed.json").exists() or newsroom.titles() == []
    newsroom.article("a.md", article(head=f"date: 2026-11-24 10:00\n{PICTURE}  credit: Jana\n"))
    newsroom.run(now=NOW + 3 * DAY)
    assert newsroom.titles() == ["Ein Modell lernt dazu"]


@pytest.mark.parametrize(("text", "reason"), BAD, ids=["credit", "title", "text", "head", "bytes"])
def test_a_published_article_that_gets_an_error_stays_as_it_was_and_is_named(newsroom: Newsroom, text, reason) -> None:
    newsroom.article("bild.png", picture())
    newsroom.article("a.md", article(body="Wie er zuerst war."))
    newsroom.run()
    before = newsroom.items()
    newsroom.article("a.md", text)
    assert reason in newsroom.run(now=NOW + HOUR).output
    assert newsroom.items() == before
    assert reason in newsroom.run("status").output
    newsroom.article("a.md", article(body="Der zweite Absatz."))
    newsroom.run(now=NOW + 2 * HOUR)
    (after,) = newsroom.items()
    assert after["id"] == before[0]["id"]
    assert "Der zweite Absatz." in after["content_html"]


def test_a_withdrawal_is_followed_whatever_else_is_wrong_with_the_file(newsroom: Newsroom) -> None:
    newsroom.article("bild.png", picture())
    newsroom.article("a.md", article())
    newsroom.run()
    newsroom.article("a.md", article(head=f"status: withdrawn\n{PICTURE}"))
    newsroom.run(now=NOW + HOUR)
    assert newsroom.titles() == ["Zurückgezogen: Ein Modell lernt dazu"]


def test_nothing_stands_in_for_a_draft_and_a_draft_that_is_released_with_an_error_waits(newsroom: Newsroom) -> None:
    newsroom.article("a.md", "---\nstatus: draft\ntitel: x\n---\n")
    newsroom.run()
    assert "0 held" in newsroom.run("status").output
    newsroom.article("a.md", "---\nstatus: draft\n---\n# Ein Entwurf\n")
    newsroom.run(now=NOW + HOUR)
    newsroom.article("a.md", "# Ein Entwurf\n")
    newsroom.run(now=NOW + 2 * HOUR)
    assert len(held(newsroom, "Fehler in a.md")) == 1
    newsroom.article("a.md", article("Ein Entwurf"))
    newsroom.run(now=NOW + 3 * HOUR)
    assert newsroom.titles() == ["Ein Entwurf"]


@pytest.mark.parametrize("verb", [("release",), ("hold", "--until", "2d")])
def test_what_stands_for_an_unreadable_file_is_let_out_by_nobody(newsroom: Newsroom, verb: tuple[str, ...]) -> None:
    newsroom.article("a.md", "---\nid: a\n---\n")
    newsroom.run()
    answer = newsroom.run("stories", verb[0], "Fehler in a.md", *verb[1:], "--why", "x", code=1).output
    assert "mend the file" in answer
    assert "articles/a.md:1: Titel fehlt" in answer
    newsroom.article("a.md", article())
    newsroom.run(now=NOW + HOUR)
    assert newsroom.titles() == ["Ein Modell lernt dazu"]


def test_a_renamed_article_that_is_broken_for_a_while_is_told_once(newsroom: Newsroom) -> None:
    body = " ".join(f"Wort{n}" for n in range(80)) + "."
    path = newsroom.article("alt.md", article(body=body))
    newsroom.run()
    path.unlink()
    newsroom.article("neu.md", article(head="titel: x\n", body=body))
    newsroom.run(now=NOW + HOUR)
    newsroom.article("neu.md", article(body=body))
    newsroom.run(now=NOW + 2 * HOUR)
    assert newsroom.titles() == ["Ein Modell lernt dazu"]
    assert "0 held" in newsroom.run("status").output
