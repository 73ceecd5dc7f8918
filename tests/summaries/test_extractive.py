"""The Kurzfassung that is made of the text's own sentences."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.summaries import stories
from feeder.sentences import sentences
from feeder.summaries.extractive import extract
from feeder.summaries.passages import passages
from feeder.summaries.standing import stands_alone

UNBOUNDED = 100_000
TITLE = "OpenAI stellt GPT-5 vor"
FACTS = (
    "OpenAI hat am Montag in San Francisco das Sprachmodell GPT-5 vorgestellt.",
    "Das Modell rechnet nach Angaben der Firma doppelt so schnell wie sein Vorgänger GPT-4.",
    "Der Preis für eine Million Wörter sinkt von zehn auf fünf Dollar.",
    "Entwickler in der Europäischen Union bekommen den Zugang erst im Dezember.",
    "Die Datenschutzbehörde in Irland prüft seit August die Herkunft der Trainingsdaten.",
    "Analysten der Deutschen Bank erwarten für 2027 einen Umsatz von 30 Mrd. Dollar.",
    "Konkurrent Anthropic hatte sein Modell Claude bereits im September erneuert.",
    "Forscher der Universität Zürich fanden im Test weniger Fehler bei Rechenaufgaben.",
    "Die Gewerkschaft Verdi fordert Regeln für den Einsatz in deutschen Redaktionen.",
    "Der Aktienkurs von Microsoft stieg nach der Vorstellung um drei Prozent.",
    "Ältere Versionen bleiben nach Angaben der Firma bis zum Sommer erreichbar.",
    "Eine Fassung für Schulen soll im kommenden Frühjahr ohne Werbung erscheinen.",
    "Der Stromverbrauch der Rechenzentren wächst laut Umweltbundesamt weiter.",
    "Kritiker aus Brüssel vermissen Angaben zur Herkunft der verwendeten Bücher.",
)
TEXT = "\n\n".join(" ".join(pair) for pair in zip(FACTS[::2], FACTS[1::2], strict=True))


def test_the_bullets_are_whole_sentences_of_the_text_in_its_order() -> None:
    bullets = extract(TEXT, TITLE, "", UNBOUNDED)
    assert 2 <= len(bullets) <= 5
    assert [FACTS.index(bullet) for bullet in bullets] == sorted(FACTS.index(bullet) for bullet in bullets)


def test_what_title_or_teaser_said_is_not_said_again() -> None:
    assert FACTS[0] in extract(TEXT, TITLE, "", UNBOUNDED)
    assert FACTS[0] not in extract(TEXT, TITLE, FACTS[0], UNBOUNDED)
    assert FACTS[0] not in extract(TEXT, TITLE, "OpenAI hat am Montag in San…", UNBOUNDED)
    said_otherwise = "Am Montag stellte OpenAI in San Francisco GPT-5 vor, ein Sprachmodell."
    assert FACTS[0] not in extract(TEXT, TITLE, said_otherwise, UNBOUNDED)
    assert FACTS[0] not in extract(TEXT, FACTS[0], "", UNBOUNDED)


def test_what_stands_in_the_text_twice_is_said_once() -> None:
    again = "Am Montag hat OpenAI das Sprachmodell GPT-5 in San Francisco vorgestellt."
    bullets = extract(f"{TEXT}\n\n{again}", TITLE, "", UNBOUNDED)
    assert (FACTS[0] in bullets) + (again in bullets) == 1


@pytest.mark.parametrize(("facts", "count"), [(5, 0), (9, 2), (14, 3)])
def test_a_short_text_has_fewer_bullets_or_none(facts: int, count: int) -> None:
    assert len(extract("\n\n".join(FACTS[:facts]), TITLE, "", UNBOUNDED)) == count


def test_a_text_of_400_words_has_four_bullets_and_one_of_700_has_five() -> None:
    more = [
        f"In der Stadt Nummer{n} sprachen {n} Fachleute ruhig über das {n}. Vorhaben{n} der Firma{n}."
        for n in range(99)
    ]
    assert len(extract(f"{TEXT}\n\n{' '.join(more[:25])}", TITLE, "", UNBOUNDED)) == 4
    assert len(extract(f"{TEXT}\n\n{' '.join(more)}", TITLE, "", UNBOUNDED)) == 5


def test_one_sentence_alone_is_no_kurzfassung() -> None:
    assert len(extract(TEXT, TITLE, "", 170)) == 2
    assert extract(TEXT, TITLE, "", 100) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Er hatte das Modell am Montag in Berlin der Presse gezeigt.",
        "Doch die Firma will das Modell erst im Dezember freigeben.",
        "Außerdem sinkt der Preis für eine Million Wörter auf fünf Dollar.",
        "Das ist für die Firma ein großer Schritt nach vorn.",
        "Der 34-Jährige leitet die Firma seit dem vergangenen Jahr allein.",
        "In seiner Rede lobte der Minister die Arbeit der Firma.",
        "Der Grund dafür liegt in den Ereignissen vom vergangenen Samstag.",
        "Was bedeutet das neue Modell für die Redaktionen in Deutschland?",
        "Es ist ein kalter Morgen in Berlin, und der Saal füllt sich.",
        "An einem grauen Morgen im November betritt Altman den Saal in Berlin.",
        "„Das Modell ist fertig und rechnet schnell“, sagte der Chef der Firma.",
        "Die Firma sagte: „Das Modell ist fertig und wird bald erscheinen.",
        "Das Modell ist da.",
        "Die neuen Modelle der Firma rechnen schnell und kosten weniger …",
        "Die neuen Modelle der Firma rechnen schnell und kosten weniger",
        f"Die Firma {'sehr ' * 40}zufrieden.",
        f"Die Firma zeigte {'Donaudampfschifffahrtsgesellschaften ' * 6}gern.",
        "However, the company will release the model only in December.",
        "This means that the company has to pay more for its chips.",
        "It will cost five dollars for a million words from May on.",
        "Imagine a world in which every model is free and open to all.",
    ],
)
def test_what_does_not_stand_on_its_own_is_no_bullet(sentence: str) -> None:
    assert not stands_alone(sentence)
    assert sentence not in extract(f"{sentence}\n\n{TEXT}", TITLE, "", UNBOUNDED)


@pytest.mark.parametrize(
    "sentence",
    [
        *FACTS,
        "Das neue Modell der Firma rechnet schneller als sein Vorgänger.",
        "Die Ministerin nannte das Modell „einen großen Schritt“ für Europa.",
        "Laut Polizei hat er das Modell am Montag in Berlin gestohlen.".replace("er ", "ein Mann "),
        "The new model of the company is twice as fast as the one before.",
    ],
)
def test_what_stands_on_its_own_may_be_a_bullet(sentence: str) -> None:
    assert stands_alone(sentence)


@pytest.mark.parametrize(
    "block",
    [
        "Mehr Tempo für weniger Geld",
        "Foto: Anna Meyer fotografierte das Modell im Saal der Firma in Berlin.",
        "Lesen Sie auch: OpenAI hat das Sprachmodell GPT-4 im vergangenen Jahr vorgestellt.",
        "Abonnieren Sie unseren Newsletter über OpenAI und das Sprachmodell GPT-5 jeden Morgen.",
        "Unterstützen Sie uns per PayPal, damit OpenAI und GPT-5 hier weiter vorkommen.",
        "Read more: OpenAI unveiled the language model GPT-4 in San Francisco last year.",
        "© 2026 OpenAI GPT-5 Sprachmodell, dpa-infocom und weitere Agenturen der Welt.",
    ],
)
def test_headings_captions_and_pleas_are_no_part_of_the_article(block: str) -> None:
    assert passages(f"{FACTS[0]}\n\n{block}\n\n{FACTS[1]}") == (FACTS[0], FACTS[1])


def test_after_the_closing_heading_no_article_goes_on() -> None:
    assert passages(f"{TEXT}\n\nUNSER ZIEL\n\nDie Redaktion von All-AI will allen die KI erklären.") == passages(TEXT)
    assert len(passages(f"{FACTS[0]}\n\nQuellen\n\n{FACTS[1]}")) == 2, "a heading at the top closes nothing"


@pytest.mark.parametrize("dateline", ["Berlin (dpa) - ", "San Francisco (dpa/AFP) – ", "BERLIN taz | ", "(dpa) "])
def test_a_dateline_is_no_part_of_a_bullet(dateline: str) -> None:
    assert passages(dateline + FACTS[0]) == (FACTS[0],)


def test_a_sentence_that_names_an_agency_keeps_its_words() -> None:
    words = "Das sagte die Ministerin der taz am Montag. Die Agentur Reuters (AFP) - mit Sitz in London - berichtete."
    assert passages(words) == (words,)


PIECES = st.sampled_from([*FACTS, "\n\n", " ", "\n", "„", "“", '"', "Er ging.", "Foto: dpa", "(dpa) - ", "…", "z. B. "])
ANY = st.text(max_size=300) | st.lists(PIECES, max_size=50).map(" ".join)


@given(ANY, st.text(max_size=80), st.sampled_from(["", *FACTS]) | st.text(max_size=80), st.integers(0, 1000))
def test_limits_are_kept_and_every_word_is_the_source_s(text: str, title: str, teaser: str, room: int) -> None:
    bullets = extract(text, title, teaser, room)
    assert len(bullets) in (0, 2, 3, 4, 5)
    assert sum(map(len, bullets)) <= room
    assert all(len(bullet) <= 180 and 6 <= len(bullet.split()) <= 40 for bullet in bullets)
    assert all(bullet in " ".join(text.split()) for bullet in bullets)
    assert all(one != other for one, other in pairwise(bullets))
    assert bullets == extract(text, title, teaser, room)


@pytest.mark.parametrize(
    "unit", ["A", "(", "Wort ", "A. ", "„", "(dpa", "Foto", f"{FACTS[0]} ", "an einem ", "A\n\n", "- a "]
)
def test_a_text_of_any_length_is_told_in_time(unit: str) -> None:
    started = process_time()
    extract(unit * (1_000_000 // len(unit)), TITLE, "", UNBOUNDED)
    assert process_time() - started < 10


def test_recorded_articles_get_a_kurzfassung_that_keeps_to_the_rules(corpus: Path) -> None:
    """86 German articles of 56 publishers; a handful says too little that stands alone."""
    told = {story.name: extract(story.text, story.title, "", UNBOUNDED) for story in stories(corpus)}
    assert len(told) > 80
    assert sum(len(bullets) >= 3 for bullets in told.values()) > 0.9 * len(told)
    for story in stories(corpus):
        whole = {sentence for part in story.text.split("\n\n") for sentence in sentences(part)}
        assert all(any(sentence.endswith(bullet) for sentence in whole) for bullet in told[story.name])
