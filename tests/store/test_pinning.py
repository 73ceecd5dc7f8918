"""Pins: what leads landing page and digest, and until when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from feeder.errors import StoreError
from feeder.model import Fate
from feeder.store import Store
from tests.store.samples import DAY, HOUR, NOW, decision, identity, revision, rows_written, told


def pinned(store: Store, name: str, hours: int | None, **more: Any) -> None:
    until = None if hours is None else NOW + hours * HOUR
    store.stories.pin(identity(name), until, decision(name, "pinned", who="ada", **more))


def test_what_is_pinned_leads_until_its_time_is_over(store: Store):
    for name in "123":
        told(store, name, at=NOW + int(name) * HOUR)
    pinned(store, "1", 8)
    pinned(store, "2", 6)
    assert [telling.story.id for telling in store.stories.pinned(NOW)] == [identity("2"), identity("1")]
    assert [telling.story.id for telling in store.stories.pinned(NOW + 6 * HOUR)] == [identity("1")]
    pinned(store, "1", None, why="genug")
    assert store.stories.pinned(NOW + 6 * HOUR) == ()


def test_a_pin_changes_neither_words_nor_times_and_is_set_once(store: Store):
    first = told(store, "1")
    given = decision(what="pinned", who="ada")
    once = store.stories.pin(first.id, NOW + DAY, given)
    assert once == replace(first, pinned=NOW + DAY, touched=True)
    with rows_written(store) as written:
        assert store.stories.pin(first.id, NOW + DAY, given) == once
    assert written == []
    assert store.stories.decisions(first.id)[1:] == (given,)


def test_a_pin_on_outdated_words_or_on_what_nobody_sees_is_refused(store: Store):
    told(store, "1")
    store.stories.revise(revision(n=2), decision(what="revised"), None)
    with pytest.raises(StoreError, match="at revision 2 now"):
        pinned(store, "1", 8)
    store.stories.decide(decision(what="withdrawn", n=2), Fate.WITHDRAWN)
    with pytest.raises(StoreError, match="is withdrawn and cannot be pinned"):
        pinned(store, "1", 8, n=2)
    assert store.stories.pinned(NOW) == ()


def test_what_is_held_or_taken_back_leads_nothing(store: Store):
    told(store, "1", fate=Fate.HELD)
    told(store, "2")
    pinned(store, "1", 8)
    pinned(store, "2", 8)
    store.stories.decide(decision("2", "withdrawn"), Fate.WITHDRAWN)
    assert store.stories.pinned(NOW) == ()
    store.stories.decide(decision("1", "released", at=NOW + HOUR), Fate.RELEASED)
    assert len(store.stories.pinned(NOW)) == 1
