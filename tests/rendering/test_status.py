"""status.json says how we fare, and changes only when that does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from feeder.model import Health, Memory, SourceState
from feeder.rendering.look import Look
from feeder.rendering.status import status_json
from tests.rendering import samples

FAILING = SourceState(
    "heise", problem="https://heise.example/?token=geheim: 500", since=samples.NOON, health=Health.BROKEN, failures=3
)
FINE = SourceState("verge", since=samples.NOON, last_new_item=samples.NOON - timedelta(hours=2), health=Health.OK)


def test_it_tells_states_counts_and_the_newest(look: Look, root: Path):
    told = [samples.foreign(), samples.own(root), samples.withdrawn(root)]
    editions = [samples.edition(samples.own(root), number=number) for number in (2, 1)]
    states = {state.source_id: state for state in (FAILING, FINE)}
    status = json.loads(status_json(look, look.config.source_nouns, states, told, editions).data)
    assert status["stories"]["released"] == 2
    assert status["stories"]["withdrawn"] == 1
    assert status["stories"]["newest"]["title"] == "Microsoft verliert Kontrolle über OpenAI?"
    assert status["editions"]["approved"] == 2
    assert status["editions"]["newest"]["number"] == 2
    assert status["sources"][1:3] == [
        {"id": "heise", "title": "heise online", "state": "broken", "since": "2025-11-22T11:00:00Z"},
        {
            "id": "verge",
            "title": "The Verge",
            "state": "ok",
            "since": "2025-11-22T11:00:00Z",
            "last_new_item": "2025-11-22T09:00:00Z",
        },
    ]


def test_private_sources_and_addresses_are_not_told(look: Look):
    data = status_json(look, look.config.source_nouns, {"heise": FAILING}, [], []).data
    assert b"intern" not in data
    assert b"token" not in data
    assert b"heise.example" not in data


def test_another_look_at_an_unchanged_source_changes_no_byte(look: Look):
    later = samples.NOON + timedelta(hours=1)
    looked_again = replace(FINE, memory=Memory(etag='"neu"', last_modified="heute"), looked=later, next_look=later)
    looked_again = replace(looked_again, failures=1, failing=later, problem="HTTP 503")
    one, other = ({"verge": state} for state in (FINE, looked_again))
    sources = look.config.source_nouns
    assert status_json(look, sources, one, [], []) == status_json(look, sources, other, [], [])


def test_a_paused_source_is_called_so_since_no_time(look: Look):
    sources = [replace(source, paused=source.id == "heise") for source in look.config.source_nouns]
    status = json.loads(status_json(look, sources, {"heise": FAILING}, [], []).data)
    assert status["sources"][1] == {"id": "heise", "title": "heise online", "state": "paused"}
