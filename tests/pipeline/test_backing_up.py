"""A backup is consistent while others write, fills no disk, and removes an older one only when it is whole itself."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.errors import StoreError
from feeder.pipeline import STEPS, House
from feeder.pipeline.backing_up import back_up, free_bytes, read_back
from feeder.store.backups import archive
from feeder.store.backups.shelf import shelved
from tests.newsroom import NOW, Newsroom

DAY = timedelta(days=1)


@pytest.fixture
def house(newsroom: Newsroom) -> Iterator[House]:
    """A publication that told its article."""
    newsroom.article("a.txt")
    newsroom.run()
    with open_house(read_config(newsroom.configure()), now=NOW.isoformat()) as opened:
        yield opened


def at(house: House, moment: datetime) -> House:
    """The same house at another time."""
    object.__setattr__(house, "clock", lambda: moment)
    return house


def write(file: Path, stop: threading.Event, longest: list[float], written: list[int]) -> None:
    """Write a row into two tables at once, over and over; how long the longest took, and how many there are."""
    with closing(sqlite3.connect(file, timeout=30)) as connection:
        connection.execute("CREATE TABLE one (n INTEGER)")
        connection.execute("CREATE TABLE two (n INTEGER)")
        connection.commit()
        while not stop.is_set():
            began = time.monotonic()
            connection.execute("INSERT INTO one VALUES (?)", (written[0],))
            connection.execute("INSERT INTO two SELECT n FROM one WHERE n = ?", (written[0],))
            connection.commit()
            longest[0] = max(longest[0], time.monotonic() - began)
            written[0] += 1
            time.sleep(0.0005)


def test_it_sees_one_moment_while_others_write(house: House, tmp_path: Path):
    stop, longest, written = threading.Event(), [0.0], [0]
    writer = threading.Thread(target=write, args=(tmp_path / "feeder.db", stop, longest, written))
    writer.start()
    made = []
    try:
        while written[0] < 20:
            time.sleep(0.01)
        for second in range(5):
            made.append(back_up(at(house, NOW + timedelta(seconds=second)), tmp_path / "b"))
        before = written[0]
    finally:
        stop.set()
        writer.join()
    assert before > 20
    assert longest[0] < 10
    for n, one in enumerate(made):
        (tmp_path / str(n)).mkdir()
        archive.unpack(one.path, tmp_path / str(n))
        with closing(sqlite3.connect(tmp_path / str(n) / "feeder.db")) as connection:
            rows = [connection.execute(f"SELECT n FROM {name} ORDER BY n").fetchall() for name in ("one", "two")]
        assert rows[0] == rows[1] == [(value,) for value in range(len(rows[0]))]


def test_the_output_and_the_state_are_of_one_moment(house: House, tmp_path: Path):
    made = back_up(house, tmp_path / "b")
    (tmp_path / "c").mkdir()
    archive.unpack(made.path, tmp_path / "c")
    with closing(sqlite3.connect(tmp_path / "c" / "feeder.db")) as connection:
        told = {path for (path,) in connection.execute("SELECT path FROM outputs")}
    folder = tmp_path / "c" / "feeds"
    assert told <= {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_it_does_not_fill_the_disk(house: House, tmp_path: Path):
    with pytest.raises(StoreError, match=r"could need \d+ MB, and 5 MB are free"):
        back_up(house, tmp_path / "b", disk=lambda _folder: (10**9, 5 * 1024**2 + 17))
    assert list((tmp_path / "b").iterdir()) == []
    back_up(house, tmp_path / "b", disk=lambda _folder: (10**9, 10**9))
    assert free_bytes(tmp_path)[0] > 0


def test_older_ones_go_only_when_the_new_one_is_whole(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for day in range(3):
        back_up(at(house, NOW + day * DAY), tmp_path / "b", keep=2)
    assert [one.made for one in shelved(tmp_path / "b")] == [NOW + 2 * DAY, NOW + DAY]

    def broken(file: Path) -> Any:
        raise StoreError(f"{file} is damaged")

    monkeypatch.setattr("feeder.pipeline.backing_up.read_back", broken)
    with pytest.raises(StoreError, match="damaged"):
        back_up(at(house, NOW + 3 * DAY), tmp_path / "b", keep=1)
    assert [one.made for one in shelved(tmp_path / "b")] == [NOW + 2 * DAY, NOW + DAY]


def test_what_a_killed_one_left_is_swept(house: House, tmp_path: Path):
    left = tmp_path / "b" / ".feeder-staging-x"
    left.mkdir(parents=True)
    (left / "feeder.db").write_bytes(b"x")
    (tmp_path / "b" / ".feeder-20250101T000000Z.tar.gz.part").write_bytes(b"x")
    made = back_up(house, tmp_path / "b")
    assert [path.name for path in (tmp_path / "b").iterdir()] == [made.path.name]
    assert read_back(made.path) == made.manifest


def test_a_second_one_of_the_same_second_takes_nothing_away(house: House, tmp_path: Path):
    made = back_up(house, tmp_path / "b")
    before = made.path.read_bytes()
    with pytest.raises(StoreError, match="is there already"):
        back_up(house, tmp_path / "b")
    assert made.path.read_bytes() == before


def night(house: House, moment: datetime) -> None:
    """One night's work, as the clock begins it."""
    object.__setattr__(house, "clock", lambda: moment)
    run = house.store.runs.start("night", moment, ())
    STEPS["night"](house, run=run)
    STEPS["night"](house, run=run)  # promise 1
    assert house.store.runs.get(run).state == "done"  # type: ignore[union-attr]


def conditions(house: House) -> list[tuple[str, str]]:
    return [(one.about, one.what) for one in house.store.conditions.list()]


def test_a_night_tidies_up_and_makes_a_backup(house: House, tmp_path: Path):
    object.__setattr__(house, "sends", True)
    night(house, NOW + DAY)
    assert [one.made for one in shelved(tmp_path / "backups")] == [NOW + DAY]
    assert house.store.is_kept(NOW + 2 * DAY)
    wal = tmp_path / "feeder.db-wal"
    assert not wal.exists() or wal.stat().st_size < 100_000


def test_a_backup_that_fails_is_told_once_and_well_again_after_the_next(house: House, tmp_path: Path):
    (tmp_path / "backups").write_text("a file in its place")
    night(house, NOW + DAY)
    night(house, NOW + 2 * DAY)
    assert conditions(house) == [("backup", "failed")]
    alerts = [one for one in house.store.alerts.list(20) if one.about == "backup"]
    assert len(alerts) == 1
    assert "Then: feeder backup" in alerts[0].words
    (tmp_path / "backups").unlink()
    night(house, NOW + 3 * DAY)
    assert conditions(house) == []
    assert len(shelved(tmp_path / "backups")) == 1


def test_a_night_without_backups_makes_none(newsroom: Newsroom, tmp_path: Path):
    newsroom.extra = "[backup]\nkeep = 0\n"
    newsroom.article("a.txt")
    newsroom.run()
    with open_house(read_config(newsroom.configure())) as opened:
        night(opened, datetime.now(UTC))
    assert not (tmp_path / "backups").exists()


def test_a_round_tidies_up_only_where_no_night_did(newsroom: Newsroom):
    newsroom.article("a.txt")
    newsroom.run()
    with open_house(read_config(newsroom.configure())) as opened:
        assert opened.store.is_kept(NOW)
        night(opened, NOW + DAY)
    newsroom.run(now=NOW + DAY + timedelta(hours=20))
    with open_house(read_config(newsroom.configure())) as opened:
        assert not opened.store.is_kept(NOW + DAY + timedelta(hours=27))
    newsroom.run(now=NOW + DAY + timedelta(hours=27))
    with open_house(read_config(newsroom.configure())) as opened:
        assert opened.store.is_kept(NOW + DAY + timedelta(hours=40))
