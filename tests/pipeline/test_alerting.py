"""Alerts reach maintainers: at least once, each carrier for itself, and nobody else."""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.errors import StoreError
from feeder.pipeline import STEPS, House
from feeder.pipeline.alerts_feed import alerts_feed
from feeder.pipeline.vigil import Vigil
from tests.mailboxes import Mailboxes, free_port, mail_server
from tests.newsroom import Newsroom
from tests.pipeline.test_watching import HOUR, MINUTE, Clock
from tests.web import Page

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
PEOPLE = ("anna@kinews.test", "bert@kinews.test")


@pytest.fixture
def boxes() -> Iterator[Mailboxes]:
    with mail_server() as boxes:
        yield boxes


@pytest.fixture
def clock() -> Clock:
    return Clock()


def configured(newsroom: Newsroom, port: int | None, *, posts: bool = True) -> None:
    newsroom.host = "kinews.test"
    mail = f'mail_to = {json.dumps(PEOPLE)}\n[alerts.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
    hook = f'[alerts.webhook]\nurl = "{newsroom.web.url("/hook/s3cret")}"\nsecret = "{SECRET}"\n'
    ntfy = f'[alerts.ntfy]\nurl = "{newsroom.web.url("/")}"\ntopic = "geheim-thema"\ntoken = "tk_1"\n'
    newsroom.web.pages["/hook/s3cret"] = newsroom.web.pages["/"] = Page(b"taken", validators=False)
    newsroom.extra = "[alerts]\n" + (mail if port else "") + (hook + ntfy if posts else "")


@contextmanager
def opened(newsroom: Newsroom, clock: Clock) -> Iterator[House]:
    """The newsroom's house, which looked once, so that its carriers know where to begin."""
    with open_house(read_config(newsroom.configure())) as house:
        mine = replace(house, clock=lambda: clock.now, vigil=Vigil(counted=lambda: clock.counted))
        STEPS["watch"](mine)
        yield mine


def posted(newsroom: Newsroom, path: str) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in newsroom.web.asked if one.method == "POST" and one.path == path]


def read(raw: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_an_alert_is_told_once_by_every_carrier_over_restarts(
    newsroom: Newsroom, boxes: Mailboxes, clock: Clock
) -> None:
    configured(newsroom, boxes.port)
    for n in range(3):
        with opened(newsroom, clock) as house:
            if n == 1:
                house.notice("backup", "failed", "die Platte ist voll; make room, then: feeder backup")
            STEPS["alert"](house)
            STEPS["alert"](house)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    mail = read(boxes.messages[PEOPLE[0]][0])
    assert mail["Subject"] == "[feeder] KI-News: the backup has failed"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<feeder-alerts.kinews.test>"
    assert "die Platte ist voll; make room, then: feeder backup" in mail.get_content()
    assert "2026-11-23 10:00 CET" in mail.get_content()
    [hook] = posted(newsroom, "/hook/s3cret")
    assert hook["data"]["severity"] == "warning"
    assert hook["data"]["is_back"] is False
    [ntfy] = posted(newsroom, "/")
    assert ntfy["topic"] == "geheim-thema"
    assert ntfy["priority"] == 4
    assert ntfy["tags"] == ["warning"]


def test_a_webhook_is_signed_as_the_standard_says_and_ntfy_knows_who_posts(newsroom: Newsroom, clock: Clock) -> None:
    configured(newsroom, None)
    with opened(newsroom, clock) as house:
        house.notice("disk:store", "full", "make room")
        STEPS["alert"](house)
    hook, ntfy = (next(one for one in newsroom.web.asked if one.path == path) for path in ("/hook/s3cret", "/"))
    headers = {name.lower(): value for name, value in hook.headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + hook.body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert ntfy.headers["Authorization"] == "Bearer tk_1"
    assert json.loads(ntfy.body)["priority"] == 5


@pytest.mark.parametrize("status", [200, 503])
def test_what_ntfy_says_of_its_topic_and_of_who_posts_is_kept_and_told_without_both(
    newsroom: Newsroom, clock: Clock, status: int
) -> None:
    configured(newsroom, None)

    def repeating(asked: Any) -> Page:
        said = json.dumps({"topic": json.loads(asked.body)["topic"], "by": asked.headers["Authorization"]})
        return Page(said.encode(), status)

    newsroom.web.pages["/"] = repeating
    with opened(newsroom, clock) as house:
        house.notice("backup", "failed", "no room")
        STEPS["alert"](house)
        known = house.store.announcements.get("alert:ntfy", "ntfy")
        assert known is not None
        assert '"topic"' in known.answer
        assert "geheim-thema" not in known.answer
        assert "tk_1" not in known.answer


def test_several_alerts_of_one_moment_are_one_mail_the_worst_first(
    newsroom: Newsroom, boxes: Mailboxes, clock: Clock
) -> None:
    configured(newsroom, boxes.port, posts=False)
    with opened(newsroom, clock) as house:
        for n in range(4):
            house.notice(f"source:quelle-{n}", "broken", "3 looks failed")
        house.notice("disk:store", "full", "make room")
        STEPS["alert"](house)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    mail = read(boxes.messages[PEOPLE[0]][0])
    subject = "[feeder] KI-News: the disk of the store is full, quelle-0 is broken, quelle-1 is broken and 2 more"
    assert mail["Subject"] == subject
    assert mail["Importance"] == "high"
    assert mail.get_content().count("3 looks failed") == 4


def test_a_mail_server_that_is_down_keeps_no_other_carrier_from_telling_and_is_told_itself(
    newsroom: Newsroom, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    configured(newsroom, port)
    with opened(newsroom, clock) as house:
        house.notice("backup", "failed", "words")
        for _ in range(20):
            STEPS["alert"](house)
            clock.pass_by(MINUTE)
            STEPS["watch"](house)
        told = [one["data"]["about"] for one in posted(newsroom, "/hook/s3cret")]
        assert told == ["backup", *(f"telling:mail {one}" for one in PEOPLE)]
        known = house.store.announcements.get("alert:mail", PEOPLE[0])
        assert known is not None
        assert 3 <= known.attempts <= 6, "later and later"
        with mail_server() as boxes:
            newsroom.extra = newsroom.extra.replace(f"port = {port}", f"port = {boxes.port}")
            clock.pass_by(HOUR, HOUR)
            with opened(newsroom, clock) as mended:
                STEPS["alert"](mended)
            assert boxes.taken == dict.fromkeys(PEOPLE, 1), "one mail for all that waited"
    said = [record.message for record in caplog.records if "was not told" in record.message]
    assert len(said) == 2, "the same in vain is logged once for each"


def test_one_address_that_is_refused_keeps_no_other_from_its_mail(
    newsroom: Newsroom, boxes: Mailboxes, clock: Clock
) -> None:
    configured(newsroom, boxes.port, posts=False)
    boxes.rcpt = lambda address: "550 5.1.1 nobody" if address == PEOPLE[0] else None
    with opened(newsroom, clock) as house:
        house.notice("backup", "failed", "words")
        STEPS["alert"](house)
        STEPS["alert"](house)
        assert boxes.taken == {PEOPLE[1]: 1}
        assert boxes.asked[PEOPLE[0]] == 1
        boxes.rcpt = lambda _address: None
        clock.pass_by(HOUR, HOUR)
        STEPS["alert"](house)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)


def test_a_try_that_a_wrong_clock_put_off_for_a_month_is_made_all_the_same(
    newsroom: Newsroom, boxes: Mailboxes, clock: Clock
) -> None:
    configured(newsroom, boxes.port, posts=False)
    boxes.data = lambda _address: "451 later"
    right, clock.now = clock.now, clock.now + timedelta(days=30)
    with opened(newsroom, clock) as house:
        house.notice("backup", "failed", "words")
        STEPS["alert"](house)
        assert boxes.taken == {}
        boxes.data = lambda _address: None
        clock.now = right
        STEPS["alert"](house)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)


def test_two_processes_tell_once(newsroom: Newsroom, boxes: Mailboxes, clock: Clock) -> None:
    configured(newsroom, boxes.port)
    with opened(newsroom, clock) as one, opened(newsroom, clock) as other:
        one.notice("backup", "failed", "words")
        lease = other.store.leases.hold("alerts", "another#x:1", 3600, datetime.now(UTC))
        STEPS["alert"](one)
        assert boxes.taken == {}, "the other one is at it"
        other.store.leases.release(lease)
        STEPS["alert"](one)
        STEPS["alert"](other)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert len(posted(newsroom, "/hook/s3cret")) == 1


def test_a_process_that_slept_while_another_told_sends_no_more_and_takes_nothing_back(
    newsroom: Newsroom, clock: Clock
) -> None:
    configured(newsroom, None)
    with opened(newsroom, clock) as one:
        one.notice("backup", "failed", "words")
        one.notice("disk:store", "nearly full", "words")
        last = str(one.store.alerts.last())

        def slow(_asked: object) -> Page:
            one.store.leases.take("alerts", "another#x:1", 60, datetime.now(UTC), one.store.leases.get("alerts"))
            one.store.announcements.told("alert:webhook", {"webhook": last}, clock.now, "by the other")
            return Page(b"taken", validators=False)

        newsroom.web.pages["/hook/s3cret"] = slow
        with pytest.raises(StoreError, match="no longer holds alerts"):
            STEPS["alert"](one)
        known = one.store.announcements.get("alert:webhook", "webhook")
    assert known is not None
    assert (known.mark, len(posted(newsroom, "/hook/s3cret")), posted(newsroom, "/")) == (last, 1, [])


def test_a_carrier_that_was_just_set_up_tells_nothing_old(newsroom: Newsroom, boxes: Mailboxes, clock: Clock) -> None:
    with opened(newsroom, clock) as house:
        house.notice("backup", "failed", "old")
    configured(newsroom, boxes.port)
    with opened(newsroom, clock) as house:
        STEPS["alert"](house)
        assert boxes.taken == {}
        assert posted(newsroom, "/") == []
        house.well("backup")
        STEPS["alert"](house)
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert [one["tags"] for one in posted(newsroom, "/")] == [["white_check_mark"]]


@pytest.mark.parametrize("how", ["rehearsal", "offline", "placeholders"])
def test_nothing_leaves_a_rehearsal_an_offline_house_or_one_with_placeholders(
    newsroom: Newsroom, boxes: Mailboxes, clock: Clock, how: str
) -> None:
    configured(newsroom, boxes.port)
    newsroom.extra = newsroom.extra.replace("[alerts]\n", f'[alerts]\nalive_url = "{newsroom.web.url("/alive")}"\n')
    if how == "placeholders":
        newsroom.host = "ki-news.example"
    with opened(newsroom, clock) as house:
        quiet = replace(house, sends=how != "rehearsal", offline=how == "offline")
        house.notice("backup", "failed", "words")
        STEPS["alert"](quiet)
        STEPS["alive"](quiet)
    assert boxes.taken == {}
    assert newsroom.web.asked == []


def test_a_word_that_would_be_a_header_stays_a_word(newsroom: Newsroom, boxes: Mailboxes, clock: Clock) -> None:
    configured(newsroom, boxes.port, posts=False)
    with opened(newsroom, clock) as house:
        house.notice("source:x\r\nBcc: alle@kinews.test", "broken", "..words\r\n.\r\nMAIL FROM:<x>\n.\n..\n")
        STEPS["alert"](house)
    mail = read(boxes.messages[PEOPLE[0]][0])
    assert mail["Bcc"] is None
    assert "Bcc: alle@kinews.test is broken" in mail["Subject"]
    assert "\n..words . MAIL FROM:<x> . .." in mail.get_content()


def test_somebody_else_hears_that_feeder_is_alive_after_each_good_round_only(newsroom: Newsroom, clock: Clock) -> None:
    configured(newsroom, None, posts=False)
    newsroom.web.pages["/ping/geheim"] = Page(b"OK", validators=False)
    newsroom.extra = f'[alerts]\nalive_url = "{newsroom.web.url("/ping/geheim")}"\n'

    def looked(house: House) -> int:
        clock.pass_by(MINUTE)
        for step in STEPS["watch"](house):
            STEPS[step.name](house, **step.args)
        return len(newsroom.web.asked)

    with opened(newsroom, clock) as house:
        assert looked(house) == 0, "no round yet"
        house.end(house.store.runs.start("round", clock.now, ()))
        assert looked(house) == 1
        assert looked(house) == 1, "the same round"
        house.end(house.store.runs.start("round", clock.now, ()))
        house.notice("disk:output", "full", "make room")
        assert looked(house) == 1, "something critical is open"
        house.well("disk:output")
        house.kept.append("rss.xml was not replaced")
        assert looked(house) == 1
        house.kept.clear()
        assert looked(house) == 2


def test_a_clock_that_was_a_year_ahead_silences_no_sign_of_life(newsroom: Newsroom, clock: Clock) -> None:
    configured(newsroom, None, posts=False)
    newsroom.web.pages["/ping/geheim"] = Page(b"OK", validators=False)
    newsroom.extra = f'[alerts]\nalive_url = "{newsroom.web.url("/ping/geheim")}"\n'
    right, clock.now = clock.now, clock.now + timedelta(days=365)
    with opened(newsroom, clock) as house:
        for n in (1, 2):
            house.end(house.store.runs.start("round", clock.now, ()))
            for step in STEPS["watch"](house):
                STEPS[step.name](house, **step.args)
            assert len(newsroom.web.asked) == n
            clock.now = right


def test_a_ping_that_is_refused_stops_nobody_and_names_no_secret(
    newsroom: Newsroom, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    configured(newsroom, None, posts=False)
    newsroom.extra = f'[alerts]\nalive_url = "{newsroom.web.url("/ping/geheim")}"\n'
    with opened(newsroom, clock) as house:
        for _ in range(3):
            assert STEPS["alive"](house) == []
            clock.pass_by(timedelta(minutes=2))
    assert len(newsroom.web.asked) == 3
    said = [record.message for record in caplog.records if "alive_url" in record.message]
    assert len(said) == 1
    assert "404" in said[0]
    assert "geheim" not in caplog.text


@pytest.mark.usefixtures("beating")
def test_the_private_feed_holds_the_alerts_and_is_written_nowhere(newsroom: Newsroom, clock: Clock) -> None:
    newsroom.article("a.txt")
    newsroom.run()
    with opened(newsroom, clock) as house:
        house.notice("source:heise", "broken", "Fehler <b>&</b> „Worte“")
        first = alerts_feed(house)
        assert alerts_feed(house) == first
        text = first.decode()
        assert "<title>heise is broken</title>" in text
        assert "&amp;lt;b&amp;gt;" in text
        assert 'isPermaLink="false"' in text
        assert "http://127.0.0.1:8081/alerts.xml" in text
    assert not any("heise is broken" in data[0].decode("utf-8", "replace") for data in newsroom.files().values())


def test_the_verb_lists_what_is_wrong_and_tries_carriers_out(
    newsroom: Newsroom, boxes: Mailboxes, clock: Clock
) -> None:
    configured(newsroom, boxes.port)
    with opened(newsroom, clock) as house:
        house.notice("backup", "failed", "make room, then: feeder backup")
    out = newsroom.run("alerts", now=None).output
    assert "the backup has failed (warning) since 2026-11-23 10:00" in out
    assert "feeder backup" in out
    assert json.loads(newsroom.run("alerts", "--json", now=None).output)["open"][0]["about"] == "backup"
    tried = newsroom.run("alerts", "test", now=None).output
    assert boxes.taken == dict.fromkeys(PEOPLE, 1)
    assert "mail anna@kinews.test: message: 250" in tried
    assert "ntfy: 200 taken" in tried
    assert "geheim" not in tried
    newsroom.web.pages.clear()
    failed = newsroom.run("alerts", "test", now=None, code=1).output
    assert "webhook: http://127.0.0.1" in failed
    assert "404" in failed
    assert "s3cret" not in failed
    newsroom.host = "ki-news.example"
    assert "still names ki-news.example" in newsroom.run("alerts", "test", now=None, code=1).output


def test_a_round_by_cron_ends_with_a_look(newsroom: Newsroom, boxes: Mailboxes) -> None:
    configured(newsroom, boxes.port, posts=False)
    newsroom.article("a.txt")
    newsroom.run()
    with open_house(read_config(newsroom.configure())) as house:
        assert house.store.announcements.get("alert:mail", PEOPLE[0]) is not None
