"""`feeder announce`: who is told, and how that went."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hub import Hub
from tests.newsroom import Newsroom
from tests.web import Page, Web


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    made = Newsroom(tmp_path, web, host="ki-news.test")
    web.pages["/hook/geheim"] = Page(b"geheim: gern", 200, validators=False)
    web.pages["/hub"] = Page(b"", 503, {"Retry-After": "60"}, validators=False)
    made.extra = (
        f'[announce]\nhubs = ["{web.url("/hub")}"]\n'
        f'[[webhooks]]\nid = "seite"\nurl = "{web.url("/hook/geheim")}"\nsecret = "sechzehn Zeichen."\n'
    )
    return made


def test_status_says_what_waits_and_why_and_no_secret(newsroom: Newsroom, web: Web) -> None:
    newsroom.run("publish")
    said = newsroom.run("announce", "status", now=None).output
    assert f"hub:{web.url('/hub')}  told nothing yet, 15 to tell" in said
    assert "failed 1 times, again 2026-11-23" in said
    assert "answered 503 (Service Unavailable)" in said
    [hub, webhook] = json.loads(newsroom.run("announce", "status", "--json", now=None).output)
    assert (hub["attempts"], hub["told"], webhook["name"], webhook["waiting"]) == (1, None, "webhook:seite", 0)
    assert webhook["to"] == web.url("")
    assert "geheim" not in said + json.dumps(webhook)


def test_test_tells_one_of_them_and_remembers_nothing(newsroom: Newsroom, web: Web) -> None:
    assert newsroom.run("announce", "test", "seite", now=None).output == "seite answered 200 geheim: gern\n"
    sent = web.asked[-1]
    assert json.loads(sent.body)["type"] == "feeder.test"
    hub = Hub(web, status=204)
    hub._hand_on = lambda topic: None  # type: ignore[method-assign]  # noqa: ARG005  # nothing is published here
    newsroom.run("announce", "test", f"127.0.0.1:{web.port}", now=None)
    assert hub.pings == ["https://ki-news.test/feeds/rss.xml"]
    assert json.loads(newsroom.run("announce", "status", "--json", now=None).output)[0]["told"] is None


@pytest.mark.parametrize(
    ("host", "name", "words"),
    [("ki-news.test", "niemand", "there is no hub and no webhook 'niemand'"),
     ("ki-news.example", "seite", "publication.url still names ki-news.example")],
)  # fmt: skip
def test_what_cannot_be_told_is_said_with_what_to_do(newsroom: Newsroom, host: str, name: str, words: str) -> None:
    newsroom.host = host
    assert words in newsroom.run("announce", "test", name, now=None, code=1).output


def test_without_anybody_to_tell_status_says_how_there_would_be(newsroom: Newsroom) -> None:
    newsroom.extra = ""
    assert "[announce] hubs and [[webhooks]] are empty" in newsroom.run("announce", "status", now=None).output
