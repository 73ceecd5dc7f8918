"""Pages are read back: what stands in them, where they lead, and what they ask of a browser."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Literal
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import text
from feeder.model import Image, OutputFile, Rights, Section, Telling
from feeder.rendering.look import Look, open_look
from feeder.rendering.pages import edition_page, editions_page, landing_page, story_page
from tests.needs import missing, program
from tests.rendering import samples

HOSTILE = (
    "<script>alert(1)</script>",
    "</title></script><script>alert(2)</script>",
    '" onmouseover="alert(3)" x="',
    "{{ 7 * 7 }} {% raw %}",
    "&amp;lt; &nbsp; R&D < 5 > 3",
    "A" * 300,
)

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


def site(look: Look, root: Path, *more: Telling) -> dict[str, OutputFile]:
    """The pages of a small publication, by their path."""
    tellings = [samples.own(root), samples.foreign(), samples.licensed(), *more]
    gone = samples.withdrawn(root)
    gone = replace(gone, story=replace(gone.story, slug="zurueckgezogen"))
    editions = [samples.edition(*tellings, number=2), samples.edition(*tellings, number=1)]
    by_id = {telling.story.id: telling for telling in tellings}
    files = [
        landing_page(look, tellings, editions, look.config.topics),
        editions_page(look, editions),
        *(story_page(look, telling) for telling in [*tellings, gone]),
        *(edition_page(look, edition, by_id) for edition in editions),
    ]
    return {file.path: file for file in files}


def parse(file: OutputFile) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(file.data.decode())


def hrefs(root: lxml.html.HtmlElement) -> Iterator[str]:
    """Every address in a page, of whatever element."""
    return (value for _, attribute, value, _ in root.iterlinks() if attribute in ("href", "src"))


def words(root: lxml.html.HtmlElement) -> str:
    return " ".join(root.text_content().split())


def test_our_article_stands_in_full_on_its_page(look: Look, root: Path) -> None:
    page = parse(story_page(look, samples.own(root)))
    article = (root / "articles" / "microsoft-verliert-kontrolle-ueber-openai.txt").read_text(encoding="utf-8")
    article = article.replace("gpt-image-1", "KI-generiert (gpt-image-1)")
    shown = words(page)
    marks = {"EINLEITUNG", "NEWS", "AUSBLICK", "UNSER ZIEL", "KURZFASSUNG"}
    for line in filter(None, article.splitlines()):
        if line not in marks:
            assert line.removeprefix("- ").strip() in shown
    assert [heading.text for heading in page.iter("h2")][:3] == ["Einleitung", "News", "Ausblick"]
    assert not page.xpath("//meta[@name='robots']")


def test_our_article_tells_search_engines_who_wrote_what_when(look: Look, root: Path) -> None:
    [script] = parse(story_page(look, samples.own(root))).xpath("//script")
    known = json.loads(script.text)
    assert script.get("type") == "application/ld+json"
    assert known["@type"] == "NewsArticle"
    assert known["headline"] == "Microsoft verliert Kontrolle über OpenAI?"
    assert known["datePublished"] == "2025-11-22T11:00:00Z"
    assert known["author"] == [{"@type": "Organization", "name": "KI-News-Redaktion"}]


def test_somebody_elses_story_names_its_sources_and_stays_out_of_search_engines(look: Look) -> None:
    page = parse(story_page(look, samples.foreign()))
    assert page.xpath("string(//meta[@name='robots']/@content)") == "noindex"
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://ki-news.example/feeds/stories/openai-ipo/"]
    shown = words(page)
    for expected in (
        "Weiterlesen bei The Verge",
        "heise online: Kein Börsengang",
        "Auszug aus der Quelle",
        "auf Englisch",
    ):
        assert expected in shown
    [title] = page.iter("h1")
    assert title.get("lang") == "en"
    assert not page.xpath("//script")


def test_only_who_may_be_quoted_in_full_is(look: Look) -> None:
    section = Section("news", None, "<p>Der ganze Text der anderen.</p>")
    for rights, is_shown in (
        (Rights.OWN, True),
        (Rights.LICENSED, True),
        (Rights.TEASER, False),
        (Rights.LINK_ONLY, False),
    ):
        telling = samples.licensed()
        telling = replace(telling, revision=replace(telling.revision, rights=rights, sections=(section,)))
        assert ("Der ganze Text" in words(parse(story_page(look, telling)))) is is_shown


def test_a_withdrawn_story_keeps_its_headline_and_says_why(look: Look, root: Path) -> None:
    page = parse(story_page(look, samples.withdrawn(root)))
    shown = words(page)
    assert page.xpath("string(//h1)") == "Zurückgezogen: Microsoft verliert Kontrolle über OpenAI?"
    assert "Grund: Die Angaben ließen sich nicht bestätigen." in shown
    assert "Börsennotierung" not in shown
    assert "gpt-image-1" not in shown
    assert page.xpath("string(//meta[@name='robots']/@content)") == "noindex"


def test_a_merged_story_does_not_show_readers_what_the_rules_noted(look: Look, root: Path) -> None:
    telling = samples.withdrawn(root)
    merged = replace(telling, story=replace(telling.story, merged_into="tag:other"), reason="same url as story 17")
    shown = words(parse(story_page(look, merged)))
    assert "in einer anderen aufgegangen" in shown
    assert "same url" not in shown


def test_a_correction_and_the_machine_that_helped_are_named(look: Look) -> None:
    shown = words(parse(story_page(look, samples.licensed())))
    assert "Korrektur vom 22. November 2025: Das Modell hat 7, nicht 70 Milliarden Parameter." in shown
    assert "Mit Unterstützung von KI erstellt (Modell mistral-small), geprüft von M. Muster am 22.11.2025" in shown
    assert "Lizenz: CC BY 4.0" in shown


def test_links_between_pages_are_relative_and_lead_somewhere(look: Look, root: Path) -> None:
    files = site(look, root)
    feeds = {f"{folder}{name}" for folder in ("", "editions/") for name in ("rss.xml", "atom.xml", "feed.json")}
    feeds |= {
        f"topics/{topic.id}/{name}" for topic in look.config.topics for name in ("rss.xml", "atom.xml", "feed.json")
    }
    there = set(files) | feeds | {samples.PICTURE.url}
    for path, file in files.items():
        page = parse(file)
        for href in hrefs(page):
            parts = urlsplit(href)
            if parts.scheme in ("mailto", "data"):
                continue
            if parts.scheme:
                is_ours = href.startswith(look.config.output.base_url)
                assert not is_ours or page.xpath("//link[@rel='canonical']/@href") == [href], f"{path}: {href}"
                continue
            target = normpath(str(PurePosixPath(path).parent / unquote(parts.path))) if parts.path else path
            assert target in there, f"{path} links to {href}"
            if parts.fragment:
                linked = parse(files[target])
                assert linked.xpath("//*[@id=$id]", id=parts.fragment), f"{path} links to {href}"


def test_a_page_asks_a_browser_for_nothing_but_our_own_pictures(look: Look, root: Path) -> None:
    for path, file in site(look, root).items():
        page = parse(file)
        loaded = page.xpath(
            "//@src | //@srcset | //@poster | //@data | //link[not(@rel='canonical' or @rel='alternate')]/@href"
        )
        assert all(value.startswith("data:") or ("media/" in value and "://" not in value) for value in loaded), path
        assert not page.xpath("//script[not(@type='application/ld+json')] | //iframe | //form")
        for style in page.iter("style"):
            assert "url(" not in style.text
            assert "@import" not in style.text
        for image in page.iter("img"):
            assert image.get("alt") is not None
            assert image.get("width").isdecimal()
            assert image.get("height").isdecimal()


@pytest.mark.parametrize(
    "picture",
    [
        replace(samples.PICTURE, url="https://tracker.example/pixel.jpg"),
        replace(samples.PICTURE, url="media/../../secret.jpg"),
        replace(samples.PICTURE, credit=None),
        replace(samples.PICTURE, width=None),
    ],
)
def test_a_picture_that_is_not_ours_to_show_is_not_shown(look: Look, picture: Image) -> None:
    telling = samples.licensed()
    telling = replace(telling, revision=replace(telling.revision, image=picture))
    for file in (story_page(look, telling), landing_page(look, [telling], [], look.config.topics)):
        assert not parse(file).xpath("//img | //meta[@property='og:image']")


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_nothing_but_words(look: Look, root: Path, title: str) -> None:
    own = samples.own(root)
    hostile = replace(
        own, revision=replace(own.revision, title=title, teaser=title, summary=(title,), authors=(title,))
    )
    for path, file in site(look, root, replace(hostile, story=replace(own.story, slug="boese"))).items():
        page = parse(file)
        assert not page.xpath("//*[@onmouseover]"), path
        assert len(page.xpath("//script")) == (path.startswith("stories/") and b"NewsArticle" in file.data), path
        if path == "stories/boese/index.html":
            assert page.xpath("string(//h1)") == title
            assert json.loads(page.xpath("string(//script)"))["headline"] == title


@given(title=st.text(max_size=200))
def test_any_title_reads_back_as_it_was_written(look: Look, title: str) -> None:
    title = text.title(title) or "-"
    telling = samples.foreign()
    telling = replace(telling, revision=replace(telling.revision, title=title, teaser=title))
    page = parse(story_page(look, telling))
    assert " ".join(page.xpath("string(//h1)").split()) == title
    assert " ".join(page.xpath("string(//p[@class='teaser'])").split()) == title


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example", " "]
)
def test_an_address_that_is_no_web_address_is_no_link(look: Look, url: str) -> None:
    telling = samples.foreign()
    coverage = tuple(replace(one, url=url) for one in telling.revision.coverage)
    telling = Telling(replace(telling.story, url=url), replace(telling.revision, coverage=coverage))
    edition = samples.edition(telling)
    files = [
        story_page(look, telling),
        landing_page(look, [telling], [], look.config.topics),
        edition_page(look, edition, {telling.story.id: telling}),
    ]
    for file in files:
        assert all(urlsplit(href).scheme in ("", "https", "mailto", "data") for href in hrefs(parse(file)))
        assert url.strip() == "" or url not in set(hrefs(parse(file)))


def test_the_front_page_offers_all_three_formats_to_readers_and_programs(look: Look, root: Path) -> None:
    page = parse(landing_page(look, [samples.own(root)], [], look.config.topics))
    found = page.xpath("//link[@rel='alternate']")
    assert [(link.get("type"), link.get("href")) for link in found] == [
        ("application/rss+xml", "rss.xml"),
        ("application/atom+xml", "atom.xml"),
        ("application/feed+json", "feed.json"),
    ]
    assert [code.text for code in page.iter("code")] == [
        look.url(name) for name in ("rss.xml", "atom.xml", "feed.json")
    ]
    assert page.xpath("//a[@href='topics/recht/atom.xml']")


def test_a_publication_without_stories_still_has_a_front_page(look: Look) -> None:
    assert "Noch gibt es keine Meldungen." in words(parse(landing_page(look, [], [], look.config.topics)))
    assert "Noch ist keine Ausgabe erschienen." in words(parse(editions_page(look, [])))


def test_an_edition_without_one_of_its_stories_shows_the_others(look: Look, root: Path) -> None:
    own, foreign = samples.own(root), samples.foreign()
    file = edition_page(look, samples.edition(own, foreign), {foreign.story.id: foreign})
    assert file.stories == (foreign.story.id,)
    assert len(parse(file).xpath("//article")) == 1


def test_dates_are_days_of_the_publications_time_zone_and_never_relative(look: Look) -> None:
    telling = samples.foreign()
    late = telling.story.released.replace(hour=23, minute=30) if telling.story.released else None
    telling = replace(
        telling, story=replace(telling.story, released=late, updated=late + timedelta(days=3) if late else None)
    )
    shown = words(parse(story_page(look, telling)))
    assert "23. November 2025" in shown
    assert "Aktualisiert am 26. November 2025" in shown


def test_an_english_publication_speaks_english(look: Look, root: Path) -> None:
    publication = look.config.publication.model_copy(update={"language": "en"})
    english = open_look(look.config.model_copy(update={"publication": publication}), root / "templates")
    page = parse(landing_page(english, [samples.own(root), samples.foreign()], [], look.config.topics))
    assert page.get("lang") == "en"
    assert "How to subscribe" in words(page)
    assert "November 22, 2025" in words(page) or "22 November 2025" in words(page)
    assert "in German" in words(page)
    assert "abonnier" not in words(page).lower()


def test_both_languages_have_the_same_words_to_say(root: Path) -> None:
    german, english = (
        tomllib.loads((root / "templates" / "strings" / f"{language}.toml").read_text(encoding="utf-8"))
        for language in ("de", "en")
    )
    assert german.keys() == english.keys()
    for key, value in german.items():
        assert value.count("{") == english[key].count("{"), key


def test_the_same_state_gives_the_same_pages(look: Look, root: Path) -> None:
    again = open_look(look.config, root / "templates")
    assert site(look, root) == site(again, root)


def test_the_style_of_a_page_stays_small(root: Path) -> None:
    assert (root / "templates" / "style.css").stat().st_size <= 10_000


def test_no_page_is_wider_than_a_small_phone_by_day_or_night(look: Look, root: Path, tmp_path: Path) -> None:
    chromium = program("chromium", "chromium-browser", "google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    own = samples.own(root)
    table = "<table><tr>" + "<td>Bundesverfassungsgericht</td>" * 12 + "</tr></table><pre>" + "x" * 400 + "</pre>"
    wide = replace(
        own,
        story=replace(own.story, slug="breit"),
        revision=replace(own.revision, title="Donaudampfschiff" * 18, sections=(Section("news", "W" * 90, table),)),
    )
    for path, file in site(look, root, wide).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(file.data)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 320, "height": 640}).new_page()
        for path in site(look, root, wide):
            page.goto((tmp_path / path).as_uri())
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                assert page.evaluate("document.documentElement.scrollWidth") == 320, (path, scheme)
                dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
                red = int(page.evaluate("getComputedStyle(document.body).backgroundColor").split("(")[1].split(",")[0])
                assert (red < 60) is dark is (scheme == "dark"), (path, scheme)
        browser.close()
