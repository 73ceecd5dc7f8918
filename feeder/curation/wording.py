"""What of a headline and its teaser can be compared: stems, names, numbers, and what kind of piece it is.

Kickers, live marks and paywall marks are taken off; German and English words come to one form where both languages
write nearly alike (`Krise`, `crisis`) or the table of `feeder.curation.bilingual` knows both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from feeder.curation.bilingual import GERMAN_OF
from feeder.curation.headline_words import (
    COMMON_WORDS,
    DAYS,
    DEVELOPMENT_WORDS,
    MONTHS,
    OPINION_WORDS,
    PLACE_WORDS,
    SERIES_WORDS,
    STOP_WORDS,
    TICKER_WORDS,
)
from feeder.model import Trace

# How much of the words is looked at: teasers are about as long, and equal lengths compare best.
WORDS_READ = 400
TITLE_READ = 400  # characters; longer ones are whole texts without a headline

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+\d*[^\W_]*|[^\W_]+")
_PAYWALL = re.compile(
    r"^(?:[A-Z]{1,4}\s?\+|SZ Plus|[a-z]+\+|Abo(?=\W)|Premium(?=\W))(?:\s?\([^)]*\)\s?;?)?\s*(?=[A-ZÄÖÜ0-9„»«\"'])"
)
_MARK = re.compile(
    r"^(?:\W*\b(?:Eilmeldung|EILMELDUNG|Eil|EIL|Breaking(?: News)?|BREAKING|Live(?:blog|ticker)?|News(?:ticker|blog)?"
    r"|Ticker|Update|UPDATE|Video|Podcast|Exklusiv|Exclusive|EXCLUSIVE|Hintergrund|Analyse|Analysis|Bericht|Interview)"
    r"(?=[A-ZÄÖÜ0-9„»«\"':.\s–-])[\s:.+–-]*)+"
)
# A mark glued to the headline, or set off from it; "Live dabei sein" and "Update für Windows" are headlines.
_SET_OFF = re.compile(r"[:.+–-]\s*$|[a-z]$")
_KICKER = re.compile(r"^([^:]{2,60}):\s*(?=\S)")
_SOUNDS = (("sch", "s"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("ij", "i"), ("yj", "i"), ("iy", "i"))
_LETTERS = str.maketrans("äöüßéèyzcwj", "aouseeiskvi")
_ENDINGS = ("ungen", "innen", "ischen", "ern", "ung", "end", "ens", "ing", "em", "en", "er", "es", "ed", "e", "s", "n")
_LAST = tuple({ending[-1] for ending in _ENDINGS})
_SHORTEST_STEM = 4
_DOUBLE = re.compile(r"(.)\1+")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_YEAR = re.compile(r"(?:19|20)\d\d")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A word without its ending, spelled as both German and English could spell it; a number without separators."""
    if word[0].isdigit():
        return re.sub("[.,]", "", word) if _GROUPED.fullmatch(word) else word.replace(",", ".")
    folded = word.lower().translate(_LETTERS)
    for sound, letter in _SOUNDS:
        folded = folded.replace(sound, letter)
    folded = _DOUBLE.sub(r"\1", folded)
    for ending in _ENDINGS if folded.endswith(_LAST) else ():
        if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST_STEM:
            return folded[: -len(ending)]
    return folded


def stems_of(words: frozenset[str]) -> frozenset[str]:
    """The stems of a table of words."""
    return frozenset(map(stem, words))


COMMON = stems_of(COMMON_WORDS | MONTHS | DAYS)
_OPINION, _TICKER, _SERIES = map(stems_of, (OPINION_WORDS, TICKER_WORDS, SERIES_WORDS))
_PLACES, _MONTHS, _DEVELOPMENTS = map(stems_of, (PLACE_WORDS, MONTHS, DEVELOPMENT_WORDS))


@dataclass(frozen=True, slots=True)
class Wording:
    """The comparable form of one trace: stems. `words` holds all, those of `title` and of its kicker too.

    `names` are written with a capital: in German all nouns, so it is their rarity that makes names of them. `numbers`
    are the headline's without years; `counted` are those that tell one of a row from the next: a name with its number
    ("Teil 2", "GPT-5.5") and a day with its month.
    """

    title: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]
    phrases: frozenset[tuple[str, str]]
    numbers: frozenset[str]
    counted: tuple[tuple[str, str], ...]
    places: frozenset[str]
    is_opinion: bool
    is_ticker: bool
    is_series: bool


def headline(title: str) -> tuple[str, str]:
    """Split a headline into its kicker ("" if it has none) and the rest, without live and paywall marks."""
    bare = _PAYWALL.sub("", title.strip()[:TITLE_READ])
    mark = _MARK.match(bare)
    if mark is not None and mark.end() < len(bare) and _SET_OFF.search(mark[0]):
        bare = bare[mark.end() :]
    bare = bare.rstrip(" ….")
    kicker = _KICKER.match(bare)
    if kicker is None or len(_WORD.findall(bare[kicker.end() :])) < 3:
        return "", bare
    return kicker[1], bare[kicker.end() :]


def wording_of(trace: Trace) -> Wording:
    """Read a trace; never fails, whatever its text."""
    kicker, rest = headline(trace.title)
    read = _english if trace.language.startswith("en") else _german
    whole = _WORD.findall(trace.title[:TITLE_READ])
    title, above, below = _WORD.findall(rest), _WORD.findall(kicker), _WORD.findall(trace.words[:WORDS_READ])
    stems = [word for word in map(read, title) if word]
    everything = [*title, *above, *below]
    roots = list(map(read, everything))
    names = frozenset(root for root, one in zip(roots, everything, strict=True) if root and one[0].isupper())
    kinds = frozenset(map(read, whole))
    told = frozenset(stems)
    numbers = frozenset(one for one in told if one[0].isdigit() and not _YEAR.fullmatch(one))
    return Wording(
        title=told,
        words=frozenset(filter(None, roots)),
        names=names,
        phrases=frozenset(pairwise(stems)),
        numbers=numbers,
        counted=_counted(stems, names, numbers) if numbers else (),
        places=told & _PLACES,
        is_opinion=not kinds.isdisjoint(_OPINION),
        is_ticker=not kinds.isdisjoint(_TICKER) or "+++" in trace.words,
        is_series=not kinds.isdisjoint(_SERIES),
    )


@lru_cache(maxsize=100_000)
def _german(word: str) -> str:
    low = word.lower()
    return "" if low in STOP_WORDS else stem(low)


@lru_cache(maxsize=100_000)
def _english(word: str) -> str:
    low = word.lower()
    return "" if low in STOP_WORDS else stem(GERMAN_OF.get(low, low))


def _counted(stems: Sequence[str], names: frozenset[str], numbers: frozenset[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for left, right in pairwise(stems):
        if right in numbers and left in names and left not in _MONTHS:
            found.append((left, right))
        elif left in numbers and right in _MONTHS:
            found.append((right, left))
    return tuple(found)


def new_in(trace: Trace, known: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The names, numbers and words of development of a headline that are not among known stems: as written, and stem.

    A number comes with the word after it ("40 Verletzte").
    """
    read = _english if trace.language.startswith("en") else _german
    written = _WORD.findall(headline(trace.title)[1])
    found = []
    for place, word in enumerate(written):
        root = read(word)
        if not root or root in known or not (word[0].isupper() or word[0].isdigit() or root in _DEVELOPMENTS):
            continue
        following = written[place + 1] if place + 1 < len(written) else ""
        joined = f"{word} {following}" if word[0].isdigit() and following.isalpha() else word
        found.append((joined, root))
    return tuple(dict.fromkeys(found))


def is_development(root: str) -> bool:
    """Whether a stem says that something came of an affair: an arrest, a cause, an answer."""
    return root in _DEVELOPMENTS


def is_number(root: str) -> bool:
    """Whether a stem is a number and no year."""
    return root[0].isdigit() and not _YEAR.fullmatch(root)
