"""Logins, headers and cookies go to the source's own origin, and nowhere else; nothing prints them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from feeder.config.sections import Gathering
from feeder.config.sourcing import SourceSettings
from feeder.errors import FetchError
from feeder.sources.access import Access, access_of, split_login
from feeder.sources.http import Fetcher
from tests.web import Web, serving

HERE = Gathering(timeout=timedelta(seconds=5), pause=timedelta(0), allow_networks=("127.0.0.0/8",))
SECRETS = ("Authorization", "X-Api-Key", "Cookie")


@pytest.fixture
def elsewhere() -> Iterator[Web]:
    with serving() as server:
        yield server


def knowing(web: Web) -> Fetcher:
    access = Access(web.url("/feed.xml"), "me", "hidden", (("X-Api-Key", "12345"),), "session=abc")
    return Fetcher(HERE, "feeder/1", {"heise": access})


def sent(web: Web) -> list[set[str]]:
    return [{name for name in SECRETS if name in asked.headers} for asked in web.asked]


def test_they_are_sent_to_the_source(web):
    url = web.put("/feed.xml", b"<rss/>")
    with knowing(web) as fetcher:
        fetcher.get("heise", url)
    headers = web.asked[0].headers
    assert headers["Authorization"] == "Basic bWU6aGlkZGVu"
    assert (headers["X-Api-Key"], headers["Cookie"]) == ("12345", "session=abc")


def test_they_are_not_sent_for_another_source(web):
    url = web.put("/feed.xml", b"<rss/>")
    with knowing(web) as fetcher:
        fetcher.get("golem", url)
    assert sent(web) == [set()]


def test_a_redirect_elsewhere_does_not_get_them(web, elsewhere):
    target = elsewhere.put("/feed.xml", b"<rss/>")  # another port is another origin
    url = web.put("/feed.xml", b"", status=302, location=target)
    with knowing(web) as fetcher:
        fetcher.get("heise", url)
        fetcher.get("heise", target)
    assert sent(web) == [set(SECRETS)]
    assert sent(elsewhere) == [set(), set()]


def test_a_redirect_that_comes_back_gets_them_again_and_one_to_another_name_does_not(web):
    web.put("/new.xml", b"<rss/>")
    url = web.put("/feed.xml", b"", status=302, location="/new.xml")
    named = f"http://localhost:{web.port}/new.xml"
    other = web.put("/other.xml", b"", status=302, location=named)
    with knowing(web) as fetcher:
        fetcher.get("heise", url)
        fetcher.get("heise", other)
    assert sent(web) == [set(SECRETS), set(SECRETS), set(SECRETS), set()]


def test_pages_elsewhere_and_rules_do_not_get_them(web, elsewhere):
    page = elsewhere.put("/artikel", b"<p>")
    own = web.put("/artikel", b"<p>")
    with knowing(web) as fetcher:
        fetcher.page("heise", page)
        fetcher.page("heise", own)
    assert sent(elsewhere) == [set(), set(), set()]
    assert [(asked.path, bool(asked.headers.get("Cookie"))) for asked in web.asked] == [
        ("/robots.txt", False),
        ("/.well-known/tdmrep.json", False),
        ("/artikel", True),
    ]


def test_a_login_in_the_address_stays_at_its_origin_and_out_of_what_is_told(web, elsewhere):
    target = elsewhere.put("/feed.xml", b"<rss/>")
    login = web.put("/feed.xml", b"", status=301, location=target).replace("http://", "http://me:hidden@")
    here = web.put("/old.xml", b"", status=301, location="/here.xml").replace("http://", "http://me:hidden@")
    web.put("/here.xml", b"<rss/>")
    with Fetcher(HERE, "feeder/1") as fetcher:
        assert fetcher.get("heise", login).moved_to == target
        moved = fetcher.get("heise", here)
    assert (moved.url, moved.moved_to) == (web.url("/here.xml"), web.url("/here.xml"))
    assert sent(elsewhere) == [set()]
    assert sent(web) == [{"Authorization"}] * 3


def test_a_redirect_brings_no_login_of_its_own(web):
    web.put("/new.xml", b"<rss/>")
    target = web.url("/new.xml").replace("http://", "http://evil:word@")
    with Fetcher(HERE, "feeder/1") as fetcher:
        response = fetcher.get("heise", web.put("/feed.xml", b"", status=302, location=target))
    assert response.url == web.url("/new.xml")
    assert sent(web) == [set(), set()]


def test_a_cookie_that_a_server_sets_is_not_sent_back(web):
    url = web.put("/feed.xml", b"", status=302, location="/b", set_cookie="track=1; Path=/")
    web.put("/b", b"<rss/>", set_cookie="track=2; Path=/")
    with Fetcher(HERE, "feeder/1") as fetcher:
        for _ in range(2):
            fetcher.get("heise", url)
    assert sent(web) == [set()] * 4


def test_no_message_and_no_picture_of_them_tells_them(web):
    with knowing(web) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get("heise", web.put("/feed.xml", b"", status=401))
    access = Access("https://a.example/", "me", "hidden", (("X-Api-Key", "12345"),), "session=abc")
    for words in (str(caught.value), repr(access)):
        assert not any(secret in words for secret in ("hidden", "12345", "abc", "bWU6"))


def settings(**values: object) -> SourceSettings:
    return SourceSettings.model_validate({"id": "heise", "kind": "feed", "title": "Heise", **values})


def test_the_configuration_gives_them():
    found = access_of(
        settings(
            location="https://heise.example/feed",
            username="me",
            password="hidden",
            headers=("X-Api-Key: 12345",),
            cookies="session=abc",
        )
    )
    assert found.headers_for("https://HEISE.example:443/other") == {
        "X-Api-Key": "12345",
        "Authorization": "Basic bWU6aGlkZGVu",
        "Cookie": "session=abc",
    }
    for other in ("http://heise.example/feed", "https://heise.example:8443/feed", "https://www.heise.example/feed"):
        assert found.headers_for(other) == {}


def test_a_login_in_the_configured_address_counts_where_no_other_is_given():
    found = access_of(settings(location="https://me:hid%40den@heise.example/feed"))
    assert (found.location, found.username, found.password) == ("https://heise.example/feed", "me", "hid@den")
    assert access_of(settings(location="https://a:b@heise.example/", username="me")).username == "me"


def test_an_address_without_login_stays_as_it_is():
    assert split_login("https://heise.example/@me") == ("https://heise.example/@me", (None, None))
