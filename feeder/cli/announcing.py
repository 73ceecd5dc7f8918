"""`feeder announce`: who is told of what is published, and how that went."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import click

from feeder.cli import Verbs
from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.cli.telling import iso, local
from feeder.pipeline import House
from feeder.pipeline.announced import Standing, attempt, standings


class AnnounceVerbs(Verbs):
    """The verbs of announcing."""

    verbs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "status": ("announcing:status", "What hubs and webhooks were told, and what waits."),
        "test": ("announcing:test", "Tell one hub or webhook something now; nothing is remembered."),
    }


@click.command(cls=AnnounceVerbs)
def announce() -> None:
    """See whether WebSub hubs and webhooks take what they are told, and try one.

    They are told after each publishing, and by the clock what they did not take.
    """


@click.command()
@configured
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def status(config_path: Path, verbose: int, as_json: bool) -> None:
    """Show who is told, since when nothing is left to tell, and what the last answer was."""
    speak(verbose)
    with open_house(read_config(config_path)) as house:
        found = standings(house)
        lines = list(_lines(house, found))
    facts: list[dict[str, Any]] = [asdict(one) | {"told": iso(one.told), "again": iso(one.again)} for one in found]
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))


def _lines(house: House, found: tuple[Standing, ...]) -> Iterator[str]:
    if not found:
        yield "nobody is told: [announce] hubs and [[webhooks]] are empty (docs/announcing.md)"
    for one in found:
        told = f"told {local(house, one.told)}" if one.told else "told nothing yet"
        waits = f"{one.waiting} to tell" if one.waiting else "nothing to tell"
        yield f"{one.name}  {told}, {waits}"
        if one.attempts:
            again = f", again {local(house, one.again)}" if one.again else ""
            yield f"    failed {one.attempts} times{again}: {one.answer}"
        elif one.answer:
            yield f"    answered {one.answer}"


@click.command()
@configured
@click.argument("name")
def test(config_path: Path, verbose: int, name: str) -> None:
    """Tell the hub or webhook NAME something now: a hub of the first feed, a webhook that this is a test
    (`feeder.test`).

    NAME is the id of a webhook, or the address or host of a hub. Exit code 1 says that it was not taken.
    """
    speak(verbose)
    with open_house(read_config(config_path)) as house:
        answer = attempt(house, name)
    click.echo(f"{name} answered {answer.status} {answer.words}".strip())
