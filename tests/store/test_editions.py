"""Editions: a story stands in one, numbers have no gap, and what is approved stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from feeder.errors import StoreError
from feeder.model import Edition, EditionSection, EditionStatus, Fate
from feeder.store import Store
from tests.store.samples import DAY, HOUR, NOW, decision, identity, revision, rows_written, told


def edition(day: int = 0, *names: str, **more: Any) -> Edition:
    slot: datetime = NOW + timedelta(days=day)
    sections = (EditionSection("recht", tuple((identity(name), 1) for name in names)),)
    values: dict[str, Any] = {"status": EditionStatus.DRAFT, "cutoff": slot, "subject": "KI-News", "intro": ""}
    values |= {"id": f"{slot:%Y-%m-%d-%H%M}", "slot": slot, "sections": sections}
    return Edition(**values | more)


def test_a_draft_is_kept_and_places_its_stories(store: Store):
    told(store, "1")
    told(store, "2")
    draft = edition(0, "1")
    assert store.editions.save(draft) == draft
    assert store.editions.get(draft.id) == draft
    assert store.editions.edition_of(identity("1")) == draft.id
    assert store.editions.edition_of(identity("2")) is None


def test_a_draft_saved_twice_is_one(store: Store):
    told(store, "1")
    store.editions.save(edition(0, "1"))
    with rows_written(store) as written:
        store.editions.save(edition(0, "1"))
    assert written == []


def test_a_draft_saved_again_frees_what_it_no_longer_has(store: Store):
    for name in "123":
        told(store, name)
    store.editions.save(edition(0, "1", "2"))
    store.editions.save(edition(0, "2", "3", status=EditionStatus.HELD, reason="zu kurz"))
    assert [store.editions.edition_of(identity(name)) for name in "123"] == [None, edition().id, edition().id]
    latest = store.editions.latest()
    assert latest is not None
    assert (latest.status, latest.reason) == (EditionStatus.HELD, "zu kurz")


def test_a_story_stands_in_one_edition_only(store: Store):
    told(store, "1")
    told(store, "2")
    store.editions.save(edition(0, "1"))
    with pytest.raises(StoreError, match=f"{identity('1')} stands in edition {edition().id} already"):
        store.editions.save(edition(1, "2", "1"))
    assert store.editions.get(edition(1).id) is None
    assert store.editions.edition_of(identity("2")) is None


def test_words_that_were_never_written_cannot_go_out(store: Store):
    told(store, "1")
    unwritten = (EditionSection(None, ((identity("1"), 2),)),)
    with pytest.raises(StoreError):
        store.editions.save(edition(0, sections=unwritten))


def test_approval_gives_the_number_once(store: Store):
    told(store, "1")
    draft = store.editions.save(edition(0, "1"))
    approved = store.editions.approve(draft.id, NOW)
    assert approved == replace(draft, status=EditionStatus.APPROVED, number=1, approved=NOW)
    with rows_written(store) as written:
        assert store.editions.approve(draft.id, NOW + HOUR) == approved
        assert store.editions.save(draft) == approved
    assert written == []
    assert store.editions.edition_of(identity("1")) == draft.id


def test_numbers_have_no_gap_where_an_edition_is_skipped(store: Store):
    for day in range(4):
        store.editions.save(edition(day))
    store.editions.skip(edition(1).id, "Feiertag")
    numbers = [store.editions.approve(edition(day).id, NOW).number for day in (3, 0, 2)]
    assert numbers == [1, 2, 3]


def test_a_skipped_edition_frees_its_stories_and_stays_skipped(store: Store):
    told(store, "1")
    draft = store.editions.save(edition(0, "1"))
    skipped = store.editions.skip(draft.id, "nichts los")
    assert (skipped.status, skipped.reason) == (EditionStatus.SKIPPED, "nichts los")
    assert store.editions.skip(draft.id, "anderes") == skipped
    assert store.editions.save(draft) == skipped
    assert [telling.story.id for telling in store.editions.unplaced(NOW)] == [identity("1")]
    with pytest.raises(StoreError, match="is skipped and cannot be approved"):
        store.editions.approve(draft.id, NOW)
    store.editions.save(edition(1, "1"))


def test_an_edition_can_be_skipped_before_it_was_a_draft(store: Store):
    told(store, "1")
    skipped = edition(0, "1", status=EditionStatus.SKIPPED, reason="Feiertag")
    assert store.editions.save(skipped) == skipped
    assert store.editions.edition_of(identity("1")) is None


def test_what_is_approved_cannot_be_skipped(store: Store):
    store.editions.save(edition())
    store.editions.approve(edition().id, NOW)
    with pytest.raises(StoreError, match="is approved and cannot be skipped"):
        store.editions.skip(edition().id, "zu spät")


def test_a_number_comes_from_approval_only(store: Store):
    for refused in (edition(status=EditionStatus.APPROVED), edition(number=7)):
        with pytest.raises(StoreError, match="approve it"):
            store.editions.save(refused)


def test_a_slot_has_one_edition(store: Store):
    store.editions.save(edition())
    with pytest.raises(StoreError):
        store.editions.save(edition(id="2026-11-23-0800"))


def test_unknown_editions_are_named(store: Store):
    assert store.editions.get("x") is None
    assert store.editions.latest() is None
    for step in (lambda: store.editions.approve("x", NOW), lambda: store.editions.skip("x", "y")):
        with pytest.raises(StoreError, match="knows no edition x"):
            step()


def test_unplaced_are_released_stories_until_the_cutoff_that_stand_nowhere(store: Store):
    for hour, name in enumerate("12345"):
        told(store, name, at=NOW + hour * HOUR)
    told(store, "held", fate=Fate.HELD)
    told(store, "gone")
    store.stories.decide(decision("gone", "withdrawn"), Fate.WITHDRAWN)
    store.editions.save(edition(0, "2"))
    store.stories.revise(revision("1", 2, title="Neu", at=NOW + DAY), decision("1", "revised"), None)
    found = store.editions.unplaced(NOW + 3 * HOUR)
    assert [telling.story.id for telling in found] == [identity("4"), identity("3"), identity("1")]
    assert found[-1].revision.title == "Neu"


def test_editions_are_listed_from_the_latest_slot_back(store: Store):
    for day in (1, 3, 2):
        store.editions.save(edition(day))
    store.editions.approve(edition(2).id, NOW)
    assert [one.id for one in store.editions.list()] == [edition(day).id for day in (3, 2, 1)]
    assert [one.id for one in store.editions.list(EditionStatus.APPROVED)] == [edition(2).id]
    latest = store.editions.latest()
    assert latest is not None
    assert latest.id == edition(3).id
