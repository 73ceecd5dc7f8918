"""When a message may leave: rates per minute, and how long after the server said "not now"."""

from __future__ import annotations

from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_DELAYS = (1, 5, 15, 30, 60)  # minutes after the first tries; the last of them from then on
DOMAINS = 1000  # remembered at once


def next_try(attempts: int, now: datetime, patience: timedelta) -> datetime | None:
    """When a message is due again that was not taken `attempts` times; None once it has waited for `patience`."""
    waited = sum(_delay(n) for n in range(1, attempts)) * _MINUTE
    return None if waited >= patience else now + _delay(attempts) * _MINUTE


def _delay(attempts: int) -> int:
    return _DELAYS[min(attempts, len(_DELAYS)) - 1]


class Pace:
    """How many messages may leave per minute, evenly, in all and to one domain. Times are seconds of a clock that
    never turns back."""

    def __init__(self, per_minute: int | None, per_domain: int | None) -> None:
        self._gap = 60 / per_minute if per_minute else 0.0
        self._domain_gap = 60 / per_domain if per_domain else 0.0
        self._next = 0.0
        self._domains: dict[str, float] = {}

    @property
    def minds_domains(self) -> bool:
        """Whether it matters where a message goes."""
        return self._domain_gap > 0

    def wait(self, address: str, now: float) -> float:
        """Seconds until a message to this address may leave; 0 if it may now."""
        return max(0.0, self.wait_for_any(now), self._domains.get(_domain(address), 0.0) - now)

    def wait_for_any(self, now: float) -> float:
        """Seconds until any message may leave."""
        return max(0.0, self._next - now)

    def leaves(self, address: str, now: float) -> None:
        """A message to this address leaves now."""
        if self._gap:
            self._next = max(now, self._next) + self._gap
        if self._domain_gap:
            if len(self._domains) >= DOMAINS:
                self._domains = {domain: free for domain, free in self._domains.items() if free > now}
            self._domains[_domain(address)] = now + self._domain_gap


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
