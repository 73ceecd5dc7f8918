"""Real documents, damaged at random: read, or refused with a sentence, and soon."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from feeder.errors import ParseError
from feeder.sources.json_feed_in import read_json
from feeder.sources.mending import mend
from feeder.sources.rss_atom import read_mended, read_strictly
from feeder.sources.syndication import parse_feed
from feeder.sources.tolerant import read_tolerantly

pytestmark = pytest.mark.proofs

URL = "https://heise.example/feeds/news.xml"
LARGEST = 30_000
SECONDS = 2.0  # CPU, for a document of at most that size on a busy machine
DOCUMENTS = 20_000
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


def damaged(body: bytes, other: bytes, chance: random.Random) -> bytes:
    """Cut, repeat, overwrite, mix with another document, or put in what hurts: one to eight times."""
    made = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(made) + 1)
        to = min(len(made), at + chance.choice((1, 3, 30, 300, 3_000)))
        start = chance.randrange(len(other))
        made[at:to] = chance.choice(
            (
                b"",
                chance.choice(PIECES),
                chance.choice(PIECES) * chance.choice((2, 100)),
                bytes(chance.randrange(256) for _ in range(4)),
                made[at:to] * 2,
                other[start : start + 500],
            )
        )
    return bytes(made[: 2 * LARGEST])


def every_parser(body: bytes) -> None:
    """Each parser by itself, besides all in their order: the first that reads a document hides the others."""
    mended = mend(body, None)
    for read in (
        lambda: parse_feed("heise", URL, body, None),
        lambda: read_strictly("heise", URL, body),
        lambda: read_json("heise", URL, body),
        lambda: read_mended("heise", URL, mended) if mended else None,
        lambda: read_tolerantly("heise", URL, mended) if mended else None,
    ):
        try:
            document = read()
        except ParseError:
            continue
        if document is not None:
            assert len({item.uid for item in document.items}) == len(document.items)
            repr(document).encode()  # nothing that cannot be stored


@pytest.fixture(scope="session")
def bodies(corpus: Path) -> list[bytes]:
    paths = [path for folder in ("feeds", "odd") for path in sorted((corpus / folder).iterdir())]
    found = [body for path in paths if 0 < len(body := path.read_bytes()) <= LARGEST]
    assert len(found) > 300
    return found


def test_no_damage_makes_a_document_crash_or_hang_a_parser(
    bodies: list[bytes], counted: Callable[[int], int], chance: random.Random
) -> None:
    slowest = 0.0
    for _ in range(counted(DOCUMENTS)):
        body = damaged(chance.choice(bodies), chance.choice(bodies), chance)
        started = time.process_time()
        every_parser(body)
        slowest = max(slowest, time.process_time() - started)
        assert slowest < SECONDS, body[:2_000]
