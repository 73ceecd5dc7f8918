"""Pages are read only as their owners let us: robots.txt, and reservations of text and data mining."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.config.sections import Gathering
from feeder.errors import FetchError
from feeder.sources.http import Fetcher
from feeder.sources.permission import MAX_CRAWL_DELAY, ForbiddenPageError, Permission, Told, product_token
from feeder.sources.reservation import Reservation, Rule, reserved_by_page
from tests.web import Asked, Page, Web, serving

AGENT = "feeder/1 (+https://ki-news.example/)"
HERE = Gathering(timeout=timedelta(seconds=5), pause=timedelta(0), allow_networks=("127.0.0.0/8",))


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(HERE, AGENT) as made:
        yield made


def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        fetcher.page("heise", url)
    return str(caught.value)


def asked(web: Web, path: str) -> int:
    return sum(each.path == path for each in web.asked)


def page(web: Web, body: str = "<p>Text</p>", **headers: Any) -> str:
    return web.put("/artikel/1", body, content_type="text/html", **headers)


def test_a_page_that_nobody_protects_is_read_as_a_page(web, fetcher):
    response = fetcher.page("heise", page(web))
    assert response.body == b"<p>Text</p>"
    assert web.asked[-1].headers["Accept"].startswith("text/html")
    assert [each.path for each in web.asked] == ["/robots.txt", "/.well-known/tdmrep.json", "/artikel/1"]


def test_rules_are_asked_for_once_for_many_pages(web, fetcher):
    for _ in range(3):
        fetcher.page("heise", page(web))
    assert (asked(web, "/robots.txt"), asked(web, "/.well-known/tdmrep.json"), asked(web, "/artikel/1")) == (1, 1, 3)


def test_what_robots_forbids_is_not_asked_for(web, fetcher):
    web.put("/robots.txt", "User-agent: *\nDisallow: /artikel/\nAllow: /artikel/frei")
    message = refusal(fetcher, page(web))
    assert web.url("/robots.txt") in message
    assert "forbids it to feeder" in message
    assert asked(web, "/artikel/1") == 0
    assert fetcher.page("heise", web.put("/artikel/frei", "<p>")).status == 200


def test_feeds_are_offered_and_need_no_leave(web, fetcher):
    web.put("/robots.txt", "User-agent: *\nDisallow: /")
    assert fetcher.get("heise", web.put("/feed.xml", b"<rss/>")).status == 200
    assert asked(web, "/robots.txt") == 0


@pytest.mark.parametrize(
    ("robots", "may"),
    [
        ("User-agent: feeder\nDisallow: /\n\nUser-agent: *\nDisallow:", False),
        ("User-agent: FEEDER/2.0\nDisallow: /", False),
        ("User-agent: gptbot\nUser-agent: feeder\nDisallow: /", False),
        ("User-agent: feeder\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: feed\nDisallow: /", True),
        ("User-agent: feeder-pro\nDisallow: /", True),
        ("User-agent: gptbot\nDisallow: /", True),
        ("User-agent: gptbot\nDisallow: /\nUser-agent: *\nAllow: /", True),
        ("User-agent: *\nDisallow: /*/1$", False),
        ("User-agent: *\nDisallow: /*.pdf$", True),
        ("\ufeffUser-agent: *\r\nDisallow: /artikel # nicht für Programme\r\n", False),
        ("<html>soft 404</html>", True),
        ("", True),
    ],
)
def test_robots_is_read_by_the_rules(web, fetcher, robots, may):
    web.put("/robots.txt", robots)
    if may:
        assert fetcher.page("heise", page(web)).status == 200
    else:
        assert "forbids it" in refusal(fetcher, page(web))


@pytest.mark.parametrize(
    ("status", "may"), [(404, True), (401, True), (403, True), (429, False), (500, False), (503, False)]
)
def test_an_answer_without_rules_allows_or_forbids_for_now(web, fetcher, status, may):
    web.put("/robots.txt", b"no", status=status)
    if may:
        assert fetcher.page("heise", page(web)).status == 200
    else:
        assert f"answered {status}" in refusal(fetcher, page(web))
        assert "for now" in refusal(fetcher, page(web))
        assert asked(web, "/robots.txt") == 1


def test_a_redirect_to_what_is_forbidden_is_not_followed(web, fetcher):
    web.put("/robots.txt", "User-agent: *\nDisallow: /geheim")
    web.put("/geheim", "<p>")
    url = web.put("/artikel/1", b"", status=302, location="/geheim")
    assert "/geheim may not be read" in refusal(fetcher, url)
    assert asked(web, "/geheim") == 0


def test_only_the_beginning_of_endless_rules_is_read(web, fetcher):
    web.put("/robots.txt", "User-agent: *\nDisallow: /artikel\n" + "# Füllung\n" * 100_000)
    assert "forbids it" in refusal(fetcher, page(web))


def test_rules_made_to_burn_time_burn_none():
    bomb = "".join(f"User-agent: bot{n}\n" for n in range(10_000)) + "Disallow: /a*b\nAllow: /b$\n" * 10_000
    wild = "User-agent: *\nDisallow: /" + "*a" * 5_000 + "*b\n"
    for robots in (bomb, wild):
        permission = Permission(AGENT, lambda *_, robots=robots: Told(200, robots.encode()))
        started = time.process_time()
        assert permission.before("heise", "https://a.example/" + "a" * 2_000, licensed=True) == 0
        assert time.process_time() - started < 2


def test_many_origins_with_large_rules_are_not_all_kept():
    robots = b"User-agent: *\n" + b"Disallow: /x\n" * 30_000
    permission = Permission(AGENT, lambda *_: Told(200, robots))
    for n in range(20):
        permission.before("heise", f"https://h{n}.example/", licensed=True)
    assert permission._shelf._bytes < 600_000


def test_the_rules_of_a_look_that_is_over_are_not_taken_for_silence(web, fetcher):
    def slow(_: Asked) -> Page:
        time.sleep(0.6)
        return Page(b"User-agent: *\nAllow: /")

    web.pages["/robots.txt"] = slow
    with pytest.raises(FetchError, match="source_limit"), fetcher.within(timedelta(seconds=0.3)):
        fetcher.page("heise", page(web))
    assert fetcher.page("heise", page(web)).status == 200


def test_a_wish_for_a_pause_is_kept(web, fetcher):
    times: list[float] = []

    def note(_: Asked) -> Page:
        times.append(time.monotonic())
        return Page(b"<p>")

    web.pages["/artikel/1"] = note
    web.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.5")
    for _ in range(2):
        fetcher.page("heise", web.url("/artikel/1"))
    assert times[1] - times[0] > 0.48


@pytest.mark.parametrize(
    ("said", "kept"), [("7", 7.0), ("86400", MAX_CRAWL_DELAY), ("soon", 0.0), ("-1", 0.0), ("nan", 0.0)]
)
def test_a_wish_for_a_pause_has_a_limit(said, kept):
    permission = Permission(AGENT, lambda *_: Told(200, f"User-agent: *\nCrawl-delay: {said}".encode()))
    assert permission.before("heise", "https://a.example/", licensed=True) == kept


TERMS = "https://a.example/terms"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("<p>", {"tdm_reservation": "1", "tdm_policy": TERMS}),
        (f'<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="{TERMS}">', {}),
        (f"<META content=1 NAME='TDM-Reservation'><meta name=tdm-policy content={TERMS} />", {}),
    ],
    ids=["header", "meta", "another meta"],
)
def test_a_page_that_is_reserved_is_not_used_and_its_terms_are_named(web, fetcher, body, headers):
    message = refusal(fetcher, page(web, body, **headers))
    assert "is reserved" in message
    assert TERMS in message
    assert 'rights = "licensed"' in message


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("<p>", {"x_robots_tag": "noindex, noai"}),
        ("<p>", {"x_robots_tag": "otherbot: noindex, feeder: noai"}),
        ('<meta name="robots" content="noimageai, noai">', {}),
        ('<meta name="feeder" content="noai">', {}),
    ],
)
def test_a_page_that_keeps_machines_out_is_not_used(web, fetcher, body, headers):
    assert "noai" in refusal(fetcher, page(web, body, **headers))


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("<p>", {"tdm_reservation": "0"}),
        ("<p>", {"x_robots_tag": "noindex, nofollow, noimageai"}),
        ("<p>", {"x_robots_tag": "otherbot: noai"}),
        ('<meta name="tdm-reservation" content="0"><meta name="robots" content="noindex">', {}),
        ("<p>" + "x" * 100_000 + '<meta name="tdm-reservation" content="1">', {}),
    ],
)
def test_what_is_no_reservation_keeps_nobody_out(web, fetcher, body, headers):
    assert fetcher.page("heise", page(web, body, **headers)).status == 200


def tdmrep(web: Web, *rules: dict[str, object]) -> None:
    web.put("/.well-known/tdmrep.json", json.dumps(rules), content_type="application/json")


def test_a_reservation_of_the_site_holds_before_the_page_is_asked_for(web, fetcher):
    tdmrep(
        web, {"location": "/frei/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1, "tdm-policy": TERMS}
    )
    message = refusal(fetcher, page(web))
    assert web.url("/.well-known/tdmrep.json") in message
    assert TERMS in message
    assert asked(web, "/artikel/1") == 0
    assert fetcher.page("heise", web.put("/frei/1", "<p>")).status == 200


def test_a_licence_lifts_reservations_but_not_robots(web, fetcher):
    tdmrep(web, {"location": "/", "tdm-reservation": 1})
    reserved = page(web, '<meta name="tdm-reservation" content="1">', x_robots_tag="noai")
    assert fetcher.page("heise", reserved, licensed=True).status == 200
    web.put("/robots.txt", "User-agent: *\nDisallow: /")
    with Fetcher(HERE, AGENT) as another, pytest.raises(FetchError, match="forbids it"):
        another.page("heise", reserved, licensed=True)


@pytest.mark.parametrize(
    ("location", "target", "matches"),
    [
        ("/", "/a/b", True),
        ("/a", "/b", False),
        ("/a/*.html$", "/a/b/c.html", True),
        ("/a/*.html$", "/a/b/c.html?x", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("*.pdf", "/a/b.pdf", True),
        ("/*b*b", "/ab", False),
        ("/*b*b$", "/ab", False),
        ("/über", "/über/1", True),
    ],
)
def test_a_rule_speaks_of_the_paths_that_match(location, target, matches):
    assert Rule(location, reserved=True).matches(target) is matches


@given(
    st.binary() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_what_is_no_reservation_reserves_nothing(body: bytes) -> None:
    assert Reservation.read(body).rule_for("/") is None


def test_deep_nesting_is_no_reservation():
    assert Reservation.read(b"[" * 100_000) == Reservation()


@given(st.dictionaries(st.sampled_from(["tdm-reservation", "tdm-policy", "X-Robots-Tag"]), st.text()), st.binary())
def test_no_page_can_crash_the_question(headers: dict[str, str], body: bytes) -> None:
    reserved_by_page(headers, body + b"<meta name=robots content=" + body, "feeder")


def test_a_page_made_to_burn_time_burns_none():
    started = time.process_time()
    for body in (b"<meta " * 20_000, b"<meta " + b"a" * 100_000, (b"<meta " + b"a" * 1_900 + b">") * 50):
        assert reserved_by_page({}, body, "feeder") is None
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        (AGENT, "feeder"),
        ("KI-News (+https://x.example/)", "ki-news"),
        ("Mozilla/5.0 (compatible; Feeder/1; +https://x.example/)", "feeder"),
        ("(nobody)", "feeder"),
    ],
)
def test_robots_may_speak_of_us_by_our_name(agent, token):
    assert product_token(agent) == token


def test_a_refusal_is_a_sentence_behind_the_address():
    permission = Permission(AGENT, lambda *_: Told(0, problem="the line is cut"))
    with pytest.raises(ForbiddenPageError, match="the line is cut"):
        permission.before("heise", "https://a.example/", licensed=False)


def test_a_redirect_to_another_port_of_the_host_waits_for_no_turn_of_its_own(web, fetcher):
    with serving() as elsewhere:
        target = elsewhere.put("/artikel/2", "<p>")
        url = web.put("/artikel/1", b"", status=302, location=target)
        with fetcher.within(timedelta(seconds=5)):
            assert fetcher.page("heise", url).url == target
        assert asked(elsewhere, "/robots.txt") == 1
