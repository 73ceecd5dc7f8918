"""Which stories stand where in an edition."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from feeder.editing.edition import arrange
from feeder.model import ItemKey, Rights, Telling
from tests.rendering.samples import foreign

RANKS = {"a": 10, "b": 20}


def story(name: str, source: str, *topics: str, rights: Rights = Rights.TEASER) -> Telling:
    made = foreign()
    return Telling(
        replace(made.story, id=name, lead=ItemKey(source, name)), replace(made.revision, topics=topics, rights=rights)
    )


def test_our_own_article_leads_and_better_sources_come_first() -> None:
    tellings = [story("1", "b", "recht"), story("2", "a", "recht"), story("3", "b", rights=Rights.OWN)]
    lead, recht = arrange(tellings, RANKS, ("modelle", "recht"), 20)
    assert [name for name, _ in lead.stories] == ["3"]
    assert (recht.topic, [name for name, _ in recht.stories]) == ("recht", ["2", "1"])


def test_topics_stand_in_the_publications_order_and_stories_of_none_after_them() -> None:
    tellings = [story("1", "a", "recht"), story("2", "a", "modelle"), story("3", "b"), story("0", "a")]
    sections = arrange(tellings, RANKS, ("modelle", "recht"), 20)
    assert [section.topic for section in sections] == [None, "modelle", "recht", None]
    assert [[name for name, _ in section.stories] for section in sections] == [["0"], ["2"], ["1"], ["3"]]


def test_what_goes_beyond_the_size_stands_last() -> None:
    tellings = [story(str(n), "a", "recht") for n in range(5)]
    sections = arrange(tellings, RANKS, ("recht",), 3)
    assert [len(section.stories) for section in sections] == [1, 2, 2]
    assert sections[-1].topic is None


def test_stories_of_no_topic_come_before_what_goes_beyond_the_size() -> None:
    tellings = [story(str(n), "a", *(["recht"] if n in (1, 3) else [])) for n in range(5)]
    sections = arrange(tellings, RANKS, ("recht",), 3)
    assert [[name for name, _ in section.stories] for section in sections] == [["0"], ["1"], ["2", "3", "4"]]


def test_no_story_no_section() -> None:
    assert arrange([], RANKS, ("recht",), 20) == ()


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "recht", "modelle", "fort"]))), st.integers(1, 9)
)
def test_every_story_stands_exactly_once(facts: list[tuple[str, str]], size: int) -> None:
    tellings = [story(str(n), source, *([topic] if topic else [])) for n, (source, topic) in enumerate(facts)]
    sections = arrange(tellings, RANKS, ("modelle", "recht"), size)
    placed = [name for section in sections for name, _ in section.stories]
    assert sorted(placed) == sorted(one.story.id for one in tellings)
