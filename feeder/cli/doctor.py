"""`feeder doctor`: examine the house, and say for each trouble what mends it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from feeder.cli.looking import proofread
from feeder.cli.opening import clock_at, configured, look_of, open_reading, read_config, speak, timed
from feeder.config import Config
from feeder.errors import FetchError
from feeder.model import Level
from feeder.pipeline.doctor import Examination, Patient, examine
from feeder.rendering.rehearsal import prove

_ASKED = 3  # sources, at most, for the time that it is there


@click.command()
@configured
@timed
@click.option("--offline", is_flag=True, help="Leave the network alone.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def doctor(config_path: Path, verbose: int, now: str | None, offline: bool, as_json: bool) -> None:
    """Examine the house: configuration, folders, clock, disk, database, output, backups, hubs, mail servers.

    Nothing is changed and nothing is sent. Exit code 1 if there is a trouble; notes are only worth knowing.
    """
    speak(verbose)
    config = read_config(config_path)
    patient = Patient(
        config,
        lambda: prove(look_of(config)),
        lambda: [str(one) for one in proofread(config) if one.level is Level.ERROR],
        lambda: _time_elsewhere(config),
        offline=offline,
    )
    found = examine(patient, clock_at(now, config.publication.zone)())
    if as_json:
        facts = [{**asdict(one), "is_well": one.is_well} for one in found]
        click.echo(json.dumps({"checks": facts, "is_well": _is_well(found)}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(line for one in found for line in _lines(one)))
    sys.exit(0 if _is_well(found) else 1)


def _is_well(found: Sequence[Examination]) -> bool:
    return all(one.is_well for one in found)


def _lines(one: Examination) -> Iterator[str]:
    state = "ok" if one.is_well else "TROUBLE"
    yield f"{state:8}{one.name}: {'; '.join(one.facts)}".rstrip(": ")
    for finding in one.findings:
        yield f"        {'!' if finding.is_trouble else 'note:'} {finding.words}"
        if finding.fix:
            yield f"          mend it: {finding.fix}"


def _time_elsewhere(config: Config) -> tuple[str, datetime] | None:
    """What the server of a source says that the time is; of the first that says it."""
    sources = [source for source in config.sources if source.kind != "folder" and not source.paused]
    with open_reading(config) as reading:
        for source in sources[:_ASKED]:
            try:
                moment = reading.fetcher.time_there(source.id, source.location)
            except FetchError:
                continue
            if moment is not None:
                return f"the server of {source.id}", moment
    return None
