"""What must hold of recorded sources after each round: nothing is told twice, and each item has its place."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations

from lxml import etree
from sqlalchemy import select

from feeder.model import Decision, Fate, Item, ItemKey, StoredItem, Telling
from feeder.pipeline import House
from feeder.pipeline.tracing import page_of, world_id_of
from feeder.store.items import Items, _from_row
from feeder.store.schema import items
from tests.newsroom import Newsroom

CERTAIN = ("the same address or id as the story's", "another source told it in the same words")
ATOM = "{http://www.w3.org/2005/Atom}"
MANY = 1_000_000
Place = tuple[str, str | None]
HALF_A_DAY = timedelta(hours=12)


@dataclass
class Told:
    """All that a store tells at a moment. `addresses` are those that an item ever had: what was told at one keeps it,
    though its source moves it later. `apart` is what looks like one thing and was meant as two."""

    house: House
    stories: dict[str, Telling] = field(default_factory=dict)
    items: dict[ItemKey, tuple[Item, str | None]] = field(default_factory=dict)
    addresses: defaultdict[ItemKey, set[str | None]] = field(default_factory=lambda: defaultdict(set))
    apart: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stories = {one.story.id: one for one in self.house.store.stories.listed(None, MANY)}
        self.items = {one.item.key: (one.item, one.story_id) for one in _stored(self.house.store.items)}
        for key, (item, _) in self.items.items():
            self.addresses[key].add(item.url)

    def judged(self, words: str, is_meant: bool) -> Iterator[str]:
        """What is wrong; what one source tells apart on purpose is only noted."""
        if is_meant:
            self.apart.append(words)
        else:
            yield words

    def decisions(self) -> Iterator[tuple[Telling, Decision]]:
        """Every merge, and what made each follow-up one."""
        for one in self.stories.values():
            for decision in self.house.store.stories.decisions(one.story.id):
                is_merge = decision.what in ("merged", "led")
                if is_merge or (one.story.follows and decision.item == one.story.lead and decision.what != "flagged"):
                    yield one, decision


def _stored(store: Items) -> Iterator[StoredItem]:
    with store._database.read() as connection:
        yield from map(_from_row, connection.execute(select(items)).all())


def twice_in_a_feed(newsroom: Newsroom) -> list[str]:
    """The ids that one of the three main feeds shows more than once."""
    rss = etree.parse(newsroom.path("rss.xml")).getroot()
    atom = etree.parse(newsroom.path("atom.xml")).getroot()
    shown = {
        "rss.xml": [str(guid.text) for guid in rss.iter("guid")],
        "atom.xml": [str(entry.findtext(f"{ATOM}id")) for entry in atom.iter(f"{ATOM}entry")],
        "feed.json": [item["id"] for item in json.loads(newsroom.path("feed.json").read_bytes())["items"]],
    }
    assert all(shown.values()), "a feed shows nothing"
    return [f"{name}: {id_}" for name, ids in shown.items() for id_, n in Counter(ids).items() if n > 1]


def in_two_editions(house: House) -> list[str]:
    """The stories that are news more than once."""
    placed = Counter(
        story for edition in house.store.editions.list() for part in edition.sections for story, _ in part.stories
    )
    return [story for story, times in placed.items() if times > 1]


def out_of_place(told: Told) -> list[str]:
    """Items that no story has, that do not stand in the coverage of theirs, or that stand in another story's too."""
    lines: defaultdict[Place, set[str]] = defaultdict(set)
    owned: defaultdict[Place, set[str | None]] = defaultdict(set)
    for one in told.stories.values():
        for line in one.revision.coverage:
            lines[line.source_id, line.url].add(one.story.id)
    for key, (_, story_id) in told.items.items():
        for url in told.addresses[key]:
            owned[key.source_id, url].add(story_id)
    wrong = []
    for key, (item, story_id) in told.items.items():
        places = [(key.source_id, url) for url in told.addresses[key]]
        at = {story for place in places for story in lines[place]}
        if story_id is None:
            wrong.append(f"{key}: waits")
        elif item.article is None and story_id in told.stories:
            others = {story for place in places for story in owned[place]}
            if story_id not in at or not at <= others:
                wrong.append(f"{key} of {story_id} stands in {sorted(at)}")
    return wrong


def unexplained(told: Told) -> list[str]:
    """Merges and follow-ups with neither a score nor a certain reason."""
    return [
        f"{one.story.id}: {decision.what}: {decision.why}"
        for one, decision in told.decisions()
        if decision.score is None and not any(why in decision.why for why in CERTAIN)
    ]


def of_one_name(told: Told) -> Iterator[str]:
    """Pairs of released stories that share a page or an id that means the same everywhere, unless one source has two
    things there: other headlines, or dates more than half a day apart."""
    bearers: defaultdict[str, list[Item]] = defaultdict(list)
    for item, story_id in told.items.values():
        telling = told.stories.get(story_id or "")
        if telling is not None and telling.story.fate is Fate.RELEASED:
            for name in {page_of(item.url), world_id_of(item)} - {None}:
                bearers[str(name)].append(item)
    for name, ones in bearers.items():
        is_recurring = any(_are_two(*pair) for pair in combinations(ones, 2))
        for item, twin in _pairs(told, ones):
            yield from told.judged(f"{name}: {_named(item)} and {_named(twin)}", is_recurring)


def of_one_title(told: Told, within: timedelta) -> Iterator[str]:
    """Pairs of stories with the same headline that were released so shortly after each other, but for follow-ups, and
    for what one source tells at two addresses."""
    titled: defaultdict[str, list[Telling]] = defaultdict(list)
    for one in told.stories.values():
        if one.story.fate is Fate.RELEASED:
            titled[" ".join(re.findall(r"\w+", one.revision.title.casefold()))].append(one)
    for title, alike in titled.items():
        for one, other in combinations(alike, 2):
            is_soon = abs(_released(one) - _released(other)) <= within
            if is_soon and not _are_kin(told, one, other):
                leads = one.story.lead, other.story.lead
                is_meant = leads[0].source_id == leads[1].source_id and one.story.url != other.story.url
                yield from told.judged(f"{title}: {leads[0]} and {leads[1]}", is_meant)


def _pairs(told: Told, ones: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    """An item of each of two stories."""
    for one, other in combinations(ones, 2):
        if told.items[one.key][1] != told.items[other.key][1]:
            yield one, other


def _are_two(one: Item, other: Item) -> bool:
    """Whether one source has two things there."""
    if one.source_id != other.source_id:
        return False
    dates = one.published, other.published
    return one.title != other.title or (dates[0] and dates[1] and abs(dates[0] - dates[1]) > HALF_A_DAY) is True


def _named(item: Item) -> str:
    return f"{item.source_id} {item.title!r} of {item.published}"


def _are_kin(told: Told, one: Telling, other: Telling) -> bool:
    return other.story.id in _elders(told, one) or one.story.id in _elders(told, other)


def _released(one: Telling) -> datetime:
    assert one.story.released is not None
    return one.story.released


def _elders(told: Told, one: Telling) -> set[str]:
    found: set[str] = set()
    elder = one.story.follows
    while elder is not None and elder not in found:
        found.add(elder)
        elder = told.stories[elder].story.follows if elder in told.stories else None
    return found
