"""A message read by Python's email package, and compared with what was meant."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage

from feeder import text
from feeder.errors import RenderError
from feeder.model import Digest
from feeder.model.mailboxes import HEADER_LIMIT

LINE_LIMIT = 998  # RFC 5322, 2.1.1
BODY_LINE_LIMIT = 76  # RFC 2045, 6.7


def read_back(data: bytes, headers: Sequence[tuple[str, str]], digest: Digest) -> None:
    """Raise RenderError unless a mail program finds these headers and no others, and both parts word for word.

    `headers`: as they were written, but for Content-Type, which comes last.
    """
    found = message_from_bytes(data).items()
    if found[:-1] != list(headers) or found[-1][0] != "Content-Type":
        raise RenderError(f"the message came back with other headers: {', '.join(name for name, _ in found)}")
    read = message_from_bytes(data, policy=policy.SMTP)
    if str(read["Subject"]) != text.shorten(text.one_line(digest.subject), HEADER_LIMIT):
        raise RenderError(f"the subject came back as {str(read['Subject'])!r}")
    for name in ("From", "To", "Reply-To"):
        if (count := len(read[name].addresses)) != (0 if dict(headers)[name].endswith(":;") else 1):
            raise RenderError(f"the message came back with {count} addresses in {name}: {read[name]}")
    _check_lines(data)
    _check_parts(read, digest)


def _check_lines(data: bytes) -> None:
    head, _, body = data.partition(b"\r\n\r\n")
    lines = body.split(b"\r\n")
    if max(map(len, head.split(b"\r\n"))) > LINE_LIMIT or max(map(len, lines)) > BODY_LINE_LIMIT:
        raise RenderError("the message came back with lines that are too long")
    if any(line.startswith((b".", b"From ")) for line in lines):
        raise RenderError("the message came back with lines that a server would change")


def _check_parts(read: EmailMessage, digest: Digest) -> None:
    if any(part.defects for part in read.walk()):
        raise RenderError("the message came back with defects")
    parts = [part for part in read.walk() if not part.is_multipart()]
    for part, kind, words in zip(parts, ("text/plain", "text/html"), (digest.text, digest.html), strict=True):
        payload = part.get_payload(decode=True)
        if part.get_content_type() != kind or payload != words.replace("\n", "\r\n").encode():
            raise RenderError(f"the {kind} part of the message did not come back as it was written")
