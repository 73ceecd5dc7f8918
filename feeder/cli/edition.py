"""`feeder edition`: the editor's verbs for what goes out together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from feeder.cli import Verbs


class EditionVerbs(Verbs):
    """The verbs of editions; without one they are listed."""

    verbs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "list": ("edition_listed:list_editions", "Editions, the coming one first, and what becomes of each."),
        "show": ("edition_listed:show", "An edition's stories, words, decisions and delivery."),
        "preview": ("edition_previewed:preview", "Write an edition to another folder to look at."),
        "check": ("edition_checked:check", "The self-test: may it go out?"),
        "edit": ("edition_decided:edit", "Put stories first, drop them; say subject and greeting."),
        "approve": ("edition_decided:approve", "Let an edition go out."),
        "hold": ("edition_decided:hold", "Keep an edition back."),
        "skip": ("edition_decided:skip", "Let an edition not appear."),
        "send": ("edition_sent:send", "Begin or go on with its delivery; --test: to yourself."),
    }

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options without a verb for those of `list`."""
        is_bare = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["list", *args] if is_bare else args)


@click.command(cls=EditionVerbs)
def edition() -> None:
    """See, edit, approve and send editions: without a verb, list them.

    An EDITION is an id (2026-11-23-0700), its day if there is one on it, a number, or next: the one that waits for you,
    else the one that grows until its slot. A STORY is an id, a slug, an address or words of a title, in that edition.

    \b
    All week:    feeder edition preview, feeder edition edit next --first STORY
    Its hour:    feeder edition check, feeder edition send next --test me@…
    Your word:   feeder edition approve next (or hold, or skip)
    """
