"""What breaks around a running service: it says what is wrong, leaves what was published as it is, and goes on by
itself as soon as it can."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import ROOT, SHARE
from tests.newsroom import Newsroom, Post, rss
from tests.proofs.faked_clock import FakedClock
from tests.proofs.growing import command
from tests.proofs.wholeness import assert_wellformed
from tests.web import Web

pytestmark = pytest.mark.proofs

BORED = 200.0  # seconds after which something will not come any more
QUIET = 5.0  # seconds in which a service that is broken would have written something
SMALL = 6 * 1024**2


@dataclass
class Running:
    """A service at work, and the world that tells it something new."""

    newsroom: Newsroom
    log: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    before: Sequence[str] = ()
    posts: list[Post] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to serve; `before` is what starts the command."""
        words = [*self.before, *command(self.newsroom, "serve")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log, env=self.environment)

    def happens(self, title: str, off: timedelta = timedelta(0)) -> None:
        """The source tells something new, dated by a clock that is off by so much."""
        link = f"http://quelle.example/{len(self.posts)}"
        self.posts.insert(0, Post(title, link, datetime.now(UTC) + off - timedelta(minutes=5)))
        self.newsroom.web.put("/quelle.xml", rss(*self.posts), content_type="application/xml")

    def is_told(self, title: str) -> None:
        """What happened comes to be published, well-formed, by the service that was there."""
        self._await(lambda: title in self.newsroom.titles(), f"{title} was not published")
        assert self.process is not None
        assert self.process.poll() is None, f"the service ended: {self.said()}"

    def has_settled(self) -> None:
        """All that was to be published is, the first edition too, and the last words were said a while ago."""
        self._await(lambda: bool(self.newsroom.editions()), "no edition came")
        before: object = None
        while before != (before := published(self.newsroom)):
            time.sleep(2)

    def says(self, words: str) -> None:
        """The log comes to say something, as a person or a program reads it."""
        self._await(lambda: re.search(words, self.said()) is not None, f"nothing was said like {words}")

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def hear(self) -> None:
        """Forget what was said, so that what comes is new."""
        os.truncate(self.log, 0)

    def end(self) -> None:
        """End it as a person would; it ends in order."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(BORED) in (0, 1), self.said()

    def _await(self, is_so: Callable[[], bool], otherwise: str) -> None:
        until = time.monotonic() + BORED
        while True:
            try:
                if is_so():
                    return
            except (OSError, ValueError):
                pass  # not there yet
            assert time.monotonic() < until, f"{otherwise}: {self.said()[-3000:]}"
            time.sleep(0.1)


@contextmanager
def stays(running: Running) -> Iterator[None]:
    """From when all is told, no published file changes within the block, by no byte and no moment."""
    running.has_settled()
    running.hear()
    before = published(running.newsroom)
    yield
    time.sleep(QUIET)
    assert published(running.newsroom) == before


def published(newsroom: Newsroom) -> dict[str, tuple[bytes, int]]:
    """Every file that a reader may open."""
    return {path: found for path, found in newsroom.files().items() if not Path(path).name.startswith(".")}


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    folder = tmp_path / "newsroom"
    folder.mkdir()
    made = Newsroom(folder, web, extra='[schedule]\ngather = "1s"\n')
    made.article("a.txt")
    made.feed("quelle", rss())
    made.configure()
    return made


@pytest.fixture
def running(newsroom: Newsroom, tmp_path: Path) -> Iterator[Running]:
    """A service that has published one story; it is started by whoever wants it otherwise."""
    made = Running(newsroom, tmp_path / "log.txt")
    made.happens("Vorher")
    try:
        yield made
    finally:
        if made.process is not None:
            made.process.kill()
            made.process.wait(BORED)
        assert "Traceback" not in made.said(), made.said()[-6000:]
        assert_wellformed(newsroom.path(""))


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of a few megabytes at a folder; a test that may not mount one is skipped."""
    folder.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "feeder-test", str(folder)]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte of a disk free; what fills it."""
    path = folder / ".filling"
    with path.open("wb", buffering=0) as stream:
        for size in (65536, 4096, 1):
            try:
                while True:
                    stream.write(b"\0" * size)
            except OSError:
                continue
    return path


def test_a_full_disk_of_the_output_leaves_what_is_published_and_fills_it_when_there_is_room(
    newsroom: Newsroom, running: Running
) -> None:
    with small_disk(newsroom.path("")):
        running.start()
        running.is_told("Vorher")
        with stays(running):
            filling = fill(newsroom.path(""))
            running.happens("Bei voller Platte")
            running.says(r"cannot write .*feeds.*No space left")
        filling.unlink()
        running.is_told("Bei voller Platte")
        running.end()


def test_a_full_disk_of_the_whole_house_loses_nothing(tmp_path: Path, web: Web, running: Running) -> None:
    with small_disk(tmp_path / "disk"):
        newsroom = running.newsroom = Newsroom(tmp_path / "disk", web, extra='[schedule]\ngather = "1s"\n')
        newsroom.article("a.txt")
        newsroom.feed("quelle", rss(*running.posts))
        newsroom.configure()
        running.start()
        running.is_told("Vorher")
        with stays(running):
            filling = fill(tmp_path / "disk")
            running.happens("Bei voller Platte")
            running.says(r"feeder\.db.*(full|disk I/O|No space)|No space left")
        filling.unlink()
        running.is_told("Bei voller Platte")
        running.end()


def test_an_output_folder_that_is_read_only_is_named_and_written_when_it_may_be(
    newsroom: Newsroom, running: Running
) -> None:
    with small_disk(newsroom.path("")):
        running.start()
        running.is_told("Vorher")
        with stays(running):
            remount(newsroom.path(""), "ro")
            running.happens("Ohne Schreibrecht")
            running.says(r"cannot write .*feeds.*Read-only")
        remount(newsroom.path(""), "rw")
        running.is_told("Ohne Schreibrecht")
        running.end()


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


def test_a_database_that_another_holds_for_long_is_named_and_written_after_it(
    newsroom: Newsroom, running: Running
) -> None:
    running.start()
    running.is_told("Vorher")
    with closing(sqlite3.connect(newsroom.folder / "feeder.db", isolation_level=None)) as other:
        with stays(running):
            other.execute("BEGIN IMMEDIATE")
            running.happens("Während einer Sperre")
            running.says(r"the store .*feeder\.db cannot be written: database is locked")
        other.execute("ROLLBACK")
    running.is_told("Während einer Sperre")
    running.end()


def test_a_broken_database_is_named_with_what_mends_it_and_nothing_published_suffers(
    newsroom: Newsroom, running: Running
) -> None:
    running.start()
    running.is_told("Vorher")
    running.end()
    store, good = newsroom.folder / "feeder.db", newsroom.folder / "good.db"
    shutil.copy(store, good)
    running.start()
    running.says("serving")
    with stays(running):
        scramble(store)
        running.happens("Mit kaputter Datenbank")
        running.says(r"feeder\.db.*(malformed|not a database).*(restore|backup)")
    assert running.process is not None
    running.process.kill()
    running.process.wait(BORED)
    for leftover in newsroom.folder.glob("feeder.db*"):
        leftover.unlink()
    shutil.copy(good, store)
    running.start()
    running.is_told("Mit kaputter Datenbank")
    running.end()


def scramble(store: Path) -> None:
    """Overwrite all but the first page, and what is not yet in the file."""
    size = store.stat().st_size
    with store.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xa5" * (size - 4096))
    for journal in (store.with_name("feeder.db-wal"),):
        if journal.exists():
            os.truncate(journal, 0)


def test_a_journal_cut_short_takes_nothing_back_from_readers(newsroom: Newsroom, running: Running) -> None:
    running.start()
    running.is_told("Vorher")
    running.happens("Nur im Journal")
    running.is_told("Nur im Journal")
    assert running.process is not None
    running.process.kill()
    running.process.wait(BORED)
    journal = newsroom.folder / "feeder.db-wal"
    os.truncate(journal, journal.stat().st_size * 2 // 3)
    running.happens("Danach")
    running.start()
    running.is_told("Danach")
    assert {"Vorher", "Nur im Journal", "Danach"} <= set(newsroom.titles())
    running.end()


@pytest.mark.skipif(SHARE < 1, reason="after each jump the service waits for two minutes: at the full count only")
@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_jumps_by_a_day_and_back_stops_nothing(
    newsroom: Newsroom, running: Running, tmp_path: Path, days: int
) -> None:
    clock = FakedClock(tmp_path / "clock")
    clock.be_off(timedelta(0))
    running.environment = clock.environment()
    running.start()
    running.is_told("Vorher")
    running.has_settled()
    for title, off in (("Nach dem Sprung", timedelta(days=days)), ("Nach dem Sprung zurück", timedelta(0))):
        clock.be_off(off)
        running.says(r"the clock of this machine was set by")
        running.hear()
        running.happens(title, off)
        running.is_told(title)
    running.end()
    assert running.process is not None
    clock.forget(running.process.pid)
    assert len(newsroom.titles()) == len(set(newsroom.titles())) == 4


def test_sources_whose_names_are_not_resolved_stop_no_other_and_are_read_when_they_are(
    newsroom: Newsroom, running: Running, tmp_path: Path
) -> None:
    hosts, servers = tmp_path / "hosts", tmp_path / "resolv.conf"
    hosts.write_text("127.0.0.1 localhost\n")
    servers.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    newsroom.web.put("/fern.xml", rss(Post("Von fern", "http://fern.example/1", datetime.now(UTC))))
    newsroom.source("fern", f"http://fern.test:{newsroom.web.port}/fern.xml")
    newsroom.configure()
    mounts = f"mount --bind {hosts} /etc/hosts && mount --bind {servers} /etc/resolv.conf"
    if subprocess.run(["unshare", "-m", "sh", "-c", mounts], check=False, capture_output=True).returncode:
        pytest.skip("no name server can be put out of reach here")
    running.before = ["unshare", "-m", "sh", "-c", f'{mounts} && exec "$@"', "sh"]
    running.start()
    running.is_told("Vorher")
    running.says(r"fern.*(name|resolve)")
    hosts.write_text("127.0.0.1 localhost fern.test\n")
    running.is_told("Von fern")
    running.end()


def test_a_template_broken_while_serving_is_named_and_what_it_makes_stays_until_it_is_mended(
    newsroom: Newsroom, running: Running
) -> None:
    shutil.copytree(ROOT / "templates", newsroom.folder / "templates")
    template = next((newsroom.folder / "templates").rglob("story*.html"))
    whole = template.read_text(encoding="utf-8")
    running.start()
    running.is_told("Vorher")
    with stays(running):
        template.write_text("{% if %}" + whole, encoding="utf-8")
        assert running.process is not None
        running.process.send_signal(signal.SIGHUP)
        running.says(re.escape(template.name))
    template.write_text(whole, encoding="utf-8")
    running.process.send_signal(signal.SIGHUP)
    running.happens("Mit heiler Vorlage")
    running.is_told("Mit heiler Vorlage")
    running.end()


def test_a_configuration_broken_while_serving_is_refused_and_the_old_one_goes_on(
    newsroom: Newsroom, running: Running
) -> None:
    running.start()
    running.is_told("Vorher")
    running.hear()
    config = newsroom.folder / "config.toml"
    whole = config.read_text(encoding="utf-8")
    config.write_text(whole.replace("[output]", "[ouput]"), encoding="utf-8")
    assert running.process is not None
    running.process.send_signal(signal.SIGHUP)
    running.says(r"config\.toml:\d+: .*ouput")
    running.happens("Mit der alten Konfiguration")
    running.is_told("Mit der alten Konfiguration")
    config.write_text(whole, encoding="utf-8")
    running.process.send_signal(signal.SIGHUP)
    running.says("read again")
    running.end()


def test_a_folder_of_articles_that_vanishes_stops_no_source_and_is_read_when_it_is_back(
    newsroom: Newsroom, running: Running
) -> None:
    running.start()
    running.is_told("Vorher")
    own, away = newsroom.folder / "articles", newsroom.folder / "away"
    own.rename(away)
    running.says(r"redaktion.*the folder articles cannot be read")
    running.happens("Ohne Ordner")
    running.is_told("Ohne Ordner")
    assert "Microsoft verliert Kontrolle über OpenAI?" in newsroom.titles()
    (away / "b.md").write_text("---\nid: b\n---\n# Zurück\n\n## NEWS\n\nEin Absatz.\n", encoding="utf-8")
    away.rename(own)
    running.is_told("Zurück")
    running.end()


def test_a_folder_of_the_store_that_vanishes_is_named_and_nothing_begins_anew(
    newsroom: Newsroom, running: Running
) -> None:
    state, away = newsroom.folder / "state", newsroom.folder / "away"
    state.mkdir()
    newsroom.store = "sqlite:///state/feeder.db"
    newsroom.configure()
    running.start()
    running.is_told("Vorher")
    running.has_settled()
    running.hear()
    before = newsroom.titles()
    state.rename(away)  # who has the database open may go on in it: nothing of that is lost
    running.happens("Ohne Datenbank")
    running.says(r"the store .*feeder\.db cannot be (read|written): unable to open")
    time.sleep(QUIET)
    assert newsroom.titles()[-len(before) :] == before
    assert not state.exists()
    away.rename(state)
    running.is_told("Ohne Datenbank")
    running.happens("Danach")
    running.is_told("Danach")
    running.end()
