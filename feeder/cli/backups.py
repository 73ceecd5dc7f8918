"""`feeder backup`: make a backup, list those that are there, check one. `feeder restore`: put one in its place."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import click

from feeder.cli import Verbs
from feeder.cli.opening import clock_at, configured, open_house, read_config, speak, timed
from feeder.cli.telling import iso
from feeder.config import Config
from feeder.pipeline.backing_up import back_up, read_back
from feeder.pipeline.counting import held
from feeder.pipeline.restoring import Restored, restore
from feeder.store.backups.shelf import Shelved, shelved


class BackupVerbs(Verbs):
    """The verbs of backups; without one, a backup is made."""

    verbs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "make": ("backups:make", "Write a backup and read it back; `feeder backup` alone does it."),
        "list": ("backups:list_backups", "The backups that are there, the newest first."),
        "check": ("backups:check", "Read a backup to its last byte and open the database in it."),
    }

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options without a verb for those of `make`."""
        is_bare = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["make", *args] if is_bare else args)


@click.command(cls=BackupVerbs)
def backup() -> None:
    """Back up the state with output, configuration and articles; without a verb, make a backup.

    It is made while everything runs. The file is for its owner alone: it holds the addresses of readers. Secrets from
    the environment are not in it.
    """


def _folder(config: Config, to: Path | None) -> Path:
    return (to or config.base / config.backup.folder).absolute()


@click.command()
@configured
@timed
@click.option(
    "--to",
    "to",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where; [backup] folder by default.",
)
@click.option("--keep", metavar="N", type=click.IntRange(min=1), help="Then remove the oldest there, but N.")
def make(config_path: Path, verbose: int, now: str | None, to: Path | None, keep: int | None) -> None:
    """Write a backup and read it back."""
    speak(verbose)
    config = read_config(config_path)
    with open_house(config, now=now, offline=True) as house:
        made = back_up(house, _folder(config, to), keep or 0)
    click.echo(f"{made.path}: {held(made.manifest.counts)}; {made.size:,} bytes, checked")
    for path in made.removed:
        click.echo(f"removed {path}")
    for words in made.manifest.left_out:
        click.echo(f"not in it: {words}")


@click.command("list")
@configured
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--to",
    "to",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where they are; [backup] folder by default.",
)
def list_backups(config_path: Path, verbose: int, as_json: bool, to: Path | None) -> None:
    """List the backups that are there."""
    speak(verbose)
    config = read_config(config_path)
    found = shelved(_folder(config, to))
    if as_json:
        facts = [{"file": str(one.path), "made": iso(one.made), "bytes": one.size} for one in found]
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(_line(one, config))
    if not found:
        click.echo(f"no backups in {_folder(config, to)}; feeder backup makes one")


def _line(one: Shelved, config: Config) -> str:
    return f"{one.made.astimezone(config.publication.zone):%Y-%m-%d %H:%M}  {one.size:>13,} bytes  {one.path}"


@click.command()
@click.option("-v", "--verbose", count=True, help="Say what is done, on stderr.")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path, verbose: int) -> None:
    """Check a backup: its seal, each file's sum, and the database in it."""
    speak(verbose)
    manifest = read_back(file)
    click.echo(
        f"{file}: whole: {len(manifest.members)} files, {held(manifest.counts)};"
        f" made {manifest.made:%Y-%m-%d %H:%M} UTC by feeder {manifest.feeder}, schema {manifest.schema}"
    )


@click.command("restore")
@click.option("-v", "--verbose", count=True, help="Say what is done, on stderr.")
@timed
@click.option(
    "--to",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The publication's folder; where you are by default.",
)
@click.option("--replace", is_flag=True, help="Move aside what is there: into before-restore-<time>, in that folder.")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_backup(file: Path, verbose: int, now: str | None, folder: Path, replace: bool) -> None:
    """Restore a backup into an empty folder, or with --replace in the place of what is there.

    Editions that may have gone out since the backup was made wait for a person then: nothing is mailed twice by itself.
    """
    speak(verbose)
    moment: datetime = clock_at(now, ZoneInfo("UTC"))()
    done = restore(file, folder, moment, os.environ, replace=replace)
    click.echo("\n".join(_lines(done)))


def _lines(done: Restored) -> list[str]:
    lines = [f"{done.folder}: restored as of {done.manifest.made:%Y-%m-%d %H:%M} UTC: {held(done.manifest.counts)}"]
    if done.aside:
        lines.append(f"what was there before lies in {done.aside}; remove it when all is well")
    if done.asked:
        lines.append(f"may have gone out since, and waits for you: {', '.join(done.asked)}")
    lines.append("whatever was due since then is held, too: feeder edition list")
    lines += [f"note: {words}" for words in (*done.notes, *(f"not in it: {one}" for one in done.manifest.left_out))]
    return [*lines, "next: feeder doctor, then feeder run"]
