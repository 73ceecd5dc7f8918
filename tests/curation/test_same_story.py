from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeder.curation.likeness import AGREED_FROM, SAME_FROM, VOUCHED_FROM
from feeder.curation.rarity import Rarity
from feeder.curation.same_story import Likeness, Match, Window
from feeder.curation.wording import headline
from feeder.model import ItemKey, Trace

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def trace(
    title: str, words: str = "", source: str = "a", hours: float = 0, story: str = "", language: str = "de"
) -> Trace:
    return Trace(
        story_id=story or f"{source}:{title}",
        item=ItemKey(source, f"{title} {hours}"),
        title=title,
        words=words,
        language=language,
        at=NOON + timedelta(hours=hours),
        own=False,
        released=True,
        rank=50,
    )


def found(told: Trace, new: Trace) -> Match | None:
    return Window([told]).match(new)


SAME = [
    (
        trace("Tondokumente aus Bremer Stadtarchiv nach Wasserschaden gerettet"),
        trace("Archive: Tondokumente aus Bremer Stadtarchiv nach Wasserschaden gerettet", source="b"),
    ),
    (
        trace("EILMELDUNG: Fährunglück vor Rügen – zwölf Passagiere aus Ostsee geborgen"),
        trace("Fährunglück vor Rügen: Zwölf Passagiere aus der Ostsee geborgen", source="b", hours=1),
    ),
    (
        trace("FAZ+Lagerhalle der Möbelkette Holzinger in Oldenburg abgebrannt"),
        trace("Lagerhalle der Möbelkette Holzinger in Oldenburg abgebrannt", source="b"),
    ),
    (
        trace(
            "Novatech übernimmt Chipdesigner Silbersee für 3,2 Milliarden Euro",
            "Der Konzern Novatech kauft den Chipdesigner Silbersee aus Jena.",
        ),
        trace(
            "Chipdesigner Silbersee geht an Novatech",
            "Für 3,2 Milliarden Euro kauft der Konzern Novatech den Chipdesigner Silbersee aus Jena.",
            source="b",
            hours=2,
        ),
    ),
    (
        trace("Novatech kauft Chipdesigner Silbersee für 3,2 Milliarden Euro"),
        trace("Novatech buys chip designer Silbersee for 3.2 billion euros", source="b", language="en"),
    ),
]


@pytest.mark.parametrize(("told", "new"), SAME)
def test_one_event_in_two_headlines_is_one_story(told: Trace, new: Trace):
    match = found(told, new)
    assert match is not None
    assert match.kind is Likeness.SAME
    assert match.trace == told


DIFFERENT = [
    (trace("OpenAI stellt GPT-5.5 für Entwickler vor"), trace("OpenAI stellt GPT-5.6 für Entwickler vor", source="b")),
    (
        trace("Grundkurs Elektronik, Teil 2: Widerstände und Kondensatoren"),
        trace("Grundkurs Elektronik, Teil 3: Widerstände und Kondensatoren", hours=24),
    ),
    (
        trace("Kalenderblatt: Was geschah am 19. November?"),
        trace("Kalenderblatt: Was geschah am 20. November?", source="b", hours=24),
    ),
    (
        trace("Pollenflug: Birke und Erle belasten Allergiker in Bayern"),
        trace("Pollenflug: Birke und Erle belasten Allergiker in Sachsen", source="b"),
    ),
    (trace("Bilder des Tages"), trace("Bilder des Tages", source="b")),
    (trace("Fotografie: Bilder des Tages"), trace("Fotografie: Bilder des Tages", source="b")),
    (
        trace("Wetterbilanz 2025: Viel Sonne und wenig Regen bei milder Luft"),
        trace("Wetterbilanz 2025: Viel Sonne und wenig Regen bei milder Luft in Niedersachsen", source="b"),
    ),
    (trace("Guten Morgen!"), trace("Guten Morgen!", source="b", hours=24)),
    (
        trace("Novatech kauft Chipdesigner Silbersee für 3,2 Milliarden Euro"),
        trace("Novatech verklagt früheren Finanzchef wegen Untreue", source="b"),
    ),
]


@pytest.mark.parametrize(("told", "new"), DIFFERENT)
def test_what_only_looks_alike_is_another_story(told: Trace, new: Trace):
    match = found(told, new)
    assert match is None or match.kind is not Likeness.SAME


TOLD = trace("Fähre Seeadler mit 40 Passagieren vor Rügen auf Grund gelaufen")
LATER = trace("Fähre Seeadler vor Rügen auf Grund gelaufen: Kapitän festgenommen", source="b", hours=20)


def test_what_came_of_it_a_day_later_is_a_follow_up_with_its_news():
    match = found(TOLD, LATER)
    assert match is not None
    assert match.kind is Likeness.FOLLOW_UP
    assert match.facts == ("Kapitän", "festgenommen")


def test_a_follow_up_says_nothing_new_that_another_item_of_the_story_says():
    window = Window([TOLD, replace(LATER, story_id=TOLD.story_id, item=ItemKey("c", "x"), at=NOON)])
    match = window.match(LATER)
    assert match is None or "festgenommen" not in match.facts


def test_an_earlier_item_follows_nothing():
    match = found(replace(TOLD, at=NOON + timedelta(days=1)), replace(LATER, at=NOON))
    assert match is None or match.kind is Likeness.SAME


def test_the_reason_names_what_both_say_and_the_time_between():
    match = found(*SAME[3])
    assert match is not None
    assert match.why.startswith(f"like {match.score:.2f}: title ")
    assert "both say Chipdesigner, Silbersee, Novatech" in match.why
    assert match.why.endswith("2 h apart")


def test_a_number_comes_with_what_it_counts():
    told = trace("Zugunglück bei Tonndorf: Mehrere Verletzte nach Entgleisung der Regionalbahn")
    match = found(told, trace("Zugunglück bei Tonndorf: 40 Verletzte nach Entgleisung der Regionalbahn", source="b"))
    assert match is not None
    assert match.facts == ("40 Verletzte",)


def test_an_item_is_not_like_itself():
    assert found(TOLD, TOLD) is None


def test_an_item_added_again_speaks_with_its_new_words():
    window = Window([TOLD])
    window.add(replace(TOLD, title="Neue Ausstellung über Barockmusik in Halberstadt eröffnet"))
    assert window.match(replace(TOLD, item=ItemKey("b", "1"))) is None


def test_an_item_added_again_stands_in_its_new_story():
    window = Window([TOLD])
    window.add(replace(TOLD, story_id="merged"))
    match = window.match(replace(TOLD, item=ItemKey("b", "1")))
    assert match is not None
    assert match.trace.story_id == "merged"


def test_of_two_like_it_the_more_alike_is_found():
    near = trace("Lagerhalle der Möbelkette Holzinger in Oldenburg abgebrannt", source="b")
    far = trace("Feuer in Oldenburg: Lagerhalle der Möbelkette Holzinger brennt", source="c")
    match = Window([far, near]).match(trace("Brand: Lagerhalle der Möbelkette Holzinger in Oldenburg abgebrannt"))
    assert match is not None
    assert match.trace == near


def test_one_alike_member_does_not_chain_an_item_to_a_story_of_another_event():
    others = [
        trace(f"Haushaltsstreit im Landtag von Ostmark, {word} lehnt Entwurf ab", source=f"s{n}", story="budget")
        for n, word in enumerate(("Fraktion", "Opposition", "Rechnungshof", "Städtetag"))
    ]
    stray = trace("Lagerhalle der Möbelkette Holzinger in Oldenburg abgebrannt", source="b", story="budget")
    new = trace("Brand: Lagerhalle der Möbelkette Holzinger in Oldenburg abgebrannt")
    assert Window([stray]).match(new) is not None
    assert Window([*others, stray]).match(new) is None


def test_the_same_headline_days_later_is_not_taken_for_the_same_event():
    title = "Drohnen legen Flugbetrieb in Hannover lahm"
    at_once, later = (
        found(trace(title), trace(title, source="b")),
        found(trace(title), trace(title, source="b", hours=80)),
    )
    assert at_once is not None
    assert at_once.kind is Likeness.SAME
    assert later is None or later.score < at_once.score


def test_an_empty_window_finds_nothing():
    assert Window().match(TOLD) is None


def test_words_of_many_headlines_do_not_make_a_story():
    crowd = [trace(f"Feuerwerk, Raketen und Böller: So feiert Kleinstadt{n}", source=f"s{n}") for n in range(80)]
    pair = trace("Raketen, Feuerwerk und Böller"), trace("Raketen, Böller und Feuerwerk", source="b")
    assert Window(pair[:1]).score(*pair) > SAME_FROM
    assert Window([*crowd, pair[0]]).score(*pair) == 0


def test_two_differently_worded_items_of_a_story_agree_where_each_alone_would_not_do():
    one = trace("Möbelkette Holzinger verliert Lagerhalle in Oldenburg durch Brand", source="b", story="fire")
    other = trace("Großbrand vernichtet Möbel von Holzinger: Lagerhalle in Oldenburg", source="c", story="fire")
    new = trace("Brand in Oldenburg: Holzinger trauert um alte Lagerhalle", source="d")
    window = Window([one, other])
    assert min(window.score(one, new), window.score(other, new)) >= AGREED_FROM
    assert max(window.score(one, new), window.score(other, new)) < SAME_FROM
    match = window.match(new)
    assert match is not None
    assert match.kind is Likeness.SAME
    assert match.trace.story_id == "fire"
    assert Window([one]).match(new) is None


BURNT = (
    "Möbelkette Holzinger verliert Lagerhalle in Oldenburg durch Brand",
    "Brand in Oldenburg: Holzinger trauert um alte Lagerhalle",
    "Möbel und Lagerhalle von Holzinger in Oldenburg durch Großbrand zerstört",
)


def test_two_stories_that_agree_vouch_for_an_item_that_is_like_both():
    one, other, new = (trace(title, source=f"s{n}", story=f"story {n}") for n, title in enumerate(BURNT))
    window = Window([one, other])
    scores = [window.score(one, new), window.score(other, new), window.score(one, other)]
    assert AGREED_FROM <= min(scores) < max(scores) < SAME_FROM
    assert scores[2] >= VOUCHED_FROM
    match = window.match(new)
    assert match is not None
    assert (match.kind, match.trace, match.vouching) == (Likeness.SAME, one, (other,))
    assert match.why.endswith(f"so does “{other.title}”")
    assert Window([one]).match(new) is None


def test_stories_that_do_not_agree_with_each_other_vouch_for_nothing():
    told = [trace(title, source=f"s{n}") for n, title in enumerate(BURNT)]
    window = Window(told[1:])
    assert min(window.score(told[0], other) for other in told[1:]) >= AGREED_FROM
    assert window.score(*told[1:]) < VOUCHED_FROM
    assert window.match(told[0]) is None


def test_one_headline_of_two_sources_is_one_voice():
    one, other, new = (trace(title, source=f"s{n}") for n, title in enumerate((BURNT[0], BURNT[0], BURNT[2])))
    window = Window([one, other])
    assert AGREED_FROM <= window.score(one, new) < SAME_FROM
    assert window.match(new) is None


def test_a_later_item_that_says_nothing_new_is_late_coverage():
    match = found(TOLD, trace("Fähre mit 40 Passagieren auf Grund: Seeadler vor Rügen", source="b", hours=20))
    assert match is not None
    assert (match.kind, match.facts) == (Likeness.FOLLOW_UP, ())
    assert match.why.endswith("20 h apart; later, with nothing new")


@pytest.mark.parametrize(("word", "facts"), [("sicher", ()), ("gerettet", ("52 Passagiere", "gerettet"))])
def test_a_number_that_is_only_sharper_is_no_news_and_what_came_of_it_is(word: str, facts: tuple[str, ...]):
    told = trace("Fähre Seeadler mit Passagieren vor Rügen auf Grund gelaufen")
    match = found(told, trace(f"Fähre Seeadler auf Grund: 52 Passagiere {word} vor Rügen", source="b", hours=8))
    assert match is not None
    assert (match.kind, match.facts) == (Likeness.FOLLOW_UP, facts)


def test_a_follow_up_names_its_affair_by_more_than_one_name():
    told = trace(
        "Polizei nimmt ausgebüxtes Schaf in Kronberg fest", "Das Schaf lief vor dem Rathaus, sagt die Polizei."
    )
    title = "Polizei nimmt nach Brand in Stralsund Verdächtigen fest"
    match = found(told, trace(title, "Das Feuer brach im Rathaus aus, sagt die Polizei.", source="b", hours=5))
    assert match is None


def test_what_is_too_unlike_for_late_coverage_is_news_though_it_names_nothing_new():
    assert found(TOLD, trace("Fähre Seeadler vor Rügen", source="b", hours=40)) is None


def test_one_source_is_late_with_nothing():
    late = trace("Fähre mit 40 Passagieren auf Grund: Seeadler vor Rügen", source="a", hours=20)
    assert found(TOLD, late) is None


LONG = "Fährunglück vor Rügen: Zwölf Passagiere der Seeadler aus der Ostsee geborgen"
NAMED = "{} übernimmt Chipdesigner Silbersee in Jena für Millionen und verlegt Fertigung nach Stralsund"
COUNTED = "Fähre Seeadler vor Rügen gesunken, Kapitän und Lotse in Stralsund vernommen: Passagiere {} aus Ostsee"


@pytest.mark.parametrize(
    ("title", "one", "other"), [(NAMED, "Novatech", "Hansatech"), (COUNTED, "holten 40", "zogen 52")]
)
def test_another_name_or_number_in_a_headline_of_one_source_is_another_thing(title: str, one: str, other: str):
    told, new = trace(title.format(one)), trace(title.format(other), hours=1)
    window = Window([told])
    assert window.parts(told, new).title >= 0.8
    assert window.score(told, new) == 0
    assert window.score(told, replace(new, item=ItemKey("b", "1"))) > 0.5


def test_a_later_item_with_a_new_name_is_no_late_coverage_and_one_name_is_no_news():
    assert (
        found(TOLD, trace("Fähre Seeadler vor Rügen auf Grund gelaufen: Reederei schweigt", source="b", hours=20))
        is None
    )


TEASER = "Wir berichten täglich über Schifffahrt, Häfen und Werften an Nordsee und Ostsee."


def test_one_piece_of_one_source_under_two_addresses_is_one_story():
    match = found(trace(LONG, TEASER), trace(f"FAZ+{LONG}", TEASER, hours=1))
    assert match is not None
    assert match.kind is Likeness.SAME


@pytest.mark.parametrize(
    "title",
    [
        "Vor Rügen: Seeadler verunglückt, zwölf Passagiere geborgen",  # alike, not plainly one piece
        "Fährunglück vor Rügen: Zwölf Urlauber der Möwe aus der Ostsee geborgen",  # each names what the other does not
        "Wetter: Fährunglück vor Rügen: Zwölf Passagiere der Seeadler aus der Ostsee geborgen",  # a series
    ],
)
def test_two_addresses_of_one_source_are_two_things_unless_all_agrees(title: str):
    told = trace(LONG, "Zwölf Passagiere der Seeadler wurden vor Rügen aus der Ostsee geborgen.")
    new = trace(title, "Vor Rügen wurden zwölf Passagiere der Seeadler aus der Ostsee geborgen.", hours=1)
    assert found(told, new) is None
    window = Window([told])
    assert window.score(told, new) == 0


@pytest.mark.parametrize(("one", "other"), [("Helfer retten 40", "Helfer retten 52"), ("2024", "2025")])
def test_headlines_of_one_source_that_only_numbers_tell_apart_are_a_series(one: str, other: str):
    title = "Bilanz des Fährunglücks der Seeadler vor Rügen, Ostsee und Bodden: {}"
    told, new = trace(title.format(one)), trace(title.format(other), hours=8)
    assert found(told, new) is None
    assert found(told, replace(new, item=ItemKey("b", "1"))) is not None


def test_one_source_says_nothing_with_a_teaser_that_it_gives_two_headlines():
    told, new = trace("Neues von der Meyer Werft", TEASER), trace("Neues von der Seeadler", TEASER, hours=1)
    window = Window([told])
    assert window.match(new) is None
    assert window.parts(told, new).words == window.parts(told, new).title


def test_a_teaser_under_three_headlines_of_its_source_says_nothing_to_others_either():
    titles = ("Seeadler", "Containerhafen", "Kutterfischer")
    told, new = trace(titles[0], TEASER), trace("Leuchtturmwärter", TEASER, source="b", hours=1)
    others = [trace(title, TEASER) for title in titles[1:]]
    window = Window([told, *others[:1]])
    assert window.parts(told, new).words > 0.8
    window.add(others[1])
    assert window.parts(told, new).words == 0
    assert window.match(new) is None
    window.add(replace(others[1], words="Ganz andere Worte."))  # it is no boilerplate any more
    assert window.parts(told, new).words > 0.8


def test_boilerplate_hides_no_candidate():
    told = trace("Seeadler vor Rügen gesunken", source="b")
    crowd = [trace(f"Werftnotiz{n}", TEASER) for n in range(40)]
    match = Window([*crowd, told]).match(trace("Seeadler vor Rügen gesunken", TEASER, hours=1))
    assert match is not None
    assert match.trace == told


def test_the_same_headline_of_one_source_on_another_day_is_another_thing():
    told, at_once, next_day = (trace(LONG, TEASER, hours=hours, source="a") for hours in (0, 2, 24))
    assert found(told, at_once) is not None
    assert found(told, next_day) is None


def test_a_headline_that_its_source_has_on_several_days_names_no_day_in_another_source():
    told, before = trace(LONG, TEASER), trace(LONG, TEASER, hours=-30)
    elsewhere = trace(LONG, TEASER, source="b", hours=13)
    assert found(told, elsewhere) is not None
    assert Window([told, before]).match(elsewhere) is None
    assert Window([told, before]).match(replace(elsewhere, at=told.at)) is not None
    window = Window([told, before])
    window.add(replace(before, title="Neue Ausstellung über Barockmusik"))
    assert window.match(elsewhere) is not None


def test_the_longer_ago_the_less_alike():
    window, title = Window([TOLD]), "Fähre Seeadler vor Rügen auf Grund gelaufen"
    scores = [window.score(TOLD, trace(title, source="b", hours=hours)) for hours in (0, 2, 8, 20, 60)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_a_word_tells_less_the_more_often_it_was_seen():
    rarity = Rarity()
    weights = [rarity.weight(["fahre"])]
    for _ in range(3):
        rarity.learn(["fahre", "kapitan"])
        weights.append(rarity.weight(["fahre"]))
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == len(weights)


@pytest.mark.parametrize(
    ("title", "kicker", "rest"),
    [
        ("FAZ+Brand in der Lagerhalle", "", "Brand in der Lagerhalle"),
        ("SZ PlusBrand in der Lagerhalle", "", "Brand in der Lagerhalle"),
        ("EILMELDUNG: Brand in der Lagerhalle", "", "Brand in der Lagerhalle"),
        ("LiveBrand in der Lagerhalle", "", "Brand in der Lagerhalle"),
        ("Update: Oldenburg: Brand in der Lagerhalle", "Oldenburg", "Brand in der Lagerhalle"),
        ("Oldenburg:Brand in der Lagerhalle …", "Oldenburg", "Brand in der Lagerhalle"),
        ("Update für Betriebssysteme kommt später", "", "Update für Betriebssysteme kommt später"),
        ("Bericht: Chef geht", "", "Chef geht"),
        ("Merk: Ja!", "", "Merk: Ja!"),
    ],
)
def test_a_headline_is_freed_of_marks_and_its_kicker(title: str, kicker: str, rest: str):
    assert headline(title) == (kicker, rest)


def test_headlines_as_long_as_texts_are_read_as_far_as_headlines_go():
    words = [" ".join(f"Wort{n}x{i}" for i in range(1_500)) for n in range(200)]
    began = time.process_time()
    window = Window([])
    for n, title in enumerate(words):
        window.add(trace(f"Gemeinsame Überschrift {title}", hours=n / 10, source=f"s{n}"))
    assert window.match(trace(f"Gemeinsame Überschrift {words[7]}", source="new", hours=20)) is not None
    assert time.process_time() - began < 1
