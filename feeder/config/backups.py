"""Where backups lie, and how many."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from feeder.config.settings import Settings
from feeder.config.values import Whole


class Backup(Settings):
    """Copies of the state, with output, configuration and articles; made each night by `feeder serve`."""

    folder: Path = Field(
        default=Path("backups"),
        description="Where they are written; another disk is better, and another machine has to take them from there.",
    )
    keep: Whole = Field(
        default=7,
        ge=0,
        le=1000,
        description="How many stay there; older ones are removed once a new one was checked. 0: none is made at night.",
    )
