"""Items that come back under other ids are known again where that is certain, and only there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feeder import addresses
from feeder.model import Item, KnownItem
from feeder.sources.renaming import rename

DAY = datetime(2026, 11, 22, 6, tzinfo=UTC)
LATER = DAY + timedelta(1)
SOON = DAY + timedelta(hours=2)


def item(uid: str, url: str | None = "https://a.example/1", title: str = "Ein Titel", date=DAY) -> Item:
    return Item("a", uid, url, title, date)


def known(uid: str, url: str | None = "https://a.example/1", title: str = "Ein Titel", date=DAY) -> KnownItem:
    return KnownItem(uid, addresses.url_key(url) if url else None, title.casefold(), date)


def uids(listed: list[Item], stored: list[KnownItem]) -> list[str]:
    return [item.uid for item in rename(listed, stored)[0]]


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(item("neu"), id="address and title"),
        pytest.param(
            item("neu", "http://www.a.example/1/?utm_source=rss", date=LATER), id="written otherwise, redated"
        ),
        pytest.param(item("neu", title="Etwas ganz anderes"), id="address and date"),
        pytest.param(item("neu", "https://neu.example/slug"), id="title and date"),
        pytest.param(item("neu", title="Ein neuer Titel", date=SOON), id="address and most of the title"),
        pytest.param(item("neu", title="Umbenannt", date=None), id="an address of its own, undated"),
    ],
)
def test_an_item_with_another_id_is_known_again_by(listed):
    named, notes = rename([listed], [known("alt")])
    assert [one.uid for one in named] == ["alt"]
    assert notes == ("1 items came under other ids than before: known again by address, title and date",)


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(item("neu", title="Etwas ganz anderes", date=LATER), id="the address alone"),
        pytest.param(item("neu", title="Der Titel", date=LATER), id="the address and most of the title, a day later"),
        pytest.param(item("neu", "https://a.example/2", date=LATER), id="the title alone"),
        pytest.param(item("neu", "https://a.example/2", "Etwas anderes"), id="the date alone"),
        pytest.param(item("neu", None, "", None), id="nothing"),
    ],
)
def test_an_item_is_not_known_again_by(listed):
    assert rename([listed], [known("alt")]) == ((listed,), ())


def test_a_home_page_tells_nothing():
    home = "https://a.example/"
    assert uids([item("neu", home, "Etwas ganz anderes")], [known("alt", home)]) == ["neu"]


def test_a_broadcast_whose_title_and_home_page_are_those_of_all_is_new_each_day():
    home, show = "https://a.example/", "Nachrichten"
    stored = [known(f"{n}", home, show, DAY + timedelta(n)) for n in range(2)]
    assert uids([item("2", home, show, DAY + timedelta(2))], stored[1:]) == ["2"]
    assert uids([item("2", home, show, DAY + timedelta(2)), item("1", home, show, LATER)], stored) == ["2", "1"]
    assert uids([item("neu", home, show, DAY)], stored) == ["0"]


def test_a_page_and_a_title_that_several_things_have_say_nothing_of_another_date():
    stored = [known(f"{n}", title="Podcast", date=DAY + timedelta(n)) for n in range(2)]
    new = item("2", title="Podcast", date=DAY + timedelta(2))
    assert uids([new], stored) == ["2"]
    assert uids([new, item("1", title="Podcast", date=LATER)], stored) == ["2", "1"]


def test_an_id_counted_anew_each_day_names_another_thing_though_all_lead_to_the_home_page():
    home = "https://a.example/"
    assert uids([item("1", home, "Zweitens", LATER)], [known("1", home, "Erstens")]) == ["1 https://a.example"]


def test_a_uid_that_is_still_listed_is_given_to_nobody_else():
    assert uids([item("neu"), item("alt")], [known("alt")]) == ["neu", "alt"]


def test_an_address_that_several_things_have_tells_nothing_of_undated_ones():
    listed = [item("3", title="C", date=None), item("4", title="D", date=None)]
    assert uids(listed, [known("1", title="A", date=None)]) == ["3", "4"]
    assert uids(listed[:1], [known("1", title="A", date=None), known("2", title="B", date=None)]) == ["3"]


@pytest.mark.parametrize("url", ["https://a.example/1", None], ids=["address and date", "title and date"])
def test_what_two_share_tells_of_neither(url: str | None):
    titles = ("Erstens", "Zweitens") if url else ("Ein Titel", "Ein Titel")
    listed = [item(uid, url, title) for uid, title in zip("34", titles, strict=True)]
    assert uids(listed, [known("1", url)]) == ["3", "4"]
    stored = [known(uid, url, title) for uid, title in zip("12", titles, strict=True)]
    assert uids([item("3", url, "Drittens" if url else "Ein Titel")], stored) == ["3"]


def test_each_known_item_comes_back_once():
    assert uids([item("3"), item("4"), item("5")], [known("1"), known("2")]) == ["1", "2", "5"]


def test_a_whole_feed_that_moved_is_known_again_item_by_item():
    olds = [
        known(f"https://alt.example/?p={n}", f"https://alt.example/?p={n}", f"Titel {n}", DAY + timedelta(n))
        for n in range(9)
    ]
    news = [item(f"neu-{n}", f"https://neu.example/titel-{n}", f"Titel {n}", DAY + timedelta(n)) for n in range(10)]
    assert uids(news[::-1], olds) == ["neu-9", *(old.uid for old in olds[::-1])]


def test_an_id_kept_before_addresses_were_made_names_is_the_same_id():
    old = known("http://www.a.example/?p=1", "https://a.example/ganz-anders", "Anders", None)
    assert uids([item("https://a.example?p=1")], [old]) == ["http://www.a.example/?p=1"]


def test_an_id_that_stands_for_another_thing_now_gets_a_name_of_its_own_and_keeps_it():
    stored = [known("1", "https://a.example/1", "Erstens", DAY)]
    second = item("1", "https://a.example/2", "Zweitens", LATER)
    named, notes = rename([second], stored)
    assert [one.uid for one in named] == ["1 https://a.example/2"]
    assert notes == ("1 items carry ids that named other things before: told apart by their addresses",)
    stored.append(known("1 https://a.example/2", "https://a.example/2", "Zweitens", LATER))
    assert uids([second], stored) == ["1 https://a.example/2"]
    assert uids([item("1", "https://a.example/2", "Zweitens, verbessert", LATER)], stored) == ["1 https://a.example/2"]


@pytest.mark.parametrize(
    "edited",
    [
        item("1", "https://a.example/2"),
        item("1", title="Etwas ganz anderes", date=LATER),
        item("1", "https://a.example/2", "Ein verbesserter Titel", LATER),
        item("1", "https://a.example/2", "Etwas ganz anderes", None),
    ],
)
def test_what_keeps_its_id_and_anything_else_is_the_same_thing(edited):
    assert rename([edited], [known("1")]) == ((edited,), ())


def test_of_two_that_shared_an_id_the_one_that_stays_alone_is_still_itself():
    stored = [
        known("x", "https://a.example/A", "A", None),
        known("x https://a.example/B", "https://a.example/B", "B", None),
    ]
    assert uids([item("x", "https://a.example/B", "B", None)], stored) == ["x https://a.example/B"]
    both = [item(f"x https://a.example/{n}", f"https://a.example/{n}", n, None) for n in "AB"]
    assert uids(both, stored) == ["x", "x https://a.example/B"]


def test_without_anything_known_nothing_is_renamed():
    assert rename([item("1")], []) == ((item("1"),), ())
