"""What a person made one story, or two, stays so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.newsroom import NOW, Newsroom, Post, rss
from tests.pipeline.test_desk import WHY, markdown, shown, stays

BEATS = True

HOUR = timedelta(hours=1)
ONE = Post("Modell rechnet schneller", "https://heise.example/1", NOW - HOUR, guid="g1")
TWO = Post("Gericht urteilt über Trainingsdaten", "https://golem.example/9", NOW - 2 * HOUR, guid="h9")
HOLD = '[[curation.rules]]\naction = "hold"\nwords = ["{word}"]\nwhy = "wird geprüft"\n'


@pytest.fixture
def told(newsroom: Newsroom) -> Newsroom:
    """Two sources told a story each."""
    newsroom.feed("heise", rss(ONE), rank=10)
    newsroom.feed("golem", rss(TWO))
    newsroom.run()
    return newsroom


@pytest.fixture
def covered(newsroom: Newsroom) -> Newsroom:
    """Two sources told the same story, by its address."""
    newsroom.feed("heise", rss(ONE), rank=10)
    newsroom.feed("golem", rss(Post("Etwas anderes unter der Adresse", ONE.link, NOW - HOUR, guid="h1")))
    newsroom.run()
    assert newsroom.titles() == [ONE.title]
    return newsroom


def sources(item: dict[str, Any]) -> list[str]:
    return [one["title"] for one in item["_feeder"]["coverage"]]


def test_merged_stories_are_one_with_all_sources_and_stay_so(told: Newsroom) -> None:
    ids = {one["title"]: one["id"] for one in told.items()}
    told.run("stories", "merge", "Modell rechnet", "Gericht urteilt", *WHY, now=NOW + HOUR)
    stays(told)
    (item,) = [one for one in told.items() if one["id"] == ids[ONE.title]]
    assert sources(item) == [ONE.title, TWO.title]
    assert [one["source"] for one in shown(told, ONE.title)["items"]] == ["heise", "golem"]
    younger = shown(told, TWO.link)
    assert younger["id"] == ids[ONE.title]
    merged = shown(told, ids[TWO.title])
    assert (merged["fate"], merged["merged_into"]) == ("withdrawn", ids[ONE.title])


def test_what_was_merged_is_not_released_again_but_split(told: Newsroom) -> None:
    slug = shown(told, TWO.title)["slug"]
    told.run("stories", "merge", "Modell rechnet", slug, *WHY, now=NOW + HOUR)
    output = told.run("stories", "release", slug, *WHY, now=NOW + HOUR, code=1).output
    assert "`feeder stories split`" in output
    told.run("stories", "split", ONE.title, "--item", TWO.link, *WHY, now=NOW + 2 * HOUR)
    stays(told, start=3)
    assert {ONE.title, TWO.title} <= set(told.titles())
    assert sources(next(one for one in told.items() if one["title"] == ONE.title)) == [ONE.title]


def test_merging_twice_is_merging_once(told: Newsroom) -> None:
    slug = shown(told, TWO.title)["slug"]
    for n in (1, 2):
        output = told.run("stories", "merge", ONE.title, slug, *WHY, now=NOW + n * HOUR).output
    assert "merged already" in output
    assert len([one for one in shown(told, ONE.title)["decisions"] if one["what"] == "merged"]) == 1


def test_what_stood_in_an_edition_is_no_news_in_the_next_once_merged_and_split_again(told: Newsroom) -> None:
    fresh = Post("Chip kommt später", "https://heise.example/2", NOW + HOUR, guid="g2")
    (first,) = told.editions()
    assert TWO.title in told.path(f"editions/{first}/digest.txt").read_text()
    told.run("stories", "merge", ONE.title, TWO.title, *WHY, now=NOW + HOUR)
    told.run("stories", "split", ONE.title, "--item", TWO.link, *WHY, now=NOW + 2 * HOUR)
    told.feed("heise", rss(fresh, ONE), rank=10)
    told.run(now=NOW + timedelta(days=3))
    digest = told.path(f"editions/{told.editions()[-1]}/digest.txt").read_text()
    assert TWO.title in told.titles()
    assert fresh.title in digest
    assert TWO.title not in digest


def test_a_story_named_twice_is_merged_once(told: Newsroom) -> None:
    slug = shown(told, TWO.title)["slug"]
    output = told.run("stories", "merge", ONE.title, slug, slug, *WHY, now=NOW + HOUR).output
    assert "merged with 1: " in output
    assert shown(told, ONE.title)["revision"] == 2


def test_an_item_may_be_split_merged_and_split_again_in_one_moment(told: Newsroom) -> None:
    slug = shown(told, TWO.title)["slug"]
    told.run("stories", "merge", ONE.title, slug, *WHY, now=NOW + HOUR)
    ids = []
    for made in (f"{slug}-2", f"{slug}-3"):
        told.run("stories", "split", ONE.title, "--item", TWO.link, *WHY, now=NOW + HOUR)
        ids.append(shown(told, made)["id"])
        told.run("stories", "merge", ONE.title, made, *WHY, now=NOW + HOUR)
    assert len(set(ids)) == 2


def test_an_unpublished_story_does_not_swallow_a_published_one(newsroom: Newsroom) -> None:
    newsroom.extra = HOLD.format(word="Modell")
    newsroom.feed("heise", rss(ONE))
    newsroom.feed("golem", rss(TWO))
    newsroom.run()
    output = newsroom.run("stories", "merge", ONE.title, TWO.title, *WHY, code=1).output
    assert "is published and" in output
    newsroom.run("stories", "merge", TWO.title, ONE.title, *WHY)
    newsroom.run(now=NOW + HOUR)
    assert [sources(item) for item in newsroom.items()] == [[TWO.title, ONE.title]]


def test_an_article_of_our_own_is_swallowed_by_no_other_story(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown())
    newsroom.feed("golem", rss(TWO))
    newsroom.run()
    output = newsroom.run("stories", "merge", TWO.title, "lernt dazu", *WHY, code=1).output
    assert "an article of our own, which leads" in output
    newsroom.run("stories", "merge", "lernt dazu", TWO.title, *WHY, now=NOW + HOUR)
    newsroom.article("a.md", markdown(teaser="Anders."))
    newsroom.run(now=NOW + 2 * HOUR)
    item = next(one for one in newsroom.items() if one["title"] == "Ein Modell lernt dazu")
    assert item["summary"] == "Anders."
    assert sources(item) == [TWO.title]


def test_what_was_split_is_two_stories_for_ever(covered: Newsroom) -> None:
    (before,) = covered.items()
    covered.run("stories", "split", ONE.title, "--item", "golem", *WHY, now=NOW + HOUR)
    stays(covered)
    titles = {one["title"]: one for one in covered.items()}
    assert set(titles) == {ONE.title, "Etwas anderes unter der Adresse"}
    assert titles[ONE.title]["id"] == before["id"]
    assert sources(titles[ONE.title]) == [ONE.title]


def test_the_lead_is_not_split_off(covered: Newsroom) -> None:
    output = covered.run("stories", "split", ONE.title, "--item", "heise", *WHY, code=1).output
    assert "“Modell rechnet schneller” of Heise leads modell-rechnet-schneller and stays" in output
    assert "g1" not in output


def test_a_split_says_whether_what_leaves_is_news_again(covered: Newsroom) -> None:
    output = covered.run("stories", "split", ONE.title, "--item", "golem", *WHY, now=NOW + HOUR).output
    assert "it is news again: new in the feeds, and in the next edition" in output
    covered.run(now=NOW + timedelta(days=1))
    digest = covered.path(f"editions/{covered.editions()[-1]}/digest.txt").read_text()
    assert "Etwas anderes unter der Adresse" in digest
    assert ONE.title not in digest


def test_a_split_says_what_counts_as_told(told: Newsroom) -> None:
    told.run("stories", "merge", ONE.title, TWO.title, *WHY, now=NOW + HOUR)
    output = told.run("stories", "split", ONE.title, "--item", TWO.link, *WHY, now=NOW + 2 * HOUR).output
    assert "new in the feeds, but edition 1 told it before: no later one does" in output


def test_a_split_of_what_nobody_saw_says_nothing_of_news(newsroom: Newsroom) -> None:
    newsroom.extra = '[curation]\nrelease = "hold"\n'
    newsroom.feed("heise", rss(ONE), rank=10)
    newsroom.feed("golem", rss(Post("Etwas anderes unter der Adresse", ONE.link, NOW - HOUR, guid="h1")))
    newsroom.run()
    output = newsroom.run("stories", "split", ONE.title, "--item", "golem", *WHY, now=NOW + HOUR).output
    assert "and held (" in output


def test_what_was_merged_or_split_is_named_by_title_in_the_decisions_of_both(told: Newsroom) -> None:
    younger = shown(told, TWO.title)["id"]
    told.run("stories", "merge", ONE.title, TWO.title, *WHY, now=NOW + HOUR)
    assert f"merged “{TWO.title}” of golem: " in told.run("stories", "show", ONE.title).output
    assert f"merged into “{ONE.title}”: " in told.run("stories", "show", younger).output
    assert f"part of “{ONE.title}”" in told.run("stories", "list", "--withdrawn").output
    told.run("stories", "split", ONE.title, "--item", TWO.link, *WHY, now=NOW + 2 * HOUR)
    assert f"split “{TWO.title}” of golem: " in told.run("stories", "show", f"{shown(told, younger)['slug']}-2").output


def test_erased_words_stand_in_no_decision(told: Newsroom) -> None:
    younger = shown(told, TWO.title)["id"]
    told.run("stories", "merge", ONE.title, TWO.title, *WHY, now=NOW + HOUR)
    told.run("stories", "withdraw", ONE.title, "--erase", "--yes", *WHY, now=NOW + 2 * HOUR)
    shows = told.run("stories", "show", younger).output + told.run("stories", "list", "--withdrawn").output
    assert ONE.title not in shows
    assert TWO.title not in shows


def test_an_item_that_is_none_of_the_story_is_refused_with_those_that_are(covered: Newsroom) -> None:
    output = covered.run("stories", "split", ONE.title, "--item", "https://nirgends.example/", *WHY, code=1).output
    assert "names no item of modell-rechnet-schneller" in output
    assert "golem: Etwas anderes unter der Adresse" in output
