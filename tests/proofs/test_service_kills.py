"""SIGKILL at any moment of gathering, publishing, composing and delivering: nothing is lost, doubled, or ever broken.

Each stretch of time is lived twice: by a publication whose processes are killed, and by one that is left alone. The
clock on the wall stands still in a stretch, so that at its end both have to have written the same bytes.
"""

from __future__ import annotations

import email
import email.policy
import re
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.conftest import ROOT, SEED
from tests.mailboxes import Mailboxes, mail_server
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.proofs.conftest import CALM_ABOUT_NOTHING
from tests.proofs.faked_clock import FakedClock
from tests.proofs.growing import command
from tests.proofs.polling import Poll, polling
from tests.proofs.wholeness import OWN_TITLE
from tests.web import Web, serving

pytestmark = pytest.mark.proofs

KILLS = 300
READS = 100_000
SOURCES = 36
HOSTS = 4
RECIPIENTS = 40
CONNECTIONS = 3
STEP = timedelta(minutes=15)
SLOTS = [f"mon-sun {hour:02}:{minute:02}" for hour in (0, 1, *range(3, 24)) for minute in (0, 30)]
BASE = "https://ki-news.test/feeds/"
BORED = 90.0  # seconds after which a process waits for something that will not come
IDLE = 2.0  # seconds without a word after which a process that was to be killed at its work has none
PHASES = ("gather", "curate", "publish", "compose", "deliver")
LEASES = {"publish": "output", "compose": "compose", "deliver": "deliver", "curate": "curate"}


class Sources:
    """Three dozen sources at a few hosts. In each stretch some tell something new, a few of them the same thing, some
    edit what they told; and now and then there is an article of our own."""

    def __init__(self, webs: list[Web], chance: Random) -> None:
        self._webs, self._chance = webs, chance
        self._posts: list[list[Post]] = [[] for _ in range(SOURCES)]
        self.titles: list[str] = []
        self.articles: list[tuple[str, str]] = []

    def address(self, n: int) -> str:
        return self._webs[n % HOSTS].url(f"/{n}.xml")

    @property
    def asked(self) -> int:
        return sum(len(web.asked) for web in self._webs)

    def publish(self, now: datetime) -> None:
        for _ in range(self._chance.choice((1, 2, 3))):
            number = len(self.titles) + 1
            self.titles.append(f"Modell {number} rechnet schneller")
            post = Post(self.titles[-1], f"https://quelle.example/{number}", now, "Ein Satz. Noch einer.")
            for n in self._chance.sample(range(SOURCES), self._chance.choice((1, 1, 1, 3))):
                self._posts[n].insert(0, post)
        edited = self._chance.choice([posts for posts in self._posts if posts])
        edited[0] = Post(edited[0].title, edited[0].link, edited[0].published, f"Nachtrag {now:%H:%M}. Noch ein Satz.")
        for n, posts in enumerate(self._posts):
            self._webs[n % HOSTS].put(f"/{n}.xml", rss(*posts[:20]), content_type="application/xml")
        if self._chance.random() < 0.25:
            self.titles.append(f"Eigener Beitrag {len(self.titles) + 1}")
            name = f"eigener-{len(self.titles)}"
            self.articles.append(
                (f"{name}.md", f"---\nid: {name}\n---\n# {self.titles[-1]}\n\n## NEWS\n\nEin Absatz.\n")
            )


@dataclass
class House:
    """One of the two publications, with the mail server it hands its digests to."""

    newsroom: Newsroom
    boxes: Mailboxes
    _store: list[sqlite3.Connection] = field(default_factory=list)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the store says; nothing where there is none yet."""
        try:
            if not self._store:
                self._store.append(sqlite3.connect(f"file:{self.newsroom.folder}/feeder.db?mode=ro", uri=True))
            return self._store[0].execute(query).fetchall()
        except sqlite3.OperationalError as error:
            if not re.match("unable to open|no such table", str(error)):
                raise
            return []

    def close(self) -> None:
        """Let the store be."""
        for store in self._store:
            store.close()

    def published(self) -> dict[str, bytes]:
        """Every published file."""
        root, found = self.newsroom.path(""), {}
        for path in sorted(root.rglob("[!.]*")):
            with suppress(FileNotFoundError, IsADirectoryError):
                found[str(path.relative_to(root))] = path.read_bytes()
        return found

    def editions(self) -> list[tuple[object, ...]]:
        """Every edition with what became of it."""
        return self.rows("SELECT id, status, number FROM editions ORDER BY id")

    def held(self, pid: int) -> set[str]:
        """The first words of the leases that a process holds, or held when it died."""
        found = self.rows(f"SELECT name FROM leases WHERE holder LIKE '%:{pid}'")
        return {str(name).split()[0] for (name,) in found}


@dataclass
class Disturbed:
    """The publication whose processes are killed."""

    house: House
    sources: Sources
    clock: FakedClock
    chance: Random
    log: Path
    phases: Counter[str] = field(default_factory=Counter)
    process: subprocess.Popen[bytes] | None = None
    newest: list[tuple[object, ...]] = field(default_factory=list)

    def start(self, verb: str, now: datetime) -> None:
        """Start a process unless one lives; `run` is told the time, `serve` sees it on the wall."""
        if self.process is not None:
            return
        words = command(self.house.newsroom, verb, now=now if verb == "run" else None)
        self.newest = self.house.rows("SELECT max(id) FROM runs")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log, env=self.clock.environment())

    def kill_in(self, phase: str, now: datetime) -> str:
        """Kill a process at its work of that kind, which it may have done by now; what it did really, "" if it had
        ended by itself."""
        self.start(self.chance.choice(("serve", "run")), now)
        assert self.process is not None
        self._wait_for(phase, self.process)
        time.sleep(self.chance.random() * self.chance.choice((0.0, 0.02, 0.2)))
        was_alive = self.process.poll() is None
        self.process.kill()
        self.process.wait(BORED)
        self.clock.forget(self.process.pid)
        found = self._died_in(self.process.pid) if was_alive else ""
        self.phases[found or "ended"] += 1
        self.process = None
        return found

    def _wait_for(self, phase: str, process: subprocess.Popen[bytes]) -> None:
        before, wanted = self._counts(), self.chance.randint(1, SOURCES)
        end = time.monotonic() + (self.chance.uniform(0.3, 4.0) if phase == "any" else BORED)
        quiet, last = time.monotonic(), (0, before)
        while process.poll() is None and time.monotonic() < end and time.monotonic() - quiet < IDLE:
            asked, sent = self._counts()
            if phase == "gather" and asked - before[0] >= wanted:
                return
            if phase == "deliver" and sent > before[1] + wanted % 8:
                return
            if phase in LEASES and LEASES[phase] in self.house.held(process.pid):
                return
            if last != (last := (self.log.stat().st_size, (asked, sent))) or not self._has_begun():
                quiet = time.monotonic()
            time.sleep(0.002)

    def _has_begun(self) -> bool:
        """Whether the process came to open a run of its own."""
        return self.house.rows("SELECT max(id) FROM runs") != self.newest

    def _counts(self) -> tuple[int, int]:
        return self.sources.asked, sum(self.house.boxes.taken.values())

    def _died_in(self, pid: int) -> str:
        """What a process did when it was killed, by what it left behind."""
        held = self.house.held(pid)
        for phase, lease in LEASES.items():
            if lease in held:
                return phase
        if not self._has_begun():
            return "idle" if held else "start"
        if self.house.rows("SELECT 1 FROM run_parts WHERE state IS NULL AND run_id = (SELECT max(id) FROM runs)"):
            return "gather"
        return "between"

    def settle(self, calm: House, now: datetime) -> None:
        """Let the service work until all that is to be published and sent is."""
        begun, wanted = time.monotonic(), calm.published()
        while self.house.editions() != calm.editions() or self.house.published() != wanted:
            self.start("serve", now)
            assert self.process is not None
            assert self.process.poll() is None, f"the service ended by itself: {self._said()}"
            if time.monotonic() - begun > BORED:
                assert self.house.editions() == calm.editions(), self._said()
                assert_same(self.house.published(), wanted)
            time.sleep(0.05)

    def stop(self) -> None:
        """End the process as a person would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                assert self.process.wait(BORED) == 0, self._said()
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGABRT)
                pytest.fail(f"the service does not stop: {self._said()}")
            self.process = None

    def _said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


def assert_same(disturbed: dict[str, bytes], calm: dict[str, bytes]) -> None:
    """The same files with the same bytes."""
    assert sorted(set(disturbed) ^ set(calm)) == []
    for path, data in calm.items():
        assert disturbed[path].decode(errors="replace") == data.decode(errors="replace"), path


def house_in(folder: Path, web: Web, boxes: Mailboxes, sources: Sources) -> House:
    folder.mkdir()
    (folder / "people.txt").write_text("\n".join(f"leser{n:02}@post{n % 7}.test" for n in range(RECIPIENTS)))
    smtp = f'[carriers.smtp]\nhost = "127.0.0.1"\nport = {boxes.port}\nsecurity = "none"\nfile = "people.txt"\n'
    slots = ", ".join(f'"{slot}"' for slot in SLOTS)
    extra = f"{CALM_ABOUT_NOTHING}[schedule]\neditions = [{slots}]\n{smtp}connections = {CONNECTIONS}\n"
    made = Newsroom(folder, web, extra=extra, host="ki-news.test", beats=True)
    made.article("a.txt")
    for n in range(SOURCES):
        made.source(f"quelle{n:02}", sources.address(n))
    made.configure()
    return House(made, boxes)


@pytest.fixture
def sources(chance: Random) -> Iterator[Sources]:
    with ExitStack() as stack:
        yield Sources([stack.enter_context(serving()) for _ in range(HOSTS)], chance)


@pytest.fixture
def houses(tmp_path: Path, web: Web, sources: Sources) -> Iterator[tuple[House, House]]:
    """The one that is killed, and the one that is left alone."""
    with mail_server() as one, mail_server() as other:
        one.slow = 0.02
        made = [house_in(tmp_path / name, web, boxes, sources) for name, boxes in (("disturbed", one), ("calm", other))]
        yield made[0], made[1]
        for house in made:
            house.close()


def test_a_service_killed_at_any_moment_publishes_and_sends_what_it_would_have_without(
    tmp_path: Path, houses: tuple[House, House], sources: Sources, chance: Random, counted: Callable[[int], int]
) -> None:
    house, calm = houses
    clock = FakedClock(tmp_path / "clock")
    disturbed = Disturbed(house, sources, clock, chance, tmp_path / "log.txt")
    now, stretches = NOW, 0
    feeds = house.newsroom.path("")
    feeds.mkdir()
    try:
        with polling(feeds, BASE, tmp_path / "read.json") as poll:
            while sum(disturbed.phases[one] for one in PHASES) < counted(KILLS):
                stretches, now = stretches + 1, now + STEP
                lived(now, disturbed, calm, is_slot=now.minute in (0, 30))
                kill_often(disturbed, now, chance)
                disturbed.settle(calm, now)
                if chance.random() < 0.8:  # otherwise the clock moves under a living service
                    disturbed.stop()
            disturbed.stop()
    finally:
        if disturbed.process is not None:
            disturbed.process.kill()
    say(stretches, disturbed, poll)
    assert "Traceback" not in disturbed.log.read_text(encoding="utf-8", errors="replace")
    assert not poll.wrong
    assert poll.reads >= counted(READS)
    assert_told_once(house, calm, sources.titles)
    assert_sent_once(house, calm, sum(disturbed.phases.values()))


def lived(now: datetime, disturbed: Disturbed, calm: House, *, is_slot: bool) -> None:
    """Let the world go on by a stretch, which the publication that is left alone lives at once. While an edition is
    due, nothing new is told: a round and the edition begin at the same moment, and either may be first."""
    sources = disturbed.sources
    if not is_slot:
        sources.publish(now - timedelta(minutes=1))
    for newsroom in (disturbed.house.newsroom, calm.newsroom):
        for name, text in sources.articles:
            newsroom.article(name, text)
    sources.articles.clear()
    calm.newsroom.run(now=now)
    disturbed.newest = disturbed.house.rows("SELECT max(id) FROM runs")
    disturbed.clock.stand_at(now)


def kill_often(disturbed: Disturbed, now: datetime, chance: Random) -> None:
    """Kill one process after the other within a stretch, in the phases that come while something is to be done."""
    if now.minute in (0, 30):
        wanted = ["compose"] * chance.randint(0, 3) + ["publish"] * chance.randint(0, 2)
        wanted += ["deliver"] * chance.randint(1, 4) + ["any"] * chance.randint(0, 1)
    else:
        wanted = ["gather"] * chance.randint(1, 3) + ["curate"] * chance.randint(0, 2)
        wanted += ["publish"] * chance.randint(1, 3) + ["any"] * chance.randint(0, 1)
    missed = set[str]()
    for phase in wanted:
        if phase not in missed and disturbed.kill_in(phase, now) in ("", "idle", "between"):
            missed.add(phase)  # it is done already, and does not come again


def say(stretches: int, disturbed: Disturbed, poll: Poll) -> None:
    """The figures of a run."""
    phases, editions = disturbed.phases, len(disturbed.house.newsroom.editions())
    kills = sum(phases[one] for one in PHASES)
    print(  # noqa: T201 - figures
        f"seed {SEED}: {kills} kills at work in {stretches} stretches, {dict(phases.most_common())};"
        f" {len(disturbed.sources.titles)} stories, {editions} editions;"
        f" {poll.reads} reads, {poll.links} links followed, {len(poll.wrong)} broken"
    )


TOLD = {
    "items": "source_id, uid, item, body, digest, published, first_seen, story_id, told",
    "stories": "id, slug, fate, revision, lead_source, lead_uid, told, released, updated",
    "editions": "id, slot, status, number",
    "edition_stories": "story_id, n, edition_id",
    "decisions": "story_id, who, what, why, at, revision, item_source, item_uid",
}


def assert_told_once(house: House, calm: House, titles: list[str]) -> None:
    """Each item stands in exactly one story, each story in one edition, each decision is made once: as left alone."""
    for table, columns in TOLD.items():
        rows, wanted = (Counter(one.rows(f"SELECT {columns} FROM {table}")) for one in (house, calm))
        assert not wanted - rows, f"{table}: lost {list(wanted - rows)[:2]}, instead {list(rows - wanted)[:2]}"
        assert not rows - wanted, f"{table}: too much {list(rows - wanted)[:2]}"
    told = house.rows(
        "SELECT json_extract(revisions.revision, '$.title')"
        " FROM stories JOIN revisions ON story_id = id AND n = stories.revision"
    )
    assert Counter(title for (title,) in told) == Counter([*titles, OWN_TITLE])
    assert house.rows("SELECT count(*) FROM items WHERE story_id IS NULL") == [(0,)]


def assert_sent_once(house: House, calm: House, kills: int) -> None:
    """Each recipient has each edition at most once; whoever may lack it is named as in doubt, and those are few."""
    sent, wanted = (letters(one.boxes) for one in (house, calm))
    assert [letter for letter, times in sent.items() if times > 1] == []
    assert set(sent) <= set(wanted)
    states = Counter(str(state) for (state,) in house.rows("SELECT state FROM deliveries"))
    delivered, doubts = states.pop("delivered"), states.pop("in_doubt", 0)
    assert not states
    assert delivered <= len(sent) <= delivered + doubts
    assert delivered + doubts == len(wanted) == sum(wanted.values())
    assert doubts <= kills * CONNECTIONS


def letters(boxes: Mailboxes) -> Counter[tuple[str, str]]:
    """How often each address has each letter."""
    found: Counter[tuple[str, str]] = Counter()
    for address, messages in boxes.messages.items():
        for message in messages:
            found[address, str(email.message_from_bytes(message, policy=email.policy.default)["Subject"])] += 1
    return found
