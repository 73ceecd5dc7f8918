"""A slot has one edition, whatever restarts, clocks and workers do; and no story stands in two."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from feeder.errors import DeskError, StoreError
from feeder.model import Edition, EditionStatus
from feeder.pipeline import House
from feeder.pipeline.approve import approve, hold, recompose, skip
from feeder.pipeline.compose import compose_slot
from tests.newsroom import Newsroom
from tests.pipeline.drafts import DAY, FRIDAY, HOUR, MONDAY, beat, begun, errs, found, house_of, names, tell
from tests.store.samples import identity
from tests.web import Web

BEATS = True
T = TypeVar("T")
BERLIN = ZoneInfo("Europe/Berlin")
OUT = (EditionStatus.APPROVED, EditionStatus.HELD, EditionStatus.DRAFT)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    errs(monkeypatch)


def assert_whole(house: House) -> None:
    """Numbers without a gap, one edition per slot, no story in two, and the store's own claims agree."""
    editions = house.store.editions.list()
    numbers = [one.number for one in editions if one.number is not None]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert len({one.slot for one in editions}) == len(editions)
    placed = Counter(name for one in editions if one.status in OUT for name in names(one))
    assert not [name for name, count in placed.items() if count > 1]
    assert all(house.store.editions.edition_of(identity(name)) is not None for name in placed)


class PowerCutError(Exception):
    """The process is no more."""


def cut(house: House, at: int, act: Callable[[], object]) -> bool:
    """Act with a store that dies before its statement number `at` that writes; whether it did."""
    count = 0

    def die(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        nonlocal count
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            count += 1
            if count == at:
                raise PowerCutError

    engine = house.store._database.engine
    event.listen(engine, "before_cursor_execute", die)
    try:
        act()
    except PowerCutError:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", die)
    return False


@pytest.mark.parametrize("review", ["auto", "window"])
def test_a_process_that_dies_anywhere_while_it_composes_leaves_one_whole_edition_to_the_next(
    tmp_path: Path, web: Web, review: str
) -> None:
    at, survived = 1, False
    while not survived:
        newsroom = Newsroom(tmp_path / str(at), web, digest=f'review = "{review}"\n', beats=True)
        newsroom.folder.mkdir()
        with house_of(newsroom) as house:
            first = begun(house)
            approve(house, first.id, FRIDAY, "ada", "gelesen")
            for name in "abc":
                tell(house, name, MONDAY - 2 * HOUR)
            moments = [MONDAY - HOUR, MONDAY]
            survived = not cut(house, at, lambda: [beat(house, one) for one in moments])  # noqa: B023 - called here
            for one in moments:
                house.store.leases.release(lease) if (lease := house.store.leases.get("compose")) else None
                beat(house, one)
            monday = found(house)
            assert (monday.number, monday.status) == (2, EditionStatus.APPROVED)
            assert sorted(names(monday)) == ["a", "b", "c"]
            assert [one.what for one in monday.decided] == ["approved"]
            assert_whole(house)
        at += 1
    assert at > 5, "several statements were cut"


def in_threads(count: int, act: Callable[[int], T]) -> list[T | None]:
    """Let threads act at the same moment; None where the store refused."""
    start = threading.Barrier(count)

    def at_once(n: int) -> T | None:
        start.wait(60)
        try:
            return act(n)
        except StoreError:
            return None

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(at_once, range(count)))


def composed(houses: Sequence[House], slot: datetime, n: int) -> Edition:
    """The edition that one of some houses composes, each with a clock of its own."""
    return compose_slot(houses[n % len(houses)], slot, slot + n * HOUR / 60)


def test_two_houses_that_compose_the_same_slot_at_once_make_one_edition(newsroom: Newsroom) -> None:
    """Without the lease: a process that lost it, because it slept, say, does no harm."""
    with house_of(newsroom) as one, house_of(newsroom) as other:
        begun(one)
        for day in range(5):
            slot = MONDAY + day * DAY
            for name in "ab":
                tell(one, f"{name}{day}", slot - HOUR)
            made = in_threads(4, partial(composed, (one, other), slot))
            assert set(made) == {found(one)}, "nobody is refused, all hear of the same edition"
            assert found(one).number == day + 2
        assert_whole(one)


def test_two_services_at_once_make_one_edition(newsroom: Newsroom) -> None:
    with house_of(newsroom) as one, house_of(newsroom) as other:
        begun(one)
        tell(one, "a", MONDAY - HOUR)
        in_threads(4, lambda n: beat((one, other)[n % 2], MONDAY))
        assert [edition.number for edition in one.store.editions.list()] == [2, 1]
        assert_whole(one)


def test_editions_of_different_slots_that_are_composed_at_once_share_no_story(newsroom: Newsroom) -> None:
    with ExitStack() as stack:
        houses = [stack.enter_context(house_of(newsroom)) for _ in range(3)]
        begun(houses[0])
        for n in range(6):
            tell(houses[0], str(n), MONDAY - HOUR)
        in_threads(6, lambda n: compose_slot(houses[n % 3], MONDAY + n * DAY, MONDAY + n * DAY))
        assert_whole(houses[0])
        placed = [name for edition in houses[0].store.editions.list() for name in names(edition)]
        assert sorted(placed) == [*"012345", "erste"]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["tell", "beat", "hold", "skip", "approve", "recompose", "wait", "back"]), st.integers(0, 5)
    ),
    max_size=40,
)


@settings(max_examples=25, deadline=None)
@given(ACTS, st.sampled_from(["auto", "window", "manual"]), st.sampled_from(["send", "hold"]))
def test_whatever_happens_in_whatever_order_numbers_have_no_gap_and_no_story_stands_twice(
    tmp_path_factory: pytest.TempPathFactory, web: Web, acts: list[tuple[str, int]], review: str, silence: str
) -> None:
    digest = f'review = "{review}"\non_silence = "{silence}"\nminimum = 2\n'
    newsroom = Newsroom(tmp_path_factory.mktemp("acts"), web, digest=digest, beats=True)
    verbs = {"hold": hold, "skip": skip, "approve": approve}
    frozen: dict[str, Edition] = {}
    with house_of(newsroom) as house:
        now = FRIDAY
        for n, (act, which) in enumerate(acts):
            editions = house.store.editions.list()
            if act == "tell":
                tell(house, f"s{n}", now)
            elif act == "wait":
                now += which * 5 * HOUR
            elif act == "back":
                now -= which * HOUR / 4
            elif act == "beat":
                beat(house, now)
            elif editions:
                chosen = editions[which % len(editions)].id
                with suppress(DeskError, StoreError):
                    if act == "recompose":
                        recompose(house, chosen, now)
                    else:
                        verbs[act](house, chosen, now, "ada", "weil")
            assert_whole(house)
            for one in house.store.editions.list():
                assert frozen.setdefault(one.id, one) == one if one.is_public else one.id not in frozen


def slots_of(year: int, free: set[str]) -> list[datetime]:
    """Monday to Friday at seven in Berlin, but for some days ("01-01"); reckoned without feeder."""
    days = [datetime(year, 1, 1, 7, tzinfo=BERLIN) + n * DAY for n in range(365)]
    return [day.astimezone(UTC) for day in days if day.isoweekday() <= 5 and f"{day:%m-%d}" not in free]


@pytest.mark.proofs
@pytest.mark.parametrize(
    ("state", "free"),
    [
        ("BE", "01-01 04-03 04-06 05-01 05-14 05-25 12-25"),
        ("BY", "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 12-25"),
    ],
)
def test_a_year_has_an_edition_on_each_slot_with_all_that_came_since_the_one_before(
    newsroom: Newsroom, state: str, free: str
) -> None:
    newsroom.extra = f'[schedule]\nholidays = "{state}"\n'
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    with house_of(newsroom) as house:
        begun(house, start)
        told = {"neujahr": start + HOUR}
        tell(house, "neujahr", told["neujahr"])
        for day in range(365):
            for hour in (4.9, 5, 6, 12):  # seven o'clock is 5 or 6 UTC
                now = datetime(2026, 1, 2, tzinfo=UTC) + day * DAY + timedelta(hours=hour)
                beat(house, now)
            told[f"t{day}"] = now
            tell(house, f"t{day}", now)
        editions = sorted(house.store.editions.list(), key=lambda one: one.slot)[1:]
        expected = [one for one in slots_of(2026, set(free.split())) if one > start]
        assert [one.slot for one in editions] == [*expected, datetime(2027, 1, 1, 6, tzinfo=UTC)][: len(editions)]
        assert len(editions) == len(expected)
        before = start
        for one in editions:
            assert one.since == before
            assert set(names(one)) == {name for name, at in told.items() if before < at <= one.cutoff}
            before = one.cutoff
        assert_whole(house)
