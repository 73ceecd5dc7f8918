from __future__ import annotations

from feeder.curation.likeness import SAME_FROM, SAME_WEIGHTS, WEIGHED, Parts, sameness
from feeder.curation.near_misses import speaks_against, speaks_for
from feeder.curation.same_story import Window
from tests.curation.test_same_story import TOLD, trace

NOTHING = Parts(*[0.0] * len(Parts._fields))


def test_of_the_nearest_stories_one_item_each_is_told_the_most_alike_first():
    near, nearer = (
        trace("Brand in Oldenburg: Holzinger trauert um alte Lagerhalle", source="a"),
        trace("Lagerhalle von Holzinger in Oldenburg brennt ab", source="b"),
    )
    window = Window([near, nearer, trace("Lagerhalle von Holzinger brennt", source="c", story=near.story_id), TOLD])
    new = trace("Lagerhalle von Holzinger in Oldenburg abgebrannt", source="d")
    found = [other.story_id for other, _ in window.nearest(new, 3)]
    assert found == [nearer.story_id, near.story_id]
    assert len(window.nearest(new, 1)) == 1


def test_an_item_of_the_story_itself_is_no_neighbour():
    assert Window([TOLD]).nearest(TOLD, 3) == []


def test_what_a_bar_keeps_apart_is_found_and_the_bar_is_named_first():
    one, other = (
        trace("Novatech stellt Chip Silbersee vor, Teil 2"),
        trace("Novatech stellt Chip Silbersee vor, Teil 3", "", "b"),
    )
    ((told, parts),) = Window([one]).nearest(other, 3)
    assert (told, sameness(parts)) == (one, 0)
    assert speaks_against(parts, 0) == ("counts one thing otherwise", "other numbers")


def test_hours_between_speak_against_in_hours():
    parts = NOTHING._replace(shared=1.0, words=1.0, hours=0.6, other_day=1.0)
    assert speaks_for(parts) == ("words 1.00",)
    assert speaks_against(parts, 20.4) == ("more than half a day apart", "20 h apart")


def test_where_nothing_speaks_against_too_little_speaks_for():
    parts = NOTHING._replace(shared=1.0, words=0.5)
    assert speaks_against(parts, 0) == (f"too little in common: {sameness(parts):.2f} of {SAME_FROM:.2f}",)


def test_every_part_that_weighs_has_a_word():
    for name in WEIGHED:
        parts = NOTHING._replace(shared=1.0)._replace(**{name: 1.0})
        said = [*speaks_for(parts), *speaks_against(parts, 1.0)]
        told = [one for one in said if not one.startswith(("too little", "fewer", "two addresses"))]
        assert bool(told) == (abs(SAME_WEIGHTS[name]) >= 0.3), name
