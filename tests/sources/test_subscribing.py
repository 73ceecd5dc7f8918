"""What becomes of the lines of a subscription list; the 40 lists of the corpus go in and come out again."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import text
from feeder.addresses import is_web_address, url_key
from feeder.config import Config, load_config
from feeder.config.editing import Draft
from feeder.config.loading import read_config
from feeder.config.sections import Topic
from feeder.config.sourcing import Selectors, SourceSettings
from feeder.config.values import is_identifier
from feeder.rendering.opml import subscriptions_opml
from feeder.sources.opml_in import Outline, read_opml
from feeder.sources.subscribing import Plan, already, folder_title, fresh_id, plan_import, usable
from tests.conftest import ROOT

TOPICS = (Topic(id="recht", title="Recht & Politik"), Topic(id="ki", title="KI"))
THERE = SourceSettings(id="heise", kind="feed", location="https://www.heise.de/atom.xml", title="heise")


def outline(title: str, address: str | None, *path: str, **told: str) -> Outline:
    return Outline(title, address, None, None, (path,) if path else (), told, None)


def plan(*outlines: Outline, sources: Iterable[SourceSettings] = (), make_topics: bool = False) -> Plan:
    return plan_import(outlines, tuple(sources), TOPICS, make_topics=make_topics)


@pytest.mark.parametrize(
    ("title", "address", "expected"),
    [
        ("heise online", "https://www.heise.de/x", "heise-online"),
        ("科技", "https://www.blog.example/feed", "blog-example"),
        ("", "https://127.0.0.1:80/x", "127-0-0-1"),
        ("科技", "", "source"),
        ("404", "https://404.example", "source-404"),
        ("Ein sehr langer Titel, der gar kein Ende nehmen will", "", "ein-sehr-langer-titel-der-gar-kein-ende"),
    ],
)
def test_an_id_is_made_of_the_title_else_of_the_host(title: str, address: str, expected: str) -> None:
    assert fresh_id(title, address, ()) == expected


@given(st.lists(st.text(max_size=60), max_size=6))
def test_ids_are_always_new_and_always_ids(titles: list[str]) -> None:
    taken: set[str] = set()
    for title in titles:
        name = fresh_id(title, "https://a.example/", taken)
        assert is_identifier(name)
        assert not name.isdigit()
        assert name not in taken
        taken.add(name)


@pytest.mark.parametrize(
    "address",
    ["http://heise.de/atom.xml", "https://www.heise.de/atom.xml?utm_source=x", "https://www.heise.de/atom.xml/"],
)
def test_a_source_is_known_however_its_address_is_spelt(address: str) -> None:
    assert already(address, [THERE]) is THERE
    assert already(address.replace("atom", "rss"), [THERE]) is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("feed://a.example/f", "http://a.example/f"),
        ("feed:https://a.example/f", "https://a.example/f"),
        ("feed:a.example/f", "http://a.example/f"),
        ("feed:file:///etc/passwd", None),
        (" https://a.example/ä?x=1&y=2 ", "https://a.example/ä?x=1&y=2"),
        ("https://a.example/a b", "https://a.example/a%20b"),
        ("newsletter://a.example", None),
        ("view-source:https://a.example/f", None),
        ("file:///etc/passwd", None),
        ("https://[a", None),
        ("", None),
    ],
)
def test_an_address_is_put_right_or_refused(address: str, expected: str | None) -> None:
    assert usable(address) == expected


def test_what_is_known_twice_or_no_address_is_said_with_its_reason() -> None:
    found = plan(
        outline("Heise", "http://heise.de/atom.xml"),
        outline("A", "https://a.example/f"),
        outline("A again", "http://a.example/f/"),
        outline("B", "newsletter:b"),
        outline("C", None),
        sources=[THERE],
    )
    assert [table["title"] for table in found.sources] == ["A"]
    assert found.known == ("“Heise” is there as heise", "“A again” stands in the list before, as “A”")
    assert found.skipped == ("“B”: newsletter:b is no web address", "“C”: no address (xmlUrl)")


@pytest.mark.parametrize("folder", ["recht", "Recht & Politik", "RECHT & POLITIK", "Recht"])
def test_a_folder_that_is_called_as_a_topic_is_that_topic(folder: str) -> None:
    found = plan(outline("A", "https://a.example/f", folder))
    assert found.sources[0]["topics"] == ["recht"]
    assert not found.notes


def test_other_folders_become_topics_if_wished_and_are_named_if_not() -> None:
    lines = (outline("A", "https://a.example/f", "Podcasts"), outline("B", "https://b.example/f", "Podcasts"))
    found = plan(*lines)
    assert "topics" not in found.sources[0]
    assert found.notes == ("folder “Podcasts” is no topic: 2 of its sources stand without it; --topics makes it one",)
    found = plan(*lines, make_topics=True)
    assert found.topics == ({"id": "podcasts", "title": "Podcasts"},)
    assert [table["topics"] for table in found.sources] == [["podcasts"], ["podcasts"]]
    assert not found.notes


def test_a_nested_folder_is_one_topic_or_that_of_its_innermost_part_and_then_says_so() -> None:
    line = outline("A", "https://a.example/f", "Technik", "KI")
    found = plan(line)
    assert found.sources[0]["topics"] == ["ki"]
    assert found.notes == ("folder “Technik / KI” became the topic ki alone",)
    found = plan(line, make_topics=True)
    assert found.topics == ({"id": "technik-ki", "title": "Technik / KI"},)


def test_a_feed_in_two_folders_is_one_source_with_two_topics() -> None:
    found = plan(outline("A", "https://a.example/f", "Recht"), outline("A", "https://a.example/f", "KI"))
    assert [table["topics"] for table in found.sources] == [["recht", "ki"]]


def test_folders_without_latin_letters_are_topics_too() -> None:
    found = plan(
        outline("A", "https://a.example/f", "科技"), outline("B", "https://b.example/f", "新闻"), make_topics=True
    )
    assert [topic["id"] for topic in found.topics] == ["topic", "topic-2"]


def test_a_list_from_elsewhere_decides_nothing_about_rights_and_reads_no_folder() -> None:
    told = {"id": "../x", "kind": "folder", "rights": "own", "rank": "0", "paused": "yes", "select-item": "li"}
    found = plan(outline("A", "https://a.example/f", **told))
    assert dict(found.sources[0]) == {"id": "a", "kind": "feed", "location": "https://a.example/f", "title": "A"}


def base_config(tmp_path: Path) -> tuple[Path, str]:
    """A configuration that is valid in `tmp_path` and reads nobody but its own articles."""
    (tmp_path / "articles").mkdir(exist_ok=True)
    written = (ROOT / "config.toml").read_text(encoding="utf-8")
    return tmp_path / "config.toml", written[: written.index("# German newsrooms")]


def imported(config: Config, draft: Draft, body: bytes) -> tuple[Config, Draft, Plan]:
    found = plan_import(read_opml("list", body).outlines, config.sources, config.topics, make_topics=True)
    if found.topics:
        draft = draft.added("topics", found.topics)
    if found.sources:
        draft = draft.added("sources", found.sources)
    return read_config(draft.path, draft.text, {}), draft, found


def test_what_is_exported_and_imported_elsewhere_loses_nothing(tmp_path: Path) -> None:
    path, text_before = base_config(tmp_path)
    config = load_config(ROOT / "config.toml", {})
    page = SourceSettings(
        id="seite", kind="page", location="https://p.example/news", title="Seite & Söhne", topics=("modelle", "recht"),
        paused=True, rank=7, selectors=Selectors(item="li > a", title="h2"), public=False,
    )  # fmt: skip
    config = config.model_copy(update={"sources": (*config.sources, page)})
    after, _, _ = imported(read_config(path, text_before, {}), Draft(path, text_before), subscriptions_opml(config))
    kept = ("id", "kind", "location", "title", "homepage", "language", "topics", "rank", "paused", "selectors")
    ours = {source.id: source for source in after.sources}
    for source in config.sources:
        if source.kind != "folder":
            assert [getattr(ours[source.id], name) for name in kept] == [getattr(source, name) for name in kept]


def test_an_exported_list_names_no_password() -> None:
    source = THERE.model_copy(update={"location": "https://eva:geheim@a.example/f"})
    config = load_config(ROOT / "config.toml", {}).model_copy(update={"sources": (source,)})
    assert b"geheim" not in subscriptions_opml(config)
    assert b'xmlUrl="https://a.example/f"' in subscriptions_opml(config)


def truth(body: bytes) -> list[tuple[str, str | None, tuple[str, ...] | None]]:
    """Address, title and folders of each outline, read by other means; of broken lists the addresses alone."""
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return [(unescape(url), None, None) for url in re.findall(r'xmlUrl="([^"]*)"', body.decode())]
    found: list[tuple[str, str | None, tuple[str, ...] | None]] = []

    def walk(element: ElementTree.Element, path: tuple[str, ...]) -> None:
        for child in element:
            name = child.get("title") or child.get("text") or ""
            if child.get("xmlUrl"):
                found.append((child.attrib["xmlUrl"].strip(), name, path))
            walk(child, (*path, text.plain(name)) if child.tag == "outline" and text.plain(name) else path)

    walk(root, ())
    return found


def test_every_list_of_the_corpus_goes_in_and_comes_out_without_loss(corpus: Path, tmp_path: Path) -> None:
    path, text_before = base_config(tmp_path)
    lists = sorted((corpus / "opml").glob("*.opml"))
    assert len(lists) == 40
    counted, before = 0, read_config(path, text_before, {})
    for listed in lists:
        body = listed.read_bytes()
        config, draft, found = imported(before, Draft(path, text_before), body)
        assert tomllib.loads(draft.text)
        exported: dict[str, tuple[str, set[str]]] = {}
        for one in read_opml(listed.name, subscriptions_opml(config)).outlines:
            exported.setdefault(url_key(one.address or ""), (one.title, set()))[1].update(
                folder_title(path) for path in one.folders
            )
        titles: dict[str, list[str | None]] = {}
        for address, name, path_of in truth(body):
            key = url_key(usable(address) or address)
            if not is_web_address(usable(address) or ""):
                assert any(f"{address} is no web address" in line for line in found.skipped), address
                continue
            counted += 1
            assert key in exported, f"{listed.name}: {address}"
            if name is not None and path_of is not None:
                titles.setdefault(key, []).append(text.plain(name))
                assert not path_of or text.one_line(folder_title(path_of)) in exported[key][1], (
                    f"{listed.name}: {address}"
                )
        for key, names in titles.items():
            assert exported[key][0] == names[0] or not names[0], f"{listed.name}: {key}"
        again = plan_import(read_opml("list", body).outlines, config.sources, config.topics, make_topics=True)
        assert not again.sources
        assert not again.topics
    assert counted > 5000
