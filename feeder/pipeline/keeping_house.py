"""The night: forget what retention lets go, keep the database quick, make a backup."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from feeder.errors import StoreError
from feeder.model import Step
from feeder.pipeline.house import House
from feeder.pipeline.tidying import tidy
from feeder.store.backups.shelf import name_of

log = logging.getLogger("feeder.night")

BACKUP = "backup"
"""What the condition of a house is about whose backup failed."""


def night(house: House, run: int) -> Sequence[Step]:
    """Tidy up and make a backup, in the run of one night; a backup that fails is a condition of the house."""
    tidy(house.store, house.config, house.now_of(run))
    if not house.store.optimise():
        log.info("a reader was in the way: the log of the database is emptied another night")
    if house.config.backup.keep and house.sends:
        _back_up(house, run)
    house.end(run)
    return []


def _back_up(house: House, run: int) -> None:
    """Say of a failure what to do, once; that the older backups stay, is part of it."""
    from feeder.pipeline.backing_up import back_up  # noqa: PLC0415 - no other step needs what it loads

    now, keep = house.now_of(run), house.config.backup.keep
    folder = house.config.base / house.config.backup.folder
    if (folder / name_of(now)).exists():
        return  # made by this very run before
    try:
        made = back_up(house, folder, keep, made=now)
    except StoreError as error:
        house.counting.say(run, [f"no backup: {error}"])
        house.notice(BACKUP, "failed", f"{error}; the backups that are there stay. Then: feeder backup")
        return
    house.well(BACKUP)
    house.counting.add(run, backups=1)
    log.info("backup %s: %d bytes, checked", made.path, made.size)
