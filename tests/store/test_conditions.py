"""What is wrong, as last told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from feeder.model import Alert, Changes, Condition
from feeder.store import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FULL = Condition("disk:store", "full", "make room", NOW)


def told(known: Mapping[str, Condition]) -> Changes:
    if FULL.about in known:
        return Changes()
    return Changes((Alert(FULL.about, FULL.what, FULL.words, NOW),), (FULL,))


def test_what_another_process_told_meanwhile_is_not_told_again(store: Store) -> None:
    calls = []

    def decide(known: Mapping[str, Condition]) -> Changes:
        calls.append(known)
        if len(calls) == 1:
            store.conditions.settle(told)  # between our look and our word
        return told(known)

    assert not store.conditions.settle(decide)
    assert store.alerts.last() == 1
    assert store.conditions.list() == (FULL,)


def test_what_is_well_loses_its_row_in_the_transaction_of_its_alert(store: Store) -> None:
    store.conditions.settle(told)
    back = Changes((Alert(FULL.about, "ok", "it was full", NOW),), (), (FULL.about,))
    store.conditions.settle(lambda _known: back)
    assert store.conditions.list() == ()
    assert [(one.seq, one.what) for one in store.alerts.after(0, 9)] == [(1, "full"), (2, "ok")]
    assert [one.what for one in store.alerts.after(1, 9)] == ["ok"]
    assert store.conditions.openings(FULL.about, NOW, "ok") == 1
