"""What holds in each output alike: Quellen, follow-ups, labels, corrections, what was merged or erased, and rights."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import lxml.html
import pytest

from feeder.model import (
    Continued,
    Corrected,
    Correction,
    Coverage,
    Edition,
    Fate,
    Origin,
    Provenance,
    Rights,
    Section,
    Telling,
)
from feeder.rendering.digest import render_digest
from feeder.rendering.entries import edition_entry, story_entry
from feeder.rendering.feeds import feed_files
from feeder.rendering.look import Look
from feeder.rendering.pages import edition_page, landing_page, story_page
from tests.rendering import samples

ELDER = Continued("tag:ki-news.example,2025:stories/alt", "alt", "Modell angekündigt", samples.NOON - timedelta(days=1))
ELDER_PAGE = "https://ki-news.example/feeds/stories/alt/"
FIVE = ("rss.xml", "atom.xml", "feed.json", "page", "digest.html", "digest.txt")


def parse(html: str) -> Any:
    return lxml.html.document_fromstring(html)


def outputs(look: Look, telling: Telling) -> Mapping[str, str]:
    """A story in each output, quotings undone."""
    edition = replace(samples.edition(telling), subject="Guten Morgen")
    by_id = {telling.story.id: telling}
    digest = render_digest(look, edition, by_id)
    files = feed_files(look, samples.ALL, [story_entry(look, telling)])
    said = {file.path: file.data.decode() for file in files}
    said |= {"page": story_page(look, telling).data.decode(), "digest.html": digest.html, "digest.txt": digest.text}
    said |= {
        "edition": edition_page(look, edition, by_id).data.decode(),
        "landing": landing_page(look, [telling], [edition], look.config.topics).data.decode(),
        "edition entry": edition_entry(look, edition, by_id).html,
    }
    plain = {name: unescape(words.replace('\\"', '"')) for name, words in said.items()}
    return plain | {"digest.txt": " ".join(digest.text.split())}


def told_by(count: int) -> Telling:
    """A story of several sources."""
    telling = samples.foreign()
    told = tuple(
        Coverage(
            f"quelle-{n}",
            f"Quelle {n}",
            f"Meldung {n} dazu",
            f"https://quelle-{n}.example/a",
            samples.NOON - timedelta(days=n),
            "en" if n == 2 else "de",
        )
        for n in range(1, count + 1)
    )
    story = replace(telling.story, url="https://quelle-1.example/a")
    return Telling(story, replace(telling.revision, language="de", coverage=told))


@pytest.mark.parametrize("name", FIVE)
def test_three_sources_stand_in_each_output_with_link_date_and_language_the_lead_first(look: Look, name: str) -> None:
    said = outputs(look, told_by(3))[name]
    for n, day in ((1, "21.11.2025"), (2, "20.11.2025"), (3, "19.11.2025")):
        assert f"Quelle {n}" in said
        assert f"https://quelle-{n}.example/a" in said
        assert day in said
    assert "auf Englisch" in said
    sources = said[said.rindex("Quellen") :]
    assert sources.index("Quelle 1") < sources.index("Quelle 2") < sources.index("Quelle 3")


def test_json_feed_names_every_source_as_a_fact(look: Look) -> None:
    [item] = json.loads(feed_files(look, samples.ALL, [story_entry(look, told_by(3))])[2].data)["items"]
    assert item["_feeder"]["coverage"][1] == {
        "source": "Quelle 2",
        "title": "Meldung 2 dazu",
        "url": "https://quelle-2.example/a",
        "language": "en",
        "published": "2025-11-20T11:00:00Z",
    }
    assert [one["source"] for one in item["_feeder"]["coverage"]] == ["Quelle 1", "Quelle 2", "Quelle 3"]


def test_very_many_sources_are_counted_where_they_have_no_room(look: Look) -> None:
    said = outputs(look, told_by(30))
    assert "und 22 weitere Quellen" in said["digest.html"]
    assert "und 22 weitere Quellen" in said["digest.txt"]
    assert "und 10 weitere Quellen" in said["rss.xml"]
    assert "Quelle 1, Quelle 2, Quelle 3 und 27 weitere Quellen" in said["landing"]
    assert "https://quelle-30.example/a" in said["page"]
    assert "und eine weitere Quelle" in outputs(look, told_by(9))["digest.html"]


@pytest.mark.parametrize("name", [*FIVE, "edition", "landing", "edition entry"])
def test_a_follow_up_says_what_it_continues_and_leads_there(look: Look, name: str) -> None:
    telling = samples.foreign()
    said = outputs(look, replace(telling, revision=replace(telling.revision, continues=ELDER)))[name]
    if name == "digest.txt":
        assert f"Update zu: Modell angekündigt (21.11.) {ELDER_PAGE}" in said
    else:
        link = re.search(r'Update zu: <a [^>]*href="([^"]+)"[^>]*>Modell angekündigt</a> \(21\.11\.\)', said)
        assert link
        assert link[1].endswith("stories/alt/index.html" if name in ("page", "edition", "landing") else ELDER_PAGE)
    assert "Update zu" not in outputs(look, telling)[name]


def test_feeds_tell_programs_what_a_follow_up_continues(look: Look) -> None:
    telling = samples.foreign()
    entry = story_entry(look, replace(telling, revision=replace(telling.revision, continues=ELDER)))
    assert entry.extension["continues"] == {
        "id": ELDER.story_id,
        "title": "Modell angekündigt",
        "url": ELDER_PAGE,
        "published": "2025-11-21T11:00:00Z",
    }
    assert next((link.label, link.url) for link in entry.related) == ("Update zu: Modell angekündigt", ELDER_PAGE)


def test_the_page_of_a_story_lists_what_continues_it(look: Look) -> None:
    later = replace(ELDER, slug="neu", title="Modell ist da", released=samples.NOON + timedelta(days=2))
    page = story_page(look, samples.foreign(), [later]).data.decode()
    assert "Fortsetzung" in page
    assert '<a href="../../stories/neu/index.html">Modell ist da</a>' in page
    assert "Fortsetzung" not in story_page(look, samples.foreign()).data.decode()


@pytest.mark.parametrize(
    ("origin", "label"),
    [
        (Origin.EDITORIAL, "Redaktioneller Beitrag"),
        (Origin.EXCERPT, "Auszug aus der Quelle"),
        (Origin.AI_ASSISTED, "Mit Unterstützung von KI erstellt (Modell m-1), geprüft von Eva am 22.11.2025"),
        (Origin.AI_GENERATED, "KI-erzeugte Zusammenfassung (Modell m-1), geprüft von Eva am 22.11.2025"),
    ],
)
@pytest.mark.parametrize("name", [*FIVE, "edition", "landing", "edition entry"])
def test_who_wrote_the_words_is_said_to_people_and_to_programs(
    look: Look, name: str, origin: Origin, label: str
) -> None:
    telling = samples.foreign()
    by_machine = origin in (Origin.AI_ASSISTED, Origin.AI_GENERATED)
    made = Provenance(origin, "m-1", "Eva", samples.NOON) if by_machine else Provenance(origin)
    said = outputs(look, replace(telling, revision=replace(telling.revision, provenance=made)))[name]
    assert label in said
    if name != "digest.txt":
        facts = f'data-provenance="{origin.value}"'
        if by_machine:
            facts += ' data-model="m-1" data-reviewed-by="Eva" data-reviewed-at="2025-11-22T11:00:00Z"'
        assert facts in said


def test_a_text_of_ours_that_a_machine_wrote_is_no_summary(look: Look, root: Path) -> None:
    own = samples.own(root)
    made = replace(own, revision=replace(own.revision, provenance=Provenance(Origin.AI_GENERATED, "m-1")))
    page = story_page(look, made).data.decode()
    assert "KI-erzeugter Text (Modell m-1)" in page
    known = json.loads(parse(page).xpath("string(//script)"))
    assert known["digitalSourceType"] == "https://schema.org/TrainedAlgorithmicMediaDigitalSource"


@pytest.mark.parametrize("name", [*FIVE, "edition"])
def test_a_picture_that_a_machine_drew_is_named_so(look: Look, name: str) -> None:
    said = outputs(look, samples.licensed())[name]
    assert "KI-generiert (gpt-image-1) | All-AI.de" in said
    if name != "digest.txt":
        assert '<span data-provenance="ki_erzeugt" data-model="gpt-image-1">' in said
    if name in ("rss.xml", "atom.xml"):
        assert "<media:credit>KI-generiert (gpt-image-1) | All-AI.de</media:credit>" in said


def test_search_engines_are_told_that_a_machine_drew_the_picture(look: Look, root: Path) -> None:
    own = samples.own(root)
    page = story_page(look, replace(own, revision=replace(own.revision, image=samples.PICTURE))).data.decode()
    known = json.loads(parse(page).xpath("string(//script)"))
    assert known["image"]["digitalSourceType"] == "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
    assert "digitalSourceType" not in known


def merged(root: Path) -> Telling:
    telling = samples.withdrawn(root)
    story = replace(telling.story, merged_into=ELDER.story_id)
    return Telling(story, telling.revision, "like 0.93: title 0.8", ELDER)


@pytest.mark.parametrize("name", [*FIVE, "edition", "edition entry"])
def test_a_merged_story_points_to_its_elder_and_has_no_words_of_its_own(look: Look, root: Path, name: str) -> None:
    said = outputs(look, merged(root))[name]
    assert "Zusammengeführt: Microsoft verliert Kontrolle über OpenAI?" in said
    assert "Diese Meldung ist Teil von: " in said
    assert "Modell angekündigt" in said
    assert "stories/alt/" in said
    assert "like 0.93" not in said
    assert "Börsennotierung" not in said


def test_the_page_of_a_merged_story_gives_way_to_its_elders_page(look: Look, root: Path) -> None:
    page = parse(story_page(look, merged(root)).data.decode())
    assert page.xpath("string(//meta[@name='robots']/@content)") == "noindex"
    assert page.xpath("string(//link[@rel='canonical']/@href)") == ELDER_PAGE
    assert page.xpath("//div[@class='notice']//a/@href") == ["../../stories/alt/index.html"]


@pytest.mark.parametrize("name", [*FIVE, "edition", "edition entry"])
def test_of_an_erased_story_nothing_is_said_but_that_it_is_withdrawn(look: Look, root: Path, name: str) -> None:
    telling = samples.withdrawn(root)
    gone = replace(telling.revision, title="", teaser="", summary=(), sections=(), image_credit=None, authors=())
    said = outputs(look, replace(telling, revision=gone))[name]
    assert "Zurückgezogen" in said
    assert "Zurückgezogen:" not in said
    assert "Microsoft" not in said


CORRECTIONS = (Correction(samples.NOON, "Es waren 7 Milliarden."), Correction(samples.NOON, "Und zwar Euro."))


def correcting(telling: Telling, *notes: int) -> tuple[Edition, dict[str, Telling]]:
    """The edition after the one that told a story, which it corrects."""
    news = samples.licensed()
    edition = replace(samples.edition(news, number=2), corrections=(Corrected(telling.story.id, 2, notes),))
    return edition, {news.story.id: news, telling.story.id: telling}


def test_the_next_edition_names_what_was_wrong_in_an_earlier_one_and_only_what_is_new(look: Look, root: Path) -> None:
    own = samples.own(root)
    own = replace(own, revision=replace(own.revision, n=2, corrections=CORRECTIONS))
    edition, tellings = correcting(own, 1)
    digest = render_digest(look, edition, tellings)
    said = (digest.html, digest.text, edition_page(look, edition, tellings).data.decode())
    for words in (*said, edition_entry(look, edition, tellings).html):
        block = words[words.index("Korrekturen") :]
        assert "Microsoft verliert Kontrolle über OpenAI?" in block
        assert "stories/microsoft-verliert-kontrolle-ueber-openai/" in block
        assert "Und zwar Euro." in block
        assert "7 Milliarden." not in block
        assert "Börsennotierung" not in words


def test_what_was_withdrawn_since_is_corrected_no_more(look: Look, root: Path) -> None:
    gone = samples.withdrawn(root)
    gone = replace(gone, revision=replace(gone.revision, n=2, corrections=CORRECTIONS))
    edition, tellings = correcting(gone, 0, 1)
    digest = render_digest(look, edition, tellings)
    for words in (digest.html, digest.text, edition_page(look, edition, tellings).data.decode()):
        assert "Korrekturen" not in words
        assert "7 Milliarden." not in words


def test_a_pinned_story_leads_the_landing_page_with_a_mark_and_stands_there_once(look: Look, root: Path) -> None:
    own, foreign, licensed = samples.own(root), samples.foreign(), samples.licensed()
    file = landing_page(look, [own, foreign], [], look.config.topics, [licensed, foreign])
    page = parse(file.data.decode())
    titles = [heading.text_content() for heading in page.iter("h3")]
    assert titles == [one.revision.title for one in (licensed, foreign, own)]
    marked = [one.getparent().xpath("string(.//h3)") for one in page.xpath("//p[@class='pin']")]
    assert marked == titles[:2]
    assert file.stories == tuple(one.story.id for one in (licensed, foreign, own))
    assert "Angeheftet" not in landing_page(look, [own], [], look.config.topics).data.decode()


def narrow(look: Look, limit: int) -> Look:
    """The same look, with a smaller limit for the samples' source."""
    sources = tuple(
        source.model_copy(update={"excerpt_limit": limit}) if source.id == "verge" else source
        for source in look.config.sources
    )
    return replace(look, config=look.config.model_copy(update={"sources": sources}))


LONG = Section("news", None, "<p>GANZER TEXT der Quelle</p>")


def stored(rights: Rights, origin: Origin = Origin.EXCERPT) -> Telling:
    """A story as it may have been stored under other terms: too much of everything."""
    telling = samples.foreign(rights=rights)
    words = replace(
        telling.revision,
        teaser="Teaser der Quelle, den sie schrieb. " * 4,
        summary=("Erster Punkt der Quelle.", "Zweiter Punkt der Quelle."),
        sections=(LONG,),
        image=samples.PICTURE,
        image_credit="Foto: Quelle",
        provenance=Provenance(origin),
    )
    return replace(telling, revision=words)


@pytest.mark.parametrize("name", [*FIVE, "edition", "landing", "edition entry"])
def test_no_output_shows_more_than_the_limit_that_holds_today(look: Look, name: str) -> None:
    said = unquote(outputs(narrow(look, 60), stored(Rights.TEASER))[name])
    assert "GANZER TEXT" not in said
    assert "Foto: Quelle" not in said
    assert "0123abcd" not in said
    assert "Teaser der Quelle" in said
    assert "schrieb. Teaser der Quelle, den sie schrieb. Teaser" not in said
    assert "Punkt der Quelle" not in said


@pytest.mark.parametrize("origin", list(Origin))
@pytest.mark.parametrize("name", [*FIVE, "edition", "landing", "edition entry"])
def test_what_was_written_under_a_licence_that_ended_is_cut_whoever_wrote_it(
    look: Look, name: str, origin: Origin
) -> None:
    said = unquote(outputs(narrow(look, 60), stored(Rights.LICENSED, origin))[name])
    assert "GANZER TEXT" not in said
    assert "Foto: Quelle" not in said
    assert "schrieb. Teaser der Quelle, den sie schrieb. Teaser" not in said
    assert "Punkt der Quelle" not in said


def test_what_a_source_no_longer_configured_was_stored_with_still_holds(look: Look) -> None:
    others = tuple(source for source in look.config.sources if source.id != "verge")
    without = replace(look, config=look.config.model_copy(update={"sources": others}))
    assert "GANZER TEXT" in outputs(without, stored(Rights.LICENSED))["page"]


@pytest.mark.parametrize("name", [*FIVE, "edition", "landing", "edition entry"])
def test_of_a_source_that_grants_a_link_no_output_shows_more_than_the_headline(look: Look, name: str) -> None:
    said = outputs(look, stored(Rights.LINK_ONLY))[name]
    assert "der Quelle" not in said.replace("Überschrift der Quelle", "")
    assert "going public" in said


def test_words_about_a_source_that_are_not_its_own_are_not_counted_as_an_excerpt(look: Look) -> None:
    said = outputs(narrow(look, 60), stored(Rights.TEASER, Origin.AI_GENERATED))["rss.xml"]
    assert "Zweiter Punkt der Quelle." in said
    assert "GANZER TEXT" not in said


@pytest.mark.parametrize("bullets", [0, 1, 5])
@pytest.mark.parametrize("name", FIVE)
def test_a_kurzfassung_of_any_length_has_its_heading_or_none(look: Look, name: str, bullets: int) -> None:
    telling = samples.licensed()
    points = tuple(f"Punkt Nummer {n}." for n in range(bullets))
    said = outputs(look, replace(telling, revision=replace(telling.revision, summary=points)))[name]
    assert said.count("Punkt Nummer") == bullets
    assert ("kurzfassung" in said.lower()) is bool(bullets)


def test_share_links_of_a_page_carry_what_fits_of_the_teaser_unless_it_needs_its_label(look: Look) -> None:
    def shared(origin: Origin) -> str:
        telling = samples.licensed()
        telling = replace(telling, revision=replace(telling.revision, provenance=Provenance(origin)))
        page = parse(story_page(look, telling).data.decode())
        return unquote(next(href for href in page.xpath("//a/@href") if href.startswith("https://bsky.app")))

    assert "Offenes Modell veröffentlicht: Ein Modell, das jeder nutzen darf. https://" in shared(Origin.EDITORIAL)
    assert "jeder nutzen darf" not in shared(Origin.AI_GENERATED)


def test_a_withdrawn_story_is_counted_as_such_whatever_it_continued(look: Look, root: Path) -> None:
    telling = samples.withdrawn(root)
    assert telling.story.fate is Fate.WITHDRAWN
    said = outputs(look, replace(telling, revision=replace(telling.revision, continues=ELDER)))
    assert all("Update zu" not in words for words in said.values())
