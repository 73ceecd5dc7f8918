"""The same feeds at successive times: nothing is told twice, nothing is lost, whatever their ids do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeder import addresses
from feeder.model import Health, Item, StoredItem
from feeder.sources.syndication import parse_feed
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.pipeline.replaying import NAME, Replay, replaying

DAY = timedelta(days=1)
SERIES = (
    "ai-first-podcast-de",
    "anthropic-news",
    "anthropic-short",
    "deepmind-blog",
    "energieforschung-de",
    "hackernews-best",
    "huggingface-daily-papers",
    "openai-news-native",
    "openai-research",
    "veranstaltungen-bern-de",
    "zeit-ki-gefiltert-de",
)
SHORT = ("anthropic-short", "deepmind-blog", "energieforschung-de", "huggingface-daily-papers")


@pytest.mark.parametrize(
    "name", [name if name in SHORT else pytest.param(name, marks=pytest.mark.proofs) for name in SERIES]
)
def test_a_recorded_series_leaves_no_duplicate_and_no_loss(corpus: Path, newsroom: Newsroom, name: str) -> None:
    listed: dict[str, Item] = {}
    together: set[tuple[str, str]] = set()
    held = []
    with replaying(newsroom) as replay:
        for path in sorted((corpus / "series" / name).glob("*.xml")):
            body = path.read_bytes()
            now = datetime.strptime(path.stem, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            replay.look(body, now)
            document = parse_feed(NAME, "https://a.example/", body, None).items
            listed |= {item.uid: item for item in document}
            together |= {page for page, count in Counter(map(_page, document)).items() if count > 1}
            listing = replay.state().listing
            held += [path.stem] if listing and listing.flood == now else []
        _no_loss(replay.items(), listed)
        _no_duplicate(replay, together)
    assert held == {"anthropic-news": ["20260115180853"], "openai-research": ["20260822131343"]}.get(name, [])


def _no_loss(stored: list[StoredItem], listed: dict[str, Item]) -> None:
    """Each thing that any snapshot listed is stored: by its uid, or, renamed, by its address and title."""
    uids = {one.item.uid for one in stored}
    pages = {(one.item.url, one.item.title) for one in stored}
    assert [item for item in listed.values() if item.uid not in uids and (item.url, item.title) not in pages] == []


def _no_duplicate(replay: Replay, together: set[tuple[str, str]]) -> None:
    """No two items have the same address and title, unless one document listed both; no two stories ever do."""
    pages = Counter(_page(one.item) for one in replay.items())
    assert {page for page, count in pages.items() if count > 1} <= together
    leads = Counter(_page(told[0]) for told in replay.stories().values())
    assert [lead for lead, count in leads.items() if count > 1] == []


def _page(item: Item) -> tuple[str, str]:
    return addresses.url_key(item.url or ""), item.title


NEWS = [
    Post(f"Meldung {n} über etwas", f"https://quelle.example/{n}.html", NOW - n * DAY, guid=f"id-{n}") for n in range(6)
]


def each(told: list[Post], **changes: Any) -> list[Post]:
    """The same posts, changed: a text with {n} takes the post's number."""

    def change(n: int) -> dict[str, Any]:
        return {name: value.format(n=n) if isinstance(value, str) else value for name, value in changes.items()}

    return [replace(post, **change(n)) for n, post in enumerate(told)]


CHANGES = {
    "titles edited": (NEWS, each(NEWS, title="Meldung {n}, verbessert")),
    "http to https": (each(NEWS, link="http://quelle.example/{n}.html", guid="http://quelle.example/{n}"),
                      each(NEWS, guid="https://quelle.example/{n}")),
    "www, slash and trackers": (each(NEWS, guid=None),
                                each(NEWS, guid=None, link="https://www.quelle.example/{n}.html/?wt_mc=rss")),
    "https without ids": (each(NEWS, guid=None, link="http://quelle.example/{n}.html"), each(NEWS, guid=None)),
    "ids made anew on each look": (NEWS, each(NEWS, guid="x{n}"), each(NEWS, guid="y{n}"), NEWS),
    "ids given up": (NEWS, each(NEWS, guid=None)),
    "ids introduced": (each(NEWS, guid=None), NEWS),
    "moved to another system": (NEWS, each(NEWS, guid="https://neu.example/?p={n}", link="https://neu.example/{n}-a/")),
    "moved without ids": (each(NEWS, guid=None), each(NEWS, guid=None, link="https://neu.example/{n}-a/")),
    "addresses changed, ids kept": (NEWS, each(NEWS, link="https://quelle.example/neu/{n}")),
    "emptied and back": (NEWS, [], NEWS),
    "order reversed": (NEWS, NEWS[::-1]),
    "duplicates inside": ([*NEWS, *NEWS], NEWS, [*NEWS[::-1], *NEWS]),
    "dates set anew": (NEWS, each(NEWS, published=NOW + 2 * DAY)),
    "ids made anew and titles edited": (NEWS, each(NEWS, guid="x{n}", title="Meldung {n} über alles")),
    "one id for all, one after the other": (each(NEWS, guid="1"), each(NEWS, guid="1")[3:], each(NEWS, guid="1")),
}  # fmt: skip


@pytest.mark.parametrize("looks", CHANGES.values(), ids=CHANGES)
def test_what_a_source_changes_of_the_same_things_adds_none_and_loses_none_nor_hides_what_is_new(
    newsroom: Newsroom, looks: tuple[list[Post], ...]
) -> None:
    fresh = Post("Wirklich neu", "https://quelle.example/neu", NOW + DAY, guid="wirklich-neu")
    with replaying(newsroom) as replay:
        assert replay.look(rss(*looks[0]), NOW) == len(NEWS)
        told = set(replay.stories())
        for day, listed in enumerate(looks[1:-1], start=1):
            assert replay.look(rss(*listed), NOW + day * DAY) == 0
        assert replay.look(rss(fresh, *looks[-1]), NOW + len(looks) * DAY) == 1
        assert set(replay.stories()) > told
        assert len(replay.stories()) == len(NEWS) + 1
        assert {one.item.title for one in replay.items()} == {fresh.title, *(post.title for post in looks[-1])}


def test_the_notes_say_what_had_to_be_known_again(newsroom: Newsroom) -> None:
    with replaying(newsroom) as replay:
        replay.look(rss(*NEWS), NOW)
        assert replay.state().warnings == ()
        replay.look(rss(*each(NEWS, guid="neu-{n}")), NOW + DAY)
        assert replay.state().warnings == (
            "6 items came under other ids than before: known again by address, title and date",
        )
        replay.look(rss(*each(NEWS, guid=None)), NOW + 2 * DAY)
        assert replay.state().warnings[0] == "6 of 6 items carry no id: known by their addresses"


BACK: dict[str, dict[str, Any]] = {
    "as it was": {},
    "with another title": {"title": "Jetzt mit anderem Titel"},
    "by http": {"link": "http://www.quelle.example/0.html"},
    "with a tracker": {"link": "https://quelle.example/0.html?utm_source=rss"},
    "with another id": {"guid": "anders"},
    "with another id and by http": {"guid": "anders", "link": "http://quelle.example/0.html"},
    "with another id and title": {"guid": "anders", "title": "Meldung 0 über alles"},
}


@pytest.mark.parametrize("changes", BACK.values(), ids=BACK)
@pytest.mark.parametrize("guid", ["id-0", None], ids=["id", "no id"])
def test_what_was_dropped_and_vanished_is_not_told_when_it_comes_back(
    newsroom: Newsroom, changes: dict[str, Any], guid: str | None
) -> None:
    dropped = replace(NEWS[0], title="Anzeige: Kaufen Sie", guid=guid)
    with replaying(newsroom, '[[curation.rules]]\naction = "drop"\nwords = ["Anzeige"]\n') as replay:
        replay.look(rss(dropped, *NEWS[1:]), NOW)
        assert [replay.fate(one) for one in replay.items()].count("dropped") == 1
        replay.look(rss(*NEWS[1:]), NOW + 40 * DAY)
        back = replace(dropped, **{"title": "Kaufen Sie", **changes})
        assert replay.look(rss(back, *NEWS[1:]), NOW + 300 * DAY) == 0
        assert [replay.fate(one) for one in replay.items()].count("dropped") == 1


def test_an_archive_listed_again_as_new_is_held_and_not_told(newsroom: Newsroom) -> None:
    old = [
        Post(f"Neu betitelt {n}", f"https://quelle.example/archiv/{n}", NOW - (60 + n) * DAY, guid=f"a{n}")
        for n in range(35)
    ]
    with replaying(newsroom) as replay:
        replay.look(rss(*NEWS), NOW)
        assert replay.look(rss(*old), NOW + DAY) == 35
        assert {replay.fate(one) for one in replay.items() if "archiv" in (one.item.url or "")} == {"held"}
        assert replay.state().health is Health.FLOODING
        late = Post("Auch aus dem Archiv", "https://quelle.example/archiv/99", NOW - 99 * DAY, guid="a99")
        fresh = Post("Heute geschehen", "https://quelle.example/heute", NOW + DAY + timedelta(hours=1), guid="heute")
        assert replay.look(rss(late, fresh, *old), NOW + DAY + timedelta(hours=2)) == 2
        fates = {one.item.title: replay.fate(one) for one in replay.items()}
        assert (fates[late.title], fates[fresh.title]) == ("held", "released")
        assert replay.state().health is Health.FLOODING
