"""Dates as feeds write them, made aware UTC times; what cannot be read for sure stays None."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

# Older or later than this is a null date or a slip, never a news item's date.
EARLIEST, LATEST = 1971, 2100

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan gen ene",
            "feb fev",
            "mar mrz maa",
            "apr avr abr",
            "may mai mei mag maj",
            "jun juin giu",
            "jul juil lug",
            "aug aou ago",
            "sep set",
            "oct okt out ott",
            "nov",
            "dec dez dic des",
        ),
        start=1,
    )
    for name in names.split()
}
_HOURS = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "MET": 1,
    "CEST": 2, "MESZ": 2, "MEST": 2, "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "SGT": 8, "HKT": 8, "JST": 9, "KST": 9,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_TIME = r"(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
_ZONE = r"(?P<zone>[A-Za-z]{1,5}\b(?!\s*[+-]\d)|(?:[A-Za-z]{1,4}\s*)?[+-]\s?\d{1,2}(?::?\d\d)?)(?:\s*\([^)]*\))?"
_TAIL = rf"(?:(?:,?\s+|\s*[T@-]\s*){_TIME}(?:\s*{_ZONE})?)?(?:\s*\([^)]*\))?$"
_WEEKDAY = r"^(?:[^\W\d]+\.?\s*,?\s*)??"
_NAME = r"(?P<name>[^\W\d]{3,})\.?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # Sun, 22 Nov 2026 07:00:00 +0100; 22. November 2026, 07:00
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?[\s-]*{_NAME},?[\s-]+(?P<year>\d{{4}}|\d\d\b){_TAIL}",
        # 2026-11-22T07:00Z; 2026/1/10 14:33
        rf"^(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TAIL}",
        # Sun Nov 22 2026 07:00:00 GMT; November 22nd, 2026
        rf"{_WEEKDAY}{_NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TAIL}",
        # Sun Nov 22 07:00:00 CET 2026
        rf"{_WEEKDAY}{_NAME}\s+(?P<day>\d{{1,2}})\s+{_TIME}(?:\s+{_ZONE})?\s+(?P<year>\d{{4}})$",
        # 22.11.2026 07:00
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}){_TAIL}",
        # 22/11/2026 and 11/22/2026 can be told apart, 10/11/2026 cannot
        rf"^(?P<day>1[3-9]|2\d|3[01])/(?P<month>\d{{1,2}})/(?P<year>\d{{4}}){_TAIL}",
        rf"^(?P<month>\d{{1,2}})/(?P<day>1[3-9]|2\d|3[01])/(?P<year>\d{{4}}){_TAIL}",
    )
)
# What nine of ten feeds write, read without further ado: Sun, 22 Nov 2026 07:00:00 +0100 (or GMT, PDT, nothing).
_ENGLISH = {
    name: f"{number:02}"
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}
_EAST = {"": "+00:00"} | {f" {name}": f"{hours:+03}:00" for name, hours in _HOURS.items()}
_LONGEST = 100


def read_date(written: str) -> datetime | None:
    """Read RFC 822, ISO 8601 and their common misspellings; without a known zone, UTC it is."""
    text = written.strip()
    if not 8 <= len(text) <= _LONGEST:
        return None
    try:
        return _in_range(_usual(text) or _iso(text) or _epoch(text) or _any_form(text))
    except (ValueError, OverflowError):
        return None


def _in_range(read: datetime | None) -> datetime | None:
    if read is None or not EARLIEST <= read.year <= LATEST:
        return None
    if read.tzinfo is UTC:
        return read
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _usual(text: str) -> datetime | None:
    if text[3:5] != ", " or text[7:8] != " " or text[16:17] != " " or (month := _ENGLISH.get(text[8:11])) is None:
        return None
    zone = _EAST.get(text[25:]) or f"{text[26:29]}:{text[29:]}"
    try:
        return datetime.fromisoformat(f"{text[12:16]}-{month}-{text[5:7]}T{text[17:25]}{zone}")
    except ValueError:
        return None


def _iso(text: str) -> datetime | None:
    if text[4] != "-" or not text[:4].isdecimal():
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _epoch(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if len(text) == 10 and text.isdecimal() else None


def _any_form(text: str) -> datetime | None:
    for form in _FORMS:
        if match := form.match(text):
            return _assembled(match.groupdict())
    return None


def _assembled(parts: dict[str, str | None]) -> datetime | None:
    month = _month(parts["name"] or "") if "name" in parts else int(parts["month"] or 0)
    if not month:
        return None
    hour = int(parts["hour"] or 0)
    if half := (parts["half"] or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    zone = timezone(_zone(parts["zone"] or ""))
    day = datetime(_year(parts["year"] or ""), month, int(parts["day"] or 0), tzinfo=zone)
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    if hour > 24 or minute > 59 or second > 60:
        return None
    return day + timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= 70 else 2000)


def _month(name: str) -> int | None:
    if (number := _MONTHS.get(name[:3].lower())) is not None:
        return number
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _MONTHS.get(letters[:4]) or _MONTHS.get(letters[:3])


def _zone(name: str) -> timedelta:
    """Give the distance from UTC: "GMT+2" lies two hours east of it, an unknown name nowhere."""
    match = re.fullmatch(r"([A-Za-z]*)\s*(?:([+-])\s?(\d{1,2}):?(\d\d)?)?", name)
    if match is None or not match[2]:
        return timedelta(hours=_HOURS.get(name.upper(), 0))
    east = timedelta(hours=int(match[3]), minutes=int(match[4] or 0))
    return east if match[2] == "+" else -east
