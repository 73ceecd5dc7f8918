"""What holds of a publication after whatever was done to it: the invariants that all proofs share."""

from __future__ import annotations

import email
import email.policy
import gzip
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import brotli
from lxml import etree, html

from feeder.cli.opening import open_house, read_config
from feeder.model import EditionStatus, Fate
from feeder.pipeline import House
from tests.newsroom import Newsroom

OWN_TITLE = "Microsoft verliert Kontrolle über OpenAI?"


def assert_whole(newsroom: Newsroom, titles: Iterable[str], now: datetime) -> None:
    """Run once undisturbed, then: everything told once, published and well-formed; and once more, to no effect."""
    newsroom.run(now=now)
    assert_told_once(newsroom, titles)
    assert_wellformed(newsroom.folder / "feeds")
    assert not list(newsroom.folder.rglob(".feeder-writing-*")), "something half-written lies about"
    before = newsroom.files()
    newsroom.run(now=now)
    assert newsroom.files() == before, "a second run wrote something"


def assert_told_once(newsroom: Newsroom, titles: Iterable[str]) -> None:
    """Every title is exactly one released story with one page and one decision, and stands in one edition."""
    with open_house(read_config(newsroom.configure())) as house:
        pages = house.store.stories.pages()
        told = {page.id: telling.revision.title for page in pages if (telling := house.store.stories.telling(page.id))}
        assert Counter(told.values()) == Counter([*titles, OWN_TITLE])
        for page in pages:
            assert newsroom.path(f"stories/{page.slug}/index.html").is_file(), page.slug
            fates = [one.what for one in house.store.stories.decisions(page.id) if one.what == Fate.RELEASED.value]
            assert len(fates) == 1, f"{page.slug} was released {len(fates)} times"
        assert not house.store.items.waiting()
        assert_editions_are_sound(newsroom, house)


def assert_editions_are_sound(newsroom: Newsroom, house: House) -> None:
    """Numbers without a gap, in the order of the slots; each story in at most one; each published; none half-made."""
    editions = sorted(house.store.editions.list(), key=lambda edition: edition.slot)
    assert all(edition.status in (EditionStatus.APPROVED, EditionStatus.SKIPPED) for edition in editions)
    approved = [edition for edition in editions if edition.status is EditionStatus.APPROVED]
    assert [edition.number for edition in approved] == list(range(1, len(approved) + 1))
    placed = Counter(story for edition in approved for section in edition.sections for story, _ in section.stories)
    assert not [story for story, times in placed.items() if times > 1]
    assert newsroom.editions() == sorted(edition.id for edition in approved)


UNPACK = {".br": brotli.decompress, ".gz": gzip.decompress}


def assert_wellformed(folder: Path) -> None:
    """Every published file is what its name says; what a killed writer left beside it is nobody's feed."""
    for path in folder.rglob("[!.]*"):
        if not path.is_file() or ".gone" in path.parts:
            continue
        data = path.read_bytes()
        plain = path.with_suffix("") if path.suffix in UNPACK else path
        if plain is not path:
            data = UNPACK[path.suffix](data)
        assert data, path
        if plain.suffix == ".json":
            json.loads(data)
        elif plain.suffix in (".xml", ".opml"):
            etree.fromstring(data)
        elif plain.suffix == ".html":
            assert data.rstrip().endswith(b"</html>"), path
            html.document_fromstring(data)
        elif plain.suffix == ".eml":
            mail = email.message_from_bytes(data, policy=email.policy.default)
            assert not mail.defects, path
