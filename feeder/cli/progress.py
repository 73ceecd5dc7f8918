"""How far the reading of sources is, for a person at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Yield what is to be told of each source that was read; shows nothing unless stderr is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _source: None
        return
    from rich.console import Console  # noqa: PLC0415 - 0.1 s that only a terminal needs
    from rich.progress import Progress  # noqa: PLC0415 - the same

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("sources", total=total)
        yield lambda source: bar.update(task, advance=1, description=f"read {source}")
