"""Items told as stories."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeder.editing.cleaning import paragraphs
from feeder.editing.telling import Desk, tell
from feeder.model import Item, Origin, Raw, Rights, Source, StoryRevision
from feeder.summaries.excerpt import excerpt
from feeder.summaries.extractive import extract
from tests.summaries.test_extractive import FACTS

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def told(item: Item, rights: Rights) -> StoryRevision:
    """The item as a story of a source with these rights."""
    source = Source(
        "quelle", "feed", "https://quelle.example/", "Quelle", "de", (), 50, rights, "CC BY 4.0", 100, True, None, (),
        None, None, None,
    )  # fmt: skip
    return tell(item, source, (), Desk("Redaktion", excerpt), story_id="tag:x,2025:1", at=NOW)


def test_a_post_without_a_title_says_its_first_sentence_once() -> None:
    item = Item("quelle", "1", "https://quelle.example/1", "", content=Raw("<p>Ein Modell ist da. Es rechnet.</p>"))
    told_of_it = told(item, Rights.TEASER)
    assert (told_of_it.title, told_of_it.teaser, told_of_it.summary) == ("Ein Modell ist da.", "Es rechnet.", ())


def test_plain_text_becomes_paragraphs_whose_entities_are_read_and_whose_signs_stay() -> None:
    item = Item("quelle", "1", None, "T", content=Raw("3 < 5 &amp; mehr …&nbsp;\n\nNoch <viel> mehr", "text"))
    html = told(item, Rights.LICENSED).sections[0].html
    assert html == "<p>3 &lt; 5 &amp; mehr …</p><p>Noch &lt;viel&gt; mehr</p>"


PAGE = Raw("<h2>Was es kann</h2>" + "".join(f"<p>{fact}</p>" for fact in FACTS))


def told_with_page(rights: Rights, limit: int) -> StoryRevision:
    """An item with a standfirst, whose page was read for its Kurzfassung."""
    source = Source(
        "quelle", "feed", "https://quelle.example/", "Quelle", "de", (), 50, rights, "CC BY 4.0", limit, True, None, (),
        None, None, None,
    )  # fmt: skip
    item = Item("quelle", "1", "https://quelle.example/1", "GPT-5 ist da", summary=Raw("<p>Was nun kommt.</p>"))
    return tell(item, source, (), Desk("Redaktion", extract), story_id="tag:x,2025:1", at=NOW, fulltext=PAGE)


@pytest.mark.parametrize("limit", [0, 100, 160, 300, 400, 700])
def test_of_a_page_that_was_read_no_more_leaves_than_the_excerpt_limit(limit: int) -> None:
    revision = told_with_page(Rights.TEASER, limit)
    assert len(revision.teaser) + sum(map(len, revision.summary)) <= limit
    assert revision.sections == ()
    assert bool(revision.summary) == (limit >= 160)
    assert revision.provenance.text is Origin.EXCERPT


def test_a_licensed_text_has_a_kurzfassung_as_long_as_it_wants_and_a_headline_alone_has_none() -> None:
    assert sum(map(len, told_with_page(Rights.LICENSED, 0).summary)) > 200
    revision = told_with_page(Rights.LINK_ONLY, 700)
    assert (revision.teaser, revision.summary) == ("", ())


def test_the_blocks_of_a_page_become_paragraphs_without_headings() -> None:
    assert paragraphs(Raw("<h2>Kopf</h2><p>Eins <b>zwei</b>.</p><ul><li>drei</li></ul>vier<br>fünf")) == (
        "Eins zwei.\n\ndrei\n\nvier\n\nfünf"
    )
    assert paragraphs(Raw("3 &lt; 5\n\nsechs", "text")) == "3 < 5\n\nsechs"
    assert paragraphs(None) == ""
