"""Markup from outside, made safe."""

from __future__ import annotations

import re
import time

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.editing.cleaning import clean_html, plain_text, unescaped
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


def test_of_a_linked_picture_no_empty_link_and_no_empty_heading_is_left() -> None:
    markup = (
        '<h2><a href="https://a.example/"><img src="a.jpg"></a></h2><p>Ein<a href="/b"> </a>Satz <b><i></i></b></p>'
    )
    assert clean_html(markup, "https://a.example/", ours=False) == "<p>Ein Satz </p>"


def test_a_heading_with_a_language_gets_its_level_too_and_nothing_that_is_no_language() -> None:
    markup = '<h1 lang="en" title="t" class="c">A</h1><h5 lang="1">B</h5>'
    assert clean_html(markup, None, ours=False) == '<h3 lang="en">A</h3><h4>B</h4>'


def test_what_a_foreign_tag_kept_apart_is_nested_as_html_has_it_in_the_end() -> None:
    assert clean_html("<h1>A<x-y><h2>B</h2></x-y></h1>", None, ours=False) == "<h3>A</h3><h3>B</h3>"


@pytest.mark.parametrize(
    ("received", "meant"),
    [
        (Raw("12 Sterne<br/>3 Zweige", "text"), "12 Sterne<br>3 Zweige"),
        (Raw("&lt;p&gt;Eins &amp;amp; zwei&lt;/p&gt;"), "<p>Eins &amp; zwei</p>"),
        (Raw("&amp;lt;p&amp;gt;Dreifach&amp;lt;/p&amp;gt;"), "<p>Dreifach</p>"),
        (
            Raw("<p>Albert der Große &amp;amp; die Magie&amp;nbsp;…</p>"),
            "<p>Albert der Große &amp; die Magie&nbsp;…</p>",
        ),
        (Raw("<p>Das Element &lt;b&gt;</p>"), "<p>Das Element &lt;b&gt;</p>"),
        (Raw("<p>a</p><code>&amp;nbsp;</code>"), "<p>a</p><code>&amp;nbsp;</code>"),
        (Raw("&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;x&lt;/p&gt;"), "<p>x</p>"),
    ],
)
def test_what_was_escaped_twice_is_read_as_it_was_meant_except_in_code(received: Raw, meant: str) -> None:
    assert clean_html(unescaped(received).value, None, ours=False) == meant


def test_text_without_tags_stays_text() -> None:
    assert unescaped(Raw("3 < 5 &amp; 6", "text")) == Raw("3 < 5 &amp; 6", "text")


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


def test_tags_nested_forty_thousand_deep_cost_no_time_and_leave_the_words() -> None:
    markup = "<div>" * 40_000 + "Die Worte." + "</div>" * 40_000
    started = time.perf_counter()
    assert clean_html(markup, None, ours=False) == plain_text(Raw(markup)) == "Die Worte."
    assert time.perf_counter() - started < 1
