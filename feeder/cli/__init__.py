"""The hands: one sub-command per verb; no logic.

Commands are imported when they are called, so that `feeder --version` and `feeder --help` cost nothing.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import ClassVar

from feeder import __version__
from feeder.cli.memory import importing
from feeder.errors import ConfigError, FeederError

with importing():  # a sixth of what `feeder --version` costs would be the search for garbage, here and at the end
    import click

# Where each command is, and its line in `feeder --help`.
COMMANDS = {
    "init": ("beginning:init", "Lay out a new publication in a folder."),
    "check": ("looking:check", "Say what is wrong with configuration, templates, articles."),
    "run": ("working:run", "One round: gather, curate, publish; an edition if one is due."),
    "serve": ("serving:serve", "The same for ever, by the clock."),
    "gather": ("working:gather", "Read the sources and decide; publish nothing."),
    "curate": ("curating:curate", "Decide on what waits; --again: by changed rules."),
    "publish": ("working:publish", "Write what is released."),
    "compose": ("working:compose", "Put what is new into an edition, if one is due."),
    "preview": ("working:preview", "Write everything to another folder to look at."),
    "healthcheck": ("healthcheck:healthcheck", "Ask the running service how it is; for containers."),
    "log": ("log:log", "Show what runs did, in numbers and reasons."),
    "status": ("status:status", "Show what is released, held and due, and what needs an eye."),
    "explain": ("explaining:explain", "Say why a story is where it is."),
    "stories": ("stories:stories", "Release, hold, edit, merge, withdraw stories; tell a page by hand."),
    "delivery": ("delivering:delivery", "How mail is delivered; what is in doubt."),
    "announce": ("announcing:announce", "Which hubs and webhooks are told; try one."),
    "recipients": ("recipients:recipients", "Who gets the digest by smtp: import, list, add, remove, suppress."),
    "edition": ("edition:edition", "Preview, edit, approve, hold, skip, send editions."),
    "alerts": ("alerts:alerts", "What is wrong now, and who is told of it; try it out."),
    "sources": ("sources:sources", "See, try, add, pause and remove sources; OPML in and out."),
    "backup": ("backups:backup", "Write a backup while all runs; list and check backups."),
    "restore": ("backups:restore_backup", "Put a backup in its place, or into an empty folder."),
    "doctor": ("doctor:doctor", "Examine the house, and say for each trouble what mends it."),
    "articles": ("looking:articles", "`feeder articles check` says, in German, what is wrong where."),
}


def _imported(module: str) -> ModuleType:
    if module in sys.modules:
        return sys.modules[module]
    with importing():
        return importlib.import_module(module)


class Verbs(click.Group):
    """Sub-commands by the verbs of the newsroom's day, in that order."""

    verbs: ClassVar[Mapping[str, tuple[str, str]]] = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in self.verbs:
            return None
        file, name = self.verbs[cmd_name][0].split(":")
        command: click.Command = getattr(_imported(f"feeder.cli.{file}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.verbs.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        if args[0] not in self.verbs:
            from difflib import get_close_matches  # noqa: PLC0415 - costs what only a typo needs

            if near := get_close_matches(args[0], self.verbs, 1):
                ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Say expected errors in a sentence; exit 2 for the configuration, 1 for the rest."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            _say(str(error), str(error))
            ctx.exit(2)
        except FeederError as error:
            _say(f"feeder: {error}", str(error))
            ctx.exit(1)
        except (KeyboardInterrupt, click.Abort):
            click.echo("feeder: stopped; what was done is kept, and the next round does the rest", err=True)
            ctx.exit(1)


def _say(words: str, fact: str) -> None:
    """Say what ends a command, without secrets: in `words`, or as a line of the log where that is for programs."""
    import logging  # noqa: PLC0415 - costs what only an error needs

    from feeder.logs import hidden, is_json  # noqa: PLC0415 - the same

    if is_json():
        logging.getLogger("feeder").critical("%s", fact)
    else:
        click.echo(hidden(words), err=True)


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="feeder")
def main() -> None:
    """Gather what sources say, tell each story once, and write feeds, pages and a mail digest.

    \b
    Start:      feeder init my-news && cd my-news && feeder run
    Each day:   feeder status, feeder preview, feeder explain WORDS
    For ever:   feeder serve

    Exit codes: 0 all is well, 1 something failed, 2 the configuration or the command line is wrong.
    """
