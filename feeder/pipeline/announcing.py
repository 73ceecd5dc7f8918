"""Announce: tell hubs of feeds that changed, and webhooks of new stories and editions.

The step compares what is published with what each was told, whenever it runs: after publishing, and by the clock. So
nothing is told twice that was answered, nothing is forgotten by a restart, and what changed several times while a hub
was away is told once. An answer that was on its way when the process died is the exception: then it is told again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache

from feeder.config import Config
from feeder.delivery.announcing import ping
from feeder.delivery.refusing import unannounced
from feeder.errors import DeliveryError
from feeder.model import Announcement, Step
from feeder.pipeline.backing_off import failed, is_resting, recovered
from feeder.pipeline.counting import did
from feeder.pipeline.holding import alone
from feeder.pipeline.house import House
from feeder.pipeline.webhooks import tell_webhooks

log = logging.getLogger("feeder.announce")

FEEDS = ("rss.xml", "atom.xml", "feed.json")


def announce(house: House) -> Sequence[Step]:
    """Tell who is to be told, and is not being left alone after a failure. What fails is tried again by the clock, and
    stops nothing else; what another process is telling right now is left to it."""
    if not house.sends or house.offline or not (house.config.announce.hubs or house.config.webhooks):
        return []
    if reasons := unannounced(house.config):
        _refuse(reasons)
        return []
    if not due_pings(house) and not tell_webhooks(house, None):
        return []
    with alone(house.store, "announce", house.holder) as guard:
        if guard is None:
            return []
        with house.recording("announce"):
            for hub in house.config.announce.hubs:
                _tell_hub(house, hub, guard)
            is_more = tell_webhooks(house, guard)
    return [Step("announce", {}, "announce", "announce")] if is_more else []


def due_pings(house: House) -> list[tuple[str, str, str]]:
    """The hub, path and digest of each feed that a hub is to be told of now."""
    hubs = house.config.announce.hubs
    if not hubs:
        return []
    now, paths = house.clock(), feed_paths(house.config)
    digests = house.store.announcements.digests(paths)
    topics = {path: house.config.output.base_url + path for path in paths}
    known = house.store.announcements.standing([name_of(hub) for hub in hubs], ["", *topics.values()])
    return [
        (hub, path, digests[path])
        for hub in hubs
        if not is_resting(known.get((name_of(hub), "")), now)
        for path, topic in topics.items()
        if path in digests and _is_news(known.get((name_of(hub), topic)), digests[path], now)
    ]


def feed_paths(config: Config) -> tuple[str, ...]:
    """Every feed that is published."""
    folders = ("", *(f"topics/{topic.id}/" for topic in config.topics), "editions/")
    return tuple(folder + name for folder in folders for name in FEEDS)


def name_of(hub: str) -> str:
    """What a hub is called in the store, and in alerts."""
    return f"hub:{hub}"


def _is_news(known: Announcement | None, digest: str, now: datetime) -> bool:
    return known is None or (known.mark != digest and not is_resting(known, now))


@cache
def _refuse(reasons: tuple[str, ...]) -> None:
    """Say so once in a process."""
    log.warning("nobody is told of what is published: %s; docs/announcing.md", "; ".join(reasons))


def _tell_hub(house: House, hub: str, guard: Callable[[], None]) -> None:
    """Tell a hub of all feeds that changed; one that cannot be reached is left alone for a while."""
    name, store = name_of(hub), house.store.announcements
    itself = store.get(name, "")
    for path, digest in _visible(house, hub):
        if house.stop.is_set():
            return
        guard()
        topic = house.config.output.base_url + path
        try:
            answer = ping(hub, topic)
        except DeliveryError as error:
            if error.retry:
                failed(house, itself, name, "", error)
                return
            failed(house, store.get(name, topic), name, topic, error)
            continue
        guard()  # whoever slept meanwhile sets back no mark of another
        store.told(name, {topic: digest}, house.clock(), f"{answer.status} {answer.words}".strip())
        recovered(house, itself, name)
        itself = None
        did(hubs_pinged=1)
        log.info("%s was told of %s: %d", name, path, answer.status)


def _visible(house: House, hub: str) -> Iterator[tuple[str, str]]:
    """What a hub is to be told of, and lies under feeds/ as it was recorded: a hub fetches it at once."""
    for one, path, digest in due_pings(house):
        if one == hub and hashlib.sha256(house.output.read(path) or b"").hexdigest() == digest:
            yield path, digest
