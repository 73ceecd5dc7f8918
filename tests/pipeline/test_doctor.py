"""The doctor: each trouble is found and named with what mends it, and one that breaks hides no other."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from feeder.pipeline import doctor
from feeder.pipeline.doctor import Finding, Patient, examine
from feeder.pipeline.doctor.machine import is_within
from feeder.pipeline.doctor.state import is_well_formed
from feeder.store import open_store
from tests.mailboxes import free_port, mail_server
from tests.newsroom import NOW, Newsroom
from tests.web import Web, serving

HUB = '[announce]\nhubs = ["http://127.0.0.1:{port}/"]\n'


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication that told its article and has a backup, to be copied, which is quicker than to run."""
    folder = tmp_path_factory.mktemp("doctor")
    with serving() as web:
        made = Newsroom(folder, web, host="ki-news.test", beats=True)
        made.article("a.txt")
        made.run()
        made.run("backup")
    return folder


@pytest.fixture
def newsroom(pattern: Path, tmp_path: Path, web: Web) -> Newsroom:
    """The same, for this test alone."""
    shutil.copytree(pattern, tmp_path / "house")
    return Newsroom(tmp_path / "house", web, host="ki-news.test", beats=True)


def doctored(newsroom: Newsroom, *words: str, code: int | None = None, now: datetime = NOW) -> dict[str, Any]:
    """What the doctor says, by check."""
    found: dict[str, Any] = json.loads(
        newsroom.run("doctor", "--json", *words, now=now, code=0 if code is None else code).output
    )
    assert found["is_well"] is (code != 1)
    return {one["name"]: one for one in found["checks"]}


def troubles(newsroom: Newsroom, name: str, *words: str, now: datetime = NOW) -> str:
    """What is wrong by one check, and by no other."""
    found = doctored(newsroom, *(words or ("--offline",)), code=1, now=now)
    assert [one for one, said in found.items() if not said["is_well"]] == [name]
    return "\n".join(f"{one['words']} -> {one['fix']}" for one in found[name]["findings"] if one["is_trouble"])


def test_a_house_in_order_is_well_and_is_left_as_it_was(newsroom: Newsroom):
    def state() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in newsroom.folder.rglob("*") if path.is_file()}

    newsroom.configure()
    before = {path: at for path, at in state().items() if not path.endswith(("-shm", "-wal", "config.toml"))}
    found = doctored(newsroom, "--offline")
    after = state()
    assert {path: after.get(path) for path in before} == before
    assert set(found) == {*doctor.CHECKS} - {*doctor.OUTSIDE}
    assert "1 in" in " ".join(found["backups"]["facts"])
    said = newsroom.run("doctor", "--offline").output
    assert "ok      database: schema" in said
    assert "TROUBLE" not in said


def test_a_published_file_that_somebody_changed_is_named(newsroom: Newsroom):
    newsroom.path("rss.xml").write_text("<rss")
    newsroom.path("feed.json").unlink()
    said = troubles(newsroom, "output")
    assert "not as they were written: rss.xml -> feeder publish" in said
    assert "missing: feed.json" in said


def test_a_database_with_a_hole_is_named(newsroom: Newsroom):
    with sqlite3.connect(newsroom.folder / "feeder.db") as other:
        other.execute("DELETE FROM stories")
    other.close()
    assert "it is not whole: a row of" in (said := troubles(newsroom, "database"))
    assert "feeder restore FILE --replace" in said


def test_a_store_of_another_schema_is_not_migrated_by_looking(newsroom: Newsroom):
    with open_store(f"sqlite:///{newsroom.folder}/feeder.db") as store, store._database.write("test") as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    assert "schema 0005, an older one -> the next round migrates it" in troubles(newsroom, "database")
    assert not list(newsroom.folder.glob("*.before-*"))


def test_files_that_a_web_server_cannot_read_are_named(newsroom: Newsroom):
    newsroom.path("rss.xml").chmod(0o600)
    newsroom.path("topics").chmod(0o700)
    newsroom.path("stories").chmod(0o750)  # as the service makes them: for its group, which a web server joins
    newsroom.path("atom.xml").chmod(0o640)
    said = troubles(newsroom, "permissions")
    assert "2 published files or folders cannot be read" in said
    assert "chmod -R o+rX" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_root_is_told_what_is_roots_beside_files_of_the_service(newsroom: Newsroom):
    os.chown(newsroom.folder / "feeder.db", 4711, 4711)
    assert f"{newsroom.folder}/feeds" in troubles(newsroom, "permissions")
    assert "run feeder as its owner" in troubles(newsroom, "permissions")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(newsroom: Newsroom):
    newsroom.path("").chmod(0o555)
    assert "may not write the output" in troubles(newsroom, "permissions")


def test_a_backup_that_is_old_or_broken_is_named(newsroom: Newsroom):
    assert "the newest backup is 3 days old" in troubles(newsroom, "backups", now=NOW + timedelta(days=3))
    [file] = (newsroom.folder / "backups").iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    assert "damaged" in troubles(newsroom, "backups")
    file.unlink()
    assert "there is none" in troubles(newsroom, "backups")


def test_a_clock_that_is_behind_what_ran_before_is_named(newsroom: Newsroom):
    said = troubles(newsroom, "clock", now=NOW - timedelta(hours=1))
    assert "feeder ran at 2026-11-23 09:00 UTC already" in said


def test_a_clock_that_differs_from_a_servers_is_named(newsroom: Newsroom):
    newsroom.feed("heise", "<rss/>")
    found = doctored(newsroom, now=datetime.now(UTC) + timedelta(days=365), code=1)["clock"]
    assert "the server of heise says" in " ".join(found["facts"])
    assert "minutes ahead of that of the server of heise" in found["findings"][-1]["words"]


def test_hubs_and_mail_servers_are_asked_and_nothing_is_sent(newsroom: Newsroom):
    closed = free_port()
    with mail_server() as boxes:
        people = '[carriers.smtp]\nhost = "127.0.0.1"\nsecurity = "none"\nfile = "people.txt"\n'
        (newsroom.folder / "people.txt").write_text("ada@leser.test")
        newsroom.extra = f"{people}port = {boxes.port}\n" + HUB.format(port=boxes.port)
        found = doctored(newsroom)
        assert "lets us in" in found["mail"]["facts"][0]
        assert "takes connections" in found["hubs"]["facts"][0]
        assert boxes.taken == {}
        newsroom.extra = f"{people}port = {closed}\n" + HUB.format(port=closed)
        wrong = doctored(newsroom, code=1)
    assert f"127.0.0.1:{closed} cannot be reached" in wrong["mail"]["findings"][0]["words"]
    assert f"127.0.0.1:{closed} cannot be reached" in wrong["hubs"]["findings"][0]["words"]


def test_placeholders_are_a_trouble_only_where_mail_is_to_leave(newsroom: Newsroom):
    newsroom.host = "ki-news.example"
    found = doctored(newsroom, "--offline")
    assert "still name ki-news.example" in found["placeholders"]["findings"][0]["words"]
    (newsroom.folder / "people.txt").write_text("ada@leser.test")
    newsroom.extra = '[carriers.smtp]\nhost = "127.0.0.1"\nsecurity = "none"\nfile = "people.txt"\n'
    assert "no mail leaves" in troubles(newsroom, "placeholders")


def test_a_check_that_breaks_hides_no_other():
    def broken(_patient: Patient, _now: datetime) -> Iterator[Finding | str]:
        yield "so far so good"
        raise ZeroDivisionError("oh")

    def well(_patient: Patient, _now: datetime) -> Iterator[Finding | str]:
        yield "well"

    nobody = Patient(None, lambda: None, list, lambda: None, offline=True)  # type: ignore[arg-type]
    found = examine(nobody, NOW, {"one": broken, "two": well})
    assert [one.is_well for one in found] == [False, True]
    assert "ZeroDivisionError: oh" in found[0].findings[0].words
    assert found[0].facts == ("so far so good",)


def test_without_a_store_there_is_nothing_to_mend(tmp_path: Path, newsroom: Newsroom):
    fresh = Newsroom(tmp_path / "fresh", newsroom.web, beats=True)
    fresh.folder.mkdir()
    found = doctored(fresh, "--offline")
    assert found["database"]["findings"][0]["words"] == "there is no store yet"
    assert not (fresh.folder / "feeder.db").exists()


@pytest.mark.parametrize(
    ("found", "sign", "bound", "keeps"),
    [
        ("2.32.3", ">=", "2.32", True),
        ("2.9", ">=", "2.32", False),
        ("4.0", "<", "4", False),
        ("3.11.10", ">=", "3.11.3", True),
        ("3.99.0", "<", "4", True),
        ("1.0", "==", "1.0.0", True),
        ("2.0rc1", ">=", "2.0", True),
    ],
)
def test_versions_are_compared_by_their_numbers(found: str, sign: str, bound: str, keeps: bool):
    assert is_within(found, sign, bound) is keeps


@given(st.binary())
def test_whatever_lies_there_is_read_or_called_not_well_formed(data: bytes):
    for suffix in (".xml", ".json", ".opml", ".html"):
        assert is_well_formed(suffix, data) in (True, False)
    assert not is_well_formed(".xml", data + b"<")
