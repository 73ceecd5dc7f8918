"""Runs, leases and the manifest of outputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feeder.errors import StoreError
from feeder.model import Lease, OutputRecord, Run
from feeder.store import Store
from tests.store.samples import HOUR, NOW, SECOND, rows_written


def test_a_run_keeps_its_moment(store: Store):
    number = store.runs.start("round", NOW + timedelta(microseconds=7), ["a", "b"])
    assert store.runs.get(number) == Run(number, "round", NOW + timedelta(microseconds=7), "open")
    assert store.runs.open_parts(number) == ("a", "b")
    assert store.runs.get(number + 1) is None


def test_two_runs_of_one_moment_are_two(store: Store):
    first = store.runs.start("round", NOW, ["a"])
    second = store.runs.start("round", NOW, ["a", "b"])
    assert (store.runs.open_parts(first), store.runs.open_parts(second)) == (("a",), ("a", "b"))
    assert store.runs.get(second) == Run(second, "round", NOW, "open")


def test_only_who_finishes_the_last_part_goes_on(store: Store):
    number = store.runs.start("round", NOW, ["a", "b", "b", "c"])
    assert [store.runs.finish_part(number, part, "done") for part in ("b", "a", "b", "c", "c", "a")] == [
        *(False, False, False),
        *(True, False, False),
    ]
    assert store.runs.open_parts(number) == ()
    run = store.runs.get(number)
    assert run is not None
    assert run.state == "joined"


def test_the_first_state_of_a_part_counts(store: Store):
    number = store.runs.start("round", NOW, ["a"])
    assert store.runs.finish_part(number, "a", "failed")
    with rows_written(store) as written:
        assert not store.runs.finish_part(number, "a", "done")
    assert written == []


def test_a_part_that_nobody_waits_for_is_named(store: Store):
    number = store.runs.start("round", NOW, ["a"])
    with pytest.raises(StoreError, match=f"the run {number} has no part z"):
        store.runs.finish_part(number, "z", "done")


def test_a_finished_run_says_how_and_is_not_joined_again(store: Store):
    number = store.runs.start("round", NOW, ["a"])
    store.runs.finish(number, "given up", NOW + HOUR)
    store.runs.finish(number, "given up", NOW + HOUR)
    assert not store.runs.finish_part(number, "a", "done")
    run = store.runs.get(number)
    assert run is not None
    assert run.state == "given up"


def test_a_slot_of_a_job_is_begun_once_and_goes_on_until_it_has_ended(store: Store):
    number = store.runs.begin_slot("night", "2026-11-23", NOW)
    assert number is not None
    assert store.runs.begin_slot("night", "2026-11-23", NOW + HOUR) == number
    assert store.runs.get(number) == Run(number, "night", NOW + HOUR, "open")
    store.runs.finish(number, "done", NOW + 2 * HOUR)
    assert store.runs.begin_slot("night", "2026-11-23", NOW + 3 * HOUR) is None
    others = [store.runs.begin_slot(*other, NOW) for other in (("night", "2026-11-24"), ("edition", "2026-11-23"))]
    assert len({number, *others}) == 3


def test_the_last_round_is_the_one_that_began_last_also_after_a_clock_that_was_a_year_ahead(store: Store):
    for moment in (NOW, NOW + timedelta(days=365), NOW + timedelta(minutes=5)):
        store.runs.finish(store.runs.start("round", moment, ()), "done", moment)
    store.runs.start("round", NOW + timedelta(minutes=10), ())
    assert store.runs.ended("round") == NOW + timedelta(minutes=5)
    assert store.signs.last_round() == (NOW + timedelta(minutes=5), NOW + timedelta(minutes=5))


def test_a_lease_has_one_holder_and_names_him_to_others(store: Store):
    lease = store.leases.hold("output", "ada:1", 60, NOW)
    assert (lease.fence, lease.until) == (1, NOW + 60 * SECOND)
    assert store.leases.get("output") == lease
    for holder in ("bob:2", "ada:1"):
        with pytest.raises(StoreError, match="output is held by ada:1 until 2026-11-23 06:01:00 UTC"):
            store.leases.hold("output", holder, 60, NOW + 59 * SECOND)
    assert store.leases.hold("clock", "bob:2", 60, NOW).fence == 1


def test_a_lease_that_ran_out_can_be_taken_and_the_old_holder_hears_of_it(store: Store):
    old = store.leases.hold("output", "ada:1", 60, NOW)
    later = NOW + 60 * SECOND
    new = store.leases.hold("output", "bob:2", 60, later)
    assert new.fence == 2
    with pytest.raises(StoreError, match="ada:1 no longer holds output: bob:2 does"):
        store.leases.renew(old, later, 60)
    store.leases.release(old)
    assert store.leases.get("output") == new


def test_a_lease_is_renewed_also_after_it_ran_out_if_nobody_took_it(store: Store):
    lease = store.leases.hold("output", "ada:1", 60, NOW)
    renewed = store.leases.renew(lease, NOW + HOUR, 60)
    assert renewed == replace(lease, until=NOW + HOUR + 60 * SECOND)
    assert store.leases.get("output") == renewed


def test_a_lease_is_taken_as_it_was_seen_whatever_time_it_is(store: Store):
    stuck = store.leases.hold("clock", "ada:1", 60, NOW + 24 * HOUR)
    renewed = store.leases.renew(stuck, NOW + 25 * HOUR, 60)
    assert store.leases.take("clock", "bob:2", 60, NOW, stuck) is None, "it was renewed since"
    assert store.leases.take("clock", "bob:2", 60, NOW, None) is None
    taken = store.leases.take("clock", "bob:2", 60, NOW, renewed)
    assert taken == store.leases.get("clock") == Lease("clock", "bob:2", 2, NOW + 60 * SECOND)
    assert store.leases.take("clock", "eve:3", 60, NOW, renewed) is None
    store.leases.release(taken)
    assert store.leases.take("clock", "eve:3", 60, NOW, None) is not None


def test_a_released_lease_is_free_at_once_and_its_fence_still_grows(store: Store):
    fences = []
    for _ in range(3):
        lease = store.leases.hold("output", "ada:1", 60, NOW)
        fences.append(lease.fence)
        store.leases.release(lease)
        store.leases.release(lease)
        assert store.leases.get("output") is None
        with pytest.raises(StoreError, match="nobody does"):
            store.leases.renew(lease, NOW, 60)
    assert fences == [1, 2, 3]


def test_the_manifest_is_what_was_recorded(store: Store):
    assert store.outputs.manifest() == {}
    files = [OutputRecord(path, f"digest of {path}", "basis") for path in ("rss.xml", "atom.xml", "ä.html")]
    store.outputs.record(files, ["never-there.html"])
    assert list(store.outputs.manifest().values()) == sorted(files, key=lambda file: file.path)
    changed = OutputRecord("rss.xml", "other", "newer")
    store.outputs.record([changed], ["atom.xml"])
    assert store.outputs.manifest() == {"rss.xml": changed, "ä.html": files[2]}


def test_recording_no_output_writes_nothing(store: Store):
    with rows_written(store) as written:
        store.outputs.record([], [])
    assert written == []
