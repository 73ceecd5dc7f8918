"""The teaser: what makes one read on, within what the source's rights allow."""

from __future__ import annotations

from feeder import text
from feeder.sentences import sentences

TEASER_LIMIT = 200
HEADLINE_LIMIT = 90


def headline(title: str, words: str) -> str:
    """The title, or the first words of a post that has none; "" where there is nothing to say."""
    parts = sentences(words)
    return title or (text.shorten(parts[0], HEADLINE_LIMIT) if parts else "")


def teaser(words: str, headline: str, limit: int) -> str:
    """Take whole sentences from `words` up to `limit` characters, at most 200; the first is cut if it must be.

    A sentence that only repeats the headline is no teaser; "" where nothing else is said.
    """
    limit = min(limit, TEASER_LIMIT)
    parts = sentences(words)
    if parts and _bare(parts[0]) == _bare(headline):
        parts = parts[1:]
    if not parts or limit < 20 or _bare(words) == _bare(headline):
        return ""
    taken = ""
    for part in parts:
        longer = f"{taken} {part}".strip()
        if len(longer) > limit:
            break
        taken = longer
    return taken or text.shorten(parts[0], limit)


def _bare(sentence: str) -> str:
    return sentence.strip(" .!?…:").casefold()
