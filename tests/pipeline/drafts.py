"""A house whose stories are told straight into its store, and a clock for its editions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.model import Edition, EditionFinding, EditionReport, ItemKey, OutputRecord, Rights, Step, Weight
from feeder.pipeline import House
from feeder.pipeline.compose import compose
from tests.newsroom import Newsroom
from tests.store.samples import decision, gather, identity, item, revision, story

FRIDAY = datetime(2026, 11, 20, 6, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@contextmanager
def house_of(newsroom: Newsroom) -> Iterator[House]:
    """The newsroom's house, without a network."""
    with open_house(read_config(newsroom.configure()), offline=True) as house:
        yield house


def tell(house: House, name: str, at: datetime, **words: Any) -> str:
    """Release a story at a moment; its id. `words` are those of its revision."""
    gather(house.store, item(name), now=at)
    made = revision(name, at=at, **words)
    key = ItemKey("heise", name)
    house.store.stories.tell(story(name, released=at), made, decision(name, "released", at=at), key)
    return identity(name)


def own(house: House, name: str, at: datetime) -> str:
    """Release an article of our own."""
    return tell(house, name, at, rights=Rights.OWN)


def beat(house: House, now: datetime) -> Sequence[Step]:
    """Let the clock look at the editions at a moment; the steps that follow."""
    run = house.store.runs.start("edition", now, ())
    return compose(replace(house, clock=lambda: now), run)


def begun(house: House, at: datetime = FRIDAY) -> Edition:
    """The very first edition, with a story of its own, so that the next ones wait for their slots."""
    tell(house, "erste", at - HOUR)
    beat(house, at)
    return found(house)


def found(house: House, edition_id: str | None = None) -> Edition:
    """An edition as it is stored, the latest by default."""
    edition = house.store.editions.get(edition_id) if edition_id else house.store.editions.latest()
    assert edition is not None
    return edition


def names(edition: Edition) -> list[str]:
    """The stories of an edition in their order, by the names that `tell` was given."""
    return [story_id.rpartition(":")[2] for section in edition.sections for story_id, _ in section.stories]


def published(house: House, *editions: Edition) -> None:
    """Let the pages of editions stand under feeds/, as far as the store knows."""
    house.store.outputs.record([OutputRecord(f"editions/{one.id}/index.html", "digest", "") for one in editions], [])


def errs(monkeypatch: pytest.MonkeyPatch, *texts: str) -> None:
    """Let the self-test find errors, or nothing worse than a warning."""

    def check_edition(_house: House, edition: Edition) -> EditionReport:
        errors = tuple(EditionFinding(Weight.ERROR, "links", text, "digest.html") for text in texts)
        return EditionReport(edition.id, (*errors, EditionFinding(Weight.WARNING, "bytes", "fast zu groß", "")))

    monkeypatch.setattr("feeder.pipeline.self_test.check_edition", check_edition)
