"""The only writer of feeds/."""

from __future__ import annotations

import errno
import gzip
import os
import resource
import stat
from pathlib import Path

import brotli
import pytest

from feeder.delivery.output import Output
from feeder.errors import DeliveryError, StoreError
from feeder.model import OutputFile


def test_a_file_is_written_readable_for_a_web_server(tmp_path: Path) -> None:
    os.umask(0o077)
    try:
        Output(tmp_path / "feeds").write([OutputFile("topics/recht/rss.xml", b"<rss/>")], ())
    finally:
        os.umask(0o022)
    target = tmp_path / "feeds/topics/recht/rss.xml"
    assert target.read_bytes() == b"<rss/>"
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_a_file_that_did_not_change_is_not_touched(tmp_path: Path) -> None:
    output = Output(tmp_path)
    output.write([OutputFile("rss.xml", b"a")], ())
    before = (tmp_path / "rss.xml").stat()
    written = output.write([OutputFile("rss.xml", b"a")], ())
    assert (written.changed, written.unchanged) == ((), ("rss.xml",))
    assert (tmp_path / "rss.xml").stat().st_ino == before.st_ino
    assert (tmp_path / "rss.xml").stat().st_mtime_ns == before.st_mtime_ns


def test_pictures_and_pages_come_before_feeds_and_the_index_last(tmp_path: Path) -> None:
    paths = [
        "index.html",
        "rss.xml",
        "editions/index.html",
        "stories/a/index.html",
        "media/a.png",
        "topics/x/feed.json",
    ]
    written = Output(tmp_path).write([OutputFile(path, b"x") for path in paths], ())
    assert written.changed == (
        "media/a.png",
        "stories/a/index.html",
        "editions/index.html",
        "rss.xml",
        "topics/x/feed.json",
        "index.html",
    )


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b", ""])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(DeliveryError, match="no path under"):
        Output(tmp_path / "feeds").write([OutputFile(path, b"x")], ())
    assert not (tmp_path / "outside").exists()


def test_when_the_disk_refuses_the_old_file_stays_and_nothing_half_written(tmp_path: Path) -> None:
    output = Output(tmp_path)
    output.write([OutputFile("rss.xml", b"old")], ())
    (tmp_path / "atom.xml").mkdir()
    with pytest.raises(DeliveryError) as caught:
        output.write([OutputFile("atom.xml", b"new"), OutputFile("rss.xml", b"newer")], ())
    assert str(tmp_path / "atom.xml") in str(caught.value)
    assert (tmp_path / "rss.xml").read_bytes() == b"old"
    assert not list(tmp_path.glob(".feeder-*"))


def test_a_disk_that_fills_up_in_the_middle_of_a_file_leaves_the_old_one_whole(tmp_path: Path) -> None:
    output = Output(tmp_path)
    output.write([OutputFile("rss.xml", b"old")], ())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(DeliveryError, match="still stands"):
            output.write([OutputFile("rss.xml", b"x" * 100_000)], ())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("rss.xml", b"old")]


def test_a_lost_lease_stops_before_the_next_file(tmp_path: Path) -> None:
    calls: list[int] = []

    def guard() -> None:
        calls.append(1)
        if len(calls) > 1:
            raise StoreError("lost")

    with pytest.raises(StoreError):
        Output(tmp_path).write([OutputFile("a.xml", b"a"), OutputFile("b.xml", b"b")], (), guard)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xml"]


def test_what_is_removed_takes_its_empty_folders_along_and_nothing_else(tmp_path: Path) -> None:
    output = Output(tmp_path)
    output.write([OutputFile("stories/a/index.html", b"a"), OutputFile("stories/b/index.html", b"b")], ())
    (tmp_path / "CNAME").write_text("ours")
    written = output.write([], ["stories/a/index.html", "stories/never/index.html"])
    assert written.removed == ("stories/a/index.html",)
    assert not (tmp_path / "stories/a").exists()
    assert (tmp_path / "stories/b/index.html").exists()
    assert (tmp_path / "CNAME").exists()


def test_what_a_killed_writer_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / ".feeder-writing-rss.xml").write_bytes(b"half")
    Output(tmp_path).write([OutputFile("rss.xml", b"whole")], ())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rss.xml"]


def test_pretending_compares_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "old.xml").write_bytes(b"old")
    written = Output(tmp_path, pretend=True).write([OutputFile("rss.xml", b"new")], ["old.xml"])
    assert (written.changed, written.removed) == (("rss.xml",), ("old.xml",))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.xml"]


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"items": [{}]}', b'{"items": 3}'])
def test_a_feed_that_cannot_be_read_shows_no_ids(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "feed.json").write_bytes(data)
    assert Output(tmp_path).ids("feed.json") == ()
    assert Output(tmp_path).ids("none.json") == ()


@pytest.mark.parametrize(("number", "retry"), [(errno.EACCES, False), (errno.EROFS, False), (errno.ENOSPC, True)])
def test_only_what_may_pass_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, retry: bool
) -> None:
    def refuse(_stream: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(DeliveryError, match="still stands") as caught:
        Output(tmp_path).write([OutputFile("rss.xml", b"<rss/>")], ())
    assert caught.value.retry is retry


LONG = b"<rss>" + b"Ein Satz. " * 200 + b"</rss>"
LONGER = LONG.replace(b"Satz", b"Absatz")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_worth_it_is_published_packed_too_and_the_same_each_time(tmp_path: Path) -> None:
    files = [OutputFile("rss.xml", LONG), OutputFile("feed.json", b"{}"), OutputFile("media/a.png", LONG)]
    Output(tmp_path / "one").write(files, ())
    Output(tmp_path / "other").write(files, ())
    found = everything(tmp_path / "one")
    assert sorted(found) == ["feed.json", "media/a.png", "rss.xml", "rss.xml.br", "rss.xml.gz"]
    assert brotli.decompress(found["rss.xml.br"]) == gzip.decompress(found["rss.xml.gz"]) == LONG
    assert everything(tmp_path / "other") == found
    assert found["rss.xml.gz"][4:8] == bytes(4), "it tells when it was packed, and would differ in the next second"
    assert stat.S_IMODE((tmp_path / "one/rss.xml.br").stat().st_mode) == 0o644


def test_what_is_packed_follows_its_file(tmp_path: Path) -> None:
    output = Output(tmp_path)
    output.write([OutputFile("rss.xml", LONG)], ())
    output.write([OutputFile("rss.xml", LONGER)], ())
    assert gzip.decompress((tmp_path / "rss.xml.gz").read_bytes()) == LONGER
    before = (tmp_path / "rss.xml").stat()
    (tmp_path / "rss.xml.br").unlink()
    assert output.write([OutputFile("rss.xml", LONGER)], ()).changed == ()
    assert brotli.decompress((tmp_path / "rss.xml.br").read_bytes()) == LONGER, "what is lacking is made again"
    assert (tmp_path / "rss.xml").stat().st_mtime_ns == before.st_mtime_ns
    output.write([OutputFile("rss.xml", b"<rss/>")], ())
    assert everything(tmp_path) == {"rss.xml": b"<rss/>"}, "what is short lies there alone"


def test_a_writer_killed_between_packed_and_plain_is_made_good_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Output(tmp_path)
    output.write([OutputFile("rss.xml", LONG)], ())
    replace = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if target.name == "rss.xml":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        output.write([OutputFile("rss.xml", LONGER)], ())
    monkeypatch.undo()
    assert (tmp_path / "rss.xml").read_bytes() == LONG
    assert output.write([OutputFile("rss.xml", LONGER)], ()).changed == ("rss.xml",)
    found = everything(tmp_path)
    assert found["rss.xml"] == brotli.decompress(found["rss.xml.br"]) == gzip.decompress(found["rss.xml.gz"]) == LONGER
    assert len(found) == 3


def test_what_ends_leaves_only_a_note_of_its_end_until_it_comes_back(tmp_path: Path) -> None:
    output = Output(tmp_path)
    output.write([OutputFile("topics/recht/rss.xml", LONG)], ())
    assert output.write([], ["topics/recht/rss.xml"]).removed == ("topics/recht/rss.xml",)
    assert everything(tmp_path) == {".gone/topics/recht/rss.xml": b""}
    assert not (tmp_path / "topics").exists()
    assert output.write([], ["topics/recht/rss.xml"]).removed == ()
    output.write([OutputFile("topics/recht/rss.xml", b"<rss/>")], ())
    assert everything(tmp_path) == {"topics/recht/rss.xml": b"<rss/>"}


def test_a_writer_killed_after_a_removal_notes_the_end_the_next_time(tmp_path: Path) -> None:
    (tmp_path / "rss.xml.br").write_bytes(b"left")
    Output(tmp_path).write([], ["rss.xml"])
    assert everything(tmp_path) == {".gone/rss.xml": b""}


def test_pretending_packs_and_ends_nothing(tmp_path: Path) -> None:
    Output(tmp_path, pretend=True).write([OutputFile("rss.xml", LONG)], ["atom.xml"])
    assert everything(tmp_path) == {}
