"""What webhooks are told: each change of a story that readers may read again, and each edition, in order.

The order is that of decisions; what was decided after feeds/ was last written waits until that is published. A story is
told as it stands now, so that a receiver that was away for days learns of no words that were taken back meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from feeder import text
from feeder.config.announcing import Webhook
from feeder.delivery.announcing import tell
from feeder.errors import DeliveryError, RenderError
from feeder.model import Announcement, Edition, Fate, Telling
from feeder.pipeline.backing_off import failed, is_resting, recovered
from feeder.pipeline.counting import did
from feeder.pipeline.house import House
from feeder.pipeline.kin import with_elders
from feeder.rendering.announcement import edition_facts, story_facts
from feeder.rendering.filling import stamp
from feeder.store.announcements import PUBLISHED, mark_of

log = logging.getLogger("feeder.announce")

AT_ONCE = 100
"""Stories, and editions, that a webhook is told of in one step."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell, and that is to be remembered (`marks`) once it was taken; only that without a `kind`. `name`
    is its own for ever, for receivers that get it twice."""

    marks: Mapping[str, str]
    kind: str = ""
    name: str = ""
    at: datetime | None = None
    facts: Mapping[str, object] | None = None

    @property
    def message(self) -> Mapping[str, object]:
        """What is posted: the same whenever it is, while the story stays as it is."""
        at = stamp(self.at) if self.at else None
        return {"id": self.name, "type": self.kind, "timestamp": at, "data": self.facts}


def name_of(webhook: Webhook) -> str:
    """What a webhook is called in the store, and in alerts."""
    return f"webhook:{webhook.id}"


def tell_webhooks(house: House, guard: Callable[[], None] | None) -> bool:
    """Tell each webhook what it does not know; whether there is more to tell at once. Without `guard`, which raises
    when the lease is lost, only look whether there is anything."""
    hooks = house.config.webhooks
    if not hooks:
        return False
    topics = ["", "stories", "editions"]
    known = house.store.announcements.standing([PUBLISHED, *map(name_of, hooks)], topics)
    published = int(site.mark) if (site := known.get((PUBLISHED, "stories"))) else 0
    is_more = False
    for hook in hooks:
        turn = _Turn(house, hook, published, known)
        if not is_resting(known.get((name_of(hook), "")), house.clock()):
            is_more |= turn.is_due() if guard is None else turn.run(guard)
    return is_more


class _Turn:
    """One webhook's turn."""

    def __init__(
        self, house: House, hook: Webhook, published: int, known: Mapping[tuple[str, str], Announcement]
    ) -> None:
        self._house, self._hook, self._published = house, hook, published
        self._name = name_of(hook)
        self._itself = known.get((self._name, ""))
        self._stories = known.get((self._name, "stories"))
        self._editions = known.get((self._name, "editions"))
        self._said = self._stories.answer if self._stories else ""
        self._store = house.store.announcements

    def is_due(self) -> bool:
        if self._stories is None or self._editions is None:
            return True
        return int(self._stories.mark) < self._published or bool(
            self._store.editions_after(int(self._editions.mark), 1)
        )

    def run(self, guard: Callable[[], None]) -> bool:
        """Tell stories, then editions; whether there is more to tell at once."""
        if self._stories is None or self._editions is None:
            self._store.begin(self._name, self._house.clock())
            return False
        told = int(self._stories.mark)
        stories = self._store.stories_after(told, self._published, AT_ONCE)
        quiet: dict[str, str] = {}
        for seq, story_id in stories:
            event = self._story(seq, story_id)
            if event.kind and not self._tell(event, guard):
                return False
            if not event.kind:
                quiet |= event.marks
        last = stories[-1][0] if len(stories) == AT_ONCE else self._published
        if last > told:
            self._store.told(self._name, quiet | {"stories": str(last)}, self._house.clock(), self._said)
        return True if len(stories) == AT_ONCE else self._tell_editions(int(self._editions.mark), guard)

    def _tell_editions(self, told: int, guard: Callable[[], None]) -> bool:
        editions = self._store.editions_after(told, AT_ONCE)
        for number, edition_id in editions:
            edition = self._house.store.editions.get(edition_id)
            if edition is None or not self._house.output.exists(f"editions/{edition_id}/index.html"):
                return False
            event = self._edition(number, edition)
            if not event.kind:
                self._store.told(self._name, event.marks, self._house.clock(), "")
            elif not self._tell(event, guard):
                return False
        return len(editions) == AT_ONCE

    def _story(self, seq: int, story_id: str) -> Event:
        """What is to be told of a story that something was decided of."""
        telling = self._house.store.stories.telling(story_id)
        if telling is None or telling.story.released is None:
            return Event({"stories": str(seq)})
        story, mark = telling.story, mark_of(telling.story.fate, telling.story.updated)
        marks = {story_id: mark, "stories": str(seq)}
        before = self._store.get(self._name, story_id)
        if "stories" not in self._hook.events or (before and before.mark == mark):
            return Event(marks)
        try:
            facts = story_facts(self._house.look, self._with_elder(telling))
        except RenderError as error:
            log.error("%s is not told of a story: %s", self._name, error)
            return Event(marks)
        kind = "withdrawn" if story.fate is not Fate.RELEASED else "revised" if before else "released"
        return Event(marks, f"story.{kind}", f"msg_{text.digest(story_id, mark)}", story.updated, facts)

    def _with_elder(self, telling: Telling) -> Telling:
        if telling.story.merged_into is None:
            return telling
        [shown] = with_elders(self._house, [telling], {row.id: row for row in self._house.store.stories.pages()})
        return shown

    def _edition(self, number: int, edition: Edition) -> Event:
        marks = {"editions": str(number)}
        if "editions" not in self._hook.events:
            return Event(marks)
        name = f"msg_{text.digest('edition', edition.id)}"
        return Event(marks, "edition.published", name, edition.approved, edition_facts(self._house.look, edition))

    def _tell(self, event: Event, guard: Callable[[], None]) -> bool:
        """Tell one thing; False where it was not taken, which is then told before all else."""
        if self._house.stop.is_set():
            return False
        guard()
        try:
            answer = tell(self._hook, event.name, event.message, self._house.clock())
        except DeliveryError as error:
            failed(self._house, self._itself, self._name, "", error)
            return False
        guard()  # whoever slept meanwhile sets back no mark of another
        self._said = f"{answer.status} {answer.words}".strip()
        self._store.told(self._name, event.marks, self._house.clock(), self._said)
        recovered(self._house, self._itself, self._name)
        self._itself = None
        did(events_told=1)
        log.info("%s was told of %s: %d", self._name, event.kind, answer.status)
        return True
