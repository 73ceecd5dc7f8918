"""`feeder stories`: the editor's verbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from feeder.cli import Verbs


class StoryVerbs(Verbs):
    """The verbs of stories; without one they are listed."""

    verbs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "list": ("stories_listed:list_stories", "Stories with their fates; --held: what waits for you."),
        "show": ("stories_listed:show", "A story's words, sources and decisions."),
        "release": ("stories_decided:release", "Let readers see stories now."),
        "hold": ("stories_decided:hold", "Keep stories in the house, for good or until a moment."),
        "drop": ("stories_decided:drop", "Never tell stories that are not out yet."),
        "pin": ("stories_decided:pin", "Let a story lead landing page and digest."),
        "edit": ("stories_worded:edit", "Say headline, teaser, Kurzfassung or topics otherwise."),
        "merge": ("stories_joined:merge", "Make stories one story."),
        "split": ("stories_joined:split", "Make some of a story's items a story of its own."),
        "withdraw": ("stories_decided:withdraw", "Take back what is published; --erase: its words, too."),
        "add": ("stories_worded:add", "Tell a page as a story at once."),
    }

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options without a verb for those of `list`."""
        is_bare = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["list", *args] if is_bare else args)


@click.command(cls=StoryVerbs)
def stories() -> None:
    """Decide on stories and their words: without a verb, list them.

    A STORY is an id, the last part of one, a slug, an address, or words of its title.

    \b
    What waits:  feeder stories list --held, then feeder stories release STORY
    Its words:   feeder stories edit STORY --title "…" --teaser "…"
    A new one:   feeder stories add ADDRESS --teaser "…"
    """
