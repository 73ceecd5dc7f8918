"""Documents damaged at random: cut, mixed, repeated, or with something in them that hurts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

LARGEST = 30_000
SECONDS = 2.0  # CPU, for a document of at most twice that size on a busy machine
PIECES = (
    b"<item>",
    b"</item>",
    b"<entry>",
    b"</entry>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"&nbsp;",
    b"&#0;",
    b"&#xD800;",
    b"&",
    b"<",
    b">",
    b'"',
    b"'",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe4",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"<!DOCTYPE x [<!ENTITY y 'z'>]>",
    b" xml:base='http://['",
    b"<title>",
    b"</title>",
    b"<link href='//[::1'/>",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b"\\ud800",
    b"1e999",
    b"-1",
    b"null",
    b"<pubDate>Sun, 31 Feb 2026 25:61:61 +9999</pubDate>",
    b"<media:group>",
    b"<a:b:c>",
    b"<html>",
    b"\xed\xa0\x80",
    b"9" * 400,
)


def damaged(body: bytes, other: bytes, chance: random.Random, pieces: Sequence[bytes] = PIECES) -> bytes:
    """Cut, repeat, overwrite, mix with another document, or put in what hurts: one to eight times."""
    made = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(made) + 1)
        to = min(len(made), at + chance.choice((1, 3, 30, 300, 3_000)))
        start = chance.randrange(len(other))
        made[at:to] = chance.choice(
            (
                b"",
                chance.choice(pieces),
                chance.choice(pieces) * chance.choice((2, 100)),
                bytes(chance.randrange(256) for _ in range(4)),
                made[at:to] * 2,
                other[start : start + 500],
            )
        )
    return bytes(made[: 2 * LARGEST])


def recorded(*folders: Path) -> list[bytes]:
    """The documents of these folders that are not too large to be damaged often."""
    paths = (path for folder in folders for path in sorted(folder.iterdir()) if path.is_file())
    return [body for path in paths if 0 < len(body := path.read_bytes()) <= LARGEST]
