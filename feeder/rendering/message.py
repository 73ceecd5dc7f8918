"""A digest as a message file: RFC 5322 headers, and both parts in quoted-printable.

The bytes are put together here and not by the email package, so that they are the same under every
Python, and then read back by it: what does not come back as it went in is not published.
"""

from __future__ import annotations

import binascii
import re
from email import message_from_bytes, policy
from email.header import Header
from email.utils import format_datetime, parseaddr
from urllib.parse import quote, urlsplit

from feeder import text
from feeder.errors import RenderError
from feeder.model import Digest, Edition
from feeder.rendering.look import Look

HEADER_LIMIT = 300
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def message(look: Look, edition: Edition, digest: Digest) -> bytes:
    """Write an edition's mail; same edition, same bytes.

    It is addressed to nobody: the carrier puts a recipient into To, or leaves it to the envelope.
    """
    headers = _headers(look, edition, digest)
    boundary = f"=_{text.digest(edition.id, digest.html, digest.text)}"
    lines = [f"{name}: {value}" for name, value in headers]
    lines += [f'Content-Type: multipart/alternative; boundary="{boundary}"', ""]
    for kind, words in (("plain", digest.text), ("html", digest.html)):
        lines += [
            f"--{boundary}",
            f'Content-Type: text/{kind}; charset="utf-8"',
            "Content-Transfer-Encoding: quoted-printable",
            "",
            _quoted_printable(words),
        ]
    data = "\r\n".join([*lines, f"--{boundary}--", ""]).encode("ascii")
    _read_back(data, [name for name, _ in headers] + ["Content-Type"], digest)
    return data


def _headers(look: Look, edition: Edition, digest: Digest) -> list[tuple[str, str]]:
    settings, publication = look.config.digest, look.config.publication
    _, sender = parseaddr(settings.sender)
    host = sender.rpartition("@")[2]
    moment = (edition.approved or edition.slot).astimezone(publication.zone)
    headers = [
        ("From", _address("digest.sender", settings.sender)),
        ("To", "undisclosed-recipients:;"),
        ("Reply-To", _address("digest.reply_to", settings.reply_to or settings.sender)),
        ("Subject", _words("Subject", digest.subject)),
        ("Date", format_datetime(moment)),
        ("Message-ID", f"<{edition.id}.{text.digest(publication.tag_authority, edition.id)[:12]}@{host}>"),
        ("List-Id", f"{_phrase('List-Id', publication.title)} <newsletter.{host}>"),
        ("List-Unsubscribe", f"<{_uri(settings.unsubscribe)}>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", publication.language),
        ("MIME-Version", "1.0"),
    ]
    if urlsplit(settings.unsubscribe).scheme == "https":
        headers.insert(8, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return headers


def _words(name: str, words: str) -> str:
    """A header's text; what is not plain ASCII, or looks like an encoded word, is encoded (RFC 2047)."""
    words = text.shorten(text.one_line(words), HEADER_LIMIT)
    if words.isascii() and "=?" not in words and len(name) + 2 + len(words) <= 76:
        return words
    return Header(words, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


def _phrase(name: str, words: str) -> str:
    """A display name: letters as they are, anything else encoded, nothing that needs quotes."""
    is_plain = re.fullmatch(r"[A-Za-z0-9]+([ -][A-Za-z0-9]+)*", words) and len(words) < 60
    return words if is_plain else _encoded(name, words)


def _encoded(name: str, words: str) -> str:
    words = text.shorten(text.one_line(words), HEADER_LIMIT)
    return Header(words, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


def _address(key: str, value: str) -> str:
    name, address = parseaddr(text.one_line(value))
    local, _, host = address.rpartition("@")
    if not _ATOM.fullmatch(local) or not _DOMAIN.fullmatch(host):
        raise RenderError(f"{key} in the configuration holds no mail address that a header can carry: {value!r}")
    return f"{_phrase('Reply-To', name)} <{address}>" if name else address


def _uri(uri: str) -> str:
    return quote(text.one_line(uri), safe="/?%:@!$&'()*+,;=~-._#")


def _quoted_printable(words: str) -> str:
    """Encode line by line: text lines end with CRLF, and none is longer than 76 (RFC 2045, 6.7)."""
    try:
        lines = words.encode().split(b"\n")
    except UnicodeEncodeError as error:
        raise RenderError(f"the digest holds what UTF-8 cannot: {error}") from error
    return "\r\n".join(binascii.b2a_qp(line, istext=False).decode("ascii").replace("\n", "\r\n") for line in lines)


def _read_back(data: bytes, names: list[str], digest: Digest) -> None:
    """Let the email package read it: the headers that were meant, and both parts word for word."""
    read = message_from_bytes(data, policy=policy.SMTP)
    if read.keys() != names:
        raise RenderError(f"the message came back with other headers: {', '.join(read.keys())}")
    if max(map(len, data.split(b"\r\n"))) > 998 or any(part.defects for part in read.walk()):
        raise RenderError("the message came back with defects")
    if str(read["Subject"]) != text.shorten(text.one_line(digest.subject), HEADER_LIMIT):
        raise RenderError(f"the subject came back as {str(read['Subject'])!r}")
    parts = [part for part in read.walk() if not part.is_multipart()]
    for part, kind, words in zip(parts, ("text/plain", "text/html"), (digest.text, digest.html), strict=True):
        payload = part.get_payload(decode=True)
        if part.get_content_type() != kind or payload != words.replace("\n", "\r\n").encode():
            raise RenderError(f"the {kind} part of the message did not come back as it was written")
