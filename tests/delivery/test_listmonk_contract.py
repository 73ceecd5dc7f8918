"""What feeder asks of listmonk is what listmonk is described to take; and, where its source is at hand, what it takes.

FEEDER_TEST_LISTMONK names a checkout of listmonk, or its git directory.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from feeder.errors import DeliveryError
from tests.delivery import listmonk_fake as fake
from tests.delivery.listmonk_contract import CALLS, CAMPAIGN, PARAMETERS, STATUS, errors
from tests.delivery.listmonk_fake import BARE, DEFAULT, Said, fails, listmonk_server
from tests.delivery.test_listmonk import hand_over

Read = Callable[[str], str]


@pytest.fixture
def server() -> Iterator[fake.Listmonk]:
    with listmonk_server() as made:
        yield made


@pytest.fixture
def said(server: fake.Listmonk) -> list[Said]:
    """All that feeder ever says: it creates, updates, finds again and starts."""
    server.default = DEFAULT
    with pytest.raises(DeliveryError):
        hand_over(server.url, subject="{{ „Ä“ }}")
    server.faults["PUT", "status"] = [fails(500)]
    with pytest.raises(DeliveryError):
        hand_over(server.url, template=BARE, mode="send", tags=["a b", "ü"])
    server.faults["PUT", "status"] = [fails(400)]
    with pytest.raises(DeliveryError):
        hand_over(server.url, template=BARE, mode="send", tags=["a b", "ü"])
    return server.said


def call(one: Said) -> tuple[str, str]:
    return one.method, re.sub(r"/\d+", "/{id}", one.path.removeprefix("/api"))


def test_every_request_is_as_described(said: list[Said]):
    for one in said:
        schema = CALLS[call(one)]
        assert (one.body is None) == (schema is None)
        assert schema is None or errors(one.body, schema) == []
        assert set(one.query) <= PARAMETERS
        assert one.headers["Authorization"].startswith("Basic ")


def test_every_description_is_of_a_request(said: list[Said]):
    assert {call(one) for one in said} == set(CALLS)
    assert {name for one in said for name in one.query} == PARAMETERS


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"body": None}, "$.body is no string"),
        ({"lists": []}, "$.lists is empty"),
        ({"lists": ["1"]}, "$.lists[0] is no integer"),
        ({"headers": [{"X": "ä"}]}, "$.headers[0].X is not as [ -~]*"),
        ({"content_type": "text/html"}, "$.content_type is none of"),
        ({"alt_body": ""}, "$ has alt_body, which nobody reads"),
        ({"from_email": "a@b\r\nBcc: c@d"}, "$.from_email is not as"),
    ],
)
def test_the_description_bites(said: list[Said], change: dict[str, Any], complaint: str):
    [made] = [one.body for one in said if call(one) == ("POST", "/campaigns")]
    assert complaint in "; ".join(errors(made | change, CAMPAIGN))
    assert errors({}, STATUS) == ["$ lacks status"]


@pytest.fixture
def read() -> Read:
    """Read a file of listmonk's source."""
    if not (place := os.environ.get("FEEDER_TEST_LISTMONK")):
        pytest.skip("FEEDER_TEST_LISTMONK names no checkout of listmonk")
    root = Path(place)

    def file(path: str) -> str:
        if (root / path).is_file():
            return (root / path).read_text(encoding="utf-8")
        git = root / ".git" if (root / ".git").exists() else root
        words = ["git", f"--git-dir={git}", "show", f"HEAD:{path}"]
        return subprocess.run(words, check=True, capture_output=True).stdout.decode()

    return file


@pytest.fixture
def described(read: Read) -> dict[str, Any]:
    """Its published description."""
    found: dict[str, Any] = yaml.safe_load(read("docs/swagger/collections.yaml"))
    return found


def test_its_description_knows_our_calls(described: dict[str, Any]):
    for method, path in CALLS:
        assert method.lower() in described["paths"][path]
    known = {one["name"] for one in described["paths"]["/campaigns"]["get"]["parameters"]}
    assert known >= PARAMETERS
    body = described["paths"]["/campaigns/{id}/status"]["put"]["requestBody"]["content"]["application/json"]
    assert set(body["schema"]["properties"]["status"]["enum"]) <= set(STATUS["properties"]["status"]["enum"])


def test_its_description_has_what_we_send_but_for_its_known_errors(described: dict[str, Any]):
    schemas = described["components"]["schemas"]
    new, changed = schemas["CampaignRequest"]["properties"], schemas["CampaignUpdate"]["properties"]
    swallowed = new["send_at"]["properties"]
    assert set(swallowed) == {"headers", "template_id"}
    assert not {"body", "altbody"} & set(new)
    mended = changed | new | swallowed | {"send_at": {"type": "string"}}
    for name, ours in CAMPAIGN["properties"].items():
        theirs = mended[name]["type"].replace("number", "integer")
        assert (name, ours["type"]) == (name, theirs)


def test_its_source_reads_what_we_send(read: Read):
    tags = set(re.findall(r'json:"(\w+)"', read("models/campaigns.go") + read("cmd/campaigns.go")))
    assert tags >= set(CAMPAIGN["properties"])
    kinds = re.findall(r'CampaignContentType\w+\s+= "(\w+)"', read("models/campaigns.go"))
    assert set(kinds) == set(CAMPAIGN["properties"]["content_type"]["enum"])


def test_its_source_rewrites_and_prints_as_the_fake_does(read: Read):
    theirs = re.findall(r"MustCompile\(`(.+)`\)", read("models/common.go"))
    assert [one.replace(r"\p{L}\p{N}_", r"\w") for one in theirs] == [one.pattern for one, _ in fake.SHORTHANDS]
    functions = read("internal/manager/manager.go")
    assert '"Safe": func(safeHTML string) template.HTML' in functions
    assert '"UnsubscribeURL": func(msg *CampaignMessage) string' in functions
    model = read("models/campaigns.go")
    for name, package in (("Tpl", "template"), ("SubjectTpl", "txttpl"), ("AltBodyTpl", "template")):
        assert re.search(rf"\t{name}\s+\*{package}\.Template", model)
    assert {'"html/template"', 'txttpl "text/template"'} <= {line.strip() for line in model.splitlines()}


def test_its_source_refuses_as_the_fake_does(read: Read):
    words = json.loads(read("i18n/en.json"))
    source = Path(fake.__file__).read_text(encoding="utf-8")
    for key in ("cantUpdate", "onlyPausedDraft", "onlyActivePause", "onlyActiveCancel", "onlyScheduledAsDraft"):
        assert words[f"campaigns.{key}"] in source
    for key in ("fieldInvalidFromEmail", "fieldInvalidName", "fieldInvalidSubject", "fieldInvalidListIDs"):
        assert words[f"campaigns.{key}"] in source
    core, handlers = read("internal/core/campaigns.go"), read("cmd/main.go") + read("cmd/campaigns.go")
    assert "cm.Status != models.CampaignStatusPaused && cm.Status != models.CampaignStatusDraft" in core
    assert re.search(rf"DefaultPerPage:\s+{fake.PER_PAGE},", handlers)
    assert "user.FilterListsByPerm(" in handlers
    query = read("queries/campaigns.sql")
    assert "WHEN send_at IS NOT NULL AND $2 = 'running' THEN 'scheduled'" in query
    assert "TO_TSVECTOR(CONCAT(name, ' ', subject)) @@ TO_TSQUERY($4) OR CONCAT(c.name, ' ', c.subject) ILIKE" in query
    assert "WHEN $14::INT IS NOT NULL THEN id = $14::INT" in query
