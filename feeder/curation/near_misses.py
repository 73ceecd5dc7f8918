"""What speaks for two items' being one story, and what against it, in words: how near a miss was."""

from __future__ import annotations

from collections.abc import Iterator

from feeder.curation.likeness import (
    LEAST_SHARED,
    ONE_PIECE_TITLE,
    ONE_PIECE_WORDS,
    SAME_FROM,
    SAME_WEIGHTS,
    WEIGHED,
    Parts,
    sameness,
)

# What moves the logit by less is not worth a word.
_WORTH_SAYING = 0.3
_BARRED = {
    "other_count": "counts one thing otherwise",
    "few": "fewer than two telling words in common",
    "rerun": "a headline that its source has on several days",
    "instalment": "of one source, told apart by numbers only",
}
_ALIKE = {
    "title": "title",
    "words": "words",
    "held": "the better held headline",
    "both_held": "the worse held headline",
}
_SAID = {
    "shared": "rare words in common",
    "phrases": "neighbouring words in common",
    "other_number": "other numbers",
    "other_place": "other regions",
    "one_place": "a region in one only",
    "other_day": "more than half a day apart",
    "same_source": "one source",
    "ticker": "a ticker",
    "series": "a series",
}


def speaks_for(parts: Parts) -> tuple[str, ...]:
    """What makes both alike, the strongest first."""
    return tuple(_said(name, parts) for name, pull in _pulls(parts) if pull >= _WORTH_SAYING)


def speaks_against(parts: Parts, hours: float) -> tuple[str, ...]:
    """What keeps both apart: bars first, then what lowers the score most; else that too little is in common."""
    found = [*_bars(parts)]
    found += [_said(name, parts, hours) for name, pull in reversed(_pulls(parts)) if pull <= -_WORTH_SAYING]
    score = sameness(parts)
    if not found and score < SAME_FROM:
        found.append(f"too little in common: {score:.2f} of {SAME_FROM:.2f}")
    return tuple(found)


def _bars(parts: Parts) -> Iterator[str]:
    yield from (words for name, words in _BARRED.items() if getattr(parts, name))
    if parts.shared < LEAST_SHARED:
        yield "too few words in common"
    if parts.series and parts.one_place:
        yield "a series of a region"
    if parts.same_source and not sameness(parts):
        yield f"two addresses of one source that do not agree in all (title {ONE_PIECE_TITLE}, words {ONE_PIECE_WORDS})"


def _pulls(parts: Parts) -> list[tuple[str, float]]:
    """How far each part moves the logit, the strongest first."""
    pulls = [
        (name, SAME_WEIGHTS[name] * getattr(parts, name))
        for name in WEIGHED
        if name in _ALIKE | _SAID or name == "hours"
    ]
    return sorted(pulls, key=lambda one: -one[1])


def _said(name: str, parts: Parts, hours: float = 0.0) -> str:
    if name == "hours":
        return f"{hours:.0f} h apart"
    return f"{_ALIKE[name]} {getattr(parts, name):.2f}" if name in _ALIKE else _SAID[name]
