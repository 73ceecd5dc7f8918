"""A Kurzfassung of the source's own sentences."""

from __future__ import annotations

from feeder.sentences import sentences

BULLETS = 5
BULLET_LIMIT = 180


def excerpt(words: str, title: str, teaser: str, room: int) -> tuple[str, ...]:
    """Take the sentences that headline and teaser have not told, whole ones only, as far as `room` characters reach.

    One sentence alone is no Kurzfassung.
    """
    told = f"{title} {teaser}"
    bullets: list[str] = []
    for sentence in sentences(words):
        if sentence.rstrip(".!?") in told or len(sentence) > BULLET_LIMIT or sentence.endswith("…"):
            continue
        if len(sentence) > room or len(bullets) == BULLETS:
            break
        bullets.append(sentence)
        room -= len(sentence)
    return tuple(bullets) if len(bullets) > 1 else ()
