"""listmonk gets an edition as one campaign, and what a person does to it there stands."""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feeder.config import Config, load_config
from feeder.config.carriers import Carriers
from feeder.config.carriers import Listmonk as Settings
from feeder.delivery.listmonk import Listmonk
from feeder.errors import DeliveryError
from feeder.model import Digest, Edition, EditionStatus
from tests.conftest import ROOT
from tests.delivery import listmonk_fake as fake
from tests.delivery.listmonk_fake import BARE, DEFAULT, TOKEN, USER, VISUAL, fails, listmonk_server, lost_after
from tests.web import Web

SLOT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
EDITION = Edition("2026-11-23-0700", SLOT, EditionStatus.APPROVED, SLOT, "", "", (), number=12)
NAME = f"ki-news.example,2025 {EDITION.id}"
HTML = (
    '<!DOCTYPE html>\n<html lang="de"><head><style>a{{color:red}}\n/* Farbe */ @media (x){{b{{c:d}}}}</style></head>\n'
    "<body><!--[if mso]><table><tr><td><![endif]--><h1>{{{{ TrackView }}}} & https://a.test/@TrackLink</h1>\n"
    '<p>5 €</p><a href="{leave}">Abbestellen</a>\n<!--[if mso]></td></tr></table><![endif]--></body></html>\n'
)
TEXT = "Guten Tag,\n\n{{{{ TrackView }}}} 3 < 4 & <https://a.test/@TrackLink>\n\nAbbestellen:\n{leave}\n"


@pytest.fixture
def server() -> Iterator[fake.Listmonk]:
    with listmonk_server() as made:
        yield made


def config_of(url: str, **settings: object) -> Config:
    config = load_config(ROOT / "tests" / "data" / "config.toml", {})
    given = {"url": url, "username": USER, "token": TOKEN, "lists": [1, 2], **settings}
    return config.model_copy(update={"carriers": Carriers(listmonk=Settings.model_validate(given))})


def digest(leave: str, subject: str = "Drei Fragen") -> Digest:
    return Digest(subject, "", HTML.format(leave=leave), TEXT.format(leave=leave))


def hand_over(
    url: str, subject: str = "Drei Fragen", settings: Mapping[str, object] | None = None, **more: object
) -> str:
    """What a house does that has a digest rendered for this carrier."""
    carrier = Listmonk(config_of(url, **(settings or {}), **more))
    return carrier.hand_over(EDITION, digest(carrier.unsubscribe, subject))


def refused(url: str, **settings: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        hand_over(url, settings=settings)
    assert TOKEN not in str(caught.value)
    return caught.value


def test_an_edition_becomes_a_draft_with_all_that_it_says(server: fake.Listmonk):
    assert hand_over(server.url) == "1"
    campaign = server.campaigns[1]
    assert (campaign["name"], campaign["status"], campaign["type"]) == (NAME, "draft", "regular")
    assert (campaign["content_type"], campaign["lists"], campaign["tags"]) == ("html", [1, 2], ["feeder"])
    assert campaign["from_email"] == '"KI-News" <newsletter@ki-news.example>'
    assert campaign["send_at"] is None
    mailed = server.mailed(campaign)
    assert mailed["subject"] == "Drei Fragen"
    assert mailed["Auto-Submitted"] == "auto-generated"
    assert mailed["List-Id"].endswith("<newsletter.ki-news.example>")
    assert mailed["Reply-To"].endswith("<newsletter@ki-news.example>")
    assert [call.method for call in server.said if call.path.endswith("status")] == []


def test_what_readers_get_is_the_digest_with_their_own_link_and_nothing_tracks(server: fake.Listmonk):
    hand_over(server.url, subject="{{ TrackView }} und https://a.test/@TrackLink {")
    mailed = server.mailed(server.campaigns[1])
    theirs = f"{server.url}subscription/0-campaign/0-subscriber?a=1&amp;b=2"
    assert mailed["altbody"] == TEXT.format(leave=theirs)
    assert mailed["subject"] == "{{ TrackView }} und https://a.test/@TrackLink {"
    shown = mailed["body"].replace("&#123;", "{").replace("&#64;", "@")
    assert shown == HTML.format(leave=theirs).replace("/* Farbe */", " ")
    assert "track.test" not in json.dumps(mailed)
    assert "abmelden.invalid" not in json.dumps(mailed)


def test_by_wish_the_campaign_is_started(server: fake.Listmonk):
    assert hand_over(server.url, mode="send") == "1"
    assert server.campaigns[1]["status"] == "running"


def test_an_edition_given_twice_is_one_campaign(server: fake.Listmonk):
    assert {hand_over(server.url, mode="send") for _ in range(3)} == {"1"}
    assert len(server.campaigns) == 1
    assert len([call for call in server.calls("PUT") if call.path.endswith("status")]) == 1


@pytest.mark.parametrize("mode", ["draft", "send"])
@pytest.mark.parametrize(
    ("method", "path", "number"),
    [
        ("POST", "campaigns", 0),
        ("POST", "campaigns", 1),
        ("GET", "preview", 0),
        ("PUT", "status", 0),
        ("PUT", "status", 1),
    ],
)
def test_an_answer_that_is_lost_is_found_by_searching(
    server: fake.Listmonk, mode: str, method: str, path: str, number: int
):
    server.faults[method, path] = [(fake.lost_before, lost_after)[number]]
    if (mode, path) == ("draft", "status"):
        assert hand_over(server.url, mode=mode) == "1"
    else:
        error = refused(server.url, mode=mode)
        assert error.retry
        assert server.url in str(error)
        assert hand_over(server.url, mode=mode) == "1"
    assert [one["status"] for one in server.campaigns.values()] == ["draft" if mode == "draft" else "running"]


def test_it_is_found_among_many_that_are_like_it(server: fake.Listmonk):
    refused_after = server.faults["POST", "campaigns"]
    refused_after.append(lost_after)
    refused(server.url)
    for n in itertools.count(2):
        if n > 130:
            break
        near = (f"Copy of {NAME}", NAME.upper(), f"{NAME} ", f"ki-news.example,2025 {EDITION.id}2", EDITION.id)[n % 5]
        server.campaigns[n] = {**server.campaigns[1], "id": n, "name": near, "subject": f"zu {EDITION.id}"}
    assert hand_over(server.url) == "1"
    assert len(server.campaigns) == 130
    assert len(server.calls("GET")) > 3


def test_another_editions_campaign_is_not_this_ones(server: fake.Listmonk):
    server.faults["POST", "campaigns"] = [lost_after]
    refused(server.url)
    server.campaigns[1]["name"] = server.campaigns[1]["name"].replace("2026-11-23", "2026-11-24")
    assert hand_over(server.url) == "2"


@pytest.mark.parametrize("status", ["running", "paused", "cancelled", "finished", "scheduled"])
@pytest.mark.parametrize("mode", ["draft", "send"])
def test_what_a_person_began_is_left_alone(server: fake.Listmonk, status: str, mode: str):
    hand_over(server.url)
    server.campaigns[1] |= {"status": status, "subject": "Anders", "updated_at": 99}
    before = dict(server.campaigns[1])
    assert hand_over(server.url, mode=mode) == "1"
    assert server.campaigns == {1: before}
    assert server.calls("PUT") == []


def test_who_starts_it_between_our_look_and_our_start_has_started_it(server: fake.Listmonk):
    def begun(act: Any) -> Any:
        server.set_status(server.campaigns[1], "running")
        return act()

    server.faults["PUT", "status"] = [begun]
    assert hand_over(server.url, mode="send") == "1"
    assert server.campaigns[1]["status"] == "running"


def test_a_start_that_fails_is_tried_again_and_no_second_campaign_is_made(server: fake.Listmonk):
    server.faults["PUT", "status"] = [fails(500), fails(503)]
    for _ in range(2):
        assert refused(server.url, mode="send").retry
    assert hand_over(server.url, mode="send") == "1"
    assert server.campaigns[1]["status"] == "running"
    assert len(server.calls("POST")) == 1


def test_a_start_whose_answer_is_a_failure_may_have_been_one(server: fake.Listmonk):
    def begun(act: Any) -> Any:
        act()
        return fails(502)(act)

    server.faults["PUT", "status"] = [begun]
    assert hand_over(server.url, mode="send") == "1"
    assert server.campaigns[1]["status"] == "running"


def test_a_start_that_is_refused_for_good_says_why(server: fake.Listmonk):
    server.faults["PUT", "status"] = [fails(400, "Nicht heute")]
    error = refused(server.url, mode="send")
    assert "Nicht heute" in str(error)
    assert not error.retry


def test_a_draft_that_nobody_touched_follows_the_settings(server: fake.Listmonk):
    server.default = DEFAULT
    assert "carriers.listmonk.template" in str(refused(server.url))
    assert hand_over(server.url, template=BARE, lists=[2], tags=["zwei Worte"]) == "1"
    campaign = server.campaigns[1]
    assert (campaign["template_id"], campaign["lists"], campaign["tags"]) == (BARE, [2], ["zwei-Worte"])
    assert len(server.campaigns) == 1


def test_a_draft_that_somebody_changed_stays_theirs(server: fake.Listmonk):
    hand_over(server.url)
    server.campaigns[1] |= {"body": "<p>Neu</p>", "updated_at": 99}
    assert hand_over(server.url) == "1"
    error = refused(server.url, mode="send")
    assert "was changed there" in str(error)
    assert f"feeder edition send {EDITION.id}" in str(error)
    assert not error.retry
    assert (server.campaigns[1]["body"], server.campaigns[1]["status"]) == ("<p>Neu</p>", "draft")


def test_two_drafts_of_one_name_are_a_persons_to_sort_out(server: fake.Listmonk):
    hand_over(server.url)
    server.campaigns[2] = {**server.campaigns[1], "id": 2}
    error = refused(server.url, mode="send")
    assert "[1, 2]" in str(error)
    server.campaigns[2]["status"] = "finished"
    assert hand_over(server.url, mode="send") == "2"
    assert server.campaigns[1]["status"] == "draft"


@pytest.mark.parametrize(("lists", "missing"), [([1, 7], r"\[7\]"), ([1, 9], r"\[9\]"), ([9], "Invalid list IDs")])
def test_lists_that_listmonk_leaves_out_are_missed_before_anything_is_sent(
    server: fake.Listmonk, lists: list[int], missing: str
):
    if 7 in lists:
        server.permitted = None
    with pytest.raises(DeliveryError, match=missing) as caught:
        hand_over(server.url, lists=lists, mode="send")
    assert not caught.value.retry
    assert {one["status"] for one in server.campaigns.values()} <= {"draft"}


@pytest.mark.parametrize(
    ("template", "default"), [(77, BARE), (VISUAL, BARE), (None, VISUAL), (None, DEFAULT), (DEFAULT, BARE)]
)
def test_a_template_that_adds_or_is_not_there_is_refused(server: fake.Listmonk, template: int | None, default: int):
    server.default = default
    error = refused(server.url, mode="send", **({} if template is None else {"template": template}))
    assert "carriers.listmonk.template" in str(error)
    assert f"{server.url}admin/campaigns/1" in str(error)
    assert server.campaigns[1]["status"] == "draft"


@pytest.mark.parametrize("addition", ["{{ TrackView }}", "<p>Werbung</p>", "{{ UnsubscribeURL }}", "x"])
@pytest.mark.parametrize("before", [True, False])
def test_the_least_addition_of_a_template_is_seen(server: fake.Listmonk, addition: str, before: bool):
    content = fake.TEMPLATES[BARE]
    server.templates[BARE] = addition + content if before else content + addition
    assert "it shows" in str(refused(server.url))


@pytest.mark.parametrize("permission", sorted(fake.ALL))
def test_what_the_user_may_not_is_named(server: fake.Listmonk, permission: str):
    server.permissions = fake.ALL - {permission}
    error = refused(server.url, mode="send")
    assert permission in str(error)
    assert "403" in str(error)
    assert not error.retry


def test_a_wrong_token_is_named_and_not_shown(server: fake.Listmonk):
    with pytest.raises(DeliveryError, match=r"carriers\.listmonk\.username and token") as caught:
        hand_over(server.url, token="falsch-und-geheim")
    assert "falsch" not in str(caught.value)
    assert not caught.value.retry


def test_a_wrong_address_is_named(server: fake.Listmonk):
    error = refused(server.url + "admin/")
    assert "carriers.listmonk.url" in str(error)
    assert not error.retry


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_be_mended_by_waiting_is_tried_later(server: fake.Listmonk, status: int):
    server.faults["GET", "campaigns"] = [fails(status)]
    assert refused(server.url).retry


def test_a_server_that_is_not_there_may_be_there_later():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    error = refused(f"http://127.0.0.1:{port}/")
    assert "the connection was refused" in str(error)
    assert error.retry


def test_a_server_that_proves_nothing_gets_no_credentials(server: fake.Listmonk):
    error = refused(server.url.replace("http:", "https:"))
    assert "certificate" in str(error)
    assert not error.retry
    assert server.said == []


def test_an_answer_without_end_is_not_read(server: fake.Listmonk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("feeder.delivery.api.MOST_BYTES", 1000)
    error = refused(server.url)
    assert "more than 1000 bytes" in str(error)
    assert [one["status"] for one in server.campaigns.values()] == ["draft"]


def test_a_server_that_is_too_slow_is_left_and_asked_for_nothing_more(server: fake.Listmonk):
    server.faults["GET", "campaigns"] = [fake.slow(0.6)]
    server.faults["GET", "preview"] = [fake.slow(0.6)]
    error = refused(server.url, timeout="1s", mode="send")
    assert error.retry
    assert server.calls("PUT") == []


def test_longer_than_a_lease_nobody_waits():
    with pytest.raises(ValueError, match="30"):
        config_of("https://lists.test/", timeout="31s")


def test_credentials_follow_no_redirect(web: Web):
    away = web.put("/api/campaigns", b"{}")
    with listmonk_server() as other:
        other.moved = away
        error = refused(other.url)
    assert "302" in str(error)
    assert "credentials go to no other address" in str(error)
    assert not error.retry
    assert web.asked == []


@pytest.mark.parametrize("body", ["<html>", "[]", "{}", '{"data": []}', '{"data": {"results": [{}]}}', "null", '"x"'])
def test_what_is_not_listmonk_is_not_taken_for_it(web: Web, body: str):
    query = f"?query={EDITION.id}&no_body=true&page=1&per_page=50"
    web.put(f"/api/campaigns{query}", body)
    web.put("/api/campaigns", body)
    assert not refused(web.url()).retry


def test_the_netrc_of_the_machine_is_not_asked(server: fake.Listmonk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login jemand password anderes\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert hand_over(server.url) == "1"


@pytest.mark.parametrize("part", ["html", "text"])
def test_a_digest_without_a_way_to_leave_is_not_given(server: fake.Listmonk, part: str):
    carrier = Listmonk(config_of(server.url))
    bare = replace(digest(carrier.unsubscribe), **{part: "<p>nichts</p>"})
    with pytest.raises(DeliveryError, match="must show `mailto`"):
        carrier.hand_over(EDITION, bare)
    assert server.said == []
