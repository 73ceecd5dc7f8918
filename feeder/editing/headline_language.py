"""Whether a headline was left in English; headlines are too short for what tells the language of a text."""

from __future__ import annotations

import re

# Words of English only, as headlines use them; what German headlines borrow ("deal", "first", "live") is left out.
_ENGLISH = frozenset(
    "the of and to with for from by at is are was were has have its it's this that these those his her their your you"
    " we our not but what why how who when where which will can could would should may says said after before into"
    " over about against amid than then as or if be been being makes gets wants takes goes comes launches launched"
    " unveils unveiled announces announced releases released introduces reveals reports raises cuts sues warns claims"
    " adds brings builds hits plans faces helps shows could more most first-ever ahead without between while during"
    " new your my us him them it on in an a up out all".split()
)
_WEAK = frozenset("in an a on all was will her by as at us up out of the new my it".split())
"""Stand in German headlines, too, or in the names of products and works."""
_GERMAN = frozenset(
    "der die das den dem des ein eine einen einem einer eines und oder aber nicht ist sind wird werden wurde mit von"
    " vom zu zum zur für auf aus bei beim nach über unter durch sich als wie noch nur schon er sie es wir ihr ich sein"
    " seine ihre im am ins ans auch mehr was warum wer wo wenn weil dass hat haben kann können soll sollen will gegen"
    " vor seit ohne um so jetzt neue neuer neues neuen bis doch kein keine trotz wegen laut droht macht gibt geht"
    " kommt steht bleibt".split()
) - {"so", "will", "die", "was", "am", "um", "er"}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ENDING = re.compile(r"[a-z]{3,}(?:tions?|ity|ities|ments?|ness|phy|ings?|ous|ly|ants|ies|ical|ized|ated|ers)")
"""How English words end, in lower case: German writes nouns with a capital."""
_QUOTED = re.compile(r"[„\"»«“][^„“”\"»«]{1,120}[“”\"«»]")
_SHARE = 0.15


def is_english(headline: str) -> bool:
    """Whether a headline is English: words that German has not, enough for its length, and no trace of German."""
    words = _WORD.findall(_QUOTED.sub(" ", headline))
    if any(word.casefold() in _GERMAN or re.search("[äöüßÄÖÜ]", word) for word in words):
        return False
    points = [_points(word) for word in words]
    return 2 in points and sum(points) >= 2 * _SHARE * len(words)


def _points(word: str) -> int:
    """How English a word is: 2 where German has none like it, 1 where headlines borrow it, 0 otherwise."""
    known = word.casefold() in _ENGLISH and not (word.isupper() and len(word) > 1)
    if known and word.casefold() not in _WEAK:
        return 2
    return 1 if known or _ENDING.fullmatch(word) else 0
