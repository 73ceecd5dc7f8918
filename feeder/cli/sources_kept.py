"""`feeder sources pause`, `resume` and `remove`: what happens to sources that are there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import reduce
from pathlib import Path

import click

from feeder.cli.opening import configured, read_config, speak
from feeder.config import Config
from feeder.config.editing import Draft, edit_config

Edit = Callable[[Draft, str], Draft]


@click.command()
@configured
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def pause(config_path: Path, verbose: int, ids: tuple[str, ...]) -> None:
    """Leave sources alone from the next round on; their stories stay, and so does what is remembered of them."""
    _switch(config_path, verbose, ids, Draft.paused, is_paused=True)


@click.command()
@configured
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def resume(config_path: Path, verbose: int, ids: tuple[str, ...]) -> None:
    """Read paused sources again, from the next round on."""
    _switch(config_path, verbose, ids, Draft.resumed, is_paused=False)


@click.command()
@configured
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def remove(config_path: Path, verbose: int, yes: bool, ids: tuple[str, ...]) -> None:
    """Take sources out of config.toml.

    Their stories stay where they are. Items that wait to become stories are dropped in the next round. `pause` is the
    verb for a source that will be back.
    """
    speak(verbose)
    config = read_config(config_path)
    titles = {source.id: source.title for source in config.sources}
    if not yes and is_asking():
        named = ", ".join(f"{name} ({titles[name]})" if name in titles else name for name in ids)
        if not click.confirm(f"Remove {named}?"):
            click.echo("nothing was changed")
            sys.exit(1)
    _edit(config_path, ids, Draft.removed)
    for name in dict.fromkeys(ids):
        click.echo(f"{name}: removed; its stories stay, items that wait are dropped in the next round")


def is_asking() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def _switch(path: Path, verbose: int, ids: tuple[str, ...], edit: Edit, *, is_paused: bool) -> None:
    speak(verbose)
    before = {source.id: source.paused for source in read_config(path).sources}

    def objection(config: Config) -> str | None:
        odd = next((source.id for source in config.sources if source.id in ids and source.paused != is_paused), None)
        return f"the environment sets paused of {odd} too; change it there" if odd else None

    _edit(path, ids, edit, objection)
    for name in dict.fromkeys(ids):
        already = "already " if before[name] == is_paused else ""
        click.echo(
            f"{name}: {already}{'paused; what it told stays' if is_paused else 'read again from the next round on'}"
        )


def _edit(
    path: Path, ids: tuple[str, ...], edit: Edit, objection: Callable[[Config], str | None] = lambda _: None
) -> None:
    edit_config(path, os.environ, lambda draft: reduce(edit, dict.fromkeys(ids), draft), objection)
