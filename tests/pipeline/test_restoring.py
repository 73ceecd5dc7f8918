"""Backup and restore of a whole publication: the drill, and what must not happen after it."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeder.cli import main
from feeder.model import DeliveryState, EditionStatus
from feeder.store import open_store
from feeder.store.backups import archive
from tests.mailboxes import Mailboxes, mail_server
from tests.newsroom import NOW, SEED, Newsroom, Post, rss
from tests.store.postgres import Server
from tests.store.test_migrating import older
from tests.web import Web, serving

HOUR = timedelta(hours=1)
TUESDAY = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # 07:00 in Berlin: a slot
SMTP = '[carriers.smtp]\nhost = "127.0.0.1"\nsecurity = "none"\ntimeout = "5s"\nfile = "people.txt"\n'
PEOPLE = ("ada@leser.test", "bob@leser.test")


@pytest.fixture
def boxes() -> Iterator[Mailboxes]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication whose first edition was delivered to two people, to be copied, which is quicker than to run."""
    folder = tmp_path_factory.mktemp("mailed")
    with serving() as web, mail_server() as boxes:
        made = Newsroom(folder, web, host="ki-news.test", extra=f"{SMTP}port = {boxes.port}\n", beats=True)
        made.article("a.txt")
        (folder / "people.txt").write_text("\n".join(PEOPLE))
        made.run()
        assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    return folder


@pytest.fixture
def mailed(pattern: Path, tmp_path: Path, web: Web, boxes: Mailboxes) -> Newsroom:
    """The same, for this test alone; its mail server does not know of the first edition."""
    shutil.copytree(pattern, tmp_path / "house")
    return Newsroom(tmp_path / "house", web, host="ki-news.test", extra=f"{SMTP}port = {boxes.port}\n", beats=True)


def told_again(newsroom: Newsroom, n: int) -> None:
    """Put another article into the newsroom."""
    text = f"Modell {n} rechnet schneller\n\nEINLEITUNG\n\n{n} Forscher aus Jena messen Modell {n} ganz genau nach."
    newsroom.article(f"neu{n}.txt", text)


def feeder(*words: object, code: int = 0, env: dict[str, str] | None = None) -> Result:
    """Run a command that knows no --config."""
    result = CliRunner().invoke(main, [str(word) for word in words], env=env)
    for handler in list(logging.getLogger().handlers):
        if isinstance(handler, logging.StreamHandler):
            logging.getLogger().removeHandler(handler)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def backed_up(newsroom: Newsroom, now: datetime = NOW) -> Path:
    """Make a backup; its file."""
    said = newsroom.run("backup", now=now).output
    found = re.search(r"^(\S+\.tar\.gz): ", said, re.MULTILINE)
    assert found, said
    return Path(found[1])


def restored(file: Path, folder: Path, now: datetime, *words: str, **how: object) -> str:
    return feeder("restore", file, "--to", folder, "--now", now.isoformat(), *words, **how).output  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def editions(newsroom: Newsroom) -> dict[str, EditionStatus]:
    with open_store(f"sqlite:///{newsroom.folder}/feeder.db") as store:
        return {one.id: one.status for one in store.editions.list()}


def test_a_restored_publication_writes_the_same_bytes(newsroom: Newsroom, tmp_path: Path):
    newsroom.article("microsoft.txt")
    posts = [Post(f"Nachricht {n} über ein Modell", f"https://heise.de/{n}") for n in range(4)]
    newsroom.feed("heise", rss(*posts))
    newsroom.run()
    file = backed_up(newsroom)
    before = contents(tmp_path / "feeds")
    new = tmp_path / "elsewhere" / "new"
    said = restored(file, new, NOW)
    assert "4 stories" in said or "5 stories" in said
    assert contents(new / "feeds") == before
    assert contents(new / "articles") == contents(tmp_path / "articles")
    assert (new / "config.toml").read_bytes() == (tmp_path / "config.toml").read_bytes()
    again = ("run", "--offline", "--config", new / "config.toml", "--now", (NOW + HOUR).isoformat())
    feeder(*again)
    assert contents(new / "feeds") == before
    for path in (new / "feeds").rglob("*.*"):
        path.unlink()
    feeder("publish", "--config", new / "config.toml", "--now", (NOW + HOUR).isoformat())
    assert contents(new / "feeds") == before
    assert sorted(path.name for path in new.iterdir()) == ["articles", "config.toml", "feeder.db", "feeds"]


def test_a_backup_is_for_its_owner_alone_and_says_what_is_not_in_it(mailed: Newsroom):
    mailed.configure()
    said = mailed.run("backup").output
    assert "not in it: secrets that came from the environment" in said
    [file] = (mailed.folder / "backups").iterdir()
    assert file.name == "feeder-20261123T090000Z.tar.gz"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)] == [0o600, 0o700]
    with tarfile.open(file) as tar:
        names = tar.getnames()
    assert {"config.toml", "feeder.db", "people.txt", "articles/a.txt", "feeds/rss.xml", "MANIFEST.json"} <= set(names)
    assert not [name for name in names if "backups" in name or "-wal" in name]
    assert "2026-11-23 10:00" in mailed.run("backup", "list", now=None).output
    facts = [{"file": str(file), "made": "2026-11-23T09:00:00+00:00", "bytes": file.stat().st_size}]
    assert json.loads(mailed.run("backup", "list", "--json", now=None).output) == facts
    assert "whole: " in feeder("backup", "check", file).output


def test_what_was_mailed_after_the_backup_is_not_mailed_again(mailed: Newsroom, boxes: Mailboxes):
    file = backed_up(mailed, NOW + HOUR)
    told_again(mailed, 2)
    mailed.run(now=TUESDAY)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    restored(file, mailed.folder, TUESDAY + HOUR, "--replace")
    told_again(mailed, 2)
    mailed.run(now=TUESDAY + HOUR + timedelta(minutes=5))
    mailed.run(now=TUESDAY + 2 * HOUR)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert editions(mailed)["2026-11-24-0700"] is EditionStatus.HELD
    assert "--no-mail" in mailed.run("edition", "show", "2026-11-24-0700", now=None).output
    mailed.run("edition", "approve", "2026-11-24-0700", "--no-mail", now=TUESDAY + 3 * HOUR)
    mailed.run(now=TUESDAY + 3 * HOUR)
    assert list(mailed.path("editions/2026-11-24-0700").glob("digest.eml"))
    told_again(mailed, 3)
    mailed.run(now=TUESDAY + 24 * HOUR)
    assert boxes.taken == dict.fromkeys(PEOPLE, 2)
    assert b"Modell 3" in boxes.messages[PEOPLE[0]][1]
    assert b"Modell 2 rechnet" not in boxes.messages[PEOPLE[0]][1]


def test_the_first_edition_is_not_mailed_again_either(tmp_path: Path, web: Web, boxes: Mailboxes):
    newsroom = Newsroom(tmp_path, web, host="ki-news.test", extra=f"{SMTP}port = {boxes.port}\n", beats=True)
    newsroom.article("a.txt")
    (tmp_path / "people.txt").write_text("\n".join(PEOPLE))
    newsroom.run("gather")
    file = backed_up(newsroom)
    newsroom.run(now=NOW + HOUR)
    restored(file, tmp_path, NOW + 2 * HOUR, "--replace")
    newsroom.run(now=NOW + 3 * HOUR)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert list(editions(newsroom).values()) == [EditionStatus.HELD]


@pytest.mark.parametrize("in_doubt", ["leave", "resend"])
def test_a_delivery_that_was_under_way_waits_for_a_person(mailed: Newsroom, boxes: Mailboxes, in_doubt: str):
    mailed.extra += f'in_doubt = "{in_doubt}"\n'
    boxes.data = lambda address: "451 later" if address == PEOPLE[1] else None
    told_again(mailed, 2)
    mailed.run(now=TUESDAY)
    assert boxes.taken == {PEOPLE[0]: 1}
    file = backed_up(mailed, TUESDAY)
    boxes.data = lambda _address: None
    mailed.run(now=TUESDAY + HOUR)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    said = restored(file, mailed.folder, TUESDAY + 2 * HOUR, "--replace")
    assert "waits for you: 2026-11-24-0700" in said
    for hours in (2, 3, 24):
        mailed.run(now=TUESDAY + hours * HOUR)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert editions(mailed)["2026-11-24-0700"] is EditionStatus.FAILED
    with open_store(f"sqlite:///{mailed.folder}/feeder.db") as store:
        assert store.outbox.counts("2026-11-24-0700", "smtp")[DeliveryState.IN_DOUBT] == 1


def test_an_edition_under_review_is_not_sent_by_silence(mailed: Newsroom, boxes: Mailboxes):
    mailed.digest = 'review = "window"\nreview_window = "1h"\n'
    told_again(mailed, 2)
    mailed.run(now=TUESDAY - HOUR / 2)
    assert editions(mailed)["2026-11-24-0700"] is EditionStatus.DRAFT
    file = backed_up(mailed, TUESDAY - HOUR / 2)
    mailed.run(now=TUESDAY + HOUR)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    restored(file, mailed.folder, TUESDAY + 2 * HOUR, "--replace")
    mailed.run(now=TUESDAY + 2 * HOUR)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert editions(mailed)["2026-11-24-0700"] is EditionStatus.HELD


def test_what_stands_there_is_moved_aside_and_only_if_asked(mailed: Newsroom):
    file = backed_up(mailed)
    told_again(mailed, 2)
    before = contents(mailed.folder)
    said = feeder("restore", file, "--to", mailed.folder, code=1).output
    assert "holds" in said
    assert "--replace" in said
    assert contents(mailed.folder) == before
    restored(file, mailed.folder, NOW + HOUR, "--replace")
    aside = mailed.folder / "before-restore-20261123T100000Z"
    kept = contents(aside)
    assert kept["articles/neu2.txt"] == before["articles/neu2.txt"]
    assert not (mailed.folder / "articles" / "neu2.txt").exists()
    assert {name: kept[name] for name in kept if name.startswith("feeds/")} == {
        name: before[name] for name in before if name.startswith("feeds/")
    }
    assert file.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_what_root_restores_belongs_to_whom_the_folder_belongs_to(mailed: Newsroom):
    file, folder = backed_up(mailed), mailed.folder
    os.chown(folder, 4711, 4712)
    said = restored(file, folder, NOW + HOUR, "--replace")
    there = [path for name in ("config.toml", "feeder.db", "feeds", "articles") for path in (folder / name,)]
    there += [*(folder / "feeds").rglob("*"), *folder.glob("before-restore-*"), folder]
    assert "before-restore-" in said
    assert {(path.stat().st_uid, path.stat().st_gid) for path in there} == {(4711, 4712)}


def test_nothing_is_restored_under_a_living_clock(mailed: Newsroom):
    file = backed_up(mailed)
    now = datetime.now(UTC)
    with open_store(f"sqlite:///{mailed.folder}/feeder.db") as store:
        lease = store.leases.hold("clock", f"another-host#abc:{os.getpid()}", 3600, now)
    said = feeder("restore", file, "--to", mailed.folder, "--replace", code=1).output
    assert "another-host" in said
    assert "is the clock of" in said
    assert not list(mailed.folder.glob("before-restore-*"))
    with open_store(f"sqlite:///{mailed.folder}/feeder.db") as store:
        store.leases.release(lease)
    restored(file, mailed.folder, now, "--replace")


def test_a_damaged_backup_touches_nothing(mailed: Newsroom):
    file = backed_up(mailed)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    before = contents(mailed.folder)
    said = feeder("restore", file, "--to", mailed.folder, "--replace", code=1).output
    assert "damaged" in said
    assert contents(mailed.folder) == before


def test_an_older_backup_migrates_forward_and_a_newer_one_is_refused(mailed: Newsroom, tmp_path: Path):
    file = backed_up(mailed)
    newer = repacked(file, tmp_path / "newer.tar.gz", "UPDATE alembic_version SET version_num = '0999'")
    said = feeder("restore", newer, "--to", tmp_path / "x", code=1).output
    assert "newer feeder" in said
    assert not list((tmp_path / "x").glob("*"))
    assert "schema 0006" in feeder("backup", "check", file).output
    broken = repacked(file, tmp_path / "broken.tar.gz", "DELETE FROM editions")
    assert "not whole" in feeder("restore", broken, "--to", tmp_path / "y", code=1).output


def test_a_backup_of_an_older_feeder_is_migrated(mailed: Newsroom, tmp_path: Path):
    file = backed_up(mailed)
    folder = tmp_path / "older"
    folder.mkdir()
    manifest = archive.unpack(file, folder)
    (folder / "feeder.db").unlink()
    older(f"sqlite:///{folder}/feeder.db")
    old = tmp_path / "old.tar.gz"
    archive.write(old, [(one.path, folder / one.path) for one in manifest.members], replace(manifest, schema="0005"))
    restored(old, tmp_path / "new", NOW)
    with open_store(f"sqlite:///{tmp_path}/new/feeder.db") as store:
        assert [one.about for one in store.alerts.list(9)] == ["source:heise"]
    assert not list((tmp_path / "new").glob("*.before-*"))


def repacked(file: Path, target: Path, statement: str) -> Path:
    """The same backup with another database in it."""
    folder = target.with_suffix(".d")
    folder.mkdir()
    manifest = archive.unpack(file, folder)
    with closing(sqlite3.connect(folder / manifest.store)) as connection:
        connection.execute(statement)
        connection.commit()
        connection.execute("PRAGMA journal_mode = DELETE")
    archive.write(target, [(one.path, folder / one.path) for one in manifest.members], manifest)
    return target


def test_a_backup_of_a_server_is_restored_into_a_server_that_holds_nothing(
    newsroom: Newsroom, tmp_path: Path, postgresql: Server
):
    with postgresql.database() as first, postgresql.database() as second:
        newsroom.store = first
        newsroom.article("a.txt")
        newsroom.run()
        file = backed_up(newsroom)
        before = contents(tmp_path / "feeds")
        said = feeder("restore", file, "--to", tmp_path / "new", code=1).output
        assert "holds something already" in said
        assert not (tmp_path / "new" / "config.toml").exists()
        env = {"FEEDER_STORE__URL": second}
        restored(file, tmp_path / "new", NOW, env=env)
        told_again(newsroom, 2)
        (tmp_path / "new" / "articles" / "neu2.txt").write_bytes((tmp_path / "articles" / "neu2.txt").read_bytes())
        feeder("publish", "--config", tmp_path / "new" / "config.toml", "--now", NOW.isoformat(), env=env)
        assert contents(tmp_path / "new" / "feeds") == before
        feeder(
            "run", "--offline", "--config", tmp_path / "new" / "config.toml", "--now", (NOW + HOUR).isoformat(), env=env
        )
        assert len(json.loads((tmp_path / "new" / "feeds" / "feed.json").read_text())["items"]) == 2
        with open_store(second) as store:
            assert store.restored() == NOW


def test_what_lies_outside_the_folder_is_kept_and_named(newsroom: Newsroom, tmp_path: Path):
    (tmp_path / "house").mkdir()
    newsroom.folder = tmp_path / "house"
    newsroom.output = f'folder = "{tmp_path}/www"\n'
    newsroom.article("a.txt", SEED)
    newsroom.run()
    file = backed_up(newsroom)
    said = restored(file, tmp_path / "new", NOW)
    assert f"{tmp_path}/www lay outside" in said
    assert contents(tmp_path / "new" / "outside" / str(tmp_path)[1:] / "www") == contents(tmp_path / "www")
