"""Making one story of two, and two of one: what items, words, editions and later decisions follow."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection, case, delete, or_, select, update

from feeder.errors import StoreError
from feeder.model import Decision, Fate, ItemKey, Story, StoryRevision
from feeder.store.belonging import apart_of, items_of, keep_apart, move
from feeder.store.editions import LOCK as EDITIONS
from feeder.store.editions import pass_place
from feeder.store.inscribing import append, change, give_words, insert_story, must_be_current
from feeder.store.schema import apart, stories
from feeder.store.spreading import next_update
from feeder.store.tellings import StoryReading, story_in

# One lock for all that writes stories: slugs and times are unique among all of them.
LOCK = "stories"


class StoryMerging(StoryReading):
    """The part of `Stories` that concerns two of them."""

    def merge(self, elder_id: str, younger_id: str, decision: Decision, revision: StoryRevision | None = None) -> Story:
        """Make the items of the younger story coverage of the elder; return the elder.

        `decision` is about the younger; the elder's history names each item that came. `revision` is the elder with
        more coverage, and a quiet one. The younger is withdrawn where it was released, else dropped; its id and page
        stay and point to the elder, it leaves editions that are still drafts, and never comes back. An approved
        edition that told it has told the elder.
        """
        with self._database.together(LOCK), self._database.write(EDITIONS) as connection:
            elder, younger = story_in(connection, elder_id), story_in(connection, younger_id)
            if younger.merged_into == elder.id:
                return elder
            _must_merge(elder, younger)
            must_be_current(younger, decision)
            if decision.who == "rules" and younger.id in apart_of(connection, elder.id):
                raise StoreError(f"{younger.id} was split from {elder.id} by a person: rules cannot merge them")
            if revision is not None:
                give_words(connection, elder, revision, decision, quiet=True)
            change(connection, elder.id, touched=elder.touched or decision.who != "rules")
            _join(connection, elder, younger, decision)
            _disappear(connection, elder, younger, decision)
            pass_place(connection, younger.id, elder.id, elder.revision if revision is None else revision.n)
            return story_in(connection, elder.id)

    def split(
        self,
        story_id: str,
        keys: Collection[ItemKey],
        new_story: Story,
        revision_new: StoryRevision,
        revision_left: StoryRevision | None,
        decision: Decision,
    ) -> Story:
        """Give some items of a story, but not its lead, to a new one, and keep the two apart for ever; return the new.

        `decision` is about the story that they leave; `revision_left`, a quiet one, are its words without them. Where
        a merged story that one of the items led stands in an approved edition, the new one has been told there.
        """
        with self._database.together(LOCK), self._database.write(EDITIONS) as connection:
            story = story_in(connection, story_id)
            if new_story.id in apart_of(connection, story.id):
                return story_in(connection, new_story.id)
            must_be_current(story, decision)
            _must_split(connection, story, keys, new_story)
            insert_story(connection, new_story, revision_new, decision, "")
            if revision_left is not None:
                give_words(connection, story, revision_left, decision, quiet=True)
            change(connection, story.id, touched=story.touched or decision.who != "rules")
            move(connection, keys, new_story.id)
            keep_apart(connection, story.id, [new_story.id])
            append(connection, decision)
            for key in keys:
                append(connection, replace(decision, story_id=new_story.id, revision=1, item=key))
            for once in _merged_led_by(connection, keys):
                pass_place(connection, once, new_story.id, 1)
            return story_in(connection, new_story.id)


def _must_merge(elder: Story, younger: Story) -> None:
    if elder.id == younger.id:
        raise StoreError(f"{elder.id} cannot be merged with itself: name two stories")
    for story in (elder, younger):
        if story.merged_into is not None:
            raise StoreError(f"{story.id} was merged into {story.merged_into} already: name that")
    if elder.fate in (Fate.DROPPED, Fate.WITHDRAWN):
        raise StoreError(f"{elder.id} is {elder.fate}, so nothing can be merged into it: release it first")
    if elder.fate is Fate.HELD and younger.fate is Fate.RELEASED:
        raise StoreError(
            f"{elder.id} is held and {younger.id} released: release it first, or merge the other way round"
        )


def _join(connection: Connection, elder: Story, younger: Story, decision: Decision) -> None:
    """Make all items of the younger the elder's; one decision each, which is how they are found again."""
    moved = items_of(connection, younger.id)
    append(connection, decision)
    for key in moved or (younger.lead,):
        append(connection, replace(decision, story_id=elder.id, revision=elder.revision, item=key))
    move(connection, moved, elder.id)
    keep_apart(connection, elder.id, apart_of(connection, younger.id) - {elder.id})
    connection.execute(delete(apart).where(or_(apart.c.one == younger.id, apart.c.other == younger.id)))


def _disappear(connection: Connection, elder: Story, younger: Story, decision: Decision) -> None:
    """Let the younger go, and all that pointed to it point to the elder."""
    of = stories.c
    connection.execute(update(stories).where(of.merged_into == younger.id).values(merged_into=elder.id))
    other = case((of.id == elder.id, None), else_=elder.id)
    connection.execute(update(stories).where(of.follows == younger.id).values(follows=other))
    gone: dict[str, object] = {"fate": Fate.DROPPED}
    if younger.released is not None:
        updated = next_update(connection, younger, decision.at)
        gone = {"fate": Fate.WITHDRAWN, "withdrawn": decision.at, "reason": decision.why, "updated": updated}
    touched = younger.touched or decision.who != "rules"
    change(connection, younger.id, merged_into=elder.id, due=None, pinned=None, touched=touched, **gone)


def _merged_led_by(connection: Connection, keys: Collection[ItemKey]) -> list[str]:
    """The merged stories that items led: into whichever story, for what was split off may be split again."""
    of = stories.c
    led = [
        select(of.id).where(of.lead_source == key.source_id, of.lead_uid == key.uid, of.merged_into.is_not(None))
        for key in keys
    ]
    return [story_id for query in led for story_id in connection.execute(query.order_by(of.id)).scalars()]


def _must_split(connection: Connection, story: Story, keys: Collection[ItemKey], new_story: Story) -> None:
    there = items_of(connection, story.id)
    if strange := [key for key in keys if key not in there]:
        raise StoreError(f"the item {strange[0].uid} of {strange[0].source_id} does not belong to {story.id}")
    if story.lead in keys:
        raise StoreError(f"{story.id} keeps its lead, {story.lead.uid} of {story.lead.source_id}: split off the others")
    if new_story.lead not in keys:
        raise StoreError(f"a story split from {story.id} is led by one of its items, which {new_story.lead.uid} is not")
    if connection.execute(select(stories.c.id).where(stories.c.id == new_story.id)).first() is not None:
        raise StoreError(f"{new_story.id} is there already: split {story.id} under another id")
