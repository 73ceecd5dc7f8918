"""`feeder stories edit` and `add`: a person's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from feeder.cli.opening import Command
from feeder.cli.stories_meant import by_hand, hand, meant
from feeder.pipeline.desk_limits import Edits
from feeder.pipeline.desk_words import edit as edit_story


def worded(command: Command) -> Command:
    """Give a verb what a person can say of a story."""
    option: Callable[..., Callable[[Command], Command]] = click.option
    command = option("--language", metavar="CODE", help="What these words are in, two letters; else it is seen.")(
        command
    )
    command = option("--topic", "topics", metavar="ID", multiple=True, help="A topic, instead of all; repeatable.")(
        command
    )
    command = option(
        "--bullet",
        "bullets",
        metavar="WORDS",
        multiple=True,
        help="A point of the Kurzfassung, instead of all; repeat it.",
    )(command)
    command = option("--teaser", metavar="WORDS", help="One or two sentences, up to 200 characters.")(command)
    return option("--title", metavar="WORDS", help="The headline.")(command)


@click.command()
@by_hand
@worded
@click.option("--correction", metavar="WORDS", help="What was wrong and what is right: readers see it.")
@click.argument("name", metavar="STORY")
def edit(
    name: str,
    title: str | None,
    teaser: str | None,
    bullets: tuple[str, ...],
    topics: tuple[str, ...],
    language: str | None,
    correction: str | None,
    **how: Any,
) -> None:
    """Say headline, teaser, Kurzfassung or topics of a story otherwise.

    What a person said stays: neither rules nor sources change it any more. `--bullet ""` leaves out the Kurzfassung.
    """
    edits = Edits(title, teaser, bullets or None, topics or None, correction, language)
    if edits.is_empty:
        raise click.UsageError(
            "say what is to change: --title, --teaser, --bullet, --topic, --language or --correction"
        )
    by = hand(**how)
    with by.house() as house:
        by.tell([edit_story(house, meant(house, name), by.who, by.why or "", edits)])


@click.command()
@by_hand
@worded
@click.argument("address", metavar="ADDRESS")
def add(
    address: str,
    title: str | None,
    teaser: str | None,
    bullets: tuple[str, ...],
    topics: tuple[str, ...],
    language: str | None,
    **how: Any,
) -> None:
    """Tell the page at ADDRESS as a story at once, whether any source lists it or not.

    Headline, date and an excerpt are the page's own as far as rights go, unless you say them. What a source lists
    later at the same address is the same story.
    """
    from feeder.pipeline.desk_added import add as add_page  # noqa: PLC0415 - lxml.html, which other verbs do not need

    by = hand(**how)
    edits = Edits(title, teaser, bullets or None, topics or None, None, language)
    with by.house() as house:
        by.tell([add_page(house, address, by.who, by.why or "", edits)])
