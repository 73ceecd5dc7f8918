"""The commands as a person types them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from feeder.cli import COMMANDS, main
from tests.newsroom import NOW, SEED, Newsroom, Post, rss
from tests.web import Web


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    return Newsroom(tmp_path, web, beats=True)


def test_help_names_every_command_and_every_command_has_help() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert all(name in result.output for name in COMMANDS)
    for name in COMMANDS:
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_no_line_of_the_help_is_cut_short() -> None:
    assert "..." not in CliRunner().invoke(main, ["--help"]).output.split("Commands:")[1]


def test_a_misspelt_command_is_refused_with_the_nearest_one() -> None:
    result = CliRunner().invoke(main, ["stauts"])
    assert result.exit_code == 2
    assert "No such command 'stauts'. Did you mean 'status'?" in result.output


def test_a_command_that_is_stopped_says_so_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def ctrl_c() -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr("feeder.cli.beginning.starter", ctrl_c)
    result = CliRunner().invoke(main, ["init", str(tmp_path / "neu")])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert result.output.startswith("feeder: stopped; what was done is kept")


def test_init_lays_out_a_publication_that_runs_and_overwrites_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "neu"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0
    result = CliRunner().invoke(main, ["run", "--offline", "--config", str(folder / "config.toml")])
    assert result.exit_code == 0, result.output
    assert (folder / "feeds" / "rss.xml").exists()
    assert "approved, number 1, 1 story" in result.output
    (folder / "config.toml").write_text("mine")
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0
    assert (folder / "config.toml").read_text() == "mine"


def test_without_a_config_the_command_says_what_to_do_and_exits_with_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["run", "--config", str(tmp_path / "config.toml")])
    assert result.exit_code == 2
    assert "feeder init" in result.output


def test_a_wrong_config_is_told_whole_with_lines_and_exits_with_2(newsroom: Newsroom) -> None:
    newsroom.extra = '[curation]\nrelaese = "auto"\nmax_age = "bald"\n'
    result = newsroom.run(code=2)
    assert 'did you mean "release"' in result.output
    assert "max_age" in result.output
    assert "config.toml:" in result.output


def test_a_wrong_now_is_refused_with_an_example(newsroom: Newsroom) -> None:
    path = newsroom.configure()
    result = CliRunner().invoke(main, ["run", "--config", str(path), "--now", "morgen"])
    assert result.exit_code == 2
    assert "2026-11-23T07:00" in result.output


def test_now_without_a_zone_is_in_the_publications(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    path = newsroom.configure()
    CliRunner().invoke(main, ["run", "--config", str(path), "--now", "2026-11-23T07:00"])
    assert newsroom.items()[0]["date_published"] == "2026-11-23T06:00:00Z"


@pytest.mark.parametrize(
    "words", [("run",), ("gather",), ("publish",), ("compose",), ("status",), ("explain", "OpenAI"), ("preview",)]
)
def test_json_output_is_json_and_nothing_else(newsroom: Newsroom, words: tuple[str, ...]) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    assert json.loads(newsroom.run(*words, "--json", now=NOW + timedelta(hours=1)).stdout)


def test_explain_says_what_came_in_from_where_and_why_it_is_where_it_is(newsroom: Newsroom) -> None:
    newsroom.extra = '[[curation.rules]]\naction = "drop"\nwords = ["Gewinnspiel"]\nwhy = "Werbung"\n'
    newsroom.article("a.txt")
    newsroom.feed(
        "heise",
        rss(Post("Modell im Gewinnspiel", "https://heise.example/1"), Post("Modell", "https://heise.example/2")),
    )
    newsroom.run()
    dropped = newsroom.run("explain", "https://heise.example/1").output
    assert "dropped" in dropped
    assert "Werbung" in dropped
    released = newsroom.run("explain", "Microsoft", "verliert").output
    for words in ("released", "an article of our own", "topics/wirtschaft/", "2026-11-23-1000", "redaktion"):
        assert words in released
    story = newsroom.items()[0]["id"]
    assert newsroom.run("explain", story).output.count("title") == 1
    assert "nothing in the store matches" in newsroom.run("explain", "Quatsch", code=1).output


def test_status_shows_failing_sources_and_since_when(newsroom: Newsroom) -> None:
    newsroom.source("weg", newsroom.web.url("/404.xml"))
    newsroom.run()
    newsroom.run(now=NOW + timedelta(hours=1))
    assert "weg" in newsroom.run("status").output
    assert "failing since 2026-11-23 10:00" in newsroom.run("status").output


def test_sources_with_the_same_problem_are_told_together(newsroom: Newsroom) -> None:
    for name in ("eins", "zwei", "drei"):
        newsroom.source(name, newsroom.web.url(f"/{name}.xml"))
    for output in (newsroom.run().output, newsroom.run("status").output):
        assert "3 sources answered 404 Not Found" in output
        assert "eins, zwei, drei" in output
        assert "/eins.xml" not in output


def test_status_shows_what_is_due_and_the_next_edition(newsroom: Newsroom) -> None:
    newsroom.article("spaeter.md", "---\ndate: 2099-01-02 08:30\n---\n# Ein Titel\n\n## NEWS\n\nEin Satz.\n")
    newsroom.run()
    output = newsroom.run("status").output
    assert "1 held" in output
    assert "2099-01-02 08:30 ein-titel" in output
    due = json.loads(newsroom.run("status", "--json").output)["next_edition"]
    assert datetime.fromisoformat(due) > datetime.now(UTC)


def test_a_round_names_its_edition_once_and_then_the_next_slot(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    assert "2026-11-23-1000: approved, number 1, 1 story, “" in newsroom.run().output
    assert "none due; the next: 2026-11-24 07:00" in newsroom.run(now=NOW + timedelta(hours=1)).output
    again = json.loads(newsroom.run("run", "--json", now=NOW + timedelta(hours=1)).output)
    assert (again["edition"], again["next_edition"]) == (None, "2026-11-24T06:00:00+00:00")


def test_a_preview_of_a_slot_without_stories_names_the_slot_after_it(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    output = newsroom.run("preview", now=NOW + timedelta(hours=1)).output
    assert "2026-11-24-0700: skipped, 0 new stories, 1 or more are needed; the next slot is 2026-11-25 07:00" in output


def test_feeds_that_would_lose_stories_are_named_once(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(Post("Modell", "https://heise.example/1")))
    newsroom.run()
    newsroom.sources.clear()
    (newsroom.folder / "feeder.db").unlink()
    newsroom.article("a.txt")
    result = newsroom.run(code=1, now=NOW + timedelta(hours=1))
    assert result.stdout.count("          rss.xml was not replaced: 1 of its stories would vanish") == 1
    assert "feeder publish --accept-loss" in result.stdout


def test_explain_for_programs_has_times_in_iso_and_a_decision_each(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    (story,) = json.loads(newsroom.run("explain", "Microsoft", "--json").output)
    assert (story["fate"], story["source"], story["released"]) == ("released", "redaktion", NOW.isoformat())
    assert [decision["why"] for decision in story["decisions"]] == ["an article of our own"]


def test_check_names_every_placeholder_and_a_broken_template(newsroom: Newsroom) -> None:
    output = newsroom.run("check").output
    line = (newsroom.folder / "config.toml").read_text(encoding="utf-8").split("\nimprint_url")[0].count("\n") + 2
    assert f"config.toml:{line}: publication.imprint_url" in output
    (newsroom.folder / "templates").mkdir()
    for file in (Path(__file__).parents[2] / "templates").rglob("*"):
        if file.is_file():
            target = newsroom.folder / "templates" / file.relative_to(Path(__file__).parents[2] / "templates")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    broken = newsroom.folder / "templates" / "story.html"
    broken.write_text("{% if %}")
    result = newsroom.run("check", code=1)
    assert f"{broken}:1" in result.output


def test_articles_check_names_file_and_line_in_german_and_fails_for_errors_only(newsroom: Newsroom) -> None:
    newsroom.article("gut.txt", SEED.replace(" - steht", " – steht").replace('"Spende"', "„Spende“"))
    assert newsroom.run("articles", "check", "--strict").output == "Alle Artikel sind in Ordnung.\n"
    newsroom.article("z.txt")
    assert newsroom.run("articles", "check").output.splitlines() == [
        "articles/z.txt:2: HINWEIS: Bindestrich „ - “ statt Gedankenstrich „ – “",
        'articles/z.txt:9: HINWEIS: gerade Anführungszeichen "Spende"; richtig: „Spende“',
        "0 Fehler, 2 Hinweise in 1 Artikel",
    ]
    newsroom.run("articles", "check", "--strict", code=1)
    newsroom.article("x.md", "---\nid: x\ntitel: Fehler\n---\n# Titel\n\n## NEWS\n\nText.\n")
    lines = newsroom.run("articles", "check", code=1).output.splitlines()
    assert lines[0] == "articles/x.md:3: FEHLER: Unbekannter Schlüssel „titel“; gemeint ist „title“?"
    assert lines[-1] == "1 Fehler, 2 Hinweise in 2 Artikeln"
    facts = json.loads(newsroom.run("articles", "check", "--json", code=1).output)
    assert (facts["errors"], facts["hints"]) == (1, 2)
    assert facts["findings"][0] == {
        "level": "error",
        "path": "articles/x.md",
        "line": 3,
        "text": "Unbekannter Schlüssel „titel“; gemeint ist „title“?",
    }


def test_articles_check_looks_at_the_files_and_folders_that_are_named(newsroom: Newsroom) -> None:
    one, two = newsroom.article("z.txt"), newsroom.article("tief/y.txt")
    newsroom.article("x.md", "---\nid: x\ntitel: Fehler\n---\n# Titel\n\n## NEWS\n\nText.\n")

    def checked(*paths: Path, code: int = 0) -> set[str]:
        lines = newsroom.run("articles", "check", *map(str, paths), code=code).output.splitlines()
        return {line.partition(":")[0] for line in lines[:-1]}

    assert checked(one) == {"articles/z.txt"}
    assert checked(one, two) == {"articles/z.txt", "articles/tief/y.txt"}
    assert checked(two.parent) == {"articles/tief/y.txt"}
    assert (
        checked(code=1)
        == checked(newsroom.folder, code=1)
        == {f"articles/{name}" for name in ("x.md", "z.txt", "tief/y.txt")}
    )


def test_articles_check_refuses_what_it_does_not_look_at(newsroom: Newsroom) -> None:
    for name in ("bild.png", "README.md", "_entwurf.md"):
        assert "is no article" in newsroom.run("articles", "check", str(newsroom.article(name)), code=2).output
    outside = newsroom.folder.parent / "anderswo.txt"
    outside.write_text(SEED)
    assert "is in no folder of articles" in newsroom.run("articles", "check", str(outside), code=2).output
    newsroom.run("articles", "check", str(newsroom.folder / "gibt-es-nicht.txt"), code=2)


def test_check_and_status_show_the_errors_of_articles_and_check_counts_the_hints(newsroom: Newsroom) -> None:
    newsroom.article("z.txt")
    newsroom.article("x.md", "---\ntitel: Fehler\n---\n# Titel\n\n## NEWS\n\nText.\n")
    newsroom.run("gather")
    checked, status = newsroom.run("check").output, newsroom.run("status").output
    assert "articles/x.md:2: FEHLER: Unbekannter Schlüssel" in checked
    assert "1 Fehler, 2 Hinweise in 2 Artikeln" in checked
    assert "HINWEIS" not in checked
    assert "articles/x.md:2: Unbekannter Schlüssel" in status


def test_the_dry_run_says_what_would_change(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    result = newsroom.run("run", "--dry-run")
    assert "1 newly released" in result.output
    assert "would change" in result.output
    assert "number 1" in result.output


def test_the_command_line_starts_without_what_only_commands_need() -> None:
    heavy = ("requests", "lxml", "jinja2", "sqlalchemy", "pydantic")
    program = f"import sys; from feeder.cli import main; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_round_tells_of_the_edition_that_the_clock_approved_in_it(newsroom: Newsroom) -> None:
    newsroom.digest = 'review = "window"\n'
    newsroom.article("eigener.txt")
    assert ": draft, 1 story" in newsroom.run().output
    assert "edition   none due" in newsroom.run(now=NOW + timedelta(minutes=5)).output
    assert ": approved, number 1, 1 story" in newsroom.run(now=NOW + timedelta(hours=1)).output


def test_status_names_editions_that_wait_for_a_person_however_old(newsroom: Newsroom) -> None:
    newsroom.digest = 'review = "manual"\n'
    newsroom.article("eigener.txt")
    newsroom.run()
    for day in range(1, 12):
        newsroom.run("compose", now=NOW + timedelta(days=day))
    said = newsroom.run("status").output
    assert ": draft, 1 story" in said
    assert "and 4 more" in said
