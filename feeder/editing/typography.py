"""Slips of German typing that can be told from intent: few, and each with its place. Words are never changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeder.editing.quotation import Slip, wrong_quotes

_ADDRESS = re.compile(
    r"""(?:https?://|www\.|mailto:)[^\s„“”"»«]+|[^\s„“”"»«]+@[^\s„“”"»«]+\.\w+"""
    r"""|\b(?:[\w-]+\.)+(?:de|com|org|net|ai|io|eu|at|ch|dev|txt|md|py|json|app)\b[^\s„“”"»«]*""",
    re.IGNORECASE,
)
"""What is typed by other rules: addresses and names of files."""

_UNITS = "KB|MB|GB|TB|PB|kWh|MWh|GWh|TWh|kW|MW|GW|km|kg|cm|mm|MHz|GHz|Euro|Dollar|Prozent|Uhr|Millionen|Milliarden"
_COUNTED = rf"%|€|Jahren?|Monaten?|Wochen|Tagen?|Stunden|Minuten|Sekunden|{_UNITS}"

_SHORTS = {
    "z.B.": "z. B.", "d.h.": "d. h.", "u.a.": "u. a.", "u.U.": "u. U.", "z.T.": "z. T.", "o.ä.": "o. ä.",
    "i.d.R.": "i. d. R.", "v.a.": "v. a.", "s.o.": "s. o.", "s.u.": "s. u.", "u.v.m.": "u. v. m.",
}  # fmt: skip

_NEVER_TWICE = (
    "und|oder|nicht|dass|auch|aber|sich|wird|wurde|ist|ein|eine|einen|einem|einer|eines|mit dem|in der|in den"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=\S) -{1,3} (?=\S)(?<!\d - (?=\d))|(?<=\w)--(?=\w)"),
     "Bindestrich „{found}“ statt Gedankenstrich „ – “"),
    (re.compile(r"(?<=\S) ?— ?(?=\S)"), "langer Strich „{found}“ statt Gedankenstrich „ – “"),
    (re.compile(r"(?<![\w.,/:–-])(?:1[89]|20)\d\d ?- ?(?:1[89]|20)\d\d(?![\w/–-])"),
     "Bindestrich in „{found}“; „bis“ ist „–“"),
    (re.compile(rf"(?<![\w.,/:–-])\d{{1,3}}(?:,\d+)?-\d{{1,3}}(?:,\d+)?(?= ?(?:{_COUNTED})(?![\w-]))"),
     "Bindestrich in „{found}“; „bis“ ist „–“"),
    (re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)"), "mehrere Leerzeichen hintereinander"),
    (re.compile(r"(?<=\w)[ \u00a0][,;](?=\s|$)"), "Leerzeichen vor „{mark}“"),
    (re.compile(r"(?<=[a-zäöüß]{2})[,;](?=[^\W\d_]{2})|(?<=[a-zäöüß]{3})[.!?](?=[A-ZÄÖÜ][a-zäöüß]{2})"),
     "nach „{found}“ fehlt ein Leerzeichen"),
    (re.compile(r"(?<!\.)\.{3}(?!\.)"), "drei Punkte statt „…“"),
    (re.compile(r"(?<=[^\W\d_])['´`](?=[^\W\d_])"), "Apostroph „{found}“ statt „’“"),
    (re.compile(rf"(?<![\w.,/-])\d+(?:,\d+)?(?:{_UNITS})(?![\w-])"),
     "zwischen Zahl und Einheit fehlt ein Leerzeichen: „{found}“"),
    (re.compile(r"(?<![\w.,/%-])\d+(?:,\d+)?%(?![\w-])"), "vor „%“ fehlt ein Leerzeichen: „{found}“"),
    (re.compile(rf"\b({_NEVER_TWICE})\s+\1\b"), "doppeltes Wort: „{found}“"),
)  # fmt: skip
_ABBREVIATION = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, _SHORTS))})")
_ARTICLES = re.compile(r"\b(der|die|das|den|dem)\s+\1\b")
_CLAUSE = re.compile(r"(?:[,;:–(„]\s*(?:\w+\s+){0,2}|\b(?:und|oder|als|wie|sowie|auch|nur)\s+)$")


def slips(text: str) -> tuple[Slip, ...]:
    """What is typed wrongly in a paragraph, by its place; each message once per line."""
    masked = _ADDRESS.sub(lambda match: "x" * len(match[0]), text)
    found: list[Slip] = [
        (at, f"„{masked[at:end]}“ statt „{_SHORTS[masked[at:end]]}“") for at, end in _places(_ABBREVIATION, masked)
    ]
    found += wrong_quotes(masked)
    for pattern, message in _RULES:
        found += [
            (at, message.format(found=masked[at:end], mark=masked[end - 1])) for at, end in _places(pattern, masked)
        ]
    found += [(at, f"doppeltes Wort: „{masked[at:end]}“") for at, end in _places(_ARTICLES, masked)
              if not _CLAUSE.search(masked, max(0, at - 60), at)]  # fmt: skip
    once = {(text.count("\n", 0, at), message): at for at, message in sorted(found, reverse=True)}
    return tuple(sorted((at, message) for (_, message), at in once.items()))


def _places(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in pattern.finditer(text))
