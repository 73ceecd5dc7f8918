"""Words brought to a common form, so that "Modelle" and "Modells" count as one; made for comparing, not for reading."""

from __future__ import annotations

import re
from functools import lru_cache

# What every text says, and therefore tells nothing of it; German and English in one list.
STOP_WORDS = frozenset(
    "aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bereits bis bisher da dabei"
    " dafür damit danach dann daran darauf das dass dazu dem den denn der deren des dessen die dies diese diesem diesen"
    " dieser dieses doch dort du durch ein eine einem einen einer eines er es etwa etwas euch für gab ganz gegen gibt"
    " habe haben hat hatte hatten hier ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem ins ist ja jede"
    " jedem jeden jeder jedes jedoch jetzt kann kein keine keinen können könnte laut macht machen man mehr mehrere mein"
    " mit muss müssen nach nachdem neben nicht nichts noch nun nur ob oder ohne rund schon sehr sei seien sein seine"
    " seinem seinen seiner seit selbst sich sie sieht sind so sogar soll sollen sollte sondern sowie um und uns unser"
    " unter viel viele vielen vom von vor war waren warum was weil weiter weitere weiteren welche wenn wer werde werden"
    " weniger wie wieder will wir wird wo wollen worden wurde wurden während zu zum zur zwar zwei zwischen über"
    " sagt sagte sagten erklärte teilte heißt hieß"
    " a about after all also an and any are as at be been before being but by can could did do does down for from had"
    " has have he her here him his how i if into is it its just like many may me more most much my new no not now of on"
    " one only or other our out over said say says she should so some such than that the their them then there these"
    " they this those through to too two under up us very was we well were what when where which while who will with"
    " would you your".split()
)
_WORD = re.compile(r"[^\W_]+(?:[.,][0-9]+)*")
_FOLD = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
_ENDINGS = (
    "erinnen",
    "innen",
    "ungen",
    "enden",
    "ern",
    "ung",
    "end",
    "ens",
    "em",
    "en",
    "er",
    "es",
    "ed",
    "e",
    "s",
    "n",
)
_SHORTEST = 4


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its commonest German or English ending."""
    folded = word.casefold().translate(_FOLD)
    if folded.isalpha():
        for ending in _ENDINGS:
            if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST:
                return folded[: -len(ending)]
    return folded


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's telling words, in their order; numbers stay whole."""
    return tuple(stem(word) for word in _WORD.findall(text) if word.lower() not in STOP_WORDS)
