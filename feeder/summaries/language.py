"""Which language a text is written in: German, English, or neither, by its commonest words."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["de", "en"]

# Words of one of the two languages only: what both write ("in", "so", "was", "will", "war", "die") says nothing.
_GERMAN = frozenset(
    "der den dem des ein eine einen einem einer eines und oder aber auch nicht ist sind wird werden wurde wurden"
    " mit von vom zu zum zur für auf aus bei beim nach über unter durch sich als wie noch nur schon er sie es wir"
    " ihr ich sein seine seinen ihre ihren ihrer dass daß wenn weil haben hatte können kann soll sollen mehr einem"
    " diese dieser dieses diesem diesen gegen zwischen sowie bereits laut jedoch damit dabei dazu deren dessen im"
    " am das keine kein vor seit sei seien um zwei drei jahr jahre uhr immer hier wer wo wegen ohne alle allen"
    " viele doch nun sehr".split()
)
_ENGLISH = frozenset(
    "the of and to is are were has have had be been it its this that these those with for from by as at on or but"
    " not they their them he she his her you your we our which who what when where how than then there can could"
    " would should may might must more most other some such into over after before between about also only just"
    " one two new said says according if because while through during against both each all any if do does did out"
    " up".split()
)
# What is neither, and shares short words with one of them: Dutch, Danish, Norwegian, Swedish and Romance languages.
_OTHER = frozenset(
    "het een van niet zijn deze voor ook naar dat og af til det på ikke jeg med som är och att för från inte les"
    " est une dans pour que qui sur avec los las una para por del con della che di il è sono".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_OPENING = 4_000
_CLEARLY = 2
_SHARE = 0.12
_FEWEST = 2


def language_of(text: str) -> Language | None:
    """The language of a text of at least a short sentence, judged by its first 4000 characters.

    None where it is neither, mixed, or too short to tell: a headline is, mostly.
    """
    words = _WORD.findall(text[:_OPENING].casefold())
    german, english, other = (sum(word in common for word in words) for common in (_GERMAN, _ENGLISH, _OTHER))
    more, less = max(german, english), max(min(german, english), other)
    if more < max(_FEWEST, _SHARE * len(words)) or more < _CLEARLY * less + 1:
        return None
    return "de" if german > english else "en"
