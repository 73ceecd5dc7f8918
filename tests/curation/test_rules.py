"""Whether an item is released, held or dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feeder.curation.rules import Facts, Policy, Tally, is_calm, judge
from feeder.model import Action, Fate, Item, Rights, Rule, Source, StoredItem

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SOURCE = Source(
    id="heise",
    kind="feed",
    location="https://heise.example/feed",
    title="heise",
    language="de",
    topics=(),
    rank=50,
    rights=Rights.TEASER,
    licence=None,
    excerpt_limit=160,
    public=True,
    homepage=None,
    rules=(),
    max_age_days=14,
    max_per_source=20,
    baseline_release=3,
)
POLICY = Policy(rules=(), languages=("de", "en"), holds=False, zone=BERLIN)
NOTHING_YET = Tally(today=0, baseline=0)


def stored(**changes: object) -> StoredItem:
    item = Item("heise", "1", "https://heise.example/1", "Neues KI-Modell", published=NOW - timedelta(hours=2))
    known = StoredItem(item, "digest", first_seen=NOW, baseline=False, story_id=None, changed=False)
    of_item = {name: value for name, value in changes.items() if hasattr(item, name)}
    return replace(known, item=replace(item, **of_item), **{k: v for k, v in changes.items() if k not in of_item})  # type: ignore[arg-type]  # names are checked by replace


def facts(title: str = "Neues KI-Modell", language: str = "de", is_own: bool = False) -> Facts:
    fields = {"title": title, "summary": "Es rechnet.", "source": "heise", "topic": "modelle", "language": language}
    return Facts(fields, is_own)


def test_what_no_rule_speaks_against_is_released() -> None:
    assert judge(stored(), SOURCE, facts(), POLICY, NOTHING_YET, NOW).fate is Fate.RELEASED


def test_the_first_rule_that_matches_decides() -> None:
    source = replace(SOURCE, rules=(Rule(Action.KEEP, words=("KI",)), Rule(Action.DROP)))
    assert judge(stored(), source, facts(), POLICY, NOTHING_YET, NOW).fate is Fate.RELEASED
    verdict = judge(stored(), source, facts("Neuer Rasenmäher"), POLICY, NOTHING_YET, NOW)
    assert verdict.fate is Fate.DROPPED
    assert "everything" in verdict.why


@pytest.mark.parametrize(
    ("title", "matches"), [("KI-Gesetz", True), ("Die ki kommt", True), ("KIT in Karlsruhe", False)]
)
def test_a_word_matches_whole_and_in_any_case(title: str, matches: bool) -> None:
    policy = replace(POLICY, rules=(Rule(Action.DROP, words=("KI",), why="about AI"),))
    verdict = judge(stored(), SOURCE, facts(title), policy, NOTHING_YET, NOW)
    assert (verdict.fate is Fate.DROPPED) is matches
    assert ("about AI" in verdict.why) is matches


def test_an_item_has_to_pass_its_sources_rules_and_the_general_ones() -> None:
    source = replace(SOURCE, rules=(Rule(Action.KEEP, words=("KI-Modell",)), Rule(Action.DROP)))
    policy = replace(POLICY, rules=(Rule(Action.DROP, words=("Neues",), why="advertising"),))
    assert judge(stored(), source, facts(), policy, NOTHING_YET, NOW).why == "advertising"


def test_a_rule_can_hold_what_an_editor_shall_see() -> None:
    policy = replace(POLICY, rules=(Rule(Action.HOLD, fields=("topic",), pattern="^modelle$"),))
    assert judge(stored(), SOURCE, facts(), policy, NOTHING_YET, NOW).fate is Fate.HELD


def test_other_languages_old_items_and_items_without_an_address_are_dropped_with_their_reason() -> None:
    cases = [
        (stored(), facts(language="fr"), "fr"),
        (stored(published=NOW - timedelta(days=15)), facts(), "14 days"),
        (stored(url=None), facts(), "no address"),
    ]
    for item, known, reason in cases:
        verdict = judge(item, SOURCE, known, POLICY, NOTHING_YET, NOW)
        assert verdict.fate is Fate.DROPPED
        assert reason in verdict.why


def test_an_item_without_a_date_is_as_old_as_our_knowledge_of_it() -> None:
    item = stored(published=None, first_seen=NOW - timedelta(days=20))
    assert judge(item, SOURCE, facts(), POLICY, NOTHING_YET, NOW).fate is Fate.DROPPED


def test_of_a_new_sources_backlog_only_the_newest_few_are_released() -> None:
    assert judge(stored(baseline=True), SOURCE, facts(), POLICY, Tally(2, 2), NOW).fate is Fate.RELEASED
    assert "backlog" in judge(stored(baseline=True), SOURCE, facts(), POLICY, Tally(3, 3), NOW).why


def test_a_source_tells_no_more_than_its_number_of_stories_a_day() -> None:
    assert judge(stored(), SOURCE, facts(), POLICY, Tally(19, 0), NOW).fate is Fate.RELEASED
    assert judge(stored(), SOURCE, facts(), POLICY, Tally(20, 0), NOW).fate is Fate.DROPPED


def test_what_came_in_a_flood_is_held_whatever_the_number_and_date_and_what_is_old_is_dropped_all_the_same() -> None:
    ahead = NOW + timedelta(days=1)
    for item in (stored(flooded=True), stored(flooded=True, published=ahead), stored(flooded=True, baseline=True)):
        verdict = judge(item, SOURCE, facts(), POLICY, Tally(99, 99), NOW)
        assert (verdict.fate, verdict.due) == (Fate.HELD, None)
        assert "flood" in verdict.why
    old = stored(flooded=True, published=NOW - timedelta(days=15))
    assert judge(old, SOURCE, facts(), POLICY, NOTHING_YET, NOW).fate is Fate.DROPPED


def test_what_is_dated_ahead_is_held_until_its_date() -> None:
    verdict = judge(stored(published=NOW + timedelta(hours=3)), SOURCE, facts(), POLICY, NOTHING_YET, NOW)
    assert (verdict.fate, verdict.due) == (Fate.HELD, NOW + timedelta(hours=3))
    assert verdict.why == "dated ahead, due on 2026-11-22 14:00"  # in the publication's zone


def test_release_hold_leaves_the_word_to_an_editor() -> None:
    assert judge(stored(), SOURCE, facts(), replace(POLICY, holds=True), NOTHING_YET, NOW).fate is Fate.HELD


def test_an_article_of_our_own_knows_no_age_no_number_no_baseline_and_no_general_rule() -> None:
    folder = replace(SOURCE, kind="folder", rights=Rights.OWN)
    policy = replace(POLICY, rules=(Rule(Action.DROP),))
    item = stored(published=NOW - timedelta(days=900), baseline=True, url=None)
    assert judge(item, folder, facts(is_own=True, language="fr"), policy, Tally(99, 99), NOW).fate is Fate.RELEASED


def test_a_post_with_neither_headline_nor_words_is_dropped() -> None:
    assert "neither" in judge(stored(), SOURCE, facts(title=""), POLICY, NOTHING_YET, NOW).why


@pytest.mark.parametrize(
    ("item", "source", "tally"),
    [
        (stored(published=NOW - timedelta(days=99)), replace(SOURCE, max_age_days=14), NOTHING_YET),
        (replace(stored(), flooded=True), SOURCE, NOTHING_YET),
        (stored(baseline=True), replace(SOURCE, baseline_release=3), Tally(0, 3)),
        (stored(), replace(SOURCE, max_per_source=20), Tally(20, 0)),
        (stored(published=NOW + timedelta(days=1)), SOURCE, NOTHING_YET),
    ],
)
def test_what_the_calm_decides_is_known_by_its_reason_and_no_rule_is(
    item: StoredItem, source: Source, tally: Tally
) -> None:
    verdict = judge(item, source, facts(), POLICY, tally, NOW)
    assert verdict.fate is not Fate.RELEASED
    assert is_calm(verdict.why)
    for rule in (Rule(Action.DROP), Rule(Action.HOLD, why="keine Lampen"), Rule(Action.DROP, words=("Modell",))):
        assert not is_calm(judge(stored(), SOURCE, facts(), replace(POLICY, rules=(rule,)), NOTHING_YET, NOW).why)
    assert not is_calm(judge(stored(), SOURCE, facts(), replace(POLICY, holds=True), NOTHING_YET, NOW).why)
