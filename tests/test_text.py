"""Plain text, made fit to print."""

from __future__ import annotations

import html
import re
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import addresses, text

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400)


@pytest.mark.parametrize(
    ("received", "printed"),
    [
        ("Größe &amp; Wert", "Größe & Wert"),
        ("A &amp;lt;b&amp;gt;fett&amp;lt;/b&amp;gt;", "A fett"),
        ("<p>Erst</p><p>dann</p>", "Erst dann"),
        ("Wie <think> arbeitet", "Wie ‹think› arbeitet"),
        ("3 < 5 und 7 > 6", "3 < 5 und 7 > 6"),
        ("#include </etc/shadow> und <b", "#include ‹/etc/shadow> und ‹b"),
        ("?q=a&per_page=100 bei AT&T", "?q=a& per_page=100 bei AT&T"),
        ("Zeile\n\n  zwei\t", "Zeile zwei"),
        ("\u202eumgedreht\u202c", "umgedreht"),
        ("\u3164\uffa0\u061c unsichtbar", "unsichtbar"),
        ("a\x00b\x0bc\x85d\ufffd", "abcd"),
        ("👩‍💻 bleibt", "👩‍💻 bleibt"),
    ],
)
def test_what_a_source_calls_a_title_becomes_one_line_of_plain_text(received: str, printed: str) -> None:
    assert text.plain(received) == printed


@given(ANY_TEXT)
def test_a_title_never_holds_an_html_tag_an_entity_or_what_xml_forbids(received: str) -> None:
    title = text.title(received)
    assert len(title) <= text.TITLE_LIMIT
    assert html.unescape(title) == title or ";" not in title
    assert not re.search(r"</?(b|p|script|img|a)(\s[^<>]*)?>", title, re.IGNORECASE)
    assert ET.fromstring(f"<t>{html.escape(title)}</t>").text in (title, None)


@given(ANY_TEXT)
def test_plain_text_is_plain_text_already(received: str) -> None:
    assert text.plain(text.plain(received)) == text.plain(received)


@given(ANY_TEXT, st.integers(0, 50))
def test_a_shortened_text_keeps_to_its_limit(words: str, limit: int) -> None:
    assert len(text.shorten(words, limit)) <= limit


def test_a_shortened_text_ends_after_a_whole_word() -> None:
    assert text.shorten("Microsoft verliert die Kontrolle über OpenAI", 32) == "Microsoft verliert die…"


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Microsoft verliert Kontrolle über OpenAI?", "microsoft-verliert-kontrolle-ueber-openai"),
        ("Größer, schöner, ẞ!", "groesser-schoener-ss"),
        ("日本", ""),
    ],
)
def test_a_slug_spells_german_letters_out(words: str, slug: str) -> None:
    assert text.slug(words) == slug


@given(ANY_TEXT)
def test_a_slug_is_a_safe_path_of_at_most_80_characters(words: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", text.slug(words))
    assert len(text.slug(words)) <= 80


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.heise.de/a?utm_source=x&b=1#oben", "http://heise.de/a/?b=1"),
        ("https://heise.de:443/a", "https://heise.de/a"),
        ("https://heise.de/a?z=1&b=2", "https://heise.de/a?b=2&wt_mc=rss&z=1"),
    ],
)
def test_two_addresses_of_a_page_have_the_same_key(one: str, other: str) -> None:
    assert addresses.url_key(one) == addresses.url_key(other)


def test_addresses_that_differ_in_a_telling_parameter_have_different_keys() -> None:
    assert addresses.url_key("https://youtube.com/watch?v=a") != addresses.url_key("https://youtube.com/watch?v=b")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "//heise.de", "http://", "https://[::1", ""]
)
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert addresses.web_address(url) is None


@given(ANY_TEXT)
def test_a_web_address_is_ascii_without_blanks_or_nothing(words: str) -> None:
    address = addresses.web_address(f"https://heise.de/{words}")
    assert address is None or re.fullmatch(r"https://[\x21-\x7e]+", address)


def test_what_python_prints_is_no_shorter_way_for_what_is_unfit():
    every = [chr(code) for code in range(0x110000)]
    assert [
        each
        for each in every
        if text.fit(f"ä{each}b") != unicodedata.normalize("NFC", text._UNFIT.sub("", f"ä{each}b"))
    ] == []
