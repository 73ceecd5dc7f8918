"""Which topics a story belongs to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.curation.topics import MOST, THRESHOLD, Classifier, TopicWords

TOPICS = (
    TopicWords(
        "modelle", ("Sprachmodell", "KI-Modell", "GPT", "open weights", "RAG"), ("Modell", "Parameter"), ("Automodell",)
    ),
    TopicWords("recht", ("Gesetz", "Urteil", "AI Act", "Klage", "Gericht", "Richter"), ("Europa",)),
    TopicWords("hardware", ("Chip", "Roboter", "Intel"), ("Server",)),
)
CLASSIFIER = Classifier(TOPICS)


def placed(title: str, teaser: str = "", tags: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> list[str]:
    return [placing.topic for placing in CLASSIFIER.place(named, title, teaser, tags)]


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Ein neues Sprachmodell", "modelle"),
        ("Sprachmodelle lernen rechnen", "modelle"),
        ("Des Sprachmodells Kern", "modelle"),
        ("KI-Sprachmodelle im Vergleich", "modelle"),
        ("Zwei KI-Modelle aus Paris", "modelle"),
        ("GPT-4.5 ist da", "modelle"),
        ("RAG im Betrieb", "modelle"),
        ("It has open weights now", "modelle"),
        ("Neuer Gesetzentwurf", "recht"),
        ("Gesetze gegen Deepfakes", "recht"),
        ("Gerichtsurteil erwartet", "recht"),
        ("Sammelklagen gegen Meta", "recht"),
        ("Verfassungsrichter widersprechen", "recht"),
        ("The AI Act is here", "recht"),
        ("Speicherchips werden knapp", "hardware"),
        ("Roboterschiffe auf See", "hardware"),
    ],
)
def test_words_are_found_in_inflected_forms_and_in_compounds(title: str, topic: str) -> None:
    assert placed(title) == [topic]


@pytest.mark.parametrize(
    "title",
    [
        "Künstliche Intelligenz im Alltag",  # Intel
        "Vorurteile einer KI",  # Urteil
        "Der rag rug",  # RAG is an acronym
        "Act on it, AI",  # the phrase has an order
        "Ein Bericht",  # Gericht
        "Nachrichten vom Geschäftsbericht im Unterricht",  # Richter
        "Chirp",
    ],
)
def test_words_that_only_look_alike_are_not_found(title: str) -> None:
    assert placed(title) == []


def test_a_hint_needs_another_one_and_a_word_needs_none() -> None:
    assert placed("Das Modell kann viel") == []
    assert placed("Das Modell kann viel", "Es hat viele Parameter.") == ["modelle"]
    assert placed("", "Ein Sprachmodell.") == ["modelle"]
    assert placed("", "", ("Gesetz",)) == ["recht"]


def test_a_word_counts_once_wherever_it_stands() -> None:
    assert placed("Modell, Modell", "Modelle und Modelle", ("Modell",)) == []


def test_words_against_a_topic_take_away_from_it() -> None:
    assert placed("Ein Automodell mit Modell und Parameter") == []


def test_long_teasers_are_read_from_their_start() -> None:
    assert placed("", "Es geht um Urlaub. " * 30 + "Ein Sprachmodell.") == []


def test_named_topics_are_taken_and_unknown_ones_left_out_in_the_publications_order() -> None:
    (first, second) = CLASSIFIER.place(("hardware", "fort"), "Ein Urteil", "")
    assert (first.topic, first.why) == ("recht", "+3 Urteil (title)")
    assert (second.topic, second.points) == ("hardware", None)


def test_at_most_three_topics_are_found_by_words() -> None:
    many = Classifier([TopicWords(f"t{n}", (word,)) for n, word in enumerate(("Affe", "Biber", "Dachs", "Esel"))])
    found = many.place((), "Biber, Dachs und Esel", "Ein Affe.")
    assert [one.topic for one in found] == ["t1", "t2", "t3"]


@given(st.text(max_size=80), st.text(max_size=200), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_has_bounded_topics_whose_points_are_the_sum_of_their_reasons(
    title: str, teaser: str, tags: list[str]
) -> None:
    found = CLASSIFIER.place((), title, teaser, tags)
    assert len(found) <= MOST
    for one in found:
        assert one.points is not None
        assert one.points >= THRESHOLD
        assert one.points == sum(float(part.split()[0]) for part in one.why.split(", "))
