"""What the same-story check knows of an item, and what is certainly the same: by address, by id, or word for word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from feeder import addresses
from feeder.curation.rules import Facts
from feeder.editing.cleaning import plain_text
from feeder.model import APART, Fate, Item, Source, StoredItem, Story, Trace
from feeder.pipeline.house import House

WORDS_KEPT = 600
BY_NAME = "the same address or id as the story's"
BY_WORDS = "another source told it in the same words"
# Fewer words of headline and teaser are the same too easily: "Wetter", "Newsletter".
_WORDS_THAT_TELL = 12
_WORD = re.compile(r"\w+")


def trace_of(stored: StoredItem, source: Source, facts: Facts, story_id: str) -> Trace:
    """What can be compared of an item."""
    item = stored.item
    words = facts.fields["summary"] or plain_text(item.content)
    return Trace(
        story_id=story_id,
        item=item.key,
        title=facts.fields["title"],
        words=words[:WORDS_KEPT],
        language=facts.fields["language"],
        at=item.published or stored.first_seen,
        own=item.article is not None,
        released=False,
        rank=source.rank,
    )


@dataclass
class Twins:
    """What was told of late or is told in this round, found by what two items that are the same have in common.

    A page that is `shared` by several things of one source names none of them, unless title and date agree too.
    """

    shared: Collection[str] = ()
    _named: defaultdict[tuple[str, ...], list[tuple[Item, str]]] = field(default_factory=lambda: defaultdict(list))
    _worded: defaultdict[str, list[Trace]] = field(default_factory=lambda: defaultdict(list))

    def add(self, item: Item, trace: Trace) -> None:
        """Remember what is told in this round."""
        for name in self._names(item):
            self._named[name].append((item, trace.story_id))
        self.add_traces((trace,))

    def add_traces(self, traces: Iterable[Trace]) -> None:
        """Remember what says the same word for word."""
        for trace in traces:
            self._worded[_bare(trace.title)].append(trace)

    def named(self, item: Item) -> str | None:
        """The story of this round that is at the same address, or bears the same id."""
        for name in self._names(item):
            for one, story_id in self._named.get(name, ()):
                if len(name) == 1 or not _are_apart(one, item):
                    return story_id
        return None

    def worded(self, trace: Trace) -> str | None:
        """The story that another source told in the same words, or in the first of them."""
        for other in self._worded.get(_bare(trace.title), ()):
            if other.item.source_id != trace.item.source_id and _says_the_same(other, trace):
                return other.story_id
        return None

    def _names(self, item: Item) -> Iterator[tuple[str, ...]]:
        if (page := page_of(item.url)) is not None:
            yield (page, item.title.casefold()) if page in self.shared else (page,)
        if (world_id := world_id_of(item)) is not None:
            yield (f"uid {world_id}",)


def told_elsewhere(house: House, item: Item, shared: Collection[str]) -> Story | None:
    """The story that tells this item already, by its address or id; what rules dropped elsewhere is judged anew, what a
    person dropped is not."""
    if item.article is not None and item.url is None:
        return None
    page = page_of(item.url)
    found = house.store.items.elsewhere(page, world_id_of(item), item.key, like=item if page in shared else None)
    story = house.store.stories.get(found) if found else None
    return None if story is None or (story.fate is Fate.DROPPED and not story.touched) else story


def names_of(item: Item) -> Iterator[str]:
    """All that `told_elsewhere` could find the item by."""
    if (page := page_of(item.url)) is not None:
        yield page
    if (world_id := world_id_of(item)) is not None:
        yield world_id
        yield world_id.removeprefix("https://")


def page_of(url: str | None) -> str | None:
    """The key of the page at an address; a home page is nobody's story."""
    key = addresses.url_key(url) if url else ""
    return key if "/" in key or "?" in key else None


def world_id_of(item: Item) -> str | None:
    """The item's id if it means the same in every source: a tag: or urn: URI, or the address of a page."""
    if item.uid.startswith(("tag:", "urn:")) or (item.uid.startswith(("http:", "https:")) and page_of(item.uid)):
        return item.uid
    return None


def _are_apart(one: Item, other: Item) -> bool:
    return one.published is not None and other.published is not None and abs(one.published - other.published) > APART


def _says_the_same(one: Trace, other: Trace) -> bool:
    """Whether the words are the same, or one cut short what the other says. The headlines are; what recurs each day
    under the same one is two things."""
    if abs(one.at - other.at) > APART:
        return False
    shorter, longer = sorted((_bare(one.words), _bare(other.words)), key=len)
    said = len(_bare(one.title).split()) + len(shorter.split())
    return said >= _WORDS_THAT_TELL and bool(shorter) and longer.startswith(shorter)


def _bare(words: str) -> str:
    return " ".join(_WORD.findall(words.casefold()))
