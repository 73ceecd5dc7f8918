"""Telling, changing and deciding stories: one transaction each, and each may run twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from feeder import text
from feeder.errors import StoreError
from feeder.model import Decision, Fate, ItemKey, Story, StoryRevision
from feeder.store.coding import decode, encode
from feeder.store.items import mark_told, stored_row
from feeder.store.schema import decisions, revisions, stories, story_topics
from feeder.store.spreading import beat, first_release, next_update
from feeder.store.tellings import StoryReading, decision_from, story_in

# One lock for all that writes stories: slugs and times are unique among all of them.
_LOCK = "stories"

# Built once, because they run for each story of a batch.
_KNOWN = select(stories.c.id).where(stories.c.id == bindparam("story"))
_SLUGS = select(stories.c.slug).where(
    (stories.c.slug == bindparam("wanted"))
    | ((stories.c.slug > bindparam("least")) & (stories.c.slug < bindparam("most")))
)


class Stories(StoryReading):
    """The stories, and the only ways to change them.

    `digest` names the words of the item that the caller read; without it, the item's present words
    count as told.
    """

    def tell(
        self,
        story: Story,
        revision: StoryRevision | None,
        decision: Decision,
        item: ItemKey,
        *,
        digest: str | None = None,
    ) -> Story:
        """Store a new story with its slug made unique and its times moved apart; return it as stored.

        An item that has a story already returns that one, unchanged.
        """
        with self._database.write(_LOCK) as connection:
            row = stored_row(connection, item)
            if row.story_id is not None:
                return story_in(connection, row.story_id)
            if connection.execute(_KNOWN, {"story": story.id}).first() is None:
                _insert(connection, story, revision, decision, row.words)
                _append(connection, decision)
            mark_told(connection, item, digest, story_id=story.id)
            return story_in(connection, story.id)

    def attach(self, story_id: str, item: ItemKey, decision: Decision, *, digest: str | None = None) -> Story:
        """Make an item coverage of a story; one that belongs to a story already stays there. Return its story."""
        with self._database.write(_LOCK) as connection:
            row = stored_row(connection, item)
            belongs = story_in(connection, row.story_id or story_id)
            if row.story_id is None:
                _append(connection, decision)
            if belongs.id == story_id:
                mark_told(connection, item, digest, story_id=story_id)
            return belongs

    def revise(
        self, revision: StoryRevision, decision: Decision, item: ItemKey | None, *, digest: str | None = None
    ) -> Story:
        """Give a story new words; refused unless they follow the current ones."""
        with self._database.write(_LOCK) as connection:
            story = story_in(connection, revision.story_id)
            if revision.n != story.revision + 1:
                if _stored(connection, revision.story_id, revision.n) == revision:
                    return story
                raise StoreError(f"{story.id} is at revision {story.revision}: revision {revision.n} does not follow")
            _write(connection, revision)
            _append(connection, decision)
            if item is not None:
                mark_told(connection, item, digest)
            updated = next_update(connection, story, revision.at)
            words = revision.title.casefold()
            touched = story.touched or decision.who != "rules"
            _change(connection, story.id, revision=revision.n, updated=updated, words=words, touched=touched)
            return story_in(connection, story.id)

    def decide(
        self,
        decision: Decision,
        fate: Fate,
        *,
        released: datetime | None = None,
        due: datetime | None = None,
        merged_into: str | None = None,
    ) -> Story:
        """Give a story its fate; refused where the decision was made on outdated words."""
        with self._database.write(_LOCK) as connection:
            story = story_in(connection, decision.story_id)
            if _last(connection, story.id) == decision:
                return story
            if decision.revision != story.revision:
                raise StoreError(
                    f"{story.id} is at revision {story.revision} now: read it again and decide on that,"
                    f" not on revision {decision.revision}"
                )
            changes = _fate(connection, story, decision, fate, released)
            if merged_into is not None:
                changes["merged_into"] = merged_into
            _change(connection, story.id, due=due, touched=story.touched or decision.who != "rules", **changes)
            _append(connection, decision)
            return story_in(connection, story.id)

    def note(self, decision: Decision) -> None:
        """Record a decision that leaves the story as it is; the same one twice is recorded once."""
        with self._database.write(_LOCK) as connection:
            if _last(connection, decision.story_id) != decision:
                _append(connection, decision)


def _fate(
    connection: Connection, story: Story, decision: Decision, fate: Fate, released: datetime | None
) -> dict[str, Any]:
    """The columns that a decision changes."""
    changes: dict[str, Any] = {"fate": fate, "withdrawn": None, "reason": None}
    if fate is Fate.WITHDRAWN:
        changes |= {"withdrawn": decision.at, "reason": decision.why}
    if fate is Fate.RELEASED and story.revision == 0:
        raise StoreError(f"{story.id} has no words yet and cannot be released: revise it first")
    if fate is Fate.RELEASED and story.released is None:
        first, updated = first_release(connection, decision.at, released, story.updated)
        return changes | {"released": first, "updated": updated}
    if story.released is not None and (fate is not story.fate or fate is Fate.WITHDRAWN):
        changes["updated"] = next_update(connection, story, decision.at)
    return changes


def _insert(
    connection: Connection, story: Story, revision: StoryRevision | None, decision: Decision, words: str
) -> None:
    if (revision is None and story.fate is not Fate.DROPPED) or (revision is not None and revision.n != 1):
        raise StoreError(f"{story.id} cannot be told: a new story has revision 1, or is dropped without words")
    released: datetime | None = None
    updated: datetime | None = None
    if story.fate is Fate.RELEASED:
        released, updated = first_release(connection, decision.at, story.released, story.updated)
    row = {
        "id": story.id,
        "slug": _free_slug(connection, story.slug or text.digest(story.id)),
        "url": story.url,
        "fate": story.fate,
        "revision": 0 if revision is None else 1,
        "lead_source": story.lead.source_id,
        "lead_uid": story.lead.uid,
        "told": decision.at,
        "released": released,
        "updated": updated,
        "beat": beat(updated),
        "due": story.due,
        "withdrawn": decision.at if story.fate is Fate.WITHDRAWN else None,
        "reason": decision.why if story.fate is Fate.WITHDRAWN else None,
        "follows": story.follows,
        "merged_into": story.merged_into,
        "touched": story.touched or decision.who != "rules",
        "words": words if revision is None else revision.title.casefold(),
    }
    connection.execute(insert(stories), row)
    if revision is not None:
        _write(connection, replace(revision, story_id=story.id))


def _free_slug(connection: Connection, wanted: str) -> str:
    """`wanted`, or `wanted-2` and so on; ":" is the character after "9"."""
    asked = {"wanted": wanted, "least": f"{wanted}-", "most": f"{wanted}-:"}
    taken = set(connection.execute(_SLUGS, asked).scalars())
    if wanted not in taken:
        return wanted
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{wanted}-{n}") not in taken)


def _write(connection: Connection, revision: StoryRevision) -> None:
    row = {"story_id": revision.story_id, "n": revision.n, "revision": encode(revision)}
    connection.execute(insert(revisions), row)
    topics = [{"topic": topic, "story_id": revision.story_id} for topic in dict.fromkeys(revision.topics)]
    if revision.n > 1:
        connection.execute(delete(story_topics).where(story_topics.c.story_id == revision.story_id))
    if topics:
        connection.execute(insert(story_topics), topics)


def _stored(connection: Connection, story_id: str, n: int) -> StoryRevision | None:
    query = select(revisions.c.revision).where(revisions.c.story_id == story_id, revisions.c.n == n)
    written = connection.execute(query).scalar()
    return None if written is None else decode(StoryRevision, written)


def _append(connection: Connection, decision: Decision) -> None:
    source_id, uid = decision.item or (None, None)
    row = {
        "story_id": decision.story_id,
        "who": decision.who,
        "what": decision.what,
        "why": decision.why,
        "at": decision.at,
        "revision": decision.revision,
        "item_source": source_id,
        "item_uid": uid,
    }
    connection.execute(insert(decisions), row)


def _last(connection: Connection, story_id: str) -> Decision | None:
    query = select(decisions).where(decisions.c.story_id == story_id).order_by(decisions.c.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else decision_from(row)


def _change(connection: Connection, story_id: str, **changes: Any) -> None:
    if "updated" in changes:
        changes["beat"] = beat(changes["updated"])
    connection.execute(update(stories).where(stories.c.id == story_id).values(changes))
