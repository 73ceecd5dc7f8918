"""Editions on their slots."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta

from tests.newsroom import NOW, Newsroom, Post, rss

BEATS = True

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY_AT_SEVEN = datetime(2026, 11, 23, 6, tzinfo=UTC)


def post(n: int, at: datetime) -> Post:
    return Post(f"Modell {n} ist da", f"https://heise.example/{n}", at)


def subjects(newsroom: Newsroom) -> list[str]:
    mails = [newsroom.path(f"editions/{name}/digest.eml").read_bytes() for name in newsroom.editions()]
    return [str(email.message_from_bytes(mail, policy=email.policy.default)["subject"]) for mail in mails]


def test_the_first_edition_is_composed_at_once_and_the_next_on_its_slot(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(post(1, FRIDAY)))
    newsroom.run(now=FRIDAY)
    newsroom.feed("heise", rss(post(2, FRIDAY + timedelta(hours=1)), post(1, FRIDAY)))
    newsroom.run(now=FRIDAY + timedelta(hours=2))
    newsroom.run(now=MONDAY_AT_SEVEN - timedelta(minutes=1))
    assert newsroom.editions() == ["2026-11-20-1300"]
    newsroom.run(now=MONDAY_AT_SEVEN)
    newsroom.run(now=MONDAY_AT_SEVEN + timedelta(minutes=1))
    assert newsroom.editions() == ["2026-11-20-1300", "2026-11-23-0700"]
    assert subjects(newsroom) == ["Modell 1 ist da", "Modell 2 ist da"]


def test_without_slots_not_even_the_first_edition_is_composed_by_itself(newsroom: Newsroom) -> None:
    newsroom.extra = "[schedule]\neditions = []\n"
    newsroom.feed("heise", rss(post(1, FRIDAY)))
    newsroom.run(now=FRIDAY)
    newsroom.run(now=MONDAY_AT_SEVEN)
    assert newsroom.titles() == ["Modell 1 ist da"]
    assert not newsroom.editions()


def test_a_story_stands_in_one_edition(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(post(1, FRIDAY)))
    newsroom.run(now=FRIDAY)
    newsroom.feed("heise", rss(post(2, FRIDAY), post(1, FRIDAY)))
    newsroom.run(now=MONDAY_AT_SEVEN)
    second = newsroom.path("editions/2026-11-23-0700/digest.txt").read_text()
    assert "Modell 2 ist da" in second
    assert "Modell 1 ist da" not in second


def test_after_a_week_off_only_the_last_slot_is_composed(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(post(1, FRIDAY)))
    newsroom.run(now=FRIDAY)
    newsroom.feed("heise", rss(post(2, FRIDAY), post(1, FRIDAY)))
    newsroom.run(now=MONDAY_AT_SEVEN + timedelta(days=3, hours=5))
    assert newsroom.editions() == ["2026-11-20-1300", "2026-11-26-0700"]


def test_a_slot_without_news_is_skipped_with_its_reason_and_leaves_no_gap(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(post(1, FRIDAY)))
    newsroom.run(now=FRIDAY)
    newsroom.run(now=MONDAY_AT_SEVEN)
    status = newsroom.run("status").output
    assert "2026-11-23-0700: skipped, 0 new stories, 1 or more are needed; the next slot is 2026-11-24 07:00" in status
    newsroom.feed("heise", rss(post(2, MONDAY_AT_SEVEN), post(1, FRIDAY)))
    newsroom.run(now=MONDAY_AT_SEVEN + timedelta(hours=1))
    newsroom.run(now=MONDAY_AT_SEVEN + timedelta(days=1))
    assert "2026-11-24-0700: approved, number 2" in newsroom.run("status").output


def test_a_minimum_keeps_stories_back_until_there_are_enough(newsroom: Newsroom) -> None:
    newsroom.digest = "minimum = 2\n"
    posts = [post(1, FRIDAY)]
    newsroom.feed("heise", rss(*posts))
    newsroom.run(now=FRIDAY)
    assert newsroom.editions() == []
    posts.insert(0, post(2, FRIDAY + timedelta(hours=1)))
    newsroom.feed("heise", rss(*posts))
    newsroom.run(now=FRIDAY + timedelta(hours=2))
    assert newsroom.editions() == ["2026-11-20-1500"]


def test_a_summer_slot_is_at_seven_by_the_clock_on_the_wall(newsroom: Newsroom) -> None:
    friday = datetime(2026, 3, 27, 12, tzinfo=UTC)
    newsroom.feed("heise", rss(post(1, friday)))
    newsroom.run(now=friday)
    newsroom.feed("heise", rss(post(2, friday), post(1, friday)))
    newsroom.run(now=datetime(2026, 3, 30, 4, 59, tzinfo=UTC))
    assert len(newsroom.editions()) == 1
    newsroom.run(now=datetime(2026, 3, 30, 5, 0, tzinfo=UTC))
    assert newsroom.editions()[-1] == "2026-03-30-0700"


def test_the_editions_feed_has_one_entry_per_edition(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(post(1, FRIDAY)))
    newsroom.run(now=FRIDAY)
    newsroom.feed("heise", rss(post(2, FRIDAY), post(1, FRIDAY)))
    newsroom.run(now=MONDAY_AT_SEVEN)
    assert newsroom.titles("editions/feed.json") == ["Modell 2 ist da", "Modell 1 ist da"]
    page = newsroom.path("editions/index.html").read_text()
    assert page.index("Modell 2 ist da") < page.index("Modell 1 ist da")
    assert newsroom.items("editions/feed.json")[0]["url"] == "https://ki-news.example/feeds/editions/2026-11-23-0700/"


def test_the_preview_shows_the_next_edition_outside_the_published_folder(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(post(1, FRIDAY)))
    newsroom.run(now=FRIDAY)
    newsroom.feed("heise", rss(post(2, FRIDAY), post(1, FRIDAY)))
    result = newsroom.run("preview", now=FRIDAY + timedelta(hours=3))
    assert str(newsroom.folder / "preview" / "index.html") in result.output
    assert "Modell 2 ist da" in (newsroom.folder / "preview/editions/2026-11-23-0700/digest.txt").read_text()
    assert newsroom.editions() == ["2026-11-20-1300"]
    newsroom.run("preview", "--to", str(newsroom.folder / "feeds"), code=2)


def test_a_clock_that_once_was_years_ahead_keeps_no_edition_from_its_slot(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run(now=NOW + timedelta(days=3650))
    newsroom.feed("heise", rss(Post("Modell", "https://heise.example/1")))
    newsroom.run(now=NOW)
    newsroom.run(now=NOW + timedelta(minutes=1))
    newsroom.feed("heise", rss(Post("Modell 2", "https://heise.example/2", NOW)))
    newsroom.run(now=NOW + timedelta(days=1))
    assert newsroom.editions() == ["2026-11-23-1000", "2026-11-24-0700", "2036-11-20-1000"]


def test_a_clock_that_was_a_day_ahead_takes_no_slot_from_today(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run(now=FRIDAY)
    newsroom.feed("heise", rss(Post("Modell", "https://heise.example/1", FRIDAY)))
    newsroom.run(now=MONDAY_AT_SEVEN + timedelta(days=1, minutes=1))
    newsroom.feed("heise", rss(Post("Modell 2", "https://heise.example/2", FRIDAY + timedelta(hours=1))))
    newsroom.run(now=MONDAY_AT_SEVEN - timedelta(hours=1))
    newsroom.run(now=MONDAY_AT_SEVEN + timedelta(minutes=1))
    assert newsroom.editions() == ["2026-11-20-1300", "2026-11-23-0700", "2026-11-24-0700"]
