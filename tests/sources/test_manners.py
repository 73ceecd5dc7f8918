"""A host is asked one thing at a time, with a pause; others do not wait for it; a look has its time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from math import inf

import pytest

from feeder.config.sections import Gathering
from feeder.errors import FetchError
from feeder.sources.http import Fetcher
from feeder.sources.manners import Manners, NoTurnError
from tests.web import Asked, Page, Web

AGENT = "feeder/1 (+https://ki-news.example/)"
HERE = Gathering(timeout=timedelta(seconds=10), pause=timedelta(0), allow_networks=("127.0.0.0/8",))


class Log:
    """A page that notes when requests began and ended, at the server."""

    def __init__(self, lasts: float) -> None:
        self.lasts = lasts
        self.spans: list[tuple[float, float]] = []

    def __call__(self, _: Asked) -> Page:
        began = time.monotonic()
        time.sleep(self.lasts)
        self.spans.append((began, time.monotonic()))
        return Page(b"<rss/>")

    def pauses(self) -> list[float]:
        """The time between the end of one request and the beginning of the next; negative where they overlap."""
        spans = sorted(self.spans)
        return [later[0] - earlier[1] for earlier, later in pairwise(spans)]


@pytest.fixture
def log(web: Web) -> Log:
    made = Log(0.05)
    web.pages["/feed.xml"] = made
    return made


def test_no_two_requests_to_a_host_overlap_over_all_threads(web, log):
    with Fetcher(HERE, AGENT) as fetcher, ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: fetcher.get(str(n), web.url("/feed.xml")), range(6)))
    assert len(log.spans) == 6
    assert min(log.pauses()) > -0.005  # the server notes the end after it has answered


def test_between_two_requests_to_a_host_there_is_a_pause(web, log):
    with (
        Fetcher(HERE.model_copy(update={"pause": timedelta(seconds=0.3)}), AGENT) as fetcher,
        ThreadPoolExecutor(3) as pool,
    ):
        list(pool.map(lambda n: fetcher.get(str(n), web.url("/feed.xml")), range(3)))
    assert min(log.pauses()) > 0.28


def test_a_failure_is_followed_by_a_pause_too(web):
    log = Log(0)
    web.pages["/gone"] = lambda asked: Page(log(asked).body, 410)
    with Fetcher(HERE.model_copy(update={"pause": timedelta(seconds=0.3)}), AGENT) as fetcher:
        for _ in range(2):
            with pytest.raises(FetchError):
                fetcher.get("heise", web.url("/gone"))
    assert min(log.pauses()) > 0.28


def test_hosts_do_not_wait_for_each_other():
    manners = Manners(5)
    with manners.visit() as one, manners.visit() as other:
        started = time.monotonic()
        one.enter("a.example", inf)
        other.enter("b.example", inf)
        assert time.monotonic() - started < 1


def test_a_name_is_one_host_however_it_is_written():
    manners = Manners(0)
    with manners.visit() as one, manners.visit() as other:
        one.enter("A.example.", inf)
        with pytest.raises(NoTurnError, match="busy"):
            other.enter("a.EXAMPLE", time.monotonic() + 0.05)


def test_a_redirect_at_the_same_host_keeps_the_turn(web):
    web.put("/b", b"<rss/>")
    url = web.put("/a", b"", status=302, location="/b")
    with Fetcher(HERE.model_copy(update={"pause": timedelta(seconds=5)}), AGENT) as fetcher:
        started = time.monotonic()
        assert fetcher.get("heise", url).body == b"<rss/>"
        assert time.monotonic() - started < 3


def test_a_turn_that_cannot_come_in_time_is_not_waited_for():
    manners = Manners(60)
    with manners.visit() as visit:
        visit.enter("a.example", inf)
    started = time.monotonic()
    with pytest.raises(NoTurnError, match="left alone"), manners.visit() as visit:
        visit.enter("a.example", time.monotonic() + 5)
    assert time.monotonic() - started < 1


def test_hosts_that_have_rested_are_forgotten():
    manners = Manners(0)
    for n in range(2000):
        with manners.visit() as visit:
            visit.enter(f"h{n}.example", inf)
    assert len(manners) == 0
    manners, most = Manners(0.01), 0
    for n in range(20_000):
        with manners.visit() as visit:
            visit.enter(f"h{n}.example", inf)
        most = max(most, len(manners))
    assert most < 15_000


def test_a_host_that_somebody_waits_for_is_not_forgotten():
    manners, order = Manners(0), []

    def ask(n: int) -> None:
        with manners.visit() as visit:
            visit.enter("a.example", inf)
            order.append(n)
            time.sleep(0.005)
            order.append(n)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order[::2] == order[1::2]  # in and out again before the next
    assert len(manners) == 0


def test_waiting_for_a_turn_does_not_count_against_the_request(web):
    slow = Log(0.6)
    web.pages["/feed.xml"] = slow
    with (
        Fetcher(HERE.model_copy(update={"timeout": timedelta(seconds=1)}), AGENT) as fetcher,
        ThreadPoolExecutor(4) as pool,
    ):
        bodies = list(pool.map(lambda n: fetcher.get(str(n), web.url("/feed.xml")).body, range(4)))
    assert bodies == [b"<rss/>"] * 4


def test_a_look_that_takes_too_long_ends_and_says_so(web):
    web.pages["/feed.xml"] = Log(0.4)
    with Fetcher(HERE, AGENT) as fetcher:
        started = time.monotonic()
        with pytest.raises(FetchError, match="source_limit") as caught, fetcher.within(timedelta(seconds=1)):
            list(map(fetcher.get, ["heise"] * 10, [web.url("/feed.xml")] * 10))
        assert time.monotonic() - started < 3
        assert "came too late" in str(caught.value)
        assert fetcher.get("heise", web.url("/feed.xml")).body == b"<rss/>"


def test_a_look_ends_while_it_waits_for_a_turn(web):
    web.pages["/feed.xml"] = Log(1.5)
    with Fetcher(HERE, AGENT) as fetcher:
        other = threading.Thread(target=fetcher.get, args=("golem", web.url("/feed.xml")))
        other.start()
        time.sleep(0.2)
        with pytest.raises(FetchError, match=r"round_limit"), fetcher.within(timedelta(seconds=0.2), "round_limit"):
            fetcher.get("heise", web.url("/feed.xml"))
        other.join()


def test_a_block_inside_another_can_only_shorten():
    with Fetcher(HERE, AGENT) as fetcher:
        assert fetcher.time_left() == inf
        with fetcher.within(timedelta(seconds=5)), fetcher.within(timedelta(hours=1)):
            assert 0 < fetcher.time_left() <= 5
        assert fetcher.time_left() == inf
