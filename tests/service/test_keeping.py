"""One clock per store: who stands by, who takes over, and who learns that it is no longer the clock."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeder.errors import StoreError
from feeder.model import Step
from feeder.service.keeping import LEASE_SECONDS, Reign, Turn
from feeder.store import Store, open_store

HERE = f"{socket.gethostname()}#other:{os.getppid()}"
ELSEWHERE = "elsewhere#abc:17"
DEAD = f"{socket.gethostname()}#dead:{2**22 + 1}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/feeder.db") as opened:
        yield opened


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass."""
    at = [1000.0]
    monkeypatch.setattr("feeder.service.keeping.elapsed", lambda: at[0])

    def pass_by(seconds: float) -> None:
        at[0] += seconds

    return pass_by


def held(store: Store, holder: str, until: timedelta = timedelta(seconds=LEASE_SECONDS)) -> None:
    store.leases.take("clock", holder, until.total_seconds(), datetime.now(UTC), store.leases.get("clock"))


@pytest.mark.parametrize("holder", [HERE, ELSEWHERE])
@pytest.mark.parametrize("wrong", [timedelta(days=-1), timedelta(0), timedelta(days=1)])
@pytest.mark.usefixtures("passes")
def test_a_clock_that_renews_its_lease_is_left_alone_whatever_its_own_clock_says(
    store: Store, holder: str, wrong: timedelta, passes: Callable[[float], None]
) -> None:
    turn = Turn(store, "me:1")
    for n in range(20):
        held(store, holder, wrong + timedelta(seconds=n))
        with pytest.raises(StoreError, match=f"{holder} is the clock of this store"):
            turn.claim()
        passes(LEASE_SECONDS - 1)


@pytest.mark.parametrize("wrong", [timedelta(days=-1), timedelta(days=1)])
def test_a_clock_whose_lease_stands_still_is_replaced_within_seconds_also_when_it_ends_tomorrow(
    store: Store, wrong: timedelta, passes: Callable[[float], None]
) -> None:
    held(store, ELSEWHERE, wrong)
    turn = Turn(store, "me:1")
    with pytest.raises(StoreError):
        turn.claim()
    passes(LEASE_SECONDS + 1)
    assert turn.claim() == store.leases.get("clock")


def test_a_dead_process_of_this_host_and_one_that_ended_give_way_at_once(store: Store) -> None:
    held(store, DEAD)
    lease = Turn(store, "me:1").claim()
    store.leases.release(lease)
    assert Turn(store, "you:2").claim().holder == "you:2"


def test_of_many_that_stand_by_one_takes_over(store: Store, passes: Callable[[float], None]) -> None:
    held(store, ELSEWHERE)
    turns = [Turn(store, f"{n}:1") for n in range(8)]
    for turn in turns:
        with pytest.raises(StoreError):
            turn.claim()
    passes(LEASE_SECONDS + 1)
    taken: list[str] = []
    start = threading.Barrier(len(turns))

    def claim(turn: Turn) -> None:
        start.wait(30)
        with suppress(StoreError):
            taken.append(turn.claim().holder)

    threads = [threading.Thread(target=claim, args=(turn,)) for turn in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(taken) == 1


def reign_of(store: Store) -> tuple[Reign, threading.Event]:
    lost = threading.Event()
    return Reign(store, Turn(store, "me:1").claim(), lost), lost


def test_a_clock_that_slept_while_another_took_over_begins_nothing_more(
    store: Store, passes: Callable[[float], None]
) -> None:
    done: list[str] = []

    def work(name: str) -> Sequence[Step]:
        done.append(name)
        return [Step("next", {})]

    reign, lost = reign_of(store)
    guarded = reign.guarded({"work": work})["work"]
    assert guarded("first") == [Step("next", {})]
    passes(LEASE_SECONDS - 1)
    assert guarded("second")
    passes(LEASE_SECONDS + 1)
    assert guarded("nobody took it")
    passes(LEASE_SECONDS + 1)
    held(store, ELSEWHERE)
    assert guarded("too late") == ()
    assert lost.is_set()
    assert done == ["first", "second", "nobody took it"]
    reign.end()
    assert store.leases.get("clock") is not None, "what is another's is not given back"


def test_a_store_that_is_away_loses_no_lease_but_nothing_begins_until_it_is_there(
    store: Store, tmp_path: Path, passes: Callable[[float], None]
) -> None:
    reign, lost = reign_of(store)
    with sqlite3.connect(tmp_path / "feeder.db") as away:
        away.execute("ALTER TABLE leases RENAME TO away")
        away.commit()
        reign.renew()
        assert reign.is_mine()
        passes(LEASE_SECONDS + 1)
        assert not reign.is_mine()
        away.execute("ALTER TABLE away RENAME TO leases")
        away.commit()
    away.close()
    assert reign.is_mine()
    assert not lost.is_set()


def test_whoever_looks_at_the_house_sees_that_the_store_is_away_but_is_not_the_clock_for_that(
    store: Store, tmp_path: Path, passes: Callable[[float], None]
) -> None:
    reign, lost = reign_of(store)
    said = [Step("alert", {})]
    guarded = reign.guarded({"watch": lambda: said, "publish": lambda: said})
    with sqlite3.connect(tmp_path / "feeder.db") as away:
        away.execute("ALTER TABLE leases RENAME TO away")
        away.commit()
        passes(LEASE_SECONDS + 1)
        assert guarded["publish"]() == ()
        assert guarded["watch"]() == said, "nobody else tells that the store takes nothing"
        away.execute("ALTER TABLE away RENAME TO leases")
        away.commit()
    away.close()
    held(store, ELSEWHERE)
    reign.renew()
    assert lost.is_set()
    assert guarded["watch"]() == ()


def test_a_lease_that_is_lost_is_noticed_by_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeder.service.keeping.BEAT_SECONDS", 0.02)
    reign, lost = reign_of(store)
    reign.begin()
    held(store, ELSEWHERE)
    assert lost.wait(20)


def test_whoever_ends_gives_the_lease_back_and_renews_it_no_more(store: Store) -> None:
    reign, lost = reign_of(store)
    reign.end()
    reign.renew()
    assert store.leases.get("clock") is None
    assert not lost.is_set()
