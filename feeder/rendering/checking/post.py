"""The message, read back as a reader's program reads it (RFC 5322, 2045): no header more or less than was meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlsplit

from feeder.model import EditionFinding
from feeder.rendering.checking.printed import MESSAGE, Printed, error, short

LONGEST_LINE = 998
_NEEDED = frozenset(
    "From To Reply-To Subject Date Message-ID List-Id List-Unsubscribe Auto-Submitted Content-Language MIME-Version"
    " Content-Type".split()
)
_ONE_CLICK = "List-Unsubscribe-Post"
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


def post(printed: Printed) -> Iterator[EditionFinding]:
    """Headers, lines and both parts of the message."""
    data = printed.message
    if max(map(len, data.split(b"\r\n"))) > LONGEST_LINE:
        yield error("message", f"Eine Zeile ist länger als {LONGEST_LINE} Byte (RFC 5322, 2.1.1)", MESSAGE)
    if _BARE.search(data) or not data.isascii() or b"\0" in data:
        yield error(
            "message", "Zeilen enden nicht alle mit CRLF, oder es stehen Bytes darin, die keine Mail hat", MESSAGE
        )
    try:
        read = message_from_bytes(data, policy=policy.default)
        yield from _headers(printed, read)
        yield from _parts(printed, read)
    except (ValueError, LookupError, IndexError, AttributeError, TypeError) as problem:  # what the parser trips over
        yield error("message", f"Die Nachricht lässt sich nicht lesen: {short(str(problem))}", MESSAGE)


def _headers(printed: Printed, read: EmailMessage) -> Iterator[EditionFinding]:
    needed = set(_NEEDED)
    if urlsplit(printed.config.digest.unsubscribe).scheme == "https":
        needed.add(_ONE_CLICK)
    found = Counter(name.lower() for name in read.keys())  # noqa: SIM118 - each as often as it stands there
    for name in sorted(needed):
        if (count := found.pop(name.lower(), 0)) != 1:
            how = "fehlt" if count == 0 else f"steht {count}-mal darin"
            yield error("message", f"Die Kopfzeile {name} {how}", MESSAGE)
        elif not str(read[name]).strip():
            yield error("message", f"Die Kopfzeile {name} ist leer", MESSAGE)
    for name in sorted({name for name in read.keys() if name.lower() in found}):  # noqa: SIM118 - as it is written
        yield error("message", f"Die Kopfzeile {short(name)} war nicht gemeint", MESSAGE)
    for defect in (*read.defects, *(one for name in read.keys() for one in read[name].defects)):  # noqa: SIM118 - ditto
        yield error("message", f"Fehler im Kopf der Nachricht: {type(defect).__name__}", MESSAGE)


def _parts(printed: Printed, read: EmailMessage) -> Iterator[EditionFinding]:
    parts = [part for part in read.walk() if not part.is_multipart()]
    if [part.get_content_type() for part in parts] != ["text/plain", "text/html"]:
        kinds = ", ".join(part.get_content_type() for part in parts)
        yield error("message", f"Die Nachricht hat andere Teile als Text und HTML: {short(kinds)}", MESSAGE)
        return
    for part, name, words in zip(parts, ("Textteil", "HTML-Teil"), (printed.text, printed.html), strict=True):
        payload = part.get_payload(decode=True)
        came = payload.replace(b"\r\n", b"\n") if isinstance(payload, bytes) else b""
        if part.defects or came != words.replace("\r\n", "\n").encode("utf-8", "replace"):
            yield error("message", f"Der {name} kommt nicht zurück, wie er geschrieben wurde", MESSAGE)
        if came.startswith(b"\xef\xbb\xbf"):
            yield error("message", f"Der {name} beginnt mit einer Bytefolge-Marke (BOM)", MESSAGE)
