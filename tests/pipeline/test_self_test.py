"""The self-test of a whole edition: its links against the files to be written, foreign ones against real servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeder.cli.edition_checked import check
from feeder.cli.opening import open_house, read_config
from feeder.model import Edition, EditionFinding, EditionReport, OutputFile, Weight
from feeder.pipeline import House, self_test
from feeder.pipeline.edition_report import WIDTH, report_words
from feeder.pipeline.self_test import check_edition
from feeder.pipeline.site import Planned, edition_files
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.pipeline.test_corpus import LATER_THAN_ALL, recorded, serve

BEATS = True

ID = "2026-11-23-1000"


@contextmanager
def opened(newsroom: Newsroom) -> Iterator[tuple[House, Edition]]:
    """The house at work, and its one edition."""
    with open_house(read_config(newsroom.configure()), now=NOW.isoformat()) as house:
        [edition] = house.store.editions.list()
        yield house, edition


def asked(newsroom: Newsroom, *words: str, code: int) -> Result:
    """`feeder edition check`, as a person types it."""
    result = CliRunner().invoke(check, ["--config", str(newsroom.configure()), "--now", NOW.isoformat(), *words])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def heavy(report: EditionReport) -> list[EditionFinding]:
    return [one for one in report.findings if one.level is Weight.ERROR]


def linked(newsroom: Newsroom, *paths: str) -> None:
    """Stories that lead to these paths of the test's server, gathered while all of them are there."""
    newsroom.article("a.txt")
    newsroom.feed(
        "heise", rss(*(Post(f"Modell {path} ist da", newsroom.web.url(path)) for path in paths)), baseline_release=9
    )
    for path in paths:
        newsroom.web.put(path, b"da")


def damage(monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str) -> None:
    """Let a file of the edition be written otherwise."""

    def files(house: House, edition: Edition) -> Planned:
        planned = edition_files(house, edition)

        def render() -> list[OutputFile]:
            written = []
            for file in planned.render():
                is_meant = file.path.endswith(name)
                assert not is_meant or old.encode() in file.data
                data = file.data.replace(old.encode(), new.encode(), 1) if is_meant else file.data
                written.append(replace(file, data=data))
            return written

        return replace(planned, render=render)

    monkeypatch.setattr(self_test, "edition_files", files)


def test_an_edition_that_ships_has_no_error_whoever_asks(newsroom: Newsroom) -> None:
    linked(newsroom, "/eins", "/zwei")
    newsroom.run()
    with opened(newsroom) as (house, edition):
        report = check_edition(house, edition, online=True)
    assert heavy(report) == []
    assert {one.what for one in report.findings} == {"legal", "placeholders"}
    assert report.asked == 2


def test_what_is_gone_holds_and_what_only_dislikes_us_does_not(newsroom: Newsroom) -> None:
    linked(newsroom, "/weg", "/fort", "/verboten", "/voll", "/kaputt", "/gut")
    newsroom.run()
    for path, status in (("/weg", 404), ("/fort", 410), ("/verboten", 403), ("/voll", 429), ("/kaputt", 500)):
        newsroom.web.put(path, b"", status)
    with opened(newsroom) as (house, edition):
        found = check_edition(house, edition, online=True).findings
    links = {one.text.rpartition("/")[2].rstrip(")"): one.level for one in found if one.what == "links"}
    assert links == {
        "weg": Weight.ERROR, "fort": Weight.ERROR,
        "verboten": Weight.NOTE, "voll": Weight.NOTE, "kaputt": Weight.NOTE,
    }  # fmt: skip


def test_without_a_network_there_are_notes(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.feed("heise", rss(Post("Modell ist da", "https://kein-netz.de/x")))
    newsroom.run()
    with opened(newsroom) as (house, edition):
        report = check_edition(house, edition, online=True)
    [found] = [one for one in report.findings if one.what == "links"]
    assert (found.level, "kein-netz.de" in found.text) == (Weight.NOTE, True)


def test_nobody_is_asked_twice_within_an_hour(newsroom: Newsroom) -> None:
    linked(newsroom, "/eins")
    newsroom.run()
    newsroom.web.asked.clear()
    with opened(newsroom) as (house, edition):
        first = check_edition(house, edition)
        newsroom.web.put("/eins", b"", 404)
        assert check_edition(house, edition) == first
        assert [one.path for one in newsroom.web.asked] == ["/robots.txt", "/eins"]
        later = replace(house, clock=lambda: NOW + timedelta(hours=2))
        assert [one.what for one in heavy(check_edition(later, edition))] == ["links"]


@pytest.mark.parametrize("kept_back", ["rehearsal", "offline"])
def test_no_rehearsal_asks_anybody_unless_told(newsroom: Newsroom, kept_back: str) -> None:
    linked(newsroom, "/eins")
    newsroom.run()
    newsroom.web.asked.clear()
    with opened(newsroom) as (house, edition):
        still = replace(house, sends=kept_back != "rehearsal", offline=kept_back == "offline")
        assert check_edition(still, edition).asked == 0
        assert newsroom.web.asked == []
        assert check_edition(still, edition, online=True).asked == 1


@pytest.mark.parametrize(
    ("what", "name", "old", "new", "words"),
    [
        ("links", "digest.html", 'editions/2026-11-23-1000/"', 'editions/2026-11-24-0700/"', "wird es nicht geben"),
        ("links", "digest.html", "stories/microsoft", "stories/macrosoft", "stories/macrosoft"),
        ("links", "digest.html", "https://ki-news.example/impressum", "impressum", "führt das nirgendwohin"),
        ("links", "digest.html", "https://ki-news.example/impressum", "javascript:alert(1)", "Damit darf kein Link"),
        ("links", "digest.html", "https://ki-news.example/impressum", "https://[x", "keine Adresse"),
        ("anchors", "digest.html", "#teilen", "#weilen", "keine Stelle „weilen“"),
        ("anchors", "digest.html", "https://ki-news.example/impressum", "#oben", "Der Sprung #oben"),
        ("links", "digest.txt", "stories/microsoft", "stories/macrosoft", "stories/macrosoft"),
        ("links", "index.html", "stories/microsoft", "stories/macrosoft", "stories/macrosoft"),
    ],
)  # fmt: skip
def test_an_own_link_leads_to_a_file_that_will_be_there(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, what: str, name: str, old: str, new: str, words: str
) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    damage(monkeypatch, name, old, new)
    with opened(newsroom) as (house, edition):
        found = [one for one in heavy(check_edition(house, edition)) if one.what in ("links", "anchors")]
    assert [(one.what, one.place) for one in found] == [(what, name)]
    assert words in found[0].text


def test_a_draft_is_looked_at_as_it_would_be_written(newsroom: Newsroom) -> None:
    newsroom.digest = 'review = "manual"\n'
    newsroom.article("a.txt")
    newsroom.run()
    with opened(newsroom) as (house, edition):
        assert not edition.is_public
        assert heavy(check_edition(house, edition)) == []
        assert house.store.editions.get(edition.id) == edition


def test_what_cannot_be_printed_is_an_error_of_its_own(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    newsroom.digest = 'why = "' + "viel " * 30_000 + '"\n'
    result = asked(newsroom, ID, "--json", code=1)
    facts = json.loads(result.stdout)
    assert [one["what"] for one in facts["findings"]] == ["render"]
    assert facts["ok"] is False


def test_a_person_asks_and_gets_one_readable_report(newsroom: Newsroom) -> None:
    linked(newsroom, "/weg")
    newsroom.run()
    before = newsroom.files()
    newsroom.web.put("/weg", b"", 404)
    lines = asked(newsroom, ID, code=1).stdout.splitlines()
    assert lines[0] == "FEHLER  digest.html"
    assert lines[1].startswith("  Links: Der Link ist tot (Antwort 404): „")
    assert lines[-1].startswith(f"Ausgabe {ID}: 1 Fehler, ")
    assert lines[-1].endswith("; 1 fremde Links gefragt.")
    assert newsroom.files() == before
    facts = json.loads(asked(newsroom, ID, "--json", code=1).stdout)
    assert (facts["edition"], facts["ok"], facts["links_asked"]) == (ID, False, 1)
    assert {tuple(one) for one in facts["findings"]} == {("level", "what", "text", "place")}
    assert "keine fremden Links gefragt" in asked(newsroom, ID, "--offline", code=0).stdout


def test_the_next_edition_is_looked_at_before_there_is_one(newsroom: Newsroom) -> None:
    newsroom.article("a.txt")
    newsroom.run("gather")
    facts = json.loads(asked(newsroom, "--json", code=0).stdout)
    assert facts["edition"] == ID
    assert newsroom.files() == {}


def test_a_report_fits_a_terminal_whatever_it_says(good_lines: Callable[[str], list[str]]) -> None:
    assert max(map(len, good_lines("Wort " * 100))) <= WIDTH
    assert any("x" * 100 in line for line in good_lines("x" * 100)), "an address is not torn apart"


@pytest.fixture
def good_lines() -> Callable[[str], list[str]]:
    def lines(words: str) -> list[str]:
        return report_words(EditionReport(ID, (EditionFinding(Weight.NOTE, "links", words, "digest.html"),)))

    return lines


def test_an_edition_of_recorded_feeds_has_no_error(corpus: Path, newsroom: Newsroom) -> None:
    serve(newsroom, recorded(corpus, 40))
    newsroom.article("a.txt")
    newsroom.run(now=LATER_THAN_ALL)
    with opened(newsroom) as (house, edition):
        report = check_edition(house, edition, online=False)
    assert heavy(report) == []


def test_a_page_of_the_publication_beside_what_feeder_writes_is_asked_and_a_missing_story_is_an_error(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    places = (("ueber-uns", 0), ("stories/nirgends/", 1))
    for path, wanted in places:
        with opened(newsroom) as (house, edition), monkeypatch.context() as patched:
            link = f'<a href="{house.look.url(path)}">Dort</a>'
            damage(patched, "digest.html", "</body>", f"{link}</body>")
            assert [one.what for one in heavy(check_edition(house, edition))].count("links") == wanted, path
