"""What a process saw of the desk, where people decide in processes of their own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Eye:
    """The newest decision and the newest edition's number at the last look, None before the first; and in how many
    looks there was something new that is not published."""

    decision: int | None = None
    number: int = 0
    waited: int = 0
