"""`feeder sources`: the verbs of looking after sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from feeder.cli import Verbs


class SourceVerbs(Verbs):
    """The verbs of sources; without one they are listed."""

    verbs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "list": ("sources_state:list_sources", "Each source with its health, last new item, next look and pace."),
        "show": ("sources_state:show", "All that is known of one source, its alerts too."),
        "try": ("sources_found:try_source", "What would be gathered; changes nothing."),
        "add": ("sources_found:add", "Find the feed behind any address and put it into config.toml."),
        "pause": ("sources_kept:pause", "Leave sources alone; what they told stays."),
        "resume": ("sources_kept:resume", "Read paused sources again."),
        "remove": ("sources_kept:remove", "Take sources out of config.toml; their stories stay."),
        "import": ("sources_listed:import_list", "Take over a subscription list (OPML)."),
        "export": ("sources_listed:export", "Write all sources as a subscription list (OPML)."),
    }

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options without a verb for those of `list`."""
        is_bare = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["list", *args] if is_bare else args)


@click.command(cls=SourceVerbs)
def sources() -> None:
    """Look after the sources: without a verb, list them.

    \b
    A new one:  feeder sources try ADDRESS, then feeder sources add ADDRESS
    Trouble:    feeder sources --health failing, then feeder sources show ID
    """
