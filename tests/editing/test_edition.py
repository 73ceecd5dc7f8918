"""Which stories stand where in an edition."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from feeder.editing.edition import Arrangement, Bounds, Candidate, arrange
from feeder.model import ItemKey
from tests.rendering.samples import foreign

ANY = Bounds(20)
TOPICS = ("modelle", "recht")


def story(
    name: str, score: float, *topics: str, source: str = "a", company: str | None = None, bound: bool = True
) -> Candidate:
    made = foreign()
    telling = replace(
        made,
        story=replace(made.story, id=name, lead=ItemKey(source, name)),
        revision=replace(made.revision, topics=topics),
    )
    return Candidate(telling, score, company, bound)


def names(arrangement: Arrangement) -> list[list[str]]:
    return [[name for name, _ in section.stories] for section in arrangement.sections]


def test_the_best_story_leads_and_better_ones_come_first() -> None:
    arranged = arrange([story("1", 5, "recht"), story("2", 7, "recht"), story("3", 9)], TOPICS, ANY)
    assert names(arranged) == [["3"], ["2", "1"]]
    assert arranged.sections[1].topic == "recht"


def test_among_equal_scores_the_newest_comes_first_whatever_their_order() -> None:
    ordered = [story(name, 5) for name in "abc"]
    for some in permutations(ordered):
        assert names(arrange(some, TOPICS, ANY)) == [["a"], ["b", "c"]]


def test_topics_stand_in_the_publications_order_and_stories_of_none_after_them() -> None:
    arranged = arrange([story("1", 1, "recht"), story("2", 2, "modelle"), story("3", 3), story("0", 9)], TOPICS, ANY)
    assert [section.topic for section in arranged.sections] == [None, "modelle", "recht", None]
    assert names(arranged) == [["0"], ["2"], ["1"], ["3"]]


def test_what_goes_beyond_the_size_stands_last_and_is_not_told() -> None:
    arranged = arrange([story(str(n), -n, "recht") for n in range(5)], ("recht",), Bounds(3))
    assert names(arranged) == [["0"], ["1", "2"], ["3", "4"]]
    assert arranged.told == 3


def test_stories_of_no_topic_come_before_what_goes_beyond_the_size() -> None:
    stories = [story(str(n), -n, *(["recht"] if n in (1, 3) else [])) for n in range(5)]
    assert names(arrange(stories, ("recht",), Bounds(3))) == [["0"], ["1"], ["2", "3", "4"]]


def test_what_is_over_the_bound_of_its_source_or_topic_is_linked_and_others_take_its_place() -> None:
    stories = [story(str(n), -n, source="a" if n < 4 else "b") for n in range(6)]
    arranged = arrange(stories, TOPICS, Bounds(4, per_source=2))
    assert names(arranged) == [["0"], ["1", "4", "5", "2", "3"]]
    assert arranged.told == 4
    lawful = [story(str(n), -n, "recht" if n < 4 else "modelle") for n in range(6)]
    arranged = arrange(lawful, TOPICS, Bounds(20, per_topic=3))
    assert names(arranged) == [["0"], ["4", "5"], ["1", "2"], ["3"]]
    assert arranged.told == 5


def test_our_own_and_what_is_pinned_know_no_bound_but_the_size() -> None:
    stories = [story(str(n), -n, bound=False) for n in range(4)]
    assert arrange(stories, TOPICS, Bounds(3, per_source=1, per_topic=1)).told == 3
    mixed = [story("0", 3), story("1", 2), story("2", 1, bound=False)]
    assert names(arrange(mixed, TOPICS, Bounds(3, per_source=1))) == [["0"], ["2", "1"]]


def test_no_third_story_of_one_company_follows_two() -> None:
    stories = [story(f"{n}{company}", -n, company=company) for n, company in enumerate("OOOOMN")]
    assert names(arrange(stories, TOPICS, ANY)) == [["0O"], ["1O", "4M", "2O", "3O", "5N"]]


def test_a_better_story_waits_where_others_could_otherwise_not_be_told_apart() -> None:
    stories = [story(f"{n}{company}", -n, company=company) for n, company in enumerate("XMNOOOOO")]
    (_, rest) = names(arrange(stories, TOPICS, ANY))
    assert _longest([name[1] for name in rest]) == 2


def test_stories_of_no_company_may_follow_each_other() -> None:
    assert names(arrange([story(str(n), -n) for n in range(4)], TOPICS, ANY)) == [["0"], ["1", "2", "3"]]


def test_no_story_no_section() -> None:
    assert arrange([], TOPICS, ANY) == Arrangement((), 0)


def kinds(arrangement: Arrangement) -> list[str]:
    return [f"{section.kind}:{section.topic or ''}" for section in arrangement.sections]


def test_one_story_leads_the_next_ones_stand_on_top_and_the_rest_by_topic() -> None:
    stories = [story(str(n), -n, "recht" if n % 2 else "modelle") for n in range(7)]
    arranged = arrange(stories, TOPICS, Bounds(6, top=3))
    assert names(arranged) == [["0"], ["1", "2", "3"], ["4"], ["5"], ["6"]]
    assert kinds(arranged) == ["lead:", "top:", "topic:modelle", "topic:recht", "topic:"]


def test_too_few_stories_leave_out_what_they_cannot_fill() -> None:
    stories = [story(str(n), -n, "recht") for n in range(3)]
    assert kinds(arrange(stories, TOPICS, Bounds(20, top=3))) == ["lead:", "top:"]
    assert kinds(arrange(stories[:1], TOPICS, Bounds(20, top=3))) == ["lead:"]


def test_what_an_editor_put_first_leads_in_that_order_whatever_its_score_company_or_source() -> None:
    stories = [story(f"{n}", -n, "recht", company="O") for n in range(8)]
    arranged = arrange(stories, TOPICS, Bounds(6, per_source=4, top=2), first=("7", "9", "5", "6", "4", "7"))
    assert names(arranged) == [["7"], ["5", "6"], ["4", "0", "1"], ["2", "3"]]
    assert arranged.told == 6


def test_an_editors_order_is_kept_also_where_three_of_one_company_follow_each_other() -> None:
    stories = [story(name, 0, company="O" if name in "abc" else None) for name in "abcd"]
    assert names(arrange(stories, TOPICS, Bounds(9, top=3), first="abc")) == [["a"], ["b", "c", "d"]]


COMPANIES = st.lists(st.sampled_from(["O", "M", "N", None]), max_size=7)


@given(COMPANIES)
def test_three_of_one_company_in_a_row_are_left_only_where_no_order_avoids_them(companies: list[str | None]) -> None:
    stories = [story(str(n), -n, company=company) for n, company in enumerate(companies)]
    placed = [companies[int(name)] for section in names(arrange(stories, TOPICS, ANY)) for name in section]
    if _longest(placed) > 2:
        assert all(_longest([*placed[:1], *order]) > 2 for order in permutations(placed[1:]))


def _longest(companies: list[str | None]) -> int:
    longest = row = 0
    before: str | None = None
    for company in companies:
        row = row + 1 if company is not None and company == before else int(company is not None)
        before, longest = company, max(longest, row)
    return longest


FACTS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(["", "recht", "modelle", "fort"]),
        st.integers(-3, 3),
        st.sampled_from(["O", None]),
        st.booleans(),
    ),
    max_size=30,
)
FEW = st.none() | st.integers(1, 3)
BOUNDS = st.builds(Bounds, st.integers(1, 9), FEW, FEW, st.integers(0, 4))


def made_of(facts: list[tuple[str, str, int, str | None, bool]]) -> list[Candidate]:
    return [
        story(str(n), score, *([topic] if topic else []), source=source, company=company, bound=bound)
        for n, (source, topic, score, company, bound) in enumerate(facts)
    ]


@given(FACTS, BOUNDS)
def test_every_story_stands_exactly_once_within_the_bounds_in_an_order_of_its_own(
    facts: list[tuple[str, str, int, str | None, bool]], bounds: Bounds
) -> None:
    stories = made_of(facts)
    arranged = arrange(stories, TOPICS, bounds)
    assert arranged == arrange(stories[::-1], TOPICS, bounds)
    placed = [int(name) for section in names(arranged) for name in section]
    assert sorted(placed) == list(range(len(facts)))
    told = [facts[n] for n in placed[: arranged.told]]
    assert len(told) <= bounds.size
    for source in "abc" if bounds.per_source else "":
        assert sum(fact[0] == source and fact[4] for fact in told) <= (bounds.per_source or 0)
    for topic in TOPICS if bounds.per_topic else ():
        assert sum(fact[1] == topic and fact[4] for fact in told) <= (bounds.per_topic or 0)


@given(FACTS, BOUNDS, st.lists(st.integers(0, 35).map(str), max_size=6))
def test_sections_keep_their_quotas_and_an_editors_order(
    facts: list[tuple[str, str, int, str | None, bool]], bounds: Bounds, first: list[str]
) -> None:
    arranged = arrange(made_of(facts), TOPICS, bounds, first)
    placed = [name for section in names(arranged) for name in section]
    assert sorted(map(int, placed)) == list(range(len(facts)))
    sizes = {kind: len(section) for kind, section in zip(kinds(arranged), names(arranged), strict=True)}
    assert sizes.pop("lead:", 0) == min(1, arranged.told)
    assert sizes.pop("top:", 0) == min(bounds.top, max(0, arranged.told - 1))
    assert all(sizes.values()), "a section has stories"
    assert list(sizes) == [kind for kind in ("topic:modelle", "topic:recht", "topic:") if kind in sizes]
    wanted = [name for name in dict.fromkeys(first) if int(name) < len(facts)]
    ahead = 1 + bounds.top
    assert placed[: min(ahead, len(wanted), bounds.size)] == wanted[: min(ahead, bounds.size)]
    assert set(wanted[: bounds.size]) <= set(placed[: arranged.told]), "what is wanted first is told"
    for section in names(arranged):
        among = [name for name in section if name in wanted[: bounds.size]]
        assert among == section[: len(among)]
        assert among == sorted(among, key=wanted.index)
