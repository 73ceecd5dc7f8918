"""An edition is delivered: at most once to each recipient, and nobody is forgotten."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.model import EditionStatus, RecipientState
from feeder.pipeline.deliver import resume
from feeder.store import Store, open_store
from tests.mailboxes import Mailboxes, mail_server
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.web import Web

MINUTE = timedelta(minutes=1)
SMTP = '[carriers.smtp]\nhost = "127.0.0.1"\nsecurity = "none"\ntimeout = "5s"\n'
PEOPLE = [f"leser{n:03}@post{n % 3}.test" for n in range(40)]


@pytest.fixture
def boxes() -> Iterator[Mailboxes]:
    with mail_server() as server:
        yield server


@pytest.fixture
def newsroom(tmp_path: Path, web: Web, boxes: Mailboxes) -> Newsroom:
    """A publication with an article, forty recipients, and nothing left to say about itself."""
    made = Newsroom(tmp_path, web, host="ki-news.test", beats=True)
    made.article("a.txt")
    (tmp_path / "people.txt").write_text("\n".join(PEOPLE))
    smtp(made, boxes, file="people.txt")
    return made


def smtp(newsroom: Newsroom, boxes: Mailboxes, **settings: object) -> None:
    lines = {"port": boxes.port, **settings}
    newsroom.extra = SMTP + "".join(f"{key} = {json.dumps(value)}\n" for key, value in lines.items())


def stored(newsroom: Newsroom) -> Store:
    return open_store(f"sqlite:///{newsroom.folder}/feeder.db")


def states(newsroom: Newsroom) -> dict[str, int]:
    with stored(newsroom) as store:
        [edition] = store.editions.list()
        return {state.value: number for state, number in store.outbox.counts(edition.id, "smtp").items()}


def status(newsroom: Newsroom) -> EditionStatus:
    with stored(newsroom) as store:
        return store.editions.list()[0].status


def once(*people: str) -> dict[str, int]:
    return dict.fromkeys(people, 1)


def test_each_recipient_gets_one_message_of_their_own(newsroom: Newsroom, boxes: Mailboxes):
    newsroom.run()
    assert boxes.taken == once(*PEOPLE)
    assert status(newsroom) is EditionStatus.DELIVERED
    first, second = (boxes.messages[address][0] for address in PEOPLE[:2])
    assert b"To: leser000@post0.test" in first
    assert b"leser001" not in first
    assert first != second
    newsroom.run(now=NOW + MINUTE)
    assert boxes.taken == once(*PEOPLE)


def test_no_more_connections_are_used_than_allowed(newsroom: Newsroom, boxes: Mailboxes):
    boxes.slow = 0.02
    smtp(newsroom, boxes, file="people.txt", connections=3)
    newsroom.run()
    assert boxes.taken == once(*PEOPLE)
    assert (boxes.connections, boxes.most_at_once) == (3, 3)


@pytest.mark.parametrize("how", [["--dry-run"], ["--offline"]])
def test_a_rehearsal_writes_to_nobody(newsroom: Newsroom, boxes: Mailboxes, how: list[str]):
    newsroom.run("run", *how)
    newsroom.run("preview")
    assert (boxes.connections, boxes.taken) == (0, {})


def test_what_is_still_a_placeholder_keeps_all_mail_in_the_house(newsroom: Newsroom, boxes: Mailboxes):
    newsroom.host = "ki-news.example"
    result = newsroom.run(code=1)
    assert boxes.connections == 0
    assert status(newsroom) is EditionStatus.FAILED
    assert "publication.imprint_url still names ki-news.example (§ 5 DDG and § 18 (2) MStV" in result.output
    assert list(newsroom.path("editions").glob("2*/digest.eml"))


def test_a_list_gets_one_message(newsroom: Newsroom, boxes: Mailboxes):
    smtp(newsroom, boxes, to="Liste <liste@listen.test>")
    newsroom.run()
    assert boxes.taken == once("liste@listen.test")


def test_the_stores_recipients_are_written_to_but_for_those_who_left(newsroom: Newsroom, boxes: Mailboxes):
    smtp(newsroom, boxes)
    (newsroom.folder / "people.csv").write_text("address;name\nada@leser.test;Ada Lovelace\nbob@leser.test;\n")
    newsroom.run("recipients", "import", str(newsroom.folder / "people.csv"), now=None)
    newsroom.run("recipients", "add", "cem@leser.test", now=None)
    newsroom.run("recipients", "remove", "BOB@leser.test", "--why", "schrieb uns", now=None)
    newsroom.run()
    assert boxes.taken == once("ada@leser.test", "cem@leser.test")
    assert b"To: Ada Lovelace <ada@leser.test>" in boxes.messages["ada@leser.test"][0]


def test_who_left_or_is_suppressed_is_not_written_to_although_a_file_lists_them(newsroom: Newsroom, boxes: Mailboxes):
    newsroom.run("recipients", "remove", PEOPLE[3], now=None)
    newsroom.run("recipients", "suppress", PEOPLE[4].upper(), now=None)
    newsroom.run()
    assert boxes.taken == once(*PEOPLE[:3], *PEOPLE[5:])


def test_without_recipients_the_edition_waits_for_a_person(newsroom: Newsroom, boxes: Mailboxes):
    smtp(newsroom, boxes)
    result = newsroom.run(code=1)
    assert "there is nobody to write to" in result.output
    assert status(newsroom) is EditionStatus.FAILED


def test_bad_lines_are_named_and_keep_nobody_else_from_their_mail(newsroom: Newsroom, boxes: Mailboxes):
    with (newsroom.folder / "people.txt").open("a") as file:
        file.write(f"\nkein Mensch\n{PEOPLE[0].upper()}\n")
    result = newsroom.run(code=1)
    assert "line 41: " in result.output
    assert {address.lower() for address in boxes.taken} == set(PEOPLE)
    assert sum(boxes.taken.values()) == len(PEOPLE)


def test_a_refused_recipient_is_not_asked_again(newsroom: Newsroom, boxes: Mailboxes):
    boxes.rcpt = {PEOPLE[5]: "550 5.1.1 unknown"}.get
    newsroom.run()
    newsroom.run(now=NOW + MINUTE)
    assert states(newsroom) == {"delivered": 39, "refused": 1}
    assert boxes.asked[PEOPLE[5]] == 1
    assert status(newsroom) is EditionStatus.DELIVERED
    told = newsroom.run("delivery", "status", now=None).output
    assert f"refused: {PEOPLE[5]}: RCPT: 550 5.1.1 unknown" in told


def test_too_many_refusals_stop_the_delivery_until_a_person_resumes_it(newsroom: Newsroom, boxes: Mailboxes):
    boxes.rcpt = lambda _: "554 5.7.1 we do not like you"
    smtp(newsroom, boxes, file="people.txt", connections=4)
    result = newsroom.run(code=1)
    assert "refused for good, more than 5 %" in result.output
    assert status(newsroom) is EditionStatus.FAILED
    assert 20 <= sum(boxes.asked.values()) <= 23
    before = boxes.asked.copy()
    newsroom.run(now=NOW + MINUTE)
    assert boxes.asked == before
    boxes.rcpt = lambda _: None
    resumed(newsroom)
    assert status(newsroom) is EditionStatus.DELIVERED
    assert Counter(boxes.taken) + before == Counter(PEOPLE)


def resumed(newsroom: Newsroom) -> Any:
    """What `feeder edition send` does."""
    with open_house(read_config(newsroom.configure()), now=NOW.isoformat()) as house:
        [edition] = house.store.editions.list()
        return resume(house, edition.id, "smtp")


def test_what_the_server_does_not_take_yet_is_tried_again_later(newsroom: Newsroom, boxes: Mailboxes):
    late = set(PEOPLE[:7])
    boxes.rcpt = lambda address: "451 4.7.1 greylisted" if address in late else None
    newsroom.run()
    assert states(newsroom) == {"delivered": 33, "waiting": 7}
    assert status(newsroom) is EditionStatus.DELIVERING
    newsroom.run(now=NOW + timedelta(seconds=50))
    assert boxes.asked[PEOPLE[0]] == 1
    late.clear()
    newsroom.run(now=NOW + MINUTE)
    assert boxes.taken == once(*PEOPLE)
    assert status(newsroom) is EditionStatus.DELIVERED


def test_patience_has_an_end(newsroom: Newsroom, boxes: Mailboxes):
    boxes.rcpt = {PEOPLE[5]: "452 4.2.2 mailbox full"}.get
    smtp(newsroom, boxes, file="people.txt", patience="20m")
    for minutes in (0, 1, 6, 21, 50, 100):
        newsroom.run(now=NOW + minutes * MINUTE)
    assert states(newsroom) == {"delivered": 39, "refused": 1}
    assert boxes.asked[PEOPLE[5]] == 4


def test_a_server_that_takes_nothing_now_is_left_alone_for_a_while(newsroom: Newsroom, boxes: Mailboxes):
    storm = [True]
    boxes.data = lambda _: "451 4.3.0 busy" if storm[0] else None
    newsroom.run()
    assert 20 <= sum(boxes.asked.values()) <= 20 + 3  # those that were on their way
    storm[0] = False
    newsroom.run(now=NOW + MINUTE)
    assert boxes.taken == once(*PEOPLE)


def test_a_connection_lost_before_a_message_loses_and_doubles_nothing(newsroom: Newsroom, boxes: Mailboxes):
    lost = [PEOPLE[2], PEOPLE[9]]

    def drop_once(address: str) -> str | None:
        if address not in lost:
            return None
        lost.remove(address)
        return "drop"

    boxes.rcpt = drop_once
    newsroom.run()
    assert boxes.taken == once(*PEOPLE)
    assert states(newsroom) == {"delivered": 40}
    assert boxes.asked[PEOPLE[2]] == 2


def test_a_connection_lost_within_a_message_that_left_us_whole_leaves_a_doubt(newsroom: Newsroom, boxes: Mailboxes):
    """The kernel had all of it: what of that the server read, nobody here can know."""
    boxes.dropped_within = {PEOPLE[2], PEOPLE[9]}
    newsroom.run()
    boxes.dropped_within = set()
    newsroom.run(now=NOW + MINUTE)
    assert boxes.taken == once(*(one for one in PEOPLE if one not in (PEOPLE[2], PEOPLE[9])))
    assert states(newsroom) == {"delivered": 38, "in_doubt": 2}


def test_a_connection_lost_after_the_final_dot_leaves_a_doubt_that_a_person_resolves(
    newsroom: Newsroom, boxes: Mailboxes
):
    lost = {PEOPLE[2], PEOPLE[9]}
    boxes.data = lambda address: "drop" if address in lost else None
    newsroom.run()
    newsroom.run(now=NOW + MINUTE)
    assert states(newsroom) == {"delivered": 38, "in_doubt": 2}
    assert status(newsroom) is EditionStatus.DELIVERED
    assert boxes.taken == once(*PEOPLE)
    facts = json.loads(newsroom.run("delivery", "status", "--json", now=None).output)
    assert {one["address"] for one in facts["carriers"]["smtp"]["in_doubt"]} == lost
    edition = facts["edition"]
    newsroom.run("delivery", "resolve", edition, PEOPLE[2], "--sent", "--why", "steht im Postfach", now=None)
    lost.clear()
    newsroom.run("delivery", "resolve", edition, PEOPLE[9], "--resend", "--why", "kam nicht an", now=None)
    newsroom.run(now=NOW + 2 * MINUTE)
    assert states(newsroom) == {"delivered": 40}
    assert boxes.taken == {**once(*PEOPLE), PEOPLE[9]: 2}
    newsroom.run("delivery", "resolve", edition, PEOPLE[2], "--sent", "--why", "noch einmal", now=None, code=1)


def test_where_that_is_the_rule_what_is_in_doubt_is_sent_again(newsroom: Newsroom, boxes: Mailboxes):
    lost = {PEOPLE[2]}
    boxes.data = lambda address: "drop" if address in lost else None
    smtp(newsroom, boxes, file="people.txt", in_doubt="resend")
    newsroom.run()
    assert status(newsroom) is EditionStatus.DELIVERING
    lost.clear()
    newsroom.run(now=NOW + MINUTE)
    assert states(newsroom) == {"delivered": 40}
    assert boxes.taken == {**once(*PEOPLE), PEOPLE[2]: 2}


def test_a_server_that_refuses_us_marks_no_recipient(newsroom: Newsroom, boxes: Mailboxes):
    boxes.mail = "530 5.7.0 authenticate first"
    result = newsroom.run(code=1)
    assert "530 5.7.0 authenticate first" in result.output
    assert states(newsroom) == {"waiting": 40}
    assert status(newsroom) is EditionStatus.FAILED
    boxes.mail = None
    resumed(newsroom)
    newsroom.run(now=NOW + MINUTE)
    assert boxes.taken == once(*PEOPLE)


def test_a_server_that_is_away_is_asked_again_until_patience_ends(
    newsroom: Newsroom, boxes: Mailboxes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("feeder.engine.local.RETRY_AFTER", ())
    port, boxes.port = boxes.port, 1
    smtp(newsroom, boxes, file="people.txt", patience="2h")
    newsroom.run(code=1)
    assert status(newsroom) is EditionStatus.DELIVERING
    newsroom.run(now=NOW + timedelta(hours=3), code=1)
    assert status(newsroom) is EditionStatus.FAILED
    boxes.port = port
    smtp(newsroom, boxes, file="people.txt")
    resumed(newsroom)
    assert boxes.taken == once(*PEOPLE)


def test_who_refuses_three_editions_in_a_row_is_written_to_no_more(newsroom: Newsroom, boxes: Mailboxes):
    gone, full = PEOPLE[5], PEOPLE[6]
    boxes.rcpt = {gone: "550 5.1.1 unknown", full: "550 5.7.1 policy"}.get
    smtp(newsroom, boxes, file="people.txt", stop_at=50.0)
    for day, title in enumerate(("Börsengang", "Gerichtsurteil", "Rechenzentrum", "Sprachmodell")):
        now = NOW + timedelta(days=day)
        newsroom.feed("heise", rss(Post(f"{title} überrascht die Branche", f"https://h.test/{day}", now - MINUTE)))
        newsroom.run(now=now)
    assert boxes.asked[gone] == 3
    assert boxes.asked[full] == 4
    assert boxes.taken[PEOPLE[0]] == 4
    with stored(newsroom) as store:
        [one] = store.recipients.list(RecipientState.SUPPRESSED)
    assert (one.recipient.address, one.why) == (gone, "refused 3 editions in a row")


def test_two_processes_never_send_the_same(newsroom: Newsroom, boxes: Mailboxes):
    """The one that comes second leaves it to the first."""
    boxes.mail = "530 5.7.0 not now"
    newsroom.run(code=1)
    boxes.mail = None
    with stored(newsroom) as store:
        [edition] = store.editions.list()
        store.leases.hold(f"deliver {edition.id} smtp", "anderswo#1:1", 600, datetime.now(UTC))
        assert resumed(newsroom) is None
    assert boxes.taken == {}


def test_a_rate_is_kept(newsroom: Newsroom, boxes: Mailboxes):
    (newsroom.folder / "people.txt").write_text("\n".join(PEOPLE[:8]))
    smtp(newsroom, boxes, file="people.txt", per_minute=300)
    begun = time.monotonic()
    newsroom.run()
    assert time.monotonic() - begun >= 7 * 0.2
    assert boxes.taken == once(*PEOPLE[:8])


def test_the_ledger_tells_what_became_of_messages(newsroom: Newsroom, boxes: Mailboxes):
    boxes.rcpt = {PEOPLE[3]: "550 5.1.1 unknown"}.get
    newsroom.run()
    with stored(newsroom) as store:
        [run] = store.runs.list(9, "delivery")
    assert run.outcome == "done"
    assert {"delivered": 39, "refused": 1, "carrier": "smtp"}.items() <= run.counts.items()
