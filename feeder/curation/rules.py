"""Whether an item is released, held or dropped; every verdict carries its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache

from feeder.model import Action, Fate, Rule, Source, Status, StoredItem

CLOCK_SKEW = timedelta(minutes=15)
FLAWED = "waits until its file is mended: "
"""Begins the reason why an article with errors is held."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at: plain text by field name ("title", "summary", "source", "topic", "language")."""

    fields: Mapping[str, str]
    is_own: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """The general settings of curation; `zone` is the publication's, in which reasons say when something is due."""

    rules: tuple[Rule, ...]
    languages: tuple[str, ...]
    holds: bool
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Tally:
    """What was already released from the item's source: within 24 hours, and from its baseline."""

    today: int
    baseline: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fate and its reason; `due` says until when a story is held. `joins`: whether the item may be taken for what
    others tell. Not where it is dropped or held for what it says or when; yes where its source only told too much."""

    fate: Fate
    why: str
    due: datetime | None = None
    joins: bool = True


def judge(stored: StoredItem, source: Source, facts: Facts, policy: Policy, tally: Tally, now: datetime) -> Verdict:
    """Decide an item's fate: it has to pass its source's rules, then the general ones, then the calm.

    Own articles know no language, age, baseline or number and no general rule, only their date,
    their status and the rules of their folder.
    """
    if facts.is_own:
        return _own(stored, source, facts, policy, now)
    if stored.item.url is None:
        return Verdict(Fate.DROPPED, "it has no address that readers could open", joins=False)
    if not facts.fields["title"]:
        return Verdict(Fate.DROPPED, "it has neither a headline nor words", joins=False)
    language = facts.fields["language"]
    if language not in policy.languages:
        why = f"its language is {language}, taken are {', '.join(policy.languages)}"
        return Verdict(Fate.DROPPED, why, joins=False)
    held = None
    for rules in (source.rules, policy.rules):
        rule = first_match(rules, facts)
        if rule is not None and rule.action is Action.DROP:
            return Verdict(Fate.DROPPED, reason(rule), joins=False)
        if rule is not None and rule.action is Action.HOLD:
            held = reason(rule)
    if (verdict := _calm(stored, source, tally, now, policy.zone)) is not None:
        return verdict
    return _released(held, policy, "the rules keep it")


def _own(stored: StoredItem, source: Source, facts: Facts, policy: Policy, now: datetime) -> Verdict:
    article, date = stored.item.article, stored.item.published
    if article is not None and article.status is Status.WITHDRAWN:
        return Verdict(Fate.DROPPED, "the article was withdrawn before it was released", joins=False)
    rule = first_match(source.rules, facts)
    if rule is not None and rule.action is Action.DROP:
        return Verdict(Fate.DROPPED, reason(rule), joins=False)
    if article is not None and article.flaws:
        return Verdict(Fate.HELD, FLAWED + "; ".join(article.flaws), joins=False)
    if date is not None and date > now:
        return Verdict(Fate.HELD, due_on(date, policy.zone), due=date, joins=False)
    return _released(reason(rule) if rule and rule.action is Action.HOLD else None, policy, "an article of our own")


def _calm(stored: StoredItem, source: Source, tally: Tally, now: datetime, zone: tzinfo) -> Verdict | None:
    """Keep a source from telling what is old, what lies ahead, and too much at once."""
    date = stored.item.published or stored.item.updated or stored.first_seen
    if source.max_age_days is not None and date < now - timedelta(days=source.max_age_days):
        return Verdict(Fate.DROPPED, f"older than {source.max_age_days} days", joins=False)
    if stored.flooded:
        why = "came in a flood: too many new items of its source at once (`feeder sources` says more)"
        return Verdict(Fate.HELD, why, joins=False)
    if stored.baseline and source.baseline_release is not None and tally.baseline >= source.baseline_release:
        return Verdict(
            Fate.DROPPED, f"backlog of a new source, of which the newest {source.baseline_release} are released"
        )
    if source.max_per_source is not None and tally.today >= source.max_per_source:
        return Verdict(Fate.DROPPED, f"more than {source.max_per_source} stories of this source within 24 hours")
    if date > now + CLOCK_SKEW:
        return Verdict(Fate.HELD, f"dated ahead, {due_on(date, zone)}", due=date, joins=False)
    return None


def due_on(date: datetime, zone: tzinfo) -> str:
    """Why something waits for its date, as editors' clocks show it."""
    return f"due on {date.astimezone(zone):%Y-%m-%d %H:%M}"


def _released(held: str | None, policy: Policy, why: str) -> Verdict:
    if held is not None:
        return Verdict(Fate.HELD, held, joins=False)
    if policy.holds:
        return Verdict(Fate.HELD, 'waits for an editor: [curation] release = "hold"')
    return Verdict(Fate.RELEASED, why)


_CALM = re.compile(
    r"older than \d+ days$|came in a flood: |backlog of a new source, |more than \d+ stories of this source within "
    r"|dated ahead, |due on |continues |tells what was told in "
)


def is_calm(why: str) -> bool:
    """Whether the reason of a decision is the calm or what was told before, which no rule undoes."""
    return _CALM.match(why) is not None


def first_match(rules: Sequence[Rule], facts: Facts) -> Rule | None:
    """The first rule that matches decides; None if none does."""
    return next((rule for rule in rules if _matches(rule, facts)), None)


def _matches(rule: Rule, facts: Facts) -> bool:
    if not rule.words and rule.pattern is None:
        return True
    words = "\n".join(facts.fields[name] for name in rule.fields)
    return any(has_word(words, word) for word in rule.words) or (
        rule.pattern is not None and _compiled(rule.pattern).search(words) is not None
    )


def has_word(words: str, word: str) -> bool:
    """Whether a word or phrase stands in a text, whole and in any case."""
    return _compiled(rf"(?<!\w){re.escape(word)}(?!\w)").search(words) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def reason(rule: Rule) -> str:
    """What `feeder explain` prints for a rule."""
    if rule.why:
        return rule.why
    looked_for = ", ".join((*rule.words, *((f"/{rule.pattern}/",) if rule.pattern else ())))
    return f"rule: {rule.action.value} {looked_for or 'everything'} in {', '.join(rule.fields)}"
