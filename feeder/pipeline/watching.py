"""Watch: look at how the house is, each minute and after each round, and write down what changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from feeder.delivery.alerting import Bulletin, alert_refusals
from feeder.delivery.alerting_carriers import alert_carriers
from feeder.errors import DeliveryError, StoreError
from feeder.model import Alert, Changes, Condition, Severity, Step
from feeder.model.alerts import WELL
from feeder.pipeline import inspecting, inspecting_machine
from feeder.pipeline.alerting import ALIVE, baseline
from feeder.pipeline.house import House
from feeder.pipeline.inspecting import Looked

log = logging.getLogger("feeder.alerts")

MUTE = timedelta(minutes=1)
"""So long the store may take nothing before that is told; longer than it takes to wait for another writer."""

_LOOKS: tuple[Callable[[House, datetime], Looked], ...] = (
    inspecting.editions,
    inspecting.deliveries,
    inspecting.rounds,
    inspecting.gathering,
    inspecting.telling,
    inspecting.models,
    inspecting_machine.files,
    inspecting_machine.disks,
    inspecting_machine.wall_clock,
)
# What ends without news: it is over by itself, and nobody did anything about it.
_PASSING = frozenset(("clock set anew", "models used up"))


def watch(house: House) -> Sequence[Step]:
    """Look, write what changed, and let it be told. After a round that went well, while nothing critical is open, say
    that feeder is alive.

    A store that takes nothing cannot remember what was told: that is told from memory, once.
    """
    with house.vigil.lock:
        now = house.clock()
        house.vigil.look(now)
        try:
            with house.store.together("watch"):
                pass  # what can be read may yet take nothing; this writes nothing either
            baseline(house)
            _look(house, now)
        except StoreError as error:
            _mute(house, error, now)
            return []
        _speaks(house, now)
    steps = [Step("alert", {}, key="alert", dedupe="alert")]
    if is_alive(house):
        steps.append(Step("alive", {}, key="alive", dedupe="alive"))
    return steps


def _look(house: House, now: datetime) -> None:
    looked = [look(house, now) for look in _LOOKS]
    kinds = [kind for one in looked for kind in one.kinds]
    wrong = [condition for one in looked for condition in one.wrong]

    def is_looked_at(about: str) -> bool:
        return any(about == kind or about.startswith(f"{kind}:") for kind in kinds)

    house.noticing.settle(wrong, is_looked_at, ending=lambda one: _ending(house, one), is_calmed=True)


def _ending(house: House, one: Condition) -> str | None:
    kind = one.about.partition(":")[0]
    if f"{kind} {one.what}" in _PASSING:
        return None
    return inspecting.ended(house, one) if kind == "edition" else house.noticing.lasted(one)


def is_alive(house: House) -> bool:
    """Whether a round came to a good end after the last time that this was said, and nothing critical is open. What was
    said at a moment that is still to come, was said by a clock that was wrong."""
    if house.config.alerts.alive_url is None or house.kept or house.bugs:
        return False
    said, last = house.store.announcements.get(ALIVE, ""), house.store.signs.last_round()
    if last is None or (said is not None and said.at is not None and last[1] <= said.at <= house.clock()):
        return False
    return not any(one.severity is Severity.CRITICAL for one in house.store.conditions.list())


def _mute(house: House, error: StoreError, now: datetime) -> None:
    """Tell that the store takes nothing, once that lasts."""
    vigil = house.vigil
    vigil.mute = min(vigil.mute or now, now)
    log.error("the store: %s", error)
    if not vigil.said and now - vigil.mute >= MUTE:
        words = f"{error}; nothing is gathered or published until it is well again: feeder doctor says more"
        vigil.said = True
        _say(house, Alert("store", "unreachable", words, vigil.mute), now)


def _speaks(house: House, now: datetime) -> None:
    """Tell that the store is back, where somebody heard that it was not."""
    mute, was_said = house.vigil.mute, house.vigil.said
    house.vigil.mute, house.vigil.said = None, False
    if mute is not None and was_said:
        words = house.noticing.lasted(Condition("store", "unreachable", "", mute))
        back = Changes(alerts=(Alert("store", WELL, words, now),))
        house.store.conditions.settle(lambda _known: back)


def _say(house: House, alert: Alert, now: datetime) -> None:
    """Tell one alert by each carrier, without the store."""
    if not house.sends or house.offline or alert_refusals(house.config):
        return
    for carrier in alert_carriers(house.config):
        for topic in carrier.topics:
            try:
                carrier.tell(Bulletin((alert,), topic, now))
            except DeliveryError as error:
                log.error("%s: %s was not told: %s", carrier.announcer, topic, error)
