"""A digest as a message: RFC 5322 headers, and both parts in quoted-printable.

The bytes are put together here and not by the email package, so that they are the same under every
Python, and then read back by it: what does not come back as it went in is not published.
"""

from __future__ import annotations

import binascii
import html
import re
from dataclasses import dataclass
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from feeder import text
from feeder.errors import DeliveryError, RenderError
from feeder.model import Digest, Edition, Hole, Letter, Recipient
from feeder.model.mail import TOKEN_MARK
from feeder.model.mailboxes import HEADER_LIMIT, encoded, mailbox, phrase, wire_address
from feeder.rendering.look import Look
from feeder.rendering.read_back import BODY_LINE_LIMIT, read_back

TOKEN = "{token}"  # noqa: S105 - where a configured address holds the recipient's token
# Holes while a message is still text; headers lose controls and quoted-printable encodes them, so nothing else is one.
_HOLES = {"\x01": Hole.TO, "\x02": Hole.MESSAGE_ID, "\x03": Hole.TOKEN}
_TO, _MESSAGE_ID, _TOKEN = _HOLES
_SAMPLE = Recipient("empfang@leser.example", "Jörg „Straße“, Leser", "x" * 64)


@dataclass(frozen=True, slots=True)
class _Route:
    """What differs between a digest's file, its letter to a list and its letters to recipients."""

    to: str
    message_id: str
    leave: tuple[str, ...]
    one_click: bool = False


def message(look: Look, edition: Edition, digest: Digest) -> bytes:
    """Write an edition's mail as it is published; same edition, same bytes.

    It is addressed to nobody: `letter` is for those who carry it to somebody.
    """
    stamp = text.digest(look.config.publication.tag_authority, edition.id)[:12]
    headers = _headers(
        look, edition, digest, _Route("undisclosed-recipients:;", stamp, (look.config.digest.unsubscribe,))
    )
    data = _write(headers, edition, digest, None).encode("ascii")
    read_back(data, headers, digest)
    return data


def marked(unsubscribe: str) -> str:
    """The address that a digest for a letter is rendered with: the mark where the recipient's token belongs."""
    return unsubscribe.replace(TOKEN, TOKEN_MARK)


def letter(look: Look, edition: Edition, digest: Digest, *, unsubscribe: str, to: str | None = None) -> Letter:
    """Write an edition's mail but for its recipient; same inputs, same bytes.

    `unsubscribe` is how they leave, with {token} where theirs belongs; the digest was rendered with `marked` of it.
    Only in that address is the mark filled: what a source or an author wrote never gets a token. `to` is the mailbox
    of a list, which gets one message without holes.
    """
    if to is not None and TOKEN in unsubscribe:
        raise RenderError(
            "carriers.smtp.unsubscribe holds {token}, but carriers.smtp.to is a list, which gets one message for all:"
            " take {token} out, or write to the recipients themselves"
        )
    seed = f"{look.config.publication.tag_authority}\0{edition.id}"
    leave = [marked(unsubscribe)]
    if not unsubscribe.startswith("mailto:"):
        leave.append(look.config.digest.unsubscribe)
    header_to, message_id = _TO, _MESSAGE_ID
    if to is not None:
        header_to, address = _address("carriers.smtp.to", "To", to)
        message_id = text.digest(seed, address)
    one_click = TOKEN in unsubscribe and unsubscribe.startswith("https:")
    headers = _headers(look, edition, digest, _Route(header_to, message_id, tuple(leave), one_click))
    link = _link(marked(unsubscribe)) if TOKEN in unsubscribe else None
    pieces = re.split(f"([{''.join(_HOLES)}])", _write(headers, edition, digest, link))
    parts, holes = tuple(piece.encode("ascii") for piece in pieces[::2]), tuple(_HOLES[hole] for hole in pieces[1::2])
    result = Letter(_address("digest.sender", "From", look.config.digest.sender)[1], parts, holes, seed)
    _try(result, headers, digest, link)
    return result


def _try(result: Letter, headers: list[tuple[str, str]], digest: Digest, link: re.Pattern[str] | None) -> None:
    """Fill it for a sample recipient with the longest token, and read that back."""
    values = {
        _TO: mailbox("To", _SAMPLE.name, _SAMPLE.address),
        _MESSAGE_ID: text.digest(result.seed, _SAMPLE.address),
        _TOKEN: _SAMPLE.token,
    }
    meant = [(name, re.sub("[\x01-\x03]", lambda hole: values[hole[0]], value)) for name, value in headers]
    if link is not None:
        kinds = {"HTML": digest.html, "text": digest.text}
        if lacking := [kind for kind, words in kinds.items() if not link.search(words)]:
            raise RenderError(
                f"the digest's {' and '.join(lacking)} show no unsubscribe link with the recipient's token: templates/"
                "digest.html and digest.txt must print `mailto`, on the page as a link, in the text between blanks"
            )
        digest = Digest(digest.subject, digest.preheader, *(_with_token(link, words) for words in kinds.values()))
    read_back(result.fill(_SAMPLE), meant, digest)


def _with_token(link: re.Pattern[str], words: str) -> str:
    return link.sub(lambda match: match[0].replace(TOKEN_MARK, _SAMPLE.token), words)


def _link(address: str) -> re.Pattern[str]:
    """The unsubscribe address as the digest prints it: on its own, never within the address of something else."""
    forms = sorted({address, html.escape(address, quote=False), html.escape(address).replace("&#x27;", "&#39;")})
    return re.compile(rf"""(?<![^\s"'<>])(?:{"|".join(map(re.escape, forms))})(?![^\s"'<>])""")


def _headers(look: Look, edition: Edition, digest: Digest, route: _Route) -> list[tuple[str, str]]:
    settings, publication = look.config.digest, look.config.publication
    sender, address = _address("digest.sender", "From", settings.sender)
    host = address.rpartition("@")[2]
    leave = ",\r\n ".join(f"<{_uri(way)}>" for way in route.leave).replace(TOKEN_MARK, _TOKEN)
    one_click = [("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")] if route.one_click else []  # RFC 8058
    return [
        ("From", sender),
        ("To", route.to),
        ("Reply-To", _address("digest.reply_to", "Reply-To", settings.reply_to or settings.sender)[0]),
        ("Subject", _words("Subject", digest.subject)),
        ("Date", format_datetime((edition.approved or edition.slot).astimezone(publication.zone))),
        ("Message-ID", f"<{edition.id}.{route.message_id}@{host}>"),
        ("List-Id", f"{phrase('List-Id', publication.title)} <newsletter.{host}>".lstrip()),
        ("List-Unsubscribe", leave),
        *one_click,
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", publication.language),
        ("MIME-Version", "1.0"),
    ]


def _write(headers: list[tuple[str, str]], edition: Edition, digest: Digest, link: re.Pattern[str] | None) -> str:
    boundary = f"=_{text.digest(edition.id, digest.html, digest.text)}"
    lines = [f"{name}: {value}" for name, value in headers]
    lines += [f'Content-Type: multipart/alternative; boundary="{boundary}"', ""]
    for kind, words in (("plain", digest.text), ("html", digest.html)):
        lines += [
            f"--{boundary}",
            f'Content-Type: text/{kind}; charset="utf-8"',
            "Content-Transfer-Encoding: quoted-printable",
            "",
            _quoted_printable(words, link),
        ]
    return "\r\n".join([*lines, f"--{boundary}--", ""])


def _words(name: str, words: str) -> str:
    """A header's text; what is not plain ASCII, or looks like an encoded word, is encoded (RFC 2047)."""
    words = text.shorten(text.one_line(words), HEADER_LIMIT)
    if words.isascii() and "=?" not in words and len(name) + 2 + len(words) <= 76:
        return words
    return encoded(name, words)


def _address(key: str, header: str, value: str) -> tuple[str, str]:
    """A configured mailbox as a header says it, and the address in it."""
    name, address = parseaddr(text.one_line(value))
    try:
        address = wire_address(address)
    except DeliveryError as error:
        raise RenderError(
            f"{key} in the configuration holds no mail address that a header can carry: {value!r}"
        ) from error
    return mailbox(header, name, address), address


def _uri(uri: str) -> str:
    return quote(text.one_line(uri), safe="/?%:@!$&'()*+,;=~-._#")


def _quoted_printable(words: str, link: re.Pattern[str] | None) -> str:
    """Encode line by line: text lines end with CRLF, and none is longer than 76 (RFC 2045, 6.7)."""
    try:
        return "\r\n".join(_encoded_line(line, link) for line in words.split("\n"))
    except UnicodeEncodeError as error:
        raise RenderError(f"the digest holds what UTF-8 cannot: {error}") from error


def _encoded_line(line: str, link: re.Pattern[str] | None) -> str:
    """A hole stands between soft line breaks, so that what fills it moves nothing else."""
    if link is None or TOKEN_MARK not in line:
        coded = binascii.b2a_qp(line.encode(), istext=False).decode("ascii")
        return "\r\n".join(map(_covered, coded.split("\n")))
    first, *others = _split(line, link)
    coded = _encoded_line(first, None)
    for piece in others:
        coded = _broken(coded) + _TOKEN
        coded += f"=\r\n{_encoded_line(piece, None)}" if piece else ""
    return coded


def _broken(coded: str) -> str:
    """End with a soft line break, where one more character may be one too many."""
    if not coded:
        return ""
    if len(coded) - coded.rfind("\n") - 1 < BODY_LINE_LIMIT:
        return f"{coded}=\r\n"
    last = 3 if coded[-3] == "=" else 1
    return f"{coded[:-last]}=\r\n{_covered(coded[-last:])}=\r\n"


def _split(line: str, link: re.Pattern[str]) -> list[str]:
    """Cut the line at the marks in the unsubscribe address; other marks are words like any."""
    pieces, start = [], 0
    for match in link.finditer(line):
        for mark in re.finditer(TOKEN_MARK, match[0]):
            pieces.append(line[start : match.start() + mark.start()])
            start = match.start() + mark.end()
    return [*pieces, line[start:]]


def _covered(line: str) -> str:
    """Encode what SMTP (RFC 5321, 4.5.2) or a mailbox file would double or change at the beginning of a line."""
    if not line.startswith((".", "From ")):
        return line
    first, rest = f"={ord(line[0]):02X}", line[1:]
    return first + rest if len(line) + 2 <= BODY_LINE_LIMIT else f"{first}=\r\n{_covered(rest)}"
