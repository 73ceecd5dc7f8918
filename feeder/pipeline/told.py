"""What an item says to the rules and to the topics."""

from __future__ import annotations

from feeder.curation.rules import Facts
from feeder.curation.topics import Placing
from feeder.editing.cleaning import plain_text
from feeder.editing.teaser import headline
from feeder.model import Item, Source
from feeder.pipeline.house import House


def facts_of(house: House, item: Item, source: Source) -> Facts:
    """What the rules look at, in plain text."""
    fields = {
        "title": headline(item.title, plain_text(item.summary) or plain_text(item.content)),
        "summary": _summary(item),
        "source": f"{source.id}\n{source.title}",
        "topic": "\n".join((*topics_for(house, item, source), *item.tags)),
        "language": item.language or source.language,
    }
    return Facts(fields, is_own=source.kind == "folder")


def topics_for(house: House, item: Item, source: Source) -> tuple[str, ...]:
    """The topics of the publication that an item belongs to."""
    return tuple(placing.topic for placing in placings_for(house, item, source))


def placings_for(house: House, item: Item, source: Source) -> tuple[Placing, ...]:
    """The same with what placed it there."""
    named = item.article.topics if item.article and item.article.topics else source.topics
    return house.classifier.place(named, item.title, _summary(item), item.tags)


def _summary(item: Item) -> str:
    if item.article is not None:
        return " ".join((item.article.teaser or "", *item.article.summary))
    return plain_text(item.summary)
