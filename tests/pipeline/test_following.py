"""What a person decides in another process is published within seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.model import Decision, Step
from feeder.pipeline import House
from feeder.pipeline.following import PATIENCE, follow
from tests.newsroom import NOW, Newsroom, Post, rss

BEATS = True


@pytest.fixture
def house(newsroom: Newsroom) -> Iterator[House]:
    newsroom.feed("heise", rss(*(Post(f"Modell {n}", f"https://heise.example/{n}") for n in range(3))))
    newsroom.run()
    with open_house(read_config(newsroom.folder / "config.toml"), now=(NOW + timedelta(hours=1)).isoformat()) as opened:
        follow(opened)
        yield opened


def decided(house: House, who: str) -> None:
    """Note a decision that was not noted before."""
    story = house.store.stories.latest(None, 1)[0]
    house.store.stories.note(
        Decision(story.id, who, "flagged", f"gelesen {house.store.stories.newest_decision()}", NOW, story.revision)
    )


def test_what_was_there_before_and_what_rules_decide_is_a_rounds_business(house: House) -> None:
    assert [follow(house) for _ in range(3)] == [[], [], []]
    decided(house, "rules")
    assert [follow(house) for _ in range(3)] == [[], [], []]


def test_what_a_person_decided_is_published_once_when_nothing_more_comes(house: House) -> None:
    decided(house, "ada")
    assert follow(house) == []
    decided(house, "rules")
    decided(house, "ada")
    assert follow(house) == []
    [step] = follow(house)
    assert (step.name, step.key) == ("publish", "publish")
    assert [follow(house) for _ in range(3)] == [[], [], []]


def test_a_person_who_goes_on_deciding_is_not_waited_for_without_end(house: House) -> None:
    found: list[Step] = []
    for _ in range(2 * PATIENCE):
        decided(house, "ada")
        found += follow(house)
    assert len(found) == 2


def test_an_edition_that_a_person_approves_is_published(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.digest = 'review = "manual"\n'
    newsroom.run()
    with open_house(read_config(newsroom.folder / "config.toml")) as house:
        follow(house)
        [edition] = house.store.editions.list()
        newsroom.run("edition", "approve", edition.id, now=NOW)
        assert [len(follow(house)) for _ in range(3)] == [0, 1, 0]
