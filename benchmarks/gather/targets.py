"""What was promised (docs/performance.md): each row a figure of feeder's and its limits, "must" and "ambitious"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.gather.contest import BEST, FEEDER, N20, R10
from benchmarks.gather.scenarios import PATIENCE, SLOW, Results


@dataclass(frozen=True, slots=True)
class Limit:
    """How it is told, and what the figure may not exceed."""

    words: str
    most: float


@dataclass(frozen=True, slots=True)
class Row:
    """One figure and what holds it."""

    what: str
    figure: float
    unit: str
    must: tuple[Limit, ...]
    ambitious: tuple[Limit, ...]


# scheme, scenario, which figure; then the contestants and the share of theirs that feeder may cost.
_RATIOS = (
    ("http", "cold", "cpu", ((N20, 7), (R10, 7), (BEST, 1 / 1.3)), ((N20, 12), (BEST, 1))),
    ("https", "cold", "cpu", ((N20, 8), (R10, 8)), ((N20, 12), (BEST, 1))),
    ("http", "cold", "wall", ((N20, 8),), ((N20, 14),)),
    ("http", "unchanged", "cpu", ((N20, 1 / 0.9), (R10, 3)), ((N20, 1 / 0.6), (R10, 4.5), (BEST, 1))),
    ("https", "unchanged", "cpu", ((N20, 7), (R10, 7)), ((N20, 11), (BEST, 1 / 0.9))),
    ("http", "same bytes", "cpu", ((N20, 10),), ((N20, 18),)),
    ("https", "same bytes", "cpu", ((N20, 10),), ((N20, 18),)),
    ("http", "changed", "cpu", ((N20, 2.5), (R10, 4)), ((N20, 4), (R10, 6), (BEST, 1 / 0.8))),
    ("https", "changed", "cpu", ((N20, 7),), ((N20, 11),)),
)


def rows(results: Results, sources: int, workers: int) -> Iterator[Row]:
    """All rows whose figures were measured."""
    yield from _ratios(results)
    yield from _latency(results, sources, workers)
    yield from _memory(results)
    yield from _start(results)
    yield from _growth(results, sources)
    yield from _archive(results)
    yield from _unchanged(results)
    yield from _illness(results)


def _ratios(results: Results) -> Iterator[Row]:
    for scheme, scenario, figure, must, ambitious in _RATIOS:
        own = results.cost(scheme, scenario)
        if own is None:
            continue

        def limits(shares: Sequence[tuple[str, float]], scheme=scheme, scenario=scenario, figure=figure):
            found = ((name, share, results.cost(scheme, scenario, name)) for name, share in shares)
            return tuple(
                Limit(_share(name, share), getattr(cost, figure) / share) for name, share, cost in found if cost
            )

        what = f"{scenario}, {scheme.upper()}, {'CPU' if figure == 'cpu' else figure}"
        yield Row(what, getattr(own, figure), "s", limits(must), limits(ambitious))


def _share(name: str, share: float) -> str:
    return f"{name}/{share:g}" if share >= 2 else f"{1 / share:.2g}x {name}"


def _latency(results: Results, sources: int, workers: int) -> Iterator[Row]:
    for scenario in ("cold", "unchanged"):
        if cost := results.cost("http", f"{scenario}, slow"):
            least = max(cost.cpu, sources * SLOW / workers)
            must, ambitious = (Limit(f"{by}x {least:.1f} s", by * least) for by in (1.5, 1.2))
            yield Row(f"{scenario}, wall, answers after 100 ms", cost.wall, "s", (must,), (ambitious,))


def _memory(results: Results) -> Iterator[Row]:
    peaks = {
        many: max((cost.memory for scheme in ("http", "https") if (cost := results.cost(scheme, scenario))), default=0)
        for many, scenario in ((1, "cold"), (4, "cold, 4x sources"))
    }
    if peaks[1]:
        yield Row("peak memory", peaks[1], "MB", (Limit("90 MB", 90),), (Limit("65 MB", 65),))
    if peaks[4]:
        flat = Limit("10 MB more", peaks[1] + 10)
        yield Row("peak memory, 4x sources", peaks[4], "MB", (Limit("110 MB", 110),), (Limit("65 MB", 65), flat))


def _start(results: Results) -> Iterator[Row]:
    if version := results.cost("", "feeder --version"):
        yield Row("feeder --version, CPU", 1000 * version.cpu, "ms", (Limit("60 ms", 60),), (Limit("35 ms", 35),))
    if one := results.cost("http", "one source, unchanged"):
        yield Row("fixed part of a round, CPU", 1000 * one.cpu, "ms", (Limit("150 ms", 150),), ())


def _growth(results: Results, sources: int) -> Iterator[Row]:
    for scenario, most in (("cold", 4.3), ("unchanged", 4.1)):
        for scheme in ("http", "https"):
            one, four = results.cost(scheme, scenario), results.cost(scheme, f"{scenario}, 4x sources")
            if one and four:
                what = f"{scenario}, {scheme.upper()}, CPU at 4x sources"
                yield Row(what, four.cpu / one.cpu, "x", (Limit(f"{most}x", most),), ())
    one, four = results.cost("https", "unchanged"), results.cost("https", "unchanged, 4x sources")
    if one and four:
        slope = 1000 * (four.cpu - one.cpu) / (3 * sources)
        yield Row("unchanged, HTTPS, CPU per further source", slope, "ms", (), (Limit("2.2 ms", 2.2),))


def _archive(results: Results) -> Iterator[Row]:
    archives = sorted({scenario for _, scenario, _ in results.costs if ", archive x" in scenario})
    for scenario in archives:
        before = results.cost("http", scenario.partition(" x")[0] + " x1")
        now = results.cost("http", scenario)
        if before is None or now is None or scenario.endswith(" x1"):
            continue
        what = f"{scenario} ({int(results.counts['archived'])} items)"
        yield Row(f"{what}, CPU", now.cpu / before.cpu, "x", (Limit("1.4x", 1.4),), ())
        yield Row(f"{what}, memory", now.memory / before.memory, "x", (Limit("1.1x", 1.1),), ())


def _unchanged(results: Results) -> Iterator[Row]:
    counts = results.counts
    if "parses" not in counts:
        return
    items = sum(count for name, count in counts.items() if name in ("wrote items", "wrote stories", "wrote revisions"))
    sources = counts["counted sources"]
    for what, figure in (
        ("parses", counts["parses"]),
        ("parses, 200 with the same bytes", counts["same bytes parses"]),
        ("items and stories written", items),
        ("files rewritten", counts["rewritten"]),
    ):
        yield Row(f"unchanged `feeder run`: {what}", figure, "", (Limit("0", 0),), ())
    few = Limit("few: 12", 12)
    yield Row("unchanged `feeder run`: transactions that write", counts["transactions"], "", (few,), (Limit("1", 1),))
    per = counts["journal bytes"] / sources
    yield Row("unchanged: bytes of the store per source", per, "B", (), (Limit("200 B", 200),))


def _illness(results: Results) -> Iterator[Row]:
    well, ill = results.cost("http", "all well"), results.cost("http", "three ill")
    if well and ill:
        most = Limit(f"{PATIENCE} s", PATIENCE + 0.5)
        yield Row("three ill sources: wall more", ill.wall - well.wall, "s", (most,), ())
        yield Row("three ill sources: failed that should not", abs(ill.failed - 3), "", (Limit("0", 0),), ())


def costs(results: Results) -> Iterator[tuple[str, list[str]]]:
    """For each scenario what each contestant cost."""
    for scheme, scenario in dict.fromkeys((scheme, scenario) for scheme, scenario, _ in results.costs):
        cells = []
        for name in (FEEDER, "feeder+curate", N20, R10, BEST):
            cost = results.cost(scheme, scenario, name)
            cells.append(f"{cost.cpu:.2f} ({cost.wall:.2f}) {cost.memory:.0f}" if cost else "-")
        yield f"{scenario} {scheme.upper()}".strip(), cells
