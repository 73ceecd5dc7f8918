"""A publication to serve: feeds of 50 stories with words that repeat as words do."""

from __future__ import annotations

import random
from pathlib import Path

from feeder.delivery.output import Output
from feeder.model import OutputFile

STORIES = 50
WORDS_PER_STORY = 550


def publish(folder: Path) -> None:
    """Write an RSS feed as feeder would, with what is packed beside it; the same bytes each time."""
    chance = random.Random(50)
    words = ["".join(chance.choices("enisratdhulcgmobwfkzpvü", k=chance.randint(2, 13))) for _ in range(8000)]
    weights = [1 / (rank + 2) for rank in range(len(words))]
    items = []
    for number in range(STORIES):
        text = " ".join(chance.choices(words, weights, k=WORDS_PER_STORY))
        items.append(
            f"<item><title>{text[:70]}</title><link>https://news.example/stories/{number}/</link>"
            f'<guid isPermaLink="false">tag:news.example,2026:/story/{number}</guid>'
            f"<content:encoded><![CDATA[<p>{text}</p>]]></content:encoded></item>"
        )
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel>{"".join(items)}</channel></rss>'
    Output(folder).write([OutputFile("rss.xml", feed.encode())], ())
