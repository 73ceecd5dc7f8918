"""The house as one process, from its start to its end."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from feeder.engine.local import LocalEngine
from feeder.pipeline import STEPS, House
from feeder.service.clock import begin_round, clock
from feeder.service.keeping import claim, keep

log = logging.getLogger("feeder.service")

PATIENCE_AT_THE_END = 60.0


def serve(house: House, stop: threading.Event) -> bool:
    """Gather, curate, publish and compose on schedule until `stop` is set; False if work was cut off.

    StoreError if another process is the clock of this store.
    """
    lease = claim(house)
    engine = LocalEngine(STEPS, replace(house, stop=stop), house.config.gathering.workers)
    scheduler = clock(house, engine, lambda: keep(house, lease, stop))
    try:
        scheduler.start()
        log.info("serving %s as %s", house.config.base, house.holder)
        begin_round(engine)
        engine.run_forever(stop)
        log.info("stopping: no new work; what is running may take %d s", PATIENCE_AT_THE_END)
        scheduler.shutdown(wait=False)
        engine.abandon()
        return engine.close(PATIENCE_AT_THE_END)
    finally:
        house.store.leases.release(lease)
