"""What runs did, counted for the ledger and for whoever watches."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.pipeline import House
from feeder.pipeline.counting import REASONS, WIDTH, Counting, did, held, in_words
from tests.newsroom import Newsroom
from tests.web import Web


@pytest.fixture
def house(tmp_path: Path, web: Web) -> House:
    with open_house(read_config(Newsroom(tmp_path, web).configure())) as opened:
        return opened


def test_numbers_of_a_run_add_up_and_are_told_once():
    counting = Counting()
    counting.add(1, looked=2, failed=0)
    counting.add(1, looked=3)
    counting.add(2, looked=7)
    facts = counting.end(1, "round")
    assert facts.pop("seconds") == pytest.approx(0, abs=5)
    assert facts == {"looked": 5}
    assert counting.end(1, "round").keys() == {"seconds"}
    assert counting.end(2, "round")["looked"] == 7


def test_reasons_are_bounded_said_once_and_hold_no_logins():
    counting = Counting()
    counting.say(1, ["https://anna:wort@x.example/ fehlt"] * 2)
    counting.say(1, [f"{n} {'x' * 1000}" for n in range(REASONS + 4)])
    reasons = counting.end(1, "round")["reasons"]
    assert isinstance(reasons, list)
    assert reasons[0] == "https://***@x.example/ fehlt"
    assert (len(reasons), reasons[-1]) == (REASONS + 1, "and 5 more")
    assert max(map(len, reasons)) == WIDTH


def test_runs_that_never_end_make_room_for_others():
    counting = Counting()
    for run in range(1000):
        counting.add(run, looked=1)
    assert counting.end(0, "round").keys() == {"seconds"}
    assert counting.end(999, "round")["looked"] == 1


def test_what_ended_is_counted_by_job_and_outcome():
    counting = Counting()
    counting.end(1, "round")
    counting.end(2, "round", "failed")
    counting.note("delivery", "done", 1.5)
    counting.note("delivery", "done", 1.0)
    assert {key: number for key, (number, _) in counting.ended().items()} == {
        ("round", "done"): 1, ("round", "failed"): 1, ("delivery", "done"): 2
    }  # fmt: skip
    assert counting.ended()["delivery", "done"] == (2, 2.5)


def test_a_job_without_a_run_is_remembered_if_it_did_something_or_could_not(house: House):
    with house.recording("announce"):
        did(hubs_pinged=0)
    assert house.store.runs.list(9) == ()
    with house.recording("announce") as facts:
        did(hubs_pinged=1)
        did(hubs_pinged=2)
        facts["to"] = "einem"
    with suppress(ValueError), house.recording("announce"):
        raise ValueError("ging nicht")
    did(hubs_pinged=99)
    failed, told = house.store.runs.list(9)
    assert (failed.outcome, failed.counts["failed"]) == ("failed", "ging nicht")
    assert (told.outcome, told.counts["hubs_pinged"], told.counts["to"]) == ("done", 3, "einem")
    assert {key: number for key, (number, _) in house.counting.ended().items()} == {
        ("announce", "done"): 2, ("announce", "failed"): 1
    }  # fmt: skip


def test_one_of_a_thing_is_told_in_the_singular():
    assert in_words({"looked": 1, "items": 1, "files": 2}) == "1 looked at, 1 item new, 2 files changed"
    assert held({"stories": 1, "items": 1, "deliveries": 1, "editions": 2}) == "1 story, 1 item, 1 delivery, 2 editions"
