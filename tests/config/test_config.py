from __future__ import annotations

from pathlib import Path

import pytest

from feeder.config import placeholders
from feeder.model import Action, Rights, Rule, Source
from tests.config.documents import WHOLE, load


def test_sources_become_nouns_in_the_order_of_the_file(tmp_path: Path):
    text = WHOLE + 'max_age = "48h"\nrank = 7\nrules = [{ action = "drop", words = ["Anzeige"], why = "Werbung" }]\n'
    own, feed = load(tmp_path, text).source_nouns
    assert (own.id, own.kind, own.rights, own.max_age_days) == ("redaktion", "folder", Rights.OWN, None)
    assert feed == Source(
        id="hugging-face",
        kind="feed",
        location="https://huggingface.example/feed.xml",
        title="Hugging Face",
        language="de",
        topics=(),
        rank=7,
        rights=Rights.TEASER,
        licence=None,
        excerpt_limit=160,
        public=True,
        homepage=None,
        rules=(Rule(Action.DROP, words=("Anzeige",), why="Werbung"),),
        max_age_days=2,
        max_per_source=None,
        baseline_release=None,
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:///feeder.db", "sqlite:///{base}/feeder.db"),
        ("sqlite:///state/feeder.db?timeout=5", "sqlite:///{base}/state/feeder.db?timeout=5"),
        ("sqlite:////var/lib/feeder.db", "sqlite:////var/lib/feeder.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("postgresql+psycopg://u@h/feeder", "postgresql+psycopg://u@h/feeder"),
        ("postgresql://u@h/feeder", "postgresql://u@h/feeder"),
    ],
)
def test_a_relative_store_lies_beside_the_configuration(tmp_path: Path, written: str, meant: str):
    config = load(tmp_path, environ={"FEEDER_STORE__URL": written})
    assert config.store_url.get_secret_value() == meant.format(base=tmp_path)


def test_every_value_that_names_the_reserved_host_is_listed(tmp_path: Path):
    assert placeholders(load(tmp_path)) == (
        "publication.url",
        "publication.tag_authority",
        "publication.imprint_url",
        "publication.privacy_url",
        "output.base_url",
        "support.links[0].url",
        "follow.links[0].url",
        "digest.sender",
        "digest.unsubscribe",
    )


def test_a_house_that_lies_in_a_folder_of_that_name_is_no_placeholder(tmp_path: Path):
    house = tmp_path / "ki-news.example"
    house.mkdir()
    assert placeholders(load(house, WHOLE.replace("ki-news.example", "zeitung.example"))) == ()
