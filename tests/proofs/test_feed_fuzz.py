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
from tests.proofs.damage import SECONDS, damaged, recorded

pytestmark = pytest.mark.proofs

URL = "https://heise.example/feeds/news.xml"
DOCUMENTS = 20_000


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
    found = recorded(corpus / "feeds", corpus / "odd")
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
