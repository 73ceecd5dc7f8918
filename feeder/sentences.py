"""Where a sentence ends in German and English text: rules and short lists, no model, no data files.

What stands in one pair of quotation marks or brackets stays together, so that no sentence opens a quotation that
it does not close. Time is linear in the length of the text: every look around a full stop is bounded.
"""

from __future__ import annotations

import re
from bisect import bisect_right

# Always followed by what they belong to.
_INNER = frozenset(
    "abb abk abs abt allg anm aufl bearb bspw bsp bzgl bzw ca cf dipl dr ebd eigtl einschl entspr evtl fa franz frl geb"
    " gegr gem gest ggf ggü griech hr hrn hrsg ing inkl insb insbes ital jhrl kap kath kfm lfd lic mind mr mrs ms mtl"
    " möglw nr od orig pol prof rd rn russ s.o s.u sog st stellv teilw ungef urspr v.a vbd verf vergl vgl vs wg z.b z.t"
    " z.zt zit zzgl zzt d.h i.d.r d.i i.e e.g o.g i.d m.w a.a.o i.s.d i.s.v i.v.m p.s approx capt gov sgt dept ph.d"
    " dipl.-ing dr.-ing dr.h.c h.c b.a m.a eds".split()
)
# Stand before numbers, and are words or names otherwise.
_NUMBERED = frozenset(
    "art bd fig no max min p pp s str vol ver tel jan feb mrz apr jun jul aug sep sept okt oct nov dez dec".split()
)
_TITLES = frozenset({"Mag", "Gen", "Col", "Lt", "Rep", "Sen", "Rev", "Hon", "Mt", "Ft"})
# Stand inside a sentence as a rule; at its end only where the next word is one that opens sentences.
_EITHER = frozenset(
    "mio mrd bio tsd u.a u.s u.s.a u.k u.n e.v a.d n.chr v.chr chr jh jhd std sek stck co corp inc ltd jr sr bros a.m"
    " p.m k.o o.k d.c n.y a.g s.a ff vorm nachm mwst jan feb mrz apr aug sept okt oct nov dez dec".split()
)
# Words that are written with a capital only because a sentence begins.
_OPENERS = frozenset(
    "der die das den dem des ein eine einen einem einer eines er sie es wir ich ihr man dies diese dieser dieses diesen"
    " diesem jetzt nun dann danach davor zuvor dabei dazu damit dafür dagegen daher deshalb doch aber und oder denn"
    " jedoch auch außerdem zudem allerdings trotzdem dennoch hier dort da so also als wenn weil ob wie was wer wo warum"
    " während nachdem bevor seit seitdem bis im in am an auf aus bei beim mit nach von vom vor zu zum zur über unter"
    " durch für gegen ohne um laut trotz wegen nur noch schon nicht kein keine alle allen viele einige mehrere beide"
    " sein seine seinen ihre ihren ihrer unser unsere mein meine bislang bisher gestern heute morgen später schließlich"
    " inzwischen hinzu zwar sollte könnte ist sind war hat"
    " the a an this that these those it he she they we you i his her its their our my but and or so then there here in"
    " on at by for from with when while if as after before since because although however meanwhile no not what who why"
    " how all some many most both to".split()
)
_LISTED = re.compile(r"[-*•–‣▪·]\s|\d{1,2}[.)]\s")  # what an entry of a list begins with
_WRAPPED = 55  # characters from which on a line may have been broken for its length only
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"“”’'»«‹›)\]]*+(?:\[\d{1,3}\])*+\s++")
_BEFORE = re.compile(r"(?:\b[A-Za-zÄÖÜäöü]{1,4}\.\s)*[^\s(\[„“”\"»«‚/]*$")
_AFTER = re.compile(r"[\"„“‚»«‹›(\[]*([^\s.,;:!?…)\]\"“”»«]+)")
_ORDINAL = re.compile(r"\d{1,3}|\d{1,2}\.\s?\d{1,2}|[IVX]+")
_INITIALS = re.compile(r"(?:[A-ZÄÖÜ]\.)+[A-ZÄÖÜ]")
_PAIRS = {"„": '“”"', "»": "«", "«": "»", "“": "”", '"': '"', "(": ")", "[": "]"}
_MARK = re.compile(r"[„“”»«\"()\[\]]")
_DASHES = tuple("-–—")
_TOGETHER = 400  # characters that one pair of marks may hold together
_AROUND = 40
_SHOUTED = ("Yahoo!", "Jeopardy!", "Joyn!")


def sentences(text: str) -> tuple[str, ...]:
    """Split plain text into its sentences, each on one line; a heading or an entry of a list is one of its own."""
    return tuple(sentence for block in blocks(text) for sentence in split_block(block))


def blocks(text: str) -> tuple[str, ...]:
    """The paragraphs, headings and list entries of a text, each on one line.

    A blank line always parts two; a single line break does not where a long line only was wrapped.
    """
    result: list[list[str]] = [[]]
    for line in text.split("\n"):
        words = " ".join(line.split())
        if not words or (result[-1] and _are_apart(result[-1][-1], words)):
            result.append([])
        if words:
            result[-1].append(words)
    return tuple(" ".join(lines) for lines in result if lines)


def _are_apart(line: str, following: str) -> bool:
    if _LISTED.match(following):
        return True
    return not following[0].islower() and (len(line) < _WRAPPED or line[-1] in ".!?…:")


def split_block(block: str) -> tuple[str, ...]:
    """Split one block, as `blocks` gives it, into its sentences."""
    starts, ends = _held_together(block)
    result: list[str] = []
    start = 0
    for match in _END.finditer(block):
        place = bisect_right(starts, match.start()) - 1
        if (place < 0 or ends[place] <= match.end()) and _ends_here(block, start, match):
            result.append(block[start : match.end()].rstrip())
            start = match.end()
    if rest := block[start:].strip():
        result.append(rest)
    return tuple(result)


def _held_together(block: str) -> tuple[list[int], list[int]]:
    """Where what stands in marks begins and ends, without what is nested; marks that nothing closes hold nothing."""
    starts: list[int] = []
    ends: list[int] = []
    opened: tuple[int, str] | None = None
    for match in _MARK.finditer(block):
        at, mark = match.start(), match[0]
        if opened is not None and at - opened[0] > _TOGETHER:
            opened = None
        if opened is None:
            if mark in _PAIRS and _opens(block, at, mark):
                opened = (at, _PAIRS[mark])
        elif mark in opened[1]:
            starts.append(opened[0])
            ends.append(at)
            opened = None
    return starts, ends


def _opens(block: str, at: int, mark: str) -> bool:
    """Whether a mark that may open and close alike opens here."""
    if mark in "„([":
        return True
    return (at == 0 or block[at - 1] in " (/–—-[") and at + 1 < len(block) and not block[at + 1].isspace()


def _ends_here(block: str, start: int, match: re.Match[str]) -> bool:
    following = _AFTER.match(block, match.end())
    word = following[1] if following else ""
    if not _may_open(word):
        return False
    mark = match[0].rstrip()
    before = block[max(start, match.start() - _AROUND) : match.start()]
    if mark != ".":
        return not (mark == "!" and f"{before}!".endswith(_SHOUTED)) and _ends_after(mark, before, word)
    return _full_stop(before, word, from_start=start + len(before) == match.start())


def _may_open(word: str) -> bool:
    """Whether a word can open a sentence: with a capital, a digit, or as names like iPhone and xAI do."""
    first = word[:1]
    return not (first.islower() or first in _DASHES) or any(letter.isupper() for letter in word[1:3])


def _ends_after(mark: str, before: str, word: str) -> bool:
    """An ellipsis with space before it may also stand inside a sentence."""
    if mark in ("…", "...") and before.endswith(" "):
        return word.casefold() in _OPENERS
    return True


def _full_stop(before: str, word: str, *, from_start: bool) -> bool:
    """Whether the full stop after these words, before a word, ends a sentence."""
    found = _BEFORE.search(before)
    token = found[0] if found else ""
    pieces = token.split() or [""]
    tails = {"".join(pieces[at:]) for at in range(len(pieces))}
    last, folded = pieces[-1], {tail.casefold() for tail in tails}
    opens = word.casefold() in _OPENERS and word[:1].isupper()
    if folded & _INNER or last in _TITLES:
        return False
    if word[:1].isdigit() and (folded & _NUMBERED or last.endswith(("str", "Str"))):
        return False
    if _ORDINAL.fullmatch(last) or (len(last) == 1 and last.isalpha()):
        return opens and not (from_start and len(before) == len(last))
    return opens or not (folded & _EITHER or _INITIALS.fullmatch(last))
