"""`feeder edition edit`, `approve`, `hold` and `skip`: what becomes of an edition."""

from __future__ import annotations

from typing import Any

import click

from feeder.cli.edition_meant import stories_meant, tell
from feeder.cli.stories_meant import by_hand, hand
from feeder.pipeline import edition_desk
from feeder.pipeline.edition_found import edition_named
from feeder.pipeline.edition_wishes import Wishes


@click.command()
@by_hand
@click.option("--first", metavar="STORY", multiple=True, help="Let it lead; repeat it for those that follow.")
@click.option("--drop", "dropped", metavar="STORY", multiple=True, help="Keep it out: it is free for the next one.")
@click.option("--back", metavar="STORY", multiple=True, help="Undo --first or --drop of a story.")
@click.option("--subject", metavar="WORDS", help='The subject; "" is the first headline again.')
@click.option("--intro", metavar="WORDS", help='The greeting above the stories; "" is none.')
@click.option("--reset", is_flag=True, help="Forget all that was edited in it.")
@click.argument("name", metavar="EDITION")
def edit(
    name: str,
    first: tuple[str, ...],
    dropped: tuple[str, ...],
    back: tuple[str, ...],
    subject: str | None,
    intro: str | None,
    reset: bool,
    **how: Any,
) -> None:
    """Say which stories lead an edition and which stay out, its subject and its greeting.

    It goes before its slot, too, and what you say holds for what comes until then. After approval nothing in an edition
    changes; a correction belongs on the story.
    """
    by = hand(**how)
    if not (first or dropped or back or reset) and subject is None and intro is None:
        raise click.UsageError("say what is to change: --first, --drop, --back, --subject, --intro or --reset")
    with by.house() as house:
        edition = edition_named(house, name)
        some = [stories_meant(house, edition, names) for names in (first, dropped, back)]
        wishes = Wishes(some[0], some[1], some[2], subject, intro, reset)
        tell(by, house, edition_desk.edit(house, edition, by.who, by.why or "", wishes))


@click.command()
@by_hand
@click.option("--no-mail", is_flag=True, help="Publish it, and mail it to nobody: it went out already.")
@click.argument("name", metavar="EDITION")
def approve(name: str, no_mail: bool, **how: Any) -> None:
    """Let an edition go out, held ones too: it gets its number, and nothing in it changes any more.

    It has to pass the self-test; errors hold it (exit code 1). The next round publishes and delivers it.
    """
    by = hand(**how)
    with by.house() as house:
        edition = edition_named(house, name)
        tell(by, house, edition_desk.approve(house, edition, by.who, by.why or "", mails=not no_mail))


@click.command()
@by_hand
@click.argument("name", metavar="EDITION")
def hold(name: str, **how: Any) -> None:
    """Keep an edition back until somebody approves or skips it; one whose slot has not come is composed at once."""
    by = hand(**how)
    with by.house() as house:
        tell(by, house, edition_desk.hold(house, edition_named(house, name), by.who, by.why or ""))


@click.command()
@by_hand
@click.argument("name", metavar="EDITION")
def skip(name: str, **how: Any) -> None:
    """Let an edition not appear, also one whose slot has not come; --why is needed. Its stories wait for the next."""
    by = hand(**how)
    with by.house() as house:
        edition = edition_named(house, name)
        tell(by, house, edition_desk.skip(house, edition, by.who, by.reason("skip")))
