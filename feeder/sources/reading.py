"""What readers are given to read with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from feeder.config.sections import Sections
from feeder.sources.http import Fetcher


@dataclass(frozen=True, slots=True)
class Reading:
    """`base` is what a folder source's location is relative to; `zone` is for dates without one."""

    base: Path
    zone: ZoneInfo
    headings: Sections
    fetcher: Fetcher
