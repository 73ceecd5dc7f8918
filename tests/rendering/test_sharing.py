"""Share links: what a network is told, exactly and nothing else."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from feeder.model import Origin, Provenance
from feeder.rendering.entries import story_entry
from feeder.rendering.look import Look
from feeder.rendering.sharing import push, share_links
from feeder.text import one_line
from tests.rendering import samples
from tests.strategies import texts

TITLE = "Größe & „Macht“: 100 % KI? #eins + a/b"
URL = "https://ki-news.example/feeds/stories/a/?x=1&y=%C3%BC"


def test_every_network_gets_headline_and_address_and_nothing_else(look: Look):
    links = {link.label: link.url for link in share_links(look, TITLE, URL)}
    assert list(links) == ["E-Mail", "WhatsApp", "LinkedIn", "X", "Mastodon", "Bluesky", "Facebook", "Telegram"]
    both = f"{TITLE} {URL}"
    assert parse_qs(urlsplit(links["WhatsApp"]).query) == {"text": [both]}
    assert parse_qs(urlsplit(links["LinkedIn"]).query) == {"url": [URL]}
    assert parse_qs(urlsplit(links["X"]).query) == {"text": [TITLE], "url": [URL]}
    assert unquote(urlsplit(links["Mastodon"]).fragment) == f"text={both}"
    assert parse_qs(urlsplit(links["Bluesky"]).query) == {"text": [both]}
    assert parse_qs(urlsplit(links["Facebook"]).query) == {"u": [URL]}
    assert parse_qs(urlsplit(links["Telegram"]).query) == {"url": [URL], "text": [TITLE]}


def test_a_mail_opens_with_subject_and_body(look: Look):
    mail = share_links(look, TITLE, URL)[0].url
    assert mail.startswith("mailto:?subject=Gr%C3%B6%C3%9Fe%20%26%20")
    fields = dict(field.split("=", 1) for field in mail.removeprefix("mailto:?").split("&"))
    assert unquote(fields["subject"]) == TITLE
    assert unquote(fields["body"]) == f"{TITLE}\r\n\r\n{URL}"


def test_only_the_configured_networks_are_offered_in_their_order(look: Look):
    share = look.config.share.model_copy(update={"networks": ("telegram", "mail")})
    narrow = replace(look, config=look.config.model_copy(update={"share": share}))
    assert [link.label for link in share_links(narrow, TITLE, URL)] == ["Telegram", "E-Mail"]


@given(texts())
def test_no_headline_breaks_a_link_or_smuggles_in_a_header(look: Look, title: str):
    for link in share_links(look, title, URL):
        assert link.url.isascii()
        assert not set(link.url) & set(" \r\n\t\"'<>")
    subject = share_links(look, title, URL)[0].url.removeprefix("mailto:?subject=").split("&body=")[0]
    EmailMessage()["Subject"] = unquote(subject)


def test_a_push_message_has_headline_teaser_and_address() -> None:
    assert push("Ein Modell ist da", "Es rechnet. Es kostet fünf Euro.", URL) == (
        f"Ein Modell ist da: Es rechnet. Es kostet fünf Euro. {URL}"
    )
    assert push("Ist ein Modell da?", "Ja.", URL) == f"Ist ein Modell da? Ja. {URL}"
    assert push("Ein Modell ist da", "", URL) == f"Ein Modell ist da {URL}"
    assert push("", "Es rechnet.", URL) == f"Es rechnet. {URL}"
    assert push("", "", URL) == ""


def test_a_push_message_drops_whole_sentences_that_do_not_fit() -> None:
    assert push("Ein Modell ist da", f"Es rechnet. {'Sehr ' * 60}lang.", URL) == f"Ein Modell ist da: Es rechnet. {URL}"


@given(st.text(max_size=400), st.text(max_size=400), st.integers(0, 400))
def test_a_push_message_has_at_most_280_characters_and_ends_with_its_whole_address(
    title: str, teaser: str, length: int
) -> None:
    url = f"https://a.example/{'x' * length}"
    words = push(title, teaser, url)
    assert len(words) <= 280
    assert words == "" or words.endswith(f" {url}")
    assert words or length > 200 or not one_line(title)


def test_what_a_model_wrote_is_in_no_push_message_since_no_label_would_be(look: Look) -> None:
    telling = samples.licensed()
    revision = replace(telling.revision, teaser="Ein Satz der Maschine.")
    for origin, is_in in ((Origin.EXCERPT, True), (Origin.AI_GENERATED, False)):
        words = replace(revision, provenance=Provenance(origin))
        told = story_entry(look, replace(telling, revision=words)).extension["push"]
        assert ("Maschine" in str(told)) == is_in
