"""Webhooks are told of stories and editions: signed, in order, at least once, of nothing that readers cannot see."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeder.cli.opening import open_house, read_config
from feeder.delivery.announcing import signature
from feeder.model import Decision, Fate, Story
from feeder.pipeline import House, webhooks
from feeder.pipeline.announcing import announce
from feeder.pipeline.publish import write_site
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.web import Asked, Page, Web, serving

SECRET = "whsec_" + base64.b64encode(b"an ihren Taten erkannt, 24+").decode()
DAY = timedelta(days=1)


@dataclass
class Receiver:
    """Takes what is signed with the secret, and keeps it; answers with `status`."""

    web: Web
    status: int = 204
    told: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.web.pages["/hook?key=geheim"] = self._asked

    def _asked(self, asked: Asked) -> Page:
        sent = {name.lower(): value for name, value in asked.headers.items()}
        name, stamp = sent["webhook-id"], sent["webhook-timestamp"]
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        signed = hmac.new(key, f"{name}.{stamp}.".encode() + asked.body, hashlib.sha256).digest()
        if sent["webhook-signature"] != f"v1,{base64.b64encode(signed).decode()}":
            return Page(b"a false signature", 401)
        if self.status < 300:
            self.told.append(json.loads(asked.body) | {"stamp": int(stamp)})
            self.ids.append(name)
        self.bodies.append(asked.body)
        return Page(b"", self.status)

    @property
    def kinds(self) -> list[str]:
        return [one["type"] for one in self.told]

    def titles(self) -> list[str]:
        return [one["data"].get("title", "") for one in self.told]


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication that published an article and an edition, with nobody to tell."""
    folder = tmp_path_factory.mktemp("settled")
    with serving() as web:
        made = Newsroom(folder, web, host="ki-news.test", beats=True)
        made.article("a.txt")
        made.run()
    return folder


@pytest.fixture
def newsroom(tmp_path: Path, web: Web, settled: Path) -> Newsroom:
    shutil.copytree(settled, tmp_path, dirs_exist_ok=True)
    return Newsroom(tmp_path, web, host="ki-news.test", beats=True)


@pytest.fixture
def receiver(web: Web, newsroom: Newsroom) -> Receiver:
    """Who is told from now on."""
    made = Receiver(web)
    configure(newsroom)
    with house_of(newsroom) as house:
        announce(house)
        house.store.announcements.publish(house.store.announcements.decided(), NOW)
    return made


def configure(newsroom: Newsroom, events: str = '["stories", "editions"]') -> None:
    address = newsroom.web.url("/hook?key=geheim")
    newsroom.extra = f'[[webhooks]]\nid = "seite"\nurl = "{address}"\nsecret = "{SECRET}"\nevents = {events}\n'


@contextmanager
def house_of(newsroom: Newsroom) -> Iterator[House]:
    with open_house(read_config(newsroom.configure()), now=NOW.isoformat()) as house:
        yield house


def news(newsroom: Newsroom, *titles: str) -> None:
    posts = (
        Post(title, f"https://quelle.example/{title[:4]}", summary="Ein Satz. Noch einer. " * 40) for title in titles
    )
    newsroom.feed("quelle", rss(*posts))


def story_of(house: House, title: str) -> Story:
    """The story with this headline."""
    told = house.store.stories.published(20, None, withdrawn_after=NOW)
    return next(one.story for one in told if one.revision.title == title)


def withdraw(house: House, title: str) -> None:
    """Take a story back, and publish nothing yet."""
    story = story_of(house, title)
    house.store.stories.decide(
        Decision(story.id, "erika", "withdrawn", "Es war gelogen.", NOW, story.revision), Fate.WITHDRAWN
    )


def publish(house: House) -> None:
    write_site(house, house.store.runs.start("publish", NOW, ()))


def at(house: House, later: timedelta) -> House:
    return replace(house, clock=lambda: NOW + later)


def test_a_story_is_told_with_what_the_feeds_show_of_it_and_no_more(newsroom: Newsroom, receiver: Receiver):
    news(newsroom, "OpenAI verklagt Microsoft")
    newsroom.run()
    assert receiver.kinds == ["story.released"]
    told = receiver.told[0]
    data = told["data"]
    shown = next(item for item in newsroom.items() if item["title"] == "OpenAI verklagt Microsoft")
    assert data["id"] == shown["id"]
    assert (data["title"], data["teaser"], data["url"]) == (shown["title"], shown["summary"], shown["url"])
    assert data["provenance"] == shown["_feeder"]["provenance"]
    assert len(data["teaser"]) + sum(map(len, data.get("summary", ()))) <= 160
    assert abs(told["stamp"] - NOW.timestamp()) < 2
    newsroom.run()
    assert len(receiver.told) == 1


def test_a_story_is_told_again_when_it_is_revised_and_when_it_is_taken_back(newsroom: Newsroom, receiver: Receiver):
    news(newsroom, "OpenAI verklagt Microsoft")
    newsroom.run()
    with house_of(newsroom) as house:
        story = story_of(house, "OpenAI verklagt Microsoft")
        telling = house.store.stories.telling(story.id)
        assert telling is not None
        words = replace(telling.revision, n=2, title="OpenAI verklagt doch nicht", at=NOW + DAY)
        house.store.stories.revise(words, Decision(story.id, "erika", "revised", "falsch", NOW + DAY, 1), None)
        publish(house)
        announce(house)
        withdraw(house, "OpenAI verklagt doch nicht")
        publish(house)
        announce(house)
    assert receiver.kinds == ["story.released", "story.revised", "story.withdrawn"]
    assert receiver.titles()[1] == "OpenAI verklagt doch nicht"
    assert "summary" not in receiver.told[2]["data"]
    assert "Es war gelogen." in receiver.told[2]["data"]["teaser"]
    assert len(set(receiver.ids)) == 3


def test_what_was_out_before_the_webhook_was_is_not_told(newsroom: Newsroom, receiver: Receiver):
    with house_of(newsroom) as house:
        announce(house)
        assert house.store.announcements.published() == house.store.announcements.decided() > 0
    assert receiver.told == []


def test_a_receiver_that_was_away_for_days_gets_all_of_it_in_order_and_nothing_taken_back(
    newsroom: Newsroom, receiver: Receiver
):
    receiver.status = 500
    first = ["Eins mit KI Modell", "Zwei mit KI Gesetz", "Drei mit KI Milliarden"]
    for n in (1, 3):
        news(newsroom, *first[:n])
        newsroom.run()
    with house_of(newsroom) as house:
        gone = story_of(house, first[2]).id
        withdraw(house, first[2])
        publish(house)
        announce(at(house, DAY))
        receiver.status = 204
        announce(at(house, 2 * DAY))
    assert receiver.kinds == ["story.released", "story.released", "story.withdrawn"]
    assert receiver.titles()[:2] == first[:2]
    assert receiver.told[2]["data"]["id"] == gone
    assert "summary" not in receiver.told[2]["data"]
    assert receiver.told[0]["stamp"] == int((NOW + 2 * DAY).timestamp())


def test_a_message_that_is_sent_again_has_the_same_name_and_body(newsroom: Newsroom, receiver: Receiver, monkeypatch):
    receiver.status = 503
    news(newsroom, "OpenAI verklagt Microsoft")
    newsroom.run()
    receiver.status = 204
    with house_of(newsroom) as house:
        with monkeypatch.context() as patch:
            patch.setattr(house.store.announcements, "told", killed)
            with pytest.raises(KeyboardInterrupt):
                announce(at(house, DAY))
        announce(at(house, 2 * DAY))
        announce(at(house, 3 * DAY))
    assert receiver.kinds == ["story.released"] * 2
    assert len(set(receiver.ids)) == 1
    assert len(receiver.bodies) == 3
    assert len(set(receiver.bodies)) == 1


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_nothing_is_told_before_readers_can_see_it(newsroom: Newsroom, receiver: Receiver):
    news(newsroom, "OpenAI verklagt Microsoft")
    newsroom.run()
    receiver.told.clear()
    with house_of(newsroom) as house:
        withdraw(house, "OpenAI verklagt Microsoft")
        announce(house)
        assert receiver.told == []
        publish(house)
        announce(house)
    assert receiver.kinds == ["story.withdrawn"]


def test_what_changes_nothing_for_readers_is_not_told(newsroom: Newsroom, receiver: Receiver):
    news(newsroom, "OpenAI verklagt Microsoft")
    newsroom.run()
    with house_of(newsroom) as house:
        newest = story_of(house, "OpenAI verklagt Microsoft")
        house.store.stories.note(Decision(newest.id, "erika", "flagged", "merkwürdig", NOW, newest.revision))
        house.store.stories.pin(
            newest.id, NOW + DAY, Decision(newest.id, "erika", "pinned", "wichtig", NOW, newest.revision)
        )
        publish(house)
        announce(house)
    assert receiver.kinds == ["story.released"]


def test_many_stories_are_told_in_steps_and_each_once(newsroom: Newsroom, receiver: Receiver, monkeypatch):
    monkeypatch.setattr(webhooks, "AT_ONCE", 2)
    titles = [f"{n} Milliarden für KI-Modell {n}" for n in range(10, 15)]
    newsroom.feed(
        "quelle", rss(*(Post(one, f"https://quelle.example/{one[:2]}") for one in titles)), baseline_release=9
    )
    newsroom.run()
    assert sorted(receiver.titles()) == titles
    assert len(set(receiver.ids)) == len(titles)


def test_an_edition_is_told_once_with_its_stories(newsroom: Newsroom, web: Web):
    made = Receiver(web)
    configure(newsroom, '["editions"]')
    shutil.rmtree(newsroom.folder / "feeds")
    (newsroom.folder / "feeder.db").unlink()
    newsroom.article("a.txt")
    newsroom.run("publish")
    newsroom.run()
    assert made.kinds == ["edition.published"]
    [shown] = newsroom.items("editions/feed.json")
    data = made.told[0]["data"]
    assert (data["id"], data["url"], data["number"]) == (shown["id"], shown["url"], 1)
    assert data["stories"] == [newsroom.items()[0]["id"]]


def test_one_receiver_away_keeps_no_other_from_being_told_and_no_secret_is_said(
    newsroom: Newsroom, receiver: Receiver, caplog: pytest.LogCaptureFixture
):
    newsroom.extra += f'[[webhooks]]\nid = "weg"\nurl = "http://127.0.0.1:9/geheim"\nsecret = "{SECRET}"\n'
    with house_of(newsroom) as house:
        announce(house)
    news(newsroom, "OpenAI verklagt Microsoft")
    newsroom.run()
    assert receiver.kinds == ["story.released"]
    with house_of(newsroom) as house:
        row = house.store.announcements.get("webhook:weg", "")
    assert row is not None
    assert (row.attempts, row.answer) == (
        1,
        "http://127.0.0.1:9 cannot be reached, or did not answer: the connection was refused",
    )
    assert "geheim" not in caplog.text


def test_the_signature_is_that_of_the_standard():
    """The vector of the reference implementation (standard-webhooks, libraries/python/tests)."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"
