"""Names such as "GPT-6", which no headline may break in two."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

from jinja2.filters import do_mark_safe

MOST_ROOM = 16
"""So many letters of a headline stand on a line of the smallest telephone; a capital takes the room of two."""

_UNIT = re.compile(r"(?<![\w-])(?:[^\W_]{1,12}-\d(?:[\w.]{0,10}\w)?)(?!\w)")


def unbroken(words: str) -> str:
    """Escape words for HTML, and keep each short name with a number, such as "GPT-6" or "Claude-4.5", on one line."""
    places = [match.span() for match in _UNIT.finditer(words) if _room(match[0]) <= MOST_ROOM]
    cuts = [0, *(place for span in places for place in span), len(words)]
    said = [escape(words[start:end]) for start, end in pairwise(cuts)]
    said[1::2] = [f'<span class="unit">{unit}</span>' for unit in said[1::2]]
    return do_mark_safe("".join(said))


def _room(unit: str) -> int:
    return len(unit) + sum(letter.isupper() for letter in unit)
