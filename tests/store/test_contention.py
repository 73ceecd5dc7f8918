"""Two processes, and many threads, do no harm (docs/design.md, section 5, promise 10)."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from feeder.errors import StoreError
from feeder.model import Fate, Gathered, ItemKey, Lease, Medium, Memory
from feeder.store import Store
from tests.store import contender
from tests.store.samples import HOUR, NOW, decision, gather, identity, item, record, revision, story, told
from tests.store.test_editions import edition

# Each is forked from a server that imported what it needs and opened nothing, so it shares no connection and no lock.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.store.contender"])
T = TypeVar("T")


def in_processes(url: str, step: Callable[[Store, str], str], count: int = 2) -> list[str]:
    """Let some processes take a step at the same moment; return what each found."""
    start, ends = PROCESSES.Barrier(count), [PROCESSES.Pipe(duplex=False) for _ in range(count)]
    running = [
        PROCESSES.Process(target=contender.contend, args=(url, step, str(n), start, sending))
        for n, (_, sending) in enumerate(ends)
    ]
    for process in running:
        process.start()
    for _, sending in ends:
        sending.close()
    outcomes: list[str] = [receiving.recv() for receiving, _ in ends]
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * count
    return outcomes


def in_threads(act: Callable[[int], T], count: int = 8) -> list[T]:
    """Let some threads do something at the same moment; return what each found."""
    start = threading.Barrier(count)

    def at_once(n: int) -> T:
        start.wait()
        return act(n)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(at_once, range(count)))


def test_two_processes_tell_the_same_items_once_each(store: Store, url: str):
    one, other = in_processes(url, contender.gather_and_tell)
    assert one == other
    assert len(set(one.split())) == 20
    pages = store.stories.pages()
    assert len(pages) == len({page.slug for page in pages}) == len({page.updated for page in pages}) == 20
    assert store.items.waiting() == ()


def test_two_processes_claim_a_story_for_two_editions_and_one_gets_it(store: Store, url: str):
    told(store, "1")
    assert sorted(in_processes(url, contender.claim)) == ["1", "2"]
    placed = [one.id for one in store.editions.list() if one.sections[0].stories]
    assert placed == [store.editions.edition_of(identity("1"))]


def test_two_processes_compose_the_same_edition_once(store: Store, url: str):
    told(store, "1")
    assert in_processes(url, contender.compose) == ["1", "1"]
    assert [one.number for one in store.editions.list()] == [1]


def test_two_processes_reach_for_a_lease_and_one_holds_it(store: Store, url: str):
    outcomes = sorted(in_processes(url, contender.hold))
    assert outcomes[0] == "held 1"
    assert all(outcome.startswith("refused: output is held by") for outcome in outcomes[1:])
    lease = store.leases.get("output")
    assert lease is not None
    assert lease.fence == 1


def test_two_processes_revise_a_story_and_each_number_is_written_once(store: Store, url: str):
    told(store, "1")
    outcomes = [found.split() for found in in_processes(url, contender.decide)]
    assert sum(int(done) for done, _ in outcomes) == 10
    assert store.stories.get(identity("1")).revision == 11  # type: ignore[union-attr]
    assert len(store.stories.decisions(identity("1"))) == 11


def test_two_processes_finish_the_same_parts_and_one_goes_on(store: Store, url: str):
    assert store.runs.start("round", NOW, [f"part {n}" for n in range(30)]) == 1
    assert sorted(in_processes(url, contender.join)) == ["0", "1"]


def test_two_processes_are_born_at_the_same_moment(store: Store, url: str):
    (moment,) = set(in_processes(url, contender.bear))
    assert store.born(NOW + HOUR).isoformat() == moment


@pytest.mark.parametrize("parts", [8, 1])
def test_of_eight_threads_exactly_one_finished_the_last_part(store: Store, parts: int):
    for n in range(10):
        run = store.runs.start("round", NOW + n * HOUR, [f"part {part}" for part in range(parts)])
        assert in_threads(lambda n, run=run: store.runs.finish_part(run, f"part {n % parts}", "done")).count(True) == 1  # type: ignore[misc]


def test_eight_threads_tell_a_batch_and_no_two_times_are_equal(store: Store):
    gather(store, *[item(str(n)) for n in range(80)])

    def tell(thread: int) -> None:
        for n in range(thread, 80, 8):
            name = str(n)
            store.stories.tell(story(name, slug="meldung"), revision(name), decision(name), ItemKey("heise", name))

    in_threads(tell)
    pages = store.stories.pages()
    assert len(pages) == len({page.updated for page in pages}) == len({page.slug for page in pages}) == 80


def test_eight_threads_gather_eight_sources_with_the_same_pictures(store: Store):
    pictures = tuple(Medium(f"media/{n}.png", "image/png", bytes([n])) for n in range(20))

    def look(thread: int) -> int:
        media = pictures if thread % 2 else pictures[::-1]
        listed = tuple(item(str(n), f"source {thread}") for n in range(50))
        return record(store, f"source {thread}", Gathered(listed, Memory(), media=media), NOW, baseline=True)

    assert in_threads(look) == [50] * 8
    assert len(store.media.paths()) == 20
    assert len(store.items.waiting()) == 400


def test_readers_are_not_stopped_by_a_writer(store: Store):
    told(store, "1")
    with store._database.write("stories"):
        assert in_threads(lambda _: store.stories.counts()[Fate.RELEASED]) == [1] * 8


def test_eight_threads_reach_for_a_lease_that_ran_out_and_one_gets_it(store: Store):
    store.leases.hold("output", "old", 60, NOW)

    def reach(thread: int) -> Lease | None:
        try:
            return store.leases.hold("output", str(thread), 60, NOW + HOUR)
        except StoreError:
            return None

    held = [lease for lease in in_threads(reach) if lease is not None]
    assert [lease.fence for lease in held] == [2]


def test_what_is_done_together_is_stored_together_or_not_at_all(store: Store):
    gather(store, item("1"), item("2"))
    with pytest.raises(StoreError, match="knows no item 3"):
        _tell_together(store, "1", "2", "3")
    assert store.stories.pages() == ()
    assert len(store.items.waiting()) == 2
    with store.together():
        with store.together():
            told(store, "1")
        told(store, "2")
        assert len(store.stories.pages()) == 2, "it sees what it did"
        assert in_threads(lambda _: len(store.stories.pages())) == [0] * 8, "nobody else does yet"
    assert in_threads(lambda _: len(store.stories.pages())) == [2] * 8


def test_of_what_is_done_together_a_failed_step_is_undone_alone(store: Store):
    told(store, "1")
    with store.together():
        told(store, "2")
        with pytest.raises(StoreError):
            store.editions.save(edition(0, "1", "nobody"))
        told(store, "3")
    assert store.editions.list() == ()
    assert len(store.stories.pages()) == 3


def test_a_transaction_that_fails_leaves_nothing_behind(store: Store):
    told(store, "1")
    with pytest.raises(StoreError, match="no_such_table"):
        _delete_from(store, "decisions", "no_such_table")
    assert store.stories.decisions(identity("1")) == (decision(),)
    with pytest.raises(StoreError):
        store.editions.save(edition(0, "1", "nobody"))
    assert store.editions.list() == ()


def _tell_together(store: Store, *names: str) -> None:
    with store.together():
        for name in names:
            store.stories.tell(story(name), revision(name), decision(name), ItemKey("heise", name))


def _delete_from(store: Store, *tables: str) -> None:
    with store._database.write("stories") as connection:
        for table in tables:
            connection.exec_driver_sql(f"DELETE FROM {table}")
