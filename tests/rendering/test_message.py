"""The message file is read back by Python's email package, as a mail program would read it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import text
from feeder.errors import RenderError
from feeder.model import Digest, Edition
from feeder.rendering.digest import render_digest
from feeder.rendering.look import Look
from feeder.rendering.message import message
from tests.rendering import samples

HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]
DIGEST = Digest("Betreff", "Vorschau", "<!doctype html>\n<p>Grüße</p>\n", "Grüße\n")
INJECTIONS = (
    "=?UTF-8?Q?=0A?=Bcc: x@y.example",
    "=?utf-8?b?Cg==?= =?utf-8?q?Bcc:_x@y?=",
    "Titel\r\nBcc: x@y.example",
    "Titel\nBcc: x@y.example\n\n<h1>Inhalt</h1>",
    "Titel\rX-Header: 1",
    "Titel\x0bBcc: x@y.example",
    "Titel\x00\x85\u2028Bcc: x@y.example",
    "Zahlen: " + "9" * 5000,
    "Plain words, too many for one line, " * 6,
    "ä" * 5000,
    "🤖" * 300,
    "a" * 74 + " =?",
    "=?",
    "?=",
    "",
    " ",
)


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.SMTP)


def contents(data: bytes) -> list[tuple[str, str]]:
    """Type and text of the parts, as they were before they became lines of a mail."""
    parts = [part for part in read(data).walk() if not part.is_multipart()]
    payloads = [part.get_payload(decode=True) for part in parts]
    assert all(isinstance(payload, bytes) for payload in payloads)
    return [
        (part.get_content_type(), payload.decode().replace("\r\n", "\n"))
        for part, payload in zip(parts, payloads, strict=True)
        if isinstance(payload, bytes)
    ]


def with_digest(look: Look, **values: object) -> Look:
    settings = look.config.digest.model_copy(update=values)
    return replace(look, config=look.config.model_copy(update={"digest": settings}))


@pytest.fixture
def edition(root: Path) -> Edition:
    return samples.edition(samples.own(root))


def test_a_mail_program_reads_what_was_written(look: Look, root: Path, edition: Edition) -> None:
    own = samples.own(root)
    digest = render_digest(look, edition, {own.story.id: own})
    data = message(look, edition, digest)
    mail = read(data)
    assert mail.keys() == HEADERS
    assert mail["Subject"] == "Microsoft verliert Kontrolle über OpenAI?"
    assert mail["From"] == "KI-News <newsletter@ki-news.example>"
    assert mail["List-Id"] == "KI-News <newsletter.ki-news.example>"
    assert mail["List-Unsubscribe"] == "<mailto:abmelden@ki-news.example>"
    assert mail["Content-Language"] == "de"
    assert mail.get_content_type() == "multipart/alternative"
    assert contents(data) == [("text/plain", digest.text), ("text/html", digest.html)]


def test_the_mail_is_addressed_to_nobody(look: Look, edition: Edition) -> None:
    assert read(message(look, edition, DIGEST))["To"] == "undisclosed-recipients:;"


def test_date_and_message_id_come_from_the_edition(look: Look, edition: Edition) -> None:
    edition = replace(edition, approved=datetime(2025, 11, 24, 5, 58, 7, tzinfo=UTC))
    mail = read(message(look, edition, DIGEST))
    assert mail["Date"] == "Mon, 24 Nov 2025 06:58:07 +0100"
    assert parsedate_to_datetime(mail["Date"]) == edition.approved
    assert mail["Message-ID"].startswith("<2025-11-23-0700.")
    assert mail["Message-ID"].endswith("@ki-news.example>")
    draft = read(message(look, replace(edition, approved=None), DIGEST))
    assert parsedate_to_datetime(draft["Date"]) == edition.slot
    assert draft["Message-ID"] == mail["Message-ID"]


def test_the_same_edition_is_the_same_bytes(look: Look, edition: Edition) -> None:
    assert message(look, edition, DIGEST) == message(look, edition, DIGEST)
    assert message(look, edition, DIGEST) != message(look, replace(edition, id="2025-11-24-0700"), DIGEST)


@pytest.mark.parametrize("title", INJECTIONS)
def test_no_title_adds_a_header(look: Look, edition: Edition, title: str) -> None:
    data = message(look, edition, replace(DIGEST, subject=title))
    mail = read(data)
    assert mail.keys() == HEADERS
    assert mail["Subject"] == text.shorten(text.one_line(title), 300)
    head = data.split(b"\r\n\r\n")[0].replace(b"=_", b"")
    assert not any(line.lower().startswith((b"bcc", b"x-header")) for line in head.split(b"\r\n"))
    assert b"=?" not in re.sub(rb"=\?utf-8\?[bq]\?[^?\s]{1,66}\?=", b"", head), "what looks encoded is encoded"
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))


@given(subject=st.text(), plain=st.text(), html=st.text())
def test_any_words_come_back_as_they_went_in(look: Look, subject: str, plain: str, html: str) -> None:
    edition = samples.edition()
    data = message(look, edition, Digest(subject, "", html, plain))
    assert read(data)["Subject"] == text.shorten(text.one_line(subject), 300)
    wire = [part.get_payload(decode=True) for part in read(data).walk() if not part.is_multipart()]
    assert wire == [words.replace("\n", "\r\n").encode() for words in (plain, html)]
    assert data.isascii()
    lines = data.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    body = lines[lines.index(b"") :]
    assert max(map(len, body)) <= 76
    assert max(map(len, lines)) <= 78


@given(name=st.text(max_size=90))
def test_any_name_of_a_sender_or_a_publication_is_just_a_name(look: Look, name: str) -> None:
    publication = look.config.publication.model_copy(update={"title": name})
    named = replace(look, config=look.config.model_copy(update={"publication": publication}))
    mail = read(message(named, samples.edition(), DIGEST))
    assert mail.keys() == HEADERS
    assert mail["List-Id"].endswith("<newsletter.ki-news.example>")


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("newsletter@ki-news.example", ""),
        ("Jörg Straße <newsletter@ki-news.example>", "Jörg Straße"),
        ('"News, täglich" <newsletter@ki-news.example>', "News, täglich"),
        ('"KI: \\"News\\"" <newsletter@ki-news.example>', 'KI: "News"'),
    ],
)
def test_the_senders_name_arrives(look: Look, edition: Edition, sender: str, name: str) -> None:
    mail = read(message(with_digest(look, sender=sender), edition, DIGEST))
    [address] = mail["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "newsletter@ki-news.example")
    assert parseaddr(mail["Reply-To"])[1] == "newsletter@ki-news.example"


@pytest.mark.parametrize("sender", ["KI-News", "a@b@c", "a b@c.example", "ä@ki-news.example"])
def test_a_sender_without_a_usable_address_is_refused(look: Look, edition: Edition, sender: str) -> None:
    with pytest.raises(RenderError, match=r"digest\.sender"):
        message(with_digest(look, sender=sender), edition, DIGEST)


def test_answers_go_where_the_newsroom_wants_them(look: Look, edition: Edition) -> None:
    mail = read(message(with_digest(look, reply_to="redaktion@ki-news.example"), edition, DIGEST))
    assert mail["Reply-To"] == "redaktion@ki-news.example"


def test_the_published_mail_promises_nobody_one_click(look: Look, edition: Edition) -> None:
    """It holds nobody's token, so that a click could not say who leaves."""
    web = with_digest(look, unsubscribe="https://ki-news.example/abmelden?t=1")
    mail = read(message(web, edition, DIGEST))
    assert mail["List-Unsubscribe"] == "<https://ki-news.example/abmelden?t=1>"
    assert mail["List-Unsubscribe-Post"] is None


def test_what_utf_8_cannot_hold_is_refused(look: Look, edition: Edition) -> None:
    with pytest.raises(RenderError, match="UTF-8"):
        message(look, edition, replace(DIGEST, html="\ud800"))
