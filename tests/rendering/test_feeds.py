"""Feeds as files: what stands in which element, their bounds, and that the same state makes the same bytes."""

from __future__ import annotations

import hashlib
import json
import locale
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeder.errors import RenderError
from feeder.model import OutputFile
from feeder.rendering.entries import Category, FeedEntry, edition_entry, story_entry
from feeder.rendering.feeds import feed_files
from feeder.rendering.look import Look
from feeder.rendering.sharing import Link
from tests.rendering import samples

ATOM = "{http://www.w3.org/2005/Atom}"
GOLDEN = Path(__file__).parent.parent / "data" / "golden"


def bounded(look: Look, **bounds: int) -> Look:
    output = look.config.output.model_copy(update=bounds)
    return replace(look, config=look.config.model_copy(update={"output": output}))


def entry(number: int, size: int = 10) -> FeedEntry:
    moment = samples.NOON + timedelta(minutes=number)
    return FeedEntry(
        id=f"tag:ki-news.example,2025:stories/{number}",
        url=f"https://ki-news.example/{number}",
        page=f"https://ki-news.example/{number}",
        external_url=None,
        title=f"Titel {number}",
        teaser=f"Anreißer {number}",
        html=f"<p>{'ä' * size}</p>",
        published=moment,
        updated=moment,
        authors=("Redaktion",),
        categories=(),
        language="de",
    )


def ids(file: OutputFile) -> tuple[str | None, ...]:
    if file.path.endswith(".json"):
        return tuple(item["id"] for item in json.loads(file.data)["items"])
    tree = etree.fromstring(file.data)
    return tuple(one.text for path in ("channel/item/guid", f"{ATOM}entry/{ATOM}id") for one in tree.iterfind(path))


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_a_small_feed_is_written_as_the_golden_file_says(look: Look, name: str):
    """FEEDER_GOLDEN=1 writes the golden files anew; look at the difference before you commit it."""
    told = [story_entry(look, samples.foreign()), story_entry(look, samples.licensed())]
    written = {file.path: file.data for file in feed_files(look, samples.LAW, told)}[f"topics/recht/{name}"]
    golden = GOLDEN / name
    if os.environ.get("FEEDER_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(written)
    assert written.decode() == golden.read_text(encoding="utf-8")


def test_the_channel_says_what_readers_need(look: Look):
    channel = etree.fromstring(feed_files(look, samples.LAW, [])[0].data)[0]
    facts = {one.tag: one.text for one in channel}
    assert facts["title"] == "KI-News: Recht & Gesellschaft"
    assert facts["link"] == "https://ki-news.example/feeds/"
    assert facts["language"] == "de"
    assert facts["ttl"] == "30"
    assert facts["docs"] == "http://www.rssboard.org/rss-specification"
    assert facts["lastBuildDate"] == "Sat, 22 Nov 2025 11:00:00 +0000"
    assert dict(channel.find(f"{ATOM}link").attrib) == {  # type: ignore[union-attr]  # there is one
        "rel": "self",
        "type": "application/rss+xml",
        "href": "https://ki-news.example/feeds/topics/recht/rss.xml",
    }


def test_an_atom_entry_has_one_alternate_one_enclosure_and_its_relations(look: Look):
    told = [story_entry(look, samples.foreign()), story_entry(look, samples.licensed())]
    first, second = etree.fromstring(feed_files(look, samples.ALL, told)[1].data).findall(f"{ATOM}entry")
    assert [(one.get("rel"), one.get("type"), one.get("length")) for one in first.iterfind(f"{ATOM}link")] == [
        ("alternate", "text/html", None),
        ("related", "text/html", None),
    ]
    assert [(one.get("rel"), one.get("type"), one.get("length")) for one in second.iterfind(f"{ATOM}link")] == [
        ("alternate", "text/html", None),
        ("enclosure", "image/jpeg", "123456"),
    ]
    assert first.find(f"{ATOM}title").get("{http://www.w3.org/XML/1998/namespace}lang") == "en"  # type: ignore[union-attr]  # it has one


def test_json_feed_tells_our_page_the_source_and_what_it_has_no_key_for(look: Look):
    document = json.loads(feed_files(look, samples.ALL, [story_entry(look, samples.licensed())])[2].data)
    assert next(iter(document)) == "version"
    item = document["items"][0]
    assert item["url"] == "https://ki-news.example/feeds/stories/offenes/"
    assert item["external_url"] == "https://offen.example/offenes"
    assert item["attachments"][0]["size_in_bytes"] == 123_456
    assert item["_feeder"]["provenance"] == {
        "text": "ki_unterstuetzt",
        "label": "Mit Unterstützung von KI erstellt (Modell mistral-small), geprüft von M. Muster am 22.11.2025",
        "model": "mistral-small",
        "reviewed_by": "M. Muster",
        "reviewed_at": "2025-11-22T11:00:00Z",
    }
    assert item["_feeder"]["corrections"] == [
        {"date": "2025-11-22T11:00:00Z", "text": "Das Modell hat 7, nicht 70 Milliarden Parameter."}
    ]


def test_the_newest_entries_stand_first_whatever_their_order_was(look: Look):
    files = feed_files(look, samples.ALL, [entry(2), entry(1), entry(3)])
    expected = tuple(f"tag:ki-news.example,2025:stories/{number}" for number in (3, 2, 1))
    assert [ids(file) for file in files] == [expected] * 3
    assert [file.stories for file in files] == [expected] * 3


def test_no_more_entries_are_shown_than_the_configuration_says(look: Look):
    files = feed_files(bounded(look, max_items=2), samples.ALL, [entry(number) for number in range(5)])
    assert [len(ids(file)) for file in files] == [2, 2, 2]


@given(st.lists(st.integers(1, 30_000), max_size=12), st.integers(20_000, 60_000))
def test_no_file_exceeds_its_bytes_and_the_oldest_give_way(look: Look, sizes: list[int], limit: int):
    entries = [entry(number, size) for number, size in enumerate(sizes)]
    files = feed_files(bounded(look, max_bytes=limit), samples.ALL, entries)
    assert all(len(file.data) <= limit for file in files)
    shown = files[0].stories
    assert [ids(file) for file in files] == [shown] * 3
    assert shown == tuple(one.id for one in reversed(entries))[: len(shown)]
    assert len(shown) >= min(1, len(entries))


def test_as_many_entries_are_shown_as_fit(look: Look):
    entries = [entry(number, 1000) for number in range(40)]
    narrow = bounded(look, max_bytes=30_000)
    shown = len(feed_files(narrow, samples.ALL, entries)[0].stories)
    one_more = feed_files(look, samples.ALL, entries[-shown - 1 :])
    assert max(len(file.data) for file in one_more) > 30_000


def test_a_story_longer_than_half_a_feed_is_cut_to_teaser_and_link_and_pushes_no_other_out(look: Look):
    entries = [entry(3, 100_000), entry(2), entry(1)]
    rss, _, feed = feed_files(bounded(look, max_bytes=20_000), samples.ALL, entries)
    assert len(rss.stories) == 3
    assert json.loads(feed.data)["items"][0]["content_html"] == (
        '<p>Anreißer 3</p>\n<p><a href="https://ki-news.example/3">Weiterlesen</a></p>'
    )


def test_what_does_not_fit_at_all_is_said_and_names_the_setting(look: Look):
    huge = replace(samples.ALL, description="Wort " * 10_000)
    with pytest.raises(RenderError, match="raise \\[output\\] max_bytes"):
        feed_files(bounded(look, max_bytes=20_000), huge, [entry(1)])


def test_the_same_story_twice_is_a_mistake_that_names_it(look: Look):
    with pytest.raises(RenderError, match="stories/1 stands in it twice"):
        feed_files(look, samples.ALL, [entry(1), entry(1)])


def test_an_entry_that_feedgen_refuses_is_named(look: Look):
    with pytest.raises(RenderError, match="stories/2"):
        feed_files(look, samples.ALL, [entry(1), replace(entry(2), title="")])


def test_half_characters_and_controls_cost_no_feed_wherever_they_stand(look: Look):
    bad = "a\x00b\x0bc\ud83dd\u202ee\ufffff"
    image = replace(samples.PICTURE, url="https://ki-news.example/feeds/media/a.jpg", alt=bad, credit=bad)
    unfit = replace(
        entry(1),
        title=bad,
        teaser=bad,
        html=f"<p>{bad}</p>",
        authors=(bad,),
        categories=(Category("recht", bad, "tag:ki-news.example,2025:topics"),),
        provenance=Category("auszug", bad, "tag:ki-news.example,2025:provenance"),
        related=(Link(bad, "https://ki-news.example/x"),),
        source=Link(bad, "https://ki-news.example/y"),
        image=image,
        extension={"coverage": [{"title": bad}]},
    )
    for file in feed_files(look, samples.ALL, [unfit]):
        assert ids(file) == (unfit.id,)
        assert "abcdef" in file.data.decode()


def test_an_empty_feed_is_a_feed(look: Look):
    assert [ids(file) for file in feed_files(look, samples.ALL, [])] == [(), (), ()]


BUILD = """
import hashlib, sys
from pathlib import Path
from feeder.config import load_config
from feeder.rendering.entries import edition_entry, story_entry
from feeder.rendering.feeds import feed_files
from feeder.rendering.look import open_look
from tests.rendering import samples
root = Path(sys.argv[1])
look = open_look(load_config(root / "tests/data/config.toml", {}), root / "templates")
told = [samples.own(root), samples.foreign(), samples.licensed()]
edition = edition_entry(look, samples.edition(*told), {one.story.id: one for one in told})
files = feed_files(look, samples.ALL, [story_entry(look, one) for one in told])
files += feed_files(look, samples.EDITIONS, [edition])
print(hashlib.sha256(b"".join(file.data for file in files)).hexdigest())
"""


@pytest.mark.parametrize(
    "around",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/New_York", "LC_ALL": "C.utf8"},
    ],
)
def test_the_same_state_makes_the_same_bytes_wherever_it_is_written(look: Look, root: Path, around: dict[str, str]):
    told = [samples.own(root), samples.foreign(), samples.licensed()]
    edition = edition_entry(look, samples.edition(*told), {one.story.id: one for one in told})
    stories = feed_files(look, samples.ALL, [story_entry(look, one) for one in told])
    editions = feed_files(look, samples.EDITIONS, [edition])
    here = hashlib.sha256(b"".join(file.data for file in (*stories, *editions))).hexdigest()
    run = [sys.executable, "-c", BUILD, str(root)]
    there = subprocess.run(run, cwd=root, env={**os.environ, **around}, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


class Witness(datetime):
    """A time that remembers under which locale it was formatted."""

    seen: ClassVar[list[str]] = []

    def strftime(self, form: str) -> str:
        Witness.seen.append(locale.setlocale(locale.LC_TIME))
        return super().strftime(form)

    def timetuple(self) -> Any:
        Witness.seen.append(locale.setlocale(locale.LC_TIME))
        return super().timetuple()


def test_dates_are_written_without_switching_the_locale_of_the_process(look: Look):
    before = locale.setlocale(locale.LC_ALL)
    locale.setlocale(locale.LC_ALL, "C.utf8")
    try:
        Witness.seen.clear()
        feed_files(look, samples.ALL, [replace(entry(1), published=Witness(2025, 11, 22, tzinfo=UTC))])
        assert Witness.seen
        assert set(Witness.seen) == {"C.utf8"}
    finally:
        locale.setlocale(locale.LC_ALL, before)
