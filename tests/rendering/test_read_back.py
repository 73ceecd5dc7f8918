"""What reading a message back finds: each way in which it may have been written wrongly."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feeder.errors import RenderError
from feeder.model import Digest
from feeder.rendering import message as writing
from feeder.rendering.look import Look
from feeder.rendering.message import letter, message
from feeder.rendering.read_back import read_back
from tests.rendering import samples

DIGEST = Digest("Betreff", "", "<p>Seite</p>", "Grüße\n")
HEADERS = [
    ("From", "a@b.example"),
    ("To", "c@d.example"),
    ("Reply-To", "a@b.example"),
    ("Subject", "Betreff"),
    ("MIME-Version", "1.0"),
]
DATA = (
    b"From: a@b.example\r\nTo: c@d.example\r\nReply-To: a@b.example\r\nSubject: Betreff\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="=_1"\r\n\r\n'
    b'--=_1\r\nContent-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    b"Gr=C3=BC=C3=9Fe\r\n\r\n"
    b'--=_1\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    b"<p>Seite</p>\r\n--=_1--\r\n"
)


def test_what_was_written_rightly_is_read_back() -> None:
    read_back(DATA, HEADERS, DIGEST)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda data: data.replace(b"Subject:", b"Bcc: x@y.example\r\nSubject:"),
            "other headers: From, To, Reply-To, Bcc",
        ),
        (lambda data: data.replace(b"MIME-Version: 1.0\r\n", b""), "other headers"),
        (lambda data: data.replace(b"From: a@b.example", b"From: bank@b.example"), "other headers"),
        (lambda data: data.replace(b"Content-Type: multipart", b"Content-Kind: multipart", 1), "other headers"),
        (lambda data: data.replace(b"\r\nGr=", b"\r\n" + b"=\r\n" + b"x" * 77 + b"=\r\nGr="), "too long"),
        (lambda data: data.replace(b'"=_1"\r\n', b'"=_1";\r\n x="' + b"y" * 999 + b'"\r\n'), "too long"),
        (lambda data: data.replace(b"\r\nGr=", b"\r\n.Gr="), "a server would change"),
        (lambda data: data.replace(b"\r\nGr=", b"\r\nFrom =\r\nGr="), "a server would change"),
        (lambda data: data.replace(b"=_1--\r\n", b"=_1\r\n"), "defects"),
        (lambda data: data.replace(b"Gr=C3", b"Br=C3"), "text/plain part"),
        (lambda data: data.replace(b"Seite", b"Saite"), "text/html part"),
        (lambda data: data.replace(b"text/html", b"text/plain"), "text/html part"),
    ],
)
def test_what_was_written_wrongly_is_not_published(change: Callable[[bytes], bytes], complaint: str) -> None:
    assert change(DATA) != DATA
    with pytest.raises(RenderError, match=complaint):
        read_back(change(DATA), HEADERS, DIGEST)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("To", "c@d.example, e@f.example", "2 addresses in To"),
        ("From", "a@b.example, e@f.example", "2 addresses in From"),
        ("Reply-To", "a@b.example, e@f.example", "addresses in Reply-To"),
        ("Subject", "=?utf-8?q?Bet=72iff?=", "subject came back as 'Betriff'"),
    ],
)
def test_what_a_header_says_is_read_too(name: str, value: str, complaint: str) -> None:
    headers = [(key, value if key == name else old) for key, old in HEADERS]
    old = dict(HEADERS)[name]
    data = DATA.replace(f"{name}: {old}\r\n".encode(), f"{name}: {value}\r\n".encode(), 1)
    with pytest.raises(RenderError, match=complaint):
        read_back(data, headers, DIGEST)


def test_nothing_is_written_that_is_not_read_back(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = samples.edition()
    monkeypatch.setattr(writing, "_encoded_line", lambda *_: "etwas anderes")
    with pytest.raises(RenderError, match="text/plain part"):
        message(look, edition, DIGEST)
    with pytest.raises(RenderError, match="text/plain part"):
        letter(look, edition, DIGEST, unsubscribe="mailto:a@b.example")
