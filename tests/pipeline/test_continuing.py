"""An article of ours waits while others tell its event: when it is released, it continues what readers know."""

from __future__ import annotations

import sqlite3

import pytest

from feeder.model import Fate
from tests.newsroom import NOW, Newsroom, rss
from tests.pipeline.telling_alike import DAY, GOLEM, HOUR, OTHER, OWN, Kept, about_narvik, kept, later
from tests.pipeline.test_mending import picture

DUE = OWN.replace("id: narvik\n", f"id: narvik\ndate: {NOW + 3 * HOUR:%Y-%m-%dT%H:%M}Z\n")
TOLD = later(GOLEM, hours=2)
WHY = ("--why", "geprüft", "--by", "anna")


def own_and_other(newsroom: Newsroom) -> tuple[Kept, Kept]:
    own, other = sorted(about_narvik(newsroom), key=lambda one: one.story.lead.source_id != "redaktion")
    return own, other


def is_update(newsroom: Newsroom) -> bool:
    """Whether the article is released as an update to the other story, in store, feed and page alike."""
    own, other = own_and_other(newsroom)
    assert (own.story.fate, other.story.fate) == (Fate.RELEASED, Fate.RELEASED)
    named = own.revision.continues
    page = newsroom.path(f"stories/{own.story.slug}/index.html").read_text(encoding="utf-8")
    (item,) = [one for one in newsroom.items() if one["id"] == own.story.id]
    said = {own.story.follows == other.story.id, named is not None, "Update zu" in page}
    assert said == {bool(item["_feeder"].get("continues"))}
    return named is not None and named.title == other.revision.title


def test_an_article_that_was_due_continues_what_others_told_before_its_date_came(newsroom: Newsroom) -> None:
    newsroom.article("narvik.md", DUE)
    newsroom.run()
    newsroom.feed("golem", rss(TOLD, OTHER), rank=20)
    newsroom.run(now=NOW + 2 * HOUR)
    own, other = own_and_other(newsroom)
    assert (own.story.fate, own.story.follows, other.story.fate) == (Fate.HELD, None, Fate.RELEASED)
    newsroom.run(now=NOW + 4 * HOUR)
    assert is_update(newsroom)
    own, other = own_and_other(newsroom)
    assert own.story.released == NOW + 3 * HOUR
    assert f"continues {other.story.id}" in own.why
    assert max(one.score or 0 for one in own.decisions) > 0.5  # the log says how alike they are
    newsroom.run(now=NOW + 5 * HOUR)
    assert own_and_other(newsroom) == (own, other)


def test_an_article_that_was_due_when_it_came_continues_what_was_told_before_it(newsroom: Newsroom) -> None:
    newsroom.feed("golem", rss(GOLEM, OTHER), rank=20)
    newsroom.run()
    newsroom.article("narvik.md", DUE)
    newsroom.run(now=NOW + HOUR)
    newsroom.run(now=NOW + 4 * HOUR)
    assert is_update(newsroom)


def test_an_article_that_waited_to_be_mended_continues_what_others_told_meanwhile(newsroom: Newsroom) -> None:
    newsroom.article("bild.png", picture())
    newsroom.article("narvik.md", OWN.replace("teaser:", "image:\n  file: bild.png\n  alt: Ein Bild\nteaser:"))
    newsroom.run()
    newsroom.feed("golem", rss(TOLD, OTHER), rank=20)
    newsroom.run(now=NOW + 2 * HOUR)
    assert own_and_other(newsroom)[0].story.fate is Fate.HELD
    newsroom.article("narvik.md", OWN)
    newsroom.run(now=NOW + 4 * HOUR)
    assert is_update(newsroom)


def test_an_article_that_a_person_releases_continues_what_others_told_and_the_person_reads_it(
    newsroom: Newsroom,
) -> None:
    newsroom.article("narvik.md", DUE)
    newsroom.run()
    newsroom.feed("golem", rss(TOLD, OTHER), rank=20)
    newsroom.run(now=NOW + 2 * HOUR)
    own, _ = own_and_other(newsroom)
    said = newsroom.run("stories", "release", own.story.id, *WHY, now=NOW + 2 * HOUR).output
    assert f"released as an update to “{GOLEM.title}”, which was told meanwhile" in said
    newsroom.run("publish", now=NOW + 2 * HOUR)
    assert is_update(newsroom)


@pytest.mark.parametrize("what", ["another event", "withdrawn", "an article of ours", "too long ago"])
def test_an_article_continues_nothing_else(newsroom: Newsroom, what: str) -> None:
    newsroom.article("narvik.md", DUE)
    newsroom.run()
    if what == "an article of ours":
        newsroom.article("narvik-2.md", OWN.replace("id: narvik", "id: narvik-2"))
    else:
        newsroom.feed("golem", rss(OTHER if what == "another event" else TOLD), rank=20)
    newsroom.run(now=NOW + 2 * HOUR)
    if what == "withdrawn":
        name = own_and_other(newsroom)[1].story.id
        newsroom.run("stories", "withdraw", name, "--yes", *WHY, now=NOW + 2 * HOUR)
    newsroom.run(now=NOW + (30 * DAY if what == "too long ago" else 4 * HOUR))
    (own,) = [one for one in kept(newsroom) if one.story.lead.uid.rpartition(":")[2] == "narvik"]
    assert (own.story.fate, own.story.follows, own.revision.continues) == (Fate.RELEASED, None, None)


def test_what_continues_an_article_is_not_continued_by_it(newsroom: Newsroom) -> None:
    newsroom.article("narvik.md", DUE)
    newsroom.run()
    newsroom.feed("golem", rss(TOLD, OTHER), rank=20)
    newsroom.run(now=NOW + 2 * HOUR)
    own, other = own_and_other(newsroom)
    with sqlite3.connect(newsroom.folder / "feeder.db") as store:
        store.execute("UPDATE stories SET follows = ? WHERE id = ?", (own.story.id, other.story.id))
    newsroom.run(now=NOW + 4 * HOUR)
    assert own_and_other(newsroom)[0].story.follows is None


def test_what_a_person_split_from_a_held_article_is_not_continued_by_it(newsroom: Newsroom) -> None:
    newsroom.extra = '[curation]\nrelease = "hold"\n'
    newsroom.article("narvik.md", OWN)
    newsroom.feed("golem", rss(GOLEM), rank=20)
    newsroom.run()
    (own,) = about_narvik(newsroom)
    newsroom.run("stories", "split", own.story.id, "--item", "golem", *WHY, now=NOW + HOUR)
    own, other = own_and_other(newsroom)
    newsroom.run("stories", "release", other.story.id, *WHY, now=NOW + HOUR)
    newsroom.run("stories", "release", own.story.id, *WHY, now=NOW + 2 * HOUR)
    own, other = own_and_other(newsroom)
    assert (other.story.fate, own.story.fate, own.story.follows) == (Fate.RELEASED, Fate.RELEASED, None)
