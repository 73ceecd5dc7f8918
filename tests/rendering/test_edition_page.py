"""The page of an edition: a page, with the edition's own order, ways to the editions beside it, and corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html

from feeder.config.branding import Brand
from feeder.model import Edition, Telling
from feeder.rendering.look import Look, open_look
from feeder.rendering.pages import Beside, edition_page
from tests.rendering import samples
from tests.rendering.test_digest import many, words
from tests.rendering.test_digest_design import edition_of


def page_of(look: Look, edition: Edition, tellings: list[Telling], beside: Beside | None = None) -> Any:
    by_id = {telling.story.id: telling for telling in tellings}
    return lxml.html.document_fromstring(edition_page(look, edition, by_id, beside or Beside()).data.decode())


def everything(root: Path) -> list[Telling]:
    return [samples.own(root), samples.licensed(), samples.foreign(), *many(9)]


def test_it_names_number_date_and_the_days_it_collects(look: Look, root: Path) -> None:
    edition = replace(samples.edition(*everything(root), number=2), since=samples.NOON - timedelta(days=1))
    page = page_of(look, edition, everything(root))
    assert page.xpath("normalize-space(//h1)") == "Ausgabe 2 Montag, 24. November 2025"
    assert "Montagsausgabe: Freitag bis Montag" in page.xpath("string(//header[@class='issue'])")
    [canonical] = page.xpath("//link[@rel='canonical']/@href")
    assert canonical == "https://ki-news.example/feeds/editions/2025-11-24-0700/"


def test_told_stories_stand_first_and_the_others_are_linked_in_their_order(look: Look, root: Path) -> None:
    tellings = everything(root)
    page = page_of(look, replace(edition_of(tellings), told=7), tellings)
    assert [one.text_content() for one in page.iter("h3")] == [one.revision.title for one in tellings[:7]]
    assert page.xpath("//ul[contains(@class, 'besides')]/li/a/text()") == [one.revision.title for one in tellings[7:]]
    assert page.xpath("//section/h2[contains(@class, 'rubric')]/text()") == [
        "Aufmacher", "Top-Meldungen", "Recht & Gesellschaft", "Außerdem",
    ]  # fmt: skip


def test_every_jump_arrives(look: Look, root: Path) -> None:
    tellings = everything(root)
    page = page_of(look, replace(edition_of(tellings), told=8), tellings)
    jumps = page.xpath("//nav[contains(@class, 'overview')]//a/@href")
    assert len(jumps) == 7, "five by name, the topic, and what is linked"
    for jump in jumps:
        assert len(page.xpath("//*[@id=$place]", place=jump[1:])) == 1


def test_headings_go_down_by_one_level_at_a_time_and_calls_stand_once(look: Look, root: Path) -> None:
    page = page_of(look, edition_of(everything(root)), everything(root))
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4")]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in pairwise(levels))
    titles = page.xpath("//div[contains(@class, 'calls')]//h2/text()")
    assert sorted(titles) == sorted(
        ["Teile diese Ausgabe", look.config.follow.title, look.config.mission.title, look.config.support.title]
    )


def test_it_leads_to_the_editions_beside_it(look: Look, root: Path) -> None:
    own = samples.own(root)
    first, second, third = (samples.edition(own, number=number) for number in (1, 2, 3))
    page = page_of(look, second, [own], Beside(first, third))
    assert page.xpath("//a[@rel='prev']/@href") == ["../../editions/2025-11-23-0700/index.html"]
    assert page.xpath("//a[@rel='next']/@href") == ["../../editions/2025-11-25-0700/index.html"]
    assert not page_of(look, first, [own]).xpath("//nav[@class='beside']")


def test_a_correction_of_what_was_delivered_stands_at_the_story_wherever_it_stands(look: Look, root: Path) -> None:
    tellings = [samples.own(root), *many(3), samples.licensed()]
    for told in (5, 4):
        page = page_of(look, replace(edition_of(tellings), told=told), tellings)
        [note] = page.xpath("//p[@class='notice']")
        assert "7, nicht 70 Milliarden" in note.text_content()
        [place] = note.xpath("ancestor::li[1]")
        assert "Offenes Modell" in place.text_content()


def test_the_brand_paints_pages_too(look: Look, root: Path) -> None:
    brand = Brand.model_validate({"light": {"accent": "#0b5394"}, "dark": {"accent": "#9fc5e8"}})
    painted = open_look(look.config.model_copy(update={"brand": brand}), root / "templates")
    page = page_of(painted, samples.edition(samples.own(root)), [samples.own(root)])
    style = page.findtext(".//style")
    assert "--accent: #0b5394" in style
    assert "--accent: #9fc5e8" in style
    assert "#9a1b1e" not in style


def test_a_subject_that_is_the_first_headline_stands_once(look: Look, root: Path) -> None:
    own = samples.own(root)
    page = page_of(look, samples.edition(own), [own])
    assert words(lxml.html.tostring(page.body, encoding="unicode")).count(own.revision.title) == 1
