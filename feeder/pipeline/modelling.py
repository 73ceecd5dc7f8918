"""Words by a model: which articles it may be shown, and what becomes of what it says."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from feeder import text
from feeder.editing.cleaning import plain_text
from feeder.errors import SummaryError
from feeder.model import (
    Decision,
    Fate,
    ItemKey,
    Origin,
    Provenance,
    Rights,
    Source,
    Status,
    StoredItem,
    StoryRevision,
)
from feeder.pipeline.house import House

if TYPE_CHECKING:
    from feeder.summaries.llm import ModelSummariser, Told

log = logging.getLogger("feeder.curate")

_UNREAD = "a model wrote teaser and Kurzfassung, and nobody has read them yet"


class Writer:
    """The model of one round, if there is one. `tell` asks it, which takes long: never inside a transaction.

    `guard` keeps alive, while the model is waited for, what the round holds.
    """

    def __init__(self, house: House, now: datetime, guard: Callable[[], None]) -> None:
        self._house = house
        self._now = now
        self._reserved: Mapping[str, str] = {}
        settings = house.config.summaries
        self._model: ModelSummariser | None = None
        if settings.kind == "llm" and settings.endpoint and settings.model:
            self._reserved = {
                name: state.memory.reserved
                for name, state in house.store.sources.states().items()
                if state.memory.reserved is not None
            }
            self._model = _opened(house, now, guard)

    def tell(self, stored: StoredItem, source: Source, fate: Fate) -> Told | None:
        """What the model tells of an item; None where there is none, or the item is not to be shown to it."""
        if self._model is None or fate is Fate.DROPPED:
            return None
        if (reason := self._kept_back(stored, source, fate)) is not None:
            log.debug("%s is not shown to the model: %s", stored.item.uid, reason)
            return None
        from feeder.summaries.gate import Limits  # noqa: PLC0415 - most have no model

        item = stored.item
        language = (item.language or source.language)[:2]
        if item.article is not None:
            words = "\n".join(text.plain(section.html) for section in item.article.sections)
            return self._model.summarise(
                item.title, words, item.article.language or language, Limits(), third_party=False
            )
        found = (plain_text(raw) for raw in (item.summary, item.content, stored.fulltext) if raw)
        limits, is_bounded = Limits(verbatim=source.excerpt_limit), source.rights is Rights.TEASER
        return self._model.summarise(
            item.title, max(found, key=len, default=""), language, limits, third_party=is_bounded
        )

    def _kept_back(self, stored: StoredItem, source: Source, fate: Fate) -> str | None:
        """Why an item is not shown to a model."""
        if not source.ai:
            return "its source says ai = false"
        if source.rights is Rights.LINK_ONLY:
            return "only its headline may be told"
        if source.rights is Rights.TEASER and (words := self._reserved.get(source.id)):
            return f"its owner reserves it: {words}"
        if (article := stored.item.article) is not None:
            if article.status is not Status.RELEASED or fate is not Fate.RELEASED:
                return "it is not released yet"
            if article.summary:
                return "it brings its own Kurzfassung"
        return None

    def flag(self, story_id: str, revision: StoryRevision, told: Told, key: ItemKey) -> None:
        """Leave word for the editor: of words that were not used, and of those that nobody has read."""
        if told.answer is None:
            why = f"the words of {told.model} are not used, the source's own are: {told.why_not}"
            log.warning("%s: %s", revision.title, why)
            if why not in self._house.tally.alerts:
                self._house.tally.alerts.append(why)
        elif self._house.config.summaries.require_review:
            why = f"{_UNREAD} ({told.model})"
        else:
            return
        self._house.store.stories.note(Decision(story_id, "rules", "flagged", why, self._now, revision.n, key))


def _opened(house: House, now: datetime, guard: Callable[[], None]) -> ModelSummariser:
    from feeder.summaries.endpoint import Endpoint  # noqa: PLC0415 - most have no model, and loading it takes time
    from feeder.summaries.llm import Budget, ModelSummariser  # noqa: PLC0415

    settings = house.config.summaries
    key = settings.api_key.get_secret_value() if settings.api_key else None

    def alive() -> None:
        guard()
        if house.stop.is_set():
            raise SummaryError("feeder was told to stop meanwhile")

    return ModelSummariser(
        Endpoint(settings.endpoint or "", settings.model or "", key, alive),
        house.store.models,
        Budget(settings.tokens_per_day, settings.euros_per_day, settings.price_in, settings.price_out),
        settings.deadline.total_seconds(),
        now,
        now.astimezone(house.config.publication.zone).date().isoformat(),
    )


def in_its_words(revision: StoryRevision, told: Told | None) -> StoryRevision:
    """A revision with what the model wrote, and labelled so; what an author wrote stays.

    Words for a third party's text are a machine's; in a text of our own they are help.
    """
    if told is None or told.answer is None:
        return revision
    is_ours = revision.rights is Rights.OWN and revision.provenance.text is Origin.EDITORIAL
    if is_ours:
        provenance = replace(revision.provenance, text=Origin.AI_ASSISTED, model=told.model)
        return replace(revision, summary=told.answer.bullets, provenance=provenance)
    provenance = Provenance(Origin.AI_GENERATED, told.model)
    return replace(revision, teaser=told.answer.teaser, summary=told.answer.bullets, provenance=provenance)
