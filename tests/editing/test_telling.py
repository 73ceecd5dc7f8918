"""Items told as stories."""

from __future__ import annotations

from datetime import UTC, datetime

from feeder.editing.telling import Desk, tell
from feeder.model import Item, Raw, Rights, Source, StoryRevision
from feeder.summaries.excerpt import excerpt

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
