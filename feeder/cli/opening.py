"""Open the house for a command, and say how a round went."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

import feeder
from feeder.cli.memory import collect_rarely, share_arena
from feeder.config import Config, load_config
from feeder.config.secrets import secrets_of
from feeder.delivery.output import Output
from feeder.errors import ConfigError
from feeder.logs import begin, hide
from feeder.pipeline import House
from feeder.pipeline.holding import holder
from feeder.sources.access import access_of
from feeder.sources.http import Fetcher
from feeder.sources.reading import Reading
from feeder.store import open_copy, open_store

if TYPE_CHECKING:
    from feeder.rendering.look import Look

Command = Callable[..., Any]


def starter() -> Path:
    """Where the files of a new publication lie: in the package, or in the checkout it runs from."""
    package = Path(feeder.__file__).parent
    return package / "starter" if (package / "starter").is_dir() else package.parent


def templates_of(config: Config) -> Path:
    """The publication's own templates, or feeder's where it has none; single files that it lacks are feeder's, too."""
    own = config.base / "templates"
    return own if own.is_dir() else starter() / "templates"


def configured(command: Command) -> Command:
    """Give a command its --config and --verbose."""
    command = click.option("-v", "--verbose", count=True, help="Say what is done (-vv: in detail), on stderr.")(command)
    return click.option(
        "--config",
        "config_path",
        metavar="FILE",
        type=click.Path(path_type=Path),
        default=Path("config.toml"),
        envvar="FEEDER_CONFIG",
        show_default=True,
        help="The publication's configuration.",
    )(command)


def timed(command: Command) -> Command:
    """Give a command its --now."""
    return click.option("--now", metavar="TIME", help="Pretend that it is this time (2026-11-23T07:00).")(command)


def rehearsed(command: Command) -> Command:
    """Give a command its --dry-run, --offline and --json."""
    command = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)
    command = click.option("--offline", is_flag=True, help="Read only folders; leave the network alone.")(command)
    return click.option("--dry-run", is_flag=True, help="Do everything on a copy; change nothing.")(command)


def placed(what: str) -> Callable[[Command], Command]:
    """Give a command its --to and --open; `what` is what a browser shows first."""

    def place(command: Command) -> Command:
        command = click.option("--open", "opens", is_flag=True, help=f"Open the {what} in a browser.")(command)
        return click.option(
            "--to",
            "folder",
            metavar="FOLDER",
            type=click.Path(path_type=Path),
            help="Where to write; default: preview/ beside config.toml.",
        )(command)

    return place


def choosing(command: Command) -> Command:
    """Give a command its --all and --source."""
    command = click.option(
        "--source",
        "only",
        metavar="ID",
        multiple=True,
        help="Look at this source now, and at no other; may be repeated.",
    )(command)
    return click.option(
        "--all", "every", is_flag=True, help="Look at all sources now, but those whose server asked to wait."
    )(command)


def read_config(path: Path) -> Config:
    """Load the configuration with the process's environment; its secrets are said by nothing from here on."""
    config = load_config(path, os.environ)
    hide(lambda: secrets_of(config))
    return config


def clock_at(now: str | None, zone: ZoneInfo) -> Callable[[], datetime]:
    """A clock that stands at an ISO time (in the publication's zone where it names none), or runs."""
    if now is None:
        return lambda: datetime.now(UTC).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(now)
    except ValueError as error:
        raise ConfigError((f"--now: {now!r} is not an ISO 8601 time, such as 2026-11-23T07:00",)) from error
    standing = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    return lambda: standing


def _user_agent(config: Config) -> str:
    """Who we say we are, with an address where a publisher can complain."""
    words = config.gathering.user_agent
    return words.replace("{version}", feeder.__version__).replace("{contact}", config.publication.url)


def look_of(config: Config) -> Look:
    """Templates, strings and brand of the publication."""
    from feeder.rendering.look import open_look  # noqa: PLC0415 - gathering needs neither jinja2 nor babel

    return open_look(config, templates_of(config), starter() / "templates")


@contextmanager
def open_reading(config: Config) -> Iterator[Reading]:
    """Open the network alone, with each source's logins."""
    reading = reading_of(config)
    with reading.fetcher:
        yield reading


def reading_of(config: Config) -> Reading:
    """What reads this configuration's sources; whoever asks for it closes its fetcher."""
    access = {source.id: access_of(source) for source in config.sources if source.kind != "folder"}
    fetcher = Fetcher(config.gathering, _user_agent(config), access)
    return Reading(config.base, config.publication.zone, config.articles, fetcher)


@contextmanager
def open_house(
    config: Config,
    *,
    now: str | None = None,
    offline: bool = False,
    accept_loss: bool = False,
    dry_run: bool = False,
    preview: Path | None = None,
) -> Iterator[House]:
    """Open store, templates and network; with `dry_run` or `preview` everything works on a copy of the store."""
    share_arena()
    collect_rarely()
    clock = clock_at(now, config.publication.zone)
    output = Output(preview or config.base / config.output.folder, pretend=dry_run)
    with open_reading(config) as reading, tempfile.TemporaryDirectory(prefix="feeder-") as folder:
        url = config.store_url.get_secret_value()
        store = open_copy(url, f"sqlite:///{folder}/copy.db") if dry_run or preview else open_store(url)
        try:
            yield House(
                config,
                store,
                lambda: look_of(config),
                reading,
                output,
                clock,
                holder(),
                offline=offline,
                accept_loss=accept_loss,
                sends=not (dry_run or preview),
            )
        finally:
            store.close()


def speak(verbose: int, *, serving: bool = False) -> None:
    """Log to stderr: warnings, then what is done, then details; `serving`, as JSON unless a person looks on.

    FEEDER_LOG=json or =text says otherwise.
    """
    form = os.environ.get("FEEDER_LOG") or ("json" if serving and not sys.stderr.isatty() else "text")
    if form not in ("json", "text"):
        raise ConfigError((f'FEEDER_LOG: must be "json" or "text", not {form!r}',))
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    begin(level, sys.stderr, as_json=form == "json", serving=serving)
