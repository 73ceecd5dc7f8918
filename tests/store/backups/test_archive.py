"""Archives of the state: written whole, found damaged by any byte, and never unpacked beside their folder."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import stat
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import StoreError
from feeder.store.backups import archive
from feeder.store.backups.manifest import NAME, Manifest, Member, from_json, is_safe, to_json
from feeder.store.backups.shelf import name_of, prune, shelved

MADE = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
ABOUT = Manifest(
    made=MADE,
    feeder="0.1.0",
    schema="0006",
    database="sqlite",
    store="feeder.db",
    config="config.toml",
    output="feeds",
    roots=("config.toml", "feeder.db", "feeds"),
    counts={"stories": 3},
    left_out=("secrets",),
)


def written(folder: Path, **files: bytes) -> tuple[Path, Manifest]:
    """An archive of these files; `__` stands for a slash, `_` for a dot."""
    named = []
    for name, data in files.items():
        path = folder / "from" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        named.append((name.replace("__", "/").replace("_", "."), path))
    target = folder / "backup.tar.gz"
    return target, archive.write(target, named, ABOUT)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return written(tmp_path, config_toml=b"[a]\n", feeder_db=os.urandom(3000), feeds__rss_xml=b"<rss/>")[0]


def test_what_was_packed_is_unpacked_with_its_mode_and_time(tmp_path: Path, small: Path):
    (tmp_path / "from" / "feeder_db").chmod(0o600)
    os.utime(tmp_path / "from" / "feeder_db", (1e9, 1e9))
    (tmp_path / "to").mkdir()
    target, manifest = tmp_path / "b.tar.gz", ABOUT
    archive.write(target, [("feeder.db", tmp_path / "from" / "feeder_db"), ("feeds/a b/ü.xml", small)], manifest)
    assert archive.verify(target) == archive.unpack(target, tmp_path / "to")
    found = (tmp_path / "to" / "feeder.db").stat()
    assert (stat.S_IMODE(found.st_mode), found.st_mtime) == (0o600, 1e9)
    assert (tmp_path / "to" / "feeds" / "a b" / "ü.xml").read_bytes() == small.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_any_tar_unpacks_it(tmp_path: Path, small: Path):
    (tmp_path / "to").mkdir()
    done = subprocess.run(["tar", "-xzf", small, "-C", tmp_path / "to"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "to" / "config.toml").read_bytes() == b"[a]\n"
    with gzip.open(small) as unpacked:
        assert len(unpacked.read()) > 3000


@cache
def whole() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file, _ = written(Path(folder), config_toml=b"[a]\n", feeder_db=b"x" * 200, feeds__rss_xml=b"<rss/>")
        return file.read_bytes()


def is_whole(data: bytes | bytearray) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "b.tar.gz"
        file.write_bytes(data)
        try:
            archive.verify(file)
        except StoreError:
            return False
        return True


@given(st.integers(0), st.integers(1, 255))
def test_any_byte_that_changed_is_found(at: int, flip: int):
    data = bytearray(whole())
    data[at % len(data)] ^= flip
    assert not is_whole(data)
    assert is_whole(whole())


@pytest.mark.proofs
def test_each_byte_of_an_archive_is_watched_over(counted: Callable[[int], int]):
    for at in range(0, len(whole()), len(whole()) // counted(len(whole()))):
        data = bytearray(whole())
        data[at] ^= 1 << at % 8
        assert not is_whole(data), at


@given(st.integers(0), st.binary(min_size=1))
def test_an_archive_that_is_cut_off_or_goes_on_is_found(at: int, more: bytes):
    assert not is_whole(whole()[: at % len(whole())])
    assert not is_whole(whole() + more)


def sealed(target: Path, fill: Callable[[tarfile.TarFile], None]) -> Path:
    """An archive that somebody else made, with a seal that fits."""
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 6, packed, 0) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
        fill(tar)
    digest = archive._Hashing(io.BytesIO())
    digest.write(packed.getvalue())
    target.write_bytes(packed.getvalue() + archive._seal(digest.digest))
    return target


def put(tar: tarfile.TarFile, name: str, data: bytes = b"x", **how: object) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in how.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))


def twice(tar: tarfile.TarFile) -> None:
    put(tar, "feeder.db")
    put(tar, "feeder.db", b"y")


EVIL: dict[str, Callable[[tarfile.TarFile], None]] = {
    "up": lambda tar: put(tar, "../feeder.db"),
    "deep up": lambda tar: put(tar, "feeds/../../feeder.db"),
    "absolute": lambda tar: put(tar, "/tmp/feeder.db"),
    "link": lambda tar: put(tar, "feeds", b"", type=tarfile.SYMTYPE, linkname="/etc"),
    "hard link": lambda tar: put(tar, "feeder.db", b"", type=tarfile.LNKTYPE, linkname="/etc/passwd"),
    "device": lambda tar: put(tar, "feeder.db", b"", type=tarfile.CHRTYPE),
    "folder": lambda tar: put(tar, "feeds", b"", type=tarfile.DIRTYPE),
    "twice": twice,
}


@pytest.mark.parametrize("name", EVIL)
def test_what_would_leave_its_folder_is_refused(tmp_path: Path, name: str):
    file = sealed(tmp_path / "evil.tar.gz", EVIL[name])
    folder = tmp_path / "a" / "to"
    folder.mkdir(parents=True)
    with pytest.raises(StoreError, match="never unpacked"):
        archive.unpack(file, folder)
    assert [path for path in (tmp_path / "a").rglob("*") if path.is_file() and path.name != "feeder.db"] == []
    assert not (tmp_path / "a" / "feeder.db").exists()


def manifested(tmp_path: Path, manifest: Manifest, **files: bytes) -> Path:
    def fill(tar: tarfile.TarFile) -> None:
        for name, data in files.items():
            put(tar, name.replace("_", "."), data)
        put(tar, NAME, to_json(manifest))

    return sealed(tmp_path / "other.tar.gz", fill)


X = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


@pytest.mark.parametrize(
    ("members", "files", "words"),
    [
        ((Member("feeder.db", 1, X), Member("config.toml", 1, X)), {"feeder_db": b"x"}, "does not hold what it says"),
        ((), {"feeder_db": b"x"}, "does not hold what it says"),
        ((Member("feeder.db", 1, X),), {"feeder_db": b"y"}, "does not hold what it says"),
        ((Member("stranger.txt", 1, X),), {"stranger_txt": b"x"}, "in none of its places"),
    ],
)
def test_an_archive_holds_what_its_manifest_names_and_nothing_else(
    tmp_path: Path, members: tuple[Member, ...], files: dict[str, bytes], words: str
):
    with pytest.raises(StoreError, match=words):
        archive.verify(manifested(tmp_path, replace(ABOUT, members=members), **files))


def test_without_a_manifest_it_is_no_backup(tmp_path: Path):
    with pytest.raises(StoreError, match="no backup of feeder"):
        archive.verify(sealed(tmp_path / "x.tar.gz", lambda tar: put(tar, "feeder.db")))
    with pytest.raises(StoreError, match="cannot be read"):
        archive.verify(tmp_path / "nothing.tar.gz")


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("feeder.store.backups.archive.os.fsync", full)
    with pytest.raises(StoreError, match=r"cannot be written: .*No space left"):
        written(tmp_path, feeder_db=b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["from"]


def test_what_vanishes_meanwhile_is_not_in_it(tmp_path: Path, small: Path):
    target = tmp_path / "b.tar.gz"
    manifest = archive.write(target, [("feeder.db", small), ("feeds/gone.xml", tmp_path / "gone.xml")], ABOUT)
    assert [member.path for member in manifest.members] == ["feeder.db"]
    assert archive.verify(target) == manifest


@given(st.builds(Member, st.text(), st.integers(0), st.text()).filter(lambda one: is_safe(one.path)))
def test_a_manifest_comes_back_as_it_was(member: Member):
    manifest = replace(ABOUT, members=(member,))
    assert from_json(to_json(manifest), "b") == manifest


@given(st.one_of(st.binary(), st.recursive(st.none() | st.text(), st.lists).map(repr).map(str.encode)))
def test_whatever_stands_in_a_manifest_is_refused_in_words(data: bytes):
    with pytest.raises(StoreError):
        from_json(data, "b")


def test_a_manifest_that_leads_out_of_its_folder_is_refused():
    for change in ({"store": "../x"}, {"roots": ("/etc",)}, {"output": ""}, {"config": "a/../../b"}):
        with pytest.raises(StoreError, match="no backup"):
            from_json(to_json(replace(ABOUT, **change)), "b")


def test_the_oldest_go_and_strangers_stay(tmp_path: Path, small: Path):
    names = [name_of(MADE.replace(day=day)) for day in (1, 2, 3, 4)]
    for name in (*names, "feeder-mine.tar.gz", "holiday.tar.gz"):
        shutil.copy(small, tmp_path / name)
    assert [one.path.name for one in shelved(tmp_path)] == names[::-1]
    assert [path.name for path in prune(tmp_path, 2)] == [names[1], names[0]]
    assert [path.name for path in prune(tmp_path, 0)] == [names[2]]
    assert {path.name for path in tmp_path.glob("*.gz")} >= {names[3], "feeder-mine.tar.gz", "holiday.tar.gz"}
