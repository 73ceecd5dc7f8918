"""Changed rules and topics, applied to what was told of late."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.newsroom import NOW, TOPICS, Newsroom, Post, rss

LATER = NOW + timedelta(hours=2)
DROP = '[[curation.rules]]\naction = "{}"\nwords = ["Lampen"]\nwhy = "keine Lampen"\n'
LAMPS = Post("Lampen mit Sprachmodell im Wohnzimmer", "https://quelle.example/1", summary="Sie leuchten von allein.")
COURT = Post("Gericht urteilt über Bilder einer KI", "https://quelle.example/2", summary="Das Urteil kam am Montag.")


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    """A newsroom whose stories stand in no edition."""
    newsroom.digest = "minimum = 99\n"
    newsroom.feed("quelle", rss(LAMPS, COURT))
    return newsroom


def again(room: Newsroom, *words: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(room.run("curate", "--again", "--json", *words, now=LATER).output)
    return facts


def fates(facts: dict[str, Any]) -> Sequence[tuple[str, str, str]]:
    return [(one["title"], one["fate"]["before"], one["fate"]["after"]) for one in facts["differences"]]


def test_what_a_rule_dropped_is_shown_first_and_told_when_a_person_agrees(room: Newsroom) -> None:
    room.extra = DROP.format("drop")
    room.run()
    room.extra = ""
    shown = again(room)
    assert (shown["done"], fates(shown)) == (False, [(LAMPS.title, "dropped", "released")])
    assert again(room) == shown
    assert again(room, "--yes") == {**shown, "done": True}
    assert again(room, "--yes")["differences"] == []
    room.run("publish", now=LATER)
    assert sorted(room.titles()) == sorted([LAMPS.title, COURT.title])
    assert "curated again: the rules keep it" in room.run("explain", LAMPS.title).output


def test_without_a_yes_and_with_dry_run_nothing_changes(room: Newsroom) -> None:
    room.extra = DROP.format("drop")
    room.run()
    room.extra = ""
    said = room.run("curate", "--again", now=LATER).output
    assert f"dropped → released; topics none → modelle: {LAMPS.title}" in said
    assert "Nothing was changed: 1 would be, with --yes." in said
    assert again(room, "--yes", "--dry-run")["done"] is False
    assert again(room)["differences"] != []


def test_what_a_rule_held_is_released_or_dropped_by_what_it_says_now(room: Newsroom) -> None:
    room.extra = DROP.format("hold")
    room.run()
    room.extra = DROP.format("drop")
    assert fates(again(room, "--yes")) == [(LAMPS.title, "held", "dropped")]
    room.extra = DROP.format("hold")
    assert fates(again(room, "--yes")) == [(LAMPS.title, "dropped", "held")]
    room.extra = ""
    assert fates(again(room, "--yes")) == [(LAMPS.title, "held", "released")]


def test_what_is_released_is_never_taken_back_and_it_says_so(room: Newsroom) -> None:
    room.run()
    room.extra = DROP.format("drop")
    (one,) = again(room, "--yes")["differences"]
    assert one["fate"] == {"before": "released", "after": "released"}
    assert "no rule takes that back" in one["left"]
    assert one["why"] == "keine Lampen"
    room.run("publish", now=LATER)
    assert LAMPS.title in room.titles()


def test_topics_of_what_is_released_follow_quietly(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.run()
    before = {item["title"]: item for item in room.items()}
    monkeypatch.setitem(TOPICS, "recht", ("Urteil",))
    (one,) = again(room, "--yes")["differences"]
    assert one["topics"] == {"before": [], "after": ["recht"]}
    room.run("publish", now=LATER)
    assert room.titles("topics/recht/feed.json") == [COURT.title]
    (after,) = room.items("topics/recht/feed.json")
    assert after["date_modified"] == before[COURT.title]["date_modified"]


def test_changed_topics_move_nothing_by_themselves(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.run()
    monkeypatch.setitem(TOPICS, "recht", ("Urteil",))
    room.run("run", "--all", now=LATER)
    assert room.titles("topics/recht/feed.json") == []


def test_what_a_person_decided_stays(room: Newsroom) -> None:
    room.extra = DROP.format("hold")
    room.run()
    room.run("stories", "drop", LAMPS.title, "--why", "nein", "--by", "anna", now=None)
    room.extra = ""
    assert again(room, "--yes")["differences"] == []


@pytest.mark.usefixtures("beating")
def test_what_stands_in_an_edition_stays(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.digest = ""
    room.run()
    monkeypatch.setitem(TOPICS, "recht", ("Urteil",))
    room.extra = DROP.format("drop")
    facts = again(room, "--yes")
    assert facts["differences"] == []
    assert facts["in_editions"] == 2
    output = room.run("curate", "--again", now=LATER).output
    assert "2 changes cannot be made, for the stories stand in an edition." in output
    assert LAMPS.title not in output


def test_what_the_calm_dropped_is_not_told_for_other_rules(room: Newsroom) -> None:
    room.feed("quelle", rss(LAMPS, COURT), baseline_release=1)
    room.run()
    room.extra = DROP.format("keep")
    assert again(room, "--yes")["differences"] == []


def test_what_is_told_elsewhere_meanwhile_is_not_told_twice(room: Newsroom) -> None:
    room.feed("quelle", rss(LAMPS, COURT), rules=[])
    room.extra = '[[curation.rules]]\naction = "drop"\nfields = ["source"]\nwords = ["quelle"]\n'
    room.feed("andere", rss(LAMPS))
    room.run()
    room.extra = ""
    told = {one["title"]: one for one in again(room, "--yes")["differences"]}
    assert "tells it already" in told[LAMPS.title]["left"]
    assert told[COURT.title]["fate"]["after"] == "released"


def test_what_lies_before_the_window_stays_dropped(room: Newsroom) -> None:
    room.extra = DROP.format("drop")
    room.run()
    room.extra = '[curation]\nlook_back = "1d"\n'
    late = (NOW + timedelta(days=2)).isoformat()
    path = room.configure()
    assert path.exists()
    facts = json.loads(room.run("curate", "--again", "--json", "--now", late, now=None).output)
    assert facts["differences"] == []


def test_forgotten_words_are_named(room: Newsroom) -> None:
    room.extra = DROP.format("drop")
    room.run()
    room.extra = '[retention]\nitems = "1d"\n'
    late = (NOW + timedelta(days=2)).isoformat()
    facts = json.loads(room.run("curate", "--again", "--json", "--now", late, now=None).output)
    assert [one["left"] for one in facts["differences"]] == [
        "its words are forgotten ([retention] items): `feeder stories add` tells it"
    ]


def test_curate_decides_on_what_waits_without_reading_any_source(room: Newsroom) -> None:
    ahead = Post("Erst in einer Stunde wahr", "https://quelle.example/3", published=NOW + timedelta(hours=1))
    room.feed("quelle", rss(ahead))
    room.run()
    room.feed("quelle", rss(ahead, LAMPS))
    room.run("curate", now=LATER)
    assert "its date has come" in room.run("explain", ahead.title).output
    assert "nothing in the store matches" in room.run("explain", LAMPS.title, code=1).output
    assert "--yes goes with --again" in room.run("curate", "--yes", code=2).output
