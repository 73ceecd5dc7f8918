"""What becomes of an item that is like a told story: its coverage, a follow-up, or a story of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feeder.model import Fate


class Place(StrEnum):
    """Where an item goes."""

    ALONE = "alone"
    COVERAGE = "coverage"
    FOLLOW_UP = "follow-up"
    WITHHELD = "withheld"  # a story of its own that waits for a person


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts of a told story. `own`: its lead is an article of ours. `touched`: a person decided on it.
    `follows`: it is a follow-up. `by_policy`: whatever is held waits for an editor, not this alone."""

    fate: Fate
    own: bool = False
    touched: bool = False
    follows: bool = False
    by_policy: bool = False

    @property
    def is_open(self) -> bool:
        """Whether what is like it may join it. A story that waits for what only it says (a rule, a flood, its date)
        must not hide what others tell; one that waits as all do, or by a person's word, speaks for them too."""
        waits_for_all = self.by_policy or self.touched or self.follows
        return self.fate is Fate.RELEASED or (self.fate is Fate.HELD and waits_for_all)

    @property
    def may_change_lead(self) -> bool:
        """Whether a better item may lead it: nobody has seen it, and no person has decided on it."""
        return self.fate is Fate.HELD and not self.own and not self.touched


def place(standing: Standing, *, own: bool, continues: bool) -> Place:
    """Decide on an item that is like a story: `own`, an article of ours? `continues`: does it say something new?

    An own article leads what nobody has seen and continues what is released; two of them stay two.
    """
    if standing.fate is Fate.WITHDRAWN:
        return Place.ALONE if own or continues else Place.WITHHELD
    if not standing.is_open or (own and standing.own):
        return Place.ALONE
    if own:
        if standing.fate is Fate.RELEASED:
            return Place.FOLLOW_UP
        return Place.COVERAGE if standing.may_change_lead else Place.ALONE
    return Place.FOLLOW_UP if continues else Place.COVERAGE
