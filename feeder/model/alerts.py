"""What is wrong with the house, and what somebody is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

WELL = "ok"
"""What an alert calls whatever is back: the health of a source that is well, and of everything else."""


class Severity(StrEnum):
    """How soon somebody should look: now, today, or when there is time."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


# What readers notice, or soon would; by what it is about and, where that decides, by what is wrong.
_CRITICAL = frozenset(
    (
        "store",
        "output",
        "templates",
        "rounds",
        "gathering",
        "disk full",
        "carrier failing",
        "edition failed",
        "edition late",
    )
)
_INFO = frozenset(("source moved", "source emptied", "source new", "source paused", "edition skipped", "models"))

_NAMES = {
    "backup": "the backup",
    "carrier": "delivery by {}",
    "clock": "the clock",
    "config": "the new configuration",
    "disk": "the disk of the {}",
    "edition": "edition {}",
    "gathering": "gathering",
    "models": "the budget for models",
    "mail": "the mail of edition {}",
    "output": "the output",
    "rounds": "the service's work",
    "source": "{}",
    "store": "the store",
    "telling": "telling {}",
    "templates": "the look (templates)",
}
_STATES = {"emptied": "lists nothing any more", "failed": "has failed", "moved": "has moved", WELL: "is well again"}


@dataclass(frozen=True, slots=True)
class Alert:
    """A change of state that somebody should know, told once: `about` names whose ("source:heise",
    "edition:2026-11-23-0700", "disk:store"), `what` is the new state in a word (a source's health), `words` say it in a
    sentence with what to do. `at`: when it was found. `seq` counts alerts; 0 before they are stored."""

    about: str
    what: str
    words: str
    at: datetime
    seq: int = field(default=0, compare=False)

    @property
    def is_back(self) -> bool:
        """Whether it says that something is well again, or no longer anybody's business."""
        return self.what in (WELL, "new", "paused")

    @property
    def severity(self) -> Severity:
        """How soon somebody should look."""
        return severity(self.about, self.what)

    @property
    def headline(self) -> str:
        """The thing and how it is, without a full stop: "heise is broken"."""
        return f"{named(self.about)} {_STATES.get(self.what, f'is {self.what}')}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong with the house: a row per thing, as long as it lasts. `what` and `words` as in an
    alert; `since`: when it was found."""

    about: str
    what: str
    words: str
    since: datetime

    @property
    def severity(self) -> Severity:
        """How soon somebody should look."""
        return severity(self.about, self.what)

    @property
    def headline(self) -> str:
        """The thing and how it is: "edition 2026-11-23-0700 is held"."""
        return Alert(self.about, self.what, self.words, self.since).headline


@dataclass(frozen=True, slots=True)
class Changes:
    """What follows from a look at the house: alerts to tell, conditions to write, and what is well again."""

    alerts: tuple[Alert, ...] = ()
    wrong: tuple[Condition, ...] = ()
    well: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.alerts or self.wrong or self.well)


def severity(about: str, what: str) -> Severity:
    """How soon somebody should look at something that is in this state."""
    kind = about.partition(":")[0]
    both = f"{kind} {what}"
    if what == WELL or both in _INFO or kind in _INFO:
        return Severity.INFO
    return Severity.CRITICAL if both in _CRITICAL or kind in _CRITICAL else Severity.WARNING


def named(about: str) -> str:
    """What an alert is about, for people: "heise", "edition 2026-11-23-0700", "the disk of the store"."""
    kind, _, name = about.partition(":")
    return _NAMES.get(kind, about).format(name).strip()
