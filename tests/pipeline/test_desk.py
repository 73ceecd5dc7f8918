"""What a person decided of a story survives every later gather and every run of the rules."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.errors import StoreError
from feeder.pipeline.desk import withdraw
from feeder.pipeline.desk_limits import Edits
from feeder.pipeline.desk_words import edit
from tests.newsroom import NOW, Newsroom, Post, rss

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POST = Post("Modell rechnet schneller", "https://heise.example/1", guid="g1")
OTHER = Post("Gericht urteilt über Trainingsdaten", "https://golem.example/9", NOW - 2 * HOUR, guid="h9")
HOLD = '[[curation.rules]]\naction = "hold"\nwords = ["Modell"]\nwhy = "wird geprüft"\n'
DROP = HOLD.replace("hold", "drop").replace("wird geprüft", "nicht unser Thema")
WHY = ("--why", "so entschieden", "--by", "anna")


@pytest.fixture
def told(newsroom: Newsroom) -> Newsroom:
    """Two sources told a story each."""
    newsroom.feed("heise", rss(POST), rank=10)
    newsroom.feed("golem", rss(OTHER))
    newsroom.run()
    return newsroom


@pytest.fixture
def held(newsroom: Newsroom) -> Newsroom:
    """A rule holds the only story."""
    newsroom.extra = HOLD
    newsroom.feed("heise", rss(POST))
    newsroom.run()
    assert newsroom.titles() == []
    return newsroom


def shown(newsroom: Newsroom, words: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(newsroom.run("stories", "show", words, "--json").output)
    return facts


def stays(newsroom: Newsroom, start: int = 2) -> None:
    """Publish what was decided; then nothing changes any more, though rounds go on and the source edits its items."""
    newsroom.run(now=NOW + start * HOUR)
    before = newsroom.files()
    for n in range(start + 1, start + 4):
        edited = replace(POST, title=f"Von der Quelle geändert ({n})", summary=f"Anders gesagt, zum {n}. Mal.")
        newsroom.web.put("/heise.xml", rss(edited), content_type="application/xml")
        newsroom.run("run", "--all", now=NOW + n * HOUR)
    after = {name: data for name, (data, _) in newsroom.files().items() if name != "status.json"}
    assert after == {name: data for name, (data, _) in before.items() if name != "status.json"}


def test_what_a_person_released_stays_released_in_the_words_it_had(held: Newsroom) -> None:
    held.run("stories", "release", "Modell", *WHY, now=NOW + HOUR)
    stays(held)
    (item,) = held.items()
    assert (item["title"], item["date_published"]) == ("Modell rechnet schneller", "2026-11-23T10:00:00Z")
    assert "anna: released: so entschieden" in held.run("explain", "Modell").output


def test_what_rules_dropped_is_released_in_the_words_of_its_item(newsroom: Newsroom) -> None:
    newsroom.extra = DROP
    newsroom.feed("heise", rss(POST))
    newsroom.run()
    newsroom.run("stories", "release", POST.link, *WHY, now=NOW + HOUR)
    stays(newsroom)
    (item,) = newsroom.items()
    assert (item["title"], item["summary"]) == (POST.title, POST.summary)


def test_what_a_person_dropped_is_never_told(held: Newsroom) -> None:
    held.run("stories", "drop", "Modell", *WHY, now=NOW + HOUR)
    held.extra = ""
    stays(held)
    assert held.titles() == []


def test_what_a_person_dropped_is_not_told_by_another_source_either(held: Newsroom) -> None:
    held.run("stories", "drop", "Modell", *WHY, now=NOW + HOUR)
    held.extra = ""
    held.feed("golem", rss(replace(POST, title="Dasselbe, anders gesagt", guid="h1")))
    stays(held)
    assert held.titles() == []


def test_what_a_person_holds_waits_for_a_person(held: Newsroom) -> None:
    held.run("stories", "hold", "Modell", *WHY, now=NOW + HOUR)
    held.extra = ""
    stays(held)
    assert held.titles() == []


def test_what_is_held_until_a_moment_is_released_then_and_not_before(held: Newsroom) -> None:
    held.run("stories", "hold", "Modell", "--until", "2026-11-23T15:00", *WHY, now=NOW + HOUR)
    held.run(now=NOW + 4 * HOUR)
    assert held.titles() == []
    held.run(now=NOW + 6 * HOUR)
    assert held.items()[0]["date_published"] == "2026-11-23T14:00:00Z"


def test_what_is_published_is_neither_held_nor_dropped_but_withdrawn(told: Newsroom) -> None:
    for verb in ("hold", "drop"):
        output = told.run("stories", verb, "Modell rechnet", *WHY, now=NOW + HOUR, code=1).output
        assert "`feeder stories withdraw` takes it back" in output


def test_what_was_never_published_is_dropped_and_not_withdrawn(held: Newsroom) -> None:
    output = held.run("stories", "withdraw", "Modell", "--yes", *WHY, now=NOW + HOUR, code=1).output
    assert "`feeder stories drop` is the verb for that" in output


def test_edited_words_are_a_persons_and_no_edit_of_the_source_changes_them(told: Newsroom) -> None:
    before = next(one for one in told.items() if one["title"] == POST.title)
    told.run(
        "stories", "edit", "Modell rechnet", "--title", "Neues Modell ist da", "--teaser",
        "Es rechnet doppelt so schnell.", "--bullet", "Das Modell ist schneller.", "--bullet", "Es kostet weniger.",
        "--bullet", "Es ist frei.", "--topic", "recht", *WHY, now=NOW + HOUR,
    )  # fmt: skip
    stays(told)
    after = next(one for one in told.items() if one["title"] == "Neues Modell ist da")
    assert after["id"] == before["id"]
    assert after["summary"] == "Es rechnet doppelt so schnell."
    assert "Es kostet weniger." in after["content_html"]
    assert "Neues Modell ist da" in told.titles("topics/recht/feed.json")
    assert shown(told, "Neues Modell")["provenance"] == "redaktionell"
    flagged = [one for one in shown(told, "Neues Modell")["decisions"] if one["what"] == "flagged"]
    assert "a person has decided on this story" in flagged[-1]["why"]


def test_a_headline_alone_leaves_the_excerpt_an_excerpt(told: Newsroom) -> None:
    told.run("stories", "edit", "Modell rechnet", "--title", "Neues Modell", *WHY, now=NOW + HOUR)
    assert shown(told, "Neues Modell")["provenance"] == "auszug"


def test_words_in_another_language_are_in_that_one(newsroom: Newsroom) -> None:
    post = Post("Model is fast", "https://en.example/1", summary="The model is faster than it was. It costs less.")
    newsroom.feed("verge", rss(post), language="en")
    newsroom.run()
    assert shown(newsroom, "Model")["language"] == "en"
    teaser = "Das Modell ist schneller als das von gestern und kostet auch noch weniger."
    newsroom.run("stories", "edit", "Model", "--title", "Modell", "--teaser", teaser, "--bullet", "", *WHY)
    assert shown(newsroom, "Modell")["language"] == "de"


def test_more_of_the_sources_words_than_its_rights_let_out_are_refused(newsroom: Newsroom) -> None:
    said = "Das neue Modell rechnet nach Angaben des Herstellers schneller als alles, was bisher auf dem Markt war. "
    newsroom.feed("heise", rss(replace(POST, summary=said * 3)), excerpt_limit=60)
    newsroom.run()
    output = newsroom.run("stories", "edit", "Modell", "--teaser", said, *WHY, now=NOW + HOUR, code=1).output
    assert "Heise's own words, whose rights let 60 out" in output
    newsroom.run("stories", "edit", "Modell", "--teaser", "Ein Modell, das schneller ist.", *WHY, now=NOW + HOUR)


@pytest.mark.usefixtures("beating")
def test_a_correction_is_seen_in_feed_and_page_and_the_edition_stays(told: Newsroom) -> None:
    edition = told.editions()[0]
    digest = told.path(f"editions/{edition}/digest.txt").read_bytes()
    result = told.run(
        "stories", "edit", "Modell rechnet", "--title", "Modell rechnet langsamer", "--correction",
        "Es ist langsamer, nicht schneller.", *WHY, now=NOW + HOUR,
    )  # fmt: skip
    assert "edition 1 went out with the words of before; the next one tells the correction" in " ".join(
        result.output.split()
    )
    told.run(now=NOW + 2 * HOUR)
    item = next(one for one in told.items() if one["title"] == "Modell rechnet langsamer")
    assert item["date_modified"] == "2026-11-23T10:00:00Z"
    assert "Es ist langsamer, nicht schneller." in item["content_html"]
    page = told.path("stories/modell-rechnet-schneller/index.html").read_text()
    assert "Es ist langsamer, nicht schneller." in page
    assert told.path(f"editions/{edition}/digest.txt").read_bytes() == digest


def test_withdrawn_stays_withdrawn_and_says_why(told: Newsroom) -> None:
    told.run("stories", "withdraw", "Modell rechnet", "--yes", "--why", "Die Meldung war falsch.", now=NOW + HOUR)
    stays(told)
    item = next(one for one in told.items() if one["title"].startswith("Zurückgezogen"))
    assert "Die Meldung war falsch." in item["content_html"]


@pytest.mark.usefixtures("beating")
def test_erased_words_are_nowhere_any_more(newsroom: Newsroom) -> None:
    secret = replace(POST, summary="Erika Mustermann wohnt in der Beispielgasse. Das sagt ein Bericht.")
    newsroom.feed("heise", rss(secret))
    newsroom.feed("golem", rss(OTHER))
    newsroom.run()
    assert "Beispielgasse" in newsroom.path("rss.xml").read_text()
    newsroom.run("stories", "withdraw", POST.title, "--erase", "--yes", "--why", "Persönliche Daten.", now=NOW + HOUR)
    newsroom.run("run", "--all", now=NOW + 2 * HOUR)
    stays(newsroom, start=3)
    words = (POST.title.encode(), b"Beispielgasse")
    assert [name for name, (data, _) in newsroom.files().items() if any(one in data for one in words)] == []
    assert b"Pers\xc3\xb6nliche Daten." in newsroom.path("stories/modell-rechnet-schneller/index.html").read_bytes()


def test_what_was_never_published_can_be_erased_too(held: Newsroom) -> None:
    held.run("stories", "withdraw", POST.title, "--erase", "--yes", *WHY, now=NOW + HOUR)
    stays(held)
    assert held.titles() == []
    (story,) = json.loads(held.run("stories", "--json").output)
    assert (story["fate"], story["title"]) == ("dropped", "modell-rechnet-schneller")
    output = held.run("stories", "release", "modell-rechnet-schneller", *WHY, code=1).output
    assert "were erased: `feeder stories edit` gives it others first" in output


def markdown(**front: str) -> str:
    head = "".join(f"{key}: {value}\n" for key, value in {"id": "a", **front}.items())
    return f"---\n{head}---\n# Ein Modell lernt dazu\n\n## NEWS\n\n{front.get('body', 'Der erste Absatz.')}\n"


def test_an_article_withdrawn_at_the_desk_does_not_come_back_with_an_edit_of_its_file(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown())
    newsroom.run()
    newsroom.run("stories", "withdraw", "Modell", "--yes", *WHY, now=NOW + HOUR)
    newsroom.article("a.md", markdown(teaser="Anders gesagt."))
    newsroom.run(now=NOW + 2 * HOUR)
    assert newsroom.titles() == ["Zurückgezogen: Ein Modell lernt dazu"]


def test_an_article_held_at_the_desk_is_not_released_by_another_date_in_its_file(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown(date="2026-11-23T14:00:00"))
    newsroom.run()
    newsroom.run("stories", "hold", "Modell", "--until", "2d", *WHY, now=NOW + HOUR)
    newsroom.article("a.md", markdown(date="2026-11-23T09:00:00"))
    newsroom.run(now=NOW + 2 * HOUR)
    assert newsroom.titles() == []


def test_an_article_goes_on_following_its_file_but_for_what_was_edited_at_the_desk(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown(teaser="Aus der Datei."))
    newsroom.run()
    newsroom.run(
        "stories", "edit", "Modell", "--teaser", "Vom Desk.", "--correction", "War falsch.", *WHY, now=NOW + HOUR
    )
    newsroom.article("a.md", markdown(teaser="Neu aus der Datei.").replace("erste Absatz", "zweite Absatz"))
    newsroom.run(now=NOW + 2 * HOUR)
    (item,) = newsroom.items()
    assert item["summary"] == "Vom Desk."
    assert "Der zweite Absatz." in item["content_html"]
    assert "War falsch." in item["content_html"]
    whys = [one["why"] for one in shown(newsroom, "Modell")["decisions"] if one["what"] == "flagged"]
    assert whys == ["its file changed, and a person's teaser stays: edit it at the desk"]


@pytest.mark.usefixtures("beating")
def test_a_pin_is_kept_and_taken_off(told: Newsroom) -> None:
    told.run("stories", "pin", "Gericht urteilt", "--until", "2d", *WHY, now=NOW + HOUR)
    assert shown(told, "Gericht urteilt")["pinned"] == "2026-11-25T10:00:00+00:00"
    stays(told)
    told.run("stories", "pin", "Gericht urteilt", "--off", *WHY, now=NOW + HOUR)
    after = shown(told, "Gericht urteilt")
    assert after["pinned"] is None
    assert [one["what"] for one in after["decisions"]] == ["released", "pinned", "unpinned"]


@pytest.mark.parametrize("pinned", [False, True])
def test_where_there_is_no_pin_to_take_off_that_is_said_and_nothing_recorded(told: Newsroom, pinned: bool) -> None:
    if pinned:  # until a moment that is over
        told.run("stories", "pin", "Gericht urteilt", "--until", "2h", *WHY, now=NOW)
    before = shown(told, "Gericht urteilt")
    output = told.run("stories", "pin", "Gericht urteilt", "--off", *WHY, now=NOW + 3 * HOUR).output
    assert "not pinned, so there was no pin to take off" in output
    assert "shows it to readers" not in output
    assert shown(told, "Gericht urteilt") == before


def test_when_something_is_due_or_pinned_is_said_in_the_publications_zone_alone(newsroom: Newsroom) -> None:
    newsroom.article("a.md", markdown(date="2026-11-23T17:00Z"))
    newsroom.run()
    output = newsroom.run("stories", "list", "--held").output
    assert "due on 2026-11-23 18:00" in output
    newsroom.article("a.md", markdown(date="2026-11-24T17:00Z"))
    newsroom.run(now=NOW + HOUR)
    output += newsroom.run("stories", "show", "lernt dazu").output
    assert "due on 2026-11-24 18:00" in output
    newsroom.run("stories", "pin", "lernt dazu", "--until", "2026-11-25T07:00", *WHY, now=NOW + HOUR)
    output += newsroom.run("explain", "lernt", "dazu").output
    output += newsroom.run("stories", "show", "lernt dazu").output
    assert "2026-11-25 07:00" in output
    assert "UTC" not in output


def test_a_flood_is_released_with_one_word(newsroom: Newsroom) -> None:
    newsroom.feed("heise", rss(POST))
    newsroom.run()
    flood = [
        Post(
            f"Archivstück Nummer {n}",
            f"https://heise.example/alt/{n}",
            NOW - timedelta(days=1, minutes=n),
            guid=f"a{n}",
        )
        for n in range(60)
    ]
    newsroom.feed("heise", rss(POST, *flood))
    newsroom.run("run", "--all", now=NOW + HOUR)
    assert len(newsroom.titles()) == 1
    newsroom.run("stories", "release", "--all-of", "heise", "--yes", *WHY, now=NOW + 2 * HOUR)
    newsroom.run(now=NOW + 3 * HOUR)
    assert newsroom.titles() == [f"Archivstück Nummer {n}" for n in range(50)]
    assert newsroom.run("stories", "--held").output == "no story is held\n"


def test_a_decision_on_what_changed_meanwhile_is_refused(told: Newsroom) -> None:
    with open_house(read_config(told.configure()), now=(NOW + HOUR).isoformat()) as house:
        (story,) = house.store.stories.find("Modell rechnet")
        edit(house, story, "anna", "", Edits(title="Von Anna"))
        with pytest.raises(StoreError, match="read it again"):
            edit(house, story, "bert", "", Edits(title="Von Bert"))
        with pytest.raises(StoreError, match="read it again"):
            withdraw(house, story, "bert", "Darum.")
        (telling,) = house.store.stories.tellings([story.id])
        assert telling.revision.title == "Von Anna"


def test_done_twice_is_done_once(told: Newsroom) -> None:
    for n in (1, 2):
        output = told.run("stories", "withdraw", "Modell rechnet", "--yes", *WHY, now=NOW + n * HOUR).output
    assert "withdrawn already" in output
    assert [one["what"] for one in shown(told, "Modell rechnet")["decisions"]] == ["released", "withdrawn"]


def test_a_rehearsal_changes_nothing(told: Newsroom) -> None:
    before = shown(told, "Modell rechnet")
    output = told.run("stories", "withdraw", "Modell rechnet", "--dry-run", *WHY, now=NOW + HOUR).output
    assert "a rehearsal: nothing was changed" in output
    assert shown(told, "Modell rechnet") == before
