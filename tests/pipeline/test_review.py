"""Editions before they go out: under review, held, skipped, as an editor wants them, and too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeder.errors import DeskError, OutdatedError, StoreError
from feeder.model import Edition, EditionStatus, Edits, SectionKind
from feeder.pipeline import House, approve
from feeder.pipeline.approve import hold, recompose, skip
from feeder.pipeline.compose import compose_slot, foresee
from feeder.pipeline.desk import withdraw
from feeder.pipeline.drafting import filled
from tests.newsroom import Newsroom
from tests.pipeline.drafts import (
    DAY,
    FRIDAY,
    HOUR,
    MONDAY,
    beat,
    begun,
    errs,
    found,
    house_of,
    names,
    own,
    tell,
)
from tests.store.samples import identity

BEATS = True

WINDOW = 'review = "window"\n'
MONDAY_ID = "2026-11-23-0700"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    errs(monkeypatch)


def test_an_edition_is_approved_by_the_clock_on_its_slot_and_says_so(newsroom: Newsroom) -> None:
    with house_of(newsroom) as house:
        first = begun(house)
        tell(house, "neu", MONDAY - HOUR)
        assert [step.name for step in beat(house, MONDAY)] == ["finish"]
        monday = found(house)
        assert (monday.status, monday.number, monday.approved) == (EditionStatus.APPROVED, 2, MONDAY)
        assert [(one.who, one.what, one.at) for one in monday.decided] == [("clock", "approved", MONDAY)]
        assert (first.since, monday.since) == (None, FRIDAY)


def test_what_an_edition_collects_begins_at_the_cutoff_of_the_one_before_that_was_not_skipped(
    newsroom: Newsroom,
) -> None:
    newsroom.extra = '[schedule]\neditions = ["mon-sun 07:00"]\n'
    with house_of(newsroom) as house:
        begun(house)
        for day in (1, 2):
            beat(house, FRIDAY + day * DAY)
            assert found(house).status is EditionStatus.SKIPPED
        tell(house, "sonntag", FRIDAY + 2 * DAY + HOUR)
        beat(house, MONDAY)
        assert (found(house).id, found(house).since) == (MONDAY_ID, FRIDAY)


def test_an_edition_under_review_stands_ready_before_its_slot_and_goes_out_at_it(newsroom: Newsroom) -> None:
    newsroom.digest = WINDOW
    with house_of(newsroom) as house:
        approve.approve(house, begun(house).id, FRIDAY, "ada", "gelesen")
        tell(house, "neu", MONDAY - 2 * HOUR)
        assert beat(house, MONDAY - HOUR - timedelta(seconds=1)) == []
        [reminder] = beat(house, MONDAY - HOUR)
        assert (reminder.name, reminder.not_before) == ("edition", MONDAY)
        draft = found(house)
        assert (draft.id, draft.status, draft.decide_by) == (MONDAY_ID, EditionStatus.DRAFT, MONDAY)
        tell(house, "später", MONDAY - HOUR / 2)
        beat(house, MONDAY - timedelta(seconds=1))
        assert found(house) == draft
        assert [step.name for step in beat(house, MONDAY)] == ["finish"]
        assert (found(house).status, names(found(house))) == (EditionStatus.APPROVED, ["neu"])
        assert "nobody objected until 2026-11-23 07:00" in found(house).decided[-1].why
        assert beat(house, MONDAY + HOUR) == []


def test_whoever_composes_late_still_has_the_whole_window(newsroom: Newsroom) -> None:
    newsroom.digest = WINDOW
    with house_of(newsroom) as house:
        approve.approve(house, begun(house).id, FRIDAY, "ada", "gelesen")
        tell(house, "neu", MONDAY - 2 * HOUR)
        beat(house, MONDAY + HOUR / 2)
        assert found(house).decide_by == MONDAY + 1.5 * HOUR


def test_silence_may_hold(newsroom: Newsroom) -> None:
    newsroom.digest = WINDOW + 'on_silence = "hold"\n'
    with house_of(newsroom) as house:
        first = begun(house)
        assert beat(house, FRIDAY + HOUR) == []
        assert found(house).status is EditionStatus.HELD
        assert found(house).reason == "nobody approved it in the time for review"
        assert approve.approve(house, first.id, FRIDAY + DAY, "ada", "doch").number == 1


def test_what_waits_for_a_persons_word_waits_for_ever_and_keeps_no_later_slot_from_its_edition(
    newsroom: Newsroom,
) -> None:
    newsroom.digest = 'review = "manual"\n'
    with house_of(newsroom) as house:
        first = begun(house)
        assert (first.status, first.decide_by) == (EditionStatus.DRAFT, None)
        tell(house, "neu", MONDAY - HOUR)
        beat(house, MONDAY)
        beat(house, MONDAY + DAY)
        statuses = [one.status for one in house.store.editions.list()]
        assert statuses == [EditionStatus.SKIPPED, EditionStatus.DRAFT, EditionStatus.DRAFT]
        assert approve.approve(house, MONDAY_ID, MONDAY + DAY, "ada", "gelesen").number == 1
        assert approve.approve(house, first.id, MONDAY + DAY, "ada", "gelesen").number == 2
        assert [(one.who, one.what, one.why) for one in found(house, MONDAY_ID).decided] == [
            ("ada", "approved", "gelesen")
        ]


def test_a_draft_under_review_waits_for_a_person_as_soon_as_the_settings_say_so(newsroom: Newsroom) -> None:
    newsroom.digest = WINDOW
    with house_of(newsroom) as house:
        begun(house)
    newsroom.digest = 'review = "manual"\n'
    with house_of(newsroom) as house:
        assert beat(house, FRIDAY + HOUR) == []
        assert found(house).status is EditionStatus.DRAFT


def test_a_held_edition_is_not_sent_by_the_clock(newsroom: Newsroom) -> None:
    newsroom.digest = WINDOW
    with house_of(newsroom) as house:
        first = begun(house)
        kept = hold(house, first.id, FRIDAY + timedelta(minutes=1), "ada", "eine Zahl fehlt")
        assert (kept.status, kept.reason, kept.decide_by) == (EditionStatus.HELD, "eine Zahl fehlt", None)
        assert beat(house, FRIDAY + HOUR) == []
        assert found(house) == kept
        sent = approve.approve(house, first.id, FRIDAY + 2 * HOUR, "ada", "Zahl steht da")
        assert [(one.what, one.why) for one in sent.decided] == [
            ("held", "eine Zahl fehlt"), ("approved", "Zahl steht da")
        ]  # fmt: skip
        assert sent.reason is None


def test_a_skipped_editions_stories_stand_in_the_next(newsroom: Newsroom) -> None:
    newsroom.digest = WINDOW
    with house_of(newsroom) as house:
        first = begun(house)
        gone = skip(house, first.id, FRIDAY, "ada", "Betriebsausflug")
        assert (gone.status, gone.reason, gone.decide_by) == (EditionStatus.SKIPPED, "Betriebsausflug", None)
        assert [(one.who, one.what) for one in gone.decided] == [("ada", "skipped")]
        assert skip(house, first.id, FRIDAY + HOUR, "bob", "noch einmal") == gone
        beat(house, FRIDAY + HOUR)
        assert found(house) == gone
        beat(house, MONDAY - HOUR)
        assert names(found(house, MONDAY_ID)) == ["erste"]


def test_an_edition_that_takes_over_a_skipped_ones_stories_collects_since_then(newsroom: Newsroom) -> None:
    newsroom.digest = 'review = "manual"\n'
    with house_of(newsroom) as house:
        first = begun(house)
        tell(house, "neu", MONDAY - HOUR)
        beat(house, MONDAY)
        assert (found(house).since, names(found(house))) == (FRIDAY, ["neu"])
        skip(house, first.id, MONDAY, "ada", "überholt")
        sent = approve.approve(house, MONDAY_ID, MONDAY, "ada", "gelesen")
        assert (sent.since, sorted(names(sent))) == (None, ["erste", "neu"])


def test_what_is_closed_stays_as_it_is(newsroom: Newsroom) -> None:
    with house_of(newsroom) as house:
        sent = begun(house)
        for act in (
            lambda: hold(house, sent.id, MONDAY, "ada", "zu spät"),
            lambda: recompose(house, sent.id, MONDAY),
            lambda: skip(house, sent.id, MONDAY, "ada", "zu spät"),
        ):
            with pytest.raises(DeskError, match="is approved already and cannot be"):
                act()
        assert approve.approve(house, sent.id, MONDAY, "ada", "noch einmal") == sent
        beat(house, MONDAY)
        with pytest.raises(DeskError, match="is skipped already and cannot be approved"):
            approve.approve(house, MONDAY_ID, MONDAY, "ada", "doch")
        with pytest.raises(StoreError, match="knows no edition x; feeder edition list"):
            approve.approve(house, "x", MONDAY, "ada", "doch")


# Too late.


@pytest.mark.parametrize(("late", "status"), [(6 * HOUR, EditionStatus.APPROVED), (7 * HOUR, EditionStatus.HELD)])
def test_an_edition_goes_out_by_itself_only_so_long_after_its_slot(
    newsroom: Newsroom, late: timedelta, status: EditionStatus
) -> None:
    with house_of(newsroom) as house:
        begun(house)
        tell(house, "neu", MONDAY - HOUR)
        beat(house, MONDAY + late)
        edition = found(house)
        assert edition.status is status
        if status is EditionStatus.HELD:
            assert edition.reason is not None
            assert "was due 2026-11-23 07:00, longer ago than [schedule] catch_up allows" in edition.reason
            assert f"feeder edition approve {MONDAY_ID}" in edition.reason
            beat(house, MONDAY + 2 * late)
            assert found(house) == edition
            assert approve.approve(house, MONDAY_ID, MONDAY + 9 * HOUR, "ada", "doch").number == 2


def test_a_window_that_ended_while_nobody_was_there_sends_nothing_days_later(newsroom: Newsroom) -> None:
    newsroom.digest = WINDOW
    with house_of(newsroom) as house:
        begun(house)
        beat(house, FRIDAY + 8 * HOUR)
        assert found(house).status is EditionStatus.HELD


# The gate.


def test_an_edition_with_errors_is_held_with_the_reasons_until_they_are_mended(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house_of(newsroom) as house:
        errs(monkeypatch, *[f"Fehler {n}" for n in range(5)])
        assert begun(house).status is EditionStatus.HELD
        reason = "the self-test found errors: Fehler 0; Fehler 1; Fehler 2; and 2 more: feeder edition check"
        assert reason in str(found(house).reason)
        assert [(one.who, one.what) for one in found(house).decided] == [("clock", "held")]
        errs(monkeypatch, "Noch einer")
        refused = approve.approve(house, found(house).id, FRIDAY, "ada", "passt schon")
        assert (refused.status, refused.number) == (EditionStatus.HELD, None)
        assert refused.reason == "the self-test found errors: Noch einer"
        errs(monkeypatch)
        assert approve.approve(house, found(house).id, FRIDAY, "ada", "repariert").number == 1


def test_what_is_wrong_in_several_files_is_told_once(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    errs(monkeypatch, "Platzhalter", "Platzhalter", "tot", "Platzhalter")
    with house_of(newsroom) as house:
        assert begun(house).reason == "the self-test found errors: Platzhalter; tot"


def test_errors_hold_at_the_end_of_a_window_too(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.digest = WINDOW
    with house_of(newsroom) as house:
        begun(house)
        errs(monkeypatch, "Kaputt")
        beat(house, FRIDAY + HOUR)
        assert found(house).status is EditionStatus.HELD


# What an editor wants.


def test_an_edition_is_composed_as_an_editor_wanted_it_before(newsroom: Newsroom) -> None:
    with house_of(newsroom) as house:
        begun(house)
        for name in "abcdef":
            tell(house, name, MONDAY - HOUR)
        wanted = Edits("Am Montag", "Guten Morgen!", (identity("c"), identity("e")), (identity("a"),))
        house.store.editions.edit(MONDAY_ID, wanted)
        beat(house, MONDAY)
        monday = found(house)
        assert names(monday)[:2] == ["c", "e"]
        assert set(names(monday)) == set("bcdef")
        assert (monday.subject, monday.intro) == ("Am Montag", "Guten Morgen!")
        assert [section.kind for section in monday.sections[:2]] == [SectionKind.LEAD, SectionKind.TOP]
        assert len(monday.sections[1].stories) == 3
        beat(house, MONDAY + DAY)
        assert names(found(house)) == ["a"], "what was dropped is free for the next edition"


def test_a_draft_follows_an_editor_until_it_is_approved(newsroom: Newsroom) -> None:
    newsroom.digest = 'review = "manual"\nintro = "Hallo."\n'
    with house_of(newsroom) as house:
        tell(house, "a", FRIDAY - HOUR)
        draft = begun(house)
        assert draft.intro == "Hallo."
        house.store.editions.edit(draft.id, Edits(first=(identity("a"),), intro=""))
        assert names(recompose(house, draft.id, FRIDAY + HOUR)) == ["a", "erste"]
        assert (found(house).subject, found(house).intro) == ("Meldung a", "")
        house.store.editions.edit(draft.id, Edits(dropped=(identity("a"),)))
        tell(house, "neu", FRIDAY + HOUR)
        sent = approve.approve(house, draft.id, FRIDAY + 2 * HOUR, "ada", "gelesen")
        assert names(sent) == ["erste"], "what was released after the cutoff waits, approval composes once more"
        house.store.editions.edit(draft.id, Edits("Zu spät"))
        assert found(house) == sent
        assert house.store.editions.edition_of(identity("a")) is None


def test_what_was_taken_back_meanwhile_does_not_go_out(newsroom: Newsroom) -> None:
    newsroom.digest = 'review = "manual"\n'
    with house_of(newsroom) as house:
        tell(house, "a", FRIDAY - HOUR)
        draft = begun(house)
        for name in ("a", "erste"):
            story = house.store.stories.get(identity(name))
            assert story is not None
            withdraw(replace(house, clock=lambda: FRIDAY), story, "ada", "falsch")
            if name == "a":
                assert names(recompose(house, draft.id, FRIDAY)) == ["erste"]
        with pytest.raises(DeskError, match=f"no story is left in edition {draft.id}"):
            approve.approve(house, draft.id, FRIDAY, "ada", "gelesen")


def test_a_draft_that_became_too_weak_is_skipped_at_the_end_of_its_window(newsroom: Newsroom) -> None:
    newsroom.digest = WINDOW
    with house_of(newsroom) as house:
        draft = begun(house)
        house.store.editions.edit(draft.id, Edits(dropped=(identity("erste"),)))
        beat(house, FRIDAY + HOUR)
        assert found(house).status is EditionStatus.SKIPPED
        assert house.store.editions.edition_of(identity("erste")) is None


def test_a_preview_of_the_next_edition_shows_what_an_editor_wants_of_it(newsroom: Newsroom) -> None:
    with house_of(newsroom) as house:
        begun(house)
        tell(house, "a", MONDAY - HOUR)
        tell(house, "b", MONDAY - HOUR)
        house.store.editions.edit(MONDAY_ID, Edits("Morgen", None, (identity("b"),)))
        now = MONDAY - HOUR / 2
        [step] = foresee(house, house.store.runs.start("foresee", now, ()))
        assert step.name == "finish"
        assert (names(found(house)), found(house).subject) == (["b", "a"], "Morgen")


def test_a_preview_shows_a_draft_that_waits_for_a_word(newsroom: Newsroom) -> None:
    newsroom.digest = WINDOW
    with house_of(newsroom) as house:
        approve.approve(house, begun(house).id, FRIDAY, "ada", "gelesen")
        tell(house, "a", MONDAY - 2 * HOUR)
        beat(house, MONDAY - HOUR)
        tell(house, "b", MONDAY - HOUR / 2)
        foresee(house, house.store.runs.start("foresee", MONDAY - HOUR / 3, ()))
        assert (names(found(house)), found(house).status) == (["a"], EditionStatus.APPROVED)


# The minimum.


def test_an_article_of_our_own_suffices_for_an_edition(newsroom: Newsroom) -> None:
    newsroom.digest = "minimum = 3\n"
    with house_of(newsroom) as house:
        tell(house, "a", FRIDAY - HOUR)
        assert beat(house, FRIDAY) == []
        assert house.store.editions.latest() is None
        own(house, "eigener", FRIDAY)
        beat(house, FRIDAY + HOUR)
        assert set(names(found(house))) == {"a", "eigener"}
        tell(house, "b", FRIDAY + 2 * HOUR)
        beat(house, MONDAY)
        assert found(house).reason == "1 new stories, 3 or more are needed; the next slot is 2026-11-24 07:00"


def test_the_next_slot_that_a_skipped_edition_names_is_no_holiday(newsroom: Newsroom) -> None:
    newsroom.extra = '[schedule]\nholidays = "BY"\n'
    eve = datetime(2026, 12, 31, 6, tzinfo=UTC)
    with house_of(newsroom) as house:
        begun(house, eve - DAY)
        beat(house, eve)
        assert str(found(house).reason).endswith("the next slot is 2027-01-04 07:00")
        tell(house, "neu", eve + HOUR)
        assert beat(house, eve + DAY) == [], "New Year's Day has no slot"
        assert found(house).slot == eve


# Meanwhile.


def test_what_a_person_does_while_the_clock_composes_counts(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.digest = WINDOW
    with house_of(newsroom) as house:
        first = begun(house)

        def slowly(house: House, _edition: Edition) -> Edition:
            monkeypatch.setattr(approve, "filled", filled)
            hold(house, first.id, FRIDAY + HOUR, "ada", "halt")
            return filled(house, first)

        monkeypatch.setattr(approve, "filled", slowly)
        assert beat(house, FRIDAY + HOUR) == []
        assert (found(house).status, found(house).reason) == (EditionStatus.HELD, "halt")


def test_a_person_hears_that_somebody_was_faster(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.digest = 'review = "manual"\n'
    with house_of(newsroom) as house:
        first = begun(house)

        def slowly(house: House, _edition: Edition) -> Edition:
            monkeypatch.setattr(approve, "filled", filled)
            skip(house, first.id, FRIDAY, "bob", "weg damit")
            return filled(house, first)

        monkeypatch.setattr(approve, "filled", slowly)
        with pytest.raises(OutdatedError, match="changed by somebody else meanwhile"):
            approve.approve(house, first.id, FRIDAY, "ada", "gelesen")
        assert found(house).status is EditionStatus.SKIPPED


def test_a_slot_that_was_dealt_with_returns_what_was_decided_then(newsroom: Newsroom) -> None:
    with house_of(newsroom) as house:
        first = begun(house)
        tell(house, "neu", FRIDAY + HOUR)
        assert compose_slot(house, first.slot, FRIDAY + 2 * HOUR) == first
