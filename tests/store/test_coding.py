"""Dataclasses as JSON text and back."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import StoreError
from feeder.model import (
    Article,
    Correction,
    Coverage,
    Edition,
    EditionSection,
    EditionStatus,
    Enclosure,
    Image,
    Item,
    KnownFile,
    Memory,
    Origin,
    Provenance,
    Raw,
    Rights,
    Section,
    Status,
    StoryRevision,
)
from feeder.store.coding import decode, decode_item, encode, encode_item
from feeder.store.columns import moment_text
from tests.store.samples import DAY, NOW, item, revision
from tests.strategies import texts

ZONES = st.one_of(st.just(UTC), st.timedeltas(-DAY / 2, DAY / 2).map(timezone))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - hypothesis adds the zone
WORDS = texts()
MAYBE = st.none() | WORDS
LIST = st.lists(WORDS, max_size=3).map(tuple)
NUMBER = st.none() | st.integers(0, 10**12)
RAW = st.none() | st.builds(Raw, WORDS, st.sampled_from(("text", "html")))
IMAGE = st.none() | st.builds(Image, WORDS, WORDS, NUMBER, NUMBER, MAYBE, MAYBE, MAYBE, NUMBER)
SECTIONS = st.lists(st.builds(Section, WORDS, MAYBE, WORDS), max_size=2).map(tuple)
PROVENANCE = st.builds(Provenance, st.sampled_from(Origin), MAYBE, MAYBE, st.none() | MOMENTS)
CORRECTIONS = st.lists(st.builds(Correction, MOMENTS, WORDS), max_size=2).map(tuple)
WHEN = st.none() | MOMENTS
ARTICLE = st.builds(
    Article,
    path=WORDS,
    title=WORDS,
    teaser=MAYBE,
    summary=LIST,
    sections=SECTIONS,
    image=IMAGE,
    image_credit=MAYBE,
    authors=LIST,
    topics=LIST,
    language=MAYBE,
    url=MAYBE,
    status=st.sampled_from(Status),
    date=WHEN,
    updated=WHEN,
    provenance=PROVENANCE,
    corrections=CORRECTIONS,
)
ITEM = st.builds(
    Item,
    WORDS,
    WORDS,
    MAYBE,
    WORDS,
    WHEN,
    WHEN,
    RAW,
    RAW,
    LIST,
    LIST,
    IMAGE,
    st.lists(st.builds(Enclosure, WORDS, MAYBE, NUMBER), max_size=2).map(tuple),
    MAYBE,
    st.none() | ARTICLE,
    MAYBE,
)
REVISION = st.builds(
    StoryRevision,
    story_id=WORDS,
    n=st.integers(1, 999),
    title=WORDS,
    teaser=WORDS,
    summary=LIST,
    sections=SECTIONS,
    image=IMAGE,
    image_credit=MAYBE,
    authors=LIST,
    topics=LIST,
    language=WORDS,
    rights=st.sampled_from(Rights),
    licence=MAYBE,
    coverage=st.lists(st.builds(Coverage, WORDS, WORDS, WORDS, MAYBE, WHEN, WORDS, MAYBE), max_size=2).map(tuple),
    provenance=PROVENANCE,
    corrections=CORRECTIONS,
    at=MOMENTS,
    why=WORDS,
)
FILES = st.lists(st.builds(KnownFile, WORDS, WORDS, WORDS, st.booleans()), max_size=2).map(tuple)
MEMORY = st.builds(Memory, MAYBE, MAYBE, MAYBE, FILES)
PLACED = st.lists(st.tuples(WORDS, st.integers(1, 99)), max_size=3).map(tuple)
EDITION = st.builds(
    Edition,
    WORDS,
    MOMENTS,
    st.sampled_from(EditionStatus),
    MOMENTS,
    WORDS,
    WORDS,
    st.lists(st.builds(EditionSection, MAYBE, PLACED), max_size=2).map(tuple),
    NUMBER,
    WHEN,
    MAYBE,
)


@given(st.one_of(REVISION, MEMORY, EDITION, ITEM))
def test_what_is_read_is_what_was_written(noun: object):
    written = encode(noun)
    assert written.isascii()
    assert decode(type(noun), written) == noun


@given(ITEM)
def test_an_item_is_read_from_its_two_parts(whole: Item):
    written = encode_item(whole)
    assert decode_item(written.item, written.body) == whole
    assert decode_item(written.item, None) == replace(whole, summary=None, content=None)
    assert (written.body is None) == (whole.summary is None and whole.content is None)


@given(ITEM, ITEM, WHEN, WHEN)
def test_a_digest_tells_words_apart_and_no_times(one: Item, other: Item, published: datetime, updated: datetime):
    later = replace(one, published=published, updated=updated, original="https://x.example/?utm_source=rss")
    assert encode_item(later).digest == encode_item(one).digest
    same = _in_words(other) == _in_words(one)
    assert (encode_item(other).digest == encode_item(one).digest) == same


def test_a_page_that_comes_by_https_now_is_not_changed():
    one, other = (encode_item(item("1", url=f"{scheme}://heise.example/1")) for scheme in ("http", "https"))
    assert one.digest == other.digest
    assert one.digest != encode_item(item("1", url="https://heise.example/2")).digest


def _in_words(whole: Item) -> Item:
    secure = "https" + whole.url[4:] if whole.url and whole.url.startswith("http:") else whole.url
    return replace(whole, url=secure, published=None, updated=None, original=None)


def test_a_digest_is_the_same_in_every_version():
    """Another digest would make every item of every store look changed."""
    assert encode_item(item("1")).digest == "306acc60bb88e0b1aef8"


@given(MOMENTS, MOMENTS)
def test_the_order_of_times_is_the_order_of_their_texts(one: datetime, other: datetime):
    assert (moment_text(one) < moment_text(other)) == (one < other)
    assert len(moment_text(one)) == len(moment_text(other)) == 32


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        encode(replace(revision(), at=NOW.replace(tzinfo=None)))


def test_nothing_is_written_for_what_is_not_there():
    assert json.loads(encode(Memory())) == {}


@dataclass(frozen=True, slots=True)
class Newer:
    """`Raw`, as a later version might have it."""

    value: str
    kind: str
    licence: str | None = "CC BY"
    words: tuple[str, ...] = ("x",)
    checked: bool = False


def test_a_noun_may_gain_optional_fields():
    assert decode(Newer, encode(Raw("a"))) == Newer("a", "html", None, (), False)


def test_a_field_that_is_unknown_is_left_aside():
    assert decode(Raw, encode(Newer("a", "text"))) == Raw("a", "text")


@pytest.mark.parametrize("broken", ["", "{", "[]", "7", "{}", '{"value":"a","kind":"b"', "null"])
def test_what_cannot_be_read_is_a_store_error(broken: str):
    with pytest.raises(StoreError, match="no Raw"):
        decode(Raw, broken)


@pytest.mark.parametrize("value", [{}, [1], 1.5, b"x", timedelta(1)], ids=lambda value: type(value).__name__)
def test_what_has_no_exact_form_is_not_stored(value: object):
    with pytest.raises(TypeError, match="no way to store"):
        encode(value)
