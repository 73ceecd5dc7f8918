"""Random histories of a feed: each real thing has exactly one item, whatever is done to its ids and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.curation.health import Calling, after_look
from feeder.curation.rhythm import Bounds
from feeder.model import Gathered, Item, ItemKey, Memory, Outcome
from feeder.sources.naming import name_items
from feeder.sources.renaming import rename
from feeder.store import Store, open_store

START = datetime(2026, 11, 1, tzinfo=UTC)
SOURCES = count()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store in which each history has a source of its own."""
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('histories')}/feeder.db") as store:
        yield store


@dataclass
class Thing:
    """One thing that a source publishes: its page and its date stay."""

    number: int
    date: datetime | None
    title: str = ""

    def __post_init__(self) -> None:
        self.title = f"Meldung {self.number} von heute"


@dataclass
class Feed:
    """A feed as its owner keeps it, and what became of it here: `owners` says whose uid is whose."""

    store: Store
    dated: bool
    things: list[Thing] = field(default_factory=list)
    shown: list[Thing] = field(default_factory=list)
    ids: str = "kept"
    page: str = "https://quelle.example/{}.html"
    source: str = field(default_factory=lambda: f"s{next(SOURCES)}")
    looks: int = 0
    owners: dict[str, int] = field(default_factory=dict)

    def happen(self, event: str, thing: Thing | None) -> None:
        """Let the owner do something, to a thing or to the feed."""
        others = [one for one in self.shown if one is not thing]
        if thing is None or event == "new":
            number = len(self.things)
            self.things.append(Thing(number, START + timedelta(hours=number) if self.dated else None))
            self.shown = [self.things[-1], *self.shown]
        elif event.startswith("ids "):
            self.ids = event.removeprefix("ids ")
        elif event.startswith("http"):
            self.page = event
        elif event.startswith("title "):
            thing.title = event.removeprefix("title ").format(thing.title, thing.number)
        else:
            orders = {"drop": others, "return": [thing, *others], "reverse": self.shown[::-1]}
            self.shown = orders.get(event, self.shown + [one for one in self.shown if one is thing])

    def own_id(self, thing: Thing) -> str:
        """What the feed says for an id."""
        return {
            "kept": f"id-{thing.number}",
            "none": "",
            "anew": f"{self.looks}-{thing.number}",
            "page": self.page.format(thing.number),
            "one for all": "1",
        }[self.ids]

    def look(self) -> None:
        """Look at the feed; each thing has to be the item that it always was, and no other's."""
        self.looks += 1
        entries = [
            (thing, Item(self.source, "", self.page.format(thing.number), thing.title, thing.date))
            for thing in self.shown
        ]
        named, _ = name_items([item for _, item in entries], [self.own_id(thing) for thing, _ in entries])
        named, _ = rename(named, self.store.items.akin(self.source, named))
        now = START + timedelta(days=30 + self.looks)
        calling = Calling(Bounds(timedelta(0), timedelta(0)), timed=False)
        self.store.sources.record_all(
            [Outcome(self.source, "https://quelle.example/", Gathered(named, Memory()))],
            now,
            lambda before, outcome, dates: after_look(before, outcome, dates, calling, now),
        )
        for item in named:
            number = int((item.url or "").rpartition("/")[2].partition(".")[0])
            assert self.owners.setdefault(item.uid, number) == number
            assert self.store.items.get(ItemKey(self.source, item.uid)) is not None
        assert {self.owners[item.uid] for item in named} == {thing.number for thing in self.shown}
        assert len(set(self.owners.values())) == len(self.owners)


EVENT = st.sampled_from(
    (
        "new",
        "drop",
        "return",
        "reverse",
        "repeat",
        "title {} (Update)",
        "title Ganz anders: {1}",
        "https://quelle.example/{}.html",
        "http://quelle.example/{}.html",
        "https://www.quelle.example/{}.html?utm_source=rss",
        "ids kept",
        "ids none",
        "ids anew",
        "ids page",
        "ids one for all",
    )
)


@given(st.lists(EVENT, max_size=25), st.randoms(use_true_random=False), st.booleans())
def test_each_thing_has_one_item_through_every_history(shared: Store, events, chance, dated):
    feed = Feed(shared, dated)
    for _ in range(chance.randint(1, 6)):
        feed.happen("new", None)
    feed.look()
    for event in events:
        feed.happen(event, chance.choice(feed.things))
        feed.look()
