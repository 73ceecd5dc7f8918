"""No mail leaves while it names nobody who answers for it."""

from __future__ import annotations

from pathlib import Path

from feeder.config import load_config
from feeder.delivery.refusing import refusals
from tests.conftest import ROOT


def test_what_ships_is_refused_with_the_keys_and_who_asks_for_them():
    found = "\n".join(refusals(load_config(ROOT / "config.toml", {})))
    for words in (
        "publication.imprint_url still names ki-news.example (§ 5 DDG and § 18 (2) MStV",
        "publication.privacy_url still names ki-news.example (Art. 13 DSGVO",
        "digest.sender still names ki-news.example (§ 7 (2) UWG",
        "digest.unsubscribe still names",
        "support.links",
    ):
        assert words in found
    assert "sources" not in found
    assert "tag_authority" not in found, "it is for ever, and no reader sees it"


def test_a_publication_that_says_who_it_is_may_send_whatever_it_reads(tmp_path: Path):
    head, sources = (ROOT / "tests" / "data" / "config.toml").read_text().split("[[sources]]", maxsplit=1)
    (tmp_path / "articles").mkdir()
    sources = sources.replace("../../articles", "articles").replace("offen.example", "ki-news.example")
    (tmp_path / "config.toml").write_text(head.replace("ki-news.example", "ki-news.test") + "[[sources]]" + sources)
    assert refusals(load_config(tmp_path / "config.toml", {})) == ()
