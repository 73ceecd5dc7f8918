"""What a Go template makes of our words is our words."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeder.delivery.go_templates import line, page, plain
from tests.delivery.go_fake import GoError, execute
from tests.delivery.listmonk_fake import short

MARK = "https://abmelden.invalid/0"
URL = "https://lists.test/subscription/1/2?a=1&b=2"
SHOWN = "https://lists.test/subscription/1/2?a=1&amp;b=2"
PIECES = (
    "{", "{{", "{{{", "}}", "}", "{{ TrackView }}", "{{-", "-}}", "{{/*", "*/}}", "{{ UnsubscribeURL }}",
    "https://medium.test/", "@TrackLink", '{{ TrackLink "https://a.test" }}', "@", '"', "'", "`", "\\", "\\n", "$1",
    "\n", "\t", " ", "ä", "€", "🤖", "&", "&amp;", "&lt;", "Titel", "{{ .Subscriber.Email }}", "\u2028",
)  # fmt: skip
words = st.lists(st.sampled_from((*PIECES, "<", "<!--", "-->", "<b", "</style>", ">")), max_size=12).map("".join)
escaped = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
REWRITTEN = "{{ TrackView }} https://medium.test/@TrackLink {@TrackLink https://a.test/{@TrackLink"
any_text = st.text(st.characters(exclude_categories=["Cs"]))


@given(words | any_text)
@example(REWRITTEN)
def test_a_line_is_printed_as_it_is(text: str):
    assert execute(short(line(text)), URL, is_html=False) == text


@given(words | any_text, words | any_text)
@example(REWRITTEN, REWRITTEN)
def test_a_text_is_printed_as_it_is_but_for_the_readers_link(before: str, after: str):
    printed = execute(short(plain(f"{before}{MARK}{after}", MARK)), URL)
    assert printed == f"{before}{SHOWN}{after}"


@given(escaped, escaped, words | any_text, escaped)
@example(REWRITTEN, REWRITTEN, REWRITTEN, REWRITTEN)
def test_a_page_is_printed_as_it_is_but_for_the_readers_link(text: str, attribute: str, comment: str, late: str):
    comment = comment.replace("-->", "").rstrip("-")
    title = attribute.replace('"', "&quot;")
    source = (
        f'<!DOCTYPE html><html><head><style>a{{color:red}}@media x{{b{{c:d}}}}</style></head><body title="{title}">'
        f'<!--[if mso]>{comment}<![endif]--><p>{text}</p><a href="{MARK}">ab</a>{late}{MARK}</body></html>'
    )
    made = page(source, MARK)
    printed = execute(short(made.source), URL)
    assert printed == SHOWN.join(made.seen)
    assert "track.test" not in printed
    assert html.unescape(MARK.join(made.seen)) == html.unescape(source)


def test_conditions_for_outlook_survive_with_the_link_inside():
    source = f'<p><!--[if mso]><a href="{MARK}">{{{{ x }}}} @TrackLink</a><![endif]--></p>'
    assert execute(short(page(source, MARK).source), URL) == source.replace(MARK, SHOWN)


def test_a_style_sheet_may_hold_what_begins_an_action():
    made = page("<style>@media x{{a:b}}</style>", MARK)
    assert execute(made.source, URL) == "<style>@media x{ {a:b}}</style>"


@pytest.mark.parametrize("text", ["{{ TrackView }}", "a < b", "<!-- weg -->", "https://medium.test/@TrackLink"])
def test_the_imitated_templates_would_change_what_is_not_escaped(text: str):
    assert execute(short(text), URL) != text


@pytest.mark.parametrize(
    "text", ["{{ x", "{{ .Subscriber }}", '{{ "\n" }}', "<b", "{{{ TrackView . }}", "{{ exec . }}"]
)
def test_the_imitated_templates_refuse_what_go_refuses(text: str):
    with pytest.raises(GoError):
        execute(text, URL)


def test_most_of_a_page_stays_readable_to_who_opens_it_in_listmonk():
    source = f'<h1>Drei Fragen</h1><p>§ 5 & mehr: {{ok}}</p><a href="{MARK}">ab</a>'
    assert page(source, MARK).source == source.replace(MARK, "{{ UnsubscribeURL }}")
    assert re.fullmatch(r"Guten Tag \{x\}\n\{\{ UnsubscribeURL \}\}\n", plain(f"Guten Tag {{x}}\n{MARK}\n", MARK))
