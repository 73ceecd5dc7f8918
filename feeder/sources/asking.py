"""One look at a document on the web: asked where its source is now, read only if its bytes are new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from feeder.addresses import without_login
from feeder.errors import FetchError, ParseError
from feeder.model import Gathered, Item, Memory, Source
from feeder.sources.document import Document
from feeder.sources.http import Response

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

Fetch = Callable[[str, str, str | None, str | None], Response]
Read = Callable[[Response], Document]


def ask(source: Source, memory: Memory, fetch: Fetch, read: Read) -> Gathered:
    """Fetch and read what a source names; `fetch` is one of a Fetcher's methods.

    A source that moved for good is asked where it is now; where that fails, where it was.
    """
    location = without_login(source.location)
    if memory.location != location:
        memory = Memory(location=location)
    if memory.moved_to is None:
        return _ask(source, memory, fetch, read)
    try:
        return _ask(source, memory, fetch, read)
    except FetchError as error:
        if error.wait is not None:
            raise
    except ParseError:
        pass
    return _ask(source, Memory(location=location), fetch, read)


def _ask(source: Source, memory: Memory, fetch: Fetch, read: Read) -> Gathered:
    response = fetch(source.id, memory.moved_to or source.location, memory.etag, memory.last_modified)
    moved_to = response.moved_to or memory.moved_to
    if response.not_modified:
        return _unchanged(replace(memory, etag=response.etag or memory.etag, moved_to=moved_to), response.wait)
    told = replace(
        memory,
        etag=response.etag,
        last_modified=response.last_modified,
        body_hash=blake2b(response.body, digest_size=16).hexdigest(),
        moved_to=moved_to,
    )
    if told.body_hash == memory.body_hash:
        return _unchanged(told, response.wait)
    document = read(response)
    return Gathered(
        document.items,
        replace(told, wait=int(document.wait.total_seconds()) if document.wait else None),
        wait=_longer(response.wait, document.wait),
        title=document.title,
        language=document.language,
        homepage=document.homepage,
        notes=document.notes,
    )


def _unchanged(memory: Memory, wait: timedelta | None) -> Gathered:
    asked = None if memory.wait is None else timedelta(seconds=memory.wait)
    return Gathered((), memory, unchanged=True, wait=_longer(wait, asked))


def _longer(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    return max((each for each in (one, other) if each is not None), default=None)


def forgetful(gathered: Gathered) -> Gathered:
    """Remember what lets the next look read again what this one did not finish."""
    return replace(gathered, memory=unvalidated(gathered.memory))


def unvalidated(memory: Memory) -> Memory:
    """A memory without validator and bytes, by which any document is new."""
    return replace(memory, etag=None, last_modified=None, body_hash=None)


def newness(item: Item) -> datetime:
    """The moment that items are sorted by; one without a date counts as the oldest."""
    return item.published or item.updated or LONG_AGO
