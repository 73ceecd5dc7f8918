"""How pages and mails look: colours that can be read, fonts, the logo, and the order of the calls to action."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator

from feeder.config.settings import Settings
from feeder.config.values import Colour, Fonts, Whole

Block = Literal["support", "follow", "share", "mission"]

READABLE = 4.5
"""The contrast that WCAG 2.2 (1.4.3, AA) asks of text."""


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, `#rrggbb`, by WCAG 2.2: from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Palette(Settings):
    """Colours in light surroundings. Words in `ink`, `quiet` or `accent` need a contrast of 4.5 to both grounds."""

    model_config = ConfigDict(validate_default=True)

    background: Colour = Field(default="#f4f1ea", description="The ground around everything, and of what stands apart.")
    card: Colour = Field(default="#ffffff", description="The ground that stories are printed on.")
    line: Colour = Field(default="#d9d3c7", description="Rules between stories.")
    ink: Colour = Field(default="#1d1b18", description="Text and headlines.")
    quiet: Colour = Field(default="#5b564d", description="What is said beside: dates, labels, credits.")
    accent: Colour = Field(default="#9a1b1e", description="Links, kickers and buttons.")

    @field_validator("ink", "quiet", "accent")
    @classmethod
    def _can_be_read(cls, value: str, info: ValidationInfo) -> str:
        for name in ("background", "card"):
            ground = info.data.get(name)
            if ground and (found := contrast(value, ground)) < READABLE:
                wanted = "darker" if contrast(ground, "#000000") > contrast(ground, "#ffffff") else "lighter"
                raise ValueError(
                    f"cannot be read on `{name}`: its contrast is {found:.1f}, text needs {READABLE} (WCAG 2.2, 1.4.3);"
                    f" choose a {wanted} colour"
                )
        return value

    @property
    def on_accent(self) -> str:
        """The colour of words on a button."""
        readable = (one for one in ("#ffffff", self.ink, self.background) if contrast(one, self.accent) >= READABLE)
        return next(readable, "#000000")


class DarkPalette(Palette):
    """Colours where the reader's device is dark; the same is asked of them."""

    background: Colour = Field(default="#161513", description="The ground around everything.")
    card: Colour = Field(default="#1f1d1b", description="The ground that stories are printed on.")
    line: Colour = Field(default="#3b3832", description="Rules between stories.")
    ink: Colour = Field(default="#ece7dd", description="Text and headlines.")
    quiet: Colour = Field(default="#b0a89a", description="What is said beside: dates, labels, credits.")
    accent: Colour = Field(default="#ff9d92", description="Links, kickers and buttons.")


def _picture(value: Path) -> Path:
    if value.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise ValueError("must be a PNG or JPEG file: mail programs show no other kind of logo")
    return value


def _each_once(value: tuple[Block, ...]) -> tuple[Block, ...]:
    if len(set(value)) < len(value):
        raise ValueError("names a block twice; each may stand once")
    return value


class Brand(Settings):
    """How pages and mails look (docs/branding.md)."""

    light: Palette = Field(default_factory=Palette, description="Colours in light surroundings, as #rrggbb.")
    dark: DarkPalette = Field(default_factory=DarkPalette, description="The same where the reader's device is dark.")
    headings: Fonts = Field(default="Georgia, 'Times New Roman', serif", description="Fonts of the mail's headlines.")
    text: Fonts = Field(default="Arial, Helvetica, sans-serif", description="Fonts of all else in the mail.")
    logo: Annotated[Path, AfterValidator(_picture)] | None = Field(
        default=None,
        description="A PNG or JPEG file that stands in the mail's masthead instead of the name, at most 280 by 56"
        " pixels large (twice that in the file, for sharp screens).",
    )
    order: Annotated[tuple[Block, ...], AfterValidator(_each_once)] = Field(
        default=("support", "share", "follow", "mission"),
        description="The calls to action after the stories of a mail; what is not named does not stand there.",
    )
    support_every: Whole = Field(
        default=1,
        ge=1,
        description="The support block stands in every Nth edition only: with 3, in editions 3, 6, 9, ….",
    )

    def blocks(self, number: int | None) -> tuple[Block, ...]:
        """The calls to action of the edition of that number; a draft, which has none yet, shows all."""
        rests = number is not None and number % self.support_every
        return tuple(name for name in self.order if name != "support" or not rests)
