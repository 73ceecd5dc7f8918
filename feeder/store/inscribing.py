"""How stories, their words and what was decided of them become rows. Called under the lock "stories" only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from feeder import text
from feeder.errors import OutdatedError, StoreError
from feeder.model import Decision, Fate, Story, StoryRevision
from feeder.store.coding import decode, encode
from feeder.store.schema import decisions, revisions, stories, story_topics
from feeder.store.spreading import beat, first_release, next_update
from feeder.store.tellings import decision_from

# Built once, because it runs for each story of a batch.
_SLUGS = select(stories.c.slug).where(
    (stories.c.slug == bindparam("wanted"))
    | ((stories.c.slug > bindparam("least")) & (stories.c.slug < bindparam("most")))
)


def insert_story(
    connection: Connection, story: Story, revision: StoryRevision | None, decision: Decision, words: str
) -> None:
    """Store a new story; `words` are what one that has no revision is found by."""
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
        "pinned": story.pinned,
    }
    connection.execute(insert(stories), row)
    if revision is not None:
        _write(connection, replace(revision, story_id=story.id))


def give_words(
    connection: Connection, story: Story, revision: StoryRevision, decision: Decision, *, quiet: bool, **more: object
) -> None:
    """Store a story's next revision, and `more` columns with it; a `quiet` one leaves `updated` as it is."""
    if revision.story_id != story.id:
        raise OutdatedError(f"{revision.story_id} is now told in {story.id}: read that again and revise it")
    if revision.n != story.revision + 1:
        raise OutdatedError(f"{story.id} is at revision {story.revision}: revision {revision.n} does not follow")
    _write(connection, revision)
    if not quiet:
        more["updated"] = next_update(connection, story, revision.at)
    touched = story.touched or decision.who != "rules"
    change(connection, story.id, revision=revision.n, words=revision.title.casefold(), touched=touched, **more)


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


def stored_words(connection: Connection, story_id: str, n: int) -> StoryRevision | None:
    """One revision of a story."""
    query = select(revisions.c.revision).where(revisions.c.story_id == story_id, revisions.c.n == n)
    written = connection.execute(query).scalar()
    return None if written is None else decode(StoryRevision, written)


def append(connection: Connection, decision: Decision) -> None:
    """Record a decision."""
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
        "score": decision.score,
    }
    connection.execute(insert(decisions), row)


def is_last(connection: Connection, decision: Decision) -> bool:
    """Whether this is what was decided last about its story: then it was carried out already."""
    of = decisions.c
    query = select(decisions).where(of.story_id == decision.story_id).order_by(of.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return row is not None and decision_from(row) == decision


def must_be_current(story: Story, decision: Decision) -> None:
    """Refuse a decision that was made on words that are no longer the story's."""
    if decision.revision != story.revision:
        raise OutdatedError(
            f"{story.id} is at revision {story.revision} now: read it again and decide on that,"
            f" not on revision {decision.revision}"
        )


def change(connection: Connection, story_id: str, **changes: Any) -> None:
    """Write columns of a story; who gives `updated` gives its beat by that."""
    if "updated" in changes:
        changes["beat"] = beat(changes["updated"])
    connection.execute(update(stories).where(stories.c.id == story_id).values(changes))
