"""A folder as feeder writes it, with what must never be seen beside it, served by the real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeder.delivery.output import Output
from feeder.model import OutputFile
from feeder.web.public import PublicWeb
from tests.web_room.asking import Site

SECRET = b"GEHEIM: nothing outside of feeds/ is public"
RSS = b"<rss>" + b"Ein Satz, der sich gut packen l\xc3\xa4sst. " * 400 + b"</rss>"


def publish(folder: Path) -> None:
    """Write a small publication, end one topic of it, and lay secrets in and around it."""
    output = Output(folder)
    files = [
        OutputFile("index.html", b"<!doctype html><title>Start</title>" + b"<p>Hallo</p>" * 80 + b"</html>"),
        OutputFile("rss.xml", RSS),
        OutputFile("feed.json", b'{"items": []}'),
        OutputFile("topics/recht/index.html", b"<!doctype html><title>Recht</title></html>"),
        OutputFile("topics/recht/rss.xml", b"<rss/>"),
        OutputFile("topics/alt/index.html", b"<html></html>"),
        OutputFile("topics/alt/rss.xml", b"<rss/>"),
        OutputFile("editions/2026-11-23/digest.eml", b"From: a@b.example\r\n\r\nHallo"),
        OutputFile("media/0a.png", os.urandom(3_000_000)),
    ]
    output.write(files, ())
    output.write([], ["topics/alt/index.html", "topics/alt/rss.xml"])
    (folder.parent / "config.toml").write_bytes(SECRET)
    (folder.parent / "feeder.db").write_bytes(SECRET)
    (folder / ".feeder-writing-rss.xml").write_bytes(SECRET)
    (folder / ".hidden.txt").write_bytes(SECRET)
    (folder / "README.md").write_bytes(SECRET)
    (folder / "link.txt").symlink_to(folder.parent / "config.toml")
    (folder / "out").symlink_to(folder.parent, target_is_directory=True)
    (folder.parent / "aside.txt").write_bytes(SECRET)
    os.mkfifo(folder / "pipe.txt")
    (folder / "folder.txt").mkdir()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("web") / "feeds"
    publish(folder)
    web = PublicWeb(folder, "127.0.0.1", 0)
    web.start()
    assert web.is_serving.wait(20)
    yield Site(folder, web.port)
    web.close()
