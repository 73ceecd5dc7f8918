"""Count what feeder does: parses, rows written by table, transactions that write, bytes that they take.

As a program it is `feeder` with counters: `python counting.py FOLDER VERB`; the last line it prints is JSON.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.gather.contest import Contest


def counted(contest: Contest, home: Path, verb: str) -> dict[str, float]:
    """Run a verb of feeder on the publication in `home`, and count."""
    said = contest.counted([str(Path(__file__).resolve()), str(home), verb])
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found


def _watch(counts: Counter[str]) -> None:
    from sqlalchemy import Engine, event  # noqa: PLC0415 - the child's alone: who measures stays small

    import feeder.sources.syndication as feeds  # noqa: PLC0415 - the same

    parse = feeds.parse_feed

    def parsing(*args: Any, **kwargs: Any) -> Any:
        counts["parses"] += 1
        return parse(*args, **kwargs)

    feeds.parse_feed = parsing
    writing: set[int] = set()

    def execute(connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        words = statement.split(None, 3)
        if words[0] in ("INSERT", "UPDATE", "DELETE"):
            table = words[1] if words[0] == "UPDATE" else words[2]
            counts[f"wrote {table.partition('(')[0]}"] += len(parameters) if many else 1
            writing.add(id(connection.connection.driver_connection))

    def commit(connection: Any) -> None:
        driver = id(connection.connection.driver_connection)
        counts["transactions"] += driver in writing
        writing.discard(driver)

    event.listen(Engine, "before_cursor_execute", execute)
    event.listen(Engine, "commit", commit)


def main() -> None:
    """Run feeder with counters, and an own connection open, so that the journal stays to be measured."""
    from feeder.cli import main as feeder  # noqa: PLC0415 - the same

    home, verb = Path(sys.argv[1]), sys.argv[2]
    counts: Counter[str] = Counter({"parses": 0, "transactions": 0})
    _watch(counts)
    held = sqlite3.connect(home / "feeder.db")
    held.execute("select count(*) from sources").fetchone()
    sys.argv = ["feeder", verb, "--config", str(home / "config.toml")]
    try:
        feeder()
    except SystemExit as ended:
        if ended.code:
            raise
    journal = home / "feeder.db-wal"
    counts["journal bytes"] = journal.stat().st_size if journal.exists() else 0
    held.close()
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
