"""Dates as pages show them to people: "Veröffentlicht am 21. November 2026, 14:30 Uhr"."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from feeder.sources.dates import read_date
from feeder.text import one_line

_LONGEST = 400
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?P<zone>\s?(?:Z|[+-]\d\d:?\d\d))?)?")
_SHOWN = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?P<dot>\.|st|nd|rd|th)?\s*(?:(?P<name>[A-Za-zÄÖÜäöü]{3,12})\.?,?|(?P<month>\d{1,2})\.)\s*(?P<year>\d{4})"
    r"(?:\s*[,|•·–-]?\s*(?:um\s+|at\s+|ab\s+)?(?P<time>\d{1,2}[:.]\d\d)(?![\d.])(?P<half>\s*[AaPp]\.?[Mm]\b)?)?"
)
_NAMED_FIRST = re.compile(
    r"(?P<name>[A-Za-z]{3,12})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
    r"(?:\s*[,|•·–-]?\s*(?:at\s+)?(?P<time>\d{1,2}:\d\d)(?P<half>\s*[AaPp]\.?[Mm]\b)?)?"
)
_ZONED = re.compile(r"(?:[A-Z]{2,5}|Z|[+-]\d\d:?\d\d)(?:\s*\([^)]*\))?$")


def read_shown_date(written: str, zone: ZoneInfo) -> datetime | None:
    """Find the first date in some words; what names no zone is a time in `zone`. "vor 3 Stunden" is None:
    a page that is read twice would say two times."""
    words = one_line(written[:_LONGEST])
    if found := read_date(words):
        return found if _says_zone(words) else _local(found, zone)
    if (iso := _ISO.search(words)) and (found := read_date(iso[0])):
        return found if iso["zone"] else _local(found, zone)
    for form in (_SHOWN, _NAMED_FIRST):
        for match in form.finditer(words):
            if found := read_date(_plainly(match)):
                return _local(found, zone)
    return None


def _plainly(match: re.Match[str]) -> str:
    part = match.groupdict()
    time = (part["time"] or "00:00").replace(".", ":") + (part["half"] or "")
    if part.get("month"):
        return f"{part['day']}.{part['month']}.{part['year']} {time}"
    return f"{part['day']} {part['name']} {part['year']} {time}"


def _says_zone(words: str) -> bool:
    return words.isdecimal() or (len(words) > 10 and _ZONED.search(words) is not None)


def _local(found: datetime, zone: ZoneInfo) -> datetime:
    return found.replace(tzinfo=zone).astimezone(UTC)
