"""Say how a round went, in a few lines or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import click

from feeder.config import placeholders
from feeder.model import Edition, Fate
from feeder.pipeline import House


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What a round changed, and what needs somebody's eye; paths are relative to the output folder."""

    now: str
    sources: int
    failing_sources: dict[str, str]
    warnings: list[str]
    stories: dict[str, int]
    changed: list[str]
    removed: list[str]
    kept: list[str]
    edition: str | None
    placeholders: list[str]


def report(house: House, before: Mapping[Fate, int], *, as_json: bool) -> None:
    """Print what a round changed since `before`, the counts of stories by fate."""
    facts = facts_of_round(house, before)
    if as_json:
        click.echo(json.dumps(asdict(facts), ensure_ascii=False, indent=2))
        return
    network = ", network left alone" if house.offline else ""
    click.echo(f"sources   {facts.sources} configured, {len(facts.failing_sources)} failing{network}")
    for name, problem in facts.failing_sources.items():
        click.echo(f"          {name}: {problem}")
    for warning in facts.warnings:
        click.echo(f"          {warning}")
    click.echo("stories   " + ", ".join(f"{count} newly {fate}" for fate, count in facts.stories.items()))
    change = "would change" if house.output.pretend else "changed"
    click.echo(f"output    {len(facts.changed)} files {change}, {len(facts.removed)} removed, in {house.output.folder}")
    for message in facts.kept:
        click.echo(f"          {message}")
    if facts.edition:
        click.echo(f"edition   {facts.edition}")
    if facts.placeholders:
        click.echo(f"note      {len(facts.placeholders)} settings still name ki-news.example: see `feeder check`")


def facts_of_round(house: House, before: Mapping[Fate, int]) -> RoundReport:
    """Collect what `report` prints."""
    after = house.store.stories.counts()
    states = {name: state for name, state in house.store.sources.states().items() if name in house.sources}
    return RoundReport(
        now=house.clock().isoformat(),
        sources=len(house.sources),
        failing_sources={name: state.problem for name, state in states.items() if state.problem},
        warnings=[warning for state in states.values() for warning in state.warnings],
        stories={fate.value: after.get(fate, 0) - before.get(fate, 0) for fate in Fate},
        changed=list(dict.fromkeys(path for written in house.written for path in written.changed)),
        removed=list(dict.fromkeys(path for written in house.written for path in written.removed)),
        kept=list(dict.fromkeys(house.kept)),
        edition=edition_line(newest) if (newest := house.store.editions.latest()) else None,
        placeholders=list(placeholders(house.config)),
    )


def edition_line(edition: Edition) -> str:
    """One line about an edition, for maintainers."""
    number = f"number {edition.number}, " if edition.number else ""
    stories = sum(len(section.stories) for section in edition.sections)
    reason = edition.reason or f"{stories} stories, “{edition.subject}”"
    return f"{edition.id}: {edition.status.value}, {number}{reason}"


def local(house: House, moment: datetime | None) -> str:
    """A time for maintainers, in the publication's zone; "never" for None."""
    return moment.astimezone(house.config.publication.zone).strftime("%Y-%m-%d %H:%M") if moment else "never"
