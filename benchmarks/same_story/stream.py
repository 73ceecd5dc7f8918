"""The week as if it came in hour by hour: an item is looked up among all before it, and joins a story or opens one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from benchmarks.same_story.labelled import Pair, rows_of
from feeder.curation.same_story import Likeness, Match, Window
from feeder.model import Trace


@dataclass(frozen=True, slots=True)
class Told:
    """Which story each item joined, and what was taken for a follow-up, by item."""

    story: Mapping[str, str]
    followups: Mapping[str, Match]

    def stories(self) -> list[list[str]]:
        """The items of each story in the order of their coming, the largest story first."""
        members = defaultdict(list)
        for item, story in self.story.items():
            members[story].append(item)
        return sorted(members.values(), key=len, reverse=True)


def told(traces: Iterable[Trace]) -> Told:
    """Tell all items in the order in which they were seen; those of one hour by their publishers' names."""
    window, story, followups = Window(), {}, {}
    for trace in sorted(traces, key=lambda trace: (trace.at, trace.item)):
        match = window.match(trace)
        story[trace.story_id] = trace.story_id
        if match is not None and (match.kind is Likeness.SAME or not match.facts):
            story[trace.story_id] = match.trace.story_id
            for single in _of_this_round(match, trace, story):
                story[single.story_id] = match.trace.story_id
                window.add(replace(single, story_id=match.trace.story_id))
        elif match is not None:
            followups[trace.story_id] = match
        window.add(replace(trace, story_id=story[trace.story_id]))
    return Told(story, followups)


def _of_this_round(match: Match, trace: Trace, story: Mapping[str, str]) -> list[Trace]:
    """What vouches and stands by itself so far in the round of the same hour, so that it joins as well."""
    items = Counter(story.values())
    return [one for one in match.vouching if one.at == trace.at and items[one.story_id] == 1]


@dataclass(frozen=True, slots=True)
class Quality:
    """Of the labelled events of a split: `purity` is the share of their items that stand in a story with most of its
    labelled items from one event; `found` the share that stands in the event's largest story."""

    purity: float
    found: float
    precision: float
    recall: float


def quality(week: Told, labelled: Iterable[Pair], split: str) -> Quality:
    """Purity over events.csv, and precision and recall over the labelled pairs: is a "same" pair in one story?"""
    events = {row["id"]: row["event"] for row in rows_of("events.csv") if row["split"] == split}
    by_story, by_event = defaultdict(Counter), defaultdict(Counter)
    for item, event in events.items():
        by_story[week.story[item]][event] += 1
        by_event[event][week.story[item]] += 1
    pairs = [pair for pair in labelled if pair.split == split and pair.one.story_id in week.story]
    pairs = [pair for pair in pairs if pair.other.story_id in week.story]
    joined = [pair for pair in pairs if week.story[pair.one.story_id] == week.story[pair.other.story_id]]
    right = sum(pair.is_same for pair in joined)
    return Quality(
        purity=sum(max(counts.values()) for counts in by_story.values()) / len(events),
        found=sum(max(counts.values()) for counts in by_event.values()) / len(events),
        precision=right / len(joined),
        recall=right / sum(pair.is_same for pair in pairs),
    )
