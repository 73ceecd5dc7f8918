"""Reading stories: rows into nouns, and the questions that publishing asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, func, or_, select

from feeder.errors import StoreError
from feeder.model import Decision, Fate, ItemKey, Story, StoryPage, StoryRevision, Telling, Trace
from feeder.store.belonging import apart_of, items_of
from feeder.store.coding import decode
from feeder.store.database import Database
from feeder.store.schema import decisions, revisions, stories, story_topics
from feeder.store.searching import matching
from feeder.store.traces import window

FOUND = 20  # results that a person can look through
_CHUNK = 500

# Newest first; the id makes the order total.
NEWEST = (stories.c.released.desc(), stories.c.id)


class StoryReading:
    """The half of `Stories` that changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, story_id: str) -> Story | None:
        """One story, whatever its fate."""
        return self._one(stories.c.id == story_id)

    def by_slug(self, slug: str) -> Story | None:
        """The story whose page this is."""
        return self._one(stories.c.slug == slug)

    def telling(self, story_id: str, n: int | None = None) -> Telling | None:
        """A story in the words of its revision `n`, or of its current one."""
        wanted = stories.c.revision if n is None else n
        query = _tellings(revisions.c.n == wanted).where(stories.c.id == story_id)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else telling_from(row)

    def tellings(self, ids: Sequence[str]) -> tuple[Telling, ...]:
        """Stories in their current words, in the order of `ids`; those never told in words are left out."""
        found: dict[str, Telling] = {}
        with self._database.read() as connection:
            for start in range(0, len(ids), _CHUNK):
                query = current().where(stories.c.id.in_(ids[start : start + _CHUNK]))
                found |= {row.id: telling_from(row) for row in connection.execute(query)}
        return tuple(found[story_id] for story_id in ids if story_id in found)

    def newest_decision(self) -> int:
        """The number of the newest decision; 0 before the first."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(decisions.c.seq))).scalar() or 0

    def is_decided(self, after: int, until: int, but_by: Sequence[str]) -> bool:
        """Whether one of the decisions with such numbers is of somebody else."""
        if after >= until:
            return False
        query = select(decisions.c.seq).where(decisions.c.seq > after, decisions.c.seq <= until)
        with self._database.read() as connection:
            return connection.execute(query.where(decisions.c.who.not_in(but_by)).limit(1)).first() is not None

    def decisions(self, story_id: str) -> tuple[Decision, ...]:
        """Everything decided about a story, the oldest first."""
        query = select(decisions).where(decisions.c.story_id == story_id).order_by(decisions.c.seq)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(map(decision_from, rows))

    def find(self, wanted: str) -> tuple[Story, ...]:
        """At most 20 stories by id, slug, address or words of their title; the last told first."""
        found = matching(wanted, (stories.c.id, stories.c.slug, stories.c.url), stories.c.words)
        return self._many(select(stories).where(found).order_by(stories.c.told.desc(), stories.c.id).limit(FOUND))

    def due(self, now: datetime) -> tuple[Story, ...]:
        """Held stories whose time has come, the earliest first."""
        late = (stories.c.fate == Fate.HELD, stories.c.due <= now)
        return self._many(select(stories).where(*late).order_by(stories.c.due, stories.c.id))

    def published(
        self, limit: int | None, topic: str | None = None, *, withdrawn_after: datetime
    ) -> tuple[Telling, ...]:
        """What feeds show: released stories, and those withdrawn after a moment; the newest first."""
        gone = and_(stories.c.fate == Fate.WITHDRAWN, stories.c.withdrawn > withdrawn_after)
        query = current().where(stories.c.released.is_not(None), or_(stories.c.fate == Fate.RELEASED, gone))
        if topic is not None:
            query = query.where(exists().where(story_topics.c.topic == topic, story_topics.c.story_id == stories.c.id))
        return self._tellings(query.order_by(*NEWEST).limit(limit))

    def pages(self) -> tuple[StoryPage, ...]:
        """All stories that were ever released, without their words; the newest first."""
        of = stories.c
        columns = (
            of.id,
            of.slug,
            of.revision,
            of.fate,
            of.updated,
            of.withdrawn,
            of.emptied.is_not(None),
            of.follows,
            of.merged_into,
        )
        query = select(*columns).where(stories.c.released.is_not(None)).order_by(*NEWEST)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(
            StoryPage(
                id=row.id,
                slug=row.slug,
                revision=row.revision,
                fate=Fate(row.fate),
                updated=row.updated,
                withdrawn=row.withdrawn,
                erased=row[6],
                follows=row.follows,
                merged_into=row.merged_into,
            )
            for row in rows
        )

    def listed(self, fate: Fate | None, limit: int, *, since: datetime | None = None) -> tuple[Telling, ...]:
        """The stories that were told last, or since a moment, in their current words; the last told first. Those
        dropped without words are left out."""
        query = current().order_by(stories.c.told.desc(), stories.c.id).limit(limit)
        if fate is not None:
            query = query.where(stories.c.fate == fate)
        if since is not None:
            query = query.where(stories.c.told >= since)
        return self._tellings(query)

    def latest(self, fate: Fate | None, limit: int, *, since: datetime | None = None) -> tuple[Story, ...]:
        """The same without their words, and with those dropped without any: all that a person can decide on."""
        query = select(stories).order_by(stories.c.told.desc(), stories.c.id).limit(limit)
        if fate is not None:
            query = query.where(stories.c.fate == fate)
        if since is not None:
            query = query.where(stories.c.told >= since)
        return self._many(query)

    def pinned(self, now: datetime) -> tuple[Telling, ...]:
        """Released stories that are pinned until after a moment; the newest first."""
        return self._tellings(
            current().where(stories.c.pinned > now, stories.c.fate == Fate.RELEASED).order_by(*NEWEST)
        )

    def items(self, story_id: str) -> tuple[ItemKey, ...]:
        """The items of a story that are not forgotten: the lead first, then in the order in which they came."""
        with self._database.read() as connection:
            return items_of(connection, story_id)

    def window(self, since: datetime) -> tuple[Trace, ...]:
        """What the items of told stories say that were published from a moment on, the oldest first; dropped stories
        are left out, withdrawn ones are not. `released`: whether the story ever was."""
        with self._database.read() as connection:
            return window(connection, since)

    def apart_of(self, story_id: str) -> frozenset[str]:
        """The stories that a person split from this one, or this one from them: rules never merge them."""
        with self._database.read() as connection:
            return apart_of(connection, story_id)

    def released_count(self, source_id: str, since: datetime) -> int:
        """How many stories led by a source were released at or after a moment."""
        query = select(func.count()).where(stories.c.lead_source == source_id, stories.c.released >= since)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def counts(self) -> dict[Fate, int]:
        """How many stories have which fate."""
        query = select(stories.c.fate, func.count()).group_by(stories.c.fate)
        with self._database.read() as connection:
            found = {Fate(fate): count for fate, count in connection.execute(query)}
        return {fate: found.get(fate, 0) for fate in Fate}

    def _tellings(self, query: Select[Any]) -> tuple[Telling, ...]:
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(map(telling_from, rows))

    def _one(self, which: ColumnElement[bool]) -> Story | None:
        with self._database.read() as connection:
            row = connection.execute(select(stories).where(which)).one_or_none()
        return None if row is None else story_from(row)

    def _many(self, query: Select[Any]) -> tuple[Story, ...]:
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(map(story_from, rows))


_STORY = select(stories).where(stories.c.id == bindparam("story"))


def story_in(connection: Connection, story_id: str) -> Story:
    """A story that has to be there."""
    row = connection.execute(_STORY, {"story": story_id}).one_or_none()
    if row is None:
        raise StoreError(f"the store knows no story {story_id}")
    return story_from(row)


def standing_in(connection: Connection, story_id: str) -> Story:
    """A story that has to be there, or the one that it was merged into."""
    story = story_in(connection, story_id)
    return story if story.merged_into is None else story_in(connection, story.merged_into)


def current() -> Select[Any]:
    """Rows for `telling_from`: stories in the words of their current revisions."""
    return _tellings(revisions.c.n == stories.c.revision)


def _tellings(which: ColumnElement[bool]) -> Select[Any]:
    words = revisions.c.revision.label("words_of_it")
    return select(stories, words).join(revisions, and_(revisions.c.story_id == stories.c.id, which))


def telling_from(row: Any) -> Telling:
    """A row of `current`, as a noun."""
    return Telling(story_from(row), decode(StoryRevision, row.words_of_it), row.reason)


def story_from(row: Any) -> Story:
    """A row of `stories`, as a noun."""
    return Story(
        id=row.id,
        slug=row.slug,
        url=row.url,
        fate=Fate(row.fate),
        revision=row.revision,
        lead=ItemKey(row.lead_source, row.lead_uid),
        released=row.released,
        updated=row.updated,
        due=row.due,
        withdrawn=row.withdrawn,
        follows=row.follows,
        merged_into=row.merged_into,
        touched=row.touched,
        pinned=row.pinned,
    )


def decision_from(row: Any) -> Decision:
    """A row of `decisions`, as a noun."""
    item = None if row.item_source is None else ItemKey(row.item_source, row.item_uid)
    return Decision(row.story_id, row.who, row.what, row.why, row.at, row.revision, item, row.score)
