"""Numbers, dates and times in the one form in which two texts can be compared."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from feeder.summaries.figures import figures, told


def forms(text: str, language: str | None = "de") -> set[tuple[str, str]]:
    return {form for figure in figures(text, language) for form in figure.forms}


NUMBERS = [
    ("de", "1.000 Euro", {("EUR", "1000")}),
    ("en", "1,000 euros", {("EUR", "1000")}),
    ("de", "1,5 Prozent", {("%", "1.5")}),
    ("en", "1.5%", {("%", "1.5")}),
    ("de", "1,5 Mio. Euro", {("EUR", "1500000")}),
    ("de", "1.500.000 €", {("EUR", "1500000")}),
    ("de", "1 500 000 Nutzer", {("number", "1500000")}),
    ("en", "$2.5 billion", {("USD", "2500000000")}),
    ("de", "2,5 Billionen Dollar", {("USD", "2500000000000")}),
    ("de", "eine Milliarde", {("number", "1000000000")}),
    ("de", "zwölf Monate", {("number", "12")}),
    ("de", "fünfundzwanzig Jahre", {("number", "25")}),
    ("en", "twenty-five years", {("number", "25")}),
    ("de", "10 bis 12 Prozent", {("number", "10"), ("%", "10"), ("%", "12")}),
    ("de", "3 Prozentpunkte", {("points", "3")}),
    ("de", "70B", {("number", "70000000000")}),
    ("de", "Version 3.1.4", {("version", "3.1.4")}),
    ("de", "am 3. Oktober 2026", {("date", "2026-10-3")}),
    ("de", "am 03.10.2026", {("date", "2026-10-3")}),
    ("de", "2026-10-03", {("date", "2026-10-3")}),
    ("de", "am 3.10.26", {("date", "2026-10-3")}),
    ("de", "am 3. Okt.", {("date", "-10-3")}),
    ("en", "October 3, 2026", {("date", "2026-10-3")}),
    ("en", "3 October", {("date", "-10-3")}),
    ("de", "im Oktober 2026", {("month", "2026-10")}),
    ("de", "um 14.30 Uhr", {("time", "14:30")}),
    ("en", "at 2:30 p.m.", {("time", "14:30")}),
    ("de", "im Jahr 2026.", {("number", "2026")}),
    ("de", "2024, 2025", {("number", "2024"), ("number", "2025")}),
    (None, "1.500", {("number", "1500"), ("number", "1.5")}),
    ("de", "eine Firma und ein Modell", set()),
]


@pytest.mark.parametrize(("language", "text", "wanted"), NUMBERS, ids=[text for _, text, _ in NUMBERS])
def test_a_figure_has_one_form_however_it_is_written(language: str | None, text: str, wanted: set[tuple[str, str]]):
    assert forms(text, language) == wanted


@given(st.integers(0, 10**12), st.sampled_from(["de", "en"]), st.sampled_from(["de", "en"]))
def test_a_whole_number_is_itself_in_both_languages_grouped_or_not(number: int, one: str, other: str):
    grouped = format_decimal(number, locale=one)
    assert figures(f"x {grouped} y", one)[0].stands_in(told(f"x {format_decimal(number, locale=other)} y", other))
    assert forms(f"x {number} y", one) == {("number", str(number))}


@given(st.decimals(0, 10**9, places=2, allow_nan=False), st.sampled_from(["de", "en"]))
def test_decimals_are_the_same_value_in_both_languages(number: Decimal, language: str):
    written = format_decimal(number, format="#,##0.00", locale=language)
    assert forms(f"x {written} y", language) == {("number", format(number.normalize(), "f") if number else "0")}


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_another_number_is_never_taken_for_it(one: int, other: int):
    found = figures(f"x {format_decimal(one, locale='de')} y", "de")[0].stands_in(told(f"x {other} y", "de"))
    assert found == (one == other)


@given(st.dates())
def test_a_date_is_the_same_in_every_spelling(date):
    wanted = {("date", f"{date.year}-{date.month}-{date.day}")} if date.year > 999 else None
    if wanted:
        assert forms(f"am {date.day}.{date.month}.{date.year}") == wanted
        assert forms(f"am {date.day:02}.{date.month:02}.{date.year}") == wanted
        assert forms(f"am {date.isoformat()}") == wanted


@given(st.text(), st.sampled_from(["de", "en", None]))
def test_no_text_brings_it_down(text: str, language: str | None):
    assert all(figure.forms for figure in figures(text, language))
    assert all(figure.stands_in(told(text, language)) for figure in figures(text, language))


def test_what_says_less_may_be_said_after_what_says_more():
    known = told("am 3. Oktober 2026 um 14:30 Uhr für 5 Millionen Euro", "de")
    for less in ("am 3. Oktober", "im Oktober", "im Oktober 2026", "2026", "um 14 Uhr", "5 Millionen"):
        assert all(figure.stands_in(known) for figure in figures(less, "de")), less
    for other in ("am 4. Oktober", "im November", "um 15 Uhr", "5 Euro", "5 Milliarden", "6 Millionen"):
        assert not all(figure.stands_in(known) for figure in figures(other, "de")), other


@pytest.mark.parametrize("figure", ["1 ", "1.2. ", "2 Mai ", "zwei ", "10:30 ", "1.2.3 ", "€ 1 ", "1–2 "])
def test_a_text_of_nothing_but_figures_is_read_at_once(figure: str):
    began = time.process_time()
    told("Tabelle\n" + (figure * 12_000)[:12_000], "de")
    assert time.process_time() - began < 0.5


def test_a_currency_stands_right_before_its_number():
    assert forms("US€ 5") == forms("USEUR\n5") == forms("EUR 5") == {("EUR", "5")}
    assert forms("€, und 5") == {("number", "5")}
