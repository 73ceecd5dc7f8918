"""How much of a source's words and pictures leaves the house, counted in every file that is written."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import unquote_plus

import pytest

from tests.newsroom import NOW, Newsroom

BEATS = True

STORIES = 6
WORD = re.compile(r"[Ww]ort\d\d\d\d")


def words(story: int) -> list[str]:
    """The words of a story, each said nowhere else, in sentences of ten."""
    return [f"{'Wort' if n % 10 == 0 else 'wort'}{story}{n:03}{'.' if n % 10 == 9 else ''}" for n in range(400)]


def feed() -> str:
    """Long texts with pictures, the words in summary and content, each with a headline of its own."""
    items = ""
    for story in range(STORIES):
        said = words(story)
        body = f"<p>{' '.join(said)}</p><img src='https://bilder.example/{story}.jpg' alt='Motiv{story}'>"
        items += (
            f"<item><title>Kopf{story} der Meldung</title><link>https://quelle.example/{story}</link>"
            f"<description>{escape(' '.join(said[:200]))}</description>"
            f"<content:encoded>{escape(body)}</content:encoded><dc:creator>Eva Muster</dc:creator>"
            f'<enclosure url="https://bilder.example/{story}.png" type="image/png" length="9"/>'
            f'<media:content url="https://bilder.example/{story}-gross.jpg" medium="image" width="9" height="9">'
            "<media:credit>Foto: Eva</media:credit></media:content></item>"
        )
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Quelle</title>'
        f"{items}</channel></rss>"
    )


def is_packed(name: str) -> bool:
    """Whether a file holds the bytes of the one beside it once more, which tests/delivery hold."""
    return name.endswith((".br", ".gz"))


def published(newsroom: Newsroom, **terms: object) -> dict[str, str]:
    """Every file that is written of one source, its quotings undone."""
    newsroom.extra = "[curation]\nbaseline_release = 10\n"
    newsroom.digest = "size = 3\n"
    newsroom.feed("quelle", feed(), homepage="https://quelle.example/", **terms)
    newsroom.run(now=NOW)
    files = {name: data.decode(errors="replace") for name, (data, _) in newsroom.files().items() if not is_packed(name)}
    assert {"digest.html", "digest.txt", "digest.eml"} <= {name.rpartition("/")[2] for name in files}
    assert sum("stories/" in name for name in files) == STORIES
    return {name: unescape(unquote_plus(data.replace("=\r\n", ""))) for name, data in files.items()}


def shown(files: dict[str, str], story: int) -> set[str]:
    """The words of a story that stand in any file."""
    return {word for data in files.values() for word in WORD.findall(data) if word[4] == str(story)}


@pytest.mark.parametrize("limit", [40, 160, 300, 600])
def test_all_files_together_show_no_more_of_a_sources_words_than_its_limit(newsroom: Newsroom, limit: int) -> None:
    files = published(newsroom, excerpt_limit=limit)
    for story in range(STORIES):
        found = shown(files, story)
        assert sum(len(word) + 1 for word in found) <= limit + 1
        assert sum(len(word) + 1 for word in found) > limit / 2 - 90, "what is allowed is told"


def test_without_a_limit_of_its_own_a_source_is_quoted_as_shortly_as_the_manual_says(newsroom: Newsroom) -> None:
    files = published(newsroom)
    assert all(0 < sum(len(word) + 1 for word in shown(files, story)) <= 161 for story in range(STORIES))


def test_of_a_source_that_grants_a_link_only_the_headline_is_all_that_stands_anywhere(newsroom: Newsroom) -> None:
    files = published(newsroom, rights="link-only")
    assert all(not shown(files, story) for story in range(STORIES))
    for name in ("rss.xml", "atom.xml", "feed.json", "index.html"):
        assert "Kopf0 der Meldung" in files[name], name
        assert "https://quelle.example/0" in files[name], name


@pytest.mark.parametrize("rights", ["teaser", "link-only", "licensed"])
def test_no_picture_of_others_leaves_the_house_not_even_its_address(newsroom: Newsroom, rights: str) -> None:
    terms = {"licence": "CC BY 4.0"} if rights == "licensed" else {}
    for name, data in published(newsroom, rights=rights, **terms).items():
        assert "bilder.example" not in data, name
        assert "Motiv" not in data, name


def test_licensed_words_stand_in_full_with_author_source_and_licence(newsroom: Newsroom) -> None:
    files = published(newsroom, rights="licensed", licence="CC BY 4.0")
    told = [data for name, data in files.items() if name.startswith("stories/")]
    told += [data for name, data in files.items() if name in ("rss.xml", "atom.xml", "feed.json")]
    told += [data for name, data in files.items() if name.endswith(("digest.html", "digest.txt"))]
    assert len(shown(files, 0)) == 400
    for data in told:
        assert "Eva Muster" in data
        assert "Quelle" in data
        assert "CC BY 4.0" in data
    assert all("https://creativecommons.org/licenses/by/4.0/" in data for data in told if "<" in data)


def published_with_pages(newsroom: Newsroom, **terms: object) -> dict[str, str]:
    """Every file that is written of a source whose feed is short, and whose pages are read in full."""
    items = ""
    for story in range(STORIES):
        said = words(story)
        paragraphs = "".join(f"<p>{' '.join(said[start : start + 40])}</p>" for start in range(0, 400, 40))
        page = f"<html lang='de'><body><article><h1>Kopf{story} der Meldung</h1>{paragraphs}</article></body></html>"
        address = newsroom.web.put(f"/seite/{story}", page, content_type="text/html; charset=utf-8")
        items += f"<item><title>Kopf{story} der Meldung</title><link>{address}</link></item>"
    newsroom.extra = "[curation]\nbaseline_release = 10\n"
    newsroom.feed("quelle", f"<rss version='2.0'><channel><title>Quelle</title>{items}</channel></rss>", **terms)
    newsroom.run(now=NOW)
    assert [asked.path for asked in newsroom.web.asked if asked.path.startswith("/seite/")], "the pages were read"
    files = {name: data.decode(errors="replace") for name, (data, _) in newsroom.files().items() if not is_packed(name)}
    assert sum("stories/" in name for name in files) == STORIES
    return {name: unescape(unquote_plus(data.replace("=\r\n", ""))) for name, data in files.items()}


@pytest.mark.parametrize("rights", ["teaser", "link-only"])
def test_the_full_text_of_a_page_never_leaves_the_house_without_a_licence(newsroom: Newsroom, rights: str) -> None:
    files = published_with_pages(newsroom, rights=rights, fulltext=True)
    assert all(not shown(files, story) for story in range(STORIES))


def test_the_full_text_of_a_licensed_page_stands_in_full(newsroom: Newsroom) -> None:
    files = published_with_pages(newsroom, rights="licensed", licence="CC BY 4.0", fulltext=True)
    assert all(len(shown(files, story)) == 400 for story in range(STORIES))


@pytest.mark.parametrize("rights", ["teaser", "link-only"])
def test_a_licence_that_ended_has_ended_for_what_was_published_too(newsroom: Newsroom, rights: str) -> None:
    assert len(shown(published(newsroom, rights="licensed", licence="CC BY 4.0"), 0)) > 300
    files = published(newsroom, rights=rights, excerpt_limit=100)
    for story in range(STORIES):
        assert sum(map(len, shown(files, story))) <= (100 if rights == "teaser" else 0)
    assert all("CC BY 4.0" not in data for data in files.values())


def test_a_licence_got_later_lets_out_no_more_of_what_was_told_without(newsroom: Newsroom) -> None:
    before = shown(published(newsroom, rights="teaser"), 0)
    assert shown(published(newsroom, rights="licensed", licence="CC BY 4.0"), 0) == before
