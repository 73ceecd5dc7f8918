"""How stories that belong together stand under feeds/: merged, continued, pinned, corrected."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from feeder.model import Fate, StoryPage
from feeder.pipeline.kin import elder_of, later_of
from tests.newsroom import NOW, Newsroom, Post, rss

BEATS = True

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ELDER = Post("Modell rechnet schneller", "https://heise.example/1", NOW - HOUR, guid="g1")
YOUNGER = Post("Gericht urteilt über Trainingsdaten", "https://golem.example/9", NOW - 2 * HOUR, guid="h9")
WHY = ("--why", "dasselbe Ereignis", "--by", "anna")
SLUG = "gericht-urteilt-ueber-trainingsdaten"


@pytest.fixture
def told(newsroom: Newsroom) -> Newsroom:
    """Two sources told a story each."""
    newsroom.feed("heise", rss(ELDER), rank=10)
    newsroom.feed("golem", rss(YOUNGER))
    newsroom.run()
    return newsroom


def page(newsroom: Newsroom, slug: str) -> str:
    return newsroom.path(f"stories/{slug}/index.html").read_text(encoding="utf-8")


def stands(newsroom: Newsroom, now: datetime) -> None:
    """Another round changes no byte."""
    before = {name: data for name, (data, _) in newsroom.files().items() if name != "status.json"}
    newsroom.run(now=now)
    after = {name: data for name, (data, _) in newsroom.files().items() if name != "status.json"}
    assert after == before


def test_the_page_of_a_merged_story_points_to_its_elder_for_good(told: Newsroom) -> None:
    told.run("stories", "merge", "Modell rechnet", "Gericht urteilt", *WHY, now=NOW + HOUR)
    told.run(now=NOW + HOUR)
    link = 'Diese Meldung ist Teil von: <a href="../../stories/modell-rechnet-schneller/index.html">'
    assert link in page(told, SLUG)
    assert told.titles() == [ELDER.title, f"Zusammengeführt: {YOUNGER.title}"]
    assert ELDER.title in told.items()[1]["content_html"]
    stands(told, NOW + 2 * HOUR)
    told.run("stories", "edit", "Modell rechnet", "--title", "Modell rechnet doch langsam", *WHY, now=NOW + 3 * HOUR)
    told.run(now=NOW + 3 * HOUR)
    assert f"{link}Modell rechnet doch langsam</a>" in page(told, SLUG), "the elder is called what it is called now"
    told.run(now=NOW + 20 * DAY)
    assert link in page(told, SLUG), "its page stays longer than that of what was taken back"
    assert told.titles() == ["Modell rechnet doch langsam"]


def test_a_merged_story_goes_when_its_elder_does(told: Newsroom) -> None:
    told.run("stories", "merge", "Modell rechnet", "Gericht urteilt", *WHY, now=NOW + HOUR)
    told.run("stories", "withdraw", "Modell rechnet", "--yes", *WHY, now=NOW + 2 * HOUR)
    told.run(now=NOW + 2 * HOUR)
    assert "Diese Meldung ist Teil von" not in page(told, SLUG)
    told.run(now=NOW + 20 * DAY)
    assert not told.path(f"stories/{SLUG}/index.html").exists()


def row(
    name: str, fate: Fate = Fate.RELEASED, *, merged_into: str | None = None, follows: str | None = None
) -> StoryPage:
    return StoryPage(name, name, 1, fate, NOW, merged_into=merged_into, follows=follows)


def test_what_was_merged_again_and_again_points_to_the_last_elder_and_never_in_circles() -> None:
    gone = Fate.WITHDRAWN
    rows = {one.id: one for one in (row("a", gone, merged_into="b"), row("b", gone, merged_into="c"), row("c"))}
    assert elder_of(rows["a"], rows) is rows["c"]
    assert elder_of(rows["c"], rows) is None
    circle = {one.id: one for one in (row("a", gone, merged_into="b"), row("b", gone, merged_into="a"))}
    assert elder_of(circle["a"], circle) is None
    assert elder_of(row("a", gone, merged_into="fort"), {}) is None


def test_only_follow_ups_that_readers_can_see_continue_a_story() -> None:
    rows = [row("neu", follows="alt"), row("weg", Fate.WITHDRAWN, follows="alt"), row("alt")]
    assert later_of({one.id: one for one in rows}) == {"alt": [rows[0]]}


def test_the_page_of_a_story_names_its_follow_up_once_there_is_one(told: Newsroom) -> None:
    assert "Fortsetzung" not in page(told, "modell-rechnet-schneller")
    ids = {one["title"]: one["id"] for one in told.items()}
    with sqlite3.connect(told.folder / "feeder.db") as store:
        store.execute("UPDATE stories SET follows = ? WHERE id = ?", (ids[ELDER.title], ids[YOUNGER.title]))
    told.run(now=NOW + HOUR)
    assert f'<a href="../../stories/{SLUG}/index.html">{YOUNGER.title}</a>' in page(told, "modell-rechnet-schneller")
    assert "Fortsetzung" not in page(told, SLUG)
    stands(told, NOW + 2 * HOUR)
    told.run("stories", "withdraw", "Gericht", "--yes", *WHY, now=NOW + 3 * HOUR)
    told.run(now=NOW + 3 * HOUR)
    assert "Fortsetzung" not in page(told, "modell-rechnet-schneller")


def test_a_pinned_story_leads_the_landing_page_until_its_time_is_over_and_feeds_keep_their_order(
    told: Newsroom,
) -> None:
    def leading() -> str:
        found = re.search(r"<h3><a [^>]*>([^<]+)</a></h3>", told.path("index.html").read_text(encoding="utf-8"))
        return found[1] if found else ""

    first, last = told.titles()
    assert leading() == first
    told.run("stories", "pin", last, "--until", "2026-11-23T15:00", *WHY, now=NOW + HOUR)
    told.run(now=NOW + HOUR)
    assert leading() == last
    assert "Angeheftet" in told.path("index.html").read_text(encoding="utf-8")
    assert told.titles() == [first, last]
    stands(told, NOW + 2 * HOUR)
    told.run(now=NOW + 6 * HOUR)
    assert leading() == first
    assert "Angeheftet" not in told.path("index.html").read_text(encoding="utf-8")


ARTICLE = """---
id: parameter
date: 2026-11-20
{corrections}
---
# Das Modell hat 70 Milliarden Parameter

Ein Anlauf mit Folgen.

Es ist groß, und es rechnet lange.
"""
FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOTE = '  - date: 2026-11-2{day}\n    text: "{text}"'


def written(newsroom: Newsroom, *notes: str) -> None:
    lines = "\n".join(("corrections:", *notes)) if notes else ""
    newsroom.article("parameter.md", ARTICLE.format(corrections=lines))


def mail(newsroom: Newsroom, edition: str) -> str:
    return newsroom.path(f"editions/{edition}/digest.txt").read_text(encoding="utf-8")


class Week:
    """A newsroom with a piece of news for each edition, and an article that is corrected meanwhile."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        newsroom.extra = '[schedule]\ncatch_up = "1d"\n'
        self.posts: list[Post] = []
        self.notes: list[str] = []

    def edition(self, now: datetime, title: str, *notes: str) -> str:
        """Correct, tell one more story, and compose the next edition, a day later at most; its folder."""
        self.notes += notes
        written(self.newsroom, *self.notes)
        self.posts.insert(0, Post(title, f"https://heise.example/{len(self.posts)}", now))
        self.newsroom.feed("heise", rss(*self.posts))
        self.newsroom.run(now=now + HOUR)
        self.newsroom.run(now=now + DAY)
        return self.newsroom.editions()[-1]


SEVEN = NOTE.format(day=0, text="Es sind 7 Milliarden.")
HOUSES = NOTE.format(day=4, text="Und zwei Häuser.")


def test_a_correction_stands_in_the_next_edition_and_in_no_later_one(newsroom: Newsroom) -> None:
    week = Week(newsroom)
    first = week.edition(FRIDAY, "Modell 1 ist da")
    sent = newsroom.path(f"editions/{first}/digest.eml").read_bytes()
    second = week.edition(FRIDAY + 3 * DAY, "Gericht prüft Klage", SEVEN)
    block = mail(newsroom, second).split("Korrekturen", 1)[1]
    assert "Das Modell hat 70 Milliarden Parameter" in block
    assert "Korrektur vom 20. November 2026: Es sind 7 Milliarden." in block
    for name in (f"editions/{second}/digest.html", f"editions/{second}/index.html", "editions/rss.xml"):
        assert "Es sind 7 Milliarden." in newsroom.path(name).read_text(encoding="utf-8"), name
    assert newsroom.path(f"editions/{first}/digest.eml").read_bytes() == sent, "what went out stays as it was"
    third = mail(newsroom, week.edition(FRIDAY + 4 * DAY, "Roboter lernt laufen", HOUSES))
    assert "Und zwei Häuser." in third
    assert "Es sind 7 Milliarden." not in third
    assert "Korrekturen" not in mail(newsroom, week.edition(FRIDAY + 5 * DAY, "Chips werden knapp"))
    assert len(newsroom.editions()) == 4


def test_a_correction_of_what_no_edition_told_yet_needs_no_block(newsroom: Newsroom) -> None:
    written(newsroom, NOTE.format(day=0, text="Es sind 7 Milliarden."))
    newsroom.run(now=FRIDAY)
    told = mail(newsroom, newsroom.editions()[0])
    assert "Korrektur vom 20. November 2026: Es sind 7 Milliarden." in told
    assert "Korrekturen" not in told
