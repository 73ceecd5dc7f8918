"""What a look at an address brought, for a person and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

from feeder import text
from feeder.addresses import without_login
from feeder.cli.telling import iso, told
from feeder.curation.rhythm import first_arrivals, often, pace_of
from feeder.model import FullText, Item
from feeder.sources.trying import Trial
from feeder.text import counted

TEASER = 200


def print_trial(trial: Trial) -> None:
    """What the address stands for, and what that says of itself."""
    found, gathered = trial.source, trial.gathered
    others = [one for one in trial.candidates if one.location != found.location]
    how = next((f", {one.how}" for one in trial.candidates if one.location == found.location), "")
    told("found", [f"{without_login(found.location)} ({found.kind}{how})"])
    numbers = {one.location: n for n, one in enumerate(trial.candidates, 1)}
    told("other", [f"--choose {numbers[one.location]}: {one.location} ({one.kind}, {one.how})" for one in others])
    told("title", [gathered.title or found.title])
    # What is a source already has candidates no more, but a language of its own.
    silent = "it does not say: de, unless an item or --language says otherwise" if trial.candidates else found.language
    told("language", [gathered.language or silent])
    told("rhythm", [_rhythm(gathered.items)])
    told("moved", [gathered.memory.moved_to] if gathered.memory.moved_to else [])


def print_item(item: Item, full: FullText | None, zone: ZoneInfo) -> None:
    """One item as it would be stored, in short."""
    click.echo(f"\n{time_of(item, zone)}  {item.title or '(no title)'}")
    told("uid", [item.uid])
    told("address", [item.url] if item.url else ["none"])
    told("teaser", [words] if (words := _teaser(item)) else [])
    told("image", [item.image.url] if item.image else [])
    if item.content:
        told("content", [counted(len(item.content.value), "character")])
    if full:
        told("fulltext", [counted(len(full.text.value), "character")])


def facts_of(trial: Trial, count: int) -> dict[str, object]:
    """The same for programs, with the first `count` items."""
    gathered = trial.gathered
    pace = pace_of(first_arrivals(gathered.items, datetime.now(UTC)))
    texts = {one.uid: len(one.text.value) for one in gathered.fulltexts}
    return {
        "kind": trial.source.kind,
        "location": without_login(trial.source.location),
        "moved_to": gathered.memory.moved_to,
        "title": gathered.title or trial.source.title,
        "language": gathered.language,
        "homepage": gathered.homepage,
        "per_day": round(pace.per_day, 3) if pace else None,
        "candidates": [
            {"kind": one.kind, "location": without_login(one.location), "title": one.title, "how": one.how}
            for one in trial.candidates
        ],
        "count": len(gathered.items),
        "items": [_item_facts(item, texts.get(item.uid)) for item in trial.newest[:count]],
        "notes": list(gathered.notes),
    }


def _item_facts(item: Item, fulltext: int | None) -> dict[str, object]:
    return {
        "uid": item.uid,
        "title": item.title,
        "url": item.url,
        "published": iso(item.published or item.updated),
        "teaser": _teaser(item),
        "image": item.image.url if item.image else None,
        "content": len(item.content.value) if item.content else None,
        "fulltext": fulltext,
    }


def _rhythm(items: Sequence[Item]) -> str:
    pace = pace_of(first_arrivals(items, datetime.now(UTC)))
    if pace:
        return often(pace)
    return "not known: its items carry no dates" if items else "not known: it has no items yet"


def _teaser(item: Item) -> str:
    return text.shorten(text.plain(item.summary.value), TEASER) if item.summary else ""


def time_of(item: Item, zone: ZoneInfo) -> str:
    """When an item was published, or last changed."""
    moment = item.published or item.updated
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else "no date         "
