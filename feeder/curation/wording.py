"""What of a headline and its teaser can be compared: stems, names, numbers, and what kind of piece it is.

Kickers, live marks and paywall marks are taken off; German and English words come to one form where both languages
write nearly alike (`Krise`, `crisis`) or the table of `feeder.curation.bilingual` knows both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from feeder.curation.bilingual import GERMAN_OF
from feeder.curation.headline_words import STOP_WORDS
from feeder.model import Trace

# How much of the words is looked at: teasers are about as long, and equal lengths compare best.
WORDS_READ = 400

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+\d*[^\W_]*|[^\W_]+")
_PAYWALL = re.compile(
    r"^(?:[A-Z]{1,4}\s?\+|SZ Plus|heise\+|Abo|Premium|Plus)(?:\s?\([^)]*\)\s?;?)?\s*(?=[A-ZÄÖÜ0-9„»«\"'])"
)
_MARK = re.compile(
    r"^(?:\W*\b(?:Eilmeldung|Eil|Breaking(?: News)?|Live(?:blog|ticker)?|News(?:ticker|blog)?|Ticker|Update|Video"
    r"|Podcast|Exklusiv|Exclusive|Hintergrund|Analyse|Analysis|Bericht|Report|Interview|Liveblog)(?=[A-ZÄÖÜ0-9„»«\"':.\s–-])"
    r"[\s:.+–-]*)+"
)
_KICKER = re.compile(r"^([^:]{2,60}):\s*(?=\S)")
_OPINION = re.compile(
    r"\b(?:Kommentar|Meinung|Kolumne|Leitartikel|Gastbeitrag|Glosse|Essay|Rezension|Kritik an|Pressestimmen|Presseschau"
    r"|Opinion|Column|Editorial|Review|Op-Ed)\b|^(?:Meinung|Kommentar)",
)
_TICKER = re.compile(
    r"live-?(?:blog|ticker)|newsblog|newsticker|^Live(?=[A-ZÄÖÜ:])|\+\+\+|alle (?:News|Entwicklungen|Neuigkeiten)",
    re.IGNORECASE,
)
_SERIES = re.compile(
    r"\b(?:Horoskop|Lotto|Lottozahlen|Eurojackpot|Kalenderblatt|Rätsel|Quiz|Sudoku|Podcast|Newsletter|Anzeige|Verlagsangebot"
    r"|Wochenrückblick|Presseschau|TV-Tipps?|Rezept|Gutschein|Deal|Angebot|Blitzer|Staus?|horoscope|lottery|deals?|podcast"
    r"|newsletter|puzzle|crossword|Lage am|am Morgen|am Abend|Nachrichten vom|Wetter(?:bericht|vorhersage)?)\b",
    re.IGNORECASE,
)
_SOUND = (("sch", "s"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("ij", "i"), ("yj", "i"), ("iy", "i"))
_FOLD = str.maketrans(
    {"ä": "a", "ö": "o", "ü": "u", "ß": "s", "é": "e", "è": "e", "y": "i", "z": "s", "c": "k", "w": "v", "j": "i"}
)
_ENDINGS = ("ungen", "innen", "ischen", "ern", "ung", "end", "ens", "ing", "em", "en", "er", "es", "ed", "e", "s", "n")
_SHORTEST_STEM = 4
_DOUBLE = re.compile(r"(.)\1+")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Wording:
    """The comparable form of one trace. `words` holds `title` too; `names` are stems written with a capital.

    `numbers` are the title's without years; `counted` pairs each number of the title with a word beside it, so that
    "Teil 2" and "Teil 3" are seen to differ.
    """

    title: tuple[str, ...]
    words: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    counted: tuple[tuple[str, str], ...]
    phrases: frozenset[tuple[str, str]]
    opinion: bool
    ticker: bool
    series: bool


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A lower-case word without its ending, spelled as both German and English could spell it."""
    if word[0].isdigit():
        return word
    folded = word.translate(_FOLD)
    for sound, letter in _SOUND:
        folded = folded.replace(sound, letter)
    folded = _DOUBLE.sub(r"\1", folded)
    for ending in _ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST_STEM:
            return folded[: -len(ending)]
    return folded


def headline(title: str) -> tuple[str, str]:
    """Split a headline into its kicker ("" if it has none) and the rest, without live and paywall marks."""
    bare = _MARK.sub("", _PAYWALL.sub("", title.strip())).rstrip(" ….")
    kicker = _KICKER.match(bare)
    if kicker is None or len(_WORD.findall(bare[kicker.end() :])) < 3:
        return "", bare or title
    return kicker[1], bare[kicker.end() :]


def wording_of(trace: Trace) -> Wording:
    """Read a trace; never fails, whatever its text."""
    kicker, rest = headline(trace.title)
    english = trace.language.startswith("en")
    title = _tokens(rest, english)
    words = trace.words[:WORDS_READ]
    everything = title + _tokens(kicker, english) + _tokens(words, english)
    stems = [one for one, _ in everything]
    numbers = frozenset(one for one, _ in title if one[0].isdigit() and not _YEAR.fullmatch(one))
    return Wording(
        title=tuple(dict.fromkeys(one for one, _ in title)),
        words=frozenset(stems),
        names=frozenset(one for one, capital in everything if capital),
        numbers=numbers,
        counted=_counted([one for one, _ in title], numbers),
        phrases=frozenset(pairwise(stems)),
        opinion=_OPINION.search(trace.title) is not None,
        ticker=_TICKER.search(trace.title) is not None or "+++" in words,
        series=_SERIES.search(trace.title) is not None,
    )


def _tokens(text: str, english: bool) -> list[tuple[str, bool]]:
    """Stems of the telling words in their order, each with whether it was written with a capital."""
    found = []
    for word in _WORD.findall(text):
        low = word.lower()
        if low in STOP_WORDS:
            continue
        if english:
            low = GERMAN_OF.get(low, low)
        found.append((_number(low) if low[0].isdigit() else stem(low), word[0].isupper()))
    return found


def _number(word: str) -> str:
    """A number without what groups its thousands, with a point before decimals."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", word):
        return word.replace(".", "").replace(",", "")
    return word.replace(",", ".")


def _counted(stems: list[str], numbers: frozenset[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for left, right in pairwise(stems):
        if right in numbers and not left[0].isdigit():
            found.append((f"{left} #", right))
        if left in numbers and not right[0].isdigit():
            found.append((f"# {right}", left))
    return tuple(found)
