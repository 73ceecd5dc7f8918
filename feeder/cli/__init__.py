"""The hands: one sub-command per verb; no logic.

Commands are imported when they are called, so that `feeder --version` costs nothing.
"""

from __future__ import annotations

import importlib

import click

from feeder import __version__
from feeder.errors import ConfigError, FeederError

COMMANDS = {
    "init": "feeder.cli.beginning:init",
    "check": "feeder.cli.looking:check",
    "run": "feeder.cli.working:run",
    "serve": "feeder.cli.working:serve",
    "gather": "feeder.cli.working:gather",
    "publish": "feeder.cli.working:publish",
    "compose": "feeder.cli.working:compose",
    "preview": "feeder.cli.working:preview",
    "status": "feeder.cli.status:status",
    "explain": "feeder.cli.explaining:explain",
    "articles": "feeder.cli.looking:articles",
}


class Verbs(click.Group):
    """Sub-commands by the verbs of the newsroom's day, in that order."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Say expected errors in a sentence; exit 2 for the configuration, 1 for the rest."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            click.echo(str(error), err=True)
            ctx.exit(2)
        except FeederError as error:
            click.echo(f"feeder: {error}", err=True)
            ctx.exit(1)


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="feeder")
def main() -> None:
    """Gather curated items, tell each story once, and write feeds, pages and a mail digest.

    \b
    Start:      feeder init my-news && cd my-news && feeder run
    Each day:   feeder status, feeder preview, feeder explain WORDS
    For ever:   feeder serve

    Exit codes: 0 all is well, 1 something failed, 2 the configuration or the command line is wrong.
    """
