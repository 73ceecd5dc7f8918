"""The store as one thing: its nouns, its beginning, its copies and its end."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from types import TracebackType

from sqlalchemy import select

from feeder.errors import StoreError
from feeder.store.alerts import Alerts
from feeder.store.announcements import Announcements
from feeder.store.anonymising import forget_recipients
from feeder.store.conditions import Conditions
from feeder.store.copying import copy
from feeder.store.database import Database
from feeder.store.editions import Editions
from feeder.store.examining import Examined, counts, examine
from feeder.store.figures import Figures
from feeder.store.handovers import Handovers
from feeder.store.items import Items
from feeder.store.leases import Leases
from feeder.store.media import Media
from feeder.store.migrating import migrate
from feeder.store.models import Models
from feeder.store.optimising import optimise
from feeder.store.outbox import Outbox
from feeder.store.outputs import Outputs
from feeder.store.recipients import Recipients
from feeder.store.restoring import RESTORED
from feeder.store.retention import Forgotten, forget, forget_alerts
from feeder.store.runs import Runs
from feeder.store.schema import HEAD, moments
from feeder.store.signs import Signs
from feeder.store.sources import Sources
from feeder.store.stories import Stories
from feeder.store.upsert import insert_missing, put

_OFTEN_ENOUGH = timedelta(hours=26)


class Store:
    """An open store, for all threads of a process. It has no clock: whoever writes says when."""

    schema = HEAD
    """Of every open store: opening migrates."""

    def __init__(self, url: str, *, is_copy: bool = False) -> None:
        self._database = Database(url)
        try:
            migrate(self._database, keep=not is_copy)
        except StoreError:
            self._database.close()
            raise
        self.name = self._database.name
        self.sources = Sources(self._database)
        self.alerts = Alerts(self._database)
        self.conditions = Conditions(self._database)
        self.signs = Signs(self._database)
        self.items = Items(self._database)
        self.stories = Stories(self._database)
        self.editions = Editions(self._database)
        self.runs = Runs(self._database)
        self.leases = Leases(self._database)
        self.media = Media(self._database)
        self.models = Models(self._database)
        self.outputs = Outputs(self._database)
        self.recipients = Recipients(self._database)
        self.outbox = Outbox(self._database)
        self.handovers = Handovers(self._database)
        self.figures = Figures(self._database)
        self.announcements = Announcements(self._database)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def born(self, now: datetime) -> datetime:
        """The moment of the first run; the first caller's `now`."""
        if (known := self._moment("born")) is not None:
            return known
        with self._database.write("born") as connection:
            insert_missing(connection, moments, [{"name": "born", "at": now}])
        return self._moment("born") or now

    def _moment(self, name: str) -> datetime | None:
        with self._database.read() as connection:
            at: datetime | None = connection.execute(select(moments.c.at).where(moments.c.name == name)).scalar()
        return at

    def together(self, lock: str = "stories") -> AbstractContextManager[None]:
        """Make one transaction of all that this thread does to stories inside, or to what else `lock` is about; one
        commit instead of many.

        Keep it short: nobody else writes meanwhile.
        """
        return self._database.together(lock)

    def copy_to(self, url: str) -> Store:
        """A complete copy in an SQLite file that is not there yet; what happens to it happens to nobody else."""
        copy(self._database, url)
        return Store(url, is_copy=True)

    def restored(self) -> datetime | None:
        """When this state was last restored from a backup; None if it never was."""
        return self._moment(RESTORED)

    def counts(self) -> dict[str, int]:
        """How many stories, items, editions, deliveries and recipients there are."""
        return counts(self._database)

    def examine(self) -> Examined:
        """Whether the database is whole; reads all of it."""
        return examine(self._database)

    def housekeep(
        self,
        now: datetime,
        items: timedelta,
        keys: timedelta,
        *,
        traces: timedelta | None = None,
        deliveries: timedelta | None = None,
        alerts: timedelta | None = None,
    ) -> Forgotten:
        """Forget bodies of other people's items first seen longer than `items` ago, and keys that their source last
        listed longer than `keys` ago; never ids, revisions, decisions, editions. What the same-story check looks at
        goes with the bodies, or as soon as it is older than `traces`. Who got an edition is forgotten `deliveries`
        after its outbox was filled; alerts after `alerts`; neither if that is None."""
        seen = items if traces is None else min(items, traces)
        forgotten = forget(self._database, now - items, now - keys, now - seen)
        if alerts is not None:
            forget_alerts(self._database, now - alerts)
        if deliveries is not None:
            forgotten = forgotten._replace(recipients=forget_recipients(self._database, now - deliveries))
        with self._database.write("kept") as connection:
            put(connection, moments, [{"name": "kept", "at": now}])
        return forgotten

    def is_kept(self, now: datetime) -> bool:
        """Whether `housekeep` was done within the last 26 hours, which is often enough: where each night does it,
        nobody else has to, also when the clocks change."""
        kept = self._moment("kept")
        return kept is not None and timedelta(0) <= now - kept < _OFTEN_ENOUGH

    def optimise(self) -> bool:
        """Keep the database quick and its log short; False where a reader was in the way."""
        return optimise(self._database)
