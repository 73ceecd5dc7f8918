"""Names that an answer holds and its source does not.

German writes every noun with a capital, so a name is what begins with one and is neither in the source in any of its
forms, nor made of words of the source, nor a noun that any text may use: one of a short list, or of a make that names
do not have (-ung, -heit, -tion …). In doubt it is a name: who doubts loses a paraphrase, who does not, the truth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from feeder.summaries.vocabulary import ENDS, MAKES, NOUNS, OPENERS, OPENING_MAKES, PARTICIPLES, SAME, TITLES

_WORD = re.compile(r"[^\W_][\w'’-]*[^\W_]|[^\W_]")
_SENTENCE_END = re.compile(r"[.!?:…–—]|[\"„“”»«‚‘(]")
_LINKS = ("", "s", "n", "en", "e", "es", "er")
_SHORTEST_PART = 3


@dataclass(frozen=True)
class Vocabulary:
    """The words of a source, by which those of an answer are judged."""

    text: str

    @cached_property
    def words(self) -> frozenset[str]:
        """All words and parts of words with hyphens, folded."""
        found = set()
        for match in _WORD.finditer(self.text):
            word = folded(match[0])
            found |= {word, word.replace("-", ""), *word.split("-")}
        return frozenset(found - {""})

    @cached_property
    def stems(self) -> frozenset[str]:
        """The same without the endings that German and English give to a word."""
        return frozenset(stem for word in self.words for stem in _stems(word))

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Which words stand beside each other."""
        words = [folded(word) for word in _WORD.findall(self.text)]
        return frozenset(
            (one, other) for left, right in pairwise(words) for one in _stems(left) for other in _stems(right)
        )

    def holds(self, word: str) -> bool:
        """Whether a word stands in the source in some form, as a name that means the same, or in a longer one."""
        low = folded(word)
        if low in self.words or any(stem in self.stems for stem in _stems(low)):
            return True
        if any(other in self.words or (" " in other and other in self.text.casefold()) for other in SAME.get(low, ())):
            return True
        if "-" in low:
            return all(self.holds(part) or _is_common(part) for part in low.split("-") if part)
        return self._is_made_of_known(low)

    def _is_made_of_known(self, low: str) -> bool:
        if len(low) < 5:
            return False
        if any(low in word for word in self.words if len(word) > len(low) and _starts_or_ends(word, low)):
            return True
        return any(
            low[cut:] in self.stems | NOUNS and _first_part(low[:cut]) & (self.words | NOUNS)
            for cut in range(_SHORTEST_PART, len(low) - _SHORTEST_PART + 1)
        )


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    opens: bool
    beside: str  # the word after it, if nothing but a space is between


def strangers(answer: str, source: Vocabulary, language: str) -> tuple[str, ...]:
    """The names of an answer that its source does not know, and pairs of names that it does not know together."""
    tokens = list(_tokens(answer))
    unknown = [token.word for token in tokens if _looks_like_a_name(token, language) and not source.holds(token.word)]
    paired = [
        f"{token.word} {token.beside}"
        for token in tokens
        if token.beside and _is_a_pair(token, source) and token.word not in unknown and token.beside not in unknown
    ]
    return tuple(dict.fromkeys((*unknown, *paired)))


def folded(word: str) -> str:
    """A word without case, and without the apostrophe of an English or Saxon genitive."""
    return re.sub(r"['’]s?$", "", word.casefold()).replace("\u00ad", "")


def _tokens(answer: str) -> Iterator[_Token]:
    before = 0
    matches = list(_WORD.finditer(answer))
    for n, match in enumerate(matches):
        gap = answer[before : match.start()]
        following = matches[n + 1] if n + 1 < len(matches) else None
        beside = following[0] if following and answer[match.end() : following.start()] == " " else ""
        yield _Token(match[0], n == 0 or bool(_SENTENCE_END.search(gap)) or "\n" in gap, beside)
        before = match.end()


def _looks_like_a_name(token: _Token, language: str) -> bool:
    word = token.word
    if not any(char.isupper() for char in word):
        return False
    low = folded(word)
    if _is_shaped_like_a_name(word):
        return True
    if token.opens and (low in OPENERS or low.endswith(OPENING_MAKES) or _is_a_participle(low)):
        return False
    return not (language == "de" and all(_is_common(part) for part in low.split("-") if part))


def _is_a_participle(low: str) -> bool:
    return len(low) > 8 and low.startswith(PARTICIPLES[0]) and low.endswith(PARTICIPLES[1])


def _is_shaped_like_a_name(word: str) -> bool:
    """OpenAI, IBM, H100, iPhone: what no common noun looks like."""
    parts = [part for part in word.split("-") if part]
    return any(any(char.isupper() or char.isdigit() for char in part[1:]) for part in parts)


def _is_common(low: str) -> bool:
    """Whether a word is a German noun that any text may use."""
    if low in NOUNS or any(stem in NOUNS for stem in _stems(low)):
        return True
    if len(low) > 5 and low.endswith(MAKES):
        return True
    return any(_stems(low[cut:]) & NOUNS for cut in range(4, len(low) - 3))


def _is_a_pair(token: _Token, source: Vocabulary) -> bool:
    """Whether two names stand side by side that the source never puts there: a first name and another's surname."""
    one, other = folded(token.word), folded(token.beside)
    if not (token.word[0].isupper() and token.beside[0].isupper()) or (token.opens and one in OPENERS):
        return False
    if any(_is_common(each) or each in TITLES or not _is_only_a_name(each, source) for each in (one, other)):
        return False
    return not any((left, right) in source.pairs for left in _stems(one) for right in _stems(other))


def _is_only_a_name(low: str, source: Vocabulary) -> bool:
    """Whether the source writes a word with a capital wherever it stands."""
    return not re.search(rf"(?<!\w){re.escape(low)}(?!\w)", source.text)


def _stems(low: str) -> set[str]:
    found = {low}
    for end in ENDS:
        if low.endswith(end) and len(low) - len(end) >= _SHORTEST_PART:
            found.add(low[: -len(end)])
    return found


def _first_part(low: str) -> set[str]:
    """The words that a compound's first part may be, with the link between the parts taken off or left out."""
    return {low[: len(low) - len(link)] for link in _LINKS if low.endswith(link)} | {low + "e", low + "en"}


def _starts_or_ends(word: str, low: str) -> bool:
    return word.startswith(low) or word.endswith(low)
