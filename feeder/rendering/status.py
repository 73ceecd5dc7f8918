"""status.json: facts for who watches, which change with the state and with nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from feeder import text
from feeder.model import Edition, Fate, Health, OutputFile, Source, SourceState, Telling
from feeder.rendering.filling import filled, stamp
from feeder.rendering.look import Look

PATH = "status.json"


def status_json(
    look: Look,
    sources: Sequence[Source],
    states: Mapping[str, SourceState],
    tellings: Sequence[Telling],
    editions: Sequence[Edition],
) -> OutputFile:
    """Say how public sources and the publication fare; no check times, no addresses, no error messages."""
    document = {
        "publication": text.one_line(look.config.publication.title),
        "stories": _stories(look, tellings),
        "editions": _editions(look, editions),
        "sources": [_source(source, states.get(source.id)) for source in sources if source.public],
    }
    return OutputFile(PATH, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())


def _stories(look: Look, tellings: Sequence[Telling]) -> Mapping[str, object]:
    released = [telling for telling in tellings if telling.story.fate is Fate.RELEASED and telling.story.released]
    withdrawn = sum(telling.story.fate is Fate.WITHDRAWN for telling in tellings)
    newest = max(released, key=lambda telling: (telling.story.released, telling.story.id), default=None)
    counts = {"released": len(released), "withdrawn": withdrawn}
    if newest is None or newest.story.released is None:
        return counts
    return counts | {
        "newest": {
            "id": newest.story.id,
            "title": text.title(newest.revision.title),
            "url": look.page_url(newest.story),
            "released": stamp(newest.story.released),
        }
    }


def _editions(look: Look, editions: Sequence[Edition]) -> Mapping[str, object]:
    approved = [edition for edition in editions if edition.is_public]
    newest = max(approved, key=lambda edition: (edition.slot, edition.id), default=None)
    counts = {"approved": len(approved)}
    if newest is None:
        return counts
    return counts | {
        "newest": filled(
            {
                "id": newest.id,
                "number": newest.number,
                "subject": text.one_line(newest.subject),
                "url": look.url(f"editions/{newest.id}/"),
                "slot": stamp(newest.slot),
            }
        )
    }


def _source(source: Source, state: SourceState | None) -> Mapping[str, object]:
    """One source: its health in a word, which a few failures do not change, and since when."""
    health = Health.PAUSED if source.paused else state.health if state else Health.NEW
    since = state.since if state and health is state.health else None
    return filled(
        {
            "id": source.id,
            "title": text.one_line(source.title),
            "state": health.value,
            "since": stamp(since) if since else None,
            "last_new_item": stamp(state.last_new_item) if state and state.last_new_item else None,
        }
    )
