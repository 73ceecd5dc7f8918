"""The whole path, fed with feeds as nobody should write them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import feedparser
import pytest
from hypothesis import Phase, given, seed, settings

from tests.conftest import SEED, SHARE
from tests.newsroom import Newsroom
from tests.proofs.conftest import CALM_ABOUT_NOTHING
from tests.proofs.harmless import assert_harmless
from tests.proofs.hostile_feeds import Document, documents
from tests.proofs.wholeness import assert_wellformed
from tests.web import Web

pytestmark = pytest.mark.proofs

RUNS = 300


@seed(SEED)
@settings(max_examples=max(20, round(RUNS * SHARE)), phases=[Phase.generate])  # to shrink one takes many minutes
@given(first=documents(), second=documents())
def test_whatever_sources_send_is_published_harmless_or_not_at_all(web: Web, first: Document, second: Document) -> None:
    with tempfile.TemporaryDirectory(prefix="feeder-") as folder:
        newsroom = Newsroom(Path(folder), web, extra=CALM_ABOUT_NOTHING + 'max_age = "20000d"\n', beats=True)
        newsroom.feed("heise", first.data, language="de")
        newsroom.feed("golem", second.data, language="de")
        newsroom.run()
        assert_wellformed(newsroom.path(""))
        assert_harmless(newsroom.path(""))
        assert_feeds_agree(newsroom)
        before = newsroom.files()
        newsroom.run()
        assert newsroom.files() == before


def assert_feeds_agree(newsroom: Newsroom) -> None:
    """A feed reader finds the same entries in all three formats, each with a headline, an id and a link."""
    ids = [item["id"] for item in newsroom.items()]
    for name in ("rss.xml", "atom.xml"):
        parsed = feedparser.parse(newsroom.path(name).read_bytes())
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert [entry.id for entry in parsed.entries] == ids
        assert all(entry.title and entry.link for entry in parsed.entries)
