"""The numbers, dates and times of a German or English text, each in the one form in which two texts can be compared.

A figure that can be read in several ways (`1.500` in a text of unknown language, the first half of a range) has
several forms; it stands in another text if one of them does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_MONTHS = (
    ("januar", "jänner", "january", "jan"),
    ("februar", "february", "feb"),
    ("märz", "march", "mär", "mar"),
    ("april", "apr"),
    ("mai", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov"),
    ("dezember", "december", "dez", "dec"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH = "|".join(sorted(_MONTH_OF, key=len, reverse=True))

_DATES = (
    re.compile(r"(?<![\w.])(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?:T[\d:.+Z-]+)?(?!\w)"),
    re.compile(r"(?<![\w.,])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.(?:\s?(?P<y>\d{4}|\d{2}))?(?!\d|\.\d)"),
    re.compile(rf"(?<![\w.,])(?P<d>\d{{1,2}})\.?\s(?P<n>{_MONTH})\b\.?(?:,?\s(?P<y>\d{{4}}))?", re.IGNORECASE),
    re.compile(
        rf"\b(?P<n>{_MONTH})\b\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.,:]\d|\s?(?:%|Prozent|percent))(?:,?\s(?P<y>\d{{4}}))?",
        re.IGNORECASE,
    ),
)
_MONTH_ALONE = re.compile(
    rf"\b(?P<n>(?:{_MONTH.replace('|may|', '|').replace('|mar|', '|')}))\b(?:\s(?P<y>\d{{4}}))?", re.IGNORECASE
)
_TIME = re.compile(
    r"(?<![\w.,:])(?:(?P<h>\d{1,2})[:.](?P<m>\d{2})(?=\s?(?:Uhr|h\b|[ap]\.?m\b))|(?P<h2>\d{1,2}):(?P<m2>\d{2})(?![\d:])"
    r"|(?P<h3>\d{1,2})(?=\s?(?:Uhr|[ap]\.?m\b)))(?P<half>\s?[ap]\.?m\b)?",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?<![\d.,])v?\d+(?:\.\d+){2,}(?![\d,])")

_DIGITS = r"\d+(?:[.,' \u00a0\u2009\u202f’]\d+)*"
_NUMBER = re.compile(rf"(?<![\d])(?P<n>{_DIGITS})(?P<tail>[A-Za-zµ€$%‰]*)")
_RANGE = re.compile(r"\s?(?:-|–|—|bis|to|und|and|oder|or)\s?")

_TENS = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_ONES = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_TENS_EN = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES_EN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn")
_TEENS_EN = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_ORDINALS = "zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft".split()
_ORDINALS_EN = "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()


def _spelled() -> dict[str, int]:
    """Small numbers as words. One, as an article or a pronoun, is none; it counts before a million."""
    words = {word: n for n, word in enumerate(_ONES[1:], 2)} | {"zwo": 2, "zweien": 2, "dreien": 3}
    words |= {word: n for n, word in enumerate(_ONES_EN[1:], 2)}
    words |= {word: n for n, word in enumerate(_TEENS, 10)} | {word: n for n, word in enumerate(_TEENS_EN, 10)}
    for tens, (german, english) in enumerate(zip(_TENS, _TENS_EN, strict=True), 2):
        words |= {german: tens * 10, english: tens * 10}
        words |= {f"{one}und{german}": tens * 10 + n for n, one in enumerate(_ONES, 1)}
        words |= {f"{english}-{one}": tens * 10 + n for n, one in enumerate(_ONES_EN, 1)}
    words |= {f"{word}{end}": n for n, word in enumerate(_ORDINALS, 2) for end in ("e", "en", "er", "es", "em", "ens")}
    words |= {word: n for n, word in enumerate(_ORDINALS_EN, 2)}
    words |= {f"{word}mal": words[word] for word in (*_ONES[1:], *_TEENS)} | {"twice": 2}
    return words | {"hundert": 100, "hundred": 100, "tausend": 1000, "thousand": 1000, "dutzend": 12, "dozen": 12}


_SPELLED = _spelled()
_SPELLED_OR_ONE = re.compile(r"(?<![\w-])(?P<w>[A-Za-zäöüßÄÖÜ]+(?:-[a-z]+)?)(?![\w])")
_ONE = frozenset({"ein", "eine", "einer", "einen", "einem", "one", "a", "an"})

# How often a unit is what it counts: by itself, in German, in English.
_TIMES: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("tausend", "tsd", "thousand", "k"), (3, 3)),
    **dict.fromkeys(("million", "millionen", "mio", "mill", "millions", "m", "mn"), (6, 6)),
    **dict.fromkeys(("milliarde", "milliarden", "mrd", "md"), (9, 9)),
    **dict.fromkeys(("bn", "b"), (9, 9)),
    **dict.fromkeys(("billion", "billionen", "billions", "bio"), (12, 9)),
    **dict.fromkeys(("billiarde", "billiarden"), (15, 15)),
    **dict.fromkeys(("trillion", "trillions", "trillionen", "trn"), (18, 12)),
}
_UNITS: dict[str, str] = {
    **dict.fromkeys(("%", "prozent", "percent", "prozentig", "prozentige", "prozentigen", "prozentiger"), "%"),
    **dict.fromkeys(("prozentpunkt", "prozentpunkte", "prozentpunkten"), "points"),
    **dict.fromkeys(("€", "euro", "euros", "eur"), "EUR"),
    **dict.fromkeys(("$", "dollar", "dollars", "usd", "us-dollar", "us-dollars"), "USD"),
    **dict.fromkeys(("£", "pfund", "pound", "pounds", "gbp"), "GBP"),
    **dict.fromkeys(("franken", "chf"), "CHF"),
    **dict.fromkeys(("yuan", "rmb"), "CNY"),
    **dict.fromkeys(("yen", "jpy", "¥"), "JPY"),
}
_WORD = re.compile(r"[\s\u00a0\u202f-]{0,2}(?P<w>(?:US-)?[A-Za-zäöüßÄÖÜ]+|[%€$£¥])\.?")
_COIN = re.compile(r"(?:US)?(?P<c>[€$£¥]|EUR|USD)\s?$")
_COIN_LENGTH = 7  # "USEUR", a space and a line's end


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, date or time: as written, and every form it may have. A form is a value with its unit, where
    "" is a value whose unit is not known; `partial` forms are those of a figure that says less."""

    written: str
    forms: frozenset[tuple[str, str]]

    def stands_in(self, others: frozenset[tuple[str, str]]) -> bool:
        """Whether one of these forms is among those of another text."""
        return bool(self.forms & others)


def figures(text: str, language: str | None) -> tuple[Figure, ...]:
    """Every figure of a text, in no order that matters."""
    rest = text.replace("\u00ad", "").replace("\u2011", "-").replace("\u2212", "-")
    found: list[Figure] = []
    for reader in (_dates, _months, _times, _versions):
        taken = list(reader(rest))
        found.extend(figure for figure, _, _ in taken)
        for _, start, end in taken:
            rest = rest[:start] + "\x00" * (end - start) + rest[end:]
    found.extend(_numbers(rest, language))
    return tuple(found)


def told(text: str, language: str | None) -> frozenset[tuple[str, str]]:
    """Every form that may be said after a text: its figures, and what is left when one says less than it does."""
    forms: set[tuple[str, str]] = set()
    for figure in figures(text, language):
        for kind, value in figure.forms:
            forms.add((kind, value))
            if kind == "date":
                year, month, day = value.split("-")
                forms |= {("date", f"-{month}-{day}"), ("month", month), ("number", _plain(Decimal(day)))}
                if year:
                    forms |= {("month", f"{year}-{month}"), ("number", year)}
            elif kind == "month" and "-" in value:
                forms |= {("month", value.split("-")[1]), ("number", value.split("-")[0])}
            elif kind == "time":
                forms.add(("time", value.split(":")[0] + ":00"))
            elif kind != "version":
                forms.add(("number", value))
    return frozenset(forms)


Found = Iterator[tuple[Figure, int, int]]


def _dates(text: str) -> Found:
    taken: set[int] = set()
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = _MONTH_OF[parts["n"].lower()] if parts.get("n") else int(parts["m"])
            day, year = int(parts["d"]), parts.get("y") or ""
            place = range(*match.span())
            if not (1 <= month <= 12 and 1 <= day <= 31) or not taken.isdisjoint(place):
                continue
            taken.update(place)
            year = f"20{year}" if len(year) == 2 else year
            yield Figure(match[0], frozenset({("date", f"{year}-{month}-{day}")})), match.start(), match.end()


def _months(text: str) -> Found:
    for match in _MONTH_ALONE.finditer(text):
        name = match["n"]
        if not name[0].isupper() or (len(name) < 4 and name != "Mai"):
            continue
        month = _MONTH_OF[name.lower()]
        value = f"{match['y']}-{month}" if match["y"] else f"{month}"
        yield Figure(match[0], frozenset({("month", value)})), match.start(), match.end()


def _times(text: str) -> Found:
    for match in _TIME.finditer(text):
        hour = int(match["h"] or match["h2"] or match["h3"])
        minute = int(match["m"] or match["m2"] or 0)
        if hour > 24 or minute > 59:
            continue
        half = (match["half"] or "").strip().lower()[:1]
        hour = hour % 12 + 12 if half == "p" else hour % 12 if half == "a" else hour
        yield Figure(match[0], frozenset({("time", f"{hour}:{minute:02}")})), match.start(), match.end()


def _versions(text: str) -> Found:
    for match in _VERSION.finditer(text):
        if not re.fullmatch(r"\d{1,3}(?:\.\d{3})+", match[0]):
            yield Figure(match[0], frozenset({("version", match[0].lstrip("v"))})), match.start(), match.end()


def _numbers(text: str, language: str | None) -> Iterator[Figure]:
    """Numbers in digits and in words; the first half of a range may have the unit of the second."""
    hits = [*_in_digits(text, language), *_in_words(text)]
    hits.sort(key=lambda hit: hit[1])
    for n, (values, start, end) in enumerate(hits):
        power, unit, stop = _measure(text, end, language)
        coin = _COIN.search(text[max(0, start - _COIN_LENGTH) : start])
        unit = unit or (_UNITS[coin["c"].lower()] if coin else "")
        forms = {(unit or "number", _plain(value.scaleb(power))) for value in values}
        if power == 0 and not unit and n + 1 < len(hits) and _RANGE.fullmatch(text[end : hits[n + 1][1]]):
            power, unit, _ = _measure(text, hits[n + 1][2], language)
            forms |= {(unit or "number", _plain(value.scaleb(power))) for value in values}
        yield Figure(text[start:stop].strip(" \x00"), frozenset(forms))


Hit = tuple[tuple[Decimal, ...], int, int]


def _in_digits(text: str, language: str | None) -> Iterator[Hit]:
    for match in _NUMBER.finditer(text):
        written = re.sub(r"[ \u00a0\u2009\u202f](?!\d{3}(?!\d)).*", "", match["n"])
        end = match.start() + len(written)
        values = _values(written, language)
        yield values, match.start(), end
        if (rest := match["n"][len(written) :]).strip():
            for inner in re.finditer(r"\d+(?:[.,]\d+)*", rest):
                yield _values(inner[0], language), end + inner.start(), end + inner.end()


def _in_words(text: str) -> Iterator[Hit]:
    for match in _SPELLED_OR_ONE.finditer(text):
        word = match["w"].lower()
        following = _WORD.match(text, match.end())
        if word in _ONE and following and following["w"].lower() in _TIMES and len(following["w"]) > 3:
            yield (Decimal(1),), match.start(), match.end()
        elif word in _SPELLED:
            yield (Decimal(_SPELLED[word]),), match.start(), match.end()


_MARKS = {"de": (".", ","), "en": (",", ".")}


def _values(written: str, language: str | None) -> tuple[Decimal, ...]:
    """The values that digits can have: the dot parts thousands in German and decimals in English, the comma the other
    way round; a group that is not of three digits can only be decimals."""
    bare = re.sub(r"[ \u00a0\u2009\u202f'’]", "", written)
    usual = [_MARKS[language]] if language in _MARKS else list(_MARKS.values())
    read = [value for marks in usual if (value := _read(bare, *marks)) is not None]
    read = read or [value for marks in _MARKS.values() if (value := _read(bare, *marks)) is not None]
    return tuple(dict.fromkeys(read)) or (Decimal(re.sub(r"[.,]", "", bare)),)


def _read(bare: str, thousands: str, point: str) -> Decimal | None:
    whole, _, decimals = bare.partition(point)
    if point in decimals or thousands in decimals or (point in bare and not decimals):
        return None
    if thousands in whole and not re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+", whole):
        return None
    return Decimal(whole.replace(thousands, "") + (f".{decimals}" if decimals else ""))


def _measure(text: str, at: int, language: str | None) -> tuple[int, str, int]:
    """The power of ten and the unit that follow a number, and where they end."""
    power, unit = 0, ""
    for _ in range(2):
        match = _WORD.match(text, at)
        if match is None:
            break
        word = match["w"].lower()
        adjacent = match.start("w") == at
        if not power and word in _TIMES and (adjacent or len(word) > 1):
            power = _TIMES[word][1 if language == "en" else 0]
        elif word in _UNITS:
            return power, _UNITS[word], match.end("w")
        else:
            break
        at = match.end()
    return power, unit, at


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"
