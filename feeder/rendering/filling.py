"""Facts as feeds write them: times in whole seconds, and nothing that is empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime


def moment(time: datetime) -> datetime:
    """A time in UTC and whole seconds, as all formats can say it."""
    return time.astimezone(UTC).replace(microsecond=0)


def stamp(time: datetime) -> str:
    """A time as RFC 3339, in UTC and whole seconds."""
    return moment(time).strftime("%Y-%m-%dT%H:%M:%SZ")


def filled(values: Mapping[str, object]) -> Mapping[str, object]:
    """Leave out what is empty: in JSON a missing key says it better."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
