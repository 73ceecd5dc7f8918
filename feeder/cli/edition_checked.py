"""`feeder edition check`: the self-test of an edition, as the gate before its release runs it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from feeder.cli.opening import configured, open_house, read_config, speak, timed
from feeder.pipeline.edition_found import edition_named
from feeder.pipeline.edition_report import report_json, report_words
from feeder.pipeline.self_test import check_edition


@click.command()
@configured
@timed
@click.option("--offline", is_flag=True, help="Leave the network alone: foreign links are not asked.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("name", metavar="[EDITION]", default="next")
def check(config_path: Path, verbose: int, now: str | None, offline: bool, as_json: bool, name: str) -> None:
    """Look at an edition as it would go out now; without a name, at the next one. Nothing is changed.

    Exit codes: 0 it may go out, 1 there are errors, which hold it.
    """
    speak(verbose)
    with open_house(read_config(config_path), now=now, offline=offline, dry_run=True) as house:
        report = check_edition(house, edition_named(house, name), online=not offline)
    if as_json:
        click.echo(json.dumps(report_json(report), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(report_words(report)))
    if report.errors:
        raise click.exceptions.Exit(1)
