"""Messages per second, beside a plain smtplib loop over messages that were rendered before, and memory by recipients.

    .venv/bin/python -m benchmarks.mail.send [--messages 3000] [--rounds 3] [--memory 1000 10000 100000]

Every round asks all of them in turn, each with a sink process of its own; medians are printed. feeder keeps its outbox
on a real disk meanwhile: a claim before and a record after each message.
"""

from __future__ import annotations

import argparse
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from feeder.cli.opening import open_house, read_config
from feeder.config import Config
from feeder.config.carriers import Carriers, Smtp
from feeder.delivery.smtp import Post
from feeder.model import Edition, EditionStatus, Hole, Letter, Recipient
from feeder.pipeline.dispatch import Tally
from feeder.pipeline.holding import hold
from feeder.pipeline.mailing import Mailing

ROOT = Path(__file__).resolve().parents[2]
SLOT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
KEY = (f"{SLOT:%Y-%m-%d-%H%M}", "smtp")


def a_letter() -> Letter:
    """75 kB with a recipient's three holes: header, Message-ID, link."""
    line = b"Ein Satz, wie ihn ein Digest hat, mit so viel =C3=9C und =C3=84 wie =C3=BCblich.\r\n"
    head = (
        b"From: wir@news.test\r\nTo: ",
        b"\r\nMessage-ID: <",
        b"@news.test>\r\nSubject: Digest\r\n\r\n" + line * 450,
    )
    parts = (*head, line * 450)
    return Letter("wir@news.test", parts, (Hole.TO, Hole.MESSAGE_ID, Hole.TOKEN), "bench")


def people(number: int) -> Iterator[Recipient]:
    """Recipients, each at one of a few domains."""
    for n in range(number):
        yield Recipient(f"leser{n:06}@post{n % 9}.test", "", f"token{n:06}")


@contextmanager
def sink() -> Iterator[int]:
    """The port of a sink in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.mail.sink"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def plain(port: int, number: int) -> None:
    """The usual loop: one connection, messages rendered before."""
    letter = a_letter()
    messages = [(one.address, letter.fill(one)) for one in people(number)]
    begin()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for address, message in messages:
            server.sendmail("wir@news.test", [address], message)


def ours(connections: int) -> Callable[[int, int], None]:
    """feeder, from a filled outbox on."""

    def send(port: int, number: int) -> None:
        with tempfile.TemporaryDirectory(dir=ROOT.parent) as folder:
            deliver(Path(folder), port, number, connections)

    return send


def deliver(folder: Path, port: int, number: int, connections: int) -> None:
    """Fill an outbox and send it all."""
    smtp = Smtp.model_validate({"host": "127.0.0.1", "port": port, "security": "none", "connections": connections})
    config = _config(folder, smtp)
    with open_house(config) as house:
        house.store.editions.save(
            Edition(id=KEY[0], slot=SLOT, status=EditionStatus.DRAFT, cutoff=SLOT, subject="", intro="", sections=())
        )
        house.store.editions.approve(KEY[0], SLOT, ("smtp",))
        house.store.outbox.fill(*KEY, people(number), SLOT)
        lease = hold(house.store, "bench", house.holder)
        begin()
        Mailing(house, Post(config), lease, KEY, a_letter()).carry(Tally())
        counts = house.store.outbox.counts(*KEY)
    if counts != {"delivered": number}:
        raise SystemExit(f"not all were delivered: {counts}")


def _config(folder: Path, smtp: Smtp) -> Config:
    config = read_config(ROOT / "tests" / "data" / "config.toml")
    return config.model_copy(update={"base": folder, "carriers": Carriers(smtp=smtp)})


_begun: list[float] = []


def begin() -> None:
    """What came before is not counted."""
    _begun[:] = [time.perf_counter(), time.process_time()]


WAYS: dict[str, Callable[[int, int], None]] = {
    "smtplib, 1 connection": plain,
    "feeder, 1 connection": ours(1),
    "feeder, 2 connections": ours(2),
    "feeder, 4 connections": ours(4),
    "feeder, 8 connections": ours(8),
}


def one(way: str, number: int) -> tuple[float, float]:
    """Messages per second, and CPU milliseconds of ours per message."""
    with sink() as port:
        WAYS[way](port, number)
        seconds, cpu = time.perf_counter() - _begun[0], time.process_time() - _begun[1]
    return number / seconds, 1000 * cpu / number


def memory(number: int) -> int:
    """Megabytes at the peak of a process that fills an outbox and sends to so many."""
    code = (
        "import resource; from benchmarks.mail import send\n"
        f"with send.sink() as port: send.ours(4)(port, {number})\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return int(ended.stdout)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, nargs="*", default=[1000, 10_000, 100_000])
    wanted = parser.parse_args()
    for number in wanted.memory:  # first: a process begins with the peak of the one that starts it
        print(f"{number:7,} recipients: {memory(number)} MB at the peak")
    results: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for _ in range(wanted.rounds):
        for way, found in results.items():
            found.append(one(way, wanted.messages))
    base = statistics.median(rate for rate, _ in results["smtplib, 1 connection"])
    print(f"{wanted.messages} messages of {sum(map(len, a_letter().parts)) // 1000} kB, median of {wanted.rounds}")
    for way, found in results.items():
        rate, cpu = (statistics.median(values) for values in zip(*found, strict=True))
        print(f"{way:24} {rate:7,.0f} messages/s  {rate / base:5.2f} x smtplib  {cpu:5.2f} ms CPU each")


if __name__ == "__main__":
    main()
