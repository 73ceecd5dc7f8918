"""listmonk gets each edition once, whatever happens to feeder, to the answers, or beside it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeder.model import EditionStatus
from feeder.store import Store, open_store
from tests.conftest import ROOT
from tests.delivery import listmonk_fake as fake
from tests.delivery.listmonk_fake import TOKEN, USER, fails, listmonk_server, lost_after
from tests.newsroom import NOW, SEED, Newsroom
from tests.web import Web

MINUTE = timedelta(minutes=1)
HOSTILE = SEED.replace("Microsoft verliert", "{{ TrackView }} Microsoft verliert", 1)


@pytest.fixture
def server() -> Iterator[fake.Listmonk]:
    with listmonk_server() as made:
        yield made


@pytest.fixture(autouse=True)
def _engine_waits_for_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeder.engine.local.RETRY_AFTER", (0.01,))


@pytest.fixture
def newsroom(tmp_path: Path, web: Web, server: fake.Listmonk) -> Newsroom:
    """A publication with an article and nothing left to say about itself, whose editions listmonk starts."""
    made = Newsroom(tmp_path, web, host="ki-news.test", beats=True)
    made.article("a.txt", HOSTILE)
    facts = {"url": server.url, "username": USER, "token": TOKEN, "lists": [1], "mode": "send", "timeout": "5s"}
    made.extra = "[carriers.listmonk]\n" + "".join(f"{key} = {json.dumps(one)}\n" for key, one in facts.items())
    return made


def stored(newsroom: Newsroom) -> Store:
    return open_store(f"sqlite:///{newsroom.folder}/feeder.db")


def status(newsroom: Newsroom) -> EditionStatus:
    with stored(newsroom) as store:
        return store.editions.list()[0].status


def command(newsroom: Newsroom, *words: str) -> subprocess.Popen[bytes]:
    """A feeder command, as a process of its own."""
    path = newsroom.configure()
    when = ["--now", NOW.isoformat()]
    whole = [sys.executable, "-m", "feeder", *words, "--config", str(path), *when]
    return subprocess.Popen(whole, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def started(server: fake.Listmonk) -> list[str]:
    """The states of its campaigns."""
    return [one["status"] for one in server.campaigns.values()]


def test_an_edition_is_given_once_and_remembered_by_its_number(newsroom: Newsroom, server: fake.Listmonk):
    newsroom.run()
    assert started(server) == ["running"]
    assert status(newsroom) is EditionStatus.DELIVERED
    with stored(newsroom) as store:
        [edition] = store.editions.list()
        assert store.handovers.of(edition.id) == {"listmonk": "1"}
        assert server.campaigns[1]["name"] == f"ki-news.test,2025 {edition.id}"
    asked = len(server.said)
    newsroom.run(now=NOW + MINUTE)
    assert len(server.said) == asked


def test_readers_get_the_real_digest_word_for_word(newsroom: Newsroom, server: fake.Listmonk):
    newsroom.run()
    mailed = server.mailed(server.campaigns[1])
    [folder] = newsroom.path("editions").glob("*/")
    leave, theirs = "mailto:abmelden@ki-news.test", f"{server.url}subscription/0-campaign/0-subscriber?a=1&b=2"
    html = (folder / "digest.html").read_text(encoding="utf-8")
    assert "{{ TrackView }}" in html
    assert "<!--[if mso]>" in html
    shown = html.replace("{{", "&#123;{").replace(f'"{leave}"', '"' + theirs.replace("&", "&amp;") + '"')
    assert mailed["body"] == shown
    text = (folder / "digest.txt").read_text(encoding="utf-8")
    assert mailed["altbody"] == text.replace(leave, theirs.replace("&", "&amp;"))
    assert mailed["subject"].startswith("{{ TrackView }} Microsoft verliert")
    assert "track.test" not in json.dumps(mailed)


@pytest.mark.parametrize("how", [["--dry-run"], ["--offline"]])
def test_a_rehearsal_asks_listmonk_nothing(newsroom: Newsroom, server: fake.Listmonk, how: list[str]):
    newsroom.run("run", *how)
    newsroom.run("preview")
    assert server.said == []


def test_what_is_still_a_placeholder_keeps_it_in_the_house(newsroom: Newsroom, server: fake.Listmonk):
    newsroom.host = "ki-news.example"
    newsroom.run(code=1)
    assert (server.said, status(newsroom)) == ([], EditionStatus.FAILED)


def test_a_start_that_fails_is_tried_again_later(newsroom: Newsroom, server: fake.Listmonk):
    server.faults["PUT", "status"] = [fails(500)] * 9
    newsroom.run(code=1)
    assert (started(server), status(newsroom)) == (["draft"], EditionStatus.DELIVERING)
    server.faults.clear()
    newsroom.run(now=NOW + 2 * MINUTE)
    assert (started(server), status(newsroom)) == (["running"], EditionStatus.DELIVERED)


def test_an_answer_that_is_lost_makes_no_second_campaign(newsroom: Newsroom, server: fake.Listmonk):
    server.faults["POST", "campaigns"] = [lost_after]
    newsroom.run()
    assert (started(server), status(newsroom)) == (["running"], EditionStatus.DELIVERED)


def test_what_is_wrong_for_good_waits_for_a_person(newsroom: Newsroom, server: fake.Listmonk):
    server.default = fake.DEFAULT
    result = newsroom.run(code=1)
    assert "carriers.listmonk.template" in result.output
    assert (started(server), status(newsroom)) == (["draft"], EditionStatus.FAILED)
    newsroom.run(now=NOW + MINUTE)
    assert started(server) == ["draft"]


def test_after_hours_of_failures_a_person_is_asked(newsroom: Newsroom, server: fake.Listmonk):
    server.faults["GET", "campaigns"] = [fails(503)] * 9
    newsroom.run(code=1)
    assert status(newsroom) is EditionStatus.DELIVERING
    newsroom.run(now=NOW + timedelta(hours=7), code=1)
    assert status(newsroom) is EditionStatus.FAILED
    assert started(server) == []


@pytest.mark.parametrize(("method", "path"), [("POST", "campaigns"), ("PUT", "status"), ("GET", "preview")])
def test_feeder_may_be_killed_while_it_waits_for_an_answer(
    newsroom: Newsroom, server: fake.Listmonk, method: str, path: str
):
    server.faults[method, path] = [fake.slow(0.5)]
    process = command(newsroom, "run")
    try:
        wait_for(server, method, path)
    finally:
        process.kill()
        process.wait()
    time.sleep(0.7)  # what listmonk was asked for, it does
    newsroom.run(now=NOW + 2 * MINUTE)
    assert (started(server), status(newsroom)) == (["running"], EditionStatus.DELIVERED)
    assert len(server.calls("POST")) == 1


def test_two_processes_at_once_make_one_campaign(newsroom: Newsroom, server: fake.Listmonk):
    newsroom.extra = newsroom.extra.replace('"5s"', '"30s"')
    newsroom.run("run", "--offline")
    with stored(newsroom) as store:
        words = ("edition", "send", store.editions.list()[0].id, "--yes")
    other_is_done = threading.Event()

    def answered_late(act: Callable[[], Any]) -> Any:
        found = act()
        other_is_done.wait(25)
        return found

    server.faults["GET", "campaigns"] = [answered_late]
    first = command(newsroom, *words)
    try:
        wait_for(server, "GET", "campaigns")
        command(newsroom, *words).wait(timeout=60)
    finally:
        other_is_done.set()
        first.wait(timeout=60)
    assert (started(server), status(newsroom)) == (["running"], EditionStatus.DELIVERED)
    assert len(server.calls("POST")) == 1


def wait_for(server: fake.Listmonk, method: str, path: str) -> None:
    patience = time.monotonic() + 60
    while not any(call.method == method and call.path.endswith(path) for call in list(server.said)):
        assert time.monotonic() < patience, "it never came to that"
        time.sleep(0.01)
