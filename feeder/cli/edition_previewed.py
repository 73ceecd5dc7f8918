"""`feeder edition preview`: an edition to look at, while it grows and until it is out."""

from __future__ import annotations

import json
from pathlib import Path

import click

from feeder.cli.edition_meant import facts_of, summed
from feeder.cli.opening import configured, open_house, placed, read_config, speak, timed
from feeder.cli.telling import told
from feeder.config import Config
from feeder.pipeline import House
from feeder.pipeline.edition_desk import outlook
from feeder.pipeline.edition_found import edition_named
from feeder.pipeline.edition_proof import Proof, proof
from feeder.pipeline.edition_report import report_json, report_words


@click.command()
@configured
@timed
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@placed("mail")
@click.argument("name", metavar="[EDITION]", default="next")
def preview(
    config_path: Path, verbose: int, now: str | None, as_json: bool, folder: Path | None, opens: bool, name: str
) -> None:
    """Write mail, text and web page of an edition outside feeds/; without a name, of the next one. Change nothing.

    The next edition is shown as it would be composed now.
    """
    speak(verbose)
    config = read_config(config_path)
    with open_house(config, now=now, preview=_target(config, folder)) as house:
        printed = proof(house, edition_named(house, name))
        house.output.write(printed.files, ())
        if as_json:
            click.echo(json.dumps(_facts(house, printed), ensure_ascii=False, indent=2))
        else:
            _print(house, printed)
        if opens:
            click.launch(str(house.output.folder / f"editions/{printed.edition.id}/digest.html"))


def _target(config: Config, folder: Path | None) -> Path:
    target, published = (folder or config.base / "preview").resolve(), (config.base / config.output.folder).resolve()
    if target == published or published in target.parents:
        raise click.UsageError("--to names the published folder; a preview is written elsewhere")
    return target


def _print(house: House, printed: Proof) -> None:
    edition = printed.edition
    told("edition", [f"{edition.id}: {edition.status.value}, {summed(edition)}"])
    told("outlook", [words] if (words := outlook(house, edition)) else [])
    told("subject", [printed.subject])
    told("preheader", [printed.preheader])
    told("files", [f"{len(file.data):>9,} bytes  {house.output.folder / file.path}" for file in printed.files])
    told("check", report_words(printed.report))


def _facts(house: House, printed: Proof) -> dict[str, object]:
    return facts_of(house, printed.edition) | {
        "outlook": outlook(house, printed.edition),
        "subject": printed.subject,
        "preheader": printed.preheader,
        "folder": str(house.output.folder),
        "files": {file.path: len(file.data) for file in printed.files},
        "check": report_json(printed.report),
    }
