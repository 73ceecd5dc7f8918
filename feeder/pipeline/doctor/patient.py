"""Who is examined, and what is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeder.config import Config
from feeder.store import Store, open_store
from feeder.store.examining import Seen, see


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not as it should be, and what mends it. Unless `is_trouble` it is only worth knowing."""

    words: str
    fix: str
    is_trouble: bool = True


@dataclass(frozen=True, slots=True)
class Examination:
    """What one check found; `facts` are how things are."""

    name: str
    facts: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_well(self) -> bool:
        return not any(one.is_trouble for one in self.findings)


@dataclass(frozen=True, slots=True)
class Patient:
    """A house that is not opened: looking changes nothing of it.

    `prove` tries the templates out, `article_errors` are the articles that readers cannot get, `ask_time` says what
    time it is elsewhere, and where, None where nobody can be asked.
    """

    config: Config
    prove: Callable[[], None]
    article_errors: Callable[[], Sequence[str]]
    ask_time: Callable[[], tuple[str, datetime] | None]
    offline: bool = False

    @property
    def output(self) -> Path:
        return self.config.base / self.config.output.folder

    @property
    def backups(self) -> Path:
        return self.config.base / self.config.backup.folder

    @property
    def database(self) -> Seen:
        """What the store is like, without opening it for work."""
        return see(self.config.store_url.get_secret_value())

    @contextmanager
    def store(self) -> Iterator[Store | None]:
        """The store, where there is one of this version: another would be migrated by opening it."""
        if not self.database.is_current:
            yield None
            return
        with open_store(self.config.store_url.get_secret_value()) as store:
            yield store
