"""What [brand] takes: colours that can be read, fonts, a logo, an order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feeder.config.branding import READABLE, Brand, DarkPalette, Palette, contrast

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.01)
    assert contrast("#777777", "#777777") == 1


@given(accent=COLOURS, ink=COLOURS, card=COLOURS, background=COLOURS)
def test_a_palette_that_is_taken_can_be_read_everywhere(accent: str, ink: str, card: str, background: str) -> None:
    try:
        palette = Palette(accent=accent, ink=ink, card=card, background=background)
    except ValidationError:
        found = (contrast(one, ground) for one in (accent, ink, Palette().quiet) for ground in (card, background))
        assert min(found) < READABLE
        return
    for ground in (palette.card, palette.background):
        assert all(contrast(one, ground) >= READABLE for one in (palette.accent, palette.ink, palette.quiet))
    assert contrast(palette.on_accent, palette.accent) >= READABLE


def test_the_shipped_palettes_hold_what_is_asked_of_others() -> None:
    for palette in (Palette(), DarkPalette()):
        assert contrast(palette.on_accent, palette.accent) >= READABLE


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"light": {"accent": "#ffaa00"}}, "choose a darker colour"),
        ({"light": {"accent": "#727272"}}, "its contrast is 4.3, text needs 4.5"),
        ({"dark": {"accent": "#553333"}}, "choose a lighter colour"),
        ({"light": {"card": "#9a1b1e"}}, "cannot be read on `card`"),
        ({"light": {"accent": "red"}}, '"#rrggbb"'),
        ({"headings": "Georgia; color: red, serif"}, "serif, sans-serif or monospace"),
        ({"headings": "Georgia"}, "serif, sans-serif or monospace"),
        ({"headings": "'A' onclick='b', serif"}, "serif, sans-serif or monospace"),
        ({"logo": "logo.svg"}, "PNG or JPEG"),
        ({"order": ["share", "share"]}, "twice"),
        ({"support_every": 0}, "greater than or equal to 1"),
    ],
)
def test_what_would_not_look_well_is_refused_with_what_to_do(values: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Brand.model_validate(values)
    assert words in str(refused.value)


def test_the_support_block_stands_in_every_nth_edition() -> None:
    brand = Brand(support_every=3)
    assert [number for number in range(1, 10) if "support" in brand.blocks(number)] == [3, 6, 9]
    assert "support" in brand.blocks(None), "a draft shows what may come"
    assert Brand(order=("mission", "share")).blocks(3) == ("mission", "share")
