"""The nouns everyone speaks: frozen, slotted; aware UTC times; tuples (docs/design.md, section 4)."""

from __future__ import annotations

from feeder.model.editions import Digest, Edition, EditionSection, EditionStatus
from feeder.model.items import (
    Article,
    Correction,
    Enclosure,
    Image,
    Item,
    ItemKey,
    Origin,
    Provenance,
    Raw,
    Section,
    Status,
    StoredItem,
)
from feeder.model.sources import Action, Gathered, KnownFile, Medium, Memory, Rights, Rule, Source, SourceState
from feeder.model.stories import Coverage, Decision, Fate, Story, StoryPage, StoryRevision, Telling
from feeder.model.work import Feed, Lease, OutputFile, OutputRecord, Run, Step

__all__ = [
    "Action",
    "Article",
    "Correction",
    "Coverage",
    "Decision",
    "Digest",
    "Edition",
    "EditionSection",
    "EditionStatus",
    "Enclosure",
    "Fate",
    "Feed",
    "Gathered",
    "Image",
    "Item",
    "ItemKey",
    "KnownFile",
    "Lease",
    "Medium",
    "Memory",
    "Origin",
    "OutputFile",
    "OutputRecord",
    "Provenance",
    "Raw",
    "Rights",
    "Rule",
    "Run",
    "Section",
    "Source",
    "SourceState",
    "Status",
    "Step",
    "StoredItem",
    "Story",
    "StoryPage",
    "StoryRevision",
    "Telling",
]
