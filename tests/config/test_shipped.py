"""The files that ship: config.toml, docs/configuration.md and docs/sources.md."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import feedparser
import pytest

from feeder.config import load_config, shape
from feeder.config.config import Config
from feeder.config.reference import reference
from feeder.config.sourcing import SourceSettings
from feeder.curation.rules import Facts, first_match
from feeder.model import Action, Rights
from feeder.text import plain
from tests.conftest import ROOT

SHIPPED = (ROOT / "config.toml").read_text(encoding="utf-8")
FEEDS = [source for source in tomllib.loads(SHIPPED)["sources"] if source["kind"] == "feed"]


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(ROOT / "config.toml", {})


def rows(heading: str) -> list[list[str]]:
    """The rows of the table of docs/sources.md whose first line starts with `heading`."""
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    table = text[text.index(f"| {heading}") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`<>") for cell in row.strip("|").split(" | ")] for row in table]


def test_the_shipped_configuration_is_what_our_user_asked_for(config: Config):
    assert (config.publication.title, config.publication.timezone) == ("KI-News", "Europe/Berlin")
    assert config.schedule.editions == ("mon-fri 07:00",)
    assert (config.sources[0].id, config.sources[0].kind, config.sources[0].rights) == (
        "redaktion",
        "folder",
        Rights.OWN,
    )
    assert len(config.sources) >= 21
    assert {source.language for source in config.sources} == {"de", "en"}
    assert sum(source.rights is Rights.LICENSED for source in config.sources) >= 3


def test_the_calls_to_action_use_the_words_of_the_seed_article(config: Config):
    article = " ".join((ROOT / "articles" / "microsoft-verliert-kontrolle-ueber-openai.txt").read_text("utf-8").split())
    blocks = (config.mission, config.share, config.follow, config.support)
    for words in [block.title for block in blocks] + [config.mission.text, config.follow.text, config.support.text]:
        assert words.casefold() in article.casefold()


def test_no_address_is_invented(config: Config):
    """Everything that is ours lies under the reserved host."""
    ours = config.model_dump_json(include={"publication", "output", "support", "follow", "digest"})
    hosts = set(re.findall(r"(?:https?://|@|mailto:[^@]*@)([a-z0-9.-]+)", ours))
    assert hosts == {"ki-news.example"}


def commented(section: str) -> set[str]:
    """The keys that stand in `section` of config.toml, commented ones included."""
    body = re.split(r"\n(?:# )?\[+(?!\[)", SHIPPED.split(f"[{section}]", 1)[1], maxsplit=1)[0]
    return set(re.findall(r"(?m)^(?:# ?)?([a-z_]+) = ", body))


def sections(model: shape.Model, above: str = "") -> dict[str, shape.Model]:
    """Every table of the configuration that has keys of its own, by its heading."""
    found: dict[str, shape.Model] = {}
    for name, info in shape.keys(model):
        if (table := shape.table(info.annotation)) is None:
            continue
        inner = sections(table, f"{above}{name}.")
        found |= inner if len(inner) == len(list(shape.keys(table))) else {f"{above}{name}": table, **inner}
    return found


@pytest.mark.parametrize(("section", "model"), sections(Config).items())
def test_every_key_of_a_section_stands_in_the_shipped_file(section: str, model: shape.Model):
    keys = {name for name, _ in shape.keys(model)}
    written = commented(section) | set(re.findall(rf"\n(?:# )?\[\[?{section}\.([a-z_]+)\]", SHIPPED))
    assert written == keys


def test_every_key_of_a_source_is_told_before_the_first_of_them():
    told = SHIPPED[SHIPPED.index("# --- Sources") : SHIPPED.index("[[sources]]")] + SHIPPED.split("[[sources]]")[1]
    missing = [name for name, _ in shape.keys(SourceSettings) if not re.search(rf"\b{name}\b", told)]
    assert missing == []


def test_the_reference_is_the_one_that_the_models_give():
    committed = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert committed == reference(), "run: python -m feeder.config.reference > docs/configuration.md"


def test_every_setting_says_what_it_is_for():
    assert "| None |" not in reference()


def test_every_source_has_its_provenance():
    assert [row[:3] for row in rows("source | language")] == [
        [source["id"], source["language"], source["location"]] for source in FEEDS
    ]


def test_every_address_stands_in_the_corpus_as_the_table_says(corpus: Path):
    for name, _, address, file, place in rows("source | language"):
        document = (corpus / file).read_text(encoding="utf-8", errors="replace")
        form = {
            'link rel="self"': rf'<link\b[^<>]*rel="self"[^<>]*href="{re.escape(address)}"',
            'atom:link rel="self"': rf'<atom:link\b(?=[^<>]*rel="self")[^<>]*href="{re.escape(address)}"',
            "outline xmlUrl": rf'<outline\b[^<>]*xmlUrl="{re.escape(address)}"',
            "feed_url": rf'"feed_url": "{re.escape(address)}"',
            "dc:identifier": rf"<dc:identifier>{re.escape(address)}</dc:identifier>",
        }[place]
        assert re.search(form, document), f"{name}: not in {file}"


def test_every_licence_stands_in_the_corpus_as_the_table_says(corpus: Path):
    proven = {}
    for name, licence, file, _, words in rows("source | licence"):
        assert words in (corpus / file).read_text(encoding="utf-8", errors="replace"), f"{name}: not in {file}"
        proven[name] = licence
    assert proven == {source["id"]: source["licence"] for source in FEEDS if source.get("rights") == "licensed"}


def test_the_rules_of_a_general_source_keep_what_is_about_ai_and_no_advertising(config: Config, corpus: Path):
    document = (corpus / "feeds" / "de-heise-de-heise-online-news-abe7a5.xml").read_bytes()
    entries = feedparser.parse(document).entries
    heise = next(source for source in config.source_nouns if source.id == "heise")
    kept: list[str] = []
    dropped: list[str] = []
    for entry in entries:
        fields = {"title": plain(entry.title), "summary": plain(entry.summary)}
        rule = first_match(heise.rules, Facts(fields, is_own=False))
        assert rule is not None
        (kept if rule.action is Action.KEEP else dropped).append(fields["title"])
    assert 20 <= len(kept) <= 50
    assert not [title for title in kept if "heise-Angebot" in title]
    assert not [title for title in dropped if re.search(r"\bKI\b|OpenAI", title) and "heise-Angebot" not in title]
