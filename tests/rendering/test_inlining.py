"""The mail's style sheet, written into tags: once, whole, and never into what is not a tag."""

from __future__ import annotations

from html import escape

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import RenderError
from feeder.rendering.inlining import sheet

CSS = """
/* a comment { with: braces } */
.a { margin: 0; color: #112233 }
.b, .prose p { font-family: Georgia, "Times New Roman", serif }
.prose h5, .prose a { margin: 0 }
@media (prefers-color-scheme: dark) { .a { color: #ffffff !important; } }
"""


def test_a_class_stays_only_where_the_rest_of_the_sheet_needs_it() -> None:
    told = sheet(CSS)
    assert told.inline('<p class="a">') == '<p class="a" style="margin:0;color:#112233">'
    assert "class" not in told.inline('<p class="b">')
    assert "'Times New Roman'" in told.inline('<p class="b">')
    assert "Georgia" in told.inline('<p class="a b">')
    assert told.at_rules.startswith("@media (prefers-color-scheme: dark)")
    assert "112233" not in told.at_rules


def test_a_class_without_a_rule_is_a_mistake_that_says_where() -> None:
    for words in ('<p class="c">', '<p class="a c">', '<p class="{{ kind }}">'):
        with pytest.raises(RenderError, match=r"templates/digest\.css: has no rule for class"):
            sheet(CSS).inline(words)


@pytest.mark.parametrize("selector", ["p", ".a .b", "td.a", "#a", ".a:hover", ".prose > p"])
def test_a_selector_that_cannot_be_written_into_a_tag_is_refused(selector: str) -> None:
    with pytest.raises(RenderError, match=r"must be one class, or \.prose and a tag"):
        sheet(f"{selector} {{ color: red }}")


TEXT = st.text("abp <>\"'=/&h3style", max_size=20)


@given(words=TEXT, title=TEXT)
def test_only_tags_are_given_style_whatever_their_attributes_say(words: str, title: str) -> None:
    html = f'<h3>{escape(words)}</h3><p><a href="https://a.example/" title="{title.replace(chr(34), "")}">x</a></p>'
    before = lxml.html.fragment_fromstring(html, create_parent="div")
    after = lxml.html.fragment_fromstring(sheet(CSS).prose_html(html, 2), create_parent="div")
    assert [one.tag for one in after.iter()] == [{"h3": "h5"}.get(one.tag, one.tag) for one in before.iter()]
    assert after.text_content() == before.text_content()
    for old, new in zip(before.iter(), after.iter(), strict=True):
        assert {key: value for key, value in new.attrib.items() if key != "style"} == dict(old.attrib)
        assert ("style" in new.attrib) == (new.tag in ("p", "h5", "a"))
