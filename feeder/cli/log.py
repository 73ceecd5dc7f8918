"""`feeder log`: what runs did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import click

from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.cli.telling import iso, local, told
from feeder.errors import StoreError
from feeder.model import RunRecord
from feeder.pipeline import House
from feeder.pipeline.counting import in_words, named, numbers
from feeder.store.figures import Decided

_SHOWN = 30  # reasons of decisions, of one run


@click.command()
@configured
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 10_000), default=20, show_default=True, help="The newest N."
)
@click.option("--job", metavar="JOB", help="Only runs of this job: round, edition, publish, delivery …")
@click.argument("run_id", metavar="[ID]", type=int, required=False)
def log(config_path: Path, verbose: int, as_json: bool, limit: int, job: str | None, run_id: int | None) -> None:
    """Show the newest runs, what they did and why; with ID, all of one, with what it decided."""
    speak(verbose)
    with open_house(read_config(config_path), dry_run=True) as house:
        if run_id is not None:
            _show_one(house, _known(house, run_id), as_json=as_json)
            return
        found = house.store.runs.list(limit, job)
        if as_json:
            click.echo(json.dumps([_facts(one) for one in found], ensure_ascii=False, indent=2))
        elif found:
            _show(house, found)
        else:
            known = ", ".join(sorted(house.store.runs.jobs()))
            click.echo(f"no run of {job}; there are {known}" if job and known else "no run yet")


def _known(house: House, run_id: int) -> RunRecord:
    if (one := house.store.runs.record_of(run_id)) is None:
        raise StoreError(f"the store knows no run {run_id}; `feeder log` lists those that it knows")
    return one


def _show(house: House, found: tuple[RunRecord, ...]) -> None:
    rows = [(str(one.id), one.job, one.slot or "", local(house, one.began), _took(one), one.outcome) for one in found]
    heads = ("run", "job", "slot", "began", "took", "outcome")
    widths = [max(len(row[n]) for row in (heads, *rows)) for n in range(len(heads))]
    for cells, one in zip((heads, *rows), (None, *found), strict=True):
        line = "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True))
        click.echo(f"{line}  {'did' if one is None else in_words(one.counts)}".rstrip())
        for reason in () if one is None else _reasons(one):
            click.echo(f"    {reason}")


def _show_one(house: House, one: RunRecord, *, as_json: bool) -> None:
    decided = _decided(house, one)
    if as_json:
        click.echo(
            json.dumps(_facts(one) | {"decided": [each._asdict() for each in decided]}, ensure_ascii=False, indent=2)
        )
        return
    told("run", [f"{one.id}: {one.job}" + (f", slot {one.slot}" if one.slot else "")])
    told("began", [local(house, one.began)])
    told("ended", [f"{local(house, one.ended)}, took {_took(one) or 'not measured'}" if one.ended else "not ended"])
    told("outcome", [one.outcome])
    told("did", [f"{named(name)}: {value}" for name, value in numbers(one.counts).items()] or ["nothing"])
    told("parts", [f"{part} is not finished" for part in one.open_parts])
    told("reasons", _reasons(one))
    told("decided", [f"{each.number} {each.what}: {each.why}" for each in decided[:_SHOWN]])
    if len(decided) > _SHOWN:
        told("", [f"and {len(decided) - _SHOWN} more reasons; --json names them"])


def _decided(house: House, one: RunRecord) -> tuple[Decided, ...]:
    """What was decided about stories while it was at work, as often as for the same reason."""
    if (marks := one.counts.get("decisions")) is None:
        return ()
    after, until = cast("list[int]", marks)
    return house.store.figures.decided(after, until)


def _facts(one: RunRecord) -> dict[str, object]:
    return {
        "id": one.id,
        "job": one.job,
        "slot": one.slot,
        "began": iso(one.began),
        "ended": iso(one.ended),
        "seconds": one.counts.get("seconds"),
        "outcome": one.outcome,
        "counts": numbers(one.counts),
        "reasons": list(_reasons(one)),
        "open_parts": list(one.open_parts),
    }


def _reasons(one: RunRecord) -> Iterator[str]:
    if (failed := one.counts.get("failed")) is not None:
        yield f"failed: {failed}"
    yield from cast("list[str]", one.counts.get("reasons", []))


def _took(one: RunRecord) -> str:
    seconds = one.counts.get("seconds")
    return f"{seconds:.1f} s" if isinstance(seconds, int | float) else ""
