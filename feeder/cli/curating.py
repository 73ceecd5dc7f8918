"""`feeder curate`: decide on what waits, or again on what was told of late."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from feeder.cli.opening import configured, open_house, read_config, speak, timed
from feeder.cli.working import work
from feeder.model import Step
from feeder.pipeline.again import Difference, carry_out
from feeder.text import counted


@click.command()
@configured
@timed
@click.option("--again", is_flag=True, help="Apply changed rules and topics to what was told within look_back.")
@click.option("--yes", is_flag=True, help="With --again: do it without asking.")
@click.option("--dry-run", is_flag=True, help="Do everything on a copy; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def curate(
    config_path: Path, verbose: int, now: str | None, again: bool, yes: bool, dry_run: bool, as_json: bool
) -> None:
    """Decide on what waits, without reading any source; publish nothing.

    With --again: show what changed rules and topics make of the stories of the last days, and do it after a yes.
    """
    if yes and not again:
        raise click.UsageError("--yes goes with --again")
    if not again:
        work(config_path, verbose, now, dry_run, True, as_json, Step("curate", {}), without=("publish",))
        return
    speak(verbose)
    config = read_config(config_path)
    with open_house(config, now=now, offline=True, dry_run=True) as copy:
        found = carry_out(copy, copy.clock())
    found, placed = _without_editions(found)
    wanted = sum(one.left is None for one in found)
    acts = bool(wanted) and not dry_run and (yes or (not as_json and _agrees(found)))
    if acts:
        with open_house(config, now=now, offline=True) as house:
            found, placed = _without_editions(carry_out(house, house.clock()))
    if as_json:
        facts = {"done": acts, "differences": list(map(_facts, found)), "in_editions": placed}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    if not acts or yes:
        _show(found)
    if placed:
        click.echo(f"{counted(placed, 'change')} cannot be made, for the stories stand in an edition.")
    click.echo(_outcome(acts, wanted))


def _without_editions(found: Sequence[Difference]) -> tuple[tuple[Difference, ...], int]:
    """The differences, and how many more there would be of stories that stand in an edition: too many to print."""
    shown = tuple(one for one in found if one.edition is None)
    return shown, len(found) - len(shown)


def _agrees(found: Sequence[Difference]) -> bool:
    """Ask a person at a terminal; nobody else agrees to anything."""
    if not sys.stdin.isatty():
        return False
    _show(found)
    return click.confirm("Do this?", default=False)


def _outcome(acts: bool, wanted: int) -> str:
    if acts:
        return "Done. `feeder publish` writes it now, or the next round does."
    if not wanted:
        return "Rules and topics change nothing that they may change."
    return f"Nothing was changed: {wanted} would be, with --yes."


def _show(found: Sequence[Difference]) -> None:
    for one in found:
        click.echo(f"{_change(one)}: {one.title}\n    {one.why}\n    {one.story.id}")


def _change(one: Difference) -> str:
    if one.left is not None:
        return f"stays {one.story.fate.value}, for {one.left}"
    changes = [f"{one.story.fate.value} → {one.fate.value}"] if one.fate is not None else []
    if one.topics is not None and one.topics != one.before:
        changes.append(f"topics {_listed(one.before)} → {_listed(one.topics)}")
    return "; ".join(changes)


def _listed(topics: Sequence[str]) -> str:
    return ", ".join(topics) or "none"


def _facts(one: Difference) -> dict[str, object]:
    return {
        "story": one.story.id,
        "title": one.title,
        "why": one.why,
        "fate": {"before": one.story.fate.value, "after": (one.fate or one.story.fate).value},
        "topics": {"before": list(one.before), "after": list(one.before if one.topics is None else one.topics)},
        "left": one.left,
    }
