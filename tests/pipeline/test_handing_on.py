"""Which editions are delivered after a round, and which no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feeder.model import Edition, EditionStatus, Step
from feeder.pipeline import STEPS, House
from feeder.pipeline.approve import approve
from feeder.pipeline.handing_on import deliveries
from tests.newsroom import Newsroom
from tests.pipeline.drafts import DAY, FRIDAY, HOUR, MONDAY, beat, begun, errs, found, house_of, published, tell

BEATS = True

SMTP = '[carriers.smtp]\nhost = "127.0.0.1"\nto = "liste@ki-news.example"\n'
LISTMONK = '[carriers.listmonk]\nurl = "http://127.0.0.1:1/"\nusername = "feeder"\ntoken = "geheim"\nlists = [1]\n'


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    errs(monkeypatch)


def sent(house: House) -> Edition:
    """An edition that is approved and whose page is published."""
    begun(house)
    published(house, found(house))
    return found(house)


def test_an_edition_is_delivered_by_each_carrier_after_it_is_published(newsroom: Newsroom) -> None:
    newsroom.extra = SMTP + LISTMONK
    with house_of(newsroom) as house:
        tell(house, "a", FRIDAY - HOUR)
        [step] = beat(house, FRIDAY)
        assert step.name == "finish"
        first = found(house)
        assert first.carriers == ("smtp", "listmonk")
        assert deliveries(house, FRIDAY) == [], "its page is not there yet"
        assert STEPS["finish"](house, **step.args) == [
            Step(
                "deliver",
                {"edition": first.id, "carrier": name},
                key=f"deliver {name}",
                dedupe=f"deliver {first.id} {name}",
            )
            for name in ("smtp", "listmonk")
        ]


def test_each_round_goes_on_with_what_is_not_delivered(newsroom: Newsroom) -> None:
    newsroom.extra = SMTP
    with house_of(newsroom) as house:
        first = sent(house)
        for status in (EditionStatus.APPROVED, EditionStatus.DELIVERING):
            if status is EditionStatus.DELIVERING:
                house.store.editions.move(first.id, status)
            assert [step.name for step in beat(house, FRIDAY + HOUR)] == ["deliver"]
        assert [step.name for step in beat(house, FRIDAY + DAY)] == ["deliver"], "what has begun goes on"
        for status in (EditionStatus.DELIVERED, EditionStatus.FAILED):
            house.store.editions.move(first.id, status)
            assert beat(house, FRIDAY + HOUR) == []


def test_what_no_carrier_was_set_up_for_stays_approved(newsroom: Newsroom) -> None:
    with house_of(newsroom) as house:
        first = sent(house)
    newsroom.extra = SMTP
    with house_of(newsroom) as house:
        assert beat(house, FRIDAY + DAY) == []
        assert found(house) == first


def test_what_lost_its_carriers_meanwhile_stays_approved(newsroom: Newsroom) -> None:
    newsroom.extra = SMTP
    with house_of(newsroom) as house:
        first = sent(house)
    newsroom.extra = ""
    with house_of(newsroom) as house:
        assert beat(house, FRIDAY + DAY) == []
        assert found(house) == first


def test_a_rehearsal_delivers_nothing_and_gives_nothing_up(newsroom: Newsroom) -> None:
    newsroom.extra = SMTP
    with house_of(newsroom) as house:
        first = sent(house)
        rehearsal = replace(house, sends=False)
        assert deliveries(rehearsal, FRIDAY) == []
        assert deliveries(rehearsal, FRIDAY + DAY) == []
        assert found(house) == first
        assert deliveries(house, FRIDAY) != []


def test_a_delivery_that_did_not_begin_in_time_is_a_persons_business(newsroom: Newsroom) -> None:
    newsroom.extra = SMTP
    with house_of(newsroom) as house:
        first = sent(house)
        assert deliveries(house, FRIDAY + 6 * HOUR) != []
        assert deliveries(house, FRIDAY + 6 * HOUR + timedelta(seconds=1)) == []
        failed = found(house)
        assert (failed.status, failed.number) == (EditionStatus.FAILED, first.number)
        assert f"feeder edition send {first.id}" in str(failed.reason)


def test_what_was_held_for_long_is_delivered_once_a_person_approves_it(newsroom: Newsroom) -> None:
    newsroom.extra = SMTP
    with house_of(newsroom) as house:
        sent(house)
        tell(house, "neu", MONDAY - HOUR)
        beat(house, MONDAY + DAY / 2)
        house.store.editions.move(house.store.editions.list()[-1].id, EditionStatus.DELIVERED)
        late = approve(house, "2026-11-23-0700", MONDAY + DAY, "ada", "doch")
        published(house, late)
        assert [step.args["edition"] for step in beat(house, MONDAY + DAY + HOUR) if step.name == "deliver"] == [
            late.id
        ]


def test_a_delivery_that_begins_just_now_is_not_given_up(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.extra = SMTP
    with house_of(newsroom) as house:
        first = sent(house)
        listed = house.store.editions.list

        def outdated(*statuses: EditionStatus) -> tuple[Edition, ...]:
            before = listed(*statuses)
            house.store.editions.move(first.id, EditionStatus.DELIVERING)
            return before

        monkeypatch.setattr(house.store.editions, "list", outdated)
        deliveries(house, FRIDAY + DAY)
        assert found(house).status is EditionStatus.DELIVERING
