"""Articles of our own with errors: a new one waits until its file is mended, a published one stays as it was."""

from __future__ import annotations

import logging
from datetime import datetime

from feeder.curation.rules import FLAWED, Policy, Tally, judge
from feeder.model import Article, Decision, Fate, Source, Status, StoredItem, Story
from feeder.pipeline.by_hand import is_decided_by_hand
from feeder.pipeline.continuing import as_update
from feeder.pipeline.deciding import RULES
from feeder.pipeline.house import House
from feeder.pipeline.told import facts_of

log = logging.getLogger("feeder.curate")

_FATES = frozenset(Fate)


def stays_as_it_was(house: House, story: Story, article: Article, stored: StoredItem, now: datetime) -> bool:
    """Whether a file's new words are not for the story, and then note why: it was published and has errors now, or
    it only stood in for a file that can be read now, whose article is told by itself."""
    if not article.flaws:
        return False
    why, store = "; ".join(article.flaws), house.store
    if article.status is Status.WITHDRAWN:
        fate = Fate.DROPPED if story.released is None else Fate.WITHDRAWN
        if story.fate not in (Fate.DROPPED, Fate.WITHDRAWN):
            store.stories.decide(Decision(story.id, RULES, fate.value, why, now, story.revision, stored.item.key), fate)
    elif story.released is not None:
        why = f"its file has errors, the published words stay: {why}"
        log.warning("%s: %s", story.slug, why)
        store.stories.note(Decision(story.id, RULES, "flagged", why, now, story.revision, stored.item.key))
    else:
        return False
    store.items.ignore_change(stored.item.key, digest=stored.digest)
    return True


def settle(house: House, story_id: str, stored: StoredItem, source: Source, now: datetime) -> None:
    """Hold what has errors before it was published, with the reason as it is now; judge anew what was mended.

    To be called in one transaction with the revision: an item counts as told only once.
    """
    story, article = house.store.stories.get(story_id), stored.item.article
    if story is None or article is None or article.status is not Status.RELEASED or story.released is not None:
        return
    last = next((one for one in reversed(house.store.stories.decisions(story.id)) if one.what in _FATES), None)
    waits = last is not None and last.who == RULES and last.why.startswith(FLAWED)
    if is_decided_by_hand(house, story) or not (article.flaws or waits):
        return
    policy = Policy((), (), house.config.curation.release == "hold", house.config.publication.zone)
    verdict = judge(stored, source, facts_of(house, stored.item, source), policy, Tally(0, 0), now)
    if last is not None and (last.why, story.due) == (verdict.why, verdict.due):
        return
    released = None
    if verdict.fate is Fate.RELEASED:
        released = min(stored.item.published or now, now)
        story = as_update(house, story, now)
    decision = Decision(story.id, RULES, verdict.fate.value, verdict.why, now, story.revision, stored.item.key)
    house.store.stories.decide(decision, verdict.fate, released=released, due=verdict.due)
    log.info("%s: %s (%s)", verdict.fate.value, story.slug, verdict.why)
