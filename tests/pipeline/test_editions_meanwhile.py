"""What happens to the stories and the wishes of an edition while it is tested, which takes seconds; what the self-test
holds, and what not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from shutil import copyfile, copytree

import pytest
from click.testing import CliRunner

from feeder.cli import main
from feeder.errors import OutdatedError
from feeder.model import Edition, EditionFinding, EditionReport, EditionStatus, Edits, Weight
from feeder.pipeline import House, approve, edition_desk
from feeder.pipeline.compose import foresee
from feeder.pipeline.desk import withdraw
from feeder.pipeline.edition_found import edition_named, next_edition
from tests.conftest import ROOT
from tests.newsroom import HEAD, Newsroom
from tests.pipeline.drafts import DAY, FRIDAY, HOUR, MONDAY, beat, begun, errs, found, house_of, names, tell

BEATS = True

MONDAY_ID, TUESDAY_ID = "2026-11-23-0700", "2026-11-24-0700"


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[Edition], object], times: int = 1) -> list[str]:
    """Let somebody act during the self-test, so many times; the editions that were tested."""
    tested: list[str] = []

    def check_edition(_house: House, edition: Edition) -> EditionReport:
        tested.append(edition.id)
        if len(tested) <= times:
            act(edition)
        return EditionReport(edition.id, ())

    monkeypatch.setattr("feeder.pipeline.self_test.check_edition", check_edition)
    return tested


def at(house: House, now: datetime) -> House:
    return replace(house, clock=lambda: now)


def take_back(house: House, story_id: str) -> None:
    telling = house.store.stories.telling(story_id)
    assert telling is not None
    withdraw(house, telling.story, "ada", "falsch")


def test_what_an_editor_wants_while_the_edition_is_tested_counts(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house_of(newsroom) as house:
        errs(monkeypatch)
        begun(house)
        dropped = tell(house, "a", FRIDAY + HOUR)
        tell(house, "b", FRIDAY + HOUR)
        wishes = Edits(subject="Anders", dropped=(dropped,))
        tested = meanwhile(monkeypatch, lambda edition: house.store.editions.edit(edition.id, wishes))
        beat(house, MONDAY)
        monday = found(house)
        assert (monday.status, monday.subject, names(monday)) == (EditionStatus.APPROVED, "Anders", ["b"])
        assert tested == [MONDAY_ID, MONDAY_ID], "what changed is tested again"


@pytest.mark.parametrize("digest", ["", 'review = "window"\n'])
def test_what_is_taken_back_while_the_edition_is_tested_does_not_go_out(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, digest: str
) -> None:
    newsroom.digest = digest
    with house_of(newsroom) as house:
        errs(monkeypatch)
        approve.approve(house, begun(house).id, FRIDAY, "ada", "gelesen")
        wrong = tell(house, "a", FRIDAY + HOUR)
        tell(house, "b", FRIDAY + HOUR)
        if digest:
            beat(house, MONDAY - HOUR)
        meanwhile(monkeypatch, lambda _: take_back(house, wrong))
        beat(house, MONDAY)
        assert (found(house).status, names(found(house))) == (EditionStatus.APPROVED, ["b"])


def test_a_person_hears_that_a_story_was_taken_back_while_the_edition_was_tested(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.digest = 'review = "manual"\n'
    with house_of(newsroom) as house:
        errs(monkeypatch)
        first = begun(house)
        tell(house, "b", FRIDAY)
        meanwhile(monkeypatch, lambda _: take_back(house, next(iter(first.sections)).stories[0][0]))
        with pytest.raises(OutdatedError, match="changed while it was tested; look at it again"):
            approve.approve(house, first.id, FRIDAY, "ada", "gelesen")
        assert found(house).status is EditionStatus.DRAFT


def test_what_changes_again_and_again_waits_for_the_next_round(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house_of(newsroom) as house:
        errs(monkeypatch)
        first = begun(house)
        tell(house, "a", FRIDAY + HOUR)
        counted = iter(range(100))

        def edit(edition: Edition) -> None:
            house.store.editions.edit(edition.id, Edits(subject=f"Betreff {next(counted)}"))

        assert len(meanwhile(monkeypatch, edit, times=3)) == 0
        assert beat(house, MONDAY) == []
        assert found(house) == first
        beat(house, MONDAY)
        assert (found(house).id, found(house).subject) == (MONDAY_ID, "Betreff 2")


def test_a_story_that_another_edition_took_meanwhile_stands_there_alone(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house_of(newsroom) as house:
        errs(monkeypatch)
        begun(house)
        tell(house, "a", FRIDAY + HOUR)

        def take(edition: Edition) -> None:
            house.store.editions.save(replace(edition, id="2026-11-27-0700", slot=MONDAY + 4 * DAY))

        meanwhile(monkeypatch, take)
        beat(house, MONDAY)
        assert found(house, MONDAY_ID).status is EditionStatus.SKIPPED
        assert names(found(house)) == ["a"]


def test_a_bug_that_one_edition_brings_out_holds_it_shows_and_keeps_no_other_from_its_slot(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house_of(newsroom) as house:
        errs(monkeypatch)
        begun(house)

        def trip(_edition: Edition) -> None:
            raise ValueError("Stolperstein")

        meanwhile(monkeypatch, trip)
        tell(house, "a", FRIDAY + HOUR)
        beat(house, MONDAY)
        assert found(house).status is EditionStatus.HELD
        assert "Der Selbsttest selbst ist gescheitert: ValueError: Stolperstein" in (found(house).reason or "")
        assert [str(bug) for bug in house.bugs] == ["Stolperstein"]
        tell(house, "b", MONDAY + HOUR)
        beat(house, MONDAY + DAY)
        assert (found(house).id, found(house).status) == (TUESDAY_ID, EditionStatus.APPROVED)


def test_a_preview_passes_over_an_edition_that_was_approved_before_its_slot(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    errs(monkeypatch)
    with house_of(newsroom) as house:
        begun(house)
        tell(house, "a", FRIDAY + HOUR)
        early = at(house, FRIDAY + 2 * HOUR)
        edition_desk.hold(early, next_edition(early), "ada")
        edition_desk.approve(early, edition_named(early, MONDAY_ID), "ada")
        tell(house, "b", FRIDAY + 3 * HOUR)
        run = house.store.runs.start("preview", FRIDAY + 4 * HOUR, ())
        assert [step.name for step in foresee(house, run)] == ["finish"]
        assert (found(house).id, names(found(house))) == (TUESDAY_ID, ["b"])


def test_a_slot_that_comes_again_in_another_time_zone_was_dealt_with(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    errs(monkeypatch)
    with house_of(newsroom) as house:
        begun(house)
        tell(house, "a", FRIDAY + HOUR)
        beat(house, MONDAY)
        monday = found(house)
        tell(house, "b", MONDAY + HOUR / 2)
    monkeypatch.setattr("tests.newsroom.HEAD", HEAD.replace("Europe/Berlin", "UTC"))
    with house_of(newsroom) as house:
        assert beat(house, MONDAY + HOUR) == [], "07:00 in London, an hour after 07:00 in Berlin"
        assert found(house) == monday
        beat(house, MONDAY + HOUR + DAY)
        assert names(found(house)) == ["b"]


def test_what_a_law_asks_for_is_the_first_reason(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    found_wrong = tuple(
        EditionFinding(Weight.ERROR, what, what, "digest.html") for what in ("links", "anchors", "text", "legal")
    )
    monkeypatch.setattr(
        "feeder.pipeline.self_test.check_edition", lambda _house, edition: EditionReport(edition.id, found_wrong)
    )
    with house_of(newsroom) as house:
        first = begun(house)
        assert (first.reason or "").startswith("the self-test found errors: legal; links; anchors; and 1 more")


def test_what_ships_writes_its_first_edition_without_a_network_and_with_nobodys_addresses(tmp_path: Path) -> None:
    for name in ("articles", "templates"):
        copytree(ROOT / name, tmp_path / name)
    copyfile(ROOT / "config.toml", tmp_path / "config.toml")
    ended = CliRunner().invoke(main, ["run", "--offline", "--config", str(tmp_path / "config.toml")])
    assert ended.exit_code == 0, ended.output
    assert ": approved, number 1, 1 story" in ended.output
    assert len(list(tmp_path.glob("feeds/editions/*/digest.eml"))) == 1
