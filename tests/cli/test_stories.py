"""`feeder stories`, as a person types it."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeder.cli import main, stories_meant
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.web import Web, serving

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = """
[[curation.rules]]
action = "hold"
words = ["Gericht"]
why = "wird geprüft"

[[curation.rules]]
action = "drop"
words = ["Werbung"]
why = "ist Werbung"
"""
POSTS = (
    Post("Modell rechnet schneller", "https://heise.example/1", NOW - HOUR, guid="1"),
    Post("Modell kostet weniger", "https://heise.example/2", NOW - 2 * HOUR, guid="2"),
    Post("Gericht urteilt über Trainingsdaten", "https://heise.example/3", NOW - 3 * HOUR, guid="3"),
    Post("Werbung für ein Modell", "https://heise.example/4", NOW - 4 * HOUR, guid="4"),
)

Feeder = Callable[..., Result]


@pytest.fixture(scope="module")
def publisher() -> Iterator[Web]:
    """The server of the source, at one address for all tests."""
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory, publisher: Web) -> Newsroom:
    """A newsroom that read its source, to be copied, which is quicker than to run."""
    room = Newsroom(tmp_path_factory.mktemp("told"), publisher, extra=RULES)
    room.feed("heise", rss(*POSTS))
    room.run()
    return room


@pytest.fixture
def newsroom(pattern: Newsroom, tmp_path: Path) -> Newsroom:
    """The same, for this test alone."""
    pattern.feed("heise", rss(*POSTS))
    return pattern.copy(tmp_path)


@pytest.fixture
def feeder(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Feeder:
    """A verb; what is `typed` is typed by somebody at a terminal."""

    def run(*words: str, code: int = 0, typed: str | None = None, now: str = "2026-11-23T11:00:00") -> Result:
        monkeypatch.setattr(stories_meant, "is_asking", lambda: typed is not None)
        arguments = ["stories", *words, "--config", str(newsroom.configure()), "--now", now]
        result = CliRunner().invoke(main, arguments, input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


def titles(result: Result) -> list[str]:
    return [one["title"] for one in json.loads(result.stdout)]


def fate(feeder: Feeder, name: str) -> str:
    return str(json.loads(feeder("show", name, "--json").stdout)["fate"])


def test_without_a_verb_all_stories_are_listed_with_fate_and_reason(feeder: Feeder) -> None:
    output = feeder().output
    for post in POSTS:
        assert post.title in output
    assert "heise; wird geprüft" in output
    assert "heise; ist Werbung" in output


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--held", {POSTS[2].title}),
        ("--dropped", {POSTS[3].title}),
        ("--released", {POSTS[0].title, POSTS[1].title}),
        ("--withdrawn", set()),
    ],
)
def test_a_list_of_one_fate(feeder: Feeder, option: str, expected: set[str]) -> None:
    assert set(titles(feeder("list", option, "--json"))) == expected


def test_a_list_since_a_moment(feeder: Feeder, newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(Post("Noch ein Modell", "https://heise.example/5", NOW + DAY, guid="5"), *POSTS))
    newsroom.run("run", "--all", now=NOW + DAY)
    later = "2026-11-24T12:00:00"
    assert titles(feeder("list", "--since", "12h", "--json", now=later)) == ["Noch ein Modell"]
    assert len(titles(feeder("list", "--since", "2d", "--json", now=later))) == 5
    assert "neither a time" in feeder("list", "--since", "gestern", code=2).output


@pytest.mark.parametrize(
    "name", ["gericht-urteilt-uber-trainingsdaten", "https://heise.example/3", "trainingsdaten gericht"]
)
def test_a_story_is_found_by_slug_address_and_words(feeder: Feeder, name: str) -> None:
    slug = json.loads(feeder("show", POSTS[2].title, "--json").stdout)["slug"]
    assert POSTS[2].title in feeder("show", slug if name.startswith("gericht-") else name).output


def test_a_story_is_found_by_its_id_and_the_last_part_of_it(feeder: Feeder) -> None:
    long = json.loads(feeder("show", POSTS[2].title, "--json").stdout)["id"]
    for name in (long, long.rpartition("/")[2]):
        assert POSTS[2].title in feeder("show", name).output


def test_where_several_can_be_meant_they_are_listed_and_nothing_is_done(feeder: Feeder) -> None:
    result = feeder("drop", "Modell", "--why", "weg", "--by", "anna", code=2)
    assert "can mean 3 stories; nothing was changed" in result.output
    ids = [line.split()[0] for line in result.stderr.splitlines() if line.startswith("  ")]
    assert len(ids) == 3
    assert all("decided by hand" not in feeder("show", one).output for one in ids)


def test_where_none_can_be_meant_it_is_said_how_to_find_one(feeder: Feeder) -> None:
    assert "try other words of its title" in feeder("release", "Nirgends", code=1).output


def test_a_whole_title_means_that_story(feeder: Feeder, newsroom: Newsroom) -> None:
    longer = Post("Modell rechnet schneller als gedacht", "https://golem.example/1", NOW, guid="x")
    newsroom.feed("golem", rss(longer), same_story=False)
    newsroom.run("run", "--all", now=NOW + HOUR)
    assert "heise.example/1" in feeder("show", "modell rechnet schneller").output
    assert "can mean 2 stories" in feeder("show", "rechnet schneller", code=2).output


@pytest.mark.parametrize("verb", ["drop", "withdraw", "merge", "split"])
def test_a_reason_is_needed(feeder: Feeder, verb: str) -> None:
    more = {"merge": (POSTS[1].title,), "split": ("--item", "heise"), "withdraw": ("--yes",)}.get(verb, ())
    assert "say why with --why" in feeder(verb, POSTS[0].title, *more, code=2).output
    assert fate(feeder, POSTS[0].title) == "released"


def test_a_reason_that_is_not_given_is_asked_for_at_a_terminal(feeder: Feeder) -> None:
    feeder("drop", POSTS[2].title, typed="Kein Thema\n")
    assert "drop: Kein Thema" not in feeder("show", POSTS[2].title).output
    assert f"{getpass.getuser()}: dropped: Kein Thema" in feeder("show", POSTS[2].title).output


def test_an_empty_reason_is_none(feeder: Feeder) -> None:
    assert "why drop it?" in feeder("drop", POSTS[2].title, "--why", " ", code=1).output


def test_a_withdrawal_is_asked_about_and_a_no_changes_nothing(feeder: Feeder) -> None:
    output = feeder("withdraw", POSTS[0].title, "--why", "falsch", typed="n\n", code=1).output
    assert "nothing was changed" in output
    assert fate(feeder, POSTS[0].title) == "released"
    assert "Say --yes" in feeder("withdraw", POSTS[0].title, "--why", "falsch", code=2).output
    feeder("withdraw", POSTS[0].title, "--why", "falsch", typed="y\n")
    assert fate(feeder, POSTS[0].title) == "withdrawn"


def test_who_decides_is_the_login_or_who_is_named_and_never_the_rules(feeder: Feeder) -> None:
    feeder("release", POSTS[2].title)
    assert f"{getpass.getuser()}: released" in feeder("show", POSTS[2].title).output
    feeder("pin", POSTS[2].title, "--by", "anna")
    assert "anna: pinned" in feeder("show", POSTS[2].title).output
    assert "name a person" in feeder("pin", POSTS[0].title, "--by", "rules", code=1).output


def test_it_is_said_what_changed_and_how_readers_come_to_see_it(feeder: Feeder) -> None:
    output = feeder("release", POSTS[2].title).output
    assert f"{POSTS[2].title}: released" in output
    assert "`feeder publish`, or the next round" in output
    again = feeder("release", POSTS[2].title).output
    assert "released already" in again
    assert "feeder publish" not in again


def test_what_changed_is_told_to_programs(feeder: Feeder) -> None:
    (change,) = json.loads(feeder("release", POSTS[2].title, "--json").stdout)
    assert (change["fate"], change["did"], change["changed"]) == ("released", "released", True)


def test_many_stories_are_decided_on_at_once_or_none(feeder: Feeder) -> None:
    feeder("release", POSTS[2].title, "Nirgends", code=1)
    assert fate(feeder, POSTS[2].title) == "held"
    output = feeder("drop", POSTS[2].title, POSTS[0].title, "--why", "weg", code=1).output
    assert "is published and cannot be dropped" in output
    assert fate(feeder, POSTS[2].title) == "held"
    feeder("release", POSTS[2].title, POSTS[3].title)
    assert (fate(feeder, POSTS[2].title), fate(feeder, POSTS[3].title)) == ("released", "released")


def test_all_held_of_a_source_are_asked_about(feeder: Feeder) -> None:
    assert "Release 1 story of heise?" in feeder("release", "--all-of", "heise", typed="n\n", code=1).output
    assert fate(feeder, POSTS[2].title) == "held"
    feeder("release", "--all-of", "heise", "--yes")
    assert fate(feeder, POSTS[2].title) == "released"
    assert "nothing of heise is held" in feeder("release", "--all-of", "heise", "--yes", code=1).output
    assert "heise" in feeder("release", "--all-of", "heisse", "--yes", code=1).output
    assert "--all-of" in feeder("release", code=2).output


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "say what is to change"),
        (("--title", " "), "needs a headline"),
        (("--topic", "rect"), 'there is no topic "rect"; did you mean "recht"'),
        (("--teaser", "x" * 3000), "3000 characters"),
        (("--correction", " "), "a correction needs words"),
    ],
)
def test_what_cannot_be_published_like_that_is_refused(feeder: Feeder, words: tuple[str, ...], problem: str) -> None:
    output = feeder("edit", POSTS[0].title, *words, code=1 if words else 2).output
    assert problem in output
    assert json.loads(feeder("show", POSTS[0].title, "--json").stdout)["revision"] == 1


def test_what_is_unusual_is_said_and_done(feeder: Feeder) -> None:
    output = feeder("edit", POSTS[0].title, "--teaser", "y" * 201, "--bullet", "z" * 181, "--title", "t" * 121).output
    for words in ("the teaser has 201 characters", "1 bullets; 3 to 5", "bullet 1 has 181", "the title has 121"):
        assert words in output


def test_a_correction_of_what_nobody_saw_is_refused(feeder: Feeder) -> None:
    output = feeder("edit", POSTS[2].title, "--correction", "War anders.", code=1).output
    assert "was never published" in output
