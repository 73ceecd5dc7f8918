"""Begin to speak: where the lines go, and what else passes the same way."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Any, TextIO

from feeder.logs.formatting import Json, Words
from feeder.logs.redacting import hidden


class _Stream(logging.StreamHandler[TextIO]):
    """A log that cannot be written stops nothing, and says nothing of it: what it would say is what it cannot."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002 - logging's name and signature
        return


def begin(level: int, stream: TextIO, *, as_json: bool, serving: bool = False) -> None:
    """Say what `feeder` logs from `level` on, and warnings of everybody else, on `stream`.

    With `serving` people see the number of the run, and exceptions that end a thread are lines, too. What is logged by
    others (APScheduler, urllib3), warnings and what ends the process pass the same way.
    """
    handler = _Stream(stream)
    is_utf8 = (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
    handler.setFormatter(Json(hidden, ascii_only=not is_utf8) if as_json else Words(hidden, runs=serving))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("feeder").setLevel(level)
    logging.captureWarnings(True)
    sys.excepthook = _on_end
    if serving:
        threading.excepthook = _on_thread_end
        sys.unraisablehook = _on_unraisable


def is_json() -> bool:
    """Whether lines are for programs, so that nothing else may stand between them."""
    return any(isinstance(handler.formatter, Json) for handler in logging.getLogger().handlers)


def _on_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("feeder").critical("ended by a bug: %s", kind.__name__, exc_info=(kind, error, trace))


def _on_thread_end(ended: Any) -> None:
    if ended.exc_type is SystemExit:
        return
    name = ended.thread.name if ended.thread else "a thread"
    trace = (ended.exc_type, ended.exc_value or ended.exc_type(), ended.exc_traceback)
    logging.getLogger("feeder").critical("%s ended by a bug: %s", name, ended.exc_type.__name__, exc_info=trace)


def _on_unraisable(seen: Any) -> None:
    error = seen.exc_value or seen.exc_type()
    trace = (seen.exc_type, error, seen.exc_traceback)
    logging.getLogger("feeder").error("%s", seen.err_msg or "an exception was ignored", exc_info=trace)
