"""What a line of the log is about, besides its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NOTHING: Mapping[str, object] = MappingProxyType({})
_ABOUT: ContextVar[Mapping[str, object]] = ContextVar("about", default=_NOTHING)


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Let every line that is logged inside carry these facts; None says nothing.

    A thread that is started inside knows them only if it runs in a copy of the context (`contextvars.copy_context`).
    """
    token = _ABOUT.set({**_ABOUT.get(), **{name: fact for name, fact in facts.items() if fact is not None}})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def known() -> Mapping[str, object]:
    """What is being worked on here and now."""
    return _ABOUT.get()
