"""Follow what changes after a story was first told: edits, withdrawals, dates that arrive."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from feeder.curation.rules import due_on
from feeder.editing.quellen import retold
from feeder.editing.telling import Desk, same_words, tell, tellable
from feeder.errors import OutdatedError
from feeder.model import Article, Decision, Fate, Status, StoredItem, Story, StoryRevision
from feeder.pipeline.by_hand import is_decided_by_hand, with_words_by_hand
from feeder.pipeline.continuing import as_update
from feeder.pipeline.deciding import unchanged
from feeder.pipeline.house import House
from feeder.pipeline.mending import settle, stays_as_it_was
from feeder.pipeline.modelling import Writer, in_its_words
from feeder.pipeline.told import topics_for

log = logging.getLogger("feeder.curate")


def release_due(house: House, now: datetime) -> None:
    """Release the held stories whose date has come."""
    for story in house.store.stories.due(now):
        try:
            with unchanged(house, story):
                told = as_update(house, story, now)
                why = "its date has come"
                decision = Decision(story.id, "rules", Fate.RELEASED.value, why, now, told.revision, story.lead)
                house.store.stories.decide(decision, Fate.RELEASED, released=story.due or now)
        except OutdatedError as error:
            log.info("not released by its date: %s", error)


def follow_edit(house: House, stored: StoredItem, desk: Desk, writer: Writer, now: datetime) -> None:
    """Make an edit of a story's lead a revision; what may not be followed is noted and left.

    Own articles are always followed, withdrawals included, but for what a person said otherwise at the desk. Other
    people's edits are followed only until the story stands in an approved edition or a person has touched it;
    coverage never is.
    """
    story = house.store.stories.get(stored.story_id or "")
    source = house.sources.get(stored.item.source_id)
    if story is None or source is None or story.lead != stored.item.key or story.revision == 0:
        house.store.items.ignore_change(stored.item.key, digest=stored.digest)
        return
    article = stored.item.article
    if article is not None and stays_as_it_was(house, story, article, stored, now):
        return
    if article is not None and _changes_fate(house, story, article, stored, now):
        story = house.store.stories.get(story.id) or story
    elif article is None and (reason := _left_alone(house, story)) is not None:
        house.store.stories.note(
            Decision(
                story.id,
                "rules",
                "flagged",
                f"the source edited it, not followed: {reason}",
                now,
                story.revision,
                stored.item.key,
            )
        )
        house.store.items.ignore_change(stored.item.key, digest=stored.digest)
        return
    topics = topics_for(house, stored.item, source)
    told = tell(tellable(stored, source), source, topics, desk, story_id=story.id, at=now, fulltext=stored.fulltext)
    words = writer.tell(stored, source, story.fate)
    revision = in_its_words(replace(told, n=story.revision + 1, why="the source edited it"), words)
    if (before := house.store.stories.telling(story.id)) is not None:
        revision = retold(revision, before.revision, house.rank, lead_stays=True)
    revision, unlike = with_words_by_hand(house, story, revision)
    with unchanged(house, story):
        is_new = _revise(house, story, revision, stored)
        settle(house, story.id, stored, source, now)
    if is_new and words is not None:
        writer.flag(story.id, revision, words, stored.item.key)
    if unlike:
        why = f"its file changed, and a person's {', '.join(unlike)} stays: edit it at the desk"
        house.store.stories.note(Decision(story.id, "rules", "flagged", why, now, revision.n, stored.item.key))


def _revise(house: House, story: Story, revision: StoryRevision, stored: StoredItem) -> bool:
    current = house.store.stories.telling(story.id)
    if current is not None and same_words(current.revision, revision):
        house.store.items.ignore_change(stored.item.key, digest=stored.digest)
        return False
    decision = Decision(story.id, "rules", "revised", revision.why, revision.at, story.revision, stored.item.key)
    house.store.stories.revise(revision, decision, stored.item.key, digest=stored.digest)
    log.info("revised: %s", revision.title)
    return True


def _left_alone(house: House, story: Story) -> str | None:
    if story.touched:
        return "a person has decided on this story"
    edition = house.store.editions.edition_of(story.id)
    placed = house.store.editions.get(edition) if edition else None
    if placed is not None and placed.is_public:
        return f"it stands in edition {placed.number}"
    return None


def _changes_fate(house: House, story: Story, article: Article, stored: StoredItem, now: datetime) -> bool:
    """Withdraw, or release again, an article whose file says so; its author's word counts as a person's."""
    if article.status is Status.WITHDRAWN and story.fate is not Fate.WITHDRAWN:
        fate = Fate.DROPPED if story.released is None else Fate.WITHDRAWN
        why = article.corrections[-1].text if article.corrections else "Die Redaktion hat diesen Beitrag zurückgezogen."
    elif is_decided_by_hand(house, story):
        return False
    elif article.status is not Status.WITHDRAWN and story.fate is Fate.WITHDRAWN:
        fate, why = Fate.RELEASED, "the article's file no longer says withdrawn"
    elif story.fate is Fate.HELD and story.due is not None and article.date is not None and article.date != story.due:
        why = due_on(article.date, house.config.publication.zone)
        decision = Decision(story.id, "rules", Fate.HELD.value, why, now, story.revision, stored.item.key)
        house.store.stories.decide(decision, Fate.HELD, due=article.date)
        return True
    else:
        return False
    decision = Decision(story.id, "redaktion", fate.value, why, now, story.revision, stored.item.key)
    house.store.stories.decide(decision, fate)
    return True
