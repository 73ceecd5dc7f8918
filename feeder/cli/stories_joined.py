"""`feeder stories merge` and `split`: what is one story and what is two."""

from __future__ import annotations

from typing import Any

import click

from feeder.cli.stories_meant import by_hand, hand, meant
from feeder.pipeline import desk_kin
from feeder.pipeline.desk_found import item_named


@click.command()
@by_hand
@click.argument("elder", metavar="ELDER")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
def merge(elder: str, others: tuple[str, ...], **how: Any) -> None:
    """Make OTHER part of the story ELDER, whose words stay; --why is needed.

    Who told the others stands among its sources. What of them was published is withdrawn and points to it.
    """
    by = hand(**how)
    with by.house() as house:
        first, rest = meant(house, elder), [meant(house, other) for other in others]
        by.tell([desk_kin.merge(house, first, rest, by.who, by.reason("merge"))])


@click.command()
@by_hand
@click.option(
    "--item", "items", metavar="ITEM", multiple=True, required=True, help="By address, id, source or title; repeatable."
)
@click.argument("name", metavar="STORY")
def split(name: str, items: tuple[str, ...], **how: Any) -> None:
    """Make some items of a STORY a story of its own, led by the first that is named; --why is needed.

    Both have the same fate, and no rule ever merges them again. `feeder stories show STORY` lists its items.
    """
    by = hand(**how)
    with by.house() as house:
        story = meant(house, name)
        keys = [item_named(house, story, item) for item in items]
        by.tell([desk_kin.split(house, story, keys, by.who, by.reason("split"))])
