"""What holds of the same-story check for any text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeder.curation.same_story import Match, Window
from feeder.curation.wording import headline, stem, wording_of
from feeder.model import ItemKey, Trace

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
# Few words, so that much is alike; and anything at all.
WORDS = (
    "Fähre Kapitän Rügen GPT-5.5 40 3,2 Teil 2 OpenAI buys kauft Update: LIVE +++ der „Grund“ Dezember Bayern".split()
)
TITLES = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join) | st.text(max_size=80)


@st.composite
def traces(draw: st.DrawFn) -> list[Trace]:
    """Some traces, each of its own item; several can be of one story."""
    found = []
    for n in range(draw(st.integers(0, 6))):
        found.append(
            Trace(
                story_id=f"story-{draw(st.integers(0, 3))}",
                item=ItemKey(draw(st.sampled_from("abc")), str(n)),
                title=draw(TITLES),
                words=draw(TITLES),
                language=draw(st.sampled_from(["de", "en", "", "fr"])),
                at=NOON + timedelta(minutes=draw(st.integers(-6000, 6000))),
                own=draw(st.booleans()),
                released=draw(st.booleans()),
                rank=draw(st.integers(1, 100)),
            )
        )
    return found


def seen(match: Match | None) -> object:
    return match and (match.kind, match.score, match.facts)


@given(told=traces(), new=traces())
def test_no_text_breaks_the_lookup(told: list[Trace], new: list[Trace]):
    window = Window(told)
    for trace in new:
        match = window.match(trace)
        assert match is None or (0 <= match.score <= 1 and match.trace in told and match.why)


@given(told=traces(), pair=traces())
def test_a_score_is_the_same_both_ways(told: list[Trace], pair: list[Trace]):
    window = Window(told)
    for one in pair:
        for other in pair:
            assert window.score(one, other) == window.score(other, one)


@given(told=traces(), pair=traces(), chance=st.randoms(use_true_random=False))
def test_the_order_of_telling_changes_no_score(told: list[Trace], pair: list[Trace], chance):
    mixed = list(told)
    chance.shuffle(mixed)
    one_way, other_way = Window(told), Window(mixed)
    assert [one_way.score(a, b) for a in pair for b in pair] == [other_way.score(a, b) for a in pair for b in pair]


@given(told=traces(), new=traces())
def test_the_same_window_gives_the_same_answer(told: list[Trace], new: list[Trace]):
    one_window, other_window = Window(told), Window(told)
    assert [seen(one_window.match(trace)) for trace in new] == [seen(other_window.match(trace)) for trace in new]


@given(told=traces(), again=traces())
def test_what_was_replaced_leaves_no_mark_on_scores(told: list[Trace], again: list[Trace]):
    replaced = Window(told)
    for trace in (*again, *told):
        replaced.add(trace)
    fresh = Window([*(trace for trace in again if trace.item not in {one.item for one in told}), *told])
    assert [replaced.score(a, b) for a in told for b in told] == [fresh.score(a, b) for a in told for b in told]


@given(words=TITLES, told=traces())
def test_what_has_no_headline_is_like_nothing(words: str, told: list[Trace]):
    nameless = Trace("new", ItemKey("z", "new"), "", words, "de", NOON, own=False, released=False, rank=50)
    assert Window(told).match(nameless) is None
    assert Window([nameless]).match(nameless) is None


@given(st.text(max_size=200))
def test_any_headline_can_be_read(title: str):
    kicker, rest = headline(title)
    assert len(kicker) + len(rest) <= len(title)
    wording = wording_of(Trace("s", ItemKey("a", "1"), title, title, "de", NOON, own=False, released=False, rank=50))
    assert wording.title <= wording.words
    assert wording.numbers <= wording.title


@given(st.text(min_size=1, max_size=40))
def test_a_stem_is_never_empty(word: str):
    assert stem(word)
