"""Who is measured, on what, and how: each contestant is a program of its own with a folder of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import certifi

from benchmarks.gather.serving import Serving

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FEEDER, WHOLE, N20, R10, BEST = "feeder", "feeder+curate", "N20", "R10", "BEST"
RIVALS = {N20: "n20.py", R10: "r10.py", BEST: "best.py"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program cost with all that it started: CPU (user + system) and wall in seconds, peak memory in MB.
    `answers`: what the server did meanwhile; `entries`: what the contestant's store holds now."""

    cpu: float
    wall: float
    memory: float
    answers: dict[str, float] = field(default_factory=dict)
    entries: int = 0
    failed: int = 0


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure; the rest as in the last round."""
    last = costs[-1]
    figures = (median(getattr(cost, name) for cost in costs) for name in ("cpu", "wall", "memory"))
    return Cost(*figures, last.answers, last.entries, last.failed)


@dataclass
class Contest:
    """The contestants' folders, and the server that they read. `workers`: feeder's, None for its default."""

    folder: Path
    serving: Serving
    python: Path
    workers: int | None = None
    timeout: str = "30s"

    def home(self, name: str, scheme: str) -> Path:
        """A contestant's folder."""
        return self.folder / f"{name}-{scheme}"

    def fresh(self, name: str, scheme: str, addresses: Sequence[str]) -> None:
        """Let a contestant begin anew, with these sources."""
        home = self.home(name, scheme)
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        (home / "addresses").write_text("\n".join(addresses))
        if name in (FEEDER, WHOLE):
            (home / "config.toml").write_text(_config(addresses, self.workers, self.timeout), encoding="utf-8")
            (home / "templates").symlink_to(ROOT / "templates")

    def run(self, name: str, scheme: str, *words: str) -> Cost:
        """Run a contestant once; what it says goes to a file in its folder."""
        home = self.home(name, scheme)
        self.serving.change()
        cost, said = measured(self._command(name, home, words), self._environment(name), home / "said")
        answers = self.serving.change()
        if name in RIVALS:
            found = json.loads(said.splitlines()[-1])
            return Cost(*cost, answers, found["entries"], found["failed"])
        return Cost(*cost, answers, *_kept(home / "feeder.db"))

    def version(self) -> Cost:
        """Run `feeder --version`."""
        command = [sys.executable, "-m", "feeder", "--version"]
        cost, _ = measured(command, self._environment(FEEDER), self.folder / "said")
        return Cost(*cost)

    def counted(self, words: Sequence[str]) -> str:
        """What a Python program prints that runs as feeder would."""
        return measured([sys.executable, *words], self._environment(FEEDER), self.folder / "said")[1]

    def _command(self, name: str, home: Path, words: Sequence[str]) -> list[str]:
        if name in RIVALS:
            return [str(self.python), str(HERE / "rivals" / RIVALS[name]), str(home), str(home / "addresses")]
        only = ["--only-gather"] if name == FEEDER else []
        return [sys.executable, str(HERE / "rivals" / "feeder_gather.py"), str(home), *only, *words]

    def _environment(self, name: str) -> dict[str, str]:
        """Everyone trusts the usual 118 authorities and ours, each named in its own way: feeder adds what
        SSL_CERT_FILE says to the usual ones by itself."""
        environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        ours = self.folder / "web" / "ca.pem"
        bundle = self.folder / "bundle.pem"
        if not bundle.exists():
            bundle.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + ours.read_bytes())
        trusted = {"SSL_CERT_FILE": ours} if name not in RIVALS else {
            "SSL_CERT_FILE": bundle, "REQUESTS_CA_BUNDLE": bundle
        }  # fmt: skip
        return environment | {key: str(path) for key, path in trusted.items()}


def measured(command: Sequence[str], environment: dict[str, str], said: Path) -> tuple[tuple[float, ...], str]:
    """Run a program to its end; CPU, wall and memory, and what it printed. Its failure is ours."""
    with said.open("w") as out:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment, cwd=ROOT)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    text = said.read_text(errors="replace")
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{text[-3000:]}")
    return (used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024), text


def _kept(store: Path) -> tuple[int, int]:
    """How many items a store holds, and how many of its sources fail."""
    with sqlite3.connect(store) as database:
        items, failed = "select count(*) from items", "select count(*) from sources where problem is not null"
        return database.execute(items).fetchone()[0], database.execute(failed).fetchone()[0]


def _config(addresses: Sequence[str], workers: int | None, timeout: str) -> str:
    """The configuration that ships, with these sources, asked at once and on loopback."""
    shipped = (ROOT / "config.toml").read_text(encoding="utf-8").partition("\n[[sources]]")[0]
    head = re.sub(r"(?ms)^\[gathering\]$.*?(?=^\[)", "", shipped)
    gathering = (
        f'[gathering]\nsoonest = "0s"\nlatest = "0s"\npause = "0s"\ntimeout = "{timeout}"\n'
        'allow_networks = ["127.0.0.0/8"]\n'
    ) + (f"workers = {workers}\n" if workers else "")
    sources = (
        f'[[sources]]\nid = "s{number}"\nkind = "feed"\nlocation = "{url}"\ntitle = "Quelle {number}"\n'
        for number, url in enumerate(addresses)
    )
    return "\n".join((head, gathering, *sources))
