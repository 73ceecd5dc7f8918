"""A source at successive times: each look gathers and curates as a round does, and tells what that left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from feeder.cli.opening import open_house, read_config
from feeder.model import Item, SourceState, StoredItem
from feeder.pipeline import STEPS, House
from feeder.store.items import Items, _from_row
from feeder.store.schema import items
from tests.newsroom import NOW, Newsroom

NAME = "quelle"
# All that is listed counts, whatever its age and number: what is asked is what is told twice, or lost.
OPEN = (
    '[curation]\nmax_age = "20000d"\nmax_per_source = 10000\nbaseline_release = 10000\nlanguages = ["de", "en", "fr"]\n'
)


@dataclass
class Replay:
    """One source of a publication that stands at `now`."""

    newsroom: Newsroom
    house: House
    now: datetime = NOW

    def look(self, document: str | bytes, now: datetime) -> int:
        """Serve a document, make a round, and return how many items are new."""
        before, self.now = len(self.items()), now
        self.newsroom.web.put(f"/{NAME}.xml", document, content_type="application/xml", validators=False)
        (first,) = STEPS["start"](self.house, every=True)
        (then,) = STEPS["gather"](self.house, **first.args)
        STEPS["curate"](self.house, **then.args)
        assert not self.house.bugs
        return len(self.items()) - before

    def items(self) -> list[StoredItem]:
        """All that is stored of the source."""
        return _stored(self.house.store.items)

    def fate(self, one: StoredItem) -> str:
        """What became of the story that tells an item."""
        story = self.house.store.stories.get(one.story_id or "")
        assert story is not None
        return story.fate.value

    def state(self) -> SourceState:
        """What is remembered of the source."""
        return self.house.store.sources.state(NAME)

    def stories(self) -> dict[str, list[Item]]:
        """The items that each story tells."""
        told: dict[str, list[Item]] = {}
        for one in self.items():
            assert one.story_id is not None
            told.setdefault(one.story_id, []).append(one.item)
        return told


def _stored(found: Items) -> list[StoredItem]:
    with found._database.read() as connection:
        rows = connection.execute(select(items).where(items.c.source_id == NAME).order_by(items.c.uid)).all()
    return list(map(_from_row, rows))


@contextmanager
def replaying(newsroom: Newsroom, extra: str = "") -> Iterator[Replay]:
    """Open a publication with one source, whose clock is the replay's."""
    newsroom.extra = OPEN + extra
    newsroom.feed(NAME, "")
    with open_house(read_config(newsroom.configure())) as house:
        replay = Replay(newsroom, house)
        replay.house = replace(house, clock=lambda: replay.now)
        yield replay
