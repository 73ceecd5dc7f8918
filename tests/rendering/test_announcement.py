"""What a webhook is told of a story: nothing that the feeds keep back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from feeder.model import Fate
from feeder.rendering.announcement import story_facts
from feeder.rendering.look import Look
from tests.rendering.samples import foreign, own, withdrawn


def test_our_own_story_is_told_with_its_kurzfassung(look: Look, root: Path):
    told = own(root)
    assert story_facts(look, told)["summary"] == list(told.revision.summary)


def test_what_rights_keep_back_is_kept_back(look: Look):
    told = foreign()
    long = replace(told, revision=replace(told.revision, summary=("Ein langer fremder Satz. " * 9,) * 5))
    assert "summary" not in story_facts(look, long)


def test_of_a_withdrawn_story_and_of_one_back_at_the_desk_no_word_is_told(look: Look, root: Path):
    gone = withdrawn(root)
    assert "summary" not in story_facts(look, gone)
    held = replace(own(root), story=replace(own(root).story, fate=Fate.HELD))
    assert set(story_facts(look, held)) == {"id", "url"}
