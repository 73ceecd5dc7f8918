"""Telling, changing and deciding stories: one transaction each, and each may run twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from feeder.errors import StoreError
from feeder.model import Decision, Fate, ItemKey, Story, StoryRevision, Trace
from feeder.store.erasing import erase, is_erased, must_be_out
from feeder.store.inscribing import append, change, give_words, insert_story, is_last, must_be_current, stored_words
from feeder.store.items import mark_told, stored_row
from feeder.store.merging import LOCK, StoryMerging
from feeder.store.schema import stories
from feeder.store.spreading import first_release, next_update
from feeder.store.tellings import standing_in, story_in
from feeder.store.traces import keep_trace

# Built once, because it runs for each story of a batch.
_KNOWN = select(stories.c.id).where(stories.c.id == bindparam("story"))


class Stories(StoryMerging):
    """The stories, and the only ways to change them.

    `digest` names the words of the item that the caller read; without it, the item's present words
    count as told. `trace` is what the same-story check is to know of the item.
    """

    def tell(
        self,
        story: Story,
        revision: StoryRevision | None,
        decision: Decision,
        item: ItemKey,
        *,
        digest: str | None = None,
        trace: Trace | None = None,
    ) -> Story:
        """Store a new story with its slug made unique and its times moved apart; return it as stored.

        An item that has a story already returns that one, unchanged.
        """
        with self._database.write(LOCK) as connection:
            row = stored_row(connection, item)
            if row.story_id is not None:
                return story_in(connection, row.story_id)
            if connection.execute(_KNOWN, {"story": story.id}).first() is None:
                insert_story(connection, story, revision, decision, row.words)
                append(connection, replace(decision, item=item))
            stands = standing_in(connection, story.id)
            mark_told(connection, item, digest, story_id=stands.id)
            keep_trace(connection, trace, stands.id)
            return stands

    def attach(
        self,
        story_id: str,
        item: ItemKey,
        decision: Decision,
        *,
        digest: str | None = None,
        revision: StoryRevision | None = None,
        trace: Trace | None = None,
    ) -> Story:
        """Make an item coverage of a story, or of the elder that it was merged into; return the item's story.

        One that belongs to a story already stays there. `revision` gives the story new words quietly (see `revise`),
        refused unless they follow the current ones.
        """
        with self._database.write(LOCK) as connection:
            row = stored_row(connection, item)
            stands = standing_in(connection, story_id)
            if row.story_id is None:
                if revision is not None:
                    give_words(connection, stands, revision, decision, quiet=True)
                append(connection, replace(decision, story_id=stands.id, item=item))
            elif row.story_id != stands.id:
                return story_in(connection, row.story_id)
            mark_told(connection, item, digest, story_id=stands.id)
            keep_trace(connection, trace, stands.id)
            return story_in(connection, stands.id)

    def lead(
        self,
        story_id: str,
        item: ItemKey,
        revision: StoryRevision,
        decision: Decision,
        *,
        url: str | None,
        digest: str | None = None,
        trace: Trace | None = None,
    ) -> Story:
        """Let an item lead a story that was never released, in new words and at another `url`; id and slug stay.

        The item joins the story if it has none; of another story it is refused, as are words that do not follow.
        """
        with self._database.write(LOCK) as connection:
            row, story = stored_row(connection, item), story_in(connection, story_id)
            if story.lead == item and stored_words(connection, story.id, revision.n) == revision:
                return story
            if row.story_id not in (None, story.id):
                raise StoreError(f"the item {item.uid} of {item.source_id} belongs to {row.story_id}: merge that first")
            if story.released is not None or story.merged_into is not None:
                raise StoreError(
                    f"{story.id} was released or merged, so that nothing else can lead it: attach the item"
                )
            must_be_current(story, decision)
            source, uid = item
            give_words(connection, story, revision, decision, quiet=True, url=url, lead_source=source, lead_uid=uid)
            append(connection, replace(decision, item=item))
            mark_told(connection, item, digest, story_id=story.id)
            keep_trace(connection, trace, story.id)
            return story_in(connection, story.id)

    def revise(
        self,
        revision: StoryRevision,
        decision: Decision,
        item: ItemKey | None,
        *,
        digest: str | None = None,
        quiet: bool = False,
        trace: Trace | None = None,
        follows: str | None = None,
    ) -> Story:
        """Give a story new words; refused unless they follow the current ones.

        `quiet`: nothing that readers need to read again (RFC 4287, 4.2.15), so `updated` stays: its coverage grew, say.
        `follows`: the story that it continues from now on; None leaves that as it is.
        """
        with self._database.write(LOCK) as connection:
            story = story_in(connection, revision.story_id)
            if revision.n != story.revision + 1 and stored_words(connection, story.id, revision.n) == revision:
                return story
            more = {} if follows is None else {"follows": follows}
            give_words(connection, story, revision, decision, quiet=quiet, **more)
            append(connection, decision)
            if item is not None:
                mark_told(connection, item, digest)
            keep_trace(connection, trace, story.id)
            return story_in(connection, story.id)

    def decide(
        self,
        decision: Decision,
        fate: Fate,
        *,
        released: datetime | None = None,
        due: datetime | None = None,
    ) -> Story:
        """Give a story its fate; refused where the decision was made on outdated words, and where it would bring back
        what was merged or erased."""
        with self._database.write(LOCK) as connection:
            story = story_in(connection, decision.story_id)
            if is_last(connection, decision):
                return story
            must_be_current(story, decision)
            changes = _fate(connection, story, decision, fate, released)
            change(connection, story.id, due=due, touched=story.touched or decision.who != "rules", **changes)
            append(connection, decision)
            return story_in(connection, story.id)

    def pin(self, story_id: str, until: datetime | None, decision: Decision) -> Story:
        """Let a story lead landing page and digest until a moment; None: no longer. Refused for what nobody sees."""
        with self._database.write(LOCK) as connection:
            story = story_in(connection, story_id)
            if is_last(connection, decision):
                return story
            must_be_current(story, decision)
            if until is not None and story.fate in (Fate.DROPPED, Fate.WITHDRAWN):
                raise StoreError(f"{story.id} is {story.fate} and cannot be pinned: release it first")
            change(connection, story.id, pinned=until, touched=story.touched or decision.who != "rules")
            append(connection, decision)
            return story_in(connection, story.id)

    def erase(self, story_id: str, decision: Decision) -> tuple[str, ...]:
        """Let all words of a story that is withdrawn or dropped leave the store, and those of the stories merged into
        it; return the paths of the pictures that left with them. See `erasing.py` for what goes and what stays."""
        database = self._database
        with database.together(LOCK), database.write("editions"), database.write("sources") as connection:
            story = story_in(connection, story_id)
            if is_last(connection, decision):
                return ()
            must_be_current(story, decision)
            must_be_out(story)
            gone = erase(connection, story, decision.at)
            append(connection, decision)
            return gone

    def note(self, decision: Decision) -> None:
        """Record a decision that leaves the story as it is; the same one twice is recorded once."""
        with self._database.write(LOCK) as connection:
            if not is_last(connection, decision):
                append(connection, decision)


def _fate(
    connection: Connection, story: Story, decision: Decision, fate: Fate, released: datetime | None
) -> dict[str, Any]:
    """The columns that a decision changes."""
    changes: dict[str, Any] = {"fate": fate, "withdrawn": None, "reason": None}
    if fate is Fate.WITHDRAWN:
        changes |= {"withdrawn": decision.at, "reason": decision.why}
    if fate in (Fate.RELEASED, Fate.HELD):
        _must_be_able_to_come_back(connection, story, fate)
    if fate is Fate.RELEASED and story.released is None:
        first, updated = first_release(connection, decision.at, released, story.updated)
        return changes | {"released": first, "updated": updated}
    if story.released is not None and (fate is not story.fate or fate is Fate.WITHDRAWN):
        changes["updated"] = next_update(connection, story, decision.at)
    return changes


def _must_be_able_to_come_back(connection: Connection, story: Story, fate: Fate) -> None:
    if story.merged_into is not None:
        raise StoreError(f"{story.id} was merged into {story.merged_into} and stays there: decide on that, or split it")
    if fate is Fate.RELEASED and story.revision == 0:
        raise StoreError(f"{story.id} has no words yet and cannot be released: revise it first")
    if fate is Fate.RELEASED and is_erased(connection, story):
        raise StoreError(f"the words of {story.id} were erased, so it cannot be released: revise it first")
