"""`feeder edition check`: the self-test of an edition, as the gate before its release runs it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from feeder.cli.opening import configured, open_house, read_config, speak, timed
from feeder.errors import StoreError
from feeder.model import Edition, EditionStatus
from feeder.pipeline import House
from feeder.pipeline.drafting import draft, filled
from feeder.pipeline.edition_report import report_json, report_words
from feeder.pipeline.self_test import check_edition

NEXT = "next"


@click.command()
@configured
@timed
@click.option("--offline", is_flag=True, help="Leave the network alone: foreign links are not asked.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("name", metavar="[ID|next]", default=NEXT)
def check(config_path: Path, verbose: int, now: str | None, offline: bool, as_json: bool, name: str) -> None:
    """Look at an edition as it would go out now; without an ID, at the next one. Nothing is changed.

    Exit codes: 0 it may go out, 1 there are errors, which hold it.
    """
    speak(verbose)
    with open_house(read_config(config_path), now=now, offline=offline, dry_run=True) as house:
        report = check_edition(house, _meant(house, name), online=not offline)
    if as_json:
        click.echo(json.dumps(report_json(report), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(report_words(report)))
    if report.errors:
        raise click.exceptions.Exit(1)


def _meant(house: House, name: str) -> Edition:
    """The edition of this id; `next` is the newest that waits, else the one of the next slot with what there is."""
    editions = house.store.editions
    if name == NEXT:
        waiting = editions.list(EditionStatus.DRAFT, EditionStatus.HELD)
        if waiting:
            return filled(house, waiting[0])
        now = house.clock()
        return draft(house, house.config.next_slot(now) or now, now)
    if (edition := editions.get(name)) is None:
        raise StoreError(f"the store knows no edition {name}; feeder edition list names them")
    return edition if edition.is_public or edition.status is EditionStatus.SKIPPED else filled(house, edition)
