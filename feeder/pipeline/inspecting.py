"""What is wrong now, by what the store knows: editions, their delivery, rounds, sources together, who is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeder.curation.conditions import at
from feeder.model import Condition, DeliveryState, Edition, EditionStatus
from feeder.pipeline.approve import CLOCK
from feeder.pipeline.drafting import id_of
from feeder.pipeline.house import House

NEWS = timedelta(days=2)  # so long a skipped or failed edition is one that somebody may still do something about
UNDECIDED = timedelta(days=7)
LATE = timedelta(minutes=20)
STUCK = timedelta(minutes=30)
FEW_TRIES = 3
DAY_OF_TRIES = 12  # by the pauses of backing_off.py, a day and a bit


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look found: `kinds` are the beginnings of what it is about, `wrong` what of these is wrong. What could not
    be seen now is not among them."""

    kinds: tuple[str, ...]
    wrong: tuple[Condition, ...] = ()


def editions(house: House, now: datetime) -> Looked:
    """Held, skipped, failed, undecided and late editions. What a person did is no news to people."""
    found = [_edition(one, now) for one in _recent(house, now)]
    wrong = [one for one in found if one is not None]
    newest, last = house.store.editions.latest(now), house.config.last_slot(now)
    if house.vigil.is_there(LATE) and newest and last and newest.slot < last <= now - LATE:
        name = id_of(house, last)
        if house.store.editions.get(name) is None:
            words = f"its slot was {_at(house, last)} and nothing is composed; look into the log, then: feeder compose"
            wrong.append(Condition(f"edition:{name}", "late", words, now))
    return Looked(("edition",), tuple(wrong))


def _recent(house: House, now: datetime) -> Iterator[Edition]:
    for name in house.store.signs.editions(now - NEWS):
        if (edition := house.store.editions.get(name)) is not None:
            yield edition


def _edition(one: Edition, now: datetime) -> Condition | None:
    name, reason = one.id, one.reason or "no reason was given"
    by_clock = bool(one.decided) and one.decided[-1].who == CLOCK
    is_waiting = one.status is EditionStatus.DRAFT and one.decide_by is None and now - one.slot > LATE
    match one.status:
        case EditionStatus.HELD if by_clock and now - one.slot < UNDECIDED:
            words = f"{reason}; look: feeder edition show {name}; then feeder edition approve {name}, or skip {name}"
        case EditionStatus.SKIPPED if by_clock and now - one.slot < NEWS:
            words = f"{reason}; its stories stand in the next one, nothing is to be done"
        case EditionStatus.FAILED if now - one.slot < NEWS:
            words = f"{reason}; look: feeder delivery status {name}; then feeder edition send {name}"
        case EditionStatus.DRAFT if is_waiting and now - one.slot < UNDECIDED:
            words = f"it waits for your word: feeder edition show {name}; then feeder edition approve {name}, or skip"
        case _:
            return None
    return Condition(f"edition:{name}", "waiting" if is_waiting else one.status.value, words, now)


def ended(house: House, condition: Condition) -> str | None:
    """What is told of an edition that needs nobody any more: only that it goes out."""
    edition = house.store.editions.get(condition.about.partition(":")[2])
    if edition is None or not edition.is_public or edition.status is EditionStatus.FAILED:
        return None
    return f"it is {edition.status.value}; it was {condition.what} since {_at(house, condition.since)}"


def deliveries(house: House, now: datetime) -> Looked:
    """Carriers that take nothing, and messages of which nobody knows whether they were taken."""
    wrong: dict[str, Condition] = {}
    for edition in _recent(house, now):
        if not edition.is_public or not edition.carriers or now - edition.slot > NEWS:
            continue
        under_way = edition.status in (EditionStatus.APPROVED, EditionStatus.DELIVERING)
        carried = house.store.signs.carried(edition.id)
        for carrier in edition.carriers if under_way else ():
            begun, counts, last = carried.get(carrier, (None, {}, None))
            waits = begun is None or counts.get(DeliveryState.WAITING) or counts.get(DeliveryState.CLAIMED)
            moved = max(filter(None, (edition.approved, begun, last)), default=edition.slot)
            if waits and now - moved > STUCK:
                left = sum(counts.get(state, 0) for state in (DeliveryState.WAITING, DeliveryState.CLAIMED))
                said = f"{left} messages of edition {edition.id} wait" if left else f"edition {edition.id} waits"
                words = f"{said}, and nothing was taken since {_at(house, moved)}; look: feeder delivery status"
                wrong[carrier] = Condition(f"carrier:{carrier}", "failing", f"{words} {edition.id}, and the log", now)
        doubts = sum(counts.get(DeliveryState.IN_DOUBT, 0) for _, counts, _ in carried.values())
        if doubts:
            words = f"nobody knows whether {doubts} messages were taken; look: feeder delivery status {edition.id}"
            wrong[edition.id] = Condition(
                f"mail:{edition.id}", "in doubt", f"{words}, then feeder delivery resolve", now
            )
    return Looked(("carrier", "mail"), tuple(wrong.values()))


def rounds(house: House, now: datetime) -> Looked:
    """Whether rounds come to their end, and what readers see follows."""
    limit = max(house.config.alerts.stale_after, 3 * house.config.schedule.gather)
    last = house.store.signs.last_round()
    kept = [one.since for one in house.store.conditions.list() if one.about in ("output:publishing", "templates")]
    shown = min([*kept, *([last[0]] if last else [])], default=None)
    newest = house.store.signs.newest_story()
    if not kept and not house.vigil.is_there(limit):
        return Looked(())  # whatever stands is what the process before left
    wrong = []
    if house.vigil.is_there(limit) and (last is None or now - last[1] > limit):
        since = f"since {_at(house, last[1])}" if last else "yet"
        words = f"no round came to its end {since}; look into the log (feeder log), then restart feeder"
        wrong.append(Condition("rounds", "stalled", words, now))
    if newest is not None and shown is not None and newest > shown and now - shown > limit:
        words = (
            f"stories wait, and nothing was published since {_at(house, shown)}; look: feeder status, feeder publish"
        )
        wrong.append(Condition("output:stories", "stale", words, now))
    return Looked(("rounds", "output:stories") if house.vigil.is_there(limit) else ("output:stories",), tuple(wrong))


def gathering(house: House, now: datetime) -> Looked:
    """Whether all sources of the network fail together, which is ours and not theirs."""
    latest = house.store.signs.answered()
    if latest is not None and timedelta(0) <= now - latest < STUCK:  # which spares reading how each of them is
        return Looked(("gathering",))
    wanted = {one.id for one in house.sources.values() if one.kind != "folder" and not one.paused}
    looks = [one for one in house.store.signs.looks() if one.source_id in wanted]
    answered = max((one.answered for one in looks if one.answered), default=None)
    is_long = answered is None or now - answered >= STUCK
    if len(looks) < 2 or not is_long or not all(one.failures for one in looks) or max(o.failures for o in looks) < 2:
        return Looked(("gathering",))
    since = f"since {_at(house, answered)}" if answered else "at all"
    words = f"none of {len(looks)} sources answered {since}: is the network down, or its name server?"
    return Looked(("gathering",), (Condition("gathering", "cut off", f"{words} Try: feeder doctor", now),))


def telling(house: House, now: datetime) -> Looked:
    """Who cannot be told: alert carriers after a few tries, hubs and webhooks after a day."""
    wrong = []
    for (announcer, topic), (tries, answer) in house.store.signs.failing(("alert", "hub", "webhook")).items():
        if tries >= (FEW_TRIES if announcer.startswith("alert:") else DAY_OF_TRIES):
            about = f"telling:{announcer.removeprefix('alert:')}" + (f" {topic}" if "@" in topic else "")
            words = f"{tries} tries failed, the last: {answer}; see its settings in config.toml"
            wrong.append(Condition(about, "failing", words, now))
    return Looked(("telling",), tuple(wrong))


def models(house: House, now: datetime) -> Looked:
    """Whether the day's budget for models is used up, so that what comes is told in the sources' words."""
    settings = house.config.summaries
    if settings.kind != "llm":
        return Looked(("models",))
    spent = house.store.models.spent(now.astimezone(house.config.publication.zone).date().isoformat())
    share = max(
        spent.tokens / settings.tokens_per_day if settings.tokens_per_day else 0.0,
        spent.euros / settings.euros_per_day if settings.euros_per_day else 0.0,
    )
    if share < 0.99:
        return Looked(("models",))
    words = "stories are told without a model until midnight; raise tokens_per_day or euros_per_day in [summaries]"
    return Looked(("models",), (Condition("models", "used up", words, now),))


def _at(house: House, moment: datetime) -> str:
    return at(moment, house.config.publication.zone)
