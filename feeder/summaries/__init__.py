"""Who writes a Kurzfassung where the story brings none: one summariser per kind.

A summariser gets the source's words as plain text, headline and teaser that were already taken from
them and the characters that the source's `excerpt_limit` leaves; it returns plain-text bullets that
together keep to that many.
"""

from __future__ import annotations

from collections.abc import Callable

from feeder.summaries.excerpt import excerpt

SUMMARISERS: dict[str, Callable[[str, str, int], tuple[str, ...]]] = {
    "excerpt": excerpt,
    "llm": excerpt,  # for what the model does not tell
}
