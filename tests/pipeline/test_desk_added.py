"""A page that a person tells is a story at once, and one story with whatever lists it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.newsroom import NOW, Newsroom, Post, rss
from tests.pipeline.test_desk import DROP, HOLD, WHY, shown, stays

HOUR = timedelta(hours=1)
LONG = "Die Behörde hat heute ihren Bericht über das Modell vorgelegt. " * 6
PAGE = f"""<html lang="de"><head><title>Bericht zum Modell liegt vor</title>
<meta property="og:type" content="article"><meta name="description" content="{LONG}">
<meta property="article:published_time" content="2026-11-22T10:00:00Z">
<link rel="canonical" href="/bericht"></head><body><h1>Bericht zum Modell liegt vor</h1><p>{LONG}</p></body></html>"""


@pytest.fixture
def page(newsroom: Newsroom) -> str:
    """The address of a page that no source lists."""
    newsroom.web.put("/robots.txt", "User-agent: *\nAllow: /\n", content_type="text/plain")
    return newsroom.web.put("/bericht", PAGE, content_type="text/html; charset=utf-8")


def test_a_page_is_told_at_once_within_what_rights_let_out(newsroom: Newsroom, page: str) -> None:
    newsroom.run()
    output = newsroom.run("stories", "add", f"{page}?utm_source=mail", *WHY, now=NOW + HOUR).output
    assert "told and released, with 127.0.0.1 as its source" in output
    stays(newsroom)
    (item,) = newsroom.items()
    assert (item["title"], item["external_url"]) == ("Bericht zum Modell liegt vor", page)
    assert item["date_published"] == "2026-11-23T10:00:00Z"
    assert 0 < len(item["summary"]) <= 160
    facts = shown(newsroom, page)
    assert (facts["provenance"], facts["language"]) == ("auszug", "de")
    assert [one["why"] for one in facts["decisions"]] == ["so entschieden"]


def test_what_a_person_adds_ranks_as_a_source_that_is_given_no_rank(newsroom: Newsroom, page: str) -> None:
    newsroom.run()
    newsroom.run("stories", "add", page, *WHY)
    said = newsroom.run("explain", page).output
    assert "source: hand:127.0.0.1 has rank 50" in said


def test_a_page_is_told_in_the_words_of_a_person(newsroom: Newsroom, page: str) -> None:
    words = ("--title", "Bericht ist da", "--teaser", "Er sagt, was alle dachten.", "--bullet", "", "--topic", "recht")
    newsroom.run("stories", "add", page, *words, *WHY)
    stays(newsroom)
    (item,) = newsroom.items("topics/recht/feed.json")
    assert (item["title"], item["summary"]) == ("Bericht ist da", "Er sagt, was alle dachten.")
    assert shown(newsroom, page)["provenance"] == "redaktionell"


def test_what_a_source_lists_later_is_the_same_story(newsroom: Newsroom, page: str) -> None:
    newsroom.run("stories", "add", page, *WHY)
    newsroom.feed("amt", rss(Post("Bericht", page, NOW, guid="x")))
    newsroom.run(now=NOW + HOUR)
    assert newsroom.titles() == ["Bericht zum Modell liegt vor"]
    assert [one["source"] for one in shown(newsroom, page)["items"]] == ["hand:127.0.0.1", "amt"]


def test_what_a_source_told_before_is_the_same_story(newsroom: Newsroom, page: str) -> None:
    newsroom.feed("amt", rss(Post("Bericht", page, NOW, guid="x")))
    newsroom.run()
    output = newsroom.run("stories", "add", page, "--title", "Anders", *WHY, now=NOW + HOUR).output
    assert "told already; `feeder stories edit` changes its words" in output
    newsroom.run(now=NOW + HOUR)
    assert newsroom.titles() == ["Bericht"]


@pytest.mark.parametrize("rule", [HOLD, DROP])
def test_what_rules_kept_in_is_let_out(newsroom: Newsroom, page: str, rule: str) -> None:
    newsroom.extra = rule
    newsroom.feed("amt", rss(Post("Modell", page, NOW, guid="x")))
    newsroom.run()
    newsroom.run("stories", "add", page, "--teaser", "Unsere Worte dazu.", *WHY, now=NOW + HOUR)
    stays(newsroom)
    (item,) = newsroom.items()
    assert (item["title"], item["summary"]) == ("Modell", "Unsere Worte dazu.")


def test_adding_twice_is_adding_once(newsroom: Newsroom, page: str) -> None:
    newsroom.run("stories", "add", page, *WHY)
    output = newsroom.run("stories", "add", page, *WHY, now=NOW + HOUR).output
    assert "told already" in output
    assert len(shown(newsroom, page)["decisions"]) == 1


def test_the_name_and_the_narrower_rights_of_a_configured_source_hold_for_its_site(
    newsroom: Newsroom, page: str
) -> None:
    newsroom.feed("amt", rss(), homepage=page, rights="link-only", title="Das Amt")
    newsroom.run("stories", "add", page, *WHY)
    facts = shown(newsroom, page)
    assert facts["coverage"][0]["source"] == "Das Amt"
    assert facts["teaser"] == ""


def test_a_page_whose_owner_keeps_programs_out_is_told_in_a_persons_words_only(newsroom: Newsroom, page: str) -> None:
    newsroom.web.put("/robots.txt", "User-agent: *\nDisallow: /\n", content_type="text/plain")
    newsroom.run("stories", "add", page, *WHY, code=1)
    assert [one.path for one in newsroom.web.asked].count("/bericht") == 0
    output = newsroom.run("stories", "add", page, "--title", "Bericht", "--teaser", "Er ist da.", *WHY).output
    assert "only your words stand there" in output
    newsroom.run()
    (item,) = newsroom.items()
    assert (item["title"], item["summary"]) == ("Bericht", "Er ist da.")
    assert [one.path for one in newsroom.web.asked].count("/bericht") == 0


def test_what_is_no_page_is_refused(newsroom: Newsroom, page: str) -> None:
    assert page
    for address, words in (
        ("nirgends", "is no address of a page"),
        ("ftp://heise.example/1", "is no address of a page"),
        (f"{newsroom.web.url('/bericht')}?api_key=geheim", "would be published"),
        ("http://10.0.0.1/x", "10.0.0.1"),
        ("http://169.254.169.254/latest", "169.254.169.254"),
    ):
        output = newsroom.run("stories", "add", address, "--title", "Trotzdem", *WHY, code=1).output
        assert words in output
    assert newsroom.run("stories", "list").output == "there is no story yet\n"
