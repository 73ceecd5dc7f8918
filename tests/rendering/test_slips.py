"""The plan of a mail: who gets how much room, what the overview names, and how long it takes to read."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from feeder.model import SectionKind
from feeder.rendering.edition_view import EditionPart
from feeder.rendering.look import Look
from feeder.rendering.slips import Grade, Room, Slip, SlipPart, minutes, overview_of, plans, slips_of
from feeder.rendering.view import View, view
from tests.conftest import ROOT
from tests.rendering import samples

Shape = list[tuple[SectionKind | None, list[bool]]]
KINDS = st.sampled_from([None, *SectionKind])
SHAPES = st.lists(st.tuples(KINDS, st.lists(st.booleans(), min_size=1, max_size=6)), max_size=6)


def story(look: Look, *, is_full: bool) -> View:
    return view(look, samples.own(ROOT) if is_full else samples.foreign(), look.url)


def parts_of(look: Look, shape: Shape) -> tuple[EditionPart, ...]:
    return tuple(
        EditionPart(f"Teil {n}", tuple(story(look, is_full=one) for one in stories), kind)
        for n, (kind, stories) in enumerate(shape)
    )


@given(shape=SHAPES, told=st.integers(0, 20), size=st.integers(1, 20))
def test_each_plan_takes_room_from_one_story_until_none_has_any(look: Look, shape: Shape, told: int, size: int) -> None:
    stories = [one for part in parts_of(look, shape) for one in part.stories]
    found = list(plans(stories, told, size))
    for before, after in pairwise(found):
        assert sum(old != new for old, new in zip(before, after, strict=True)) == 1
        assert all(old >= new for old, new in zip(before, after, strict=True))
    assert set(found[-1]) <= {Room.NONE}
    assert all(room <= Room.LINK for room in found[0][told:])
    assert all((room is Room.FULL) == bool(one.parts) for room, one in zip(found[0][:told], stories, strict=False))


@given(shape=SHAPES, data=st.data())
def test_the_overview_counts_every_story_that_is_told_and_leads_to_each_heading(
    look: Look, shape: Shape, data: st.DataObject
) -> None:
    parts = parts_of(look, shape)
    count = sum(len(part.stories) for part in parts)
    rooms = data.draw(st.lists(st.sampled_from(Room), min_size=count, max_size=count))
    slips = slips_of(parts, rooms)
    told = [slip for part in slips for slip in part.slips if slip.room >= Room.SHORT]
    overview = overview_of(slips)
    assert [slip.number for slip in told] == list(range(1, len(told) + 1))
    assert list(overview.named) == told[: len(overview.named)]
    assert len(overview.named) + sum(number for _, number, _ in overview.others) == len(told)
    assert len(overview.named) <= 7
    assert overview.named or not told
    assert {anchor for _, _, anchor in overview.others} <= {slip.anchor for slip in told}
    assert sum(slip.is_lead for slip in told) == min(1, len(told))


@given(words=st.integers(0, 100_000))
def test_two_hundred_words_are_read_in_a_minute(words: int) -> None:
    assert minutes(words) >= 1
    assert (minutes(words) - 1) * 200 < max(words, 1) <= minutes(words) * 200


def slip(look: Look, *, title: str, teaser: str, summary: tuple[str, ...]) -> Slip:
    told = replace(story(look, is_full=False), corrections=(), title=title, teaser=teaser, summary=summary)
    return Slip(1, told, Room.SHORT, Grade.TOP)


def test_reading_time_counts_what_stands_in_the_mail_and_nothing_else(look: Look) -> None:
    long = slip(look, title="eins zwei", teaser="wort " * 300, summary=("wort " * 100,))
    assert overview_of([SlipPart("x", (long,))]).minutes == 3
    assert overview_of([SlipPart("x", (replace(long, room=Room.LINK),))]).minutes == 1
    assert overview_of([SlipPart("x", (replace(long, room=Room.NONE),))], intro="wort " * 201).minutes == 2


def test_the_full_text_is_read_and_its_teaser_once(look: Look) -> None:
    full = story(look, is_full=True)
    told = [SlipPart("x", (Slip(1, full, Room.FULL, Grade.LEAD),))]
    short = [SlipPart("x", (Slip(1, full, Room.SHORT, Grade.LEAD),))]
    assert overview_of(told).minutes > overview_of(short).minutes == 1


def test_stories_under_topics_are_told_calmly_and_the_first_of_all_leads(look: Look) -> None:
    shape: Shape = [
        (SectionKind.LEAD, [True]),
        (SectionKind.TOP, [False, False]),
        (SectionKind.TOPIC, [False]),
    ]
    parts = slips_of(parts_of(look, shape), [Room.FULL] + [Room.SHORT] * 3)
    assert [one.grade for part in parts for one in part.slips] == [Grade.LEAD, Grade.TOP, Grade.TOP, Grade.CALM]
    old = slips_of(parts_of(look, [(None, [True, False])]), [Room.FULL, Room.SHORT])
    assert [one.grade for part in old for one in part.slips] == [Grade.LEAD, Grade.TOP]
