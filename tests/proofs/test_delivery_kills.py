"""feeder may be killed at any moment of a delivery: nobody gets two messages, nobody is forgotten, doubts are named."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from benchmarks.mail.sink import Counted, sink_in_thread
from feeder.model import DeliveryState, EditionStatus
from feeder.store import open_store
from tests.conftest import ROOT
from tests.newsroom import NOW, Newsroom
from tests.proofs.growing import command
from tests.web import Web

pytestmark = pytest.mark.proofs

RECIPIENTS = 10_000
KILLS = 200
CONNECTIONS = 4
BORED = 60  # seconds


class Weather:
    """What goes wrong at the server: for good, once, or after the final dot; by the recipient's number."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self.lost_after = 0

    def __call__(self, verb: str, address: str) -> str | None:
        number, self.seen[verb, address] = int(address[5:10]), self.seen[verb, address] + 1
        is_first = self.seen[verb, address] == 1
        if verb == "RCPT":
            return "550 5.1.1 nobody" if is_nobody(address) else "drop" if number % 97 == 2 and is_first else None
        if number % 31 == 3 and is_first:
            return "451 4.3.0 not now"
        if number % 211 == 4 and is_first:
            self.lost_after += 1
            return "drop"
        return None


def is_nobody(address: str) -> bool:
    return int(address[5:10]) % 50 == 1


@pytest.fixture
def weather() -> Weather:
    return Weather()


@pytest.fixture
def sink(weather: Weather) -> Iterator[Counted]:
    with sink_in_thread(weather) as counted:
        yield counted


def newsroom_in(folder: Path, web: Web, sink: Counted, people: list[str]) -> Newsroom:
    smtp = f'[carriers.smtp]\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\nfile = "people.txt"\n'
    made = Newsroom(folder, web, host="ki-news.test", beats=True)
    made.extra = f'{smtp}connections = {CONNECTIONS}\npatience = "90d"\n'
    (folder / "people.txt").write_text("\n".join(people))
    made.article("a.txt")
    made.configure()
    return made


def killed(newsroom: Newsroom, now: datetime, sink: Counted, chance: Random, step: int) -> bool:
    """Run feeder and kill it after some more messages; False if it was done before."""
    enough = sink.total + chance.randint(0, step)
    with subprocess.Popen(
        command(newsroom, "run", now=now), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        begun = time.monotonic()
        while process.poll() is None and sink.total < enough and time.monotonic() - begun < BORED:
            time.sleep(0.0005)
        time.sleep(chance.choice((0.0, 0.001, 0.01)) * chance.random())
        was_alive = process.poll() is None
        process.kill()
        said, _ = process.communicate(timeout=BORED)
    assert "Traceback" not in said, said
    return was_alive


def outcome(newsroom: Newsroom) -> tuple[EditionStatus, dict[str, DeliveryState]]:
    with open_store(f"sqlite:///{newsroom.folder}/feeder.db") as store:
        [edition] = store.editions.list()
        found = store.outbox.list(edition.id, "smtp")
        return edition.status, {one.recipient.address: one.state for one in found}


def claimed(newsroom: Newsroom) -> int:
    with open_store(f"sqlite:///{newsroom.folder}/feeder.db") as store:
        editions = store.editions.list()
        return sum(store.outbox.counts(one.id, "smtp").get(DeliveryState.CLAIMED, 0) for one in editions)


def test_a_delivery_killed_at_any_moment_doubles_and_forgets_nobody(
    tmp_path: Path, web: Web, sink: Counted, weather: Weather, chance: Random, counted: Callable[[int], int]
) -> None:
    kills, people = counted(KILLS), [f"leser{n:05}@post{n % 7}.test" for n in range(counted(RECIPIENTS))]
    newsroom = newsroom_in(tmp_path, web, sink, people)
    now, done, in_between, most = NOW, 0, 0, 0
    while done < kills and killed(newsroom, now, sink, chance, len(people) // kills):  # half of them, so that some wait
        now, done = now + timedelta(minutes=1), done + 1
        at_once = claimed(newsroom)
        most, in_between = max(most, at_once), in_between + (at_once > 0)
    for _ in range(12):
        newsroom.run(now=now, code=1 if claimed(newsroom) else 0)
        status, states = outcome(newsroom)
        if status is EditionStatus.DELIVERED:
            break
        now += timedelta(hours=1)
    counts = Counter(states.values())
    print(f"{done} kills, {in_between} while messages were sent, {dict(counts)}")  # noqa: T201 - figures
    assert done == kills, "feeder was done before all kills had come"
    assert status is EditionStatus.DELIVERED
    assert sorted(states) == sorted(people)
    assert_once(states, sink)
    assert most <= CONNECTIONS
    assert counts[DeliveryState.IN_DOUBT] <= done * CONNECTIONS + weather.lost_after
    assert in_between >= done // 4, "hardly any kill came while messages were sent"


def assert_once(states: dict[str, DeliveryState], sink: Counted) -> None:
    """Who is called delivered has one message, who refused has none, who is in doubt may have one."""
    for address, state in states.items():
        taken = sink.taken[address]
        match state:
            case DeliveryState.DELIVERED:
                assert taken == 1, address
            case DeliveryState.REFUSED:
                assert taken == 0, address
            case DeliveryState.IN_DOUBT:
                assert taken <= 1, address
            case _:
                pytest.fail(f"{address} is {state}")
    refused = {address for address, state in states.items() if state is DeliveryState.REFUSED}
    unknown = {address for address, state in states.items() if state is DeliveryState.IN_DOUBT}
    assert refused | unknown == {one for one in states if is_nobody(one)} | unknown
