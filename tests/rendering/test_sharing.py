"""Share links: what a network is told, exactly and nothing else."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given

from feeder.rendering.look import Look
from feeder.rendering.sharing import share_links
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
