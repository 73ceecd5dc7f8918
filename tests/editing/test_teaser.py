"""Teaser and Kurzfassung within what a source's rights allow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feeder.editing.teaser import headline, teaser
from feeder.summaries.excerpt import excerpt

WORDS = "OpenAI stellt ein Modell vor. Es rechnet doppelt so schnell. Der Preis bleibt gleich."


def test_a_teaser_ends_with_a_sentence() -> None:
    assert teaser(WORDS, "Titel", 65) == "OpenAI stellt ein Modell vor. Es rechnet doppelt so schnell."


def test_a_first_sentence_that_is_too_long_is_cut_at_a_word() -> None:
    assert teaser(WORDS, "Titel", 25) == "OpenAI stellt ein…"


def test_a_text_that_repeats_the_headline_is_no_teaser() -> None:
    assert teaser("OpenAI stellt ein Modell vor.", "OpenAI stellt ein Modell vor", 200) == ""


def test_a_teaser_and_a_kurzfassung_do_not_say_the_headline_again() -> None:
    assert teaser(WORDS, "OpenAI stellt ein Modell vor", 40) == "Es rechnet doppelt so schnell."
    assert excerpt(WORDS, "OpenAI stellt ein Modell vor", "", 90)[0] == "Es rechnet doppelt so schnell."


def test_a_source_that_allows_no_words_has_no_teaser() -> None:
    assert teaser(WORDS, "Titel", 0) == ""


@given(st.text(max_size=600), st.integers(0, 400))
def test_teaser_and_kurzfassung_together_keep_to_the_excerpt_limit(words: str, limit: int) -> None:
    opening = teaser(words, "Titel", limit)
    bullets = excerpt(words, "", opening, limit - len(opening))
    assert len(opening) + sum(map(len, bullets)) <= limit
    assert len(opening) <= 200
    assert all(len(bullet) <= 180 for bullet in bullets)


def test_the_kurzfassung_goes_on_where_the_teaser_ended() -> None:
    assert excerpt(WORDS, "", "OpenAI stellt ein Modell vor.", 60) == (
        "Es rechnet doppelt so schnell.",
        "Der Preis bleibt gleich.",
    )


def test_one_sentence_alone_is_no_kurzfassung() -> None:
    assert excerpt(WORDS, "", "OpenAI stellt ein Modell vor.", 40) == ()


def test_a_post_without_a_title_is_headed_by_its_first_sentence() -> None:
    assert headline("", WORDS) == "OpenAI stellt ein Modell vor."
    assert headline("Titel", WORDS) == "Titel"
    assert headline("", "") == ""
    assert len(headline("", "lang " * 100)) <= 90
