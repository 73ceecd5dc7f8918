"""Uids of one document: the id, else the address, else address and title, else the content; and said so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.model import Item, Raw
from feeder.sources.naming import UID_LIMIT, name_items

DAY = datetime(2026, 11, 22, 6, tzinfo=UTC)


def thing(title: str = "A", url: str | None = "https://a.example/1", **more: object) -> Item:
    """An item that has no uid yet."""
    return Item("a", "", url, title, **more)  # type: ignore[arg-type]


def uids(things: Sequence[Item], *own: str) -> list[str]:
    """The uids that items get whose document gives these ids."""
    return [item.uid for item in name_items(things, own or [""] * len(things))[0]]


def test_the_documents_own_id_counts_first_and_nothing_has_to_be_said():
    items, notes = name_items([thing(), thing("B")], ["1", " 2\n"])
    assert ([item.uid for item in items], notes) == (["1", "2"], ())


@pytest.mark.parametrize(
    "other",
    ["https://a.example/1/", "http://www.a.example/1", "https://a.example/1?utm_source=rss", "HTTPS://A.example/1"],
)
@pytest.mark.parametrize("as_id", [True, False])
def test_an_address_is_the_same_uid_however_it_is_written(other: str, as_id: bool):
    one, two = (name_items([thing(url=url)], [url if as_id else ""])[0] for url in ("https://a.example/1", other))
    assert one[0].uid == two[0].uid == "https://a.example/1"


def test_without_an_id_the_address_counts_and_the_notes_say_so():
    items, notes = name_items([thing(), thing("B", None, published=DAY), thing("C")], ["", "", "3"])
    assert items[0].uid == "https://a.example/1"
    assert notes == ("2 of 3 items carry no id: known by their addresses, 1 without one by titles and dates",)


def test_items_without_id_and_address_are_known_by_title_and_date_and_stay_so():
    one = thing("B", None, published=DAY, summary=Raw("alt"))
    same = thing("B", None, published=DAY, summary=Raw("neu"))
    assert uids([one]) == uids([same])
    assert len(set(uids([one, thing("B", None, published=DAY + timedelta(1)), thing("C", None)]))) == 3
    assert name_items([one], [""])[1] == ("1 of 1 items carry no id: known by their titles and dates",)


def test_an_id_that_all_share_counts_for_nothing_and_the_notes_say_so():
    items, notes = name_items([thing(url=f"https://a.example/{n}") for n in range(20)], ["1"] * 20)
    assert len({item.uid for item in items}) == 20
    assert notes == ("20 of 20 items share their id with another: told apart by address and title",)


def test_who_shares_an_id_does_not_change_its_uid_when_another_comes_first_or_the_order_turns():
    three = [thing(n, f"https://a.example/{n}") for n in "ABC"]
    assert sorted(uids(three, "x", "x", "x")) == sorted(uids(three[::-1], "x", "x", "x"))
    assert set(uids(three[1:], "x", "x")) < set(uids(three, "x", "x", "x"))


def test_items_that_share_address_and_title_are_told_apart_by_their_dates_unless_their_own_id_says_they_are_one():
    notes = [thing("Notiz", published=DAY + timedelta(n)) for n in range(3)]
    assert len(set(uids(notes))) == 3
    assert uids(notes, "1", "1", "1") == ["1"]


def test_repetitions_are_left_out_the_first_stays_and_the_notes_say_so():
    items, notes = name_items([thing(summary=Raw("erst")), thing(summary=Raw("dann")), thing("B")], ["1", "1", "2"])
    assert [item.summary and item.summary.value for item in items] == ["erst", None]
    assert notes == ("1 of 3 items are repetitions: left out",)


def test_a_very_long_id_is_cut_and_stays_distinct():
    long = uids([thing(), thing("B", "https://a.example/2")], "x" * 5000 + "1", "x" * 5000 + "2")
    assert len(set(long)) == 2
    assert all(len(uid) <= UID_LIMIT for uid in long)


THINGS = st.lists(
    st.tuples(
        st.sampled_from(["", " ", "1", "2", "http://a.example/1", "https://a.example/1/", "x" * 400]),
        st.builds(
            thing,
            st.sampled_from(["", "A", "B"]),
            st.sampled_from([None, "https://a.example/1", "http://a.example/1?utm_source=x", "https://a.example/2"]),
            published=st.sampled_from([None, DAY]),
            summary=st.sampled_from([None, Raw("x")]),
        ),
    ),
    max_size=12,
)


@given(THINGS, st.randoms())
def test_uids_are_distinct_bounded_and_do_not_depend_on_the_order(entries, chance):
    def named(entries):
        items, _ = name_items([item for _, item in entries], [uid for uid, _ in entries])
        assert len({item.uid for item in items}) == len(items)
        assert all(0 < len(item.uid) <= UID_LIMIT for item in items)
        return {item.uid for item in items}

    shuffled = chance.sample(entries, len(entries))
    assert named(entries) == named(shuffled)


@given(THINGS)
def test_no_item_is_lost_but_repetitions(entries):
    items, notes = name_items([item for _, item in entries], [uid for uid, _ in entries])
    assert len(entries) - len(items) == sum(int(note.split()[0]) for note in notes if "repetitions" in note)
    assert {(item.title) for item in items} == {item.title for _, item in entries}
