"""Everything that is known of a story: what came in, what decided, what it is worth, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from feeder.curation.likeness import SAME_FROM, Parts, likeness_unbarred, sameness
from feeder.curation.near_misses import speaks_against, speaks_for
from feeder.curation.rank import Score
from feeder.curation.rules import first_match, is_calm, reason
from feeder.curation.same_story import Window
from feeder.curation.topics import Placing
from feeder.model import Action, Decision, Edition, Fate, Rule, Source, StoredItem, Story, Telling, Trace
from feeder.pipeline.house import House
from feeder.pipeline.scoring import score_of
from feeder.pipeline.told import facts_of, placings_for

NEAREST = 3
BY_LIKENESS = ("merged", "led", "split")


@dataclass(frozen=True, slots=True)
class Matched:
    """A rule that matches an item now: its place in config.toml, and what it says."""

    place: str
    action: Action
    why: str


@dataclass(frozen=True, slots=True)
class Came:
    """An item of a story, as it came in; `why` and `score` of its merging."""

    source: str
    title: str
    address: str
    first_seen: datetime
    why: str | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Near:
    """Another story that is nearly the same: its most alike item, `score` from 0 to 1 (0: barred), what a merge `needs`
    by itself, and why there was none."""

    story_id: str
    title: str
    source: str
    score: float
    needs: float
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A story and all that explains it; `score` as of the cutoff of its edition, or of now."""

    story: Story
    telling: Telling | None
    lead: StoredItem | None
    items: tuple[Came, ...]
    rules: tuple[Matched, ...]
    topics: tuple[Placing, ...]
    score: Score | None
    edition: Edition | None
    decisions: tuple[Decision, ...]
    hints: tuple[str, ...]
    near: tuple[Near, ...]


def compared(house: House, now: datetime) -> Window:
    """What the same-story check may look at now, to be read once for several stories."""
    traces = house.store.stories.window(now - house.config.curation.look_back)
    sources = {trace.item.source_id: house.sources.get(trace.item.source_id) for trace in traces}
    return Window(one for one in traces if (source := sources[one.item.source_id]) is None or source.same_story)


def explain(house: House, story: Story, now: datetime, window: Window | None = None) -> Explained:
    """Collect what explains a story, and its nearest neighbours in a window (`compared`); nothing is written."""
    stories = house.store.stories
    telling, lead, decisions = stories.telling(story.id), house.store.items.get(story.lead), stories.decisions(story.id)
    source = house.sources.get(story.lead.source_id)
    placed = house.store.editions.edition_of(story.id)
    edition = house.store.editions.get(placed) if placed else None
    rules = tuple(_matching(house, lead, source)) if lead and source else ()
    return Explained(
        story=story,
        telling=telling,
        lead=lead,
        items=tuple(_came(house, story, decisions)),
        rules=rules,
        topics=placings_for(house, lead.item, source) if lead and source else (),
        score=score_of(house, telling, edition.cutoff if edition else now) if telling else None,
        edition=edition,
        decisions=decisions,
        hints=tuple(_hints(story, rules, edition, decisions)),
        near=tuple(_near(house, story, window)) if window is not None else (),
    )


def is_linked(edition: Edition, story_id: str) -> bool:
    """Whether an edition only links a story."""
    placed = [one for section in edition.sections for one, _ in section.stories]
    return edition.told is not None and story_id in placed[edition.told :]


def _matching(house: House, stored: StoredItem, source: Source) -> Iterator[Matched]:
    """The rule of each list that matches first, as judging has it; our own articles know only those of their folder."""
    facts = facts_of(house, stored.item, source)
    lists: list[tuple[str, Sequence[Rule]]] = [(f'[[sources]] id = "{source.id}", rules', source.rules)]
    if not facts.is_own:
        lists.append(("[[curation.rules]]", house.rules))
    for place, rules in lists:
        if (rule := first_match(rules, facts)) is not None:
            yield Matched(f"{place}, number {rules.index(rule) + 1}", rule.action, reason(rule))


def _came(house: House, story: Story, decisions: Sequence[Decision]) -> Iterator[Came]:
    merged = {one.item: one for one in decisions if one.item is not None and one.what in BY_LIKENESS}
    for key in house.store.stories.items(story.id):
        if (stored := house.store.items.get(key)) is not None:
            item, decision = stored.item, merged.get(key)
            yield Came(
                key.source_id,
                item.title,
                item.url or item.uid,
                stored.first_seen,
                decision.why if decision else None,
                decision.score if decision else None,
            )


def _near(house: House, story: Story, window: Window) -> list[Near]:
    """The nearest other stories, by the most alike of the story's items; none where nothing is compared."""
    if not house.config.curation.same_story:
        return []
    found: dict[str, tuple[float, Near]] = {}
    for trace in window.of(story.id):
        for other, parts in window.nearest(trace, NEAREST):
            likely, near = likeness_unbarred(parts), _as_near(trace, other, parts)
            if likely > found.get(other.story_id, (0.0, near))[0]:
                found[other.story_id] = (likely, near)
    ordered = sorted(found.values(), key=lambda one: (-one[0], one[1].story_id))
    return [near for _, near in ordered[:NEAREST]]


def _as_near(trace: Trace, other: Trace, parts: Parts) -> Near:
    hours = abs((trace.at - other.at).total_seconds()) / 3600
    score = round(sameness(parts), 2)
    speaks = speaks_for(parts), speaks_against(parts, hours)
    return Near(other.story_id, other.title, other.item.source_id, score, SAME_FROM, *speaks)


def _hints(
    story: Story, rules: Sequence[Matched], edition: Edition | None, decisions: Sequence[Decision]
) -> Iterator[str]:
    """What would change where a story stands: the setting, and the verb for this story alone."""
    why = next((one.why for one in reversed(decisions) if one.what == story.fate.value), "")
    if story.merged_into is not None:
        yield f"it was merged into {story.merged_into}: `feeder stories split` takes apart what is two"
    elif story.fate in (Fate.DROPPED, Fate.HELD):
        if (setting := _setting(why, story, rules)) is not None:
            yield setting
        yield f"`feeder stories release {story.id} --why …` tells it, whatever rules say"
    elif story.fate is Fate.WITHDRAWN:
        yield f"`feeder stories release {story.id} --why …` tells it again"
    else:
        yield from _hints_of_released(story, edition)


def _setting(why: str, story: Story, rules: Sequence[Matched]) -> str | None:
    """The setting that a reason comes from."""
    source = story.lead.source_id
    for start, key in (
        ("older than", "max_age"),
        ("backlog of", "baseline_release"),
        ("more than", "max_per_source"),
    ):
        if is_calm(why) and why.startswith(start):
            return f'{key} of [[sources]] id = "{source}", or of [curation], for what comes in from now on'
    if why.startswith("its language is"):
        return "[curation] languages, then `feeder curate --again`"
    if why.startswith("waits for an editor"):
        return '[curation] release = "auto", then `feeder curate --again`'
    if story.due is not None:
        return "its date: it is released by itself then"
    blocking = next((one for one in rules if one.action is not Action.KEEP), None)
    if blocking is not None:
        return f"{blocking.place} ({blocking.action.value}: {blocking.why}), then `feeder curate --again`"
    return None if is_calm(why) else "rules that keep it now: `feeder curate --again` shows what they change"


def _hints_of_released(story: Story, edition: Edition | None) -> Iterator[str]:
    if edition is None:
        yield "[[curation.interests]], or the rank of its source, move it up or down in the next edition"
        yield f"`feeder stories pin {story.id} …` lets it lead"
        yield f"`feeder stories withdraw {story.id} --why …` takes it back"
        return
    if is_linked(edition, story.id):
        yield "only linked in its edition: [digest] size, per_source and per_topic bound what is told"
    yield f"it stands in an edition: `feeder stories edit {story.id} …` corrects it, in the next edition too"
