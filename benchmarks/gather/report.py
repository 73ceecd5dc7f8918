"""What was measured, as two tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.gather.contest import BEST, N20, R10
from benchmarks.gather.scenarios import Results
from benchmarks.gather.targets import Limit, Row, costs, rows


def told(results: Results, sources: int, workers: int) -> tuple[str, int]:
    """The tables, and how many musts were missed."""
    lines = [
        "| CPU s (wall s) peak MB | feeder | feeder with curating | N20 | R10 | BEST |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_line(scenario, *cells) for scenario, cells in costs(results)),
        "",
        "| what | feeder | must | | ambitious | |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    found = list(rows(results, sources, workers))
    for row in found:
        figure = f"{_number(row.figure)} {row.unit}".strip()
        lines.append(_line(row.what, figure, *_limits(row, row.must), *_limits(row, row.ambitious)))
    missed = sum(not _kept(row, row.must) for row in found)
    held = sum(_kept(row, row.must) for row in found if row.must)
    aimed = [_kept(row, row.ambitious) for row in found if row.ambitious]
    lines += ["", f"{held} of {held + missed} musts kept, {sum(aimed)} of {len(aimed)} ambitious targets reached."]
    if missed:
        lines.append("Missed: " + "; ".join(row.what for row in found if not _kept(row, row.must)) + ".")
    return "\n".join(lines), missed


def _limits(row: Row, limits: Sequence[Limit]) -> tuple[str, str]:
    if not limits:
        return "", ""
    words = ", ".join(
        f"{limit.words} = {_number(limit.most)}"
        if any(name in limit.words for name in (N20, R10, BEST))
        else limit.words
        for limit in limits
    )
    return f"≤ {words}", "yes" if _kept(row, limits) else "**no**"


def _kept(row: Row, limits: Sequence[Limit]) -> bool:
    return all(row.figure <= limit.most for limit in limits)


def _number(figure: float) -> str:
    return f"{figure:.2f}" if figure < 10 and figure % 1 else f"{figure:.0f}"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
