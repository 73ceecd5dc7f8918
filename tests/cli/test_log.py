"""`feeder log` and `feeder healthcheck`, as a person or a container types them."""

from __future__ import annotations

import http.server
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeder.cli import main
from feeder.errors import RenderError
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.web import Web


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    made = Newsroom(tmp_path, web, beats=True)
    made.article("a.txt")
    return made


def log(newsroom: Newsroom, *words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["log", *words, "--config", str(newsroom.configure())])
    assert result.exit_code == code, result.output
    return result


def runs(newsroom: Newsroom, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(log(newsroom, *words, "--json").stdout)
    return found


def test_a_round_tells_what_it_read_decided_and_wrote(newsroom: Newsroom):
    newsroom.extra = '[[curation.rules]]\naction = "drop"\nwords = ["Gewinnspiel"]\nwhy = "Werbung"\n'
    posts = [Post(f"Modell {n}", f"https://heise.example/{n}") for n in range(2)]
    newsroom.feed("heise", rss(*posts, Post("Modell im Gewinnspiel", "https://heise.example/9")))
    newsroom.source("weg", newsroom.web.url("/404.xml"))
    newsroom.run()
    [first] = runs(newsroom)
    counts = first["counts"]
    assert isinstance(counts, dict)
    assert (first["job"], first["outcome"], first["open_parts"]) == ("round", "done", [])
    assert {"looked": 3, "failed_sources": 1, "items": 4, "released": 3, "dropped": 1}.items() <= counts.items()
    assert counts["files"] > 20
    assert first["reasons"] == ["edition 2026-11-23-1000 approved"]
    assert isinstance(first["seconds"], float)
    output = log(newsroom).output
    assert "3 looked at" in output
    assert "    edition 2026-11-23-1000 approved\n" in output
    one = log(newsroom, str(first["id"])).output
    assert "1 dropped: " in one
    assert "Werbung" in one
    assert "items new: 4" in one


def test_a_round_without_news_tells_only_that_it_looked(newsroom: Newsroom):
    newsroom.run()
    newsroom.run(now=NOW + timedelta(hours=1))
    newest, _ = runs(newsroom)
    assert newest["counts"] == {"looked": 1, "unchanged": 1}
    assert newest["reasons"] == []


def test_a_run_that_had_nothing_to_do_says_so(newsroom: Newsroom):
    newsroom.run()
    newsroom.run("compose", now=NOW + timedelta(hours=1))
    newest, oldest = log(newsroom).output.splitlines()[1], log(newsroom).output.splitlines()[2]
    assert newest.endswith("done     nothing: nothing was due")
    assert "nothing" not in oldest


def test_the_newest_stand_first_and_may_be_narrowed(newsroom: Newsroom):
    newsroom.run()
    newsroom.run("publish", now=NOW + timedelta(minutes=1))
    newsroom.run(now=NOW + timedelta(minutes=2))
    assert [one["job"] for one in runs(newsroom)] == ["round", "publish", "round"]
    assert [one["job"] for one in runs(newsroom, "--limit", "2")] == ["round", "publish"]
    assert [one["job"] for one in runs(newsroom, "--job", "publish")] == ["publish"]
    assert "no run of night; there are publish, round" in log(newsroom, "--job", "night").output
    assert "the store knows no run 99" in log(newsroom, "99", code=1).output


def test_what_a_run_could_not_do_is_told_without_secrets_until_somebody_did_it(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise RenderError("https://anna:ganz-geheim@x.example/ hat kein Ende")

    with monkeypatch.context() as patched:
        patched.setattr("feeder.pipeline.publish.write_site", fail)
        newsroom.run(code=1)
    [one] = runs(newsroom)
    assert (one["outcome"], one["ended"]) == ("failed", None)
    assert "failed: https://***@x.example/ hat kein Ende" in log(newsroom).output
    newsroom.run(now=NOW + timedelta(minutes=5))
    assert [one["outcome"] for one in runs(newsroom)] == ["done", "failed"]


def test_a_file_that_was_not_replaced_is_a_reason(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch):
    newsroom.run()
    monkeypatch.setattr("feeder.pipeline.publish.unexplained_losses", lambda *_: ("tag:x",))
    newsroom.article("b.md", "---\nid: b\n---\n# Ein zweiter Beitrag\n\n## NEWS\n\nText.\n")
    newsroom.run(now=NOW + timedelta(minutes=5), code=1)
    newest = runs(newsroom)[0]
    assert any("rss.xml was not replaced" in str(reason) for reason in newest["reasons"])  # type: ignore[attr-defined]


class Answers(http.server.BaseHTTPRequestHandler):
    """What a service would answer."""

    told: tuple[int, str] = (200, "")

    def do_GET(self) -> None:
        status, words = self.told
        self.send_response(status)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def answering(status: int, words: str) -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), type("Told", (Answers,), {"told": (status, words)}))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def check(tmp_path: Path, place: str, *words: str, **environ: str) -> Result:
    config = tmp_path / "config.toml"
    config.write_text(f'[web]\nstatus = "{place}"\n')
    return CliRunner().invoke(main, ["healthcheck", "--config", str(config), *words], env=environ)


def test_healthcheck_passes_on_what_the_service_answers(tmp_path: Path):
    with answering(200, "alive: serving; last beat 0.1 s ago\n") as place:
        result = check(tmp_path, place)
        assert (result.exit_code, result.output) == (0, "alive: serving; last beat 0.1 s ago\n")
    with answering(503, "the step gather hangs\n") as place:
        result = check(tmp_path, place)
        assert (result.exit_code, result.output) == (1, "not well: the step gather hangs\n")


def test_healthcheck_tells_the_reasons_of_one_that_is_not_ready(tmp_path: Path):
    facts = json.dumps({"ready": False, "role": "serving", "reasons": ["nobody keeps the clock"]})
    with answering(503, facts) as place:
        result = check(tmp_path, place, "--ready")
    assert (result.exit_code, result.output) == (1, "not well: nobody keeps the clock\n")


def test_healthcheck_says_where_nobody_answers_and_where_nobody_would(tmp_path: Path):
    with answering(200, "") as place:
        pass
    result = check(tmp_path, place)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert f"not well: {place} does not answer" in result.output
    result = check(tmp_path, "")
    assert result.exit_code == 2
    assert "[web] status is empty" in result.output
    result = CliRunner().invoke(main, ["healthcheck", "--config", str(tmp_path / "fort.toml")])
    assert result.exit_code == 2
    assert "fort.toml: there is no such file; --config" in result.output


def test_healthcheck_asks_where_the_environment_says_and_at_home_for_an_address_everywhere(tmp_path: Path):
    with answering(200, "alive") as place:
        port = place.rpartition(":")[2]
        assert check(tmp_path, "127.0.0.1:1", FEEDER_WEB__STATUS=f"0.0.0.0:{port}").output == "alive\n"
        (tmp_path / "wo").write_text(place + "\n")
        assert check(tmp_path, "127.0.0.1:1", FEEDER_WEB__STATUS_FILE="wo").output == "alive\n"


def test_healthcheck_loads_neither_the_configuration_nor_the_store():
    code = "import sys, feeder.cli.healthcheck; print(sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60).stdout
    assert not [name for name in ("pydantic", "sqlalchemy", "jinja2", "lxml", "requests") if f"'{name}'" in loaded]


@pytest.fixture
def silence() -> Iterator[Callable[[], None]]:
    """What a process that ends does: nobody logs to its stderr any more."""

    def end() -> None:
        for handler in [one for one in logging.getLogger().handlers if isinstance(one, logging.StreamHandler)]:
            logging.getLogger().removeHandler(handler)

    yield end
    end()


def test_what_feeder_log_wants_is_what_every_line_looks_like(
    silence: Callable[[], None], newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FEEDER_LOG", "json")
    result = CliRunner().invoke(main, ["run", "-v", "--config", str(newsroom.configure()), "--now", NOW.isoformat()])
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert {line.get("run") for line in lines if line["logger"] == "feeder.publish"} == {1}
    assert datetime.fromisoformat(lines[0]["time"]).tzinfo == UTC
    result = CliRunner().invoke(main, ["explain", "Quatsch", "--config", str(newsroom.configure())])
    assert json.loads(result.stderr)["level"] == "critical"
    silence()
    monkeypatch.setenv("FEEDER_LOG", "yaml")
    result = CliRunner().invoke(main, ["status", "--config", str(newsroom.configure())])
    assert (result.exit_code, 'FEEDER_LOG: must be "json" or "text"' in result.output) == (2, True)
