"""Say how a round went, in a few lines or as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import click

from feeder.addresses import without_login
from feeder.config import placeholders
from feeder.model import FAILING, Edition, EditionStatus, Fate, Health, SourceState
from feeder.pipeline import House
from feeder.text import counted

WIDTH = 80  # of a list of names
ALIKE = 3  # sources with the same problem that are told together


@dataclass(frozen=True, slots=True)
class Before:
    """What was there before a round: stories by fate, the newest edition's id, and the editions that waited."""

    stories: Mapping[Fate, int]
    edition: str | None
    waiting: tuple[Edition, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What a round changed, and what needs somebody's eye; paths are relative to the output folder.

    `warnings` name their source, or, of our own articles, the file.
    """

    now: str
    sources: int
    looked_at: int
    unchanged: int
    not_due: int
    paused: int
    not_reached: list[str]
    alerts: list[str]
    failing_sources: dict[str, str]
    warnings: list[str]
    stories: dict[str, int]
    changed: list[str]
    removed: list[str]
    kept: list[str]
    edition: dict[str, object] | None
    next_edition: str | None
    placeholders: list[str]


def before_round(house: House) -> Before:
    """Remember what `report` compares with."""
    newest = house.store.editions.latest()
    waiting = house.store.editions.list(EditionStatus.DRAFT, EditionStatus.HELD)
    return Before(house.store.stories.counts(), newest.id if newest else None, waiting)


def report(house: House, before: Before, *, as_json: bool) -> None:
    """Print what a round changed, and what needs somebody's eye."""
    facts = facts_of_round(house, before)
    if as_json:
        click.echo(json.dumps(asdict(facts), ensure_ascii=False, indent=2))
        return
    told("sources", [_sources_line(house, facts)])
    told("", [*problem_lines(house, facts.failing_sources), *facts.warnings])
    if facts.not_reached:
        told(
            "",
            [f"{len(facts.not_reached)} not reached in time, first in the next round:", *_wrapped(facts.not_reached)],
        )
    told("alerts", facts.alerts)
    new = ", ".join(f"{count} newly {fate}" for fate, count in facts.stories.items() if count > 0)
    told("stories", [new or "nothing new"])
    change = "would change" if house.output.pretend else "changed"
    changed, removed = counted(len(facts.changed), "file"), len(facts.removed)
    told("output", [f"{changed} {change}, {removed} removed, in {house.output.folder}", *facts.kept])
    lines = [edition_line(one) for one in _dealt_with(house, before)]
    told("edition", lines or [f"none due; the next: {local(house, next_edition(house))}"])
    if facts.placeholders:
        told("note", [f"{len(facts.placeholders)} settings still name ki-news.example: see `feeder check`"])


def _sources_line(house: House, facts: RoundReport) -> str:
    counts = (
        (facts.looked_at, "looked at"),
        (facts.unchanged, "unchanged"),
        (facts.not_due, "not due"),
        (facts.paused, "paused"),
    )
    said = "".join(f", {count} {words}" for count, words in counts if count)
    network = ", network left alone" if house.offline else ""
    return f"{facts.sources} configured{said}, {len(facts.failing_sources)} failing{network}"


def facts_of_round(house: House, before: Before) -> RoundReport:
    """Collect what `report` prints."""
    after = house.store.stories.counts()
    known = house.store.sources.states()
    states = {name: known[name] for name in house.sources if name in known}
    dealt_with = _dealt_with(house, before)
    return RoundReport(
        now=house.clock().isoformat(),
        sources=len(house.sources),
        looked_at=house.tally.looked,
        unchanged=house.tally.unchanged,
        not_due=len(house.tally.not_due),
        paused=len(house.tally.paused),
        not_reached=list(house.tally.left),
        alerts=list(house.tally.alerts),
        failing_sources={name: state.problem for name, state in states.items() if state.problem},
        warnings=[
            warning if house.sources[name].kind == "folder" else f"{name}: {warning}"
            for name, state in states.items()
            for warning in state.warnings
        ],
        stories={fate.value: after.get(fate, 0) - before.stories.get(fate, 0) for fate in Fate},
        changed=list(dict.fromkeys(path for written in house.written for path in written.changed)),
        removed=list(dict.fromkeys(path for written in house.written for path in written.removed)),
        kept=list(dict.fromkeys(house.kept)),
        edition=edition_facts(dealt_with[-1]) if dealt_with else None,
        next_edition=iso(next_edition(house)),
        placeholders=list(placeholders(house.config)),
    )


def told(label: str, lines: Iterable[str]) -> None:
    """Print lines below each other, the first one behind its label."""
    for line in lines:
        click.echo(f"{label:9} {line}")
        label = ""


def state_of(house: House, state: SourceState) -> tuple[str, datetime | None]:
    """How a source is, in a word, and since when: "failing" where its looks fail but no alert was due yet."""
    if house.sources[state.source_id].paused:
        return Health.PAUSED.value, None
    return state.word, state.failing if state.word == FAILING else state.since


def problem_lines(house: House, problems: Mapping[str, str]) -> list[str]:
    """A line per failing source; three or more with the same problem are told together."""
    groups: dict[str, list[str]] = {}
    for name, problem in problems.items():
        words = problem.removeprefix(without_login(house.sources[name].location))
        groups.setdefault(words if words != problem else f": {problem}", []).append(name)
    lines: list[str] = []
    for words, names in groups.items():
        if len(names) < ALIKE:
            lines += [f"{name}: {problems[name]}" for name in names]
        else:
            lines += [f"{len(names)} sources{words}:", *_wrapped(names)]
    return lines


def _wrapped(names: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in textwrap.wrap(", ".join(names), WIDTH, break_on_hyphens=False)]


def next_edition(house: House) -> datetime | None:
    """When the next edition is due; None without slots."""
    return house.config.next_slot(house.clock())


def _dealt_with(house: House, before: Before) -> list[Edition]:
    """The editions that the round composed, or decided about, the newest last."""
    now = [(one, house.store.editions.get(one.id)) for one in reversed(before.waiting)]
    found = [after for one, after in now if after and after.status is not one.status]
    newest = house.store.editions.latest()
    return [*found, newest] if newest and newest.id != before.edition else found


def edition_facts(edition: Edition) -> dict[str, object]:
    """An edition for programs."""
    return {
        "id": edition.id,
        "slot": iso(edition.slot),
        "status": edition.status.value,
        "number": edition.number,
        "subject": edition.subject,
        "stories": sum(len(section.stories) for section in edition.sections),
        "reason": edition.reason,
    }


def edition_line(edition: Edition) -> str:
    """One line about an edition, for maintainers."""
    number = f"number {edition.number}, " if edition.number else ""
    stories = sum(len(section.stories) for section in edition.sections)
    reason = edition.reason or f"{counted(stories, 'story', 'stories')}, “{edition.subject}”"
    return f"{edition.id}: {edition.status.value}, {number}{reason}"


def local(house: House, moment: datetime | None) -> str:
    """A time for maintainers, in the publication's zone; "never" for None."""
    return moment.astimezone(house.config.publication.zone).strftime("%Y-%m-%d %H:%M") if moment else "never"


def iso(moment: datetime | None) -> str | None:
    """A time for programs."""
    return moment.isoformat() if moment else None
