"""Letters: what is written once, and the few bytes of it that are a recipient's."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from html import escape
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feeder import text
from feeder.errors import DeliveryError, RenderError
from feeder.model import Digest, Edition, Hole, Recipient
from feeder.model.mail import TOKEN_MARK
from feeder.model.mailboxes import NAME_LIMIT
from feeder.rendering.digest import render_digest
from feeder.rendering.look import Look
from feeder.rendering.message import letter, marked
from tests.rendering import samples
from tests.rendering.hostile import ADDRESSES, TEXTS

LEAVE = "https://ki-news.example/leave?k=1&t={token}&s=ja"
LINK = marked(LEAVE)
HTML = f'<!doctype html>\n<p>Grüße</p>\n<p><a href="{escape(LINK)}">Abmelden</a></p>\n'
DIGEST = Digest("Betreff", "Vorschau", HTML, f"Grüße\n\nAbmelden:\n{LINK}\n")
ANNA = Recipient("anna@leser.example", "Anna Müller", "anna-1")
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]
EDITION = samples.edition()
TOKENS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.SMTP)


def wire(data: bytes) -> list[bytes]:
    """Both parts decoded, text first."""
    payloads = [part.get_payload(decode=True) for part in read(data).walk() if not part.is_multipart()]
    return [payload for payload in payloads if isinstance(payload, bytes)]


def bodies(data: bytes) -> list[str]:
    """Both parts, with the line ends of a digest."""
    return [payload.decode().replace("\r\n", "\n") for payload in wire(data)]


def name_in(header: str) -> str:
    """The display name, decoded word by word, as a mail program does."""
    return str(make_header(decode_header(re.sub(r"\r\n\s", " ", header.rpartition("<")[0]).strip())))


def sane(data: bytes, headers: list[str] = HEADERS) -> EmailMessage:
    """Assert what holds of every message, whatever was written into it; the lines are read as a server reads them."""
    head, _, body = data.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert names == headers
    assert data.isascii()
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(?<!\r)\n|\r(?!\n)", data)
    assert data.endswith(b"\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not re.search(rb"^(\.|From )", data, re.MULTILINE)
    mail = read(data)
    assert mail.keys() == headers
    return mail


@pytest.fixture
def edition(root: Path) -> Edition:
    return samples.edition(samples.own(root))


def test_a_mail_program_reads_a_letter_as_it_was_meant(look: Look, root: Path, edition: Edition) -> None:
    own = samples.own(root)
    digest = render_digest(look, edition, {own.story.id: own}, LINK)
    data = letter(look, edition, digest, unsubscribe=LEAVE).fill(ANNA)
    mail = sane(data)
    assert mail["From"] == "KI-News <newsletter@ki-news.example>"
    assert mail["To"] == "Anna Müller <anna@leser.example>"
    assert mail["Reply-To"] == "KI-News <newsletter@ki-news.example>"
    assert mail["Subject"] == "Microsoft verliert Kontrolle über OpenAI?"
    assert mail["List-Id"] == "KI-News <newsletter.ki-news.example>"
    assert mail["List-Unsubscribe"] == (
        "<https://ki-news.example/leave?k=1&t=anna-1&s=ja>, <mailto:abmelden@ki-news.example>"
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "de"
    assert bodies(data) == [part.replace(TOKEN_MARK, "anna-1") for part in (digest.text, digest.html)]
    assert TOKEN_MARK not in "".join(bodies(data))


def test_the_token_stands_in_both_parts_and_needs_no_escaping(look: Look) -> None:
    plain, html = bodies(letter(look, EDITION, DIGEST, unsubscribe=LEAVE).fill(ANNA))
    assert "https://ki-news.example/leave?k=1&t=anna-1&s=ja\n" in plain
    assert 'href="https://ki-news.example/leave?k=1&amp;t=anna-1&amp;s=ja"' in html


def test_the_message_id_is_of_the_edition_and_the_recipient(look: Look) -> None:
    ours = letter(look, EDITION, DIGEST, unsubscribe=LEAVE)

    def identity(recipient: Recipient) -> str:
        return str(read(ours.fill(recipient))["Message-ID"])

    assert re.fullmatch(r"<2025-11-23-0700\.[0-9a-f]{20}@ki-news\.example>", identity(ANNA))
    assert identity(ANNA) == identity(replace(ANNA, name="A. M.", token="anna-2"))
    assert identity(ANNA) != identity(replace(ANNA, address="bert@leser.example"))
    assert identity(ANNA) == identity(replace(ANNA, address="anna@LESER.example")), "a domain knows no case"
    other = letter(look, replace(EDITION, id="2025-11-24-0700"), DIGEST, unsubscribe=LEAVE)
    assert str(read(other.fill(ANNA))["Message-ID"]).split(".")[1] != identity(ANNA).split(".")[1]
    publication = look.config.publication.model_copy(update={"tag_authority": "andere.example,2025"})
    theirs = letter(
        replace(look, config=look.config.model_copy(update={"publication": publication})),
        EDITION,
        DIGEST,
        unsubscribe=LEAVE,
    )
    assert read(theirs.fill(ANNA))["Message-ID"] != identity(ANNA)


def test_the_same_recipient_is_the_same_bytes(look: Look) -> None:
    ours, again = (letter(look, EDITION, DIGEST, unsubscribe=LEAVE) for _ in range(2))
    assert ours == again
    assert ours.fill(ANNA) == again.fill(ANNA)
    assert ours.sender == "newsletter@ki-news.example"


def test_only_what_is_the_recipients_differs(look: Look) -> None:
    ours = letter(look, EDITION, DIGEST, unsubscribe=LEAVE)
    assert ours.holes == (Hole.TO, Hole.MESSAGE_ID, Hole.TOKEN, Hole.TOKEN, Hole.TOKEN)
    assert len(ours.parts) == len(ours.holes) + 1
    bert = ours.fill(Recipient("bert@leser.example", "", "bert-1"))
    changed = [
        pair for pair in zip(ours.fill(ANNA).split(b"\r\n"), bert.split(b"\r\n"), strict=True) if pair[0] != pair[1]
    ]
    assert len(changed) == len(ours.holes)


def test_a_list_gets_one_message_without_holes(look: Look) -> None:
    digest = Digest("Betreff", "", "<p>Grüße</p>", "Grüße\n")
    ours = letter(look, EDITION, digest, unsubscribe="mailto:leave@liste.example", to="Die Liste <ki@liste.example>")
    assert ours.holes == ()
    assert ours.fill(Recipient("ki@liste.example")) == ours.parts[0]
    mail = sane(ours.parts[0], [name for name in HEADERS if name != "List-Unsubscribe-Post"])
    assert mail["To"] == "Die Liste <ki@liste.example>"
    assert mail["List-Unsubscribe"] == "<mailto:leave@liste.example>"
    single = letter(look, EDITION, digest, unsubscribe="mailto:leave@liste.example").fill(Recipient("ki@liste.example"))
    assert read(single)["Message-ID"] == mail["Message-ID"]


def test_a_list_cannot_have_a_token(look: Look) -> None:
    with pytest.raises(RenderError, match=r"carriers\.smtp\.unsubscribe holds \{token\}"):
        letter(look, EDITION, DIGEST, unsubscribe=LEAVE, to="ki@liste.example")


def test_one_click_is_promised_only_where_a_click_says_who_leaves(look: Look) -> None:
    digest = Digest("Betreff", "", "<p>Grüße</p>", "Grüße\n")
    page = read(letter(look, EDITION, digest, unsubscribe="https://ki-news.example/leave").fill(ANNA))
    assert page["List-Unsubscribe-Post"] is None
    assert page["List-Unsubscribe"] == "<https://ki-news.example/leave>, <mailto:abmelden@ki-news.example>"
    post = read(letter(look, EDITION, digest, unsubscribe="mailto:leave@ki-news.example").fill(ANNA))
    assert post["List-Unsubscribe-Post"] is None
    assert post["List-Unsubscribe"] == "<mailto:leave@ki-news.example>"


@pytest.mark.parametrize(
    "bait",
    [
        TOKEN_MARK,
        f"https://boese.example/?t={TOKEN_MARK}",
        f"https://boese.example/?u={LINK}",
        f"{LINK}&boese=1",
        f"x{LINK}",
    ],
)
def test_nobody_elses_words_get_a_token(look: Look, bait: str) -> None:
    digest = replace(
        DIGEST, html=f'<a href="{escape(bait)}">{escape(bait)}</a>{HTML}', text=f"{bait}\n{DIGEST.text}", subject=bait
    )
    data = letter(look, EDITION, digest, unsubscribe=LEAVE).fill(ANNA)
    plain, html = bodies(data)
    assert (plain.count("anna-1"), html.count("anna-1")) == (1, 1)
    assert bait in plain
    assert escape(bait) in html
    assert "anna-1" not in read(data)["Subject"]


@pytest.mark.parametrize("part", ["html", "text"])
def test_a_digest_without_the_recipients_link_is_no_letter(look: Look, part: str) -> None:
    digest = replace(DIGEST, **{part: f"Abmelden: https://boese.example/?t={TOKEN_MARK}"})
    with pytest.raises(RenderError, match=f"(?i)digest's {part} show no unsubscribe link"):
        letter(look, EDITION, digest, unsubscribe=LEAVE)


@pytest.mark.parametrize(
    "token", ["", "a" * 65, "ä", "a b", "a\r\nBcc: x@y.example", ".", "a=b", "a\n", "<", '"', "%41", "a/b"]
)
def test_a_token_that_is_none_is_not_sent(look: Look, token: str) -> None:
    ours = letter(look, EDITION, DIGEST, unsubscribe=LEAVE)
    with pytest.raises(DeliveryError, match=r"anna@leser\.example' has no token"):
        ours.fill(replace(ANNA, token=token))


@given(
    plain=st.text(),
    html=st.text(),
    tail=st.text(),
    token=TOKENS,
    indent=st.integers(0, 90),
    dots=st.lists(st.sampled_from([".", "From ", "\n", " ", "ä", "." * 75, "x" * 74, "=", "\t", "\0"])).map("".join),
)
def test_any_words_around_a_token_come_back(
    look: Look, plain: str, html: str, tail: str, token: str, indent: int, dots: str
) -> None:
    before = f"{dots}{'x' * indent}"
    digest = Digest("B", "", f'{html}{before}"{LINK}"{tail}', f"{plain}{before} {LINK} {tail}{dots}\n{LINK}")
    assume(LINK not in plain + html + tail)
    data = letter(look, EDITION, digest, unsubscribe=LEAVE).fill(replace(ANNA, token=token))
    sane(data)
    meant = [words.replace(LINK, LINK.replace(TOKEN_MARK, token)) for words in (digest.text, digest.html)]
    assert wire(data) == [words.replace("\n", "\r\n").encode() for words in meant]


@pytest.mark.parametrize("last", ["x", "ü", ".", "=", "From", " "])
def test_before_a_token_a_full_line_is_broken_once_more(look: Look, last: str) -> None:
    """Wherever the line ends that quoted-printable makes of what stands before the address."""
    for indent in range(25, 45):
        for fill in ("x", "."):
            words = f"{fill * indent}{last} "
            digest = replace(DIGEST, html=f'{words.strip()}"{LINK}"', text=f"{words}{LINK}")
            data = letter(look, EDITION, digest, unsubscribe=LEAVE).fill(ANNA)
            sane(data)
            assert bodies(data)[0] == digest.text.replace(TOKEN_MARK, "anna-1")


@pytest.mark.parametrize("before", ["x", ".", "ü", "="])
def test_a_line_may_be_full_where_the_token_begins(look: Look, before: str) -> None:
    """An address of which the last character before the token falls on every column."""
    for length in range(50, 62):
        leave = f"https://k.example/{'a' * length}{before}{{token}}"
        digest = Digest("B", "", f'<a href="{marked(leave)}">x</a>', marked(leave))
        data = letter(look, EDITION, digest, unsubscribe=leave).fill(ANNA)
        sane(data)
        assert bodies(data)[0] == leave.replace("{token}", "anna-1")


@pytest.mark.parametrize("leave", ["https://k.example/?a=1&b='&t={token}", "https://k.example/{token}/{token}"])
def test_an_address_is_found_however_a_page_escapes_it(look: Look, leave: str) -> None:
    link = marked(leave)
    for form in (link, escape(link), escape(link, quote=False), escape(link).replace("&#x27;", "&#39;")):
        digest = Digest("B", "", f'<a href="{form}">x</a>', link)
        if "&#x27;" not in form:
            assert "anna-1" in bodies(letter(look, EDITION, digest, unsubscribe=leave).fill(ANNA))[1]


def test_no_words_add_a_header_or_a_recipient(look: Look) -> None:
    """Each as subject (which is a title), as the publication's name and as a recipient's name."""
    for words in TEXTS:
        publication = look.config.publication.model_copy(update={"title": words})
        named = replace(look, config=look.config.model_copy(update={"publication": publication}))
        digest = replace(DIGEST, subject=words, text=f"{text.fit(words)}\n{DIGEST.text}")
        data = letter(named, EDITION, digest, unsubscribe=LEAVE).fill(replace(ANNA, name=words))
        mail = sane(data)
        assert mail["Subject"] == text.shorten(text.one_line(words), 300), words
        assert [one.addr_spec for one in mail["To"].addresses] == ["anna@leser.example"], words
        [raw] = [value for name, value in message_from_bytes(data).items() if name == "To"]
        assert name_in(raw) == text.shorten(text.one_line(words), NAME_LIMIT), words
        assert mail["List-Id"].endswith("<newsletter.ki-news.example>"), words
        assert wire(data)[0].startswith(text.fit(words).replace("\n", "\r\n").encode()), words


def test_no_address_adds_a_header_or_a_recipient(look: Look) -> None:
    ours = letter(look, EDITION, DIGEST, unsubscribe=LEAVE)
    for address in (*ADDRESSES, *(words for words in TEXTS if "@" in words)):
        with pytest.raises(DeliveryError) as caught:
            ours.fill(replace(ANNA, address=address))
        assert ascii(address) in str(caught.value)
        assert "\n" not in str(caught.value)


@given(name=st.text(), address=st.one_of(st.emails(), st.text()))
def test_any_recipient_is_written_to_alone_or_not_at_all(look: Look, name: str, address: str) -> None:
    ours = letter(look, EDITION, DIGEST, unsubscribe=LEAVE)
    try:
        data = ours.fill(Recipient(address, name, "t"))
    except DeliveryError:
        return
    [one] = sane(data)["To"].addresses
    local, _, host = address.rpartition("@")
    assert one.addr_spec.rpartition("@")[0] == local
    assert one.addr_spec.rpartition("@")[2].isascii()
    if host.isascii():
        assert one.addr_spec == f"{local}@{host.lower()}"


def test_breaks_in_addresses_on_the_web_add_no_header(look: Look) -> None:
    for line in ("\r\n", "\n", "\r", "\u2028", "\x00", "%0d%0a"):
        leave = f"https://ki-news.example/{line}Bcc: x@boese.example?t={{token}}"
        link = marked(leave)
        digest = Digest("B", "", f'<a href="{link}">x</a>', f"{link}\n")
        try:
            data = letter(look, EDITION, digest, unsubscribe=leave).fill(ANNA)
        except RenderError:
            continue
        assert "Bcc" not in sane(data)
