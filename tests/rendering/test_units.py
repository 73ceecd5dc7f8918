"""Names with a number stay on one line, and titles stay the words that they are."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeder.rendering.look import Look
from feeder.rendering.pages import edition_page, landing_page, story_page
from feeder.rendering.units import unbroken
from tests.rendering import samples

UNIT = '<span class="unit">{}</span>'


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("GPT-6 ist da", ["GPT-6"]),
        ("„GPT-4o“, Claude-4.5-Haiku und Llama-3.1.", ["GPT-4o", "Claude-4.5", "Llama-3.1"]),
        ("<b>GPT-5</b> & COVID-19", ["GPT-5", "COVID-19"]),
        ("KI-Modell, 70-Milliarden-Modell, -6, a-", []),
        ("Sprachmodellen-2025 DEEPSEEKCHAT-3 GPT-1234567890123 AB_CD-1 ab-12-GPT", ["ab-12"]),
    ],
)
def test_short_names_with_a_number_are_units(title: str, kept: list[str]) -> None:
    expected = escape(title)
    for name in kept:
        expected = expected.replace(name, UNIT.format(name), 1)
    assert unbroken(title) == expected


@given(st.text() | st.text("GPT-46.<>&'\"ß o", max_size=40))
@example("<script>GPT-6</script>")
@example('"><img src=x onerror=GPT-6>')
@example("GPT-6&amp;GPT-5")
def test_a_title_says_the_same_with_units_and_is_nothing_but_words(title: str) -> None:
    """What escaping alone would say, once the units' tags are gone; and no other tag."""
    said = str(unbroken(title))
    assert said.replace('<span class="unit">', "").replace("</span>", "") == escape(title)
    assert said.count('<span class="unit">') == said.count("</span>")


def test_headlines_of_every_page_keep_their_units(look: Look, root: Path) -> None:
    own = samples.own(root)
    own = replace(own, revision=replace(own.revision, title="Was <GPT-6> kann"))
    edition = replace(samples.edition(own), subject="GPT-6 & Co")
    for file, path in (
        (story_page(look, own), "//h1"),
        (landing_page(look, [own], [edition], ()), "//h3"),
        (edition_page(look, edition, {own.story.id: own}), "//h3"),
    ):
        page: Any = lxml.html.document_fromstring(file.data.decode())
        [headline] = page.xpath(path)
        assert headline.text_content() == "Was <GPT-6> kann"
        assert [unit.text for unit in headline.iter("span")] == ["GPT-6"]
        assert ".unit { white-space: nowrap; }" in page.findtext(".//style")
