"""Measure, and print what was measured beside what was promised.

`make bench-gather`, or `python -m benchmarks.gather --rivals PYTHON`, where PYTHON is that of an environment with
rivals/rivals.txt. Ends with 1 if a must was missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from benchmarks.gather import scenarios
from benchmarks.gather.contest import FEEDER, Contest
from benchmarks.gather.report import told
from benchmarks.gather.serving import capacity, serving

PARTS = ("compare", "curating", "slow", "growth", "start", "archive", "ill", "laws")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gather", description=__doc__)
    parser.add_argument("--rivals", type=Path, required=True, help="the Python of the rivals' environment")
    parser.add_argument("--quick", action="store_true", help="100 sources, one round, an archive of 5 times")
    parser.add_argument("--sources", type=int, help="how many (500)")
    parser.add_argument("--rounds", type=int, help="of all contestants, of which the median counts (3)")
    parser.add_argument("--workers", type=int, help="feeder's, instead of what config.toml ships")
    parser.add_argument("--archive", type=int, help="how many times the listed items (50)")
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--names", default=",".join(scenarios.RIVALS), help="of the contestants in `compare`")
    found = parser.parse_args()
    found.sources = found.sources or (100 if found.quick else 500)
    found.rounds = found.rounds or (1 if found.quick else 3)
    found.archive = found.archive or (5 if found.quick else 50)
    return found


def measure(asked: argparse.Namespace, contest: Contest) -> scenarios.Results:
    """Do all parts that were asked for."""
    results, parts, sources = scenarios.Results(), asked.only.split(","), asked.sources
    names = asked.names.split(",")
    for scheme in ("http", "https") if "compare" in parts else ():
        scenarios.compare(contest, results, scheme, sources, asked.rounds, names)
    if "curating" in parts:
        scenarios.curating(contest, results, "https", sources)
    if "slow" in parts:
        scenarios.slowly(contest, results, sources, [FEEDER] if asked.quick else names)
    for scheme in ("http", "https") if "growth" in parts else ():
        scenarios.grown(contest, results, scheme, sources)
    if "start" in parts:
        scenarios.starting(contest, results)
    if "archive" in parts:
        scenarios.stored(contest, results, sources, asked.archive)
    if "ill" in parts:
        scenarios.ill(contest, results, sources)
    if "laws" in parts:
        scenarios.laws(contest, results, min(sources, 50))
    return results


def main() -> None:
    """Measure in a folder that goes away."""
    asked = arguments()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="feeder-bench-") as name:
        web = Path(name, "web")
        web.mkdir()
        most = 4 * asked.sources if "growth" in asked.only else asked.sources
        with serving(web, most, asked.rivals) as server:
            print(capacity(server), file=sys.stderr)
            contest = Contest(Path(name), server, asked.rivals, asked.workers)
            results = measure(asked, contest)
    text, missed = told(results, asked.sources, asked.workers or _shipped_workers())
    print(
        f"{asked.sources} sources, medians of {asked.rounds}, Python {sys.version.split()[0]}, {os.cpu_count()} cores,"
    )
    print(f"measured in {(time.monotonic() - began) / 60:.1f} minutes.\n\n{text}")
    sys.exit(1 if missed else 0)


def _shipped_workers() -> int:
    root = Path(__file__).resolve().parent.parent.parent
    workers: int = tomllib.loads((root / "config.toml").read_text(encoding="utf-8"))["gathering"].get("workers", 8)
    return workers


if __name__ == "__main__":
    main()
