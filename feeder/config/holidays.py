"""The public holidays of the German states."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache


def working_days(days: Iterable[date], state: str) -> list[date]:
    """The days that are no public holiday in all of a state, which is named by two letters ("BE").

    Days that are one in some of its towns only, such as 15 August in Bavaria, stay.
    """
    return [day for day in days if day not in _holidays(state, day.year)]


@cache
def _holidays(state: str, year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415 - takes 0.1 s, which only a calendar with holidays costs

    return frozenset(country_holidays("DE", subdiv=state, years=year, expand=False))
