"""The manual of the article format says what is true."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feeder.config.sections import Sections
from feeder.sources import front_matter, picture
from feeder.sources.article import parse_article

MANUAL = (Path(__file__).resolve().parents[2] / "docs" / "article-format.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("layout", "suffix"), [("text", "txt"), ("markdown", "md")])
def test_the_examples_of_both_layouts_are_complete_articles(layout, suffix):
    (example,) = re.findall(rf"^```{layout}\n(.*?)^```$", MANUAL, re.DOTALL | re.MULTILINE)
    article, findings = parse_article(f"x.{suffix}", example.encode(), Sections(), ZoneInfo("Europe/Berlin"))
    assert findings == ()
    assert {section.kind for section in article.sections} == {"intro", "news", "outlook"}
    assert article.teaser
    assert article.image_credit
    assert len(article.summary) == 3


def test_every_key_of_front_matter_is_in_the_manual():
    keys = (*front_matter.KEYS, *front_matter.IMAGE_KEYS, *front_matter.PROVENANCE_KEYS, *front_matter.CORRECTION_KEYS)
    assert [key for key in keys if f"`{key}`" not in MANUAL] == []


def test_every_section_heading_as_shipped_is_in_the_manual():
    names = [name for role in Sections.model_fields for name in getattr(Sections(), role)]
    assert [name for name in names if f"`{name}`" not in MANUAL] == []


def test_every_kind_of_picture_is_in_the_manual():
    assert [kind for kind in picture.FORMATS if kind.lower() not in MANUAL.lower()] == []
