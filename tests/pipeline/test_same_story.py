"""An event is told once, with all who tell it; what continues it says so. In real rounds."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.errors import StoreError
from feeder.model import Fate
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.pipeline.telling_alike import (
    DAY,
    DAY_AFTER,
    GOLEM,
    HEISE,
    HOUR,
    LATE,
    NEXT_DAY,
    OTHER,
    OWN,
    VERGE,
    about_narvik,
    kept,
    later,
    lost_and_doubled,
    three,
)


@pytest.mark.usefixtures("beating")
def test_three_sources_that_tell_one_event_are_one_story_with_three_lines_in_every_output(newsroom: Newsroom) -> None:
    three(newsroom)
    newsroom.run()
    assert newsroom.titles() == [HEISE.title, OTHER.title]
    (told,) = about_narvik(newsroom)
    assert told.sources == ["heise", "verge", "golem"]  # the lead, then by rank
    page = f"stories/{told.story.slug}/index.html"
    digest = f"editions/{newsroom.editions()[0]}/digest"
    for name in ("rss.xml", "atom.xml", "feed.json", page, f"{digest}.html", f"{digest}.txt"):
        text = newsroom.path(name).read_text(encoding="utf-8")
        assert [post.link for post in (HEISE, VERGE, GOLEM) if post.link not in text] == [], name
    assert lost_and_doubled(newsroom) == []


# Each pair is too unlike for a merge by itself; the first two vouch for the third.
BURNT = (
    Post("Möbelkette Holzinger verliert Lagerhalle in Oldenburg durch Brand", "https://a.example/1", NOW - HOUR, ""),
    Post("Brand in Oldenburg: Holzinger trauert um alte Lagerhalle", "https://b.example/1", NOW - HOUR, ""),
    Post(
        "Möbel und Lagerhalle von Holzinger in Oldenburg durch Großbrand zerstört",
        "https://c.example/1",
        NOW - HOUR,
        "",
    ),
)


def test_stories_of_one_round_that_vouch_for_an_item_are_one_story_led_by_the_best_source(newsroom: Newsroom) -> None:
    for rank, (name, post) in enumerate(zip(("eins", "zwei", "drei"), BURNT, strict=True)):
        newsroom.feed(name, rss(post), rank=20 + rank)
    newsroom.run()
    assert newsroom.titles() == [BURNT[0].title]
    told = json.loads(newsroom.run("explain", BURNT[1].link, "--json").output)[0]
    why = {item["source"]: item["why"] for item in told["items"]}
    assert told["source"] == "eins"
    assert why["zwei"] == f"one event with another item that is like both: {BURNT[2].title}"
    assert "so does “" in why["drei"]
    assert lost_and_doubled(newsroom) == []


def test_of_stories_that_vouch_the_better_source_leads_though_the_other_is_more_alike(newsroom: Newsroom) -> None:
    titles = (
        "Oldenburg: Feuer in Lagerhalle der Möbelkette Holzinger",
        "Großbrand in Oldenburg: Lagerhalle von Holzinger zerstört",
        "Holzinger-Lagerhalle in Oldenburg brennt nieder",
    )
    for rank, (name, title) in enumerate(zip(("eins", "zwei", "drei"), titles, strict=True)):
        newsroom.feed(name, rss(Post(title, f"https://{name}.example/1", NOW - HOUR, "")), rank=20 + rank)
    newsroom.run()
    assert newsroom.titles() == [titles[0]]


def test_stories_that_were_told_before_stay_two_though_an_item_joins_one_of_them(newsroom: Newsroom) -> None:
    newsroom.feed("eins", rss(BURNT[0]))
    newsroom.feed("zwei", rss(BURNT[1]))
    newsroom.run()
    newsroom.feed("drei", rss(BURNT[2]))
    newsroom.run(now=NOW + HOUR)
    assert sorted(newsroom.titles()) == sorted(post.title for post in BURNT[:2])
    assert lost_and_doubled(newsroom) == []


def test_every_merge_is_explained_with_its_score(newsroom: Newsroom) -> None:
    three(newsroom)
    newsroom.run()
    (told,) = about_narvik(newsroom)
    merges = [one for one in told.decisions if one.what == "merged"]
    assert len(merges) == 2
    assert all(one.score and one.score > 0.8 and one.why.startswith("like 0.") for one in merges)
    assert "like 0." in newsroom.run("explain", GOLEM.link).output


def test_an_event_told_in_english_joins_the_german_story_and_leads_none(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(HEISE))
    newsroom.feed("verge", rss(VERGE), language="en")
    newsroom.run()
    assert newsroom.titles() == [HEISE.title]


@pytest.mark.parametrize("order", list(permutations(("golem", "heise", "verge"))), ids="-".join)
def test_whatever_comes_first_is_told_at_once_and_the_rest_joins_it_quietly(
    newsroom: Newsroom, order: tuple[str, ...]
) -> None:
    three(newsroom)
    feeds, newsroom.sources = {one.split('"')[1]: one for one in newsroom.sources}, []
    for hour, name in enumerate(order):
        newsroom.sources.append(feeds[name])
        newsroom.run(now=NOW + hour * HOUR)
        (told,) = about_narvik(newsroom)
        assert told.sources[0] == order[0]
        assert told.story.updated == told.story.released == NOW.replace(microsecond=0) or hour == 0
    assert sorted(told.sources) == ["golem", "heise", "verge"]
    assert told.story.revision == 3
    assert len(newsroom.titles()) == 2
    assert lost_and_doubled(newsroom) == []


@pytest.mark.usefixtures("beating")
def test_what_joins_a_released_story_changes_neither_its_words_nor_when_it_was_updated_nor_its_edition(
    newsroom: Newsroom,
) -> None:
    newsroom.feed("golem", rss(GOLEM), rank=40)
    newsroom.run()
    (before,), mail = about_narvik(newsroom), newsroom.files()
    (name,) = [name for name in mail if name.endswith("digest.eml")]
    newsroom.feed("heise", rss(HEISE), rank=20)
    newsroom.run(now=NOW + HOUR)
    (after,) = about_narvik(newsroom)
    assert after.sources == ["golem", "heise"]
    words = replace(after.revision, n=1, coverage=before.revision.coverage, at=before.revision.at, why="first told")
    assert words == before.revision
    kept_as_it_was = ("id", "slug", "url", "lead", "released", "updated", "fate")
    assert [getattr(after.story, it) for it in kept_as_it_was] == [getattr(before.story, it) for it in kept_as_it_was]
    assert newsroom.files()[name] == mail[name]
    assert HEISE.link in newsroom.path("rss.xml").read_text(encoding="utf-8")


def test_a_round_that_brings_nothing_new_looks_at_no_window(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(newsroom)
    newsroom.run()

    def refuse(*_: object) -> None:
        raise AssertionError("the window was loaded")

    monkeypatch.setattr("feeder.store.stories.Stories.window", refuse)
    newsroom.run(now=NOW + HOUR)
    newsroom.feed("heise", rss(OTHER, replace(HEISE, summary="Jetzt anders gesagt, von Grund auf.")), rank=20)
    newsroom.run(now=NOW + 2 * HOUR)


def test_an_edit_of_the_lead_keeps_who_else_tells_it(newsroom: Newsroom) -> None:
    three(newsroom)
    newsroom.run("gather")
    newsroom.feed("heise", rss(OTHER, replace(HEISE, title="Narvik bekommt Rechenzentrum von OpenAI")), rank=20)
    newsroom.run("gather", now=NOW + HOUR)
    (told,) = about_narvik(newsroom)
    assert told.revision.title == "Narvik bekommt Rechenzentrum von OpenAI"
    assert told.sources == ["heise", "verge", "golem"]
    assert told.revision.coverage[0].title == told.revision.title


def test_an_edit_of_what_only_joined_changes_nothing(newsroom: Newsroom) -> None:
    three(newsroom)
    newsroom.run()
    before = about_narvik(newsroom)
    newsroom.feed("golem", rss(replace(GOLEM, title="Alles ganz anders in Narvik")), rank=40)
    newsroom.run(now=NOW + HOUR)
    assert about_narvik(newsroom) == before


@pytest.mark.usefixtures("beating")
def test_the_next_days_news_is_a_follow_up_that_names_the_elder(newsroom: Newsroom) -> None:
    three(newsroom)
    newsroom.run()
    newsroom.feed("golem", rss(NEXT_DAY, GOLEM), rank=40)
    newsroom.run(now=NOW + DAY + HOUR)
    update, elder = sorted(about_narvik(newsroom), key=lambda one: one.story.follows is None)
    assert update.revision.title == NEXT_DAY.title
    assert update.story.follows == elder.story.id
    continues = update.revision.continues
    assert continues is not None
    assert (continues.story_id, continues.slug, continues.title, continues.released) == (
        elder.story.id, elder.story.slug, elder.revision.title, elder.story.released,
    )  # fmt: skip
    assert "new: Statnett" in update.why
    assert "like 0." in update.why
    page = newsroom.path(f"stories/{update.story.slug}/index.html").read_text(encoding="utf-8")
    assert "Update zu" in page
    editions = [newsroom.path(f"editions/{name}/digest.txt").read_text() for name in newsroom.editions()]
    assert [HEISE.title in text for text in editions].count(True) == len(editions) == 2
    assert [f"Update zu: {HEISE.title}" in " ".join(text.split()) for text in editions] == [False, True]


@pytest.mark.parametrize("setting", ["tell", "hold", "drop"])
def test_what_comes_late_and_says_nothing_new_joins_the_story_quietly(newsroom: Newsroom, setting: str) -> None:
    newsroom.extra = f'[curation]\nfollowups = "{setting}"\n'
    newsroom.feed("heise", rss(HEISE), rank=20)
    newsroom.run()
    (before,) = about_narvik(newsroom)
    newsroom.feed("golem", rss(LATE), rank=40)
    newsroom.run(now=NOW + DAY + HOUR)
    (after,) = about_narvik(newsroom)
    assert after.sources == ["heise", "golem"]
    assert "with nothing new" in after.why
    assert after.story.updated == before.story.updated
    assert newsroom.titles() == [HEISE.title]
    assert lost_and_doubled(newsroom) == []


@pytest.mark.parametrize(("setting", "fate"), [("hold", "held"), ("drop", "dropped")])
def test_follow_ups_are_held_or_left_out_by_rule(newsroom: Newsroom, setting: str, fate: str) -> None:
    newsroom.extra = f'[curation]\nfollowups = "{setting}"\n'
    three(newsroom)
    newsroom.run()
    newsroom.feed("golem", rss(NEXT_DAY, GOLEM), rank=40)
    newsroom.run(now=NOW + DAY + HOUR)
    assert NEXT_DAY.title not in newsroom.titles()
    explained = newsroom.run("explain", NEXT_DAY.link).output
    assert fate in explained
    assert f'followups = "{setting}"' in explained


def test_a_follow_up_of_a_follow_up_continues_the_newest_of_the_chain(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(HEISE), rank=20)
    newsroom.run()
    newsroom.feed("golem", rss(NEXT_DAY), rank=40)
    newsroom.run(now=NOW + DAY + HOUR)
    newsroom.feed("heise", rss(DAY_AFTER, HEISE), rank=20)
    newsroom.run(now=NOW + 2 * DAY + HOUR)
    by_title = {one.revision.title: one.story for one in about_narvik(newsroom)}
    assert by_title[DAY_AFTER.title].follows == by_title[NEXT_DAY.title].id
    assert by_title[NEXT_DAY.title].follows == by_title[HEISE.title].id


def test_our_own_article_of_the_same_round_leads_and_the_others_are_its_sources(newsroom: Newsroom) -> None:
    newsroom.article("narvik.md", OWN)
    three(newsroom)
    newsroom.run()
    (told,) = about_narvik(newsroom)
    assert told.story.lead.source_id == "redaktion"
    assert told.sources == ["heise", "verge", "golem"]
    assert told.revision.continues is None


def test_our_own_article_about_what_was_released_is_told_anew_and_continues_it(newsroom: Newsroom) -> None:
    three(newsroom)
    newsroom.run()
    newsroom.article("narvik.md", OWN)
    newsroom.run(now=NOW + HOUR)
    own, other = sorted(about_narvik(newsroom), key=lambda one: one.story.lead.source_id != "redaktion")
    assert own.story.follows == other.story.id
    assert own.revision.continues is not None
    assert other.sources == ["heise", "verge", "golem"]
    newsroom.feed("zeit", rss(replace(GOLEM, link="https://zeit.example/narvik", published=NOW + HOUR)))
    newsroom.run(now=NOW + 2 * HOUR)
    assert len(about_narvik(newsroom)) == 2
    assert lost_and_doubled(newsroom) == []


def test_two_articles_of_our_own_stay_two(newsroom: Newsroom) -> None:
    newsroom.article("narvik.md", OWN)
    newsroom.article("narvik-2.md", OWN.replace("id: narvik", "id: narvik-2"))
    newsroom.run()
    assert len(about_narvik(newsroom)) == 2
    assert all(one.story.follows is None for one in about_narvik(newsroom))


def test_a_better_source_leads_a_story_that_nobody_has_seen_and_our_own_article_leads_it_before_all(
    newsroom: Newsroom,
) -> None:
    newsroom.extra = '[curation]\nrelease = "hold"\n'
    newsroom.feed("golem", rss(GOLEM), rank=40)
    newsroom.run()
    (first,) = about_narvik(newsroom)
    newsroom.feed("heise", rss(HEISE), rank=20)
    newsroom.feed("verge", rss(VERGE), rank=30, language="en")
    newsroom.run(now=NOW + HOUR)
    (told,) = about_narvik(newsroom)
    assert (told.story.id, told.story.slug, told.story.fate) == (first.story.id, first.story.slug, Fate.HELD)
    assert (told.revision.title, told.story.url) == (HEISE.title, HEISE.link)
    assert told.sources == ["heise", "verge", "golem"]
    assert "led: Heise leads it now" in told.why
    newsroom.article("narvik.md", OWN)
    newsroom.run(now=NOW + 2 * HOUR)
    (own,) = about_narvik(newsroom)
    assert (own.story.id, own.story.lead.source_id, own.story.url) == (first.story.id, "redaktion", None)
    assert own.sources == ["heise", "verge", "golem"]
    assert lost_and_doubled(newsroom) == []


def test_what_a_rule_or_a_flood_holds_hides_nothing_that_others_tell(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(HEISE), rank=20, rules=[])
    newsroom.sources[-1] = newsroom.sources[-1].replace("rules = []", 'rules = [{action = "hold"}]')
    newsroom.feed("golem", rss(GOLEM), rank=40)
    newsroom.run()
    assert newsroom.titles() == [GOLEM.title]
    newsroom.feed("verge", rss(VERGE), rank=30, language="en")
    newsroom.run(now=NOW + HOUR)
    assert newsroom.titles() == [GOLEM.title]
    assert [one.sources for one in kept(newsroom, Fate.RELEASED)] == [["golem", "verge"]]


def test_what_rules_drop_stays_dropped_though_others_tell_it(newsroom: Newsroom) -> None:
    newsroom.extra = (
        '[[curation.rules]]\naction = "drop"\nwords = ["golem"]\nfields = ["source"]\nwhy = "nicht unser Thema"\n'
    )
    three(newsroom)
    newsroom.run()
    (told,) = about_narvik(newsroom)
    assert told.sources == ["heise", "verge"]
    assert "nicht unser Thema" in newsroom.run("explain", GOLEM.link).output


def test_what_is_too_much_of_its_source_may_still_join_a_story_and_what_joins_does_not_count(
    newsroom: Newsroom,
) -> None:
    more = replace(OTHER, link="https://golem.example/2", title="Aleph Alpha zieht nach Heidelberg um",
                   summary="Das Unternehmen mietet ein Hochhaus am Neckar.", published=NOW - HOUR / 2)  # fmt: skip
    newsroom.extra = "[curation]\nmax_per_source = 1\nbaseline_release = 1\n"
    newsroom.feed("golem", rss(more, GOLEM), rank=40)
    newsroom.feed("heise", rss(HEISE), rank=50)
    newsroom.run()
    assert sorted(newsroom.titles()) == sorted([more.title, HEISE.title])
    (told,) = about_narvik(newsroom)
    assert told.sources == ["heise", "golem"]


def test_a_source_that_is_not_to_be_compared_joins_only_what_has_its_address_or_its_words(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(HEISE), rank=20)
    newsroom.feed("golem", rss(GOLEM), rank=40, same_story=False)
    newsroom.feed("dpa", rss(replace(HEISE, link="https://dpa.example/1")), rank=50, same_story=False)
    newsroom.run()
    assert sorted(one.sources for one in about_narvik(newsroom)) == [["golem"], ["heise", "dpa"]]
    assert any("in the same words" in one.why for one in about_narvik(newsroom))


def test_where_nothing_is_compared_only_address_id_and_words_make_one_story(newsroom: Newsroom) -> None:
    newsroom.extra = "[curation]\nsame_story = false\n"
    three(newsroom)
    newsroom.feed("dpa", rss(replace(HEISE, link="https://dpa.example/1", summary=HEISE.summary[:70])), rank=50)
    newsroom.run()
    assert sorted(one.sources for one in about_narvik(newsroom)) == [["golem"], ["heise", "dpa"], ["verge"]]


def test_what_is_older_than_the_look_back_is_news_again(newsroom: Newsroom) -> None:
    newsroom.extra = '[curation]\nlook_back = "1d"\n'
    newsroom.feed("heise", rss(HEISE), rank=20)
    newsroom.run()
    newsroom.feed("golem", rss(later(GOLEM, days=2)), rank=40)
    newsroom.run(now=NOW + 2 * DAY)
    assert len(about_narvik(newsroom)) == 2


def test_an_item_whose_source_vanished_before_it_was_told_is_dropped_and_one_that_was_told_stays(
    newsroom: Newsroom,
) -> None:
    three(newsroom)
    newsroom.run()
    newsroom.sources = [one for one in newsroom.sources if "golem" in one]
    newsroom.feed("zeit", rss(replace(GOLEM, link="https://zeit.example/narvik")), rank=10)
    newsroom.run(now=NOW + HOUR)
    (told,) = about_narvik(newsroom)
    assert told.sources == ["heise", "zeit", "golem", "verge"]


def test_what_a_person_split_is_not_made_one_again_and_what_comes_later_joins_one_of_them(newsroom: Newsroom) -> None:
    three(newsroom)
    newsroom.run()
    (told,) = about_narvik(newsroom)
    newsroom.run("stories", "split", told.story.id, "--item", GOLEM.link, "--why", "anderes", now=NOW + HOUR)
    assert len(about_narvik(newsroom)) == 2
    newsroom.feed("zeit", rss(later(replace(HEISE, link="https://zeit.example/narvik"), hours=2)))
    newsroom.run(now=NOW + 3 * HOUR)
    assert len(about_narvik(newsroom)) == 2
    assert lost_and_doubled(newsroom) == []


def test_a_persons_words_stay_while_others_join(newsroom: Newsroom) -> None:
    newsroom.feed("golem", rss(GOLEM), rank=40)
    newsroom.run()
    (told,) = about_narvik(newsroom)
    newsroom.run("stories", "edit", told.story.id, "--title", "Narvik, sagt die Redaktion", now=NOW + HOUR)
    newsroom.feed("heise", rss(HEISE), rank=20)
    newsroom.run(now=NOW + 2 * HOUR)
    (after,) = about_narvik(newsroom)
    assert after.revision.title == "Narvik, sagt die Redaktion"
    assert after.sources == ["golem", "heise"]


def test_what_tells_again_what_was_withdrawn_waits_for_a_person(newsroom: Newsroom) -> None:
    newsroom.feed("golem", rss(GOLEM), rank=40)
    newsroom.run()
    (told,) = about_narvik(newsroom)
    newsroom.run("stories", "withdraw", told.story.id, "--why", "stimmt nicht", "--yes", now=NOW + HOUR)
    newsroom.feed("heise", rss(HEISE), rank=20)
    newsroom.run(now=NOW + 2 * HOUR)
    (held,) = kept(newsroom, Fate.HELD)
    assert held.revision.title == HEISE.title
    assert "withdrawn" in held.why


def test_two_processes_at_once_make_one_story(newsroom: Newsroom) -> None:
    three(newsroom)
    program = [sys.executable, "-m", "feeder", "run", "--config", str(newsroom.configure()), "--now", NOW.isoformat()]

    def run(_: int) -> int:
        return subprocess.run(program, check=False, capture_output=True).returncode

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(run, range(2))) == [0, 0]
    (told,) = about_narvik(newsroom)
    assert told.sources == ["heise", "verge", "golem"]
    assert len(told.decisions) == 3
    assert lost_and_doubled(newsroom) == []


@pytest.mark.parametrize("dies_at", range(1, 7))
def test_a_round_that_dies_between_two_writes_is_made_whole_by_the_next(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    newsroom.feed("golem", rss(GOLEM), rank=40)
    newsroom.run()
    three(newsroom)
    newsroom.feed("zeit", rss(replace(OTHER, link="https://zeit.example/voxtral")))
    with open_house(read_config(newsroom.configure())) as house, monkeypatch.context() as patch:
        writes, write = 0, type(house.store.stories).attach

        def die(*words: object, **more: object) -> object:
            nonlocal writes
            writes += 1
            if writes == dies_at:
                raise StoreError("the power went out")
            return write(*words, **more)  # type: ignore[arg-type]

        patch.setattr("feeder.store.stories.Stories.attach", die)
        newsroom.run(now=NOW + HOUR, code=1 if dies_at <= 3 else 0)
    newsroom.run(now=NOW + 2 * HOUR)
    assert [one.sources for one in kept(newsroom)] == [["heise", "zeit"], ["golem", "heise", "verge"]]
    assert lost_and_doubled(newsroom) == []


@pytest.mark.usefixtures("beating")
def test_no_story_stands_twice_in_a_feed_or_in_two_editions(newsroom: Newsroom) -> None:
    three(newsroom)
    for day in range(3):
        for name, post in (("golem", GOLEM), ("heise", HEISE), ("verge", VERGE)):
            again = replace(later(post, hours=5 * day), link=f"{post.link}/{day}")
            newsroom.feed(name, rss(again, post), rank=40)
            newsroom.run(now=NOW + day * DAY)
    ids = [item["id"] for item in newsroom.items()]
    assert len(ids) == len(set(ids))
    with open_house(read_config(newsroom.configure())) as house:
        placed = [
            story for edition in house.store.editions.list() for part in edition.sections for story, _ in part.stories
        ]
        assert len(placed) == len(set(placed))
    assert json.loads(newsroom.path("feed.json").read_text())["items"]
    assert lost_and_doubled(newsroom) == []
