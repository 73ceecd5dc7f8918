"""The gate lets true answers in, and nothing else."""

from __future__ import annotations

import pytest

from feeder.summaries import prompt
from feeder.summaries.gate import Answer, Limits, check_answer
from feeder.summaries.llm import _answer
from feeder.summaries.names import Vocabulary, strangers
from feeder.summaries.overlap import copied
from tests.summaries.model_answers import ARTICLE, BAD, GOOD, TITLE

SOURCE = prompt.shown(TITLE, ARTICLE)
ENGLISH = """Acme Robotics opens a factory in Munich. The company said on Monday that it will hire 1,200 people there \
by 2028 and invest $1.5 billion. "We build where our customers are," chief executive Ada Long said. The German union \
IG Metall welcomed the plan. Production of the H200 arm starts in March, according to the company."""


def kinds(content: str) -> set[str]:
    """What the gate complains about in what a model said."""
    try:
        answer = _answer(content)
    except ValueError:
        return {"unreadable"}
    return {one.kind for one in check_answer(answer, SOURCE, "de", Limits(), third_party=True)}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_what_is_true_passes(content: str):
    assert kinds(content) == set()


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_what_is_not_does_not(content: str):
    assert kinds(content) != set()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("another price", "number"),
        ("another day", "number"),
        ("another weekday", "date"),
        ("somebody new", "name"),
        ("names crossed", "name"),
        ("an invented quotation", "quotation"),
        ("speech made of telling", "quotation"),
        ("in English", "language"),
        ("gladly", "chatter"),
        ("obeys an order", "chatter"),
        ("the prompt repeated", "leak"),
        ("the mark repeated", "leak"),
        ("a link", "markup"),
        ("zero width", "markup"),
        ("two bullets", "length"),
        ("the same twice", "form"),
        ("about something else", "bearing"),
        ("whole sentences", "copying"),
    ],
)
def test_the_complaint_names_what_is_wrong(name: str, kind: str):
    assert kind in kinds(BAD[name])


def test_our_own_texts_may_be_repeated_word_for_word():
    answer = _answer(BAD["whole sentences"])
    assert check_answer(answer, SOURCE, "de", Limits(), third_party=False) == ()


def test_how_much_may_be_copied_is_said_by_the_source():
    answer = _answer(GOOD["a true quotation"])
    assert check_answer(answer, SOURCE, "de", Limits(verbatim=60), third_party=True)[0].kind == "copying"


def test_an_english_article_may_be_told_in_german():
    answer = Answer(
        "Acme Robotics baut in München eine Fabrik und investiert dort 1,5 Milliarden Dollar.",
        (
            "Das Unternehmen will bis 2028 insgesamt 1.200 Menschen einstellen, wie es am Montag mitteilte.",
            "Die deutsche Gewerkschaft IG Metall begrüßt die Pläne der Firma.",
            "Die Produktion des Modells H200 soll im März beginnen.",
        ),
    )
    assert check_answer(answer, ENGLISH, "de", Limits(), third_party=True) == ()


def test_numbers_are_read_in_the_language_of_each_text():
    wrong = Answer(
        "Acme Robotics baut in München eine Fabrik und investiert dort 1,5 Milliarden Dollar.",
        (
            "Das Unternehmen will bis 2028 insgesamt 1,200 Menschen einstellen, wie es am Montag mitteilte.",
            "Die deutsche Gewerkschaft IG Metall begrüßt die Pläne der Firma.",
            "Die Produktion des Modells H200 soll im März beginnen.",
        ),
    )
    assert [one.kind for one in check_answer(wrong, ENGLISH, "de", Limits(), third_party=True)] == ["number"]


@pytest.mark.parametrize(
    "words",
    [
        "Die Entwicklung der Modelle kostet Geld.",
        "Nordlichts Chefin verkauft.",
        "Beim Verkauf der Rechenzentren hilft die Gewerkschaft.",
        "Das Hamburger Unternehmen hat Umsatzprobleme.",
        "Unterschrieben wird im Oktober.",
    ],
)
def test_nouns_that_any_text_may_use_are_no_names(words: str):
    assert strangers(words, Vocabulary(SOURCE), "de") == ()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Auch Google bietet mit.", "Google"),
        ("Telekom kauft mit.", "Telekom"),
        ("Der Preis für OpenAI steigt.", "OpenAI"),
        ("Die Anlage in Rostock wächst.", "Rostock"),
        ("Jana Schmidt verkauft.", "Schmidt"),
        ("Das iPhone wird teurer.", "iPhone"),
    ],
)
def test_names_that_the_source_does_not_know_are_found(words: str, name: str):
    assert name in strangers(words, Vocabulary(SOURCE), "de")


def test_what_is_copied_is_counted_in_runs_of_six_words():
    assert copied("eins zwei drei vier fünf sechs anders", "x eins zwei drei vier fünf sechs y")[0] == 30
    assert copied("eins zwei drei vier fünf anders", "eins zwei drei vier fünf sechs") == (0, "")
