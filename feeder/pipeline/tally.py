"""What a round counts, for its report."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Tally:
    """Sources looked at and how, and those that were not: not due, paused, `left` because the time was up.

    `new` are items. `alerts` say what changed in sources, in sentences.
    """

    looked: int = 0
    unchanged: int = 0
    failed: int = 0
    new: int = 0
    not_due: list[str] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Begin to count anew."""
        self.looked = self.unchanged = self.failed = self.new = 0
        for names in (self.not_due, self.paused, self.left, self.alerts):
            names.clear()
