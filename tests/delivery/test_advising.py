"""`feeder check` says what of the carriers' settings is most likely not meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeder.config import Config, load_config
from feeder.config.carriers import Carriers
from feeder.delivery.advising import advice
from tests.conftest import ROOT
from tests.newsroom import Newsroom
from tests.web import Web

KEY = "geheim"


def config_of(sender: str = "wir@news.test", unsubscribe: str = "mailto:weg@news.test", **carriers: object) -> Config:
    config = load_config(ROOT / "tests" / "data" / "config.toml", {})
    digest = config.digest.model_copy(update={"sender": sender, "unsubscribe": unsubscribe})
    return config.model_copy(update={"digest": digest, "carriers": Carriers.model_validate(carriers)})


def dkim(domain: str) -> dict[str, str]:
    return {"domain": domain, "selector": "s", "key": KEY}


@pytest.mark.parametrize(
    ("sender", "domain", "is_aligned"),
    [
        ("Wir <wir@news.test>", "news.test", True),
        ("wir@mail.news.test", "News.test", True),
        ("wir@news.test", "mail.news.test", True),
        ("wir@müller.test", "xn--mller-kva.test", True),
        ("wir@news.test", "relay.test", False),
        ("wir@news.test", "ews.test", False),
    ],
)
def test_a_signature_of_another_domain_is_told(sender: str, domain: str, is_aligned: bool):
    found = dict(advice(config_of(sender, smtp={"host": "h.test"}, dkim=dkim(domain))))
    assert ("carriers.dkim.domain" not in found) == is_aligned


def test_a_key_that_signs_nothing_is_told():
    assert [key for key, _ in advice(config_of(dkim=dkim("news.test")))] == ["carriers.dkim"]


@pytest.mark.parametrize(
    ("leave", "more", "keys"),
    [
        ("https://news.test/weg", {}, ["digest.unsubscribe"]),
        ("https://news.test/weg/{token}", {}, []),
        ("mailto:weg@news.test", {"unsubscribe": "https://news.test/weg"}, ["carriers.smtp.unsubscribe"]),
        ("https://news.test/weg", {"to": "liste@news.test"}, []),
    ],
)
def test_a_way_to_leave_that_does_not_know_who_leaves_is_told(leave: str, more: dict[str, str], keys: list[str]):
    config = config_of(unsubscribe=leave, smtp={"host": "h.test", **more})
    assert [key for key, _ in advice(config)] == keys


@pytest.mark.parametrize(
    ("host", "keys"), [("h.test", ["carriers.smtp.security"]), ("127.0.0.1", []), ("localhost", [])]
)
def test_a_password_in_the_open_is_told(host: str, keys: list[str]):
    smtp = {"host": host, "security": "none", "username": "wir", "password": "geheim"}
    found = dict(advice(config_of(smtp=smtp)))
    assert list(found) == keys
    assert "geheim" not in str(found)


def test_check_says_it_with_the_line(tmp_path: Path, web: Web):
    newsroom = Newsroom(tmp_path, web, host="ki-news.test")
    newsroom.extra = (
        f'[carriers.smtp]\nhost = "h.test"\n[carriers.dkim]\nselector = "s"\nkey = "{KEY}"\ndomain = "relay.test"\n'
    )
    said = newsroom.run("check").output
    line = 1 + newsroom.configure().read_text().splitlines().index('domain = "relay.test"')
    assert f"config.toml:{line}: carriers.dkim.domain: signs for relay.test" in said
