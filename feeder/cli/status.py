"""`feeder status`: how the publication is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.cli.telling import (
    edition_facts,
    edition_line,
    iso,
    local,
    next_edition,
    problem_lines,
    state_of,
    told,
)
from feeder.model import EditionStatus, SourceState
from feeder.pipeline import House

EDITIONS = 5  # the newest, for a person
NEEDS_A_PERSON = (EditionStatus.DRAFT, EditionStatus.HELD, EditionStatus.FAILED)  # shown however old they are
ALERTS = 5  # the same


@click.command()
@configured
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def status(config_path: Path, verbose: int, as_json: bool) -> None:
    """Show sources, stories and editions, and what needs somebody's eye; change nothing."""
    speak(verbose)
    with open_house(read_config(config_path), dry_run=True) as house:
        known = house.store.sources.states()
        states = {name: known.get(name, SourceState(name)) for name in house.sources}
        if as_json:
            click.echo(json.dumps(_facts(house, states), ensure_ascii=False, indent=2))
        else:
            _print(house, states)


def _print(house: House, states: dict[str, SourceState]) -> None:
    width = max(map(len, states))
    click.echo(f"{'source':{width}}  {'state':33}  last new item")
    for name, state in states.items():
        word, since = state_of(house, state)
        told_since = f" since {local(house, since)}" if since and word not in ("ok", "new") else ""
        click.echo(f"{name:{width}}  {word + told_since:33}  {local(house, state.last_new_item)}")
    click.echo()
    problems = {name: state.problem for name, state in states.items() if state.problem}
    told("problems", [*problem_lines(house, problems), *(line for state in states.values() for line in _needs(state))])
    alerts = house.store.alerts.list(ALERTS)
    told("alerts", [f"{local(house, one.at)} {one.about.removeprefix('source:')}: {one.words}" for one in alerts])
    told("stories", [", ".join(f"{count} {fate.value}" for fate, count in house.store.stories.counts().items())])
    held = house.store.stories.due(datetime.max.replace(tzinfo=UTC))
    told("due", [f"{local(house, story.due)} {story.slug}" for story in held])
    editions = house.store.editions.list()
    shown = [edition for n, edition in enumerate(editions) if n < EDITIONS or edition.status in NEEDS_A_PERSON]
    lines = [edition_line(edition) for edition in shown] or ["none yet"]
    told("editions", [*lines, *([f"and {len(editions) - len(shown)} more"] if len(editions) > len(shown) else [])])
    told("next", [local(house, next_edition(house))])


def _facts(house: House, states: dict[str, SourceState]) -> dict[str, object]:
    return {
        "sources": [
            {
                "id": name,
                "state": state_of(house, state)[0],
                "since": iso(state_of(house, state)[1]),
                "problem": state.problem,
                "last_new_item": iso(state.last_new_item),
                "next_look": iso(state.next_look),
                "needs": _needs(state),
            }
            for name, state in states.items()
        ],
        "alerts": [
            {"about": one.about, "what": one.what, "words": one.words, "at": iso(one.at)}
            for one in house.store.alerts.list(ALERTS)
        ],
        "stories": {fate.value: count for fate, count in house.store.stories.counts().items()},
        "editions": [edition_facts(edition) for edition in house.store.editions.list()],
        "next_edition": iso(next_edition(house)),
    }


def _needs(state: SourceState) -> list[str]:
    gone = (file.path for file in state.memory.files if file.gone)
    return [*state.warnings, *(f"{path} is gone; its story stays until the file says withdrawn" for path in gone)]
