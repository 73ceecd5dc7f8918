"""A person decides on a story while a round is at it: the round goes on, and what was decided stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.editing import telling
from feeder.model import Fate, Story
from feeder.pipeline import House, desk, desk_words, revise
from feeder.pipeline.desk_limits import Edits
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.pipeline.telling_alike import HOUR, OTHER, Kept, kept, lost_and_doubled

NEW = Post("Bremen baut einen Roboter für Häfen", "https://heise.example/roboter")
EDITED = replace(OTHER, summary="Voxtral kostet neuerdings Geld und schreibt Untertitel nur noch in zwei Sprachen.")
Verb = Callable[[House, Story], object]

VERBS: dict[str, Verb] = {
    "release": lambda house, story: desk.release(house, story, "anna"),
    "drop": lambda house, story: desk.drop(house, story, "anna", "doppelt"),
    "erase": lambda house, story: desk.withdraw(house, story, "anna", "falsch", erase=True),
    "edit": lambda house, story: desk_words.edit(house, story, "anna", "", Edits(title="Von Hand betitelte Meldung")),
}


@contextmanager
def deciding_meanwhile(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, verb: Verb) -> Iterator[list[str]]:
    """Let a person decide on the first story whose edit a round follows, after the round has read it."""
    decided: list[str] = []
    real = telling.tell

    def tell(*args: Any, story_id: str, **more: Any) -> Any:
        if not decided:
            decided.append(story_id)
            with open_house(read_config(newsroom.folder / "config.toml")) as house:
                story = house.store.stories.get(story_id)
                assert story is not None
                verb(house, story)
        return real(*args, story_id=story_id, **more)

    monkeypatch.setattr(revise, "tell", tell)
    yield decided
    monkeypatch.undo()


def only(newsroom: Newsroom, story_id: str) -> Kept:
    (found,) = (one for one in kept(newsroom) if one.story.id == story_id)
    return found


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_decision_during_a_round_stops_nothing_and_is_what_was_read(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, verb: Verb
) -> None:
    newsroom.extra = '[curation]\nrelease = "hold"\n'
    newsroom.feed("heise", rss(OTHER))
    newsroom.run()
    newsroom.feed("heise", rss(EDITED, NEW))
    with deciding_meanwhile(newsroom, monkeypatch, verb) as decided:
        newsroom.run(now=NOW + HOUR)
    assert [one.revision.title for one in kept(newsroom) if "Bremen" in one.revision.title] == [NEW.title]
    for hours in (1, 2):
        found = only(newsroom, decided[0])
        assert found.decisions[-1].who == "anna" or found.decisions[-1].what == "flagged"
        assert "neuerdings" not in found.revision.teaser
        newsroom.run(now=NOW + hours * HOUR)


def test_what_is_erased_during_a_round_gets_no_words_from_it(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.extra = '[curation]\nrelease = "hold"\n'
    newsroom.feed("heise", rss(OTHER))
    newsroom.run()
    newsroom.feed("heise", rss(EDITED))
    with deciding_meanwhile(newsroom, monkeypatch, VERBS["erase"]) as decided:
        newsroom.run(now=NOW + HOUR)
    newsroom.run(now=NOW + 2 * HOUR)
    found = only(newsroom, decided[0])
    assert (found.story.fate, found.revision.title, found.revision.teaser) == (Fate.DROPPED, "", "")


def test_what_a_person_holds_while_its_date_comes_stays_held(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.article(
        "morgen.md", f"---\nid: a\ndate: {(NOW + HOUR).isoformat()}\n---\n# Ein Titel\n\n## NEWS\n\nText.\n"
    )
    newsroom.run()
    (due,) = kept(newsroom, Fate.HELD)
    with open_house(read_config(newsroom.folder / "config.toml")) as house:
        desk.hold(house, due.story, "anna", "noch nicht")
        monkeypatch.setattr(type(house.store.stories), "due", lambda *_: (due.story,))
        revise.release_due(house, NOW + 2 * HOUR)
    assert only(newsroom, due.story.id).story.fate is Fate.HELD
    assert lost_and_doubled(newsroom) == []
    assert due.story.due is not None
    assert due.story.due - NOW < timedelta(hours=2)
