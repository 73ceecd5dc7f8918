"""What is answered to whom, over a real folder and no network."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import brotli
import pytest

from feeder.delivery.output import Output
from feeder.model import OutputFile
from feeder.web.answering import Answer, answer
from feeder.web.folder import Folder
from tests.web_room.conftest import RSS, publish

OTHER = RSS.replace(b"Satz", b"Text")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    publish(tmp_path / "feeds")
    for path in (tmp_path / "feeds").rglob("*"):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (1_790_000_000, 1_790_000_000))
    return tmp_path / "feeds"


def ask(folder: Folder, path: str, method: str = "GET", **headers: str) -> tuple[Answer, dict[str, str]]:
    found = answer(folder, method, path, {name.replace("_", "-"): words for name, words in headers.items()})
    assert len(dict(found.headers)) == len(found.headers), "a header is said twice"
    return found, dict(found.headers)


@pytest.mark.parametrize(
    ("path", "kind", "is_listed"),
    [
        ("/rss.xml", "application/rss+xml; charset=utf-8", False),
        ("/feed.json", "application/feed+json; charset=utf-8", False),
        ("/", "text/html; charset=utf-8", True),
        ("/editions/2026-11-23/digest.eml", "message/rfc822", False),
        ("/media/0a.png", "image/png", True),
    ],
)
def test_each_kind_of_file_has_its_type_and_feeds_are_not_listed(
    root: Path, path: str, kind: str, is_listed: bool
) -> None:
    found, headers = ask(Folder(root), path)
    assert (found.status, headers["content-type"]) == (200, kind)
    assert headers.get("x-robots-tag") == (None if is_listed else "noindex")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["last-modified"] == "Mon, 21 Sep 2026 14:13:20 GMT" or path.startswith("/media")
    assert ("immutable" in headers["cache-control"]) is path.startswith("/media/")
    assert headers.get("vary") == (None if path.startswith("/media/") else "Accept-Encoding")
    assert headers.get("access-control-allow-origin") == ("*" if path.endswith(".json") else None)


def test_each_coding_has_a_tag_of_its_own_and_unpacks_to_the_file(root: Path) -> None:
    folder = Folder(root)
    plain, br, gz = (ask(folder, "/rss.xml", accept_encoding=coding) for coding in ("identity", "br", "gzip"))
    assert [one[1].get("content-encoding") for one in (plain, br, gz)] == [None, "br", "gzip"]
    assert isinstance(br[0].body, bytes)
    assert isinstance(gz[0].body, bytes)
    assert plain[0].body == brotli.decompress(br[0].body) == gzip.decompress(gz[0].body) == RSS
    tags = {one[1]["etag"] for one in (plain, br, gz)}
    assert len(tags) == 3
    assert not any(tag.startswith("W/") for tag in tags)
    for _, headers in (plain, br, gz):
        again, said = ask(
            folder, "/rss.xml", accept_encoding=headers.get("content-encoding", ""), if_none_match=headers["etag"]
        )
        assert (again.status, again.body, said["etag"]) == (304, None, headers["etag"])
        assert {"cache-control", "vary", "last-modified"} <= set(said)
        assert not {"content-type", "content-length", "content-encoding"} & set(said)
    assert ask(folder, "/rss.xml", accept_encoding="br", if_none_match=plain[1]["etag"])[0].status == 200


def test_the_tag_comes_from_the_content_and_not_from_the_time(root: Path) -> None:
    folder = Folder(root)
    before = ask(folder, "/rss.xml")[1]["etag"]
    os.utime(root / "rss.xml", (1_791_000_000, 1_791_000_000))
    assert ask(folder, "/rss.xml")[1]["etag"] == before
    Output(root).write([OutputFile("rss.xml", OTHER)], ())
    assert ask(folder, "/rss.xml")[1]["etag"] != before


def test_what_is_packed_is_never_another_version_than_the_file(root: Path) -> None:
    (root / "rss.xml.br").write_bytes(brotli.compress(OTHER))
    (root / "rss.xml.gz").write_bytes(b"\x1f\x8bkaputt")
    found, headers = ask(Folder(root), "/rss.xml", accept_encoding="br, gzip")
    assert (found.body, headers.get("content-encoding")) == (RSS, None)


def test_a_file_that_changes_is_served_changed_at_once_and_dates_say_nothing_yet(root: Path) -> None:
    now = 2_000_000_000.0
    folder = Folder(root, clock=lambda: now)
    assert ask(folder, "/rss.xml", accept_encoding="br")[0].status == 200
    Output(root).write([OutputFile("rss.xml", OTHER)], ())
    os.utime(root / "rss.xml", (now - 0.5, now - 0.5))
    found, headers = ask(folder, "/rss.xml")
    assert found.body == OTHER
    assert "last-modified" not in headers, "it may change again in this second"
    now += 3
    assert "last-modified" in ask(folder, "/rss.xml")[1]


def test_parts_are_of_the_file_itself_whatever_coding_is_taken(root: Path) -> None:
    folder = Folder(root)
    found, headers = ask(folder, "/rss.xml", accept_encoding="br", range="bytes=5-14")
    assert (found.status, found.body, headers["content-range"]) == (206, RSS[5:15], f"bytes 5-14/{len(RSS)}")
    assert (headers["content-length"], headers.get("content-encoding")) == ("10", None)
    beyond, headers = ask(folder, "/rss.xml", range=f"bytes={len(RSS)}-")
    assert (beyond.status, headers["content-range"]) == (416, f"bytes */{len(RSS)}")
    assert ask(folder, "/rss.xml", range="bytes=0-1", if_range='"old"')[0].status == 200
    assert ask(folder, "/rss.xml", "HEAD", range="bytes=0-1")[0].status == 200


def test_head_says_what_get_says_without_the_body(root: Path) -> None:
    folder = Folder(root)
    for path in ("/rss.xml", "/media/0a.png", "/nichts", "/topics/recht"):
        got, head = ask(folder, path), ask(folder, path, "HEAD")
        assert (head[0].status, head[1], head[0].body) == (got[0].status, got[1], None)


def test_what_ended_is_gone_and_what_never_was_is_not_found(root: Path) -> None:
    folder = Folder(root)
    for path in ("/topics/alt/rss.xml", "/topics/alt/", "/topics/alt"):
        assert ask(folder, path)[0].status == 410, path
    for path in ("/topics/neu/rss.xml", "/topics", "/topics/alt/atom.xml"):
        assert ask(folder, path)[0].status == 404, path
    Output(root).write([OutputFile("topics/alt/rss.xml", b"<rss/>")], ())
    assert ask(folder, "/topics/alt/rss.xml")[0].status == 200, "it came back"
    assert not (root / ".gone/topics/alt/rss.xml").exists()


def test_a_folder_without_its_slash_is_redirected_to_under_whatever_path_a_proxy_shows_it(root: Path) -> None:
    found, headers = ask(Folder(root), "/topics/recht")
    assert (found.status, headers["location"]) == (301, "./recht/")


def test_only_reading_is_allowed_and_other_origins_may_ask_before(root: Path) -> None:
    folder = Folder(root)
    for method in ("POST", "PUT", "DELETE", "TRACE", "CONNECT", "PATCH", "get"):
        found, headers = ask(folder, "/rss.xml", method)
        assert (found.status, headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    found, headers = ask(folder, "/feed.json", "OPTIONS")
    assert (found.status, headers["access-control-allow-origin"]) == (204, "*")
    assert "If-None-Match" in headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in ask(folder, "/rss.xml", "OPTIONS")[1]


@pytest.mark.parametrize(
    "headers", [{"content_length": "3"}, {"transfer_encoding": "chunked"}, {"content_length": "0, 3"}]
)
def test_a_request_with_a_body_is_refused_and_its_connection_ends(root: Path, headers: dict[str, str]) -> None:
    found, said = ask(Folder(root), "/rss.xml", **headers)
    assert (found.status, said["connection"]) == (400, "close")


def test_memory_is_bounded_whatever_is_asked_for(root: Path) -> None:
    folder = Folder(root, limit=100_000)
    for number in range(40):
        (root / f"page{number}.html").write_bytes(os.urandom(20_000))
        assert ask(folder, f"/page{number}.html")[0].status == 200
    held = sum(one.weight for one in folder._held.values())
    assert held == folder._weight <= 100_000
