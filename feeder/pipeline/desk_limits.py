"""What a person may say of a story, and where that ends: what outputs cannot carry, and what rights do not let out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from feeder import text
from feeder.config.values import near
from feeder.editing.cleaning import plain_text
from feeder.editing.teaser import TEASER_LIMIT
from feeder.model import Rights, StoredItem, StoryRevision
from feeder.pipeline.house import House
from feeder.pipeline.standing_in import source_of
from feeder.summaries.excerpt import BULLET_LIMIT, BULLETS
from feeder.summaries.overlap import copied

TITLE_LIMIT = 120
FEWEST_BULLETS = 3
TOO_LONG = 10
"""What is longer than so many times what is usual would push everything else out of feeds and mails."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What a person wants said otherwise; None leaves it as it is. `topics` are ids, `language` two letters."""

    title: str | None = None
    teaser: str | None = None
    bullets: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    correction: str | None = None
    language: str | None = None

    @property
    def is_empty(self) -> bool:
        return self == Edits()


def cleaned(edits: Edits) -> Edits:
    """What a person wrote, each part as one line of printable words."""

    def line(words: str | None) -> str | None:
        return None if words is None else text.one_line(words)

    bullets = None if edits.bullets is None else tuple(filter(None, map(text.one_line, edits.bullets)))
    return replace(
        edits,
        title=line(edits.title),
        teaser=line(edits.teaser),
        bullets=bullets,
        topics=None if edits.topics is None else tuple(dict.fromkeys(filter(None, edits.topics))),
        correction=line(edits.correction),
    )


def problems(house: House, after: StoryRevision, wanted: Edits, stored: StoredItem | None) -> Iterator[str]:
    """What would break feeds, mails or rights."""
    if not after.title:
        yield "a story needs a headline: give it one with --title"
    if wanted.correction == "":
        yield "a correction needs words: say with --correction what was wrong and what is right"
    for topic in wanted.topics or ():
        if topic not in house.topics:
            yield f'there is no topic "{topic}"{near(topic, house.topics)}; there are {", ".join(house.topics)}'
    lengths = (
        ("title", TITLE_LIMIT, wanted.title),
        ("teaser", TEASER_LIMIT, wanted.teaser),
        *(("bullet", BULLET_LIMIT, bullet) for bullet in wanted.bullets or ()),
        ("correction", TEASER_LIMIT, wanted.correction),
    )
    for name, usual, words in lengths:
        if words is not None and len(words) > TOO_LONG * usual:
            yield f"--{name} has {len(words)} characters; {usual} are usual, and no more than {TOO_LONG * usual} go"
    if len(wanted.bullets or ()) > TOO_LONG * BULLETS:
        yield f"{len(wanted.bullets or ())} bullets are no Kurzfassung: {FEWEST_BULLETS} to {BULLETS} are"
    if stored is not None and (wanted.teaser or wanted.bullets):
        yield from _beyond_rights(house, after, stored)


def _beyond_rights(house: House, after: StoryRevision, stored: StoredItem) -> Iterator[str]:
    """Words of the source are the source's, also where a person typed them."""
    source = source_of(house, stored.item)
    if after.rights not in (Rights.TEASER, Rights.LINK_ONLY):
        return
    limit = 0 if after.rights is Rights.LINK_ONLY else source.excerpt_limit
    theirs = " ".join(plain_text(raw) for raw in (stored.item.summary, stored.item.content, stored.fulltext) if raw)
    count, longest = copied(" ".join((after.teaser, *after.summary)), theirs)
    if count > limit:
        yield (
            f"{count} characters of teaser and Kurzfassung are {source.title}'s own words, whose rights let {limit} out"
            f" (“{text.shorten(longest, 60)}”): say it in words of your own"
        )


def oddities(after: StoryRevision, wanted: Edits) -> Iterator[str]:
    """What is unusual and goes all the same."""
    if wanted.title and len(after.title) > TITLE_LIMIT:
        yield f"the title has {len(after.title)} characters; up to {TITLE_LIMIT} read well"
    if wanted.teaser == "":
        yield "it has no teaser now"
    elif len(wanted.teaser or "") > TEASER_LIMIT:
        yield f"the teaser has {len(after.teaser)} characters; {TEASER_LIMIT} fit"
    if wanted.bullets and not FEWEST_BULLETS <= len(wanted.bullets) <= BULLETS:
        yield f"the Kurzfassung has {len(wanted.bullets)} bullets; {FEWEST_BULLETS} to {BULLETS} are usual"
    for n, bullet in enumerate(wanted.bullets or (), 1):
        if len(bullet) > BULLET_LIMIT:
            yield f"bullet {n} has {len(bullet)} characters; {BULLET_LIMIT} fit"
