"""What no section can check alone; asked of the document as it was read, whether or not the rest of it is valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any
from zoneinfo import ZoneInfo

from feeder.config.shape import Path
from feeder.config.slots import Slot, changes_clocks, parse_slot
from feeder.config.values import is_zone, near

Problem = tuple[Path, str]

_WEB = ("feed", "page", "sitemap")
_EVERY = ("folder", *_WEB)
# The keys that only some kinds know.
_KINDS = {
    "selectors": ("page",),
    "addresses": ("page", "sitemap"),
    **dict.fromkeys(("rhythm", "fulltext", "username", "password", "headers", "cookies"), _WEB),
}


def cross_checks(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Every contradiction between keys and sections: ids twice, topics that do not exist, keys of another kind."""
    yield from _twice(data, "topics", "id")
    yield from _twice(data, "sources", "id")
    yield from _twice(data, "sources", "location")
    yield from _twice(data, "webhooks", "id")
    yield from _topics(data)
    yield from _interests(data)
    yield from _kinds(data)
    yield from _slots(data)
    yield from _night(data)


def _tables(data: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    found = data.get(name)
    return [(n, table) for n, table in enumerate(found if isinstance(found, list) else []) if isinstance(table, dict)]


def _twice(data: Mapping[str, Any], name: str, key: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for n, table in _tables(data, name):
        value = table.get(key)
        if not isinstance(value, str):
            continue
        if value in seen:
            yield (name, n, key), f"the same {key} as {name}[{seen[value]}]; each may stand once"
        seen.setdefault(value, n)


def _topics(data: Mapping[str, Any]) -> Iterator[Problem]:
    known = [table["id"] for _, table in _tables(data, "topics") if isinstance(table.get("id"), str)]
    for n, table in _tables(data, "sources"):
        topics = table.get("topics")
        for m, topic in enumerate(topics if isinstance(topics, list) else []):
            if isinstance(topic, str) and topic not in known:
                yield ("sources", n, "topics", m), f"no topic has this id{near(topic, known)}"


def _interests(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Topics and sources that interests name and nobody has."""
    curation = data.get("curation")
    for n, table in _tables(curation, "interests") if isinstance(curation, Mapping) else []:
        for key in ("topics", "sources"):
            known = [one["id"] for _, one in _tables(data, key) if isinstance(one.get("id"), str)]
            named = table.get(key)
            for m, name in enumerate(named if isinstance(named, list) else []):
                if isinstance(name, str) and name not in known:
                    yield ("curation", "interests", n, key, m), f"no {key[:-1]} has this id{near(name, known)}"


def _kinds(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Keys that do nothing for a source of this kind, and what a key needs to work."""
    for n, table in _tables(data, "sources"):
        kind = table.get("kind")
        for key, kinds in _KINDS.items():
            if key in table and table[key] not in (False, None) and kind in _EVERY and kind not in kinds:
                named = " or ".join(f'"{one}"' for one in kinds)
                yield ("sources", n, key), f"does nothing for a {kind}; it belongs to kind = {named}"
        if kind == "page" and "selectors" not in table:
            words = 'is missing: a page is read by CSS selectors, such as { item = "article", title = "h2" }'
            yield ("sources", n, "selectors"), words
        if table.get("fulltext") is True and kind != "folder" and find_spec("trafilatura") is None:
            yield ("sources", n, "fulltext"), "needs trafilatura: pip install 'feeder[fulltext]'"


def _slots(data: Mapping[str, Any]) -> Iterator[Problem]:
    zone, taken = _zone(data), dict[tuple[str, str], int]()
    for n, slot in _parsed(data):
        if zone and changes_clocks(zone, slot.hour, slot.minute):
            yield ("schedule", "editions", n), _changing(zone, slot)
        same = sorted({taken[day, slot.time] for day in slot.weekdays if (day, slot.time) in taken})
        if same:
            yield ("schedule", "editions", n), f"shares a minute with editions[{same[0]}]; each may be due once"
        for day in slot.weekdays:
            taken.setdefault((day, slot.time), n)


def _night(data: Mapping[str, Any]) -> Iterator[Problem]:
    schedule, zone = data.get("schedule"), _zone(data)
    night = schedule.get("night") if isinstance(schedule, dict) else None
    try:
        slot = parse_slot(f"mon-sun {night}")
    except ValueError:
        return  # not there, or the section's own check names it
    if zone and changes_clocks(zone, slot.hour, slot.minute):
        yield ("schedule", "night"), _changing(zone, slot)


def _changing(zone: ZoneInfo, slot: Slot) -> str:
    return (
        f"in {zone.key}, {slot.time} is missing or comes twice once a year, when the clocks change; choose another hour"
    )


def _zone(data: Mapping[str, Any]) -> ZoneInfo | None:
    publication = data.get("publication")
    name = publication.get("timezone", "Europe/Berlin") if isinstance(publication, dict) else None
    return ZoneInfo(name) if isinstance(name, str) and is_zone(name) else None


def _parsed(data: Mapping[str, Any]) -> Iterator[tuple[int, Slot]]:
    schedule = data.get("schedule")
    editions = schedule.get("editions") if isinstance(schedule, dict) else None
    for n, text in enumerate(editions if isinstance(editions, list) else []):
        try:
            yield n, parse_slot(text)
        except (ValueError, AttributeError):
            continue  # the section's own check names it
