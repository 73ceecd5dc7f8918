"""Small things to put into a store, and a count of the rows that something writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from feeder.curation.health import Calling, after_look
from feeder.curation.rhythm import Bounds
from feeder.model import (
    Article,
    Coverage,
    Decision,
    Fate,
    Gathered,
    Item,
    ItemKey,
    Memory,
    Origin,
    Outcome,
    Provenance,
    Raw,
    Rights,
    Section,
    Status,
    Story,
    StoryRevision,
    Trace,
)
from feeder.store import Store
from feeder.store.sources import Follow

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=400)


def item(uid: str = "1", source_id: str = "heise", **more: Any) -> Item:
    values: dict[str, Any] = {"url": f"https://www.heise.example/{uid}", "title": f"Meldung {uid}", "published": NOW}
    values |= {"content": Raw(f"<p>Wortlaut {uid}</p>")}
    return Item(source_id=source_id, uid=uid, **values | more)


def article(uid: str = "a.txt", **more: Any) -> Item:
    text = Article(
        path=uid,
        title="Ein Text von uns",
        teaser="Worum es geht.",
        summary=("Erstens.", "Zweitens."),
        sections=(Section("intro", None, "<p>Anfang</p>"),),
        image=None,
        image_credit=None,
        authors=("Ada",),
        topics=("recht",),
        language=None,
        url=None,
        status=Status.RELEASED,
        date=None,
        updated=None,
        provenance=Provenance(),
        corrections=(),
    )
    return Item("artikel", uid, None, text.title, article=replace(text, **more))


def gather(store: Store, *listed: Item, now: datetime = NOW, baseline: bool = False) -> int:
    """Record a gathering of the first item's source."""
    return record(store, listed[0].source_id, Gathered(listed, Memory()), now, baseline=baseline)


def record(store: Store, source_id: str, gathered: Gathered, now: datetime = NOW, *, baseline: bool = False) -> int:
    """Record what a look at one source brought, as a round does; return how many items are new."""
    (recorded,) = store.sources.record_all(
        [Outcome(source_id, "https://x.example/", gathered, baseline=baseline)], now, follow(now)
    )
    if recorded.error is not None:
        raise recorded.error
    return recorded.new


def fail(store: Store, source_id: str, problem: str, now: datetime = NOW) -> None:
    """Record a look that failed."""
    store.sources.record_all([Outcome(source_id, "https://x.example/", problem=problem)], now, follow(now))


def follow(now: datetime) -> Follow:
    """What a round makes of looks: here of sources without a rhythm, so that nothing is a flood."""
    calling = Calling(Bounds(timedelta(0), timedelta(0)), timed=False)
    return lambda before, outcome, dates: after_look(before, outcome, dates, calling, now)


def story(name: str = "1", **more: Any) -> Story:
    values: dict[str, Any] = {
        "slug": f"meldung-{name}",
        "url": None,
        "fate": Fate.RELEASED,
        "revision": 1,
        "released": NOW,
    }
    values |= {"lead": ItemKey("heise", name)}
    return Story(id=identity(name), **values | more)


def identity(name: str) -> str:
    return f"tag:ki-news.example,2026:{name}"


def revision(name: str = "1", n: int = 1, **more: Any) -> StoryRevision:
    values: dict[str, Any] = {
        "title": f"Meldung {name}",
        "teaser": "Worum es geht.",
        "summary": ("Erstens.",),
        "sections": (),
        "image": None,
        "image_credit": None,
        "authors": (),
        "topics": ("recht",),
        "language": "de",
        "rights": Rights.TEASER,
        "licence": None,
        "coverage": (Coverage("heise", "heise online", f"Meldung {name}", None, NOW, "de"),),
        "provenance": Provenance(Origin.EXCERPT),
        "corrections": (),
        "at": NOW,
        "why": "erste Fassung",
    }
    return StoryRevision(story_id=identity(name), n=n, **values | more)


def decision(name: str = "1", what: str = "released", n: int = 1, **more: Any) -> Decision:
    values: dict[str, Any] = {"who": "rules", "why": "neu", "at": NOW, "item": ItemKey("heise", name)} | more
    return Decision(story_id=identity(name), what=what, revision=n, **values)


def trace(name: str = "1", source_id: str = "heise", **more: Any) -> Trace:
    values: dict[str, Any] = {"title": f"Meldung {name}", "words": "Worum es geht.", "language": "de", "at": NOW}
    values |= {"own": False, "released": True, "rank": 5}
    return Trace(identity(name), ItemKey(source_id, name), **values | more)


def told(store: Store, name: str = "1", *, at: datetime = NOW, **more: Any) -> Story:
    """Record an item and tell its story; released at once unless `fate` says otherwise."""
    if store.items.get(ItemKey("heise", name)) is None:
        gather(store, item(name), now=at)
    topics, seen = more.pop("topics", ("recht",)), more.pop("trace", None)
    wanted = story(name, **{"released": at} | more)
    words = revision(name, at=at, topics=topics)
    return store.stories.tell(wanted, words, decision(name, wanted.fate, at=at), ItemKey("heise", name), trace=seen)


@contextmanager
def rows_written(store: Store) -> Iterator[list[str]]:
    """The statements that changed a row, while this is open."""
    found: list[str] = []

    def hear(_connection: Any, cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and cursor.rowcount:
            found.append(statement)

    engine = store._database.engine
    event.listen(engine, "after_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(engine, "after_cursor_execute", hear)


@contextmanager
def commits(store: Store) -> Iterator[list[None]]:
    """The transactions that were committed, while this is open."""
    found: list[None] = []

    def hear(_connection: Any) -> None:
        found.append(None)

    engine = store._database.engine
    event.listen(engine, "commit", hear)
    try:
        yield found
    finally:
        event.remove(engine, "commit", hear)
