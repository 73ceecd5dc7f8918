"""Letting the words of a story leave the store, for ever.

What goes: the words of all its revisions, of its items and of what the same-story check knows of them, its address,
what followers say it was called, its headline in editions, pictures that nothing else shows, and what models answered
since it came in, because answers do not say what they are about (they are a cache: what is needed is asked again).

What stays: ids, slugs and topics, the addresses and uids by which its items are known so that they do not come back,
who decided what and why, and where it stood in editions. An article in a folder of ours is read again once its file
changes its name. A file that still lies there is its author's to delete: what its source remembers of files holds its
text, by which renames are seen, again once it is edited (story and item stay empty).

Out of reach: lines that other stories' earlier revisions have of items that were split from them,
backups, what was published or mailed, and what a database has yet to overwrite (SQLite's log until its next checkpoint,
PostgreSQL's pages until VACUUM).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update

from feeder.errors import StoreError
from feeder.model import Edition, Fate, Item, ItemKey, Provenance, Story, StoryRevision
from feeder.store.arriving import ERASED
from feeder.store.belonging import items_of
from feeder.store.coding import decode, encode, encode_item
from feeder.store.inscribing import change, stored_words
from feeder.store.schema import edition_stories, editions, items, media, revisions, stories, traces
from feeder.store.schema_house import model_answers
from feeder.store.spreading import next_update
from feeder.store.tellings import story_in

_SLACK = timedelta(days=1)  # between the clock of a run and those of its calls
_BLANK = "…"


def must_be_out(story: Story) -> None:
    """Refuse to erase what readers still see."""
    if story.fate not in (Fate.WITHDRAWN, Fate.DROPPED):
        raise StoreError(f"{story.id} is {story.fate}: withdraw it, then erase it")


def is_erased(connection: Connection, story: Story) -> bool:
    """Whether a story has no words any more."""
    emptied = connection.execute(select(stories.c.emptied).where(stories.c.id == story.id)).scalar()
    words = stored_words(connection, story.id, story.revision) if emptied is not None else None
    return words is not None and not words.title


def erase(connection: Connection, story: Story, at: datetime) -> tuple[str, ...]:
    """Erase a story, and those merged into it, under the locks of stories, editions and sources."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # what is freed is overwritten
    merged = connection.execute(select(stories.c.id).where(stories.c.merged_into == story.id)).scalars()
    ids = [story.id, *merged]
    written = [words for story_id in ids for words in _revisions(connection, story_id)]
    keys = items_of(connection, story.id)
    _empty_revisions(connection, written)
    _empty_followers(connection, ids, at)
    _empty_editions(connection, ids, {words.title for words in written if words.title})
    _forget_answers(connection, ids, keys)
    connection.execute(delete(traces).where(traces.c.story_id.in_(ids)))
    for key in keys:
        _empty_item(connection, key)
    for story_id in ids:
        one = story_in(connection, story_id)
        updated = next_update(connection, one, at)
        change(connection, one.id, url=None, words="", pinned=None, emptied=at, updated=updated, touched=True)
    pictures = {words.image.url for words in written if words.image and words.image.url.startswith("media/")}
    gone = tuple(sorted(path for path in pictures if not _is_shown(connection, path)))
    connection.execute(delete(media).where(media.c.path.in_(gone)))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")
    return gone


def _revisions(connection: Connection, story_id: str) -> list[StoryRevision]:
    found = connection.execute(select(revisions.c.revision).where(revisions.c.story_id == story_id))
    return [decode(StoryRevision, written) for written in found.scalars()]


def _rewrite(connection: Connection, words: StoryRevision) -> None:
    is_it = and_(revisions.c.story_id == words.story_id, revisions.c.n == words.n)
    connection.execute(update(revisions).where(is_it).values(revision=encode(words)))


def _empty_revisions(connection: Connection, written: Sequence[StoryRevision]) -> None:
    """Leave of each revision what is no words: who told it, in which language, under which rights, when."""
    for words in written:
        coverage = tuple(replace(one, title="", url=None, published=None) for one in words.coverage)
        empty = replace(words, title="", teaser="", summary=(), sections=(), image=None, image_credit=None)
        said = Provenance(words.provenance.text, words.provenance.model)
        notes = tuple(replace(one, text="") for one in words.corrections)  # editions count them
        _rewrite(
            connection,
            replace(empty, authors=(), coverage=coverage, provenance=said, corrections=notes, continues=None),
        )


def _empty_followers(connection: Connection, ids: Sequence[str], at: datetime) -> None:
    """Let stories that continue an erased one no longer say what that was called."""
    for follower in connection.execute(select(stories.c.id).where(stories.c.follows.in_(ids))).scalars().all():
        for words in _revisions(connection, follower):
            if words.continues is not None and words.continues.story_id in ids:
                _rewrite(connection, replace(words, continues=None))
                change(connection, follower, emptied=at)


def _empty_editions(connection: Connection, ids: Sequence[str], titles: set[str]) -> None:
    """Blank the headlines out of the subjects and intros of the editions in which the stories stand."""
    of = edition_stories.c
    placed = select(of.edition_id).where(of.story_id.in_(ids))
    for written in connection.execute(select(editions.c.edition).where(editions.c.id.in_(placed))).scalars().all():
        edition = decode(Edition, written)
        subject, intro = edition.subject, edition.intro
        for title in sorted(titles, key=len, reverse=True):
            subject, intro = subject.replace(title, _BLANK), intro.replace(title, _BLANK)
        blanked = encode(replace(edition, subject=subject, intro=intro))
        connection.execute(update(editions).where(editions.c.id == edition.id).values(edition=blanked))


def _forget_answers(connection: Connection, ids: Sequence[str], keys: Sequence[ItemKey]) -> None:
    seen = [connection.execute(select(items.c.first_seen).where(_is(key))).scalar_one() for key in keys]
    seen.append(connection.execute(select(func.min(stories.c.told)).where(stories.c.id.in_(ids))).scalar_one())
    connection.execute(delete(model_answers).where(model_answers.c.at >= min(seen) - _SLACK))


def _empty_item(connection: Connection, key: ItemKey) -> None:
    """Leave of an item what it is known by."""
    empty = encode_item(Item(key.source_id, key.uid, None, ""))
    values: dict[str, Any] = {"item": empty.item, "body": None, "fulltext": None, "url": None, "words": ""}
    connection.execute(update(items).where(_is(key)).values(**values, digest=ERASED, told=ERASED))


def _is(key: ItemKey) -> Any:
    return and_(items.c.source_id == key.source_id, items.c.uid == key.uid)


def _is_shown(connection: Connection, path: str) -> bool:
    """Whether a revision or an item, of those that still have words, shows a picture."""
    for column in (revisions.c.revision, items.c.item):
        if connection.execute(select(column).where(column.contains(path, autoescape=True)).limit(1)).first():
            return True
    return False
