"""The gate: whether what a model wrote may be used. Pure; it believes nothing that the source does not say.

It is made to say no in doubt, because a no costs no more than a Kurzfassung in the source's own sentences.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feeder.summaries import chatter, figures
from feeder.summaries.language import language_of
from feeder.summaries.names import Vocabulary, strangers
from feeder.summaries.overlap import copied, repeated, shingles
from feeder.summaries.prompt import MARKER, SYSTEM

_QUOTATION = re.compile(r"„([^“”„]*)[“”]|“([^“”]*)”|\"([^\"]*)\"|»([^»«]*)«|«([^»«]*)»|‚([^‘’‚]*)[‘’]")
_QUOTES = re.compile(r"[„“”\"»«‚‘]")
_SPOKEN = 5  # words from which on a quotation has to be one in the source too
_QUANTITIES = (
    (r"\b(?:die hälfte|halb\w*|half|halves)\b", r"\b(?:hälfte|halb\w*|half|halv\w+|50 ?(?:%|prozent|percent)|0[,.]5)"),
    (r"\b(?:\w*drittel\w*|one third|two thirds)\b", r"drittel|thirds?\b|33|66|67"),
    (r"\b(?:viertel|dreiviertel|quarters?)\b", r"viertel|quarter|25 ?(?:%|prozent|percent)|75"),
    (r"\b(?:verdoppel\w*|doppelt\w*|doubl\w*)\b", r"doppel|doubl|zweimal|twice|zweifach|100 ?(?:%|prozent|percent)|2x"),
    (r"\b(?:verdreifach\w*|dreifach\w*|tripl\w*)\b", r"dreifach|tripl|dreimal|three times|200 ?(?:%|prozent)|3x"),
    (r"\b(?:vervierfach\w*|vierfach\w*|quadrupl\w*)\b", r"vierfach|quadrupl|viermal|four times"),
    (r"\b(?:milliarden|billions)\b", r"milliarden?|mrd|billions?|\bbn\b|\d ?b\b"),
    (r"\b(?:millionen|millions)\b", r"millionen|millions?|mio|\d ?m\b"),
    (r"\b(?:hunderttausende?|zehntausende?|tausende?n?|thousands)\b", r"tausend|thousand|\d[.,]\d{3}|\d{4}|\dk\b"),
    (r"\b(?:hunderte?n?|hundreds)\b", r"hundert|hundred|\d{3}"),
    (r"\b(?:dutzende?n?|dozens?)\b", r"dutzend|dozen|zwölf|twelve|\b\d\d\b"),
)  # fmt: skip
_DAYS = (
    ("montag", "monday"), ("dienstag", "tuesday"), ("mittwoch", "wednesday"), ("donnerstag", "thursday"),
    ("freitag", "friday"), ("samstag", "saturday"), ("sonnabend", "saturday"), ("sonntag", "sunday"),
    ("gestern", "yesterday"), ("vorgestern", "the day before yesterday"), ("heute", "today"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote: a teaser and the bullets of a Kurzfassung."""

    teaser: str
    bullets: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        return (self.teaser, *self.bullets)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long what may be, in characters (docs/design.md, section 2). `verbatim`: how many of a third party's may
    stand in an answer in their order, which is the source's `excerpt_limit`."""

    teaser: int = 200
    bullet: int = 180
    fewest: int = 3
    most: int = 5
    shortest: int = 20
    verbatim: int = 160


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why an answer does not pass: `kind` is one of a few words, `words` say it in a sentence."""

    kind: str
    words: str


def check_answer(
    answer: Answer, source_text: str, language: str, limits: Limits, *, third_party: bool
) -> tuple[Complaint, ...]:
    """Everything that is wrong with an answer; nothing, if it may be used.

    `source_text` is what the model was given, headline first. `language`: "de" or "en", which the answer has to be in.
    """
    whole = "\n".join(answer.parts)
    spoken = language_of(source_text)
    checks: Sequence[Iterator[Complaint]] = (
        _form(answer, limits),
        _plainness(answer, source_text),
        _language(answer, language),
        _talk(answer, source_text),
        _figures(whole, source_text, language, spoken),
        _times(whole, source_text),
        _names(whole, source_text, language),
        _quotations(answer, source_text),
        _bearing(answer, source_text, is_same=spoken == language),
        _copying(answer, source_text, limits) if third_party else iter(()),
    )
    return tuple(complaint for check in checks for complaint in check)


def _form(answer: Answer, limits: Limits) -> Iterator[Complaint]:
    if not limits.fewest <= len(answer.bullets) <= limits.most:
        yield Complaint("length", f"{len(answer.bullets)} bullets; {limits.fewest} to {limits.most} are wanted")
    for n, part in enumerate(answer.parts):
        most, name = (limits.bullet, f"bullet {n}") if n else (limits.teaser, "the teaser")
        if not limits.shortest <= len(part) <= most:
            yield Complaint("length", f"{name} has {len(part)} characters; {limits.shortest} to {most} are wanted")
        if not re.search(r"[.!?][“”\"»«‘’)]*$", part):
            yield Complaint("form", f"{name} does not end as a sentence: …{part[-20:]}")
        if part != part.strip() or "  " in part:
            yield Complaint("form", f"{name} has spaces at its ends or several together")
    if again := repeated(answer.parts):
        yield Complaint("form", f"it says twice: {again}")


def _plainness(answer: Answer, source: str) -> Iterator[Complaint]:
    for part in answer.parts:
        for words in chatter.markup(part):
            yield Complaint("markup", words)
        for match in chatter.DOMAIN.finditer(part):
            if match[0].casefold() not in source.casefold():
                yield Complaint("markup", f"an address that the source does not name: {match[0]}")
    scripts = {_script(char) for part in answer.parts for char in part if char.isalpha()}
    if strange := scripts - {_script(char) for char in source if char.isalpha()} - {"LATIN"}:
        yield Complaint("language", f"letters that the source does not use: {', '.join(sorted(strange)).lower()}")


def _script(char: str) -> str:
    return "LATIN" if char.isascii() else unicodedata.name(char, "UNNAMED").split()[0]


def _language(answer: Answer, wanted: str) -> Iterator[Complaint]:
    found = language_of(" ".join(answer.parts))
    if found != wanted:
        yield Complaint("language", f"it is in {found or 'no language that can be told'}, not in {wanted}")
        return
    for part in answer.parts:
        if (one := language_of(part)) not in (None, wanted):
            yield Complaint("language", f"a part is in {one}, not in {wanted}: {part[:40]}")


def _talk(answer: Answer, source: str) -> Iterator[Complaint]:
    for part in answer.parts:
        if words := chatter.chatter(part):
            yield Complaint("chatter", f"it does not tell, it talks: {words}")
    whole = "\n".join(answer.parts)
    if MARKER.search(whole) or re.search(r"[<>]{2}", whole):
        yield Complaint("leak", "it repeats the marks around the source")
    if leaked := shingles(whole, 5) & shingles(SYSTEM, 5) - shingles(source, 5):
        yield Complaint("leak", f"it repeats its instructions: {' '.join(min(leaked))}")


def _figures(whole: str, source: str, language: str, spoken: str | None) -> Iterator[Complaint]:
    known = figures.told(source, spoken)
    for figure in figures.figures(whole, language):
        if not figure.stands_in(known) and not _stands_apart(figure, known):
            yield Complaint("number", f"the source does not say {figure.written}")
    for said, wanted in _QUANTITIES:
        match = re.search(said, whole, re.IGNORECASE)
        if match and not re.search(wanted, source, re.IGNORECASE):
            yield Complaint("number", f"the source does not say {match[0]}")


def _stands_apart(figure: figures.Figure, known: frozenset[tuple[str, str]]) -> bool:
    """Whether the source says a day and, elsewhere, its year."""
    for kind, value in figure.forms:
        year, _, rest = value.partition("-")
        if kind in ("date", "month") and year and rest:
            day = ("date", f"-{rest}") if kind == "date" else ("month", rest)
            if day in known and ("number", year) in known:
                return True
    return False


def _times(whole: str, source: str) -> Iterator[Complaint]:
    low = source.casefold()
    for names in _DAYS:
        said = re.search(rf"\b(?:{'|'.join(names)})\w*", whole, re.IGNORECASE)
        if said and not any(re.search(rf"\b{name}", low) for name in names):
            yield Complaint("date", f"the source does not say {said[0]}")


def _names(whole: str, source: str, language: str) -> Iterator[Complaint]:
    for name in strangers(whole, Vocabulary(source), language):
        yield Complaint("name", f"the source does not know {name}")


def _quotations(answer: Answer, source: str) -> Iterator[Complaint]:
    told = _bare(source)
    quoted = [_bare(_inside(match)) for match in _QUOTATION.finditer(source)]
    for part in answer.parts:
        if _QUOTES.search(_QUOTATION.sub(" ", part)):
            yield Complaint("quotation", f"a quotation mark stands alone: {part[:60]}")
        for match in _QUOTATION.finditer(part):
            inside = _inside(match)
            for piece in re.split(r"\[?(?:…|\.\.\.)\]?", inside):
                words = _bare(piece)
                is_spoken = len(words.split()) >= _SPOKEN
                if words not in (" ", "") and not (any(words in one for one in quoted) if is_spoken else words in told):
                    yield Complaint("quotation", f"the source does not quote: {inside[:60]}")


def _inside(match: re.Match[str]) -> str:
    return next((group for group in match.groups() if group is not None), "")


def _bare(words: str) -> str:
    """Words alone, with a space at both ends, so that only whole ones are found."""
    found = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", words).casefold())
    return f" {' '.join(found)} "


def _bearing(answer: Answer, source: str, *, is_same: bool) -> Iterator[Complaint]:
    """What has nothing to do with its source's beginning was written for somebody else's purposes."""
    head = set(_content(source[:1200]))
    for part in (answer.teaser, " ".join(answer.bullets)):
        words = set(_content(part))
        shared = words & head
        if len(shared) < (2 if is_same else 1):
            yield Complaint("bearing", f"it is not about what the source begins with: {part[:60]}")
    if is_same:
        known, told = set(_content(source)), _content(" ".join(answer.parts))
        if told and sum(word in known for word in told) < len(told) * 0.4:
            yield Complaint("bearing", "most of its words are not the source's")


def _content(words: str) -> list[str]:
    """Words that carry meaning, roughly: the long ones, by their first letters, and those with capitals or digits."""
    found = re.findall(r"[^\W_]{2,}", words)
    return [word.casefold()[:6] for word in found if len(word) > 5 or word.isupper() or not word.isalpha()]


def _copying(answer: Answer, source: str, limits: Limits) -> Iterator[Complaint]:
    whole = "\n".join(answer.parts)
    count, longest = copied(whole, source)
    if count > limits.verbatim:
        yield Complaint("copying", f"{count} characters are the source's own; {limits.verbatim} may be: {longest[:60]}")
