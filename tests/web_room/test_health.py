"""The status address: is it alive, is it ready, how is it in numbers, and what maintainers see."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import lxml.html
import pytest
from prometheus_client.parser import text_string_to_metric_families

from feeder.cli.opening import open_house, read_config
from feeder.errors import StoreError
from feeder.model import Alert, Changes, Condition, Fate
from feeder.web import health
from feeder.web.health import Health, StatusWeb
from feeder.web.vitals import Vitals
from tests.newsroom import Newsroom, Post, rss
from tests.web import Web

GUARDED = ("clock", "tester", 60.0)


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    made = Newsroom(tmp_path, web, beats=True)
    made.article("a.txt")
    return made


@contextmanager
def living(newsroom: Newsroom, *, run: bool = False, lately: bool = True) -> Iterator[Vitals]:
    """What a process shows that has the clock and did a round just now: really (`run`), or as far as is looked at."""
    if run:
        newsroom.run(now=None)
    with open_house(read_config(newsroom.configure())) as house:
        now = datetime.now(UTC)
        if lately and not run:
            house.store.runs.record("round", now, now, {})
            house.output.folder.mkdir(exist_ok=True)
            (house.output.folder / "rss.xml").touch()
        house.store.leases.hold(*GUARDED, now)
        seen = Vitals(house)
        seen.beat("serving", None)
        yield seen


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_KEPT", 0.0)


def ready(seen: Vitals) -> tuple[int, dict[str, str]]:
    """The status of /readyz, and what it objects to by check."""
    answer = Health(seen).answer("/readyz")
    facts = json.loads(answer.body)
    assert facts["ready"] == (answer.status == 200)
    return answer.status, {one["name"]: one["words"] for one in facts["checks"] if not one["is_well"]}


def metrics(seen: Vitals) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus reads it."""
    text = Health(seen).answer("/metrics").body.decode()
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    assert all(family.documentation for family in families)
    return {
        sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def page(seen: Vitals) -> str:
    answer = Health(seen).answer("/")
    assert (answer.status, answer.kind) == (200, "text/html; charset=utf-8")
    return answer.body.decode()


def test_a_service_that_does_its_work_is_alive_ready_and_says_so(newsroom: Newsroom):
    with living(newsroom, run=True) as seen:
        alive = Health(seen).answer("/healthz")
        assert (alive.status, alive.body[:15]) == (200, b"alive: serving;")
        assert ready(seen) == (200, {})
        assert "All is well" in page(seen)


def test_a_process_that_ails_or_that_nobody_looks_after_is_not_alive(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
):
    with living(newsroom, lately=False) as seen:
        seen.beat("serving", "the step gather hangs")
        answer = Health(seen).answer("/healthz")
        assert (answer.status, answer.body[:21]) == (503, b"the step gather hangs")
        seen.beat("serving", None)
        now = time.monotonic()
        monkeypatch.setattr("feeder.web.vitals.time.monotonic", lambda: now + 46)
        answer = Health(seen).answer("/healthz")
        assert answer.status == 503
        assert b"has not looked after itself for 46 s" in answer.body


def test_not_ready_names_each_reason(newsroom: Newsroom):
    with living(newsroom, lately=False) as seen:
        assert ready(seen) == (
            503, {"rounds": "no round has come to its end yet", "output": "rss.xml is not published"}
        )  # fmt: skip


def test_without_a_clock_nobody_is_ready_and_a_stand_by_is(newsroom: Newsroom):
    with living(newsroom) as seen:
        seen.beat("stand-by: another feeder is the clock of this store", None)
        assert ready(seen)[0] == 200
        lease = seen.house.store.leases.get("clock")
        assert lease is not None
        seen.house.store.leases.release(lease)
        assert ready(seen) == (503, {"clock": "nobody keeps the clock"})


class Later(datetime):
    """The time six hours later."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Later:
        return super().now(tz) + timedelta(hours=6)


def test_rounds_that_ended_too_long_ago_are_a_reason(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch):
    with living(newsroom) as seen:
        monkeypatch.setattr("feeder.web.readiness.datetime", Later)
        status, why = ready(seen)
        assert status == 503
        assert why.keys() == {"rounds", "clock"}
        assert "the last ended 360 minutes ago, which is more than" in why["rounds"]


def test_what_readers_would_notice_is_a_reason_and_open_alerts_are_counted_and_shown(newsroom: Newsroom):
    with living(newsroom) as seen:
        now = datetime.now(UTC)
        wrong = Condition("templates", "broken", "digest.html:3: no such filter; mend it", now)
        warning = Condition("disk:store", "nearly full", "10 % are left", now)
        seen.house.store.conditions.settle(lambda _known: Changes((), (wrong, warning), ()))
        status, why = ready(seen)
        assert (status, set(why)) == (503, {"templates"})
        assert "digest.html:3" in why["templates"]
        found = metrics(seen)
        assert (found["feeder_alerts_open severity=critical"], found["feeder_alerts_open severity=warning"]) == (1, 1)
        assert "Needs an eye" in page(seen)
        assert "10 % are left" in page(seen)


def test_a_store_that_does_not_answer_is_said_and_hangs_nothing(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch):
    with living(newsroom) as seen:

        def fail(*_: object) -> None:
            raise StoreError("the store postgresql://***@db/x cannot be read: it is away")

        for part in (seen.house.store.leases, seen.house.store.runs, seen.house.store.stories):
            for name in ("get", "ended", "counts"):
                if hasattr(part, name):
                    monkeypatch.setattr(part, name, fail)
        assert ready(seen)[1].keys() == {"store"}
        assert "it is away" in ready(seen)[1]["store"]
        found = metrics(seen)
        assert found["feeder_store_up"] == 0
        assert "feeder_items" not in found
        assert Health(seen).answer("/").status == 503
        assert Health(seen).answer("/healthz").status == 200


def test_metrics_tell_what_is_there(newsroom: Newsroom):
    newsroom.feed("heise", rss(Post("Modell", "https://heise.example/1", datetime.now(UTC))))
    newsroom.source("weg", newsroom.web.url("/404.xml"), paused=True)
    newsroom.source("fort", newsroom.web.url("/fort.xml"))
    with living(newsroom, run=True) as seen:
        seen.queue = lambda: (3, 2)
        seen.house.counting.note("round", "done", 2.5)
        found = metrics(seen)
    assert found["feeder_sources health=ok"] == 2
    assert found["feeder_sources health=paused"] == 1
    assert (found["feeder_sources health=failing"], found["feeder_sources health=new"]) == (1, 0)
    assert (found["feeder_items"], found["feeder_items_waiting"]) == (2, 0)
    assert found["feeder_stories fate=released"] == 2
    assert found["feeder_editions status=approved"] == 1
    assert (found["feeder_engine_steps state=waiting"], found["feeder_engine_steps state=running"]) == (3, 2)
    assert found["feeder_run_duration_seconds_sum job=round outcome=done"] == 2.5
    assert 0 <= found["feeder_output_age_seconds"] < 60
    assert 0 <= found["feeder_newest_story_age_seconds"] < 7200
    assert found["feeder_last_run_timestamp_seconds job=round"] > time.time() - 60
    assert found["feeder_next_edition_timestamp_seconds"] > time.time()
    assert found["process_resident_memory_bytes"] > 1_000_000


def test_names_of_metrics_follow_the_conventions(newsroom: Newsroom):
    with living(newsroom) as seen:
        text = Health(seen).answer("/metrics").body.decode()
    names = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
    ours = [name for name, _ in names if name.startswith("feeder_")]
    assert len(ours) > 15
    for name in ours:
        assert re.fullmatch(r"[a-z][a-z_]*[a-z]", name)
        if "age" in name or "duration" in name or "timestamp" in name:
            assert name.endswith("_seconds"), name


def test_the_budget_of_models_is_told_where_there_is_one(newsroom: Newsroom):
    newsroom.extra = (
        '[summaries]\nkind = "llm"\nendpoint = "http://127.0.0.1:9/v1"\nmodel = "m"\ntokens_per_day = 1000\n'
        "euros_per_day = 0.5\nprice_in = 1.0\nprice_out = 1.0\n"
    )
    with living(newsroom, lately=False) as seen:
        zone = seen.house.config.publication.zone
        day = datetime.now(zone).date().isoformat()
        assert seen.house.store.models.reserve(day, 300, 0.25, (1000, 0.5))
        found = metrics(seen)
        assert found["feeder_model_tokens_today"] == 300
        assert found["feeder_model_tokens_limit"] == 1000
        assert (found["feeder_model_cost_euros_today"], found["feeder_model_cost_euros_limit"]) == (0.25, 0.5)
        assert "300 of 1000 tokens, 0.25 of 0.50 €" in page(seen)


def test_the_page_shows_no_logins_and_runs_nothing_that_a_source_says(newsroom: Newsroom):
    address = newsroom.web.url("/404.xml").replace("://", "://anna:ganz-geheim@")
    newsroom.source("privat", address, title="X")
    with living(newsroom, run=True) as seen:
        words = '<script>alert("x")</script> https://bert:noch-geheimer@x.example/'
        evil = Alert("source:privat", "broken", words, datetime.now(UTC))
        seen.house.store.conditions.settle(lambda _known: Changes((evil,), (), ()))
        html = page(seen)
    assert "ganz-geheim" not in html
    assert "noch-geheimer" not in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    tree = lxml.html.fromstring(html)
    assert not tree.xpath("//@src | //link | //*[@style] | //script")
    words = " ".join(str(tree.xpath("string()")).split())
    assert "in each round" in words
    for said in ("privat", "404 Not Found", "2 looked at, ", "approved", "next edition", "Last alerts"):
        assert said in words


@contextmanager
def listening(seen: Vitals) -> Iterator[StatusWeb]:
    server = StatusWeb(seen, "127.0.0.1", 0)
    server.start()
    try:
        yield server
    finally:
        server.close()


def ask(server: StatusWeb, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}


def test_the_address_answers_with_safe_headers_and_only_what_there_is(newsroom: Newsroom):
    with living(newsroom) as seen, listening(seen) as server:
        status, body, headers = ask(server, "/?x=1")
        assert status == 200
        assert int(headers["content-length"]) == len(body)
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert ask(server, "/metrics")[2]["content-type"].startswith("text/plain; version=0.0.4")
        assert ask(server, "/", "HEAD")[1] == b""
        assert ask(server, "/../config.toml")[0] == 404
        assert ask(server, "/", "POST")[0] == 501


def test_on_loopback_only_this_machine_is_answered_by_its_own_names(newsroom: Newsroom):
    with living(newsroom) as seen, listening(seen) as server:
        assert ask(server, "/", Host="angreifer.example")[0] == 421
        for own in ("localhost:8081", "127.0.0.1", "[::1]:8081"):
            assert ask(server, "/healthz", Host=own)[0] == 200


def test_whoever_says_nothing_keeps_nobody_else_waiting_for_ever(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health._Handler, "timeout", 0.5)
    with living(newsroom) as seen, listening(seen) as server:
        silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(30)]
        until = time.monotonic() + 20
        status = 0
        while status != 200 and time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException):
                status = ask(server, "/healthz")[0]
        assert status == 200
        assert sum(one.name.startswith("Thread-") for one in threading.enumerate()) < 30
        for one in silent:
            one.close()


def test_who_asks_often_gets_the_same_answer_and_the_store_is_asked_once(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(health, "_KEPT", 60.0)
    with living(newsroom) as seen:
        app, asked = Health(seen), []
        counts = seen.house.store.stories.counts

        def counted() -> dict[Fate, int]:
            asked.append(1)
            return counts()

        monkeypatch.setattr(seen.house.store.stories, "counts", counted)
        answers = {app.answer("/metrics").body for _ in range(20)}
        assert (len(answers), len(asked)) == (1, 1)


def test_a_bug_is_an_answer_and_shows_in_the_log(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(_seen: Vitals) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(health, "overview", fail)
    with living(newsroom, lately=False) as seen:
        assert Health(seen).answer("/").status == 500
    assert "/ cannot be answered" in caplog.text


def test_after_close_the_port_is_free(newsroom: Newsroom):
    with living(newsroom, lately=False) as seen:
        with listening(seen) as server:
            port = server.port
        again = StatusWeb(seen, "127.0.0.1", port)
        again.start()
        again.close()
