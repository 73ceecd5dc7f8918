"""`feeder status`: how the publication is."""

from __future__ import annotations

import json
from pathlib import Path

import click

from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.cli.telling import edition_line, local
from feeder.model import Source, SourceState
from feeder.pipeline import House


@click.command()
@configured
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def status(config_path: Path, verbose: int, as_json: bool) -> None:
    """Show sources, stories and editions, and what needs somebody's eye; change nothing."""
    speak(verbose)
    with open_house(read_config(config_path), dry_run=True) as house:
        states = house.store.sources.states()
        sources = [_source(house, source, states.get(source.id)) for source in house.sources.values()]
        stories = {fate.value: count for fate, count in house.store.stories.counts().items()}
        editions = [edition_line(edition) for edition in house.store.editions.list()]
    if as_json:
        click.echo(
            json.dumps({"sources": sources, "stories": stories, "editions": editions}, ensure_ascii=False, indent=2)
        )
        return
    for source in sources:
        state = (
            "failing since " + str(source["since"])
            if source["problem"]
            else "ok"
            if source["gathered"]
            else "not read yet"
        )
        click.echo(f"{source['id']!s:24} {state:32} last new item {source['last_new_item']}")
        for line in source["needs"] if isinstance(source["needs"], list) else ():
            click.echo(f"{'':24} {line}")
    click.echo("stories  " + (", ".join(f"{count} {fate}" for fate, count in stories.items()) or "none yet"))
    for edition in editions or ["none yet"]:
        click.echo(f"edition  {edition}")


def _source(house: House, source: Source, state: SourceState | None) -> dict[str, object]:
    if state is None:
        state = SourceState(source.id)
    missing = [
        f"{file.path} is gone; its story stays until the file says withdrawn"
        for file in state.memory.files
        if file.gone
    ]
    return {
        "id": source.id,
        "gathered": state.since is not None or state.last_new_item is not None or state.baselined,
        "problem": state.problem,
        "since": local(house, state.since),
        "last_new_item": local(house, state.last_new_item),
        "needs": [*([state.problem] if state.problem else []), *state.warnings, *missing],
    }
