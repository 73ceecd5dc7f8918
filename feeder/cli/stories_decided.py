"""`feeder stories release`, `hold`, `drop`, `pin` and `withdraw`: what becomes of stories."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from feeder.cli.stories_meant import Hand, by_hand, hand, meant, moment
from feeder.config.values import near
from feeder.errors import DeskError
from feeder.model import Fate, Story
from feeder.pipeline import House, desk
from feeder.pipeline.deciding import title_of
from feeder.text import counted

MOST = 10_000  # stories of a source that are released at once


@click.command()
@by_hand
@click.option("--all-of", "source", metavar="SOURCE", help="All held stories of a source: a flood that is none, say.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("names", nargs=-1, metavar="STORY...")
def release(names: tuple[str, ...], source: str | None, yes: bool, **how: Any) -> None:
    """Let readers see stories now, whatever held or dropped them.

    A story that was dropped without words gets those of its item.
    """
    if bool(names) == (source is not None):
        raise click.UsageError("name the stories to release, or with --all-of a source whose held ones are")
    by = hand(**how)
    with by.house() as house:
        stories = _held_of(house, source) if source else _all(house, names)
        if source:
            by.confirm(f"Release {counted(len(stories), 'story', 'stories')} of {source}?", yes=yes)
        decide = partial(desk.release, house, who=by.who, why=by.why or "")
        by.tell(desk.all_or_none(house, decide, stories))


@click.command()
@by_hand
@click.option("--until", metavar="TIME", help="Release it then: 2026-11-23T07:00, or 12h, or 2d.")
@click.argument("names", nargs=-1, required=True, metavar="STORY...")
def hold(names: tuple[str, ...], until: str | None, **how: Any) -> None:
    """Keep stories in the house until somebody releases them, or until a moment."""
    by = hand(**how)
    with by.house() as house:
        decide = partial(desk.hold, house, who=by.who, why=by.why or "", until=moment(house, until))
        by.tell(desk.all_or_none(house, decide, _all(house, names)))


@click.command()
@by_hand
@click.argument("names", nargs=-1, required=True, metavar="STORY...")
def drop(names: tuple[str, ...], **how: Any) -> None:
    """Never tell stories that are not out yet, whatever else their sources say; --why is needed."""
    by = hand(**how)
    with by.house() as house:
        stories = _all(house, names)
        decide = partial(desk.drop, house, who=by.who, why=by.reason("drop"))
        by.tell(desk.all_or_none(house, decide, stories))


@click.command()
@by_hand
@click.option("--until", metavar="TIME", help="Until when; default: 1d.")
@click.option("--off", is_flag=True, help="Take the pin off.")
@click.argument("name", metavar="STORY")
def pin(name: str, until: str | None, off: bool, **how: Any) -> None:
    """Let a story lead the landing page and the digest, for a day or until a moment."""
    if off and until:
        raise click.UsageError("--off takes the pin off at once: leave out --until")
    by = hand(**how)
    with by.house() as house:
        ends = None if off else moment(house, until or "1d")
        by.tell([desk.pin(house, meant(house, name), by.who, by.why or "", ends)])


@click.command()
@by_hand
@click.option("--erase", is_flag=True, help="Take its words out of store, pages, feeds, editions and mails, for ever.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("name", metavar="STORY")
def withdraw(name: str, erase: bool, yes: bool, **how: Any) -> None:
    """Take back what is published. Readers see --why as the reason, so say it in their language.

    For 14 days the feeds say "Zurückgezogen", then the story goes. --erase takes its words away, too, also those of
    stories that were never published; nothing brings them back.
    """
    by = hand(**how)
    with by.house() as house:
        story = meant(house, name)
        why = by.reason("withdraw")
        _ask(by, house, story, erase=erase, yes=yes)
        by.tell([desk.withdraw(house, story, by.who, why, erase=erase)])


def _ask(by: Hand, house: House, story: Story, *, erase: bool, yes: bool) -> None:
    does = "Withdraw and erase for ever" if erase else "Withdraw"
    by.confirm(f"{does} “{title_of(house, story)}”?", yes=yes)


def _all(house: House, names: tuple[str, ...]) -> tuple[Story, ...]:
    """The stories that are meant, each once."""
    return tuple({story.id: story for story in (meant(house, name) for name in names)}.values())


def _held_of(house: House, source: str) -> tuple[Story, ...]:
    """What is held of a source, the newest first, so that it is on top; what waits for its date goes on waiting."""
    held = house.store.stories.latest(Fate.HELD, MOST)
    stories = [story for story in held if story.lead.source_id == source and story.due is None]
    if not stories:
        hint = near(source, house.sources) if source not in house.sources else ""
        raise DeskError(f"nothing of {source} is held{hint}; `feeder stories list --held` shows what is")
    return tuple(sorted(stories, key=lambda story: _date(house, story), reverse=True))


def _date(house: House, story: Story) -> float:
    stored = house.store.items.get(story.lead)
    return (stored.item.published or stored.first_seen).timestamp() if stored else 0.0
