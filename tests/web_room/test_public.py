"""The process that serves: its start, its end, and what comes between."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from feeder.web.public import PublicWeb
from tests.web_room.asking import Site, listens, waits_for
from tests.web_room.conftest import RSS, publish


def server_of(folder: Path) -> int:
    """The process that serves a folder."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"feeder.web.child" in words and str(folder).encode() in words:
            return int(place.parent.name)
    raise AssertionError(f"nobody serves {folder}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "feeds")
    return tmp_path / "feeds"


def test_an_address_that_another_program_has_is_an_error_at_the_start(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="in use"):
        PublicWeb(folder, "127.0.0.1", other.getsockname()[1]).start()


def test_two_publications_never_share_a_port(site: Site, folder: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        PublicWeb(folder, "127.0.0.1", site.port).start()


def test_a_server_that_was_killed_is_started_again_and_ends_when_closed(folder: Path) -> None:
    web = PublicWeb(folder, "127.0.0.1", 0)
    web.start()
    try:
        assert web.is_serving.wait(20)
        first = server_of(folder)
        os.kill(first, signal.SIGKILL)
        assert waits_for(lambda: not Path(f"/proc/{first}").exists())
        assert waits_for(lambda: listens(web.port))
        assert Site(folder, web.port).get("/rss.xml").body == RSS
    finally:
        web.close()
    assert not listens(web.port)


def test_no_server_outlives_a_parent_that_was_killed(folder: Path) -> None:
    code = (
        "import sys, time, pathlib\nfrom feeder.web.public import PublicWeb\n"
        "web = PublicWeb(pathlib.Path(sys.argv[1]), '127.0.0.1', 0)\nweb.start()\nweb.is_serving.wait()\n"
        "print(web.port, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        port = int(parent.stdout.readline())
        assert listens(port)
        parent.kill()
    assert waits_for(lambda: not listens(port))


def test_a_server_that_is_closed_while_many_read_says_no_word_of_it(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(12):
        web = PublicWeb(folder, "127.0.0.1", 0)
        web.start()
        assert web.is_serving.wait(20)
        is_over = threading.Event()

        def read(port: int = web.port, is_over: threading.Event = is_over) -> None:
            while not is_over.is_set():
                with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", port, timeout=2)) as reader:
                    reader.request("GET", "/rss.xml")
                    reader.getresponse().read()

        readers = [threading.Thread(target=read) for _ in range(12)]
        for reader in readers:
            reader.start()
        time.sleep(0.2)
        web.close()
        is_over.set()
        for reader in readers:
            reader.join()
    assert capfd.readouterr().err == ""


def test_what_serves_loads_neither_the_store_nor_the_configuration() -> None:
    code = "import sys, feeder.web.child; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.split()
    assert "feeder.web.folder" in loaded
    assert not {"sqlalchemy", "pydantic", "feeder.config", "feeder.store", "feeder.pipeline", "requests"} & set(loaded)


def test_headers_and_parts_come_through_as_they_were_decided(site: Site) -> None:
    whole = site.get("/rss.xml")
    assert (whole.status, whole.body, whole.headers["content-type"]) == (200, RSS, "application/rss+xml; charset=utf-8")
    assert "set-cookie" not in whole.headers
    again = site.get("/rss.xml", If_None_Match=f'"x", W/{whole.headers["etag"]}')
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", whole.headers["etag"])
    part = site.get("/rss.xml", Range="bytes=3-7")
    assert (part.status, part.body) == (206, RSS[3:8])
    large = (site.folder / "media/0a.png").read_bytes()
    assert site.get("/media/0a.png").body == large
    assert site.get("/media/0a.png", Range="bytes=-10").body == large[-10:]
    head = site.get("/media/0a.png", "HEAD")
    assert (head.headers["content-length"], head.body) == (str(len(large)), b"")
