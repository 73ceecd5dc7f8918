"""How those stand who are told of what is published, and a try of one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from feeder import text
from feeder.config.announcing import Webhook
from feeder.delivery.announcing import ping, tell
from feeder.delivery.posting import Posted, server
from feeder.delivery.refusing import unannounced
from feeder.errors import DeliveryError
from feeder.model import Announcement
from feeder.pipeline import announcing, webhooks
from feeder.pipeline.house import House
from feeder.rendering.filling import stamp

_MOST = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """A hub or a webhook. `waiting`: how many feeds, or at most how many stories and editions, it is still to be told
    of, up to a thousand. `told` is when it took something, `answer` what it said last, `again` when it is tried next
    after it failed `attempts` times in a row."""

    name: str
    to: str
    waiting: int
    told: datetime | None
    answer: str
    attempts: int
    again: datetime | None


def standings(house: House) -> tuple[Standing, ...]:
    """All of them, in the order of the configuration."""
    return (*_hubs(house), *(_webhook(house, hook) for hook in house.config.webhooks))


def _hubs(house: House) -> Iterator[Standing]:
    paths, base, store = announcing.feed_paths(house.config), house.config.output.base_url, house.store.announcements
    digests = store.digests(paths)
    for hub in house.config.announce.hubs:
        name = announcing.name_of(hub)
        known = store.standing([name], ["", *(base + path for path in paths)])
        marks = {topic: one.mark for (_, topic), one in known.items()}
        waiting = sum(marks.get(base + path) != digest for path, digest in digests.items())
        yield _standing(name, hub, waiting, tuple(known.values()))


def _webhook(house: House, hook: Webhook) -> Standing:
    name, store = webhooks.name_of(hook), house.store.announcements
    known = store.standing([name], ["", "stories", "editions"])
    stories, editions = known.get((name, "stories")), known.get((name, "editions"))
    waiting = len(store.stories_after(int(stories.mark), store.published(), _MOST)) if stories else 0
    waiting += len(store.editions_after(int(editions.mark), _MOST)) if editions else 0
    return _standing(name, server(hook.url.get_secret_value()), min(waiting, _MOST), tuple(known.values()))


def _standing(name: str, to: str, waiting: int, known: tuple[Announcement, ...]) -> Standing:
    took = [(one.at, one.answer) for one in known if one.at and one.answer and not one.attempts]
    at, answer = max(took, default=(None, ""))
    worst = max((one for one in known if one.attempts), key=lambda one: one.attempts, default=None)
    if worst is None:
        return Standing(name, to, waiting, at, answer, 0, None)
    return Standing(name, to, waiting, at, worst.answer, worst.attempts, worst.not_before)


def attempt(house: House, name: str) -> Posted:
    """Tell a hub of the first feed, or a webhook that this is a test; nothing is remembered. DeliveryError where there
    is none of that name, where nobody is told at all, or where it does not take it."""
    if reasons := unannounced(house.config):
        raise DeliveryError(f"nobody is told: {'; '.join(reasons)}")
    plain = name.partition(":")[2] if name.startswith(("hub:", "webhook:")) else name
    for hub in house.config.announce.hubs:
        if plain in (hub, server(hub).partition("//")[2]):
            return ping(hub, house.config.output.base_url + announcing.FEEDS[0])
    for hook in house.config.webhooks:
        if plain == hook.id:
            now = house.clock()
            message = {"id": f"msg_{text.digest('test', hook.id, now.isoformat())}", "type": "feeder.test"}
            facts = {"timestamp": stamp(now), "data": {"title": house.config.publication.title}}
            return tell(hook, message["id"], {**message, **facts}, now)
    raise DeliveryError(f"there is no hub and no webhook {name!r}; feeder announce status lists them")
