"""What becomes a new source: its id, what it is already, its topics; pure decisions about addresses and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from urllib.parse import urlsplit

from feeder import text
from feeder.addresses import is_web_address, url_key, web_address
from feeder.config.sections import Topic
from feeder.config.sourcing import SourceSettings
from feeder.config.travelling import unpacked
from feeder.model import Gathered, Source
from feeder.sources.opml_in import Outline

ID_LIMIT = 40
TITLE_LIMIT = 100

_LANGUAGE = re.compile(r"([a-z]{2})(?![a-z])", re.IGNORECASE)
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f]")

Table = Mapping[str, object]


def fresh_id(title: str, address: str, taken: Iterable[str], *, otherwise: str = "source") -> str:
    """An id that nobody has, from the words of the title, else from the host."""
    host = (urlsplit(address).hostname or "") if is_web_address(address) else ""
    name = _short(text.slug(title)) or _short(text.slug(host.removeprefix("www."))) or otherwise
    # The environment names the entries of a list by number, so an id is never one.
    name = f"{otherwise}-{name}" if name.isdigit() else name
    known = taken if isinstance(taken, set | frozenset | dict) else set(taken)
    return next(one for one in chain((name,), (f"{name}-{n}" for n in count(2))) if one not in known)


def already(address: str, sources: Iterable[SourceSettings]) -> SourceSettings | None:
    """The source that reads this address, however it is spelt."""
    key = url_key(address)
    return next((one for one in sources if one.kind != "folder" and url_key(one.location) == key), None)


def usable(address: str) -> str | None:
    """An address as the configuration takes it, `feed:` put right; None if it is none."""
    address = address.strip()
    if address[:5].lower() == "feed:":
        rest = address[5:].lstrip("/")
        address = rest if "://" in rest else f"http://{rest}"
    return address if is_web_address(address) and not _UNFIT.search(address) else web_address(address)


def adopted(source: Source, gathered: Gathered, wished: Table, taken: Iterable[str]) -> Table:
    """The `[[sources]]` block of what was found: what it says of itself, and what a person wishes instead."""
    language = _LANGUAGE.match(gathered.language or "")
    title = text.shorten(text.plain(gathered.title), TITLE_LIMIT) or source.title
    location = gathered.memory.moved_to or source.location
    named = {
        "id": fresh_id(title, location, taken),
        "kind": source.kind,
        "location": location,
        "title": title,
        "homepage": web_address(gathered.homepage),
        "language": language[1].lower() if language else None,
    }
    return {key: value for key, value in (named | dict(wished)).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a subscription list would bring: `[[sources]]` and `[[topics]]` to add, and what happens to all else.

    `known` and `skipped` hold a sentence each, with the reason; `notes` say what is not kept.
    """

    sources: tuple[Table, ...]
    topics: tuple[Table, ...]
    known: tuple[str, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]


def plan_import(
    outlines: Sequence[Outline], sources: Sequence[SourceSettings], topics: Sequence[Topic], *, make_topics: bool
) -> Plan:
    """Decide what becomes of every line of a list. Folders become the topics of the same name; with `make_topics`
    the others become new ones."""
    there = {url_key(source.location): source.id for source in sources if source.kind != "folder"}
    taken = {source.id for source in sources}
    planning = _Planning(there, taken, {topic.id: topic.title for topic in topics}, make_topics)
    for outline in outlines:
        planning.take(outline)
    return planning.plan()


def folder_title(path: Sequence[str]) -> str:
    """A nested folder in one name."""
    return " / ".join(path)


@dataclass(slots=True)
class _Planning:
    there: Mapping[str, str]
    taken: set[str]
    topics: dict[str, str]
    make_topics: bool
    added: dict[str, dict[str, object]] = field(default_factory=dict)
    new_topics: list[Table] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    homeless: dict[str, int] = field(default_factory=dict)
    partly: dict[str, str] = field(default_factory=dict)

    def take(self, outline: Outline) -> None:
        place = f" (line {outline.line})" if outline.line else ""
        name = f"“{outline.title or outline.address}”{place}"
        address = usable(outline.address or "")
        if address is None:
            why = f"{outline.address} is no web address" if outline.address else "no address (xmlUrl)"
            self.skipped.append(f"{name}: {why}")
        elif (key := url_key(address)) in self.there:
            self.known.append(f"{name} is there as {self.there[key]}")
        elif key in self.added:
            self._again(key, name, outline)
        else:
            self.added[key] = self._table(address, name, outline)

    def plan(self) -> Plan:
        notes = [
            f"folder “{title}” is no topic: {number} of its sources {'stands' if number == 1 else 'stand'} without it;"
            " --topics makes it one"
            for title, number in self.homeless.items()
        ]
        notes += [f"folder “{title}” became the topic {topic} alone" for title, topic in self.partly.items()]
        tables = tuple(self.added.values())
        return Plan(tables, tuple(self.new_topics), tuple(self.known), tuple(self.skipped), (*self.notes, *notes))

    def _again(self, key: str, name: str, outline: Outline) -> None:
        table = self.added[key]
        topics = dict.fromkeys([*_topics(table), *self._placed(outline)])
        if topics:
            table["topics"] = list(topics)
        self.known.append(f"{name} stands in the list before, as “{table['title']}”")

    def _table(self, address: str, name: str, outline: Outline) -> dict[str, object]:
        told = unpacked(outline.told)
        title = outline.title or urlsplit(address).hostname or address
        wished = str(told.pop("id", ""))
        name_of = wished if wished and wished not in self.taken else fresh_id(wished or title, address, self.taken)
        self.taken.add(name_of)
        homepage = web_address(outline.homepage)
        if outline.homepage and homepage is None:
            self.notes.append(f"{name}: its home page, {outline.homepage}, is no web address and was left out")
        table: dict[str, object] = {
            "id": name_of,
            "kind": told.pop("kind", "feed"),
            "location": address,
            "title": title,
            "homepage": homepage,
            "language": outline.language,
            "topics": list(self._placed(outline)) or None,
            **told,
        }
        return {key: value for key, value in table.items() if value is not None}

    def _placed(self, outline: Outline) -> Iterable[str]:
        """The ids of the topics that the outline's folders are."""
        found: dict[str, None] = {}
        for path in outline.folders:
            if topic := self._topic(path):
                found[topic] = None
            else:
                self.homeless[folder_title(path)] = self.homeless.get(folder_title(path), 0) + 1
        return found

    def _topic(self, path: Sequence[str]) -> str | None:
        """The topic of a folder: of its whole name; else a new one if wished, or that of a part of its path."""
        whole = folder_title(path)
        if topic := self._named(whole):
            return topic
        if self.make_topics:
            return self._new_topic(whole)
        for title in reversed(path):
            if topic := self._named(title):
                self.partly[whole] = topic
                return topic
        return None

    def _named(self, title: str) -> str | None:
        slug, folded = text.slug(title), title.casefold()
        return next((id_ for id_, named in self.topics.items() if id_ == slug or named.casefold() == folded), None)

    def _new_topic(self, title: str) -> str:
        name = fresh_id(title, "", self.topics, otherwise="topic")
        self.topics[name] = title
        self.new_topics.append({"id": name, "title": title})
        return name


def _topics(table: Table) -> list[str]:
    found = table.get("topics")
    return [str(one) for one in found] if isinstance(found, list) else []


def _short(slug: str) -> str:
    """No more than the limit, cut at a word where there is one."""
    if len(slug) <= ID_LIMIT:
        return slug
    return slug[: ID_LIMIT + 1].rpartition("-")[0] or slug[:ID_LIMIT]
