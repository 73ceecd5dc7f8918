"""What the editor's verbs have in common: which story is meant, who decides and why, and what changed."""

from __future__ import annotations

import getpass
import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from feeder.cli.opening import Command, configured, open_house, read_config, speak, timed
from feeder.cli.sources_kept import is_asking
from feeder.errors import DeskError
from feeder.model import Story
from feeder.pipeline import House
from feeder.pipeline.deciding import Change, title_of
from feeder.pipeline.desk_found import found, short_id

_SPAN = re.compile(r"([0-9]{1,4}) ?([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Hand:
    """How an editor's verb was called."""

    config_path: Path
    verbose: int
    now: str | None
    why: str | None
    who: str
    dry_run: bool
    as_json: bool

    @contextmanager
    def house(self) -> Iterator[House]:
        """The house, or a copy of it for a rehearsal."""
        speak(self.verbose)
        with open_house(read_config(self.config_path), now=self.now, dry_run=self.dry_run) as house:
            yield house

    def reason(self, verb: str) -> str:
        """The reason that a verb has to have: as given, or asked for where somebody is there to answer."""
        if self.why is not None:
            return self.why
        if not is_asking():
            raise click.UsageError(f"{verb}: say why with --why; the reason is kept with the decision")
        return str(click.prompt("Why", err=True))

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask before what cannot be undone, where somebody is there to answer; without, `--yes` has to say it."""
        if yes or self.dry_run:
            return
        if not is_asking():
            raise click.UsageError(f"{question} Say --yes")
        if not click.confirm(question):
            click.echo("nothing was changed")
            sys.exit(1)

    def tell(self, changes: Iterable[Change]) -> None:
        """Say what changed, and how readers come to see it."""
        done = list(changes)
        if self.as_json:
            click.echo(json.dumps([_facts(change) for change in done], ensure_ascii=False, indent=2))
            return
        for change in done:
            click.echo(f"{change.title}: {change.did} ({short_id(change.story)})")
            for warning in change.warnings:
                click.echo(f"  note: {warning}")
        if self.dry_run:
            click.echo("a rehearsal: nothing was changed")
        elif any(change.changed for change in done):
            click.echo("`feeder publish`, or the next round, shows it to readers")


def by_hand(command: Command) -> Command:
    """Give a verb its --why, --by, --dry-run, --json, --now, --config and --verbose."""
    command = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)
    command = click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")(command)
    command = click.option("--by", "who", metavar="NAME", help="Who decides; default: your login name.")(command)
    command = click.option("--why", metavar="WORDS", help="The reason; it is kept with the decision.")(command)
    return configured(timed(command))


def hand(
    config_path: Path,
    verbose: int,
    now: str | None,
    why: str | None,
    who: str | None,
    dry_run: bool,
    as_json: bool,
) -> Hand:
    """What `by_hand` gave, as one."""
    return Hand(config_path, verbose, now, why, who or _login(), dry_run, as_json)


def meant(house: House, words: str) -> Story:
    """The one story that somebody means; where there are several, they are listed and nothing is done (exit code 2)."""
    stories = found(house, words)
    if len(stories) == 1:
        return stories[0]
    if not stories:
        raise DeskError(
            f"no story is called {words!r}: try other words of its title, or its address;"
            " `feeder stories list` shows them, `feeder explain` also what is no story yet"
        )
    click.echo(f"{words!r} can mean {len(stories)} stories; nothing was changed. Name one by its id:", err=True)
    for story in stories:
        click.echo(f"  {short_id(story)}  {story.fate.value:9}  {title_of(house, story)}", err=True)
    sys.exit(2)


def moment(house: House, words: str | None, *, is_past: bool = False) -> datetime | None:
    """An ISO time, in the publication's zone where it names none; or so long from now ("2d", "12h"), or ago."""
    if words is None:
        return None
    if span := _SPAN.fullmatch(words.strip()):
        away = timedelta(**{_UNITS[span[2]]: int(span[1])})
        return house.clock() - away if is_past else house.clock() + away
    try:
        given = datetime.fromisoformat(words)
    except ValueError as error:
        raise click.UsageError(f"{words!r} is neither a time (2026-11-23T07:00) nor a span (2d, 12h)") from error
    local = given if given.tzinfo else given.replace(tzinfo=house.config.publication.zone)
    return local.astimezone(UTC)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise click.UsageError("this login has no name: say who decides with --by") from error


def _facts(change: Change) -> dict[str, object]:
    return {
        "id": change.story.id,
        "slug": change.story.slug,
        "title": change.title,
        "fate": change.story.fate.value,
        "did": change.did,
        "changed": change.changed,
        "warnings": list(change.warnings),
    }
