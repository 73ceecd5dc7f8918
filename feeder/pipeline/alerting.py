"""Tell maintainers what changed: each alert at least once by each carrier, and each carrier for itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from feeder.delivery.alerting import Bulletin, alert_refusals
from feeder.delivery.alerting_carriers import AlertCarrier, alert_carriers
from feeder.errors import DeliveryError
from feeder.model import Alert, Announcement, Step
from feeder.pipeline.counting import did
from feeder.pipeline.holding import alone
from feeder.pipeline.house import House

log = logging.getLogger("feeder.alerts")

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
ALIVE = "alive"
ALIVE_PAUSE = timedelta(minutes=1)
ALIVE_SECONDS = 10.0
_ONE_ROUND = 10  # messages to one topic; the next look tells the rest


def alert(house: House) -> Sequence[Step]:
    """Tell what was not told yet; nothing in a rehearsal, without a network, or where placeholders stand.

    One process at a time; what another one tells right now is left to it. A carrier that fails is tried again later
    and later, at most an hour apart, and keeps no other from telling.
    """
    if not house.sends or house.offline:
        return []
    carriers = tuple(alert_carriers(house.config))
    if not carriers or not any(_pending(house, one, topic) for one in carriers for topic in one.topics):
        return []
    if reasons := alert_refusals(house.config):
        log.warning("no alert leaves the house: %s", "; ".join(reasons))
        return []
    with alone(house.store, "alerts", house.holder) as guard:
        if guard is None:
            return []
        with house.recording("alerts"):
            for carrier in carriers:
                for topic in carrier.topics:
                    _tell(house, carrier, topic, guard)
                    if house.stop.is_set():
                        return []
    return []


def baseline(house: House) -> None:
    """Let carriers that were just set up begin with what comes from now on."""
    for carrier in alert_carriers(house.config) if house.sends else ():
        new = [topic for topic in carrier.topics if _told(house, carrier, topic) is None]
        if new:
            last = str(house.store.alerts.last())
            house.store.announcements.told(carrier.announcer, dict.fromkeys(new, last), house.clock(), "")


def _told(house: House, carrier: AlertCarrier, topic: str) -> Announcement | None:
    return house.store.announcements.get(carrier.announcer, topic)


def _pending(house: House, carrier: AlertCarrier, topic: str) -> tuple[Alert, ...]:
    """What is to be told now; nothing where the last try failed just now, or nobody said yet where it begins."""
    known = _told(house, carrier, topic)
    if known is None or (known.not_before is not None and _waits(house.clock(), known.not_before)):
        return ()
    return house.store.alerts.after(int(known.mark or 0), carrier.most)


def _waits(now: datetime, not_before: datetime) -> bool:
    """A moment too far ahead is that of a clock that was wrong."""
    return now < not_before <= now + LONGEST_PAUSE


def _tell(house: House, carrier: AlertCarrier, topic: str, guard: Callable[[], None]) -> None:
    """Tell a topic what it does not know. `guard` raises when another process tells meanwhile, because this one slept:
    then what that one wrote stands."""
    for _ in range(_ONE_ROUND):
        guard()
        if not (alerts := _pending(house, carrier, topic)):
            return
        now = house.clock()
        try:
            answer = carrier.tell(Bulletin(alerts, topic, now))
        except DeliveryError as error:
            _later(house, carrier, topic, error, now)
            return
        guard()
        house.store.announcements.told(carrier.announcer, {topic: str(alerts[-1].seq)}, now, answer)
        did(alerts_told=len(alerts))
        log.info("%s: told %s %d alerts", carrier.announcer, topic, len(alerts))


def _later(house: House, carrier: AlertCarrier, topic: str, error: DeliveryError, now: datetime) -> None:
    """Come again after a while. What a server says in vain is logged once, not each time."""
    did(tried_in_vain=1)
    known = _told(house, carrier, topic)
    pause = min(FIRST_PAUSE * 2 ** min(known.attempts if known else 0, 10), LONGEST_PAUSE)
    if known is None or known.answer != str(error):
        log.error("%s: %s was not told, trying again: %s", carrier.announcer, topic, error)
    house.store.announcements.failed(carrier.announcer, topic, now + pause, now, str(error))


def alive(house: House) -> Sequence[Step]:
    """Post to the address of [alerts] that somebody else waits for; at most once a minute, and never in vain: what does
    not answer stops nobody."""
    url = house.config.alerts.alive_url
    if url is None or not house.sends or house.offline or alert_refusals(house.config):
        return []
    now, known = house.clock(), house.store.announcements.get(ALIVE, "")
    if known is not None and known.at is not None and abs(now - known.at) < ALIVE_PAUSE:
        return []
    from feeder.delivery.announcing import AGENT  # noqa: PLC0415 - requests costs 50 ms
    from feeder.delivery.posting import post  # noqa: PLC0415 - the same

    try:
        posted = post(url.get_secret_value(), b"", {"User-Agent": AGENT}, ALIVE_SECONDS)
    except DeliveryError as error:
        if known is None or known.answer != str(error):
            log.warning("[alerts] alive_url: %s", error)
        house.store.announcements.failed(ALIVE, "", now + ALIVE_PAUSE, now, str(error))
    else:
        house.store.announcements.told(ALIVE, {"": ""}, now, str(posted.status))
    return []
