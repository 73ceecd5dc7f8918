"""A Kurzfassung of the source's own sentences."""

from __future__ import annotations

from feeder import text

BULLETS = 5
BULLET_LIMIT = 180


def excerpt(words: str, teaser: str, room: int) -> tuple[str, ...]:
    """Take the sentences after the teaser, whole ones only, as far as `room` characters reach."""
    bullets: list[str] = []
    for sentence in text.sentences(words):
        if sentence in teaser or len(sentence) > BULLET_LIMIT or sentence.endswith("…"):
            continue
        if len(sentence) > room or len(bullets) == BULLETS:
            break
        bullets.append(sentence)
        room -= len(sentence)
    return tuple(bullets)
