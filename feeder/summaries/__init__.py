"""Who writes a Kurzfassung where the story brings none: one summariser per kind.

A summariser gets the source's text (plain, a blank line between paragraphs), headline and teaser of the story and the
characters that the source's `excerpt_limit` leaves; it returns plain-text bullets that together keep to that many.
"""

from __future__ import annotations

from collections.abc import Callable

from feeder.summaries.excerpt import excerpt
from feeder.summaries.extractive import extract

SUMMARISERS: dict[str, Callable[[str, str, str, int], tuple[str, ...]]] = {
    "extractive": extract,
    "excerpt": excerpt,
    "llm": extract,  # for what the model does not tell
}
