"""A process of its own that contends: it opens the store, waits for the others, acts, and says what it got."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from feeder.errors import StoreError
from feeder.model import Gathered, ItemKey, Memory
from feeder.store import Store, open_store
from tests.store.samples import NOW, decision, identity, item, record, revision, story
from tests.store.test_editions import edition


def gather_and_tell(store: Store, name: str) -> str:
    """Record twenty items that others record too, and tell each in a story of our own name."""
    listed = tuple(item(str(n)) for n in range(20))
    record(store, "heise", Gathered(listed, Memory()), NOW, baseline=False)
    ids = []
    for n in range(20):
        own = f"{n}-{name}"
        wanted = story(own, slug="meldung", lead=ItemKey("heise", str(n)))
        ids.append(store.stories.tell(wanted, revision(own), decision(own), ItemKey("heise", str(n))).id)
    return " ".join(ids)


def claim(store: Store, name: str) -> str:
    """Claim the story 1 for the edition of a day of our own, and approve that."""
    try:
        store.editions.save(edition(int(name), "1"))
    except StoreError:
        store.editions.save(edition(int(name)))
    return str(store.editions.approve(edition(int(name)).id, NOW).number)


def compose(store: Store, _name: str) -> str:
    """Compose and approve the same edition as the others."""
    store.editions.save(edition(0, "1"))
    return str(store.editions.approve(edition().id, NOW).number)


def hold(store: Store, name: str) -> str:
    """Take one lease."""
    try:
        return f"held {store.leases.hold('output', name, 60, NOW).fence}"
    except StoreError as error:
        return f"refused: {error}"


def decide(store: Store, name: str) -> str:
    """Revise a story that others revise at the same time."""
    done = 0
    for n in range(2, 12):
        try:
            store.stories.revise(revision("1", n, title=name), decision("1", "revised", n - 1), None)
            done += 1
        except StoreError:
            pass
    current = store.stories.get(identity("1"))
    return f"{done} {current.revision if current else 0}"


def merge(store: Store, name: str) -> str:
    """Merge two stories into each other, each process the other way round."""
    elder, younger = ("1", "2") if name == "0" else ("2", "1")
    try:
        store.stories.merge(identity(elder), identity(younger), decision(younger, "merged", who="ada"))
    except StoreError:
        return "refused"
    return "merged"


def join(store: Store, _name: str) -> str:
    """Finish all parts of run 1."""
    return str(sum(store.runs.finish_part(1, f"part {n}", "done") for n in range(30)))


def bear(store: Store, name: str) -> str:
    """Be the first run."""
    return store.born(NOW.replace(microsecond=int(name))).isoformat()


def contend(
    url: str, step: Callable[[Store, str], str], name: str, start: Barrier, outcome: Connection[str, str]
) -> None:
    """Act at the same moment as the others; an exception ends the process with 1."""
    with open_store(url) as store:
        start.wait(60)
        outcome.send(step(store, name))
