"""What the verbs of editions have in common: which edition and stories are meant, and what is said of a change."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

import click

from feeder.cli.stories_meant import Hand
from feeder.cli.telling import edition_facts, iso
from feeder.model import Edition, EditionStatus, Story
from feeder.pipeline import House
from feeder.pipeline.deciding import title_of
from feeder.pipeline.desk_found import short_id
from feeder.pipeline.drafting import places
from feeder.pipeline.edition_desk import EditionChange
from feeder.pipeline.edition_found import is_composed, stories_in
from feeder.text import counted


def stories_meant(house: House, edition: Edition, names: Iterable[str]) -> tuple[Story, ...]:
    """The stories of an edition that somebody means; where a name can mean several, they are listed and nothing is done
    (exit code 2)."""
    return tuple(_one(house, edition, name) for name in names)


def _one(house: House, edition: Edition, words: str) -> Story:
    stories = stories_in(house, edition, words)
    if len(stories) == 1:
        return stories[0]
    click.echo(
        f"{words!r} can mean {len(stories)} stories of {edition.id}; nothing was changed. Name one by its id:", err=True
    )
    for story in stories:
        click.echo(f"  {short_id(story)}  {title_of(house, story)}", err=True)
    sys.exit(2)


def tell(by: Hand, house: House, change: EditionChange) -> None:
    """Say what changed, and what comes of it; the exit code is 1 where it was refused."""
    if by.as_json:
        click.echo(json.dumps(_change_facts(house, change), ensure_ascii=False, indent=2))
    else:
        click.echo(f"{headed(change.edition)}: {change.did}")
        for warning in change.warnings:
            click.echo(f"  note: {warning}")
        if change.follows:
            click.echo(f"  {change.follows}")
        if by.dry_run:
            click.echo("a rehearsal: nothing was changed")
    if change.is_refused:
        sys.exit(1)


def headed(edition: Edition) -> str:
    """An edition with what it is called in a mailbox."""
    return f"{edition.id} “{edition.subject}”" if edition.subject else edition.id


def summed(edition: Edition) -> str:
    """Number, stories and subject of an edition in one line; what was skipped has no stories of its own."""
    if edition.status is EditionStatus.SKIPPED:
        return f"“{edition.subject}”" if edition.subject else "without stories"
    number = f"number {edition.number}, " if edition.number else ""
    stories = counted(len(places(edition)), "story", "stories")
    return f"{number}{stories}" + (f", “{edition.subject}”" if edition.subject else "")


def facts_of(house: House, edition: Edition) -> dict[str, object]:
    """An edition for programs; `composed`: whether the store has it, so that it is no forecast."""
    return edition_facts(edition) | {
        "composed": is_composed(house, edition),
        "cutoff": iso(edition.cutoff),
        "since": iso(edition.since),
        "decide_by": iso(edition.decide_by),
        "approved": iso(edition.approved),
        "carriers": list(edition.carriers),
    }


def _change_facts(house: House, change: EditionChange) -> dict[str, object]:
    return facts_of(house, change.edition) | {
        "did": change.did,
        "changed": change.changed,
        "warnings": list(change.warnings),
        "outlook": change.follows,
    }
