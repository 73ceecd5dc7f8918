"""The editor's hands on words: headline, teaser, Kurzfassung, topics, corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feeder import text
from feeder.editing.telling import Desk, same_words, tell, tellable
from feeder.errors import DeskError
from feeder.model import Correction, Fate, Item, Origin, Provenance, Story, StoryRevision, Trace
from feeder.pipeline.deciding import Change, deciding, decision, now_of
from feeder.pipeline.desk_limits import Edits, cleaned, oddities, problems
from feeder.pipeline.house import House
from feeder.pipeline.standing_in import source_of
from feeder.pipeline.told import facts_of, topics_for
from feeder.pipeline.tracing import trace_of
from feeder.summaries import SUMMARISERS
from feeder.summaries.language import language_of


def edit(house: House, story: Story, who: str, why: str, edits: Edits) -> Change:
    """Give a story a person's words, which neither rules nor sources change any more.

    A story without words gets its first ones and stays dropped. DeskError names what cannot be published like that.
    """
    with deciding(house, who, story) as now:
        if story.fate is Fate.WITHDRAWN:
            raise DeskError(f"{story.slug} is withdrawn, and nobody reads its words: release it first")
        if edits.correction is not None and story.released is None:
            raise DeskError(f"{story.slug} was never published, so there is nothing to correct: edit it without")
        telling = house.store.stories.telling(story.id)
        before = telling.revision if telling else first_words(house, story, now, edits)
        after, warnings = edited(house, before, story, edits, now)
        if telling is not None and same_words(before, after):
            return Change(story, before.title, "as it was", changed=False)
        said = text.one_line(why) or "edited by hand"
        revision = replace(after, n=story.revision + 1, at=now, why=said)
        said_by = decision(story, who, "revised", said, now)
        trace = None if telling else first_trace(house, story)
        house.store.stories.revise(revision, said_by, None, trace=trace)
        warnings += _out(house, story, edits)
        return Change(now_of(house, story), after.title, _did(before, after), warnings=warnings)


def edited(
    house: House, before: StoryRevision, story: Story, edits: Edits, now: datetime
) -> tuple[StoryRevision, tuple[str, ...]]:
    """A revision in a person's words, and what is unusual about them."""
    wanted = cleaned(edits)
    after = replace(
        before,
        title=before.title if wanted.title is None else wanted.title,
        teaser=before.teaser if wanted.teaser is None else wanted.teaser,
        summary=before.summary if wanted.bullets is None else wanted.bullets,
        topics=before.topics if wanted.topics is None else wanted.topics,
        corrections=(*before.corrections, *([Correction(now, wanted.correction)] if wanted.correction else ())),
    )
    stored = house.store.items.get(story.lead)
    problem = next(problems(house, after, wanted, stored), None)
    if problem is not None:
        raise DeskError(problem)
    after = replace(
        after,
        provenance=_provenance(house, before, after, wanted, now),
        language=_language(before, after, wanted),
    )
    return after, tuple(oddities(after, wanted))


def first_words(house: House, story: Story, now: datetime, edits: Edits | None = None) -> StoryRevision:
    """The words of a story that has none, out of its item; where that is forgotten, the person's headline."""
    stored = house.store.items.get(story.lead)
    if stored is not None:
        source = source_of(house, stored.item)
        desk = Desk(house.config.publication.author, SUMMARISERS[house.config.summaries.kind])
        topics = topics_for(house, stored.item, source)
        item = tellable(stored, source)
        told = tell(item, source, topics, desk, story_id=story.id, at=now, fulltext=stored.fulltext)
        if told.title or (edits is not None and edits.title):
            return told
        raise DeskError(f"its source gave {story.slug} no headline: `feeder stories edit {story.slug} --title …` first")
    if edits is None or not edits.title:
        raise DeskError(
            f"nothing is left of what the source said of {story.slug}: give it words first,"
            f" `feeder stories edit {story.slug} --title … --teaser …`"
        )
    item = Item(story.lead.source_id, story.lead.uid, story.url, text.one_line(edits.title))
    desk = Desk(house.config.publication.author, SUMMARISERS["excerpt"])
    return tell(item, source_of(house, item), (), desk, story_id=story.id, at=now)


def first_trace(house: House, story: Story) -> Trace | None:
    """What the same-story check compares of a story that got its first words."""
    stored = house.store.items.get(story.lead)
    if stored is None:
        return None
    source = source_of(house, stored.item)
    return trace_of(stored, source, facts_of(house, stored.item, source), story.id)


def _provenance(house: House, before: StoryRevision, after: StoryRevision, wanted: Edits, now: datetime) -> Provenance:
    """Who wrote the words now. What readers are told of who read them is the publication's name, no login."""
    if not wanted.teaser and not wanted.bullets:
        return before.provenance
    is_all = (
        not after.sections and (bool(wanted.teaser) or not after.teaser) and (bool(wanted.bullets) or not after.summary)
    )
    if is_all:
        return Provenance(Origin.EDITORIAL)
    if before.provenance.text not in (Origin.AI_GENERATED, Origin.AI_ASSISTED):
        return before.provenance
    author = house.config.publication.author
    return replace(before.provenance, text=Origin.AI_ASSISTED, reviewed_by=author, reviewed_at=now)


def _language(before: StoryRevision, after: StoryRevision, wanted: Edits) -> str:
    """What was said by a person in another language is in that one: headline, teaser and Kurzfassung all of it."""
    if wanted.language is not None:
        return wanted.language
    is_whole = wanted.teaser and not after.sections and (wanted.bullets or not after.summary)
    found = language_of(" ".join((after.teaser, *after.summary))) if is_whole else None
    return before.language if found is None or before.language.startswith(found) else found


def _did(before: StoryRevision, after: StoryRevision) -> str:
    """Which parts say something else now."""
    parts = (
        ("title", before.title != after.title),
        ("teaser", before.teaser != after.teaser),
        ("Kurzfassung", before.summary != after.summary),
        ("topics", before.topics != after.topics),
        ("correction", before.corrections != after.corrections),
        ("language", before.language != after.language),
    )
    named = [name for name, is_other in parts if is_other]
    return f"edited ({', '.join(named)})" if named else "given words"


def _out(house: House, story: Story, edits: Edits) -> tuple[str, ...]:
    """What went out already and stays."""
    edition = house.store.editions.edition_of(story.id)
    placed = house.store.editions.get(edition) if edition else None
    if placed is None or placed.number is None:
        return ()
    hint = "the next one tells the correction" if edits.correction else "--correction tells readers what was wrong"
    return (f"edition {placed.number} went out with the words of before; {hint}",)
