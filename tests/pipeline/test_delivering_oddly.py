"""Deliveries as they go wrong: what people list, what settings become, what one carrier does beside another."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.errors import DeliveryError
from feeder.model import EditionStatus
from feeder.pipeline.deliver import deliver
from feeder.store import Store, open_store
from tests.delivery import listmonk_fake as fake
from tests.delivery.listmonk_fake import TOKEN, USER, fails, listmonk_server
from tests.mailboxes import Mailboxes, mail_server
from tests.newsroom import NOW, Newsroom
from tests.web import Web

MINUTE = timedelta(minutes=1)
PEOPLE = [f"leser{n:02}@post{n % 2}.test" for n in range(8)]


@pytest.fixture
def boxes() -> Iterator[Mailboxes]:
    with mail_server() as server:
        yield server


@pytest.fixture
def server() -> Iterator[fake.Listmonk]:
    with listmonk_server() as made:
        yield made


@pytest.fixture(autouse=True)
def _engine_waits_for_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeder.engine.local.RETRY_AFTER", (0.01,))


@pytest.fixture
def newsroom(tmp_path: Path, web: Web, boxes: Mailboxes) -> Newsroom:
    made = Newsroom(tmp_path, web, host="ki-news.test", beats=True)
    made.article("a.txt")
    listing(made, *PEOPLE)
    made.extra = smtp(boxes)
    return made


def section(name: str, **settings: object) -> str:
    return f"[carriers.{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def smtp(boxes: Mailboxes, **settings: object) -> str:
    usual = {"host": "127.0.0.1", "security": "none", "timeout": "5s", "port": boxes.port, "file": "people.csv"}
    return section("smtp", **{**usual, **settings})


def listmonk(server: fake.Listmonk, mode: str = "send") -> str:
    facts = {"url": server.url, "username": USER, "token": TOKEN, "lists": [1]}
    return section("listmonk", **facts, mode=mode, timeout="5s")


def listing(newsroom: Newsroom, *rows: str, head: str = "") -> None:
    (newsroom.folder / "people.csv").write_text("\n".join([head, *rows] if head else rows))


def stored(newsroom: Newsroom) -> Store:
    return open_store(f"sqlite:///{newsroom.folder}/feeder.db")


def status(newsroom: Newsroom) -> EditionStatus:
    with stored(newsroom) as store:
        return store.editions.list()[0].status


def name(newsroom: Newsroom) -> str:
    with stored(newsroom) as store:
        return store.editions.list()[0].id


def once(*people: str) -> dict[str, int]:
    return dict.fromkeys(people, 1)


def test_two_people_with_one_token_keep_the_edition_until_the_file_is_mended(newsroom: Newsroom, boxes: Mailboxes):
    listing(newsroom, "ada@post.test,eins", "bob@post.test,eins", head="address,token")
    result = newsroom.run(code=1)
    assert "lines 2 and 3: ada@post.test and bob@post.test have the same token" in result.output
    assert (boxes.connections, status(newsroom)) == (0, EditionStatus.FAILED)
    newsroom.run(now=NOW + MINUTE)
    listing(newsroom, "ada@post.test,eins", "bob@post.test,zwei", head="address,token")
    newsroom.run("edition", "send", name(newsroom), "--yes", now=NOW + 2 * MINUTE)
    assert boxes.taken == once("ada@post.test", "bob@post.test")


def test_one_mailbox_in_two_spellings_gets_one_message(newsroom: Newsroom, boxes: Mailboxes):
    listing(newsroom, "Ada@müller.test", "ada@xn--mller-kva.test", "ADA@MÜLLER.TEST")
    newsroom.run()
    assert boxes.taken == once("Ada@xn--mller-kva.test")


def test_who_left_in_another_spelling_left(newsroom: Newsroom, boxes: Mailboxes):
    listing(newsroom, "ada@xn--mller-kva.test", "bob@post.test")
    newsroom.run("recipients", "remove", "Ada@Müller.test", now=None)
    newsroom.run()
    assert boxes.taken == once("bob@post.test")


def test_who_sends_may_be_written_to(newsroom: Newsroom, boxes: Mailboxes):
    listing(newsroom, "newsletter@ki-news.test")
    newsroom.run()
    assert boxes.taken == once("newsletter@ki-news.test")


def test_the_rate_of_one_domain_keeps_no_other_waiting(newsroom: Newsroom, boxes: Mailboxes):
    crowd = [f"leser{n}@gross.test" for n in range(5)]
    listing(newsroom, *crowd, "zoe@klein.test")
    newsroom.extra = smtp(boxes, per_domain=240)
    begun = time.monotonic()
    newsroom.run()
    assert time.monotonic() - begun >= 4 * 0.25
    assert boxes.taken == once(*crowd, "zoe@klein.test")
    assert list(boxes.messages).index("zoe@klein.test") < 2


def test_who_gets_an_edition_is_settled_when_its_delivery_begins(newsroom: Newsroom, boxes: Mailboxes):
    boxes.rcpt = {PEOPLE[3]: "451 4.7.1 later"}.get
    newsroom.run()
    boxes.rcpt = lambda _: None
    listing(newsroom, "neu@post.test", *PEOPLE[:3])
    newsroom.run(now=NOW + MINUTE)
    assert boxes.taken == once(*PEOPLE)
    (newsroom.folder / "people.csv").unlink()
    newsroom.run(now=NOW + 2 * MINUTE)
    assert status(newsroom) is EditionStatus.DELIVERED


def test_an_erased_recipient_is_written_to_no_more(newsroom: Newsroom, boxes: Mailboxes):
    boxes.rcpt = {PEOPLE[3]: "451 4.7.1 later"}.get
    newsroom.run()
    boxes.rcpt = lambda _: None
    told = newsroom.run("recipients", "remove", "--erase", PEOPLE[3], PEOPLE[4], "nie@post.test", now=None).output
    assert "2 of 3 are erased\nnot known: nie@post.test\ntake them out of people.csv" in told
    newsroom.run(now=NOW + MINUTE)
    assert boxes.taken == once(*PEOPLE[:3], *PEOPLE[4:])
    assert status(newsroom) is EditionStatus.DELIVERED
    for file in newsroom.folder.glob("feeder.db*"):
        assert PEOPLE[3].encode() not in file.read_bytes()


def test_a_carrier_that_was_taken_out_of_the_settings_leaves_no_edition_hanging(newsroom: Newsroom, boxes: Mailboxes):
    port, boxes.port = boxes.port, 1
    newsroom.extra = smtp(boxes)
    newsroom.run(code=1)
    newsroom.extra = ""
    result = newsroom.run(now=NOW + MINUTE, code=1)
    assert "there is no [carriers.smtp] any more" in result.output
    assert status(newsroom) is EditionStatus.FAILED
    boxes.port = port
    newsroom.extra = smtp(boxes)
    newsroom.run("edition", "send", name(newsroom), "--yes", now=NOW + 2 * MINUTE)
    assert boxes.taken == once(*PEOPLE)


@pytest.mark.parametrize("smtp_first", [True, False])
def test_a_carrier_that_fails_keeps_no_other_from_its_work(
    newsroom: Newsroom, boxes: Mailboxes, server: fake.Listmonk, smtp_first: bool
):
    if smtp_first:
        boxes.mail = "530 5.7.0 authenticate first"
    else:
        server.faults["GET", "campaigns"] = [fails(403)] * 9
    newsroom.extra = smtp(boxes) + listmonk(server)
    newsroom.run(code=1)
    assert status(newsroom) is EditionStatus.FAILED
    if smtp_first:
        assert [one["status"] for one in server.campaigns.values()] == ["running"]
        boxes.mail = None
    else:
        assert boxes.taken == once(*PEOPLE)
        server.faults.clear()
    newsroom.run("edition", "send", name(newsroom), "--yes", now=NOW + MINUTE)
    assert status(newsroom) is EditionStatus.DELIVERED
    assert boxes.taken == once(*PEOPLE)
    assert [one["status"] for one in server.campaigns.values()] == ["running"]


@pytest.mark.parametrize("order", [("smtp", "listmonk"), ("listmonk", "smtp")])
def test_one_failure_after_the_other_is_told(
    newsroom: Newsroom, boxes: Mailboxes, server: fake.Listmonk, order: tuple[str, str], monkeypatch: pytest.MonkeyPatch
):
    """In whatever order they come, and also where one fails between another's first look and its beginning."""
    newsroom.extra = smtp(boxes) + listmonk(server)
    with monkeypatch.context() as patched:
        patched.setattr("feeder.pipeline.handing_on.deliver_steps", lambda _: [])
        newsroom.run()
    boxes.mail = "530 5.7.0 authenticate first"
    with open_house(read_config(newsroom.configure()), now=NOW.isoformat()) as house:
        [edition] = house.store.editions.list()
        assert edition.status is EditionStatus.APPROVED
        for carrier in order:
            with suppress(DeliveryError):
                deliver(house, edition.id, carrier)
    assert status(newsroom) is EditionStatus.FAILED
    assert [one["status"] for one in server.campaigns.values()] == ["running"]


def test_a_doubt_is_resolved_in_any_spelling(newsroom: Newsroom, boxes: Mailboxes):
    listing(newsroom, "Ada@müller.test", *PEOPLE)
    boxes.data = lambda address: "drop" if "xn--" in address else None
    newsroom.run()
    boxes.data = lambda _: None
    with stored(newsroom) as store:
        store.editions.move(name(newsroom), EditionStatus.FAILED, "somebody said so")
    words = ("delivery", "resolve", name(newsroom), "ADA@müller.test", "--resend", "--why", "kam nicht an")
    assert "`feeder edition send" in newsroom.run(*words, now=None).output
    newsroom.run("edition", "send", name(newsroom), "--yes", now=NOW + MINUTE)
    assert boxes.taken == {**once(*PEOPLE), "Ada@xn--mller-kva.test": 2}


def test_a_draft_in_listmonk_is_said_to_wait_for_a_person(newsroom: Newsroom, server: fake.Listmonk):
    newsroom.extra = listmonk(server, "draft")
    newsroom.run()
    assert [one["status"] for one in server.campaigns.values()] == ["draft"]
    assert status(newsroom) is EditionStatus.DELIVERED
    told = newsroom.run("delivery", "status", now=None).output
    assert (
        f"listmonk: given as 1, a draft: nobody gets it before it is started at {server.url}admin/campaigns/1" in told
    )
    newsroom.run(now=NOW + MINUTE)
    assert len(server.calls("POST")) == 1


def test_a_test_goes_to_whom_it_is_for_and_nothing_is_recorded(newsroom: Newsroom, boxes: Mailboxes):
    newsroom.extra = smtp(boxes, unsubscribe="https://ki-news.test/weg/{token}")
    newsroom.digest = 'review = "manual"\n'
    newsroom.run()
    boxes.rcpt = {"weg@haus.test": "550 5.1.1 unknown"}.get
    words = ("edition", "send", name(newsroom), "--test", "me@haus.test", "--test", "weg@haus.test")
    result = newsroom.run(*words, code=1)
    assert "weg@haus.test: RCPT: 550 5.1.1 unknown" in result.output
    assert boxes.taken == once("me@haus.test")
    [message] = boxes.messages["me@haus.test"]
    head, _ = message.split(b"\r\n\r\n", 1)
    assert b"Subject: =?utf-8?q?=5BTest=5D_" in head or b"Subject: [Test] " in head
    assert b"List-Unsubscribe: <https://ki-news.test/weg/test>" in head
    assert b"FEEDERTOKENMARK" not in message
    with stored(newsroom) as store:
        [edition] = store.editions.list()
        assert store.outbox.carriers(edition.id) == ()
        assert not edition.is_public
        assert list(store.recipients.list()) == []
    newsroom.run(*words[:-2], now=NOW + MINUTE)
    newsroom.run("edition", "send", edition.id, "--yes", now=NOW + MINUTE)
    ids = {one.split(b"Message-ID: ", 1)[1].split(b"\r\n", 1)[0] for found in boxes.messages.values() for one in found}
    assert len(ids) == 2 + len(PEOPLE)


def test_what_is_still_a_placeholder_is_named_with_its_law_while_files_are_written(
    newsroom: Newsroom, boxes: Mailboxes
):
    newsroom.run("run", "--offline")
    newsroom.host = "ki-news.example"
    for how in ("--yes",), ("--test", "me@haus.test"):
        result = newsroom.run("edition", "send", name(newsroom), *how, code=1)
        for words in (
            "publication.imprint_url still names",
            "§ 5 DDG",
            "§ 18 (2) MStV",
            "Art. 13 DSGVO",
            "§ 7 (2) UWG",
        ):
            assert words in result.output
    assert boxes.connections == 0
    result = newsroom.run(now=NOW + MINUTE, code=1)
    assert "publication.imprint_url still names ki-news.example (§ 5 DDG" in result.output
    assert newsroom.path(f"editions/{name(newsroom)}/index.html").is_file()


def test_no_secret_is_told(newsroom: Newsroom, boxes: Mailboxes, server: fake.Listmonk):
    newsroom.extra = smtp(boxes, username="wir", password="streng-geheim") + listmonk(server)
    server.faults["GET", "campaigns"] = [fails(401)] * 9
    listing(newsroom, "ada@post.test,geheimmarke", head="address,token")
    told = newsroom.run("run", "-vv", code=1).output
    told += newsroom.run("delivery", "status", "--json", now=None).output
    told += newsroom.run("delivery", "status", now=None).output
    told += newsroom.run("check", now=None).output
    told += newsroom.run("recipients", "list", now=None).output
    for secret in ("streng-geheim", TOKEN, "geheimmarke"):
        assert secret not in told
