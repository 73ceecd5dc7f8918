"""What is measured: rounds in which all contestants do the same, one after the other, and what feeder does alone."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.gather import archive, counting
from benchmarks.gather.contest import BEST, FEEDER, N20, R10, WHOLE, Contest, Cost, middle

# Each goes on where the one before it stopped.
ROUND: Mapping[str, Mapping[str, object]] = {
    "cold": {"epoch": 0, "validators": True, "latency": 0.0},
    "unchanged": {},
    "changed": {"epoch": 1},
    "same bytes": {"validators": False},
}
SLOW = 0.1  # seconds to each answer
PATIENCE = 5  # seconds that feeder gives a request where sources are ill
RIVALS = (FEEDER, N20, R10, BEST)

Key = tuple[str, str, str]  # scheme, scenario, contestant


@dataclass
class Results:
    """All that was measured, by scheme, scenario and contestant."""

    costs: dict[Key, list[Cost]] = field(default_factory=dict)
    counts: dict[str, float] = field(default_factory=dict)

    def add(self, scheme: str, scenario: str, name: str, cost: Cost) -> None:
        """Keep a cost, and show that something goes on."""
        self.costs.setdefault((scheme, scenario, name), []).append(cost)
        answers = ", ".join(f"{what}: {int(cost.answers[what])}" for what in ("200", "304") if cost.answers.get(what))
        print(
            f"{scheme:5} {scenario:22} {name:15} {cost.cpu:7.2f} s CPU {cost.wall:7.2f} s wall {cost.memory:5.0f} MB"
            f"  {cost.entries} entries, {cost.failed} failed; {answers}",
            file=sys.stderr,
            flush=True,
        )

    def cost(self, scheme: str, scenario: str, name: str = FEEDER) -> Cost | None:
        """The median, None where it was not measured."""
        costs = self.costs.get((scheme, scenario, name))
        return None if costs is None else middle(costs)


def compare(
    contest: Contest, results: Results, scheme: str, sources: int, rounds: int, names: Sequence[str] = RIVALS
) -> None:
    """Let the contestants do the whole round, a new beginning each time, in another order each time."""
    for number in range(rounds):
        order = [*names[number % len(names) :], *names[: number % len(names)]]
        for name in order:
            contest.fresh(name, scheme, contest.serving.addresses(scheme, sources))
        for scenario, change in ROUND.items():
            contest.serving.change(**change)
            for name in order:
                results.add(scheme, scenario, name, contest.run(name, scheme))


def curating(contest: Contest, results: Results, scheme: str, sources: int) -> None:
    """The command as people run it, with the curating that no rival does; once."""
    contest.fresh(WHOLE, scheme, contest.serving.addresses(scheme, sources))
    for scenario in ("cold", "unchanged", "changed"):
        contest.serving.change(**ROUND[scenario])
        results.add(scheme, scenario, WHOLE, contest.run(WHOLE, scheme))


def slowly(contest: Contest, results: Results, sources: int, names: Sequence[str]) -> None:
    """Every answer takes a tenth of a second."""
    for name in names:
        contest.fresh(name, "http", contest.serving.addresses("http", sources))
    for scenario in ("cold", "unchanged"):
        contest.serving.change(**ROUND["cold"] | {"latency": SLOW})
        for name in names:
            results.add("http", f"{scenario}, slow", name, contest.run(name, "http"))
    contest.serving.change(latency=0.0)


def grown(contest: Contest, results: Results, scheme: str, sources: int) -> None:
    """Four times the sources."""
    contest.fresh(FEEDER, scheme, contest.serving.addresses(scheme, 4 * sources))
    for scenario in ("cold", "unchanged"):
        contest.serving.change(**ROUND[scenario])
        results.add(scheme, f"{scenario}, 4x sources", FEEDER, contest.run(FEEDER, scheme))


def starting(contest: Contest, results: Results) -> None:
    """What feeder costs before it has read anything."""
    contest.serving.change(**ROUND["cold"])
    contest.fresh(FEEDER, "http", contest.serving.addresses("http", 1))
    contest.run(FEEDER, "http")
    for _ in range(3):
        results.add("http", "one source, unchanged", FEEDER, contest.run(FEEDER, "http"))
        results.add("", "feeder --version", FEEDER, contest.version())


def stored(contest: Contest, results: Results, sources: int, times: int) -> None:
    """An archive of many times what the sources list, beside one that holds no more than that."""
    contest.serving.change(**ROUND["cold"])
    contest.fresh(FEEDER, "http", contest.serving.addresses("http", sources))
    contest.run(FEEDER, "http")
    store = contest.home(FEEDER, "http") / "feeder.db"
    small = store.with_name("small.db")
    for archived in (1, times):
        if archived > 1:
            small.replace(store)
            results.counts["archived"] = archive.fill(store, times)
        contest.serving.change(epoch=0)
        for _ in range(3):
            results.add("http", f"unchanged, archive x{archived}", FEEDER, contest.run(FEEDER, "http"))
        if archived == 1:
            small.write_bytes(store.read_bytes())
        contest.serving.change(epoch=1)
        results.add("http", f"changed, archive x{archived}", FEEDER, contest.run(FEEDER, "http"))
    contest.serving.change(epoch=0)


def ill(contest: Contest, results: Results, sources: int) -> None:
    """All are well; then three are not: one refuses connections, one never answers, one drips."""
    contest.serving.change(**ROUND["cold"])
    contest.timeout = f"{PATIENCE}s"
    addresses = contest.serving.addresses("http", sources)
    for scenario in ("all well", "three ill"):
        if scenario == "three ill":
            for number, path in ((1, None), (2, "hang"), (3, "drip")):
                addresses[number] = contest.serving.ill(number, path)
        contest.fresh(FEEDER, "http", addresses)
        results.add("http", scenario, FEEDER, contest.run(FEEDER, "http"))


def laws(contest: Contest, results: Results, sources: int) -> None:
    """Count what an unchanged round does: `feeder run`, the publishing too, and 200 with the same bytes."""
    contest.serving.change(**ROUND["cold"])
    contest.fresh(WHOLE, "http", contest.serving.addresses("http", sources))
    home = contest.home(WHOLE, "http")
    for _ in range(2):
        contest.run(WHOLE, "http", "run")
    before = _files(home / "feeds")
    results.counts |= counting.counted(contest, home, "run") | {"counted sources": sources}
    results.counts["rewritten"] = len(set(_files(home / "feeds").items()) - set(before.items()))
    contest.serving.change(validators=False)
    results.counts["same bytes parses"] = counting.counted(contest, home, "gather")["parses"]
    contest.serving.change(validators=True)


def _files(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
