"""A round with a model: what it is shown, what is made of its words, and that it never keeps anybody waiting."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feeder.store import Store, open_store
from feeder.summaries import endpoint
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.summaries.model_answers import ARTICLE, BAD, BULLETS, TEASER, TITLE, completion, said
from tests.web import Asked, Page, Web

KEY = "sk-geheim-0815"
LINK = "https://quelle.example/kiel"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    endpoint.forget()
    yield
    endpoint.forget()


@pytest.fixture
def room(tmp_path: Path, web: Web) -> Newsroom:
    """A newsroom with one source, one article in it, and a model."""
    room = Newsroom(tmp_path, web, beats=True)
    room.feed("quelle", rss(Post(TITLE, LINK, summary=ARTICLE)))
    return with_model(room)


def with_model(room: Newsroom, **more: object) -> Newsroom:
    """Configure the model; its key comes as every secret may."""
    facts = {"kind": "llm", "endpoint": room.web.url("/v1"), "model": "klein", "api_key": KEY, **more}
    room.extra = "[summaries]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in facts.items())
    return room


def answers(room: Newsroom, content: object, **more: Any) -> None:
    """Let the model say this."""
    room.web.pages["/v1/chat/completions"] = Page(completion(content, **more), 200, JSON, validators=False)


def asked(room: Newsroom) -> list[Asked]:
    """What the model was asked."""
    return [one for one in room.web.asked if one.path == "/v1/chat/completions"]


def store_of(room: Newsroom) -> Store:
    return open_store(f"sqlite:///{room.folder}/feeder.db")


def told(room: Newsroom) -> tuple[str, tuple[str, ...], str, list[str]]:
    """Teaser, Kurzfassung and provenance of the only story, and what was flagged about it."""
    with store_of(room) as store:
        (story_id,) = [one.id for one in store.stories.pages()]
        telling = store.stories.telling(story_id)
        assert telling is not None
        words = telling.revision
        flags = [one.why for one in store.stories.decisions(story_id) if one.what == "flagged"]
    return words.teaser, words.summary, words.provenance.text.value, flags


def test_good_words_are_told_labelled_and_flagged_until_somebody_read_them(room: Newsroom):
    answers(room, said())
    room.run()
    teaser, summary, origin, flags = told(room)
    assert (teaser, summary, origin) == (TEASER, BULLETS, "ki_erzeugt")
    assert len(flags) == 1
    assert "nobody has read" in flags[0]


def test_who_needs_no_review_gets_no_flag(room: Newsroom):
    answers(room, said())
    with_model(room, require_review=False).run()
    assert told(room)[3] == []


@pytest.mark.parametrize("name", ["another price", "somebody new", "gladly", "obeys an order", "truncated JSON"])
def test_what_does_not_pass_leaves_the_sources_words_and_a_flag(room: Newsroom, name: str):
    answers(room, BAD[name])
    report = room.run().output
    teaser, _, origin, flags = told(room)
    assert ARTICLE.startswith(teaser.removesuffix("…"))
    assert origin == "auszug"
    assert len(flags) == 1
    assert "are not used" in flags[0]
    assert "are not used" in report


def test_a_model_that_fails_stops_no_publishing_and_no_round_waits_longer_than_the_deadline(room: Newsroom):
    room.feed("quelle", rss(*(Post(f"{TITLE} {n}", f"{LINK}/{n}", summary=ARTICLE) for n in range(4))))

    def late(_: Asked) -> Page:
        time.sleep(3.0)
        return Page(completion(said()), 200, JSON)

    room.web.pages["/v1/chat/completions"] = late
    started = time.monotonic()
    with_model(room, deadline="2s").run()
    assert time.monotonic() - started < 2.0 + 10.0
    assert len(asked(room)) == 1
    assert len(room.titles()) == 3


def test_the_key_goes_to_the_endpoint_and_nowhere_else(room: Newsroom, caplog: pytest.LogCaptureFixture):
    room.web.pages["/v1/chat/completions"] = Page(b"{}", 401, JSON)
    caplog.set_level("DEBUG")
    report = room.run().output
    assert asked(room)[0].headers["Authorization"] == f"Bearer {KEY}"
    assert KEY not in report + caplog.text + "".join(told(room)[3])
    assert KEY.encode() not in b"".join(data for data, _ in room.files().values())
    assert KEY.encode() not in (room.folder / "feeder.db").read_bytes()


@pytest.mark.parametrize("settings", [{"ai": False}, {"rights": "link-only"}], ids=["ai = false", "link-only"])
def test_nothing_is_sent_of_a_source_that_keeps_its_words(room: Newsroom, settings: dict[str, object]):
    room.feed("quelle", rss(Post(TITLE, LINK, summary=ARTICLE)), **settings)
    answers(room, said())
    room.run()
    assert asked(room) == []
    assert told(room)[3] == []


def test_nothing_is_sent_of_a_source_whose_page_is_reserved_now_or_later(room: Newsroom):
    page = room.web.put("/kiel", "<html><meta name='tdm-reservation' content='1'>…</html>", content_type="text/html")
    room.feed("quelle", rss(Post(TITLE, page, summary=ARTICLE)), fulltext=True)
    answers(room, said())
    room.run()
    assert asked(room) == []
    room.feed("quelle", rss(Post(TITLE + " und mehr", page, summary=ARTICLE + " Mehr.")), fulltext=False)
    room.run("run", now=NOW.replace(hour=22))
    assert asked(room) == []


def test_what_a_licence_allows_is_sent(room: Newsroom):
    page = room.web.put("/kiel", "<html><meta name='tdm-reservation' content='1'>…</html>", content_type="text/html")
    post = rss(Post(TITLE, page, summary=ARTICLE))
    room.feed("quelle", post, fulltext=True, rights="licensed", licence="Vertrag")
    answers(room, said())
    room.run()
    assert len(asked(room)) == 1


def test_drafts_and_articles_of_tomorrow_are_not_sent(room: Newsroom):
    room.sources = []
    body = f"# {TITLE}\n\n{ARTICLE}\n"
    room.article("entwurf.md", f"---\nstatus: draft\nid: a\n---\n{body}")
    room.article("morgen.md", f"---\nstatus: released\ndate: 2026-11-24 10:00\nid: b\n---\n{body}")
    answers(room, said())
    room.run()
    assert asked(room) == []


def test_the_budget_is_asked_before_the_model_is(room: Newsroom):
    answers(room, said())
    with_model(room, tokens_per_day=100).run()
    assert asked(room) == []
    assert "budget" in told(room)[3][0]


def test_what_a_call_cost_is_remembered(room: Newsroom):
    answers(room, said())
    with_model(room, price_in=1.0, price_out=2.0).run()
    with store_of(room) as store:
        spent = store.models.spent("2026-11-23")
    assert (spent.calls, spent.tokens, round(spent.euros, 6)) == (1, 850, 0.001)
