"""Which topics of the publication a story belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from feeder.curation.rules import has_word


def topics_of(named: tuple[str, ...], words: str, topics: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The topics that are named, and those with a word in the text, in the publication's order.

    `topics` maps topic ids to their words; a named topic that the publication does not have is left out.
    """
    return tuple(
        topic
        for topic, topic_words in topics.items()
        if topic in named or any(has_word(words, word) for word in topic_words)
    )
