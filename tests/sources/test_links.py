"""Whether links lead anywhere, asked of real servers: by their heads, at once, and not longer than agreed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from feeder.config.sections import Gathering
from feeder.errors import FetchError
from feeder.sources import wire
from feeder.sources.http import Fetcher
from feeder.sources.links import ask_links
from tests.web import Asked, Page, Web

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def gathering(**settings: object) -> Gathering:
    facts = {"pause": "0s", "soonest": "0s", "latest": "0s", "allow_networks": ["127.0.0.0/8"], **settings}
    return Gathering.model_validate(facts)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(gathering(), "feeder-test") as fetcher:
        yield fetcher


def pages_asked(web: Web) -> list[Asked]:
    """What was asked but for robots.txt, which comes first."""
    return [asked for asked in web.asked if asked.path != "/robots.txt"]


def test_a_link_that_works_is_asked_for_its_head_alone(web: Web, fetcher: Fetcher) -> None:
    url = web.put("/da", b"x" * 100_000)
    assert fetcher.status("links", url) == 200
    assert [asked.method for asked in pages_asked(web)] == ["HEAD"]


def test_the_connection_serves_after_a_head(web: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[wire.Connection] = []
    connect = wire.Connection.connect

    def counted(connection: wire.Connection) -> socket.socket:
        opened.append(connection)
        return connect(connection)

    monkeypatch.setattr(wire.Connection, "connect", counted)
    url = web.put("/da", b"x" * 1000)
    assert [fetcher.status("links", url), fetcher.get("links", url).body] == [200, b"x" * 1000]
    assert len(opened) == 2, "one for robots.txt, one for both"


def test_a_head_in_chunks_has_no_body_to_wait_for(web: Web, fetcher: Fetcher) -> None:
    url = web.put("/stuecke", b"", transfer_encoding="chunked")
    began = monotonic()
    assert fetcher.status("links", url) == 200
    assert monotonic() - began < 10


@pytest.mark.parametrize("status", [403, 404, 405, 501])
def test_a_server_that_dislikes_heads_is_asked_for_the_page(web: Web, fetcher: Fetcher, status: int) -> None:
    def answer(asked: Asked) -> Page:
        return Page(b"", status) if asked.method == "HEAD" else Page(b"da")

    web.pages["/eigen"] = answer
    assert fetcher.status("links", web.url("/eigen")) == 200
    assert [asked.method for asked in pages_asked(web)] == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_wants_to_be_left_alone_is(web: Web, fetcher: Fetcher, status: int) -> None:
    url = web.put("/voll", b"", status)
    assert fetcher.status("links", url) == status
    assert len(pages_asked(web)) == 1


def test_what_is_gone_says_so_through_redirects_too(web: Web, fetcher: Fetcher) -> None:
    web.put("/alt", b"", 302, location=web.put("/weg", b"", 410))
    assert fetcher.status("links", web.url("/alt")) == 410


def test_a_page_whose_owner_keeps_programs_out_is_not_asked(web: Web, fetcher: Fetcher) -> None:
    web.put("/robots.txt", b"User-agent: *\nDisallow: /geheim")
    found = {one.url: one for one in ask_links(fetcher, [web.put("/geheim", b""), web.put("/offen", b"")], NOW)}
    assert [one.status for one in found.values()] == [None, 200]
    assert "robots.txt forbids it" in found[web.url("/geheim")].problem
    assert [asked.path for asked in pages_asked(web)] == ["/offen"]


def test_no_link_leads_into_the_house(web: Web) -> None:
    with Fetcher(gathering(allow_networks=[]), "feeder-test") as fetcher, pytest.raises(FetchError, match="not public"):
        fetcher.status("links", web.put("/innen", b"geheim"))
    assert not web.asked


def test_every_link_is_answered_once_whatever_becomes_of_it(web: Web, fetcher: Fetcher) -> None:
    good, bad = web.put("/gut", b""), web.put("/weg", b"", 404)
    nowhere, unfit = "http://kein-name.invalid/x", ("http://[::bad", "http://127.0.0.1:25/")
    found = {one.url: one for one in ask_links(fetcher, [good, bad, nowhere, good, *unfit], NOW)}
    assert {url: one.status for url, one in found.items()} == {
        good: 200, bad: 404, nowhere: None, "http://[::bad": None, "http://127.0.0.1:25/": None
    }  # fmt: skip
    assert found[nowhere].problem
    assert [asked.path for asked in web.asked].count("/gut") == 1


def test_what_a_slow_server_keeps_back_holds_nobody_longer_than_the_deadline(web: Web, fetcher: Fetcher) -> None:
    held = threading.Event()

    def slow(_: Asked) -> Page:
        held.wait(20)
        return Page(b"")

    web.pages |= {f"/langsam{n}": slow for n in range(20)}
    began = monotonic()
    answers = ask_links(fetcher, [web.url(f"/langsam{n}") for n in range(20)], NOW, timedelta(seconds=1))
    took = monotonic() - began
    held.set()
    assert [one.status for one in answers] == [None] * 20
    assert took < 8
