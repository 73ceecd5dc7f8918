"""How much a story matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.curation.rank import INTERESTS, Interest, Ranking, Score, Subject, company_of

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
GERMAN = Subject(
    "Ein Modell für alle", "Mistral stellt es vor.", ("modelle",), "heise", 25, False, "de", frozenset({"heise.de"}),
    NOW, None,
)  # fmt: skip
MAKER = replace(GERMAN, source="openai", rank=10, language="en", sites=frozenset({"openai.com"}))
OWN = replace(GERMAN, source="redaktion", rank=1, is_own=True)


def score(subject: Subject, *interests: Interest) -> Score:
    return Ranking(interests, "de").rank(subject, NOW)


def names(found: Score) -> list[str]:
    return [part.name for part in found.parts]


def test_each_part_of_a_score_says_what_it_adds_and_why() -> None:
    found = score(replace(GERMAN, sites=frozenset("abc"), released=NOW - timedelta(hours=8)))
    assert [(part.name, part.points) for part in found.parts] == [("source", 25), ("coverage", 20), ("age", -2)]
    assert found.total == 43
    assert found.parts[1].why == "3 sites tell it"


def test_what_a_maker_says_of_himself_in_english_stands_below_what_is_reported_in_german() -> None:
    reported = replace(GERMAN, rank=39, released=NOW - timedelta(hours=40))
    assert score(MAKER).total < score(reported).total
    assert score(MAKER).total > score(replace(MAKER, source="the-verge", rank=32)).total


def test_in_an_english_publication_english_costs_nothing() -> None:
    assert Ranking((), "en").rank(MAKER, NOW).total > Ranking((), "en").rank(GERMAN, NOW).total


def test_many_who_tell_it_outweigh_the_best_source() -> None:
    assert score(replace(MAKER, rank=40, sites=frozenset("abcdef"))).total > score(MAKER).total


def test_our_own_lead_whatever_readers_care_about_and_what_is_pinned_leads_them() -> None:
    loved = [Interest(100, words=("Modell",)) for _ in range(30)]
    hated = [Interest(-100, sources=("redaktion",)) for _ in range(30)]
    covered = replace(GERMAN, rank=2, sites=frozenset("abcdefgh"))
    assert score(OWN, *loved, *hated).total > score(covered, *loved, *hated).total
    assert score(replace(OWN, rank=100, released=NOW - timedelta(days=9)), *hated).total > score(covered, *loved).total
    pinned = replace(MAKER, rank=100, pinned=NOW + timedelta(hours=1))
    assert score(pinned, *hated).total > score(OWN, *loved).total
    assert names(score(replace(pinned, pinned=NOW))) == ["source", "language"]


@pytest.mark.parametrize(
    ("interest", "meant"),
    [
        (Interest(30, words=("Sprachmodell", "Modelle")), "word Modelle"),
        (Interest(30, names=("Mistral",)), "name Mistral"),
        (Interest(30, names=("mistral",)), None),
        (Interest(30, topics=("recht", "modelle")), "topic modelle"),
        (Interest(30, sources=("heise",)), "source heise"),
        (Interest(30, sources=("golem",)), None),
        (Interest(30, words=("Modell",), topics=("recht",)), None),
        (Interest(30, words=("Modell",), topics=("modelle",)), "word Modell, topic modelle"),
        (Interest(30, words=("Modell",), why="Schwerpunkt"), "Schwerpunkt"),
        (Interest(30), None),
    ],
)
def test_an_interest_means_a_story_for_which_each_kind_holds(interest: Interest, meant: str | None) -> None:
    parts = [part for part in score(GERMAN, interest).parts if part.name == "interest"]
    assert [(part.points, part.why) for part in parts] == ([] if meant is None else [(30, meant)])


def test_age_counts_by_hours_for_a_week_and_what_is_dated_ahead_is_new() -> None:
    ages = [score(replace(GERMAN, released=NOW - timedelta(hours=hours))).total for hours in (-5, 0, 4, 24, 168, 999)]
    assert ages == [25, 25, 24, 19, -17, -17]
    assert names(score(replace(GERMAN, released=None))) == ["source"]
    assert names(score(replace(GERMAN, released=NOW - timedelta(minutes=1)))) == ["source"]


def test_what_no_site_is_known_to_tell_has_no_part_for_that() -> None:
    assert names(score(replace(OWN, sites=frozenset()))) == ["own", "source"]


def test_a_headline_is_about_the_company_that_it_names_first() -> None:
    companies = ("Microsoft", "OpenAI", "Meta")
    assert company_of("OpenAIs Vertrag mit Microsoft", companies) == "OpenAI"
    assert company_of("Metaphern der KI", companies) is None


SUBJECTS = st.builds(
    Subject,
    title=st.text(max_size=40),
    teaser=st.text(max_size=40),
    topics=st.lists(st.sampled_from(["recht", "modelle"]), max_size=2).map(tuple),
    source=st.sampled_from(["heise", "openai"]),
    rank=st.integers(1, 100),
    is_own=st.booleans(),
    language=st.sampled_from(["de", "en"]),
    sites=st.frozensets(st.sampled_from("abcdefgh"), min_size=1),
    released=st.none() | st.datetimes(timezones=st.just(UTC)),
    pinned=st.none() | st.datetimes(timezones=st.just(UTC)),
)
WANTED = st.lists(st.builds(Interest, st.integers(-100, 100), sources=st.just(("heise",))), max_size=12)


@given(SUBJECTS, WANTED)
def test_the_parts_sum_up_and_interests_are_bounded(subject: Subject, interests: list[Interest]) -> None:
    found = score(subject, *interests)
    assert found.total == pytest.approx(sum(part.points for part in found.parts), abs=0.05)
    assert abs(sum(part.points for part in found.parts if part.name.startswith("interest"))) <= INTERESTS
