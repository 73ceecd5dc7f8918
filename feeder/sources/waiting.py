"""How long a feed asks to be left alone."""

from __future__ import annotations

from datetime import timedelta

# Nobody's wish keeps a newsroom from looking once a day.
LONGEST = timedelta(days=1)
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


def wait(ttl: str, period: str, frequency: str) -> timedelta | None:
    """Read <ttl> (minutes, RSS 2.0) and sy:updatePeriod with sy:updateFrequency (times per period, 1 if not said).

    The longer of the two, at most a day; None where neither can be read.
    """
    found = []
    if minutes := _number(ttl):
        found.append(timedelta(minutes=minutes))
    if (each := _PERIODS.get(period.strip().lower())) is not None:
        found.append(each / (_number(frequency) or 1))
    return min(max(found), LONGEST) if found else None


def _number(written: str) -> int:
    digits = written.strip()
    return int(digits) if digits.isdecimal() and len(digits) < 7 else 0
