"""What the kinds of sources may say in config.toml, and where a person has to look."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from feeder.model import Selectors
from tests.config.documents import WHOLE, line_of, load, problems

FEED = 'kind = "feed"\nlocation = "https://huggingface.example/feed.xml"'
PAGE = 'kind = "page"\nlocation = "https://huggingface.example/news"'
SELECTORS = 'selectors = { item = "article", title = "h2" }\n'


def written(kind: str = PAGE, lines: str = "") -> str:
    assert FEED in WHOLE
    return WHOLE.replace(FEED, kind) + lines


def test_a_page_brings_its_selectors(tmp_path: Path):
    _, page = load(tmp_path, written(lines=SELECTORS + 'addresses = "/news/"\n')).source_nouns
    assert page.selectors == Selectors("article", title="h2")
    assert (page.addresses, page.fulltext) == ("/news/", False)


def test_a_page_without_selectors_is_told_how_they_look(tmp_path: Path):
    text = written()
    line = line_of(text, 'id = "hugging-face"') - 1
    words = 'a page is read by CSS selectors, such as { item = "article", title = "h2" }'
    assert problems(tmp_path, text) == [f"config.toml:{line}: sources[1].selectors (hugging-face): is missing: {words}"]


def test_what_is_no_css_selector_is_named_with_its_line(tmp_path: Path):
    text = written(lines='selectors = { item = "article >", title = "h2:nth(" }\n')
    line = line_of(text, "selectors = ")
    found = problems(tmp_path, text)
    assert [problem.partition(": not a CSS selector")[0] for problem in found] == [
        f"config.toml:{line}: sources[1].selectors.item (hugging-face)",
        f"config.toml:{line}: sources[1].selectors.title (hugging-face)",
    ]


@pytest.mark.parametrize(
    ("kind", "line", "words"),
    [
        (FEED, SELECTORS, 'selectors (hugging-face): does nothing for a feed; it belongs to kind = "page"'),
        (
            FEED,
            'addresses = "/a"\n',
            'addresses (hugging-face): does nothing for a feed; it belongs to kind = "page" or',
        ),
        (
            'kind = "folder"\nlocation = "articles"',
            "fulltext = true\n",
            "fulltext (hugging-face): does nothing for a fol",
        ),
        (
            'kind = "folder"\nlocation = "articles"',
            'headers = ["X: y"]\n',
            "headers (hugging-face): does nothing for a fo",
        ),
        (
            'kind = "folder"\nlocation = "articles"',
            'rhythm = "1h"\n',
            "rhythm (hugging-face): does nothing for a folder",
        ),
    ],
)
def test_a_key_that_does_nothing_for_a_kind_is_refused(tmp_path: Path, kind: str, line: str, words: str):
    found = [problem for problem in problems(tmp_path, written(kind, line)) if "each may stand once" not in problem]
    assert len(found) == 1
    assert f"sources[1].{words}" in found[0]


@pytest.mark.parametrize("kind", ["page", "sitemap"])
def test_the_location_of_a_page_or_sitemap_is_an_address(tmp_path: Path, kind: str):
    lines = SELECTORS if kind == "page" else ""
    (found,) = problems(tmp_path, written(f'kind = "{kind}"\nlocation = "seiten/news"', lines))
    assert f"a {kind}'s location must be an address" in found


def test_fulltext_without_trafilatura_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = written(FEED, "fulltext = true\n")
    assert load(tmp_path, text).source_nouns[1].fulltext
    found = importlib.util.find_spec
    monkeypatch.setattr("feeder.config.checks.find_spec", lambda name: None if name == "trafilatura" else found(name))
    line = line_of(text, "fulltext = ")
    assert problems(tmp_path, text) == [
        f"config.toml:{line}: sources[1].fulltext (hugging-face): needs trafilatura: pip install 'feeder[fulltext]'"
    ]
