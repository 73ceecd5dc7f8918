"""Colours as mails write them, and how well one is read on another (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

Colour = tuple[float, float, float, float]
"""Red, green, blue and opacity, each from 0 to 1."""

BLACK: Colour = (0.0, 0.0, 0.0, 1.0)
WHITE: Colour = (1.0, 1.0, 1.0, 1.0)
LINK: Colour = (0.0, 0.0, 238 / 255, 1.0)

_NAMED = {
    "black": "#000000", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080", "white": "#ffffff",
    "maroon": "#800000", "red": "#ff0000", "purple": "#800080", "fuchsia": "#ff00ff", "green": "#008000",
    "lime": "#00ff00", "olive": "#808000", "yellow": "#ffff00", "navy": "#000080", "blue": "#0000ff",
    "teal": "#008080", "aqua": "#00ffff", "orange": "#ffa500", "transparent": "#00000000",
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(([^()]*)\)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]*\.?[0-9]+%?")


def colour(value: str) -> Colour | None:
    """Read a colour; None where it is none that mails should use."""
    value = value.strip().lower()
    if (match := _HEX.fullmatch(_NAMED.get(value, value))) is not None:
        figures = match[1] if len(match[1]) > 4 else "".join(2 * one for one in match[1])
        red, green, blue, *rest = (int(figures[at : at + 2], 16) / 255 for at in range(0, len(figures), 2))
        return red, green, blue, rest[0] if rest else 1.0
    if (match := _RGB.fullmatch(value)) is not None:
        parts = _NUMBER.findall(match[1])
        if len(parts) in (3, 4):
            red, green, blue, *rest = (_share(part, 1.0 if at == 3 else 255.0) for at, part in enumerate(parts))
            return red, green, blue, rest[0] if rest else 1.0
    return None


def first_colour(value: str) -> Colour | None:
    """The colour in a shorthand such as `background`."""
    for match in re.finditer(r"rgba?\([^()]*\)|#[0-9a-f]+|[a-z]+", value, re.IGNORECASE):
        if (found := colour(match[0])) is not None:
            return found
    return None


def over(top: Colour, under: Colour) -> Colour:
    """What is seen where a colour lies on an opaque one."""
    red, green, blue = (top[at] * top[3] + under[at] * (1 - top[3]) for at in range(3))
    return red, green, blue, 1.0


def ratio(one: Colour, other: Colour) -> float:
    """The contrast of two opaque colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def shown(one: Colour) -> str:
    """A colour as people write it."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in one[:3])


def _share(part: str, whole: float) -> float:
    value = float(part.rstrip("%")) / (100.0 if part.endswith("%") else whole)
    return min(1.0, max(0.0, value))


def _luminance(one: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in one[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
