"""One look at a document on the web: asked where its source is now, read only if its bytes are new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b

from feeder.addresses import without_login
from feeder.errors import FetchError, ParseError
from feeder.model import Gathered, Memory, Source
from feeder.sources.document import Document
from feeder.sources.http import Response

Fetch = Callable[[str, str, str | None, str | None], Response]
Read = Callable[[Response], Document]


def look(source: Source, memory: Memory, fetch: Fetch, read: Read) -> Gathered:
    """Fetch and read what a source names; `fetch` is one of a Fetcher's methods.

    A source that moved for good is asked where it is now; where that fails, where it was.
    """
    location = without_login(source.location)
    if memory.location != location:
        memory = Memory(location=location)
    if memory.moved_to is None:
        return _look(source, memory, fetch, read)
    try:
        return _look(source, memory, fetch, read)
    except FetchError as error:
        if error.wait is not None:
            raise
    except ParseError:
        pass
    return _look(source, Memory(location=location), fetch, read)


def _look(source: Source, memory: Memory, fetch: Fetch, read: Read) -> Gathered:
    response = fetch(source.id, memory.moved_to or source.location, memory.etag, memory.last_modified)
    moved_to = response.moved_to or memory.moved_to
    if response.not_modified:
        kept = replace(memory, etag=response.etag or memory.etag, moved_to=moved_to)
        return Gathered((), kept, unchanged=True, wait=response.wait)
    told = replace(
        memory,
        etag=response.etag,
        last_modified=response.last_modified,
        body_hash=blake2b(response.body, digest_size=16).hexdigest(),
        moved_to=moved_to,
    )
    if told.body_hash == memory.body_hash:
        return Gathered((), told, unchanged=True, wait=response.wait)
    document = read(response)
    waits = [wait for wait in (response.wait, document.wait) if wait is not None]
    return Gathered(
        document.items,
        told,
        wait=max(waits, default=None),
        title=document.title,
        language=document.language,
        homepage=document.homepage,
        notes=document.notes,
    )


def forgetful(gathered: Gathered) -> Gathered:
    """Remember no validator and no bytes, so that the next look reads again what this one did not finish."""
    return replace(gathered, memory=replace(gathered.memory, etag=None, last_modified=None, body_hash=None))
