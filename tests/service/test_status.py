"""The real service: what it logs where no person looks on, and what its status address says."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, Post, rss
from tests.web import Web


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    made = Newsroom(tmp_path, web)
    made.article("a.txt")
    return made


def test_the_service_says_how_it_is_and_logs_json_with_runs_and_without_secrets(newsroom: Newsroom):
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    newsroom.feed("heise", rss(Post("Modell", "https://heise.example/1", datetime.now(UTC) - timedelta(hours=1))))
    newsroom.source("weg", newsroom.web.url("/404.xml").replace("://", "://anna:ganz-geheim@"))
    config = newsroom.configure()
    config.write_text(config.read_text().replace('status = ""', f'status = "{place}"'))
    feeder = [sys.executable, "-m", "feeder"]
    with subprocess.Popen([*feeder, "serve", "--config", str(config)], stderr=subprocess.PIPE, text=True) as process:
        try:
            ask = [*feeder, "healthcheck", "--ready", "--config", str(config)]
            until = time.monotonic() + 60
            said = subprocess.run(ask, check=False, capture_output=True, text=True)
            while said.returncode and time.monotonic() < until:
                time.sleep(0.3)
                said = subprocess.run(ask, check=False, capture_output=True, text=True)
            metrics = urllib.request.urlopen(f"http://{place}/metrics", timeout=20).read().decode()
            process.terminate()
            log = process.communicate(timeout=60)[1]
        finally:
            process.kill()
    assert said.stdout == "ready: serving\n"
    assert 'feeder_run_duration_seconds_count{job="round",outcome="done"} 1.0' in metrics
    lines = [json.loads(line) for line in log.splitlines()]
    assert "ganz-geheim" not in log
    [looked, *_] = [line for line in lines if line.get("source") == "heise"]
    [published, *_] = [line for line in lines if line["logger"] == "feeder.publish"]
    assert looked["run"] == published["run"] == 1
    assert (published["step"], published["level"]) == ("publish", "info")
    assert "stopping" in lines[-1]["message"]
