"""Hubs are told of each change once, when it is there to be fetched."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from feeder.cli.opening import open_house, read_config
from feeder.delivery import posting
from feeder.errors import StoreError
from feeder.model import OutputFile, OutputRecord
from feeder.pipeline import House, announcing
from feeder.pipeline.announcing import announce, feed_paths
from feeder.pipeline.backing_off import FIRST, LONGEST, pause
from tests.hub import Hub, Subscriber
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.web import Asked, Page, Web

MINUTE = timedelta(minutes=1)
THREE = ("rss.xml", "atom.xml", "feed.json")
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def newsroom(tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """A publication whose files are really served where it says, under /feeds/."""
    monkeypatch.setenv("FEEDER_OUTPUT__BASE_URL", web.url("/feeds/"))
    made = Newsroom(tmp_path, web, host="ki-news.test")
    made.article("a.txt")

    def published(asked: Asked) -> Page:
        path = tmp_path / asked.path.lstrip("/")
        return (
            Page(path.read_bytes(), headers={"Content-Type": "application/xml"}) if path.is_file() else Page(b"", 404)
        )

    web.answered_by_prefix["/feeds/"] = published
    return made


@pytest.fixture
def hub(web: Web, newsroom: Newsroom) -> Hub:
    made = Hub(web)
    newsroom.extra = f'[announce]\nhubs = ["{made.url}"]\n'
    return made


@contextmanager
def house_at(newsroom: Newsroom, now: datetime) -> Iterator[House]:
    with open_house(read_config(newsroom.configure()), now=now.isoformat()) as house:
        yield house


def change(house: House, path: str, n: int = 1) -> None:
    """Change a published file, as publishing does: the file, then its record."""
    data = (house.output.read(path) or b"") + f"<!-- {n} -->".encode()
    house.output.write([OutputFile(path, data)], ())
    house.store.outputs.record([OutputRecord(path, hashlib.sha256(data).hexdigest(), "")], ())


@contextmanager
def published(newsroom: Newsroom, *paths: str) -> Iterator[House]:
    """A house under whose feeds/ lie these files and no others."""
    with house_at(newsroom, NOW) as house:
        for path in paths or THREE:
            change(house, path)
        yield house


def at(house: House, later: timedelta) -> House:
    return replace(house, clock=lambda: NOW + later)


def feeds(newsroom: Newsroom) -> Counter[str]:
    """The address of every published feed, once."""
    return Counter(newsroom.web.url("/feeds/" + path) for path in feed_paths(read_config(newsroom.configure())))


def news(newsroom: Newsroom, *titles: str) -> None:
    newsroom.feed("quelle", rss(*(Post(title, f"https://quelle.example/{n}") for n, title in enumerate(titles))))


def test_a_hub_gets_one_ping_per_change_and_hands_the_feed_to_its_subscriber(newsroom: Newsroom, hub: Hub):
    newsroom.run("publish")
    assert Counter(hub.pings) == feeds(newsroom)
    newsroom.run()
    root = etree.fromstring(newsroom.path("rss.xml").read_bytes())
    links = {link.get("rel", ""): link.get("href", "") for link in root.iterfind(f"channel/{ATOM}link")}
    subscriber = Subscriber(newsroom.web, links["hub"], links["self"])
    hub.pings.clear()
    newsroom.run(now=NOW + MINUTE)
    assert hub.pings == []
    news(newsroom, "Mistral stellt ein neues Modell vor")
    newsroom.run(now=NOW + 2 * MINUTE)
    assert set(Counter(hub.pings).values()) == {1}
    assert {links["self"], newsroom.web.url("/feeds/topics/modelle/atom.xml")} <= set(hub.pings)
    assert newsroom.web.url("/feeds/topics/recht/atom.xml") not in hub.pings
    assert subscriber.contents == [newsroom.path("rss.xml").read_bytes()]
    assert b"Mistral stellt ein neues Modell vor" in subscriber.contents[0]


def test_what_changed_while_a_hub_was_away_is_told_once_when_it_is_back(newsroom: Newsroom, hub: Hub):
    hub.status = 503
    with published(newsroom) as house:
        for n in range(3):
            change(house, "rss.xml", n)
            announce(at(house, n * 10 * LONGEST))
        hub.status, failed = 204, hub.attempts
        announce(at(house, 40 * LONGEST))
    assert failed == 3
    assert Counter(hub.pings) == Counter(newsroom.web.url(f"/feeds/{path}") for path in THREE)


def test_a_hub_that_fails_is_left_alone_longer_and_longer_and_never_given_up(newsroom: Newsroom, hub: Hub):
    hub.status = 500
    tried = []
    with published(newsroom) as house:
        for n in range(120):
            before = hub.attempts
            announce(at(house, n * 17 * MINUTE))
            tried += [n * 17 * MINUTE] * (hub.attempts - before)
        row = house.store.announcements.get(f"hub:{hub.url}", "")
        assert row is not None
        assert row.attempts == len(tried) == hub.attempts
        hub.status = 204
        announce(at(house, tried[-1] + 2 * LONGEST))
        after = house.store.announcements.get(f"hub:{hub.url}", "")
    assert 7 <= len(tried) <= 16
    assert max(later - earlier for earlier, later in pairwise(tried)) <= 1.2 * LONGEST + 17 * MINUTE
    assert after is not None
    assert (after.attempts, after.not_before, len(hub.pings)) == (0, None, len(THREE))


def test_a_hub_that_a_wrong_clock_put_off_for_a_month_is_told_all_the_same(newsroom: Newsroom, hub: Hub):
    hub.status, hub.headers = 429, {"Retry-After": "86400"}
    with published(newsroom) as house:
        announce(at(house, timedelta(days=30)))
        hub.status = 204
        announce(house)
    assert Counter(hub.pings) == Counter(newsroom.web.url(f"/feeds/{path}") for path in THREE)


def test_a_hub_is_left_alone_as_long_as_it_asks(newsroom: Newsroom, hub: Hub):
    hub.status, hub.headers = 429, {"Retry-After": "7200"}
    with published(newsroom) as house:
        announce(house)
        hub.status = 204
        announce(at(house, 119 * MINUTE))
        assert hub.attempts == 1
        announce(at(house, 121 * MINUTE))
    assert len(hub.pings) == len(THREE)


def test_a_feed_that_a_hub_refuses_stops_no_other(newsroom: Newsroom, hub: Hub, web: Web):
    def picky(asked: Asked) -> Page:
        return Page(b"not yours", 403) if b"feeds%2Fatom.xml" in asked.body else hub._asked(asked)

    web.pages["/hub"] = picky
    with published(newsroom) as house:
        announce(house)
    assert Counter(hub.pings) == Counter(web.url(f"/feeds/{path}") for path in ("rss.xml", "feed.json"))


def test_one_hub_away_keeps_no_other_from_being_told(newsroom: Newsroom, hub: Hub):
    newsroom.extra = newsroom.extra.replace("hubs = [", 'hubs = ["http://127.0.0.1:9/", ')
    with published(newsroom) as house:
        announce(house)
    assert len(hub.pings) == len(THREE)


def test_two_processes_tell_a_hub_once(newsroom: Newsroom, hub: Hub):
    with published(newsroom) as one:
        gate = threading.Barrier(2)

        def work(holder: str) -> None:
            gate.wait()
            announce(replace(one, holder=holder))

        threads = [threading.Thread(target=work, args=(f"elsewhere-{n}:1",)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Counter(hub.pings) == Counter(newsroom.web.url(f"/feeds/{path}") for path in THREE)


def test_a_process_killed_before_it_wrote_the_answer_down_tells_again(
    newsroom: Newsroom, hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    with published(newsroom, "rss.xml") as house:
        with monkeypatch.context() as patch:
            patch.setattr(house.store.announcements, "told", killed)
            with pytest.raises(KeyboardInterrupt):
                announce(house)
        announce(house)
        announce(house)
    assert hub.pings == [newsroom.web.url("/feeds/rss.xml")] * 2


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_hub_is_told_of_nothing_that_is_not_there_to_be_fetched(newsroom: Newsroom, hub: Hub):
    with published(newsroom) as house:
        newsroom.path("rss.xml").write_bytes(b"by hand")
        newsroom.path("atom.xml").unlink()
        announce(house)
    assert hub.pings == [newsroom.web.url("/feeds/feed.json")]


def test_rehearsals_and_work_without_a_network_tell_nobody(newsroom: Newsroom, hub: Hub):
    with published(newsroom) as house:
        announce(replace(house, sends=False))
        announce(replace(house, offline=True))
    newsroom.run("run", "--dry-run")
    assert hub.attempts == 0


def test_an_invented_address_is_announced_to_nobody_and_the_keys_are_named(
    newsroom: Newsroom, hub: Hub, caplog: pytest.LogCaptureFixture
):
    announcing._refuse.cache_clear()
    newsroom.host = "ki-news.example"
    with caplog.at_level(logging.WARNING, "feeder.announce"), published(newsroom) as house:
        announce(house)
        announce(house)
    assert hub.attempts == 0
    said = [record.getMessage() for record in caplog.records if record.name == "feeder.announce"]
    assert len(said) == 1
    assert "publication.url still names ki-news.example" in said[0]


def test_the_pause_doubles_differs_by_name_and_has_an_end():
    assert pause("hub:a", 3, None) == pause("hub:a", 3, None) != pause("hub:b", 3, None)
    for attempts in range(1, 40):
        assert 0.8 * FIRST <= pause("hub:a", attempts, None) <= 1.2 * LONGEST
    assert pause("hub:a", 5, None) > 2 * pause("hub:a", 3, None)
    assert pause("hub:a", 1, timedelta(hours=9)) == timedelta(hours=9)
    assert posting.LONGEST_WAIT > LONGEST


def test_who_slept_while_a_hub_answered_leaves_its_memory_to_whom_took_over(newsroom: Newsroom, hub: Hub):
    with published(newsroom, "rss.xml") as house:
        leases = house.store.leases

        def overtaken(topic: str) -> None:  # noqa: ARG001
            mine = leases.get("announce")
            assert mine is not None
            leases.release(mine)
            leases.hold("announce", "another", 60, datetime.now(UTC))

        hub._hand_on = overtaken  # type: ignore[method-assign]  # the hub is told, and we slept
        with pytest.raises(StoreError, match="no longer holds announce"):
            announce(house)
        assert len(hub.pings) == 1
        assert house.store.announcements.get(f"hub:{hub.url}", newsroom.web.url("/feeds/rss.xml")) is None
