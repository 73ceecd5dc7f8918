"""The mail: what stands in it, how much, and that its two parts say the same."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import RenderError
from feeder.model import Digest, EditionSection, Origin, Provenance, Section, Telling
from feeder.rendering.digest import HTML_LIMIT, render_digest
from feeder.rendering.look import Look, open_look
from feeder.rendering.prose import plain_lines
from feeder.rendering.sharing import share_links
from tests.rendering import samples

GMAIL_CLIPS = 102 * 1024


def digest_of(
    look: Look, *tellings: Telling, subject: str | None = None, sections: tuple[EditionSection, ...] = ()
) -> Digest:
    edition = samples.edition(*tellings)
    edition = replace(
        edition,
        subject=edition.subject if subject is None else subject,
        sections=sections or edition.sections,
    )
    return render_digest(look, edition, {telling.story.id: telling for telling in tellings})


def parse(html: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(html)


def changed(look: Look, section: str, **values: object) -> Look:
    """The same look under a configuration that differs in one section."""
    settings = getattr(look.config, section).model_copy(update=values)
    return replace(look, config=look.config.model_copy(update={section: settings}))


def words(html: str) -> str:
    return " ".join(parse(html).text_content().split())


def squeezed(text: str) -> str:
    """Text without its line breaks and indents."""
    return " ".join(text.split())


def many(count: int, *, own: Telling | None = None) -> list[Telling]:
    """Long stories, all different; from `own`, if given, full texts."""
    tellings = []
    for number in range(count):
        slug = f"viele-{number}"
        told = own or samples.foreign(slug)
        revision = replace(
            told.revision,
            story_id=f"tag:x:{slug}",
            title=f"Meldung {number:03}: " + "ein recht langer Titel " * 4,
            teaser="Ein Satz, der neugierig macht und lang ist. " * 4,
            summary=("Ein Punkt der Kurzfassung, wie er eben so ist.",) * 5,
            provenance=Provenance(Origin.AI_ASSISTED),
        )
        story = replace(told.story, id=f"tag:x:{slug}", slug=slug, url=None if own else f"https://verge.example/{slug}")
        tellings.append(Telling(story, revision))
    return tellings


def test_the_seed_article_stands_in_full_in_both_parts(look: Look, root: Path) -> None:
    digest = digest_of(look, samples.own(root))
    article = (root / "articles" / "microsoft-verliert-kontrolle-ueber-openai.txt").read_text(encoding="utf-8")
    article = article.replace("gpt-image-1", "KI-generiert (gpt-image-1)")
    html, plain = words(digest.html), squeezed(digest.text)
    for line in (line.removeprefix("- ").strip() for line in article.splitlines() if line):
        assert line.lower() in html.lower()
        assert line.lower() in plain.lower()
    assert "Bild: KI-generiert (gpt-image-1) | All-AI.de" in html
    assert "Bild: KI-generiert (gpt-image-1) | All-AI.de" in plain
    assert plain.count("• ") == 4
    for link in (*look.config.support.links, *look.config.follow.links):
        assert link.url in digest.html
        assert link.url in digest.text


def test_the_text_names_every_way_to_share_the_edition_as_the_html_does(look: Look, root: Path) -> None:
    digest = digest_of(look, samples.own(root))
    for link in share_links(look, digest.subject, look.url("editions/2025-11-23-0700/")):
        assert link.url in digest.text


def test_the_footer_says_why_and_how_to_leave_and_who_is_responsible(look: Look, root: Path) -> None:
    digest = digest_of(look, samples.own(root))
    for part in (digest.html, digest.text):
        for expected in (
            look.config.digest.why,
            "mailto:abmelden@ki-news.example",
            "https://ki-news.example/impressum",
            "https://ki-news.example/datenschutz",
            "https://ki-news.example/feeds/editions/2025-11-23-0700/",
            "Beispielstraße 1",
        ):
            assert expected in part
    assert "Ausgabe 1 · Sonntag, 23. November 2025" in words(digest.html)


def sized(look: Look, size: int) -> Look:
    digest = look.config.digest.model_copy(update={"size": size})
    return replace(look, config=look.config.model_copy(update={"digest": digest}))


@pytest.mark.parametrize(
    ("count", "is_full"),
    [(5, True), (20, True), (100, True), (300, False), pytest.param(1000, False, marks=pytest.mark.proofs)],
)
def test_no_mail_is_clipped_and_no_story_is_forgotten(look: Look, root: Path, count: int, is_full: bool) -> None:
    tellings = [samples.own(root), *many(count)]
    digest = digest_of(sized(look, 1001), *tellings)
    assert len(digest.html.replace("\n", "\r\n").encode()) <= HTML_LIMIT < GMAIL_CLIPS
    named = [telling for telling in tellings if telling.revision.title.strip() in words(digest.html)]
    assert named == tellings[: len(named)], "the last stories give up their place first"
    left_out = re.search(r"(\d+) weitere Meldungen im Web|(Eine) weitere Meldung", words(digest.html))
    assert len(named) + (int(left_out[1] or 1) if left_out else 0) == len(tellings)
    assert ("Die KI-Welt schaut genau hin." in words(digest.html)) is is_full
    assert "Newsletter abbestellen" in digest.html
    for telling in named:
        assert telling.revision.title.strip() in squeezed(digest.text)


def test_beyond_the_configured_size_as_many_again_are_linked_and_the_others_counted(look: Look, root: Path) -> None:
    digest = digest_of(sized(look, 3), samples.own(root), *many(9))
    shown = words(digest.html).replace(digest.preheader, "")
    assert shown.count("Ein Punkt der Kurzfassung") == 2 * 5
    assert "Außerdem" in shown
    assert "4 weitere Meldungen im Web" in shown


def test_a_small_mail_gives_every_story_its_room(look: Look, root: Path) -> None:
    digest = digest_of(sized(look, 21), samples.own(root), *many(20))
    assert "Außerdem" not in words(digest.html).replace(digest.preheader, "")
    assert words(digest.html).count("Ein Punkt der Kurzfassung") == 100


def test_full_texts_become_teasers_before_stories_become_links(look: Look, root: Path) -> None:
    digest = digest_of(look, *many(12, own=samples.own(root)))
    shown = words(digest.html)
    full = shown.count("Die KI-Welt schaut genau hin.")
    assert 1 <= full < 12
    assert shown.count("Ein Punkt der Kurzfassung") == 60
    assert squeezed(digest.text).count("Die KI-Welt schaut genau hin.") == full


def test_an_article_too_long_for_any_mail_is_told_by_its_teaser(look: Look, root: Path) -> None:
    own = samples.own(root)
    long = replace(own.revision, sections=(Section("news", None, "<p>Wort</p>" * 20_000),))
    digest = digest_of(look, replace(own, revision=long))
    assert len(digest.html.encode()) < HTML_LIMIT
    assert own.revision.teaser in words(digest.html)
    assert "Auf unserer Seite lesen" in words(digest.html)


def test_calls_to_action_that_fill_a_mail_are_refused(look: Look, root: Path) -> None:
    with pytest.raises(RenderError, match=r"shorten the texts of \[mission\]"):
        digest_of(changed(look, "mission", text="viel " * 20_000), samples.own(root))


@pytest.mark.parametrize(
    ("template", "title", "subject"),
    [
        ("{title}", "Kurz", "Kurz"),
        ("Nr. {number} vom {date}: {title}", "Kurz", "Nr. 1 vom 23.11.2025: Kurz"),
        ("{title}", "Bundesregierung einigt sich nach langem Streit auf ein Gesetz über KI", None),
        ("{title}", "W" * 200, None),
        ("{number} {title}", "{date} und {number}", "1 {date} und {number}"),
        ("{title}", "Zeile\r\nBcc: x@y.example", "Zeile Bcc: x@y.example"),
    ],
)
def test_the_subject_is_filled_and_short(
    look: Look, root: Path, template: str, title: str, subject: str | None
) -> None:
    told = digest_of(changed(look, "digest", subject=template), samples.own(root), subject=title).subject
    assert len(told) <= 60
    assert told == subject if subject else told.endswith("…")
    assert not told.endswith(" …")


def test_an_edition_without_a_subject_takes_the_first_headline(look: Look, root: Path) -> None:
    assert digest_of(look, samples.foreign(), samples.own(root), subject="").subject.startswith("OpenAI is “totally”")


def test_a_story_told_in_english_is_marked_and_labelled(look: Look) -> None:
    digest = digest_of(look, samples.foreign())
    [headline] = parse(digest.html).iter("h3")
    assert headline.get("lang") == "en"
    assert "auf Englisch" in words(digest.html)
    assert "auf Englisch" in digest.text


def test_a_withdrawn_story_has_lost_its_words(look: Look, root: Path) -> None:
    digest = digest_of(look, samples.withdrawn(root))
    for part in (words(digest.html), squeezed(digest.text)):
        assert "Zurückgezogen: Microsoft verliert Kontrolle über OpenAI?" in part
        assert "Die Angaben ließen sich nicht bestätigen." in part
        assert "Börsennotierung" not in part


def test_stories_stand_under_their_topics(look: Look, root: Path) -> None:
    own, foreign, open_one = samples.own(root), samples.foreign(), samples.licensed()
    sections = (
        EditionSection(None, ((own.story.id, 1),)),
        EditionSection("recht", ((foreign.story.id, 1),)),
        EditionSection("abgeschafft", ((open_one.story.id, 1),)),
        EditionSection("unternehmen", (("tag:geloescht", 1),)),
    )
    page = parse(digest_of(look, own, foreign, open_one, sections=sections).html)
    assert [heading.text for heading in page.iter("h2")][1:4] == [
        "Aufmacher",
        "Recht & Gesellschaft",
        "Weitere Meldungen",
    ]
    assert "Unternehmen" not in [heading.text for heading in page.iter("h2")]


def test_the_mail_asks_for_nothing_but_our_own_pictures(look: Look, root: Path) -> None:
    digest = digest_of(look, samples.own(root), samples.foreign(), samples.licensed())
    page = parse(digest.html)
    images = list(page.iter("img"))
    assert images
    for image in images:
        assert image.get("src").startswith("https://ki-news.example/feeds/media/")
        assert image.get("alt")
        assert (image.get("width"), image.get("height")) == ("552", "310")
    assert not page.xpath("//script | //link | //iframe | //form")
    for href in page.xpath("//a/@href"):
        assert urlsplit(href).scheme in ("https", "mailto") or href.startswith("#")


def test_the_mail_needs_its_style_only_for_dark_colours(look: Look, root: Path) -> None:
    [style] = parse(digest_of(look, samples.own(root)).html).iter("style")
    assert re.fullmatch(r"\s*@media \(prefers-color-scheme: dark\) ?\{.*\}\s*", style.text, re.DOTALL)
    page = parse(digest_of(look, samples.own(root)).html)
    for paragraph in page.xpath("//p | //h1 | //h2 | //h3 | //h4 | //h5 | //li"):
        assert "font-size" in paragraph.get("style", ""), lxml.html.tostring(paragraph)


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "a\tb"]
)
def test_a_hostile_title_is_nothing_but_words_in_the_mail(look: Look, root: Path, title: str) -> None:
    own = samples.own(root)
    digest = digest_of(look, replace(own, revision=replace(own.revision, title=title)), subject=title)
    page = parse(digest.html)
    assert not page.xpath("//script | //img | //*[@onerror]")
    assert page.xpath("string(//h3)") == title
    assert squeezed(title) in digest.text


def test_lines_of_the_text_part_are_short_and_clean(look: Look, root: Path) -> None:
    own = samples.own(root)
    own = replace(own, revision=replace(own.revision, sections=(Section("news", None, "<pre>a  \n  b </pre>"),)))
    tellings = [own, samples.foreign(), samples.licensed(), *many(30)]
    long = replace(tellings[1].revision, title="Donaudampfschifffahrt" * 10, teaser="Wort" * 45)
    digest = digest_of(look, replace(tellings[1], revision=long), *tellings)
    for line in digest.text.split("\n"):
        assert len(line) <= 72 or "://" in line or "mailto:" in line, line
        assert line == line.rstrip()
    assert "\n\n\n\n" not in digest.text
    assert not re.search(r"[*_#]{2}|</|&[a-z]+;|\]\(", digest.text), "no markup"


def test_links_of_the_text_part_stand_on_lines_of_their_own(look: Look, root: Path) -> None:
    digest = digest_of(look, samples.own(root), samples.foreign(), samples.licensed())
    for line in digest.text.splitlines():
        if "://" in line:
            assert re.fullmatch(r"(  [\w-]+: |  )?\S+://\S+", line) or "mailto:" in line, line


BLOCKS = st.recursive(
    st.text("abc ÄÖß<&\u200b\u2028", max_size=90).map(lambda words: words.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from("p b ul ol li h3 blockquote table tr td em dl dd a code".split()),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@given(BLOCKS)
def test_text_made_of_any_markup_keeps_its_words_and_its_width(html: str) -> None:
    plain = plain_lines(html)
    letters = "".join(lxml.html.fragment_fromstring(html, create_parent="div").text_content().split())
    assert re.sub(r"[\s•|]|\d+\. ", "", plain) == letters.replace("|", "")
    assert all(len(line) <= 72 for line in plain.split("\n"))


def test_lists_quotes_and_links_read_well_as_text() -> None:
    assert plain_lines(
        '<p>Mehr <a href="https://a.example/b">dazu</a> hier.</p>'
        "<ol><li>eins</li><li><p>zwei</p><p>noch zwei</p></li></ol>"
        "<blockquote><p>Zitat</p></blockquote><hr><ul><li>Punkt</li></ul>Rest"
    ) == (
        "Mehr dazu hier.\nhttps://a.example/b\n\n1. eins\n2. zwei\n   noch zwei\n\n  Zitat\n\n* * *\n\n• Punkt\n\nRest"
    )


def test_the_same_edition_gives_the_same_mail(look: Look, root: Path) -> None:
    again = open_look(look.config, root / "templates")
    tellings = (samples.own(root), samples.foreign(), samples.licensed(), *many(40))
    assert digest_of(look, *tellings) == digest_of(again, *tellings)


def test_what_the_mail_only_links_names_its_source_and_language(look: Look, root: Path) -> None:
    room = look.config.model_copy(update={"digest": look.config.digest.model_copy(update={"size": 1})})
    digest = digest_of(replace(look, config=room), samples.own(root), samples.foreign())
    said = " ".join(digest.text.split())
    assert "going public & other myths · The Verge, auf Englisch" in said
    assert "other myths · The Verge, auf Englisch" in words(digest.html)


def test_no_line_of_the_text_begins_with_a_separator(look: Look) -> None:
    told = samples.foreign()
    long = replace(told.revision, coverage=(replace(told.revision.coverage[0], source_title="Eine Quelle mit Namen"),))
    digest = digest_of(look, replace(told, revision=long))
    assert " · " in digest.text
    assert not re.search(r"^\s*·", digest.text, re.MULTILINE)
