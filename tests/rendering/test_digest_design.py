"""How the digest looks: its masthead, its blocks, its logo, and what it says where style and pictures are missing."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from feeder.config.branding import Brand
from feeder.errors import RenderError
from feeder.model import Edition, EditionSection, SectionKind, Telling
from feeder.rendering.digest import HTML_LIMIT, render_digest
from feeder.rendering.logo import read_logo
from feeder.rendering.look import Look, open_look
from tests.rendering import samples
from tests.rendering.test_digest import many, parse, words

ALLOWED = 95_000


def branded(look: Look, root: Path, **brand: object) -> Look:
    config = look.config.model_copy(update={"brand": Brand.model_validate(brand)})
    return open_look(config, root / "templates")


def edition_of(tellings: list[Telling], number: int = 1) -> Edition:
    """A lead, three on top, the others under a topic."""
    ids = [(telling.story.id, 1) for telling in tellings]
    sections = (
        EditionSection(None, tuple(ids[:1]), SectionKind.LEAD),
        EditionSection(None, tuple(ids[1:4]), SectionKind.TOP),
        EditionSection("recht", tuple(ids[4:]), SectionKind.TOPIC),
    )
    edition = samples.edition(*tellings)
    return replace(edition, sections=sections, number=number, told=len(tellings))


def html_of(look: Look, tellings: list[Telling], *, number: int = 1, unsubscribe: str | None = None) -> str:
    by_id = {telling.story.id: telling for telling in tellings}
    return render_digest(look, edition_of(tellings, number), by_id, unsubscribe).html


def test_an_edition_after_a_weekend_says_which_days_it_collects(look: Look, root: Path) -> None:
    own = samples.own(root)
    edition = samples.edition(own, number=2)
    for days, expected in ((3, "Montagsausgabe: Freitag bis Montag"), (12, "12. November 2025 bis 24. November 2025")):
        told = render_digest(look, replace(edition, since=edition.slot - timedelta(days=days)), {own.story.id: own})
        assert expected in words(told.html)
    for since in (None, edition.slot - timedelta(days=1)):
        assert "ausgabe:" not in words(render_digest(look, replace(edition, since=since), {own.story.id: own}).html)


def test_every_jump_of_the_overview_arrives_at_its_story(look: Look, root: Path) -> None:
    page = parse(html_of(look, [samples.own(root), *many(9)]))
    jumps = [link for link in page.iter("a") if link.get("href").startswith("#")]
    assert len(jumps) == 6, "five by name, and the topic with the others"
    for link in jumps[:5]:
        [target] = page.xpath("//*[@id=$place]", place=link.get("href")[1:])
        assert target.text_content() == link.text_content()
    assert re.search(r"Heute in \d+ Minuten", words(html_of(look, [samples.own(root), *many(9)])))
    assert "Recht & Gesellschaft (5)" in words(html_of(look, [samples.own(root), *many(9)])).replace("\xa0", " ")


def test_headings_go_down_by_one_level_at_a_time(look: Look, root: Path) -> None:
    page = parse(html_of(look, [samples.own(root), *many(6), samples.licensed(), samples.foreign()]))
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_twenty_five_stories_are_told_in_a_mail_that_nobody_clips(look: Look, root: Path) -> None:
    tellings = [samples.own(root), *many(24)]
    html = html_of(look, tellings)
    assert len(html.encode()) + html.count("\n") <= HTML_LIMIT < ALLOWED
    assert words(html).count("Ein Punkt der Kurzfassung") == 24 * 5


def test_the_carrier_fills_its_own_way_to_leave_into_both_parts(look: Look, root: Path) -> None:
    own = samples.own(root)
    way = "https://liste.example/weg/TOKEN?a=1&b=2"
    digest = render_digest(look, samples.edition(own), {own.story.id: own}, way)
    assert [link.get("href") for link in parse(digest.html).iter("a") if "abbestellen" in link.text_content()] == [way]
    assert way in digest.text
    assert "mailto:abmelden@" not in digest.html + digest.text


def test_blocks_stand_in_the_order_of_the_brand_and_the_support_block_once(look: Look, root: Path) -> None:
    titles = {
        "support": look.config.support.title,
        "follow": look.config.follow.title,
        "share": "Teile diese Ausgabe",
        "mission": look.config.mission.title,
    }
    for order in (["support", "share", "follow", "mission"], ["mission", "follow"], []):
        said = [one.text for one in parse(html_of(branded(look, root, order=order), [samples.own(root)])).iter("h2")]
        assert [title for title in said if title in titles.values()] == [titles[name] for name in order]
    seldom = branded(look, root, support_every=2)
    own = [samples.own(root)]
    assert titles["support"] in html_of(seldom, own, number=4)
    assert titles["support"] not in html_of(seldom, own, number=5)


def test_the_brand_paints_every_colour_of_the_mail(look: Look, root: Path) -> None:
    shipped = html_of(look, [samples.own(root), samples.licensed()])
    light = {"accent": "#0b5394", "ink": "#101820", "quiet": "#404a55", "line": "#cccccd", "background": "#eef2f6"}
    painted = html_of(
        branded(look, root, light=light, dark={"accent": "#9fc5e8"}, headings="Verdana, sans-serif"),
        [samples.own(root), samples.licensed()],
    )
    for colour in light.values():
        assert colour in painted.lower()
    assert "#9fc5e8" in painted
    assert "Verdana" in painted
    gone = (*(getattr(look.brand.light, name) for name in light), look.brand.dark.accent)
    assert not [colour for colour in gone if colour in painted.lower()]
    assert set(re.findall(r"#[0-9a-f]{6}\b", shipped)) <= {
        *look.brand.light.model_dump().values(),
        *look.brand.dark.model_dump().values(),
        look.brand.light.on_accent,
    }


def picture(kind: str, size: tuple[int, int]) -> bytes:
    data = BytesIO()
    Image.new("RGB", size, "#9a1b1e").save(data, kind)
    return data.getvalue()


@pytest.mark.parametrize(
    ("kind", "size", "shown"),
    [
        ("PNG", (560, 112), (280, 56)),
        ("JPEG", (560, 112), (280, 56)),
        ("PNG", (100, 40), (100, 40)),
        ("JPEG", (300, 900), (19, 56)),
        ("PNG", (2800, 1), (280, 1)),
    ],
)
def test_a_logo_is_measured_and_never_shown_larger_than_it_is(
    tmp_path: Path, kind: str, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    file = tmp_path / "logo"
    file.write_bytes(picture(kind, size))
    logo = read_logo(file)
    assert (logo.width, logo.height) == shown
    assert re.fullmatch(r"media/[0-9a-f]{32}\.(png|jpg)", logo.file.path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe0" + struct.pack(">H", 4),
        b"\xff\xd8" + bytes(100),
        b"\x89PNG\r\n\x1a\n" + bytes(40),
    ],
)
def test_a_file_that_is_no_logo_is_refused_by_its_name(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(data)
    with pytest.raises(RenderError, match=r"brand\.logo: .*logo\.png is no PNG or JPEG"):
        read_logo(file)


def test_a_logo_stands_for_the_name_and_says_it(look: Look, root: Path, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(picture("PNG", (560, 112)))
    config = look.config.model_copy(update={"base": tmp_path, "brand": Brand(logo=Path("logo.png"))})
    shown = open_look(config, root / "templates")
    [image] = parse(html_of(shown, [samples.own(root)])).xpath("//h1//img")
    assert image.get("src").startswith("https://ki-news.example/feeds/media/")
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("KI-News", "280", "56")
    (tmp_path / "logo.png").write_bytes(picture("PNG", (400, 80)))
    assert open_look(config, root / "templates").digest != shown.digest, "a new logo is a new look"


def test_the_mail_stands_in_the_middle_of_a_wide_window(look: Look, root: Path) -> None:
    [inner] = parse(html_of(look, [samples.own(root)])).xpath("//table[contains(@style, 'max-width:600px')]")
    assert "margin:0 auto" in inner.get("style")
    assert inner.get("align") == inner.getparent().get("align") == "center"
    assert "text-align" not in inner.getparent().get("style"), "it would beat the attribute"
