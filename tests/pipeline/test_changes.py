"""What happens to a story after it was first told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeder.web.answering import answer
from feeder.web.folder import Folder
from tests.newsroom import NOW, SEED, Newsroom, Post, rss

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POST = Post("Modell rechnet schneller", "https://heise.example/1", guid="g1")


def markdown(title: str = "Ein Modell lernt dazu", body: str = "Der erste Absatz.", **front: str) -> str:
    head = "".join(f"{key}: {value}\n" for key, value in {"id": "a", **front}.items())
    return f"---\n{head}---\n# {title}\n\n## NEWS\n\n{body}\n"


def test_an_edited_article_keeps_id_address_and_date_and_changes_its_words(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown())
    newsroom.run()
    (before,) = newsroom.items()
    newsroom.article("a.md", markdown("Ein Modell lernt mehr dazu", "Der zweite Absatz."))
    newsroom.run(now=NOW + HOUR)
    (after,) = newsroom.items()
    assert [after[key] for key in ("id", "url", "date_published")] == [
        before[key] for key in ("id", "url", "date_published")
    ]
    assert after["title"] == "Ein Modell lernt mehr dazu"
    assert after["date_modified"] == "2026-11-23T10:00:00Z"
    assert "Der zweite Absatz." in after["content_html"]


def test_a_file_that_is_saved_again_without_change_is_no_edit(newsroom: Newsroom) -> None:
    path = newsroom.article("a.txt")
    newsroom.run()
    before = newsroom.files()
    path.write_text(SEED + "\n\n", encoding="utf-8")
    newsroom.run(now=NOW + HOUR)
    assert newsroom.files() == before


def test_a_renamed_article_stays_the_same_story(newsroom: Newsroom) -> None:
    path = newsroom.article("alt.txt")
    newsroom.run()
    before = newsroom.items()
    path.rename(path.with_name("neu.txt"))
    newsroom.run(now=NOW + HOUR)
    assert newsroom.items() == before


def test_a_deleted_article_stays_and_status_names_it(newsroom: Newsroom) -> None:
    newsroom.article("bleibt.txt")
    path = newsroom.article("b.md", markdown())
    newsroom.run()
    path.unlink()
    newsroom.run(now=NOW + HOUR)
    assert "Ein Modell lernt dazu" in newsroom.titles()
    assert "b.md is gone" in newsroom.run("status").output


def test_a_draft_stays_in_until_it_is_released(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown(status="draft"))
    newsroom.run()
    assert newsroom.titles() == []
    newsroom.article("a.md", markdown(status="released"))
    newsroom.run(now=NOW + HOUR)
    assert newsroom.titles() == ["Ein Modell lernt dazu"]


def test_an_article_dated_ahead_is_held_until_its_moment(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown(date="2026-11-23T14:00:00"))
    newsroom.run()
    assert newsroom.titles() == []
    newsroom.run(now=NOW + 3 * HOUR)
    assert newsroom.titles() == []
    newsroom.run(now=NOW + 5 * HOUR)
    assert newsroom.items()[0]["date_published"] == "2026-11-23T13:00:00Z"


def test_an_article_whose_date_is_moved_is_held_until_the_new_one(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown(date="2026-11-23T14:00:00"))
    newsroom.run()
    newsroom.article("a.md", markdown(date="2026-11-24T14:00:00"))
    newsroom.run(now=NOW + HOUR)
    newsroom.run(now=NOW + 5 * HOUR)
    assert newsroom.titles() == []
    newsroom.run(now=NOW + 29 * HOUR)
    assert newsroom.titles() == ["Ein Modell lernt dazu"]


def test_a_withdrawn_article_says_so_in_feed_and_page_and_can_come_back(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown())
    newsroom.run()
    (before,) = newsroom.items()
    newsroom.article("a.md", markdown(status="withdrawn"))
    newsroom.run(now=NOW + HOUR)
    (gone,) = newsroom.items()
    assert (gone["title"], gone["id"]) == ("Zurückgezogen: Ein Modell lernt dazu", before["id"])
    assert "Der erste Absatz." not in gone["content_html"]
    page = newsroom.path("stories/ein-modell-lernt-dazu/index.html").read_text()
    assert "noindex" in page
    assert "Der erste Absatz." not in page
    newsroom.article("a.md", markdown())
    newsroom.run(now=NOW + 2 * HOUR)
    assert newsroom.titles() == ["Ein Modell lernt dazu"]


def test_the_page_of_a_withdrawn_story_is_answered_as_gone_after_its_14_days(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown())
    newsroom.run()
    newsroom.article("a.md", markdown(status="withdrawn"))
    page = "/stories/ein-modell-lernt-dazu/"
    for days, status in ((1, 200), (20, 410)):
        newsroom.run(now=NOW + 24 * days * HOUR)
        assert answer(Folder(newsroom.path("")), "GET", page, {}).status == status


def test_a_correction_is_printed_and_moves_nothing(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown())
    newsroom.run()
    front = "\n  - date: 2026-11-23\n    text: Das Modell heißt anders."
    newsroom.article("a.md", markdown(corrections=front))
    newsroom.run(now=NOW + HOUR)
    (item,) = newsroom.items()
    assert "Das Modell heißt anders." in item["content_html"]
    assert item["date_published"] == "2026-11-23T09:00:00Z"
    assert "Das Modell heißt anders." in newsroom.path("stories/ein-modell-lernt-dazu/index.html").read_text()


@pytest.mark.usefixtures("beating")
def test_another_sources_edit_is_followed_until_the_story_stands_in_an_edition(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(POST))
    newsroom.run("gather")
    newsroom.run("publish")
    newsroom.feed("heise", rss(Post("Modell rechnet viel schneller", POST.link, guid="g1")))
    newsroom.run("gather", now=NOW + HOUR)
    newsroom.run("publish", now=NOW + HOUR)
    assert newsroom.titles() == ["Modell rechnet viel schneller"]
    newsroom.run("compose", now=NOW + HOUR)
    newsroom.feed("heise", rss(Post("Modell rechnet doch nicht", POST.link, guid="g1")))
    newsroom.run(now=NOW + 2 * HOUR)
    assert newsroom.titles() == ["Modell rechnet viel schneller"]
    assert "flagged" in newsroom.run("explain", "Modell").output


def test_the_same_address_from_two_sources_is_one_story_led_by_the_better(newsroom: Newsroom) -> None:
    newsroom.feed("schwach", rss(Post("Modell rechnet, sagt heise", POST.link + "?utm_source=rss")), rank=60)
    newsroom.feed("heise", rss(POST), rank=20)
    newsroom.run()
    assert newsroom.titles() == ["Modell rechnet schneller"]
    newsroom.feed("spaet", rss(Post("Modell rechnet, noch einmal", POST.link)), rank=10)
    newsroom.run(now=NOW + HOUR)
    assert newsroom.titles() == ["Modell rechnet schneller"]
    explained = newsroom.run("explain", "Modell rechnet schneller").output
    assert "merged" in explained
    assert "spaet" in explained


def test_the_same_global_id_from_two_sources_is_one_story(newsroom: Newsroom) -> None:
    for name, link in (("eins", "https://a.example/1"), ("zwei", "https://b.example/1")):
        newsroom.feed(name, rss(Post("Modell", link, guid="tag:a.example,2026:1")))
    newsroom.run()
    assert len(newsroom.titles()) == 1


def test_the_same_short_id_in_two_sources_means_nothing(newsroom: Newsroom) -> None:
    for name, link in (("eins", "https://a.example/1"), ("zwei", "https://b.example/1")):
        newsroom.feed(name, rss(Post(f"Modell {name}", link, guid="1")))
    newsroom.run()
    assert len(newsroom.titles()) == 2


def test_what_one_source_dropped_another_may_still_tell(newsroom: Newsroom) -> None:
    newsroom.feed("fremd", rss(POST), language="fr")
    newsroom.run()
    assert newsroom.titles() == []
    newsroom.feed("heise", rss(POST))
    newsroom.run(now=NOW + HOUR)
    assert newsroom.titles() == ["Modell rechnet schneller"]


def test_an_item_that_vanishes_and_returns_is_not_told_again(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(POST))
    newsroom.run()
    newsroom.feed("heise", rss())
    newsroom.run(now=NOW + HOUR)
    newsroom.feed("heise", rss(POST))
    newsroom.run(now=NOW + 30 * 24 * HOUR)
    assert len(newsroom.titles()) == 1


def test_markup_of_a_teaser_source_does_not_leave_the_house_and_its_words_are_bounded(newsroom: Newsroom) -> None:
    words = "<p>Ein <b>Modell</b> rechnet schneller als alle anderen.</p>" * 20
    newsroom.feed("heise", rss(Post("Modell", "https://heise.example/2", summary=words)), excerpt_limit=120)
    newsroom.run()
    (item,) = newsroom.items()
    assert (
        item["summary"]
        == "Ein Modell rechnet schneller als alle anderen. Ein Modell rechnet schneller als alle anderen."
    )
    assert item["content_html"].count("rechnet schneller") <= 2


def test_a_licensed_source_is_told_in_full_with_its_licence(newsroom: Newsroom) -> None:
    words = "<p>Ein <b>Modell</b> rechnet.<script>alert(1)</script></p><p>Zweiter <a href='/x'>Absatz</a>.</p>"
    newsroom.feed(
        "frei", rss(Post("Modell", "https://frei.example/2", summary=words)), rights="licensed", licence="CC BY 4.0"
    )
    newsroom.run()
    (item,) = newsroom.items()
    assert 'Zweiter <a href="https://frei.example/x" rel="nofollow">Absatz</a>.' in item["content_html"]
    assert "CC BY 4.0" in item["content_html"]
    assert "alert" not in item["content_html"]


@pytest.mark.usefixtures("beating")
def test_a_link_only_source_gives_its_headline_and_no_other_word(newsroom: Newsroom) -> None:
    newsroom.feed("knapp", rss(Post("Modell", "https://knapp.example/2", summary="Geheime Worte.")), rights="link-only")
    newsroom.run()
    for name, (data, _) in newsroom.files().items():
        assert b"Geheime Worte" not in data, name
    assert newsroom.titles() == ["Modell"]


@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.proofs)])
def test_stories_told_at_once_have_different_times_none_ahead(newsroom: Newsroom, count: int) -> None:
    posts = [Post(f"Modell {n}", f"https://heise.example/{n}", NOW - timedelta(minutes=n)) for n in range(count)]
    newsroom.feed("heise", rss(*posts), baseline_release=count, max_per_source=count)
    newsroom.run()
    updated = [item.get("date_modified", item["date_published"]) for item in newsroom.items()]
    assert len(set(updated)) == len(updated) == 50
    assert max(updated) <= "2026-11-23T09:00:00Z"
    assert newsroom.titles()[:3] == ["Modell 0", "Modell 1", "Modell 2"]


def test_what_retention_forgot_does_not_come_back_as_new(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(POST))
    newsroom.run()
    newsroom.run(now=NOW + 40 * 24 * HOUR)
    newsroom.feed("heise", rss(POST, Post("Ein anderes Modell", "https://heise.example/2", NOW + 40 * 24 * HOUR)))
    newsroom.run(now=NOW + 41 * 24 * HOUR)
    assert newsroom.titles() == ["Ein anderes Modell", "Modell rechnet schneller"]
    assert newsroom.items()[1]["date_published"] == "2026-11-23T09:00:00Z"


def test_stories_withdrawn_at_once_have_different_times(newsroom: Newsroom) -> None:
    for name in "abc":
        newsroom.article(f"{name}.md", markdown(f"Modell {name}", id=name))
    newsroom.run()
    for name in "abc":
        newsroom.article(f"{name}.md", markdown(f"Modell {name}", id=name, status="withdrawn"))
    newsroom.run(now=NOW + HOUR)
    assert len({item["date_modified"] for item in newsroom.items()}) == 3


def test_posts_that_all_link_to_one_page_are_stories_of_their_own(newsroom: Newsroom) -> None:
    posts = [Post(f"Folge {n} über Modelle", "https://podcast.example/show", guid=f"f{n}") for n in range(3)]
    newsroom.feed("podcast", rss(*posts))
    newsroom.run()
    assert len(newsroom.titles()) == 3
    newsroom.feed("podcast", rss(Post("Folge 3 über Modelle", "https://podcast.example/show", guid="f3"), *posts))
    newsroom.run(now=NOW + HOUR)
    assert len(newsroom.titles()) == 4


def test_two_sources_that_link_all_they_tell_to_one_page_lose_none_of_it(newsroom: Newsroom) -> None:
    def posts(name: str, *numbers: int) -> list[Post]:
        return [Post(f"{name} {n} über Modelle", "https://d.example/thema", guid=f"{name}{n}") for n in numbers]

    newsroom.feed("zwei", rss(*posts("Bericht", 1, 2, 3)))
    newsroom.feed("drei", rss(*posts("Notiz", 1, 2, 3)))
    newsroom.run()
    assert len(newsroom.titles()) == 6
    newsroom.feed("drei", rss(*posts("Notiz", 1, 2, 3, 4)))
    newsroom.feed("vier", rss(*posts("Bericht", 2), *posts("Analyse", 1)))
    newsroom.run(now=NOW + HOUR)
    assert {"Notiz 4 über Modelle", "Analyse 1 über Modelle"} < set(newsroom.titles())
    assert len(newsroom.titles()) == 8


def test_of_a_page_that_is_shared_the_same_title_from_another_source_is_one_story(newsroom: Newsroom) -> None:
    posts = [Post(f"Bericht {n} über Modelle", "https://d.example/thema", guid=f"{n}") for n in range(3)]
    for name in ("zwei", "drei"):
        newsroom.feed(name, rss(*posts))
    newsroom.run()
    assert len(newsroom.titles()) == 3


def test_broadcasts_that_share_title_and_page_are_stories_of_their_own(newsroom: Newsroom) -> None:
    def broadcast(n: int, guid: str) -> Post:
        return Post("Die KI-Sendung", "https://radio.example/show", NOW - n * DAY, guid=guid)

    newsroom.feed("radio", rss(broadcast(1, "f1"), broadcast(2, "f2")))
    newsroom.run()
    assert len(newsroom.titles()) == 2
    newsroom.feed("radio", rss(broadcast(0, "f3"), broadcast(1, "f1"), broadcast(2, "f2")))
    newsroom.feed("archiv", rss(broadcast(2, "a2"), broadcast(3, "a3")))
    newsroom.run(now=NOW + HOUR)
    assert len(newsroom.titles()) == 4


def test_a_home_page_makes_no_two_stories_one(newsroom: Newsroom) -> None:
    for name in ("eins", "zwei"):
        newsroom.feed(name, rss(Post(f"Modell {name}", "https://openai.example/")))
    newsroom.run()
    assert len(newsroom.titles()) == 2


def test_a_source_that_changes_its_ids_tells_nothing_twice(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(POST))
    newsroom.run()
    newsroom.feed("heise", rss(Post(POST.title, POST.link, guid="neu-1")))
    newsroom.run(now=NOW + HOUR)
    assert len(newsroom.titles()) == 1
