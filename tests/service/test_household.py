"""The household: a reload comes between steps, never into one."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config, reading_of
from feeder.engine.local import LocalEngine
from feeder.pipeline import House
from feeder.service import household
from feeder.service.household import Household
from tests.newsroom import Newsroom
from tests.web import Web


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    return Newsroom(tmp_path, web)


def watched(house: House, closed: list[str], name: str) -> House:
    """The same house with a network of its own, whose end is noted."""
    reading = reading_of(house.config)
    end = reading.fetcher.close
    reading.fetcher.close = lambda: (closed.append(name), end())[1]  # type: ignore[method-assign, func-returns-value]
    return replace(house, reading=reading, holder=name)


def test_a_step_that_began_keeps_its_house_and_its_network_to_its_end(newsroom: Newsroom) -> None:
    began, go, seen, closed = threading.Event(), threading.Event(), [], list[str]()

    def slow(house: House, **_: Any) -> tuple[()]:
        began.set()
        assert go.wait(10)
        seen.append(house.holder)
        return ()

    def quick(house: House, **_: Any) -> tuple[()]:
        seen.append(house.holder)
        return ()

    with open_house(read_config(newsroom.configure())) as house:
        held = Household(watched(house, closed, "old"))
        engine = LocalEngine(held.steps({"slow": slow, "quick": quick}), None, 2)
        engine.submit("slow", {})
        assert began.wait(10)
        held.move(watched(house, closed, "new"))
        engine.submit("quick", {})
        assert not closed
        go.set()
        assert engine.close(10)
    assert sorted(seen) == ["new", "old"]
    assert closed == ["old"]


def test_a_house_that_nobody_works_in_is_left_at_once(newsroom: Newsroom) -> None:
    closed: list[str] = []
    with open_house(read_config(newsroom.configure())) as house:
        held = Household(watched(house, closed, "old"))
        held.move(watched(house, closed, "new"))
        assert closed == ["old"]
        assert held.house.holder == "new"


def test_a_step_that_takes_longer_than_any_may_hangs_but_a_delivery_takes_its_time(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, inside = threading.Event(), threading.Barrier(2)

    def wait(_house: House, **_: Any) -> tuple[()]:
        inside.wait(10)
        assert go.wait(10)
        return ()

    with open_house(read_config(newsroom.configure())) as house:
        for name, hanging in (("gather", "gather"), ("deliver", None)):
            go.clear()
            held = Household(house)
            engine = LocalEngine(held.steps({name: wait}), None, 1)
            engine.submit(name, {})
            inside.wait(10)
            assert held.hanging() is None
            with monkeypatch.context() as patch:
                later = time.monotonic() + household.STEP_LIMIT + 1
                patch.setattr(household, "time", SimpleNamespace(monotonic=lambda later=later: later))
                assert held.hanging() == hanging
            go.set()
            assert engine.close(10)
            assert held.hanging() is None
