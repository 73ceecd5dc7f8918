"""What the house forgets, once a day."""

from __future__ import annotations

import logging
from datetime import datetime

from feeder.config import Config
from feeder.store import Store

log = logging.getLogger("feeder.night")


def tidy(store: Store, config: Config, now: datetime) -> None:
    """Forget what retention lets go."""
    kept = config.retention
    forgotten = store.housekeep(
        now,
        kept.items,
        kept.keys,
        traces=config.curation.look_back,
        deliveries=kept.deliveries,
        alerts=kept.alerts,
    )
    log.info("forgot %d bodies, %d keys, %d recipients of old messages", *forgotten)
