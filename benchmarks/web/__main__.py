"""`make bench-web`: 304s and 200s per second, p99, CPU and memory, feeder's server beside nginx.

Ends with 1 if a must is missed.

Needs wrk, nginx, taskset, and two cores: one for the server, one for wrk.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from benchmarks.web.folder import publish
from benchmarks.web.servers import Running, feeder, nginx

SCRIPT = Path(__file__).with_name("wrk.lua")
CLIENTS = 2000
MUST_RATE = 1500
MUST_P99 = 50.0


@dataclass(frozen=True)
class Load:
    """What is asked, by how many; `pause`: milliseconds that a client waits on average before it asks again."""

    name: str
    clients: int
    coding: str = "identity"
    is_known: bool = True
    pause: int = 0
    rivals: tuple[str, ...] = ("feeder", "nginx")


LOADS = (
    Load(f"304, {CLIENTS} clients polling, about 2,000 a second", CLIENTS, pause=1000),
    Load(f"304, {CLIENTS} clients without a pause", CLIENTS),
    Load("304, 64 clients without a pause", 64),
    Load("200, 64 clients, plain", 64, is_known=False),
    Load("200, 64 clients, gzip", 64, "gzip", is_known=False),
    Load("200, 64 clients, br", 64, "br", is_known=False, rivals=("feeder",)),
)


def ask(server: Running, load: Load, seconds: int, core: int) -> dict[str, float]:
    """One run of wrk against one server."""
    url = f"http://127.0.0.1:{server.port}/rss.xml"
    asked = urllib.request.Request(url, headers={"Accept-Encoding": load.coding})
    with urllib.request.urlopen(asked) as answer:
        tag, coding = answer.headers["ETag"], answer.headers.get("Content-Encoding", "identity")
    if coding != load.coding:
        raise SystemExit(f"{server.name} answers {load.coding} with {coding}")
    headers = ["-H", f"Accept-Encoding: {load.coding}"]
    headers += ["-H", f"If-None-Match: {tag}"] if load.is_known else []
    command = ["taskset", "-c", str(core), "wrk", "-t1", f"-c{load.clients}", f"-d{seconds}s", "--timeout", "10s"]
    command += ["-s", str(SCRIPT), *headers, url]
    before = server.cpu()
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"PAUSE": str(load.pause)}
    )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    if found["failed"] or found["bad"]:
        print(f"  {server.name}, {load.name}: {found['failed']:.0f} failed, {found['bad']:.0f} with a bad status")
    return {
        "rate": found["requests"] / found["seconds"],
        "p50": found["p50"],
        "p99": found["p99"],
        "cpu": (server.cpu() - before) / found["requests"] * 1e6,
    }


def measure(rounds: int, seconds: int) -> dict[tuple[str, str], dict[str, float]]:
    """Medians by load and server; the servers take turns, another first in each round."""
    runs: dict[tuple[str, str], list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "feeds")
        publish(folder)
        sizes = {path.suffix: path.stat().st_size // 1000 for path in folder.glob("rss.xml*")}
        print(f"rss.xml of 50 stories: {sizes['.xml']} kB, gzip {sizes['.gz']}, br {sizes['.br']}")
        with feeder(folder, 0) as ours, nginx(folder, Path(place), 0) as theirs:
            for number in range(rounds):
                for load in LOADS:
                    for server in (ours, theirs) if number % 2 else (theirs, ours):
                        if server.name in load.rivals:
                            runs.setdefault((load.name, server.name), []).append(ask(server, load, seconds, 1))
            print(f"peak memory: feeder {ours.peak()} MB, nginx's worker {theirs.peak()} MB")
    return {
        key: {name: statistics.median(run[name] for run in found) for name in found[0]} for key, found in runs.items()
    }


def main() -> int:
    """Measure, print a table, say what is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=5)
    chosen = options.parse_args()
    for program in ("wrk", "taskset"):
        if not shutil.which(program):
            raise SystemExit(f"{program} is not installed; on Debian: apt-get install wrk nginx util-linux")
    if (os.cpu_count() or 1) < 2:
        raise SystemExit("one core is for the server, one for wrk: this machine has only one")
    found = measure(chosen.rounds, chosen.seconds)
    print("\n| load | feeder/s | nginx/s | ratio | p99 feeder (ms) | p99 nginx | CPU feeder (µs each) | CPU nginx |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for load in LOADS:
        ours, theirs = found[load.name, "feeder"], found.get((load.name, "nginx"))
        print(
            f"| {load.name} | {ours['rate']:,.0f} | {theirs['rate']:,.0f} | {ours['rate'] / theirs['rate']:.2f} "
            f"| {ours['p99']:.1f} | {theirs['p99']:.1f} | {ours['cpu']:.0f} | {theirs['cpu']:.0f} |"
            if theirs
            else f"| {load.name} | {ours['rate']:,.0f} | | | {ours['p99']:.1f} | | {ours['cpu']:.0f} | |"
        )
    polling = found[LOADS[0].name, "feeder"]
    missed = [
        words
        for words, holds in (
            (f"must: {MUST_RATE:,} 304s a second per core, {CLIENTS:,} clients polling", polling["rate"] >= MUST_RATE),
            (f"must: p99 below {MUST_P99:.0f} ms while they poll", polling["p99"] < MUST_P99),
        )
        if not holds
    ]
    print("\n" + ("\n".join(f"MISSED {words}" for words in missed) or "every must is met"))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
