"""What `feeder explain` says of each fate."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import NOW, Newsroom, Post, rss
from tests.web import Web

LAMPS = Post("Lampen mit Sprachmodell im Wohnzimmer", "https://quelle.example/1", summary="Sie leuchten von allein.")
RULES = (
    '[[curation.rules]]\naction = "keep"\nwords = ["Urteil"]\n[[curation.rules]]\naction = "drop"\nwords = ["Lampen"]\n'
)


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    return Newsroom(tmp_path, web, beats=True)


def explained(newsroom: Newsroom, *words: str) -> dict[str, Any]:
    (one,) = json.loads(newsroom.run("explain", *words, "--json").output)
    facts: dict[str, Any] = one
    return facts


def test_of_a_released_story_its_score_its_topics_and_its_items_are_told(newsroom: Newsroom) -> None:
    newsroom.extra = '[[curation.interests]]\nwords = ["Lampe"]\nweight = 30\nwhy = "Licht"\n'
    newsroom.feed("eins", rss(LAMPS), rank=20)
    newsroom.feed("zwei", rss(LAMPS), rank=40)
    newsroom.run()
    facts = explained(newsroom, LAMPS.title)
    parts = {part["name"]: part["points"] for part in facts["score"]["parts"]}
    assert parts["source"] == 30
    assert parts["interest"] == 30
    assert facts["score"]["total"] == pytest.approx(sum(parts.values()))
    assert facts["topics"] == [{"topic": "modelle", "points": 3.0, "why": "+3 Modell (title)"}]
    assert [item["source"] for item in facts["items"]] == ["eins", "zwei"]
    assert facts["items"][1]["why"]
    assert any("feeder stories edit" in hint for hint in facts["would_change_it"])
    said = newsroom.run("explain", LAMPS.title).output
    for words in ("+30 interest: Licht", "modelle: +3 Modell (title)", "zwei: Lampen mit", "to change"):
        assert words in said


def test_of_what_a_rule_dropped_the_place_of_the_rule_is_told_and_the_verb(newsroom: Newsroom) -> None:
    newsroom.extra = RULES
    newsroom.feed("eins", rss(LAMPS))
    newsroom.run()
    facts = explained(newsroom, LAMPS.link)
    assert facts["rules"] == [
        {"place": "[[curation.rules]], number 2", "action": "drop", "why": "rule: drop Lampen in title, summary"}
    ]
    setting, verb = facts["would_change_it"]
    assert setting.startswith("[[curation.rules]], number 2 (drop:")
    assert "curate --again" in setting
    assert verb.startswith(f"`feeder stories release {facts['id']}")
    newsroom.extra = ""
    assert "rules that keep it now" in explained(newsroom, LAMPS.link)["would_change_it"][0]


@pytest.mark.parametrize(
    ("settings", "extra", "hint"),
    [
        ({"baseline_release": 0}, "", "baseline_release of [[sources]]"),
        ({"max_per_source": 1}, "", "max_per_source of [[sources]]"),
        ({"max_age": "1d"}, "", "max_age of [[sources]]"),
        ({"language": "fr"}, "", "[curation] languages"),
        ({}, '[curation]\nrelease = "hold"\n', '[curation] release = "auto"'),
        ({"rules": [{"action": "hold"}]}, "", '[[sources]] id = "eins", rules, number 1 (hold'),
    ],
)
def test_each_reason_names_the_setting_that_it_comes_from(
    newsroom: Newsroom, settings: dict[str, object], extra: str, hint: str
) -> None:
    newsroom.extra = extra
    late = Post(LAMPS.title, LAMPS.link, published=NOW - timedelta(days=3))
    rules = settings.pop("rules", None)
    first = Post("Etwas ganz anderes über Autos", "https://quelle.example/2")
    newsroom.feed("eins", rss(late, first), **settings)
    if rules is not None:
        newsroom.sources = [newsroom.sources[0] + 'rules = [{ action = "hold" }]\n']
    newsroom.run()
    assert any(hint in one for one in explained(newsroom, LAMPS.link)["would_change_it"])


def test_what_is_only_linked_in_its_edition_says_so(newsroom: Newsroom) -> None:
    newsroom.digest = "per_source = 1\n"
    newsroom.feed("eins", rss(LAMPS, Post("Etwas ganz anderes über Autos", "https://quelle.example/2")))
    newsroom.run()
    facts = [explained(newsroom, title) for title in (LAMPS.title, "Autos")]
    (linked,) = [one for one in facts if one["linked_only"]]
    assert any("per_source" in hint for hint in linked["would_change_it"])
    mail = newsroom.path(f"editions/{linked['edition']}/digest.txt").read_text(encoding="utf-8")
    assert linked["title"] in mail
    assert mail.count("Sie leuchten") + mail.count("Ein Satz über die Sache") == 1
    assert "only as a link" in newsroom.run("explain", linked["title"]).output


def test_what_is_told_and_in_no_edition_says_how_to_move_it(newsroom: Newsroom) -> None:
    newsroom.digest = "minimum = 9\n"
    newsroom.feed("eins", rss(LAMPS))
    newsroom.run()
    first, *verbs = explained(newsroom, LAMPS.title)["would_change_it"]
    assert "[[curation.interests]]" in first
    assert [word for verb in verbs for word in ("pin", "withdraw") if word in verb] == ["pin", "withdraw"]


PART = "Novatech stellt Chip Silbersee in Jena vor, Teil {}"


def test_the_nearest_story_that_stayed_apart_is_told_with_what_kept_it(newsroom: Newsroom) -> None:
    two, three = (Post(PART.format(n), f"https://{n}.example/chip", NOW - timedelta(hours=1)) for n in (2, 3))
    newsroom.feed("eins", rss(two, LAMPS))
    newsroom.feed("zwei", rss(three))
    newsroom.run()
    before = newsroom.path("rss.xml").read_bytes()
    facts = explained(newsroom, three.title)
    (near,) = facts["nearly_the_same"]
    assert (near["title"], near["source"], near["score"], near["needs"]) == (two.title, "eins", 0, 0.89)
    assert near["speaks_against"] == ["counts one thing otherwise", "other numbers"]
    assert near["speaks_for"][0].startswith("words 0.")
    said = newsroom.run("explain", three.title).output
    assert f"near        0.00 of 0.89 eins: {two.title} ({near['story_id']}); for it: words 0." in said
    assert newsroom.path("rss.xml").read_bytes() == before


def test_what_is_like_nothing_has_no_neighbour(newsroom: Newsroom) -> None:
    newsroom.feed("eins", rss(LAMPS))
    newsroom.feed("zwei", rss(Post("Eisbahn am Rathaus öffnet", "https://zwei.example/eis")))
    newsroom.run()
    assert explained(newsroom, LAMPS.title)["nearly_the_same"] == []
