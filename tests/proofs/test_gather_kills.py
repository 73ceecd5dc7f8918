"""A gathering may be killed between any two of its commits: what was read is kept, what was not is read again."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.conftest import ROOT
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.proofs.conftest import CALM_ABOUT_NOTHING
from tests.proofs.growing import command
from tests.web import Asked, Page, Web, serving

pytestmark = pytest.mark.proofs

KILLS = 60
SOURCES = 60
HOSTS = 6
STEP = timedelta(hours=12)
BORED = 120  # seconds after which a process waits for something that will not come
# All that a gathering keeps. Which row came first, and in which run, may differ: numbers that are given out do.
KEPT = {
    "items": "source_id, uid, item, body, digest, url, published, first_seen, listed, baseline, flooded,"
    " story_id IS NULL, told",
    "looks": "source_id, looked, answered, next_look, failures",
    "sources": "id, memory, baselined, problem, health, since, last_new_item, warnings, arrivals, listing, parsed",
    "alerts": "about, what, words, at",
    "stories": "lead_source, lead_uid, fate, revision, told",
}


class Hosts:
    """Sixty sources at six hosts, one of which is slow, that publish something new in every round."""

    def __init__(self, webs: Sequence[Web], chance: Random) -> None:
        self._webs, self._chance, self._posts = webs, chance, [list[Post]() for _ in range(SOURCES)]
        self.titles: list[str] = []

    @property
    def asked(self) -> int:
        return sum(len(web.asked) for web in self._webs)

    def address(self, n: int) -> str:
        return self._webs[n % HOSTS].url(f"/{n}.xml")

    def publish(self, now: datetime) -> None:
        """Something new at every source, at some two or three things, and at some an edit of what was there."""
        for n, posts in enumerate(self._posts):
            if posts and self._chance.random() < 0.3:
                posts[0] = Post(
                    posts[0].title, posts[0].link, posts[0].published, f"Nachtrag vom {now:%d.%m., %H} Uhr."
                )
            for _ in range(self._chance.choice((1, 1, 2, 3))):
                number = len(self.titles) + 1
                self.titles.append(f"Meldung {number} der Quelle {n}")
                posts.insert(0, Post(self.titles[-1], f"https://quelle{n}.example/{number}", now, "Ein Satz."))
            self._webs[n % HOSTS].pages[f"/{n}.xml"] = self._slowly(n % HOSTS, rss(*posts[:30]).encode())

    def _slowly(self, host: int, body: bytes) -> Callable[[Asked], Page]:
        def answer(_: Asked) -> Page:
            time.sleep(0.2 if host == 0 else 0.01)
            return Page(body, headers={"Content-Type": "application/xml"})

        return answer


@pytest.fixture
def hosts(chance: Random) -> Iterator[Hosts]:
    with ExitStack() as stack:
        yield Hosts([stack.enter_context(serving()) for _ in range(HOSTS)], chance)


def newsroom_in(folder: Path, web: Web, hosts: Hosts) -> Newsroom:
    folder.mkdir()
    made = Newsroom(folder, web, extra=CALM_ABOUT_NOTHING, beats=True)
    for n in range(SOURCES):
        made.source(f"quelle{n:02}", hosts.address(n), rhythm="1h")
    made.configure()
    return made


def kept(newsroom: Newsroom) -> dict[str, list[tuple[object, ...]]]:
    """What the store holds of a gathering."""
    with closing(sqlite3.connect(newsroom.folder / "feeder.db")) as store:
        return {
            table: sorted(store.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)
            for table, columns in KEPT.items()
        }


def is_in_between(newsroom: Newsroom) -> bool:
    """Whether of the newest round some looks are kept, and others are not."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(newsroom.folder / "feeder.db")) as store:
        query = "SELECT count(*) FROM looks WHERE looked = (SELECT max(looked) FROM looks)"
        return 0 < int(store.execute(query).fetchone()[0]) < SOURCES
    return False  # killed before there were tables


def killed(newsroom: Newsroom, now: datetime, hosts: Hosts, chance: Random) -> bool:
    """Start a gathering and kill it soon after its servers were asked so many things; False if it was done before."""
    before, enough = hosts.asked, chance.choice((chance.randint(0, SOURCES), chance.randint(50, SOURCES)))
    more = chance.choice((0.0, 0.05, 0.5, 2.0)) * chance.random()
    with subprocess.Popen(
        command(newsroom, "gather", now=now), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        begun = time.monotonic()
        while process.poll() is None and hosts.asked - before < enough and time.monotonic() - begun < BORED:
            time.sleep(0.001)
        time.sleep(more)
        was_alive = process.poll() is None
        process.kill()
        said, _ = process.communicate(timeout=BORED)
    assert "Traceback" not in said, said
    assert was_alive or process.returncode == 0, said
    return was_alive


def test_a_gathering_killed_between_its_commits_loses_nothing_and_keeps_nothing_twice(
    tmp_path: Path, web: Web, hosts: Hosts, chance: Random, counted: Callable[[int], int]
) -> None:
    disturbed, calm = (newsroom_in(tmp_path / name, web, hosts) for name in ("disturbed", "calm"))
    now, kills, in_between, rounds = NOW, 0, 0, 0
    while kills < counted(KILLS):
        rounds, now = rounds + 1, now + STEP
        hosts.publish(now - timedelta(minutes=1))
        calm.run("gather", now=now)
        for _ in range(chance.randint(1, 3)):
            if not killed(disturbed, now, hosts, chance):
                break
            kills, in_between = kills + 1, in_between + is_in_between(disturbed)
        disturbed.run("gather", now=now)
        assert_same(kept(disturbed), kept(calm))
    assert in_between >= kills // 10, "hardly any of the kills came between two commits"
    titles = [title for (title,) in told(disturbed)]
    assert Counter(titles) == Counter(hosts.titles)
    print(f"{kills} kills in {rounds} rounds, {in_between} after a part, {len(titles)} items")  # noqa: T201 - figures


def assert_same(disturbed: dict[str, list[tuple[object, ...]]], calm: dict[str, list[tuple[object, ...]]]) -> None:
    for table, rows in calm.items():
        lost, double = Counter(rows) - Counter(disturbed[table]), Counter(disturbed[table]) - Counter(rows)
        assert not lost, f"{table}: lost {list(lost)[:3]}, instead {list(double)[:3]}"
        assert not double, f"{table}: too much {list(double)[:3]}"


def told(newsroom: Newsroom) -> list[tuple[str]]:
    """The titles of all items, as stored."""
    with closing(sqlite3.connect(newsroom.folder / "feeder.db")) as store:
        return store.execute("SELECT json_extract(item, '$.title') FROM items").fetchall()
