"""Whether a sentence can be read alone: it leans on none before it, asks nothing, sets no scene."""

from __future__ import annotations

import re

FEWEST_WORDS, MOST_WORDS = 6, 40
LONGEST = 180

# Lean on what was said before, as the first word of a sentence.
_LEANING = frozenset(
    "er sie es ihm ihn ihnen ihr ihre ihrem ihren ihrer sein seine seinem seinen seiner dies diese diesem diesen"
    " dieser dieses dessen deren derer solche solcher solches solchen jene jener jenes beide ersterer letzterer"
    " dieselbe derselbe dasselbe und oder aber doch denn sondern jedoch dabei dazu damit dafür dagegen daher darum"
    " deshalb deswegen davon dadurch darüber darauf daran darin daraus darunter dahinter daneben danach dann dort"
    " da so nun also auch außerdem zudem ferner zugleich gleichzeitig allerdings trotzdem dennoch hingegen"
    " stattdessen zuvor später schließlich unterdessen derweil demnach somit folglich hinzu ebenso ebenfalls eben"
    " hier hierzu hierbei hierfür hiermit einerseits andererseits anders andere anderen immerhin übrigens freilich"
    " beispielsweise insofern vielmehr nämlich entsprechend dementsprechend demzufolge nein selbst weitere warum"
    " wieso weshalb kurzum wohl indes indessen oh ach tja achte weder desto umso ansonsten jedenfalls zunächst"
    " anschließend letztlich seitdem seither derartige derartiges genau wobei mein meine mich mir uns unser unsere"
    " unserem unseren unserer du dein deine ihrerseits seinerseits he she it they him her his hers its their them"
    " this that these those such but and or yet nor however moreover furthermore then there here still meanwhile"
    " instead therefore thus hence both another besides otherwise nevertheless nonetheless similarly likewise"
    " additionally consequently finally yes ich wir bis why which we i you our my your us me".split()
)
# Lean on what was said before as first words that are common otherwise.
_LEANING_WORDS = re.compile(
    r"(?:(?:das|die|der|den|dem) (?:ist|sind|war|waren|sei|seien|wäre|hat|haben|hatte|wird|werden|wurde|kann"
    r"|können|könnte"
    r"|soll|sollte|sollen|muss|müsse|bedeutet|heißt|hieß|gilt|geht|gehe|zeigt|liegt|macht|mache|führt|klingt"
    r"|reicht|sagt"
    r"|sagte|betrifft|dürfte|funktioniert|gelingt|passiert|ergab|geschieht|bestätigte|teilte|berichtete|berichtet"
    r"|wollen)"
    r"|(?:zum|im|am) (?:einen|anderen|gegenteil|übrigen|zuge dessen)|hinzu kommt|unter anderem|mit anderen worten"
    r"|auf diese"
    r"|(?:in|an|auf|bei|mit|von|zu|nach|vor|für|gegen|aus|über|unter|durch|um|neben|wegen|laut|seit|trotz|während"
    r"|ein|eine"
    r"|einer|einen|als|wie|ob|weil|wenn|dass) (?:dies|diese[mnrs]?|jene[mnrs]?|ihm|ihn|ihnen|sie|ihr|ihre[mnrs]?"
    r"|sein|seine[mnrs]?|er|es|dessen|deren|solche[mnrs]?|weitere[mnrs]?|andere[mnrs]?|anderem)"
    r"|der \d+-jährige|die \d+-jährige|ein (?:weiterer|anderer)|eine (?:weitere|andere)|grund dafür|grund dazu"
    r"|(?:for|in|on|at|with|by|from|of|to|as|after|before|because|if|while|when|since|despite) (?:this|that|these"
    r"|those|him|them|it|they|he|she|his|her|its|their|such)|as a result|on top of that"
    r"|in (?:addition|other words|fact|contrast)|on the other"
    r"|for (?:example|instance)|at the same time|of course|one of (?:them|these))\b",
    re.IGNORECASE,
)
# Lean on what was said before as second or third word, unless a clause before them says who is meant.
_LEANING_LATER = frozenset(
    "er ihm ihn ihnen dafür dazu danach davor zuvor dabei davon darum deshalb daran darauf darüber darin damit dadurch"
    " jedoch allerdings hingegen dagegen indes zudem außerdem also dennoch trotzdem dieser dieses diesem diesen solche"
    " solcher solchen solches derselbe dort he him them however therefore also".split()
)
_SCENE = re.compile(
    r"(?:es (?:ist|war|sind|waren|beginnt|begann|regnet|schneit|riecht|herrscht|klingt)\b|stell(?:en sie|t"
    r"|) (?:sich|euch|dir)\b"
    r"|an (?:einem|diesem) [^.]{0,40}(?:morgen|abend|nachmittag|vormittag|tag)\b|wenn \w+ \w+ (?:aus dem|durch"
    r"|über|an)\b"
    r"|it (?:is|was) (?:a|an|the|early|late)\b|imagine\b|on a [^.]{0,30}(?:morning|afternoon|evening|day)\b|once upon)",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:ich|wir|mich|mir|uns|unsere?[mnrs]?|meine?[mnrs]?|I|we|my|our|us)\b")
_PAIRS = (("„", "“”"), ("»", "«"), ("(", ")"), ("[", "]"))
_OPENING = "„“\"»«‚‹›'"
_END = re.compile(r"[.!][“”\"«»)’']*$")


def stands_alone(sentence: str) -> bool:
    """Whether a sentence may be a bullet: whole, of fitting length, and understood without what is around it."""
    if not FEWEST_WORDS <= sentence.count(" ") + 1 <= MOST_WORDS or len(sentence) > LONGEST:
        return False
    if not _END.search(sentence) or sentence.endswith(("...", "…")):
        return False
    if sentence[0].islower() or sentence[0] in _OPENING or _leans(sentence):
        return False
    return not (_SCENE.match(sentence) or _is_cut(sentence))


def _leans(sentence: str) -> bool:
    """Whether the first words only say something to somebody who read the sentence before."""
    words = sentence.lower().split(" ", 3)[:3]
    if words[0].strip(",:;.") in _LEANING or words[0] in ("das,", "die,", "der,") or _LEANING_WORDS.match(sentence):
        return True
    return any(word in _LEANING_LATER and words[at][-1] not in ",:" for at, word in enumerate(words[1:]))


def speaks_itself(sentence: str) -> bool:
    """Whether somebody speaks of themselves, outside quotation or in it."""
    return bool(_FIRST_PERSON.search(sentence))


def _is_cut(sentence: str) -> bool:
    """Whether marks are opened and not closed, or closed and not opened."""
    if sentence.count('"') % 2:
        return True
    return any(sentence.count(opening) != sum(map(sentence.count, closing)) for opening, closing in _PAIRS)
