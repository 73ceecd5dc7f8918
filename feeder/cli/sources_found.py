"""`feeder sources try` and `add`: what an address stands for, and making it a source."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from feeder.addresses import without_login
from feeder.cli.opening import configured, open_reading, read_config, speak
from feeder.cli.sources_shown import facts_of, print_item, print_trial, time_of
from feeder.cli.telling import told
from feeder.config import Config
from feeder.config.editing import block_text, edit_config
from feeder.config.values import selector
from feeder.errors import ConfigError
from feeder.model import Rights, Selectors, Source
from feeder.sources.subscribing import adopted, already
from feeder.sources.trying import Trial, try_address, try_known
from feeder.text import counted

Command = Callable[..., Any]
LAST = 5
NO_LOGIN = "the one in the address is left out: set username and password of this source, rather in the environment"
PLACES = {
    "item": "On a page without a feed: each article in the list.",
    "link": "Inside an item: the link to the article; if not given, its first.",
    "title": "Inside an item: the headline; if not given, the link's words.",
    "date": "Inside an item: the date.",
    "teaser": "Inside an item: the teaser.",
    "image": "Inside an item: the picture.",
}


def selecting(command: Command) -> Command:
    """Give a command --choose, --fulltext and the selectors of a page."""
    for name, words in reversed(PLACES.items()):
        option = "--headline" if name == "title" else f"--{name}"
        spelt = click.option(option, f"select_{name}", metavar="CSS", callback=_selector, help=words)
        command = spelt(command)
    words = "Read the page behind each item too."
    command = click.option("--fulltext", is_flag=True, callback=_fulltext, help=words)(command)
    number = click.IntRange(min=1)
    return click.option("--choose", type=number, metavar="N", help="Take the Nth of what was found.")(command)


def _selector(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001 - click's
    try:
        return value and selector(value)
    except ValueError as error:
        raise click.BadParameter(f"“{value}” is {error}") from error


def _fulltext(ctx: click.Context, param: click.Parameter, value: bool) -> bool:  # noqa: ARG001 - click's
    if value and find_spec("trafilatura") is None:
        raise click.BadParameter("needs trafilatura: pip install 'feeder[fulltext]'")
    return value


@click.command("try")
@configured
@selecting
@click.option(
    "--count", default=LAST, show_default=True, type=click.IntRange(min=0), metavar="N", help="Show so many items."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("address", metavar="ADDRESS|ID")
def try_source(
    config_path: Path,
    verbose: int,
    choose: int | None,
    fulltext: bool,
    count: int,
    as_json: bool,
    address: str,
    **places: str | None,
) -> None:
    """Show what would be gathered from an address, or from a source by its id; change nothing.

    On a page without a feed, CSS selectors say where the page keeps what; --item is needed, the others look inside it.
    """
    speak(verbose)
    config = read_config(config_path)
    known = next((source for source in config.source_nouns if source.id == address), None)
    trial = _look_again(config, known, fulltext, places) if known else _look(config, address, choose, fulltext, places)
    if as_json:
        click.echo(json.dumps(facts_of(trial, count), ensure_ascii=False, indent=2))
        return
    print_trial(trial)
    shown = trial.newest[:count]
    told("items", [f"{counted(len(trial.gathered.items), 'item')}, the newest {len(shown)}:"])
    texts = {one.uid: one for one in trial.gathered.fulltexts}
    for item in shown:
        print_item(item, texts.get(item.uid), config.publication.zone)
    told("notes", trial.gathered.notes)


@click.command()
@configured
@selecting
@click.option("--id", metavar="ID", help="Its id, for ever; made of its title if not given.")
@click.option("--title", metavar="WORDS", help="The name under which readers see it.")
@click.option("--language", metavar="XX", help="Two letters, where it does not say, or says it wrongly.")
@click.option("--topic", "topics", multiple=True, metavar="ID", help="A topic of every item; may be given again.")
@click.option("--rank", type=click.IntRange(1, 100), help="1 is the best; the better source leads a story.")
@click.option("--rights", type=click.Choice([one.value for one in Rights]), help="What may leave the house.")
@click.option("--licence", metavar="NAME", help="The licence's name, with --rights licensed.")
@click.option("--dry-run", is_flag=True, help="Show the block; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("address")
def add(
    config_path: Path,
    verbose: int,
    choose: int | None,
    fulltext: bool,
    dry_run: bool,
    as_json: bool,
    address: str,
    **options: Any,
) -> None:
    """Find the feed behind any address, show it, and put it into config.toml as a source.

    Every other line of the file stays as it is. The next round reads the source, calmly: what it has already is a
    backlog of which only the newest few are told.
    """
    speak(verbose)
    config = read_config(config_path)
    _refuse_known(config_path, config, address)
    trial = _look(config, address, choose, fulltext, options)
    wished = {name: options[name] for name in ("id", "title", "language", "rank", "rights", "licence")}
    wished |= {"topics": list(options["topics"]) or None, "selectors": _chosen(options), "fulltext": fulltext or None}
    kept = {name: value for name, value in wished.items() if value is not None}
    table = adopted(trial.source, trial.gathered, kept, [source.id for source in config.sources])
    _refuse_known(config_path, config, str(table["location"]))
    edit_config(config_path, os.environ, lambda draft: draft.added("sources", [table]), pretend=dry_run)
    if as_json:
        facts = facts_of(trial, LAST) | {"source": table, "added": not dry_run}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    print_trial(trial)
    zone = config.publication.zone
    told("last", [f"{time_of(item, zone)}  {item.title}" for item in trial.newest[:LAST]] or ["no items yet"])
    told("notes", trial.gathered.notes)
    told("login", [NO_LOGIN] if without_login(address) != address else [])
    told("would add" if dry_run else "added", [f"{table['id']}, in {config_path}:"])
    click.echo(f"\n{block_text('sources', table)}", nl=False)


def _look(config: Config, address: str, choose: int | None, fulltext: bool, places: dict[str, Any]) -> Trial:
    """Look at an address."""
    chosen = _chosen(places)
    selectors = Selectors(**chosen) if chosen else None
    with open_reading(config) as reading, reading.fetcher.within(config.gathering.source_limit):
        return try_address(address, reading, choose=choose, selectors=selectors, fulltext=fulltext)


def _look_again(config: Config, source: Source, fulltext: bool, places: dict[str, Any]) -> Trial:
    """Look at a source that is there, with other selectors if any are given."""
    chosen = _chosen(places)
    selectors = Selectors(**chosen) if chosen else source.selectors
    with open_reading(config) as reading, reading.fetcher.within(config.gathering.source_limit):
        return try_known(replace(source, selectors=selectors, fulltext=fulltext or source.fulltext), reading)


def _chosen(places: dict[str, Any]) -> dict[str, str] | None:
    chosen = {name: value for name in PLACES if (value := places[f"select_{name}"])}
    if chosen and "item" not in chosen:
        raise click.UsageError("--item must say what each article in the list is; the other selectors look inside it")
    return chosen or None


def _refuse_known(path: Path, config: Config, address: str) -> None:
    there = already(address, config.sources) or next((one for one in config.sources if one.id == address), None)
    if there:
        raise ConfigError((f"{path}: {address} is there already, as {there.id} ({there.title}); nothing was changed",))
