"""What an entry says: by rights, language and fate, and in HTML that feed readers take."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jinja2
import lxml.html
import pytest
from hypothesis import given

from feeder.errors import RenderError
from feeder.model import Continued, Fate, Origin, Provenance, Rights, Section, Telling
from feeder.rendering.entries import brief, edition_entry, story_entry
from feeder.rendering.look import Look
from tests.rendering import samples
from tests.strategies import tellings

SHOWN = "The company says “no”, twice; a < b, R&D … 🤖👩‍💻"


def tree(html: str) -> Any:
    return lxml.html.fragment_fromstring(html, create_parent="div")


def words_of(html: str) -> str:
    return " ".join(tree(html).text_content().split())


def headings(html: str) -> list[tuple[str, str]]:
    return [(one.tag, one.text_content()) for one in tree(html).iter("h1", "h2", "h3", "h4")]


def links(html: str) -> dict[str, str]:
    return {one.text_content(): one.get("href") for one in tree(html).iter("a")}


def test_our_own_article_is_told_in_full_and_in_its_order(look: Look, root: Path):
    entry = story_entry(look, samples.own(root))
    assert [title for _, title in headings(entry.html)] == [
        "News",
        "Ein Pakt mit Widersprüchen",
        "Machtspiele im Hintergrund",
        "Juristische Stolpersteine und prominente Kritiker",
        "Ausblick",
        "Zwischen Mission und Machtanspruch",
        "Kurzfassung",
        "Unser Ziel",
        "Teile diesen Beitrag",
        "Folge uns auf Social Media",
        "Unterstütze uns direkt",
    ]
    said = words_of(entry.html)
    for line in (root / "articles" / "microsoft-verliert-kontrolle-ueber-openai.txt").read_text().splitlines()[1:]:
        bare = line.removeprefix("- ").strip()
        if bare not in ("EINLEITUNG", "NEWS", "AUSBLICK", "UNSER ZIEL", "KURZFASSUNG"):
            assert " ".join(bare.split()).replace("gpt-image-1", "KI-generiert (gpt-image-1)") in said


def test_a_credit_stands_also_where_there_is_no_picture(look: Look, root: Path):
    entry = story_entry(look, samples.own(root))
    assert "Bild: KI-generiert (gpt-image-1) | All-AI.de" in words_of(entry.html)
    assert entry.image is None
    assert "<img" not in entry.html


def test_a_picture_of_ours_leads_with_its_size_credit_and_absolute_address(look: Look):
    entry = story_entry(look, samples.licensed())
    assert entry.html.startswith(
        '<figure><img src="https://ki-news.example/feeds/media/0123abcd.jpg" width="1200" height="675"'
        ' alt="Zwei Hände, die ein Seil halten"><figcaption>Bild: <span data-provenance="ki_erzeugt"'
        ' data-model="gpt-image-1">KI-generiert (gpt-image-1) | All-AI.de</span></figcaption></figure>'
    )
    assert entry.image is not None
    assert (entry.image.url, entry.image.type, entry.image.length) == (
        "https://ki-news.example/feeds/media/0123abcd.jpg",
        "image/jpeg",
        123_456,
    )


@pytest.mark.parametrize("rights", [Rights.TEASER, Rights.LINK_ONLY])
def test_of_a_source_that_grants_a_teaser_no_sections_and_no_picture_leave_the_house(look: Look, rights: Rights):
    telling = samples.foreign(rights=rights)
    full = replace(telling.revision, sections=(Section("news", None, "<p>GANZER TEXT</p>"),), image=samples.PICTURE)
    entry = story_entry(look, replace(telling, revision=full))
    assert "GANZER TEXT" not in entry.html
    assert "<img" not in entry.html
    assert entry.image is None


def test_an_excerpt_leads_to_its_source_and_names_who_else_told_it(look: Look):
    entry = story_entry(look, samples.foreign())
    found = links(entry.html)
    assert found["Weiterlesen bei The Verge"] == "https://verge.example/ai/2025/11/openai-ipo?id=1&x=%C3%BC"
    assert found["Kein Börsengang"] == "https://heise.example/openai-ipo"
    assert "Kennzeichnung: Auszug aus der Quelle" in words_of(entry.html)
    assert entry.url == entry.external_url == found["Weiterlesen bei The Verge"]
    assert entry.page == "https://ki-news.example/feeds/stories/openai-ipo/"
    assert [link.url for link in entry.related] == ["https://heise.example/openai-ipo"]


def test_foreign_words_are_marked_for_machines_and_labelled_for_people(look: Look):
    entry = story_entry(look, samples.foreign())
    marked = tree(entry.html).xpath("//*[@lang='en']")
    assert SHOWN in [one.text_content() for one in marked]
    assert "Weiterlesen bei The Verge (auf Englisch)" in words_of(entry.html)
    assert entry.language == "en"


def test_licensed_words_are_told_in_full_with_licence_source_and_correction(look: Look):
    said = words_of(story_entry(look, samples.licensed()).html)
    assert "Alles offen." in said
    assert "Lizenz: CC BY 4.0" in said
    assert "Offene Nachrichten: Offenes, 22.11.2025" in said
    assert "Korrektur vom 22. November 2025: Das Modell hat 7, nicht 70 Milliarden Parameter." in said
    assert (
        "Kennzeichnung: Mit Unterstützung von KI erstellt (Modell mistral-small), geprüft von M. Muster am 22.11.2025"
        in said
    )


@pytest.mark.parametrize(
    ("teaser", "sections", "label"),
    [
        ("Ein Satz.", (), "Auszug aus der Quelle"),
        ("", (), "Überschrift der Quelle"),
        ("Ein Satz.", (Section("news", None, "<p>Ein Satz. Noch einer.</p>"),), "Im Wortlaut der Quelle, ohne Bilder"),
    ],
)
def test_the_label_says_how_much_of_the_source_stands_there(
    look: Look, teaser: str, sections: tuple[Section, ...], label: str
) -> None:
    telling = samples.licensed()
    told = replace(telling.revision, teaser=teaser, sections=sections, provenance=Provenance(Origin.EXCERPT))
    entry = story_entry(look, replace(telling, revision=told))
    assert f"Kennzeichnung: {label} · Lizenz: CC BY 4.0" in words_of(entry.html)
    assert words_of(entry.html).count("Ein Satz.") == bool(teaser), "a text that begins with its teaser says it once"


def test_licensed_words_name_their_author_without_a_mail_address_and_lead_to_the_licence(look: Look) -> None:
    telling = samples.licensed()
    told = replace(telling.revision, authors=("Jane Doe <jane@offen.example>", "John O’Neill"))
    entry = story_entry(look, replace(telling, revision=told))
    assert "· Von Jane Doe, John O’Neill · Lizenz: CC BY 4.0" in words_of(entry.html)
    assert links(entry.html)["CC BY 4.0"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "jane@offen.example" not in entry.html


def test_the_four_calls_to_action_stand_once_and_last(look: Look):
    entry = story_entry(look, samples.foreign())
    calls = ["Unser Ziel", "Teile diesen Beitrag", "Folge uns auf Social Media", "Unterstütze uns direkt"]
    assert [title for _, title in headings(entry.html)][-4:] == calls
    found = links(entry.html)
    assert found["YouTube"] == "https://ki-news.example/youtube"
    assert found["PayPal"] == "https://ki-news.example/paypal"
    assert found["Mastodon"] == "https://ki-news.example/mastodon"  # the later of two: follow stands after share


def test_a_withdrawn_story_keeps_its_place_and_says_only_why(look: Look, root: Path):
    before, after = story_entry(look, samples.own(root)), story_entry(look, samples.withdrawn(root))
    assert (after.id, after.url, after.published) == (before.id, before.url, before.published)
    assert after.title == "Zurückgezogen: Microsoft verliert Kontrolle über OpenAI?"
    assert after.html == "<p>Die Angaben ließen sich nicht bestätigen.</p>"
    assert after.teaser == "Die Angaben ließen sich nicht bestätigen."
    assert after.updated == samples.NOON + timedelta(days=1)
    assert after.image is None
    assert after.related == ()


def test_what_was_taken_back_leads_to_our_page_or_to_what_it_went_into_and_never_to_the_source(look: Look):
    telling = samples.foreign()
    gone = replace(telling.story, fate=Fate.WITHDRAWN, withdrawn=samples.NOON, updated=samples.NOON)
    page = "https://ki-news.example/feeds/stories/openai-ipo/"
    assert story_entry(look, replace(telling, story=gone)).url == page
    elder = Continued("tag:x", "der-ganze-fall", "Der ganze Fall", samples.NOON)
    merged = replace(telling, story=replace(gone, merged_into="tag:x"), elder=elder)
    assert story_entry(look, merged).url == "https://ki-news.example/feeds/stories/der-ganze-fall/"


def test_a_private_feed_is_never_named_as_the_source(look: Look):
    telling = samples.foreign()
    hidden = replace(telling.revision.coverage[0], source_id="intern", homepage="https://intern.example/")
    entry = story_entry(look, replace(telling, revision=replace(telling.revision, coverage=(hidden,))))
    assert entry.source is not None
    assert entry.source.url == "https://intern.example/"
    assert "geheim" not in repr(entry)


def test_authors_lose_their_mail_addresses_and_a_nameless_text_is_its_sources(look: Look):
    assert story_entry(look, samples.foreign()).authors == ("Jane Doe", "John O’Neill")
    assert story_entry(look, samples.licensed()).authors == ("Offene Nachrichten",)


def test_an_untitled_story_is_named_by_its_first_words(look: Look):
    telling = samples.foreign()
    entry = story_entry(look, replace(telling, revision=replace(telling.revision, title=" \x00 ")))
    assert entry.title == SHOWN


def test_an_edition_lists_its_stories_and_leads_to_the_web(look: Look, root: Path):
    told = [samples.own(root), samples.foreign(), replace(samples.withdrawn(root), revision=samples.own(root).revision)]
    told[2] = replace(told[2], story=replace(told[2].story, id="tag:ki-news.example,2025:stories/weg"))
    edition = samples.edition(*told)
    entry = edition_entry(look, edition, {telling.story.id: telling for telling in told})
    assert entry.id == "tag:ki-news.example,2025:editions/2025-11-23-0700"
    assert entry.url == "https://ki-news.example/feeds/editions/2025-11-23-0700/"
    assert entry.published == entry.updated == edition.approved
    found = links(entry.html)
    assert found["Diese Ausgabe im Web lesen"] == entry.url
    assert found["Microsoft verliert Kontrolle über OpenAI?"].endswith(
        "/stories/microsoft-verliert-kontrolle-ueber-openai/"
    )
    assert SHOWN in words_of(entry.html)
    assert "Zurückgezogen: Microsoft verliert Kontrolle über OpenAI?" in found


def test_an_edition_leaves_out_what_was_erased_since(look: Look, root: Path):
    edition = samples.edition(samples.own(root), samples.foreign())
    entry = edition_entry(look, edition, {samples.foreign().story.id: samples.foreign()})
    assert "Microsoft verliert" not in entry.html
    assert SHOWN in words_of(entry.html)


def test_a_shortened_entry_keeps_teaser_and_link(look: Look):
    entry = brief(look, story_entry(look, samples.foreign()))
    assert words_of(entry.html) == f"{SHOWN} Weiterlesen"
    assert links(entry.html) == {"Weiterlesen": entry.url}


def test_a_broken_template_names_the_story(look: Look, tmp_path: Path, root: Path):
    (tmp_path / "feed_entry.html").write_text("{{ story.gibt_es_nicht }}")
    broken = replace(look, environment=look.environment.overlay(loader=jinja2.FileSystemLoader(tmp_path)))
    with pytest.raises(
        RenderError, match=r"stories/microsoft-verliert-kontrolle-ueber-openai: .*/feed_entry\.html:1: "
    ):
        story_entry(broken, samples.own(root))


@given(tellings())
def test_no_entry_brings_styles_scripts_or_relative_addresses(look: Look, telling: Telling):
    for element in tree(story_entry(look, telling).html).iter("*"):
        assert element.tag not in ("script", "style", "iframe", "object", "embed", "form", "h1")
        assert not {"class", "style", "id"} & set(element.attrib)
        assert not any(name.startswith("on") for name in element.attrib)
        for name in ("href", "src"):
            if name in element.attrib:
                assert re.match(r"(https?://|mailto:)[^\s<>\"]+$", element.get(name))


@given(tellings())
def test_titles_and_teasers_are_bounded_and_times_in_order(look: Look, telling: Telling):
    entry = story_entry(look, telling)
    assert 0 < len(entry.title) <= 320
    assert len(entry.teaser) <= 300
    assert entry.published <= entry.updated
    assert entry.authors
    assert all(entry.authors)
    if telling.story.fate is Fate.WITHDRAWN:
        assert entry.html.count("<p>") == 1
