"""`feeder edition`, as a person types it."""

from __future__ import annotations

import email
import email.policy
import getpass
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from feeder.cli import main, stories_meant
from feeder.cli.opening import open_house, read_config
from feeder.errors import DeskError, OutdatedError
from feeder.model import DeliveryState, Edition, EditionStatus
from feeder.pipeline import edition_desk
from feeder.pipeline.edition_found import edition_named
from feeder.pipeline.edition_wishes import Wishes
from feeder.store import open_store
from tests.mailboxes import Mailboxes, mail_server
from tests.newsroom import SEED, Newsroom, Post, rss
from tests.sources.test_folder import CREDITED, picture
from tests.web import Web, serving

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
SATURDAY = FRIDAY + DAY
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
SLOT = "2026-11-23-0700"
OLD = Post("Gericht urteilt über Trainingsdaten", "https://heise.example/1", FRIDAY - HOUR, guid="1")
POSTS = (
    Post("Modell rechnet schneller", "https://heise.example/2", FRIDAY + 3 * HOUR, guid="2"),
    Post("Modell kostet weniger", "https://heise.example/3", FRIDAY + 2 * HOUR, guid="3"),
    Post("Börse feiert Chips für Milliarden", "https://heise.example/4", FRIDAY + HOUR, guid="4"),
)
SMTP = '[carriers.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\ntimeout = "5s"\nfile = "people.txt"\n'
LISTMONK = '[carriers.listmonk]\nurl = "http://127.0.0.1:1/"\nusername = "feeder"\ntoken = "geheim"\nlists = [1]\n'
PEOPLE = ["anna@leser.test", "bert@leser.test", "cora@leser.test"]

Feeder = Callable[..., Result]


@pytest.fixture
def boxes() -> Iterator[Mailboxes]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def publisher() -> Iterator[Web]:
    """The server of the source, at one address for all tests."""
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory, publisher: Web) -> Newsroom:
    """One edition went out on Friday; three stories wait for Monday's. To be copied, which is quicker than to run."""
    room = Newsroom(tmp_path_factory.mktemp("friday"), publisher, host="ki-news.test", beats=True)
    room.feed("heise", rss(OLD))
    room.run(now=FRIDAY)
    room.feed("heise", rss(*POSTS, OLD))
    room.run("run", "--all", now=FRIDAY + 4 * HOUR)
    return room


@pytest.fixture
def newsroom(pattern: Newsroom, tmp_path: Path) -> Newsroom:
    """The same, for this test alone."""
    pattern.feed("heise", rss(*POSTS, OLD))
    return pattern.copy(tmp_path)


@pytest.fixture
def feeder(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Feeder:
    """A verb; what is `typed` is typed by somebody at a terminal."""

    def run(*words: str, code: int = 0, typed: str | None = None, now: datetime = SATURDAY) -> Result:
        monkeypatch.setattr(stories_meant, "is_asking", lambda: typed is not None)
        arguments = ["edition", *words, "--config", str(newsroom.configure()), "--now", now.isoformat()]
        result = CliRunner().invoke(main, arguments, input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def mailed(newsroom: Newsroom, boxes: Mailboxes) -> Newsroom:
    """The newsroom writes to three people from now on."""
    newsroom.extra = SMTP.format(port=boxes.port)
    (newsroom.folder / "people.txt").write_text("\n".join(PEOPLE))
    return newsroom


def facts(feeder: Feeder, name: str = "next", **how: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(feeder("show", name, "--json", **how).stdout)
    return found


def titles(feeder: Feeder, name: str = "next", **how: Any) -> list[str]:
    return [story["title"] for part in facts(feeder, name, **how)["sections"] for story in part["stories"]]


def stored(newsroom: Newsroom, edition_id: str) -> Edition:
    with open_store(f"sqlite:///{newsroom.folder}/feeder.db") as store:
        edition = store.editions.get(edition_id)
    assert edition is not None
    return edition


def state_of(newsroom: Newsroom) -> list[Edition]:
    with open_store(f"sqlite:///{newsroom.folder}/feeder.db") as store:
        return list(store.editions.list())


def compose(newsroom: Newsroom, review: str = "manual", now: datetime = MONDAY) -> None:
    """Let the clock compose Monday's edition."""
    newsroom.digest = f'review = "{review}"\n'
    newsroom.run("run", now=now)


def test_the_list_begins_with_the_coming_edition_and_says_what_becomes_of_it(feeder: Feeder) -> None:
    output = feeder().output
    assert output.startswith(f"{SLOT}  coming      3 stories, “")
    assert "it goes out 2026-11-23 07:00" in output
    assert "2026-11-20-1300  approved    number 1, 1 story, “Gericht urteilt über Trainingsdaten”" in output


def test_the_list_for_programs_tells_the_forecast_from_what_is_stored(feeder: Feeder) -> None:
    coming, first = json.loads(feeder("list", "--json").stdout)
    assert (coming["id"], coming["composed"], coming["number"], coming["stories"]) == (SLOT, False, None, 3)
    assert (first["composed"], first["number"], first["status"]) == (True, 1, "approved")


@pytest.mark.parametrize("name", ["1", "#1", "2026-11-20-1300", "2026-11-20"])
def test_an_edition_is_named_by_its_number_its_id_and_its_day(feeder: Feeder, name: str) -> None:
    assert facts(feeder, name)["id"] == "2026-11-20-1300"


@pytest.mark.parametrize("name", ["next", "draft", "NEXT", SLOT, "2026-11-23"])
def test_the_edition_that_grows_is_named_as_next_and_by_its_slot(feeder: Feeder, name: str) -> None:
    assert facts(feeder, name)["id"] == SLOT


@pytest.mark.parametrize("name", ["2", "2026-11-24-0700", "Modell", "0"])
def test_what_is_no_edition_is_said_with_the_verb_that_names_them(feeder: Feeder, name: str) -> None:
    assert "`feeder edition list` shows them" in feeder("show", name, code=1).output


def test_next_is_what_waits_for_a_person_until_a_later_one_went_out(feeder: Feeder, newsroom: Newsroom) -> None:
    compose(newsroom)
    tuesday = MONDAY + DAY
    assert facts(feeder, now=MONDAY + HOUR)["id"] == SLOT
    newsroom.digest = ""
    newsroom.feed("heise", rss(Post("Neues Gesetz", "https://heise.example/9", MONDAY + HOUR), *POSTS, OLD))
    newsroom.run("run", "--all", now=tuesday)
    assert facts(feeder, now=tuesday)["id"] == "2026-11-25-0700"
    assert facts(feeder, SLOT, now=tuesday)["status"] == "draft"


def test_show_tells_the_stories_in_their_order_under_what_they_stand_under(feeder: Feeder) -> None:
    output = feeder("show", "next").output
    assert output.startswith(f"edition   {SLOT}: coming, 3 stories")
    assert "lead      " in output
    assert all(post.title in output for post in POSTS)
    assert "heise" in output


def test_an_edit_holds_for_the_edition_that_is_composed_later(feeder: Feeder, newsroom: Newsroom) -> None:
    words = ("edit", "next", "--first", "börse", "--drop", "kostet weniger", "--subject", "Chips!", "--intro", "Moin.")
    output = feeder(*words, "--why", "passt besser").output
    assert "edited (order, dropped, subject, intro)" in output
    assert "it goes out 2026-11-23 07:00" in output
    assert titles(feeder) == ["Börse feiert Chips für Milliarden", "Modell rechnet schneller"]
    newsroom.run("run", now=MONDAY)
    edition = stored(newsroom, SLOT)
    assert (edition.status, edition.subject, edition.intro) == (EditionStatus.APPROVED, "Chips!", "Moin.")
    assert titles(feeder, SLOT, now=MONDAY) == ["Börse feiert Chips für Milliarden", "Modell rechnet schneller"]
    assert "Moin." in newsroom.path(f"editions/{SLOT}/digest.txt").read_text()
    [said] = facts(feeder, SLOT, now=MONDAY)["decisions"][:1]
    assert (said["who"], said["what"]) == (getpass.getuser(), "edited")
    assert said["why"].endswith("passt besser")


def test_what_is_dropped_stands_in_the_next_one(feeder: Feeder, newsroom: Newsroom) -> None:
    feeder("edit", "next", "--drop", "kostet weniger")
    newsroom.run("run", now=MONDAY)
    assert titles(feeder, now=MONDAY + HOUR) == ["Modell kostet weniger"]
    assert facts(feeder, now=MONDAY + HOUR)["id"] == "2026-11-24-0700"


def test_a_composed_edition_is_composed_again_at_once(feeder: Feeder, newsroom: Newsroom) -> None:
    compose(newsroom)
    feeder("edit", "next", "--first", "kostet", "--first", "börse", "--drop", "schneller", now=MONDAY)
    edition = stored(newsroom, SLOT)
    assert (edition.status, edition.subject) == (EditionStatus.DRAFT, "Modell kostet weniger")
    assert titles(feeder, now=MONDAY) == ["Modell kostet weniger", "Börse feiert Chips für Milliarden"]


def test_a_later_first_comes_before_an_earlier_one(feeder: Feeder) -> None:
    feeder("edit", "next", "--first", "kostet")
    feeder("edit", "next", "--first", "börse")
    assert [title.split()[0] for title in titles(feeder)] == ["Börse", "Modell", "Modell"]
    assert titles(feeder)[1] == "Modell kostet weniger"


def test_back_and_reset_undo(feeder: Feeder) -> None:
    before = titles(feeder)
    feeder("edit", "next", "--first", before[2], "--drop", before[0], "--subject", "Anders", "--intro", "Moin.")
    feeder("edit", "next", "--back", before[0])
    assert titles(feeder)[0] == before[2]
    assert set(titles(feeder)) == set(before)
    feeder("edit", "next", "--back", before[2])
    assert titles(feeder) == before
    feeder("edit", "next", "--subject", "")
    assert facts(feeder)["subject"] == before[0]
    feeder("edit", "next", "--drop", before[0])
    feeder("edit", "next", "--reset")
    assert (titles(feeder), facts(feeder)["intro"]) == (before, "")
    assert len(facts(feeder)["decisions"]) == 6


def test_the_same_edit_twice_changes_nothing_more(feeder: Feeder) -> None:
    feeder("edit", "next", "--drop", "kostet")
    again = json.loads(feeder("edit", "next", "--drop", "kostet", "--json").stdout)
    assert (again["did"], again["changed"]) == ("as it was", False)
    assert len(facts(feeder)["decisions"]) == 1


def test_where_several_stories_can_be_meant_they_are_listed_and_nothing_is_done(feeder: Feeder) -> None:
    result = feeder("edit", "next", "--drop", "Modell", code=2)
    assert f"can mean 2 stories of {SLOT}; nothing was changed" in result.output
    assert len(titles(feeder)) == 3


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Trainingsdaten", "it stands in edition 2026-11-20-1300"),
        ("gibt es nicht", "no story is called 'gibt es nicht'"),
    ],
)
def test_a_story_that_cannot_stand_in_it_is_refused_with_the_reason(feeder: Feeder, name: str, why: str) -> None:
    assert why in feeder("edit", "next", "--first", name, code=1).output


def test_what_was_released_after_the_cutoff_comes_in_the_next(feeder: Feeder, newsroom: Newsroom) -> None:
    compose(newsroom)
    newsroom.feed("heise", rss(Post("Neues Gesetz", "https://heise.example/9", MONDAY), *POSTS, OLD))
    newsroom.run("run", "--all", now=MONDAY + HOUR)
    result = feeder("edit", SLOT, "--first", "neues gesetz", code=1, now=MONDAY + HOUR)
    assert "it was released after 2026-11-23 07:00, when this one was closed" in result.output


def test_what_was_taken_back_stands_in_it_no_more_and_is_not_put_first(feeder: Feeder, newsroom: Newsroom) -> None:
    compose(newsroom)
    newsroom.run("stories", "withdraw", "börse feiert", "--why", "falsch", "--yes", now=MONDAY)
    assert len(titles(feeder, now=MONDAY)) == 2
    output = feeder("edit", "next", "--first", "börse", code=1, now=MONDAY).output
    assert "it is withdrawn, and only what is released can" in output


def test_a_held_story_is_let_in_by_releasing_it(feeder: Feeder, newsroom: Newsroom) -> None:
    newsroom.extra = '[[curation.rules]]\naction = "hold"\nwords = ["Gesetz"]\nwhy = "wird geprüft"\n'
    newsroom.feed("heise", rss(Post("Neues Gesetz", "https://heise.example/9", SATURDAY - HOUR), *POSTS, OLD))
    newsroom.run("run", "--all", now=SATURDAY)
    assert "it is held" in feeder("edit", "next", "--first", "neues gesetz", code=1).output


def test_a_story_is_not_put_first_and_dropped_at_once(feeder: Feeder) -> None:
    result = feeder("edit", "next", "--first", "kostet", "--drop", "kostet", code=1)
    assert "say one of it" in result.output
    assert "decisions" not in feeder("show", "next").output


def test_an_edit_says_what_is_to_change(feeder: Feeder) -> None:
    assert "--first, --drop, --back" in feeder("edit", "next", code=2).output


def test_a_subject_that_is_cut_is_noted_and_one_without_end_refused(feeder: Feeder) -> None:
    assert "has 70 characters; mailboxes show 60" in feeder("edit", "next", "--subject", "x" * 70).output
    assert "no more than 600" in feeder("edit", "next", "--subject", "x" * 601, code=1).output


def test_an_edition_that_is_left_without_stories_is_noted(feeder: Feeder, newsroom: Newsroom) -> None:
    compose(newsroom)
    drops = [word for post in POSTS for word in ("--drop", post.title)]
    assert "no story is left in it" in feeder("edit", "next", *drops, now=MONDAY).output
    assert "skip it" in feeder("approve", "next", now=MONDAY, code=1).output


def test_nothing_in_an_approved_edition_changes(feeder: Feeder, newsroom: Newsroom) -> None:
    before = state_of(newsroom)
    output = feeder("edit", "1", "--subject", "Anders", code=1).output
    assert "nothing in it changes any more; a correction belongs on the story: `feeder stories edit" in output
    assert "readers see it" in feeder("hold", "1", code=1).output
    assert "readers see it" in feeder("skip", "1", "--why", "weg", code=1).output
    assert "approved already" in feeder("approve", "1").output
    assert state_of(newsroom) == before


def test_the_very_first_edition_is_held_to_be_edited(tmp_path: Path, web: Web) -> None:
    room = Newsroom(tmp_path, web, host="ki-news.test", beats=True)
    room.feed("heise", rss(OLD))
    room.run("gather", now=FRIDAY)
    assert "hold it, then edit it" in room.run("edition", "edit", "next", "--subject", "Neu", now=FRIDAY, code=1).output
    room.run("edition", "hold", "next", now=FRIDAY)
    room.run("edition", "edit", "next", "--subject", "Neu", now=FRIDAY + HOUR)
    room.run("edition", "approve", "next", now=FRIDAY + HOUR)
    assert [(one.status, one.subject) for one in state_of(room)] == [(EditionStatus.APPROVED, "Neu")]


def test_a_person_approves_what_waits_for_a_word(feeder: Feeder, newsroom: Newsroom) -> None:
    compose(newsroom)
    assert "it waits for `feeder edition approve" in feeder("list", now=MONDAY).output
    output = feeder("approve", "next", "--by", "anna", "--why", "gelesen", now=MONDAY + HOUR).output
    assert "approved as number 2" in output
    assert "the next round publishes it" in output
    [said] = stored(newsroom, SLOT).decided
    assert (said.who, said.what, said.why, said.at) == ("anna", "approved", "gelesen", MONDAY + HOUR)
    assert newsroom.editions() == ["2026-11-20-1300"]
    newsroom.run("run", now=MONDAY + 2 * HOUR)
    assert newsroom.editions() == ["2026-11-20-1300", SLOT]


def test_an_edition_is_not_approved_before_it_is_composed(feeder: Feeder, newsroom: Newsroom) -> None:
    assert "cannot be approved before it is composed" in feeder("approve", "next", code=1).output
    assert len(state_of(newsroom)) == 1


def test_what_the_self_test_finds_wrong_is_held_and_said(feeder: Feeder, newsroom: Newsroom) -> None:
    compose(newsroom)
    feeder("edit", "next", "--intro", "Hallo {{ name }}!", now=MONDAY)
    before = stored(newsroom, SLOT)
    assert feeder("check", "next", "--offline", now=MONDAY, code=1).output.startswith("FEHLER")
    assert stored(newsroom, SLOT) == before
    result = feeder("approve", "next", now=MONDAY, code=1)
    assert "held: the self-test found errors: " in result.output
    assert "it waits for `feeder edition approve" in result.output
    assert stored(newsroom, SLOT).status is EditionStatus.HELD


def test_what_is_held_waits_however_many_rounds_there_are(feeder: Feeder, newsroom: Newsroom) -> None:
    compose(newsroom, "window", MONDAY - timedelta(minutes=59))
    assert "it goes out by itself" in feeder("list", now=MONDAY - timedelta(minutes=50)).output
    output = feeder("hold", "next", "--why", "Chefin liest noch", now=MONDAY - timedelta(minutes=30)).output
    assert "it waits for `feeder edition approve" in output
    newsroom.run("run", now=MONDAY + 3 * HOUR)
    edition = stored(newsroom, SLOT)
    assert (edition.status, edition.reason) == (EditionStatus.HELD, "Chefin liest noch")
    assert "held already" in feeder("hold", SLOT, "--why", "Chefin liest noch", now=MONDAY + 3 * HOUR).output


def test_an_edition_is_held_before_its_slot_and_says_that_it_is_closed_then(feeder: Feeder, newsroom: Newsroom) -> None:
    assert "what comes later stands in the next edition" in feeder("hold", "next").output
    newsroom.run("run", now=MONDAY)
    assert stored(newsroom, SLOT).status is EditionStatus.HELD
    assert newsroom.editions() == ["2026-11-20-1300"]


def test_a_slot_is_skipped_before_it_comes_and_its_stories_wait(feeder: Feeder, newsroom: Newsroom) -> None:
    assert "say why with --why" in feeder("skip", "next", code=2).output
    output = feeder("skip", "next", "--why", "Betriebsausflug").output
    assert "its stories are free for the next edition, 2026-11-24 07:00" in output
    assert facts(feeder)["id"] == "2026-11-24-0700"
    newsroom.run("run", now=MONDAY)
    assert stored(newsroom, SLOT).reason == "Betriebsausflug"
    assert facts(feeder, now=MONDAY)["id"] == "2026-11-24-0700"
    assert len(titles(feeder, now=MONDAY)) == 3
    newsroom.run("run", now=MONDAY + DAY)
    assert [one.number for one in state_of(newsroom)] == [2, None, 1]
    assert "skipped already" in feeder("skip", SLOT, "--why", "nochmal", now=MONDAY).output


def test_a_skipped_edition_is_neither_edited_nor_approved(feeder: Feeder) -> None:
    feeder("skip", "next", "--why", "Betriebsausflug")
    for words in (("edit", SLOT, "--subject", "x"), ("approve", SLOT), ("hold", SLOT), ("send", SLOT)):
        assert "free for the next edition" in feeder(*words, code=1).output


@pytest.mark.parametrize(
    "words",
    [
        ("edit", "next", "--drop", "kostet"),
        ("hold", "next"),
        ("skip", "next", "--why", "weg"),
    ],
)
def test_a_rehearsal_changes_nothing(feeder: Feeder, newsroom: Newsroom, words: tuple[str, ...]) -> None:
    before, shown = state_of(newsroom), facts(feeder)
    assert "a rehearsal: nothing was changed" in feeder(*words, "--dry-run").output
    assert (state_of(newsroom), facts(feeder)) == (before, shown)


@pytest.mark.parametrize("who", ["clock", "Rules", " "])
def test_nobody_decides_under_the_name_of_the_clock(feeder: Feeder, who: str) -> None:
    assert "name a person with --by" in feeder("hold", "next", "--by", who, code=1).output


def test_who_decides_on_what_changed_meanwhile_is_told(newsroom: Newsroom) -> None:
    compose(newsroom)
    with open_house(read_config(newsroom.configure()), now=MONDAY.isoformat(), offline=True) as house:
        read = edition_named(house, "next")
        edition_desk.skip(house, read, "anna", "zu dünn")
        with pytest.raises(OutdatedError, match="skipped now"):
            edition_desk.edit(house, read, "bert", "", Wishes(subject="Neu"))
        with pytest.raises(DeskError, match="why skip it"):
            edition_desk.skip(house, edition_named(house, "next"), "anna", " ")


def test_the_growing_edition_is_previewed_outside_feeds(feeder: Feeder, newsroom: Newsroom) -> None:
    before, state = newsroom.files(), state_of(newsroom)
    result = json.loads(feeder("preview", "--json").stdout)
    folder = newsroom.folder / "preview"
    assert result["subject"] == titles(feeder)[0]
    assert result["preheader"].startswith("Außerdem")
    assert {path.rpartition("/")[2] for path in result["files"]} == {
        "digest.html", "digest.txt", "digest.eml", "index.html"
    }  # fmt: skip
    for path, size in result["files"].items():
        assert len((folder / path).read_bytes()) == size
    message = email.message_from_bytes(
        (folder / f"editions/{SLOT}/digest.eml").read_bytes(), policy=email.policy.default
    )
    assert message["subject"] == result["subject"]
    assert result["check"]["ok"] is True
    assert (newsroom.files(), state_of(newsroom)) == (before, state)


def test_a_preview_says_subject_preheader_sizes_and_what_the_check_found(feeder: Feeder, newsroom: Newsroom) -> None:
    output = feeder("preview", "1", "--to", str(newsroom.folder / "woanders")).output
    assert "subject   Gericht urteilt über Trainingsdaten" in output
    assert "preheader " in output
    assert f"bytes  {newsroom.folder}/woanders/editions/2026-11-20-1300/digest.html" in output
    assert "Ausgabe 2026-11-20-1300: " in output


def test_a_preview_shows_the_pictures_of_our_own(feeder: Feeder, newsroom: Newsroom) -> None:
    (newsroom.folder / "articles" / "bild.png").write_bytes(picture())
    newsroom.article("bild.txt", CREDITED + SEED)
    newsroom.run("gather", now=SATURDAY - HOUR)
    paths = json.loads(feeder("preview", "--json").stdout)["files"]
    [shown] = [path for path in paths if path.startswith("media/")]
    assert (newsroom.folder / "preview" / shown).stat().st_size == paths[shown]
    page = (newsroom.folder / "preview" / f"editions/{SLOT}/index.html").read_text()
    assert f'src="../../{shown}"' in page


@pytest.mark.parametrize("folder", ["feeds", "feeds/editions"])
def test_no_preview_is_written_into_the_published_folder(feeder: Feeder, newsroom: Newsroom, folder: str) -> None:
    before = newsroom.files()
    assert "written elsewhere" in feeder("preview", "--to", str(newsroom.folder / folder), code=2).output
    assert newsroom.files() == before


def test_an_edition_without_stories_has_no_preview(feeder: Feeder, newsroom: Newsroom) -> None:
    newsroom.run("run", now=MONDAY)
    assert "no story stands in edition 2026-11-24-0700" in feeder("preview", now=MONDAY + HOUR, code=1).output


def test_without_a_carrier_nothing_is_sent_and_it_says_what_to_set_up(feeder: Feeder) -> None:
    assert "set up [carriers.smtp]" in feeder("send", "1", code=1).output


def test_what_a_mail_would_show_as_a_placeholder_keeps_it_in_the_house(
    feeder: Feeder, mailed: Newsroom, boxes: Mailboxes
) -> None:
    mailed.host = "ki-news.example"
    compose(mailed)
    result = feeder("send", "next", "--yes", now=MONDAY, code=1)
    assert "no mail leaves the house: " in result.output
    assert "§ 5 DDG" in result.output
    assert stored(mailed, SLOT).status is EditionStatus.DRAFT
    assert boxes.connections == 0


def test_an_approved_edition_is_published_and_sent_at_once_and_to_nobody_twice(
    feeder: Feeder, mailed: Newsroom, boxes: Mailboxes
) -> None:
    compose(mailed)
    feeder("approve", "next", now=MONDAY)
    output = feeder("send", SLOT, now=MONDAY).output
    assert "will publish its page; deliver it by smtp" in output
    assert f"{SLOT}: delivered number 2" in output
    assert "smtp: 3 delivered" in output
    assert mailed.path(f"editions/{SLOT}/index.html").is_file()
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert "nobody gets an edition twice" in feeder("send", SLOT, now=MONDAY, code=1).output
    mailed.run("run", now=MONDAY + HOUR)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert "smtp: 3 delivered" in feeder("list", now=MONDAY + HOUR).output


def test_what_nobody_approved_is_sent_after_a_yes(feeder: Feeder, mailed: Newsroom, boxes: Mailboxes) -> None:
    compose(mailed)
    before = state_of(mailed)
    asked = feeder("send", "next", now=MONDAY, code=2).output
    assert "nobody approved it yet" in asked
    assert "will approve it, after which nothing in it changes; publish its page; deliver it by smtp" in asked
    assert "Say --yes" in asked
    assert "nothing was changed" in feeder("send", "next", now=MONDAY, typed="n\n", code=1).output
    assert (state_of(mailed), boxes.connections) == (before, 0)
    feeder("send", "next", now=MONDAY, typed="y\n")
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert stored(mailed, SLOT).decided[-1].why == "sent by hand"


def test_what_is_held_for_lateness_is_sent_after_a_yes(feeder: Feeder, mailed: Newsroom, boxes: Mailboxes) -> None:
    late = MONDAY + 8 * HOUR
    mailed.run("run", now=late)
    assert stored(mailed, SLOT).status is EditionStatus.HELD
    assert "it is held: it was due 2026-11-23 07:00" in feeder("send", "next", now=late, code=2).output
    feeder("send", "next", "--yes", now=late)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)


def test_what_failed_goes_on_after_a_yes(feeder: Feeder, mailed: Newsroom, boxes: Mailboxes) -> None:
    compose(mailed)
    feeder("approve", "next", now=MONDAY)
    late = MONDAY + 8 * HOUR
    assert "the clock would not send it any more" in feeder("send", SLOT, now=late, code=2).output
    mailed.run("publish", now=late)
    mailed.run("run", now=late)
    assert stored(mailed, SLOT).status is EditionStatus.FAILED
    assert "its delivery failed: its delivery did not begin" in feeder("send", SLOT, now=late, code=2).output
    feeder("send", SLOT, "--yes", now=late)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert stored(mailed, SLOT).status is EditionStatus.DELIVERED


def test_what_the_server_does_not_take_yet_is_said_with_the_time_of_the_next_try(
    feeder: Feeder, mailed: Newsroom, boxes: Mailboxes
) -> None:
    compose(mailed)
    boxes.rcpt = lambda address: "451 later" if address == PEOPLE[1] else None
    output = feeder("send", "next", "--yes", now=MONDAY).output
    assert "smtp: 2 delivered, 1 waiting" in output
    assert "what waits is tried again from 2026-11-23 07:" in output
    deliveries = facts(feeder, SLOT, now=MONDAY)["deliveries"]["smtp"]
    assert (deliveries[DeliveryState.DELIVERED.value], deliveries[DeliveryState.WAITING.value]) == (2, 1)


def test_a_server_that_is_not_there_is_said_and_exits_with_one(feeder: Feeder, mailed: Newsroom) -> None:
    compose(mailed)
    mailed.extra = SMTP.format(port=1)
    result = feeder("send", "next", "--yes", now=MONDAY, code=1)
    assert "127.0.0.1" in result.output


def test_whoever_stops_a_delivery_leaves_nothing_in_doubt_and_it_goes_on_later(
    feeder: Feeder, mailed: Newsroom, boxes: Mailboxes
) -> None:
    compose(mailed)
    people = [f"leser{n}@leser.test" for n in range(30)]
    (mailed.folder / "people.txt").write_text("\n".join(people))
    boxes.slow = 0.2
    words = ["-m", "feeder", "edition", "send", "next", "--yes", "--now", MONDAY.isoformat()]
    with subprocess.Popen(
        [sys.executable, *words, "--config", str(mailed.configure())],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        begun = time.monotonic()
        while not boxes.taken and time.monotonic() - begun < 60:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1, output
    assert "stopped; the next round goes on" in output
    assert 0 < len(boxes.taken) < len(people)
    boxes.slow = 0.0
    counts = facts(feeder, SLOT, now=MONDAY)["deliveries"]["smtp"]
    assert {state for state, number in counts.items() if number} == {"delivered", "waiting", "name"}
    feeder("send", SLOT, now=MONDAY)
    assert boxes.taken == dict.fromkeys(people, 1)


def test_a_carrier_that_takes_it_later_is_said(feeder: Feeder, mailed: Newsroom) -> None:
    mailed.extra += LISTMONK
    compose(mailed)
    result = feeder("send", "next", "--carrier", "smtp", now=MONDAY, code=2)
    assert "deliver it by smtp; leave it to the next round to deliver it by listmonk, too" in result.output


def test_a_carrier_that_is_not_set_up_is_refused(feeder: Feeder, mailed: Newsroom) -> None:
    compose(mailed)
    result = feeder("send", "next", "--carrier", "listmonk", "--yes", now=MONDAY, code=1)
    assert "no carrier listmonk is set up as [carriers.listmonk]; there is smtp" in result.output


@pytest.mark.usefixtures("mailed")
def test_an_edition_that_no_carrier_was_to_deliver_is_sent_after_a_yes(feeder: Feeder, boxes: Mailboxes) -> None:
    asked = feeder("send", "1", now=FRIDAY + 5 * HOUR, code=2).output
    assert "when it was approved, smtp was not to deliver it" in asked
    assert boxes.connections == 0
    feeder("send", "1", "--yes", now=FRIDAY + 5 * HOUR)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)


def test_an_edition_before_its_slot_is_not_sent(feeder: Feeder, mailed: Newsroom, boxes: Mailboxes) -> None:
    assert "is not composed before its slot, 2026-11-23 07:00" in feeder("send", "next", "--yes", code=1).output
    assert (len(state_of(mailed)), boxes.connections) == (1, 0)


def test_a_rehearsed_sending_sends_nothing(feeder: Feeder, mailed: Newsroom, boxes: Mailboxes) -> None:
    compose(mailed)
    before = state_of(mailed)
    output = feeder("send", "next", "--dry-run", now=MONDAY).output
    assert "smtp: would be delivered" in output
    assert "nothing sent" in output
    feeder("send", "next", "--dry-run", "--test", "ich@ki-news.test", now=MONDAY)
    assert (state_of(mailed), boxes.connections) == (before, 0)


@pytest.mark.parametrize("name", ["next", "1"])
def test_a_test_goes_to_the_house_alone_and_is_not_recorded(
    feeder: Feeder, mailed: Newsroom, boxes: Mailboxes, name: str
) -> None:
    before = state_of(mailed)
    output = feeder("send", name, "--test", "ich@ki-news.test", "--test", "du@ki-news.test").output
    assert "sent to ich@ki-news.test, du@ki-news.test as a test; nothing was recorded" in output
    assert boxes.taken == {"ich@ki-news.test": 1, "du@ki-news.test": 1}
    message = email.message_from_bytes(boxes.messages["ich@ki-news.test"][0], policy=email.policy.default)
    assert str(message["subject"]).startswith("[Test] ")
    assert state_of(mailed) == before


def test_the_self_test_is_run_on_the_growing_edition_and_changes_nothing(feeder: Feeder, newsroom: Newsroom) -> None:
    before = state_of(newsroom)
    report = json.loads(feeder("check", "next", "--offline", "--json").stdout)
    assert (report["edition"], report["ok"]) == (SLOT, True)
    assert state_of(newsroom) == before
