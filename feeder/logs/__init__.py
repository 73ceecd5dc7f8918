"""What the process says while it works: one line per fact, what it is about, and never a secret.

Every room logs by `logging`, as anybody does. Here is how it looks (`begin`), what a line is about besides its words
(`about`: the run, the source, the edition), and what is never said (`hide`).
"""

from __future__ import annotations

from feeder.logs.context import about
from feeder.logs.redacting import hidden, hide
from feeder.logs.speaking import begin, is_json

__all__ = ["about", "begin", "hidden", "hide", "is_json"]
