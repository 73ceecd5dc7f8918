"""Markup from outside, made safe."""

from __future__ import annotations

import re

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.editing.cleaning import clean_html, plain_text
from feeder.model import Raw

ATTACKS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt&#58;alert(1)">x</a>',
    '<svg><a xlink:href="javascript:alert(1)">x</a></svg>',
    '<iframe src="https://evil.example"></iframe>',
    '<p style="position:fixed">x</p>',
    "<math><mtext><script>alert(1)</script></mtext></math>",
    '<form action="https://evil.example"><button>x</button></form>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<template><script>alert(1)</script></template>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_could_run_or_reach_out_does_not_come_through(attack: str) -> None:
    cleaned = clean_html(attack, "https://heise.example/", ours=False)
    assert not re.search(r"<script|onerror|javascript:|<iframe|style=|<img|<form|data:", cleaned, re.IGNORECASE)


@given(st.lists(st.sampled_from([*ATTACKS, "<b>", "</b>", "<p>", "&lt;", "Text ", "\x00", "<a href='/x'>", "</a>"])))
def test_cleaning_is_whole_after_the_first_time(parts: list[str]) -> None:
    cleaned = clean_html("".join(parts), "https://heise.example/", ours=False)
    assert clean_html(cleaned, "https://heise.example/", ours=False) == cleaned
    for element in lxml.html.fragment_fromstring(cleaned, create_parent=True).iter("a"):
        assert element.get("href", "").startswith(("https://", "http://", "mailto:"))


def test_a_relative_link_becomes_absolute_and_without_a_base_loses_its_address() -> None:
    assert (
        clean_html('<a href="/b">x</a>', "https://heise.example/a", ours=True)
        == '<a href="https://heise.example/b">x</a>'
    )
    assert clean_html('<p><a href="/b">x</a></p>', None, ours=True) == "<p>x</p>"


def test_links_of_others_are_not_followed_by_search_engines_and_ours_are() -> None:
    assert 'rel="nofollow"' in clean_html('<a href="https://a.example/">x</a>', None, ours=False)
    assert "rel" not in clean_html('<a href="https://a.example/">x</a>', None, ours=True)


def test_headings_stand_below_the_headings_of_the_story() -> None:
    assert clean_html("<h1>A</h1><h2>B</h2><h5>C</h5>", None, ours=True) == "<h3>A</h3><h3>B</h3><h4>C</h4>"


@pytest.mark.parametrize(
    "chatter",
    [
        "[…]",
        "[&#8230;]",
        "Weiterlesen …",
        "The post A title appeared first on A blog.",
        "Der Beitrag X erschien zuerst auf Y.",
    ],
)
def test_the_chatter_after_an_excerpt_is_cut(chatter: str) -> None:
    assert plain_text(Raw(f"<p>Ein Modell rechnet schneller.</p> <p>{chatter}</p>")) == "Ein Modell rechnet schneller."


def test_an_excerpt_holds_no_words_of_scripts_and_captions() -> None:
    raw = Raw(
        "<figure><img src=a><figcaption>Bild: dpa</figcaption></figure><style>p{}</style><p>Eins.</p><p>Zwei.</p>"
    )
    assert plain_text(raw) == "Eins. Zwei."
