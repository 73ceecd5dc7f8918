"""How a line of the log looks: for people, and for programs."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

from feeder.logs.context import known

Hidden = Callable[[str], str]

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Words(logging.Formatter):
    """A line for people, in local time: when, how bad, who, what; with `runs`, the run's number too. The traceback of a
    bug stands below."""

    def __init__(self, hidden: Hidden, *, runs: bool) -> None:
        super().__init__()
        self._hidden = hidden
        self._runs = runs

    def format(self, record: logging.LogRecord) -> str:
        run = known().get("run") if self._runs else None
        who = record.name if run is None else f"{record.name} [run {run}]"
        said = _one_line(self._hidden(_message(record)))
        line = f"{self.formatTime(record)} {record.levelname} {who}: {said}"
        trace = _trace(record)
        return line if trace is None else f"{line}\n{self._hidden(trace)}"


class Json(logging.Formatter):
    """A JSON object on a line: time (UTC, ISO 8601), level, logger, message, what it is about (run, step, source,
    edition, carrier), and a traceback, without anybody's variables, as `exception`."""

    def __init__(self, hidden: Hidden, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._hidden = hidden
        self._ascii_only = ascii_only

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._hidden(_message(record)),
        }
        for name, fact in known().items():
            line.setdefault(name, self._hidden(fact) if isinstance(fact, str) else fact)
        if (trace := _trace(record)) is not None:
            line["exception"] = self._hidden(trace)
        return json.dumps(line, ensure_ascii=self._ascii_only, default=lambda fact: self._hidden(str(fact)))


def _message(record: logging.LogRecord) -> str:
    """The message; a call whose arguments do not fit says what it can, instead of failing with them in the open."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whatever an argument raises, the line is worth more
        return f"{record.msg} (what belongs into it cannot be said)"


def _trace(record: logging.LogRecord) -> str | None:
    parts = []
    if record.exc_info and record.exc_info[0] is not None:
        parts += traceback.format_exception(*record.exc_info)
    if record.stack_info:
        parts.append(record.stack_info)
    return "".join(parts).rstrip("\n") or None


def _one_line(words: str) -> str:
    """Words that neither begin a line of their own nor steer the terminal."""
    joined = " | ".join(line.strip() for line in words.split("\n") if line.strip())
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), joined)
