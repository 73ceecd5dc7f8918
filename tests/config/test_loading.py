from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from feeder.config import Config, load_config
from feeder.config.environment import variables
from feeder.config.values import zones
from feeder.errors import ConfigError
from tests.config.documents import BLOCKS, DIGEST, PUBLICATION, SOURCES, TOPICS, WHOLE, line_of, load, problems


def changed(old: str, new: str) -> str:
    """WHOLE with its one `old` replaced."""
    assert WHOLE.count(old) == 1, old
    return WHOLE.replace(old, new)


def test_a_complete_file_is_loaded_with_its_defaults(tmp_path: Path):
    config = load(tmp_path)
    assert config.base == tmp_path
    assert config.schedule.gather == timedelta(minutes=5)
    assert config.sources[1].rank == 50
    assert config.publication.zone.key == "Europe/Berlin"


def test_the_names_of_all_time_zones_are_not_looked_up_for_that_of_nearly_everyone(tmp_path: Path):
    zones.cache_clear()
    load(tmp_path)
    assert not zones.cache_info().misses


def test_every_problem_is_named_at_once_in_the_order_of_the_file(tmp_path: Path):
    text = changed('title = "KI-News"\n', 'titel = "KI-News"\n').replace(
        'kind = "feed"', 'kind = "fed"\nrigths = "own"\nrank = "5"\ntopics = ["modele"]'
    )
    assert problems(tmp_path, text) == [
        "config.toml:2: publication.title: is missing: The name of the publication, as readers see it.",
        'config.toml:3: publication.titel: unknown key; did you mean "title"?',
        (
            'config.toml:44: sources[1].kind (hugging-face): must be "folder", "feed", "page" or "sitemap";'
            ' did you mean "feed"?'
        ),
        'config.toml:45: sources[1].rigths (hugging-face): unknown key; did you mean "rights"?',
        "config.toml:46: sources[1].rank (hugging-face): must be a whole number, without quotes",
        'config.toml:47: sources[1].topics[0] (hugging-face): no topic has this id; did you mean "modelle"?',
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('rights = "own"', 'rights = "licensed"', "sources[0].licence (redaktion): must name the licence"),
        (
            'rights = "own"',
            'rights = "licenced"',
            'sources[0].rights (redaktion): must be "own", "licensed", "teaser" or',
        ),
        ('rights = "own"', "rank = 0", "sources[0].rank (redaktion): must be at least 1"),
        ('rights = "own"', "rank = 101", "sources[0].rank (redaktion): must be at most 100"),
        ('rights = "own"', "rank = true", "sources[0].rank (redaktion): must be a whole number"),
        ('rights = "own"', 'public = "yes"', "sources[0].public (redaktion): must be true or false"),
        ('rights = "own"', 'topics = "modelle"', "sources[0].topics (redaktion): must be a list in [ ]"),
        ('rights = "own"', 'language = "deutsch"', "must be a language in two lower-case letters"),
        ('rights = "own"', "max_age = 14", 'must be a number and a unit, such as "30m"'),
        ('rights = "own"', 'max_age = "12h"', 'must be whole days, such as "14d"'),
        ('rights = "own"', 'max_age = "0d"', "must be longer than nothing"),
        ('rights = "own"', 'rules = [{ action = "kep" }]', 'sources[0].rules[0].action (redaktion): must be "keep"'),
        ('rights = "own"', 'rules = [{ action = "keep", pattern = "(" }]', "not a regular expression: missing )"),
        ('location = "articles"', 'location = "artikel"', "sources[0].location (redaktion): cannot read the folder"),
        ('location = "articles"', 'location = "config.toml"', "config.toml: Not a directory; make it, or name another"),
        ('location = "https://huggingface.example/feed.xml"', 'location = "huggingface.example"', "must be an address"),
        ('id = "hugging-face"', 'id = "redaktion"', "sources[1].id: the same id as sources[0]"),
        ('id = "hugging-face"', 'id = "Hugging Face"', "sources[1].id: must be lower-case letters, digits and single"),
        ('id = "hugging-face"', "id = 5", "sources[1].id: must be text in quotes"),
        ('title = "KI-News"', "title = ''", "publication.title: must not be empty"),
        ('title = "KI-News"', 'title = "KI\\nNews"', "publication.title: must be one line"),
        (
            'title = "KI-News"',
            'title = "KI-News"\nmax_items = 5',
            "publication.max_items: unknown key; there is one in [output]",
        ),
        ('title = "KI-News"', 'title = "KI-News"\nxyz = 5', "publication.xyz: unknown key; there are title, url"),
        ('title = "KI-News"', 'title = "KI-News"\ntimezone = "Europe/Berln"', 'did you mean "Europe/Berlin"?'),
        (
            'title = "KI-News"',
            'title = "KI-News"\nemail = "redaktion"',
            "publication.email: must hold one mail address",
        ),
        ('tag_authority = "ki-news.example,2025"', 'tag_authority = "ki-news"', "must be a domain, a comma and a year"),
        (
            'unsubscribe = "mailto:ab@ki-news.example"',
            'unsubscribe = "ab@x.example"',
            'must be "mailto:" and a mail address',
        ),
        (
            "[digest]",
            '[digest]\nsubject = "{titel}"',
            "there is no placeholder {titel}; there are {title}, {number}, {date}; did",
        ),
        ("[digest]", '[digest]\nsubject = "{title"', "digest.subject: a brace stands alone"),
        ("[digest]", '[digest]\nsubject = "{number:03}"', "digest.subject: placeholders take no format"),
        ("[output]", "[outptu]\n[output]", 'outptu: unknown section; did you mean "output"?'),
        ("[output]", "[base]\n[output]", "base: unknown section"),
        (
            "[output]",
            '[store]\nurl = "mysql://x"\n[output]',
            "store.url: must start with sqlite:/// or postgresql://",
        ),
        ("[output]", '[schedule]\neditions = ["mon 02:30"]\n[output]', "02:30 is missing or comes twice once a year"),
        ("[output]", '[schedule]\nnight = "02:30"\n[output]', "schedule.night: in Europe/Berlin, 02:30 is missing"),
        ("[output]", '[schedule]\nnight = "mon 03:30"\n[output]', "the time must be HH:MM"),
        (
            "[output]",
            '[schedule]\neditions = ["0-4 07:00"]\n[output]',
            "schedule.editions[0]: weekdays are names, not digits",
        ),
        (
            "[output]",
            '[schedule]\neditions = ["mon 07:00", "sun-tue 07:00"]\n[output]',
            "shares a minute with editions[0]",
        ),
        (
            'links = [{ label = "PayPal", url = "https://ki-news.example/paypal" }]',
            "links = []",
            "must hold at least 1, not 0",
        ),
    ],
)
def test_a_mistake_is_named_in_words(tmp_path: Path, old: str, new: str, problem: str):
    found = problems(tmp_path, changed(old, new))
    assert any(problem in one for one in found), found
    assert all(one.startswith("config.toml:") for one in found)


SETTINGS = dict(variables(Config, tomllib.loads(WHOLE)))
WRONG = [7, -1, 1.5, True, date(2026, 11, 22), [], [[1]], {}, {"x": 1}, "", 10**30]


@settings(max_examples=300)
@given(st.sampled_from(sorted(SETTINGS)), st.sampled_from(WRONG))
def test_whatever_is_wrong_is_told_in_our_own_words(tmp_path_factory: pytest.TempPathFactory, name: str, value: object):
    document: Any = tomlkit.parse(WHOLE)
    place, path = document, SETTINGS[name].path
    for part in path[:-1]:
        place = place.setdefault(part, {}) if isinstance(part, str) else place[part]
    place[path[-1]] = value
    try:
        load(tmp_path_factory.getbasetemp(), tomlkit.dumps(document))
        told = ""
    except ConfigError as error:
        told = str(error)
    assert not re.search("Input should|pydantic|type=", told)


def test_two_sources_that_read_the_same_address_are_named(tmp_path: Path):
    again = SOURCES.split("[[sources]]")[2].replace("hugging-face", "huggingface")
    assert (
        "sources[2].location (huggingface): the same location as sources[1]"
        in problems(tmp_path, f"{WHOLE}[[sources]]{again}")[0]
    )


def test_an_hour_that_no_clock_change_touches_is_allowed(tmp_path: Path):
    text = WHOLE + '[schedule]\neditions = ["mon 02:30"]\n'
    utc = text.replace('title = "KI-News"\n', 'title = "KI-News"\ntimezone = "UTC"\n', 1)
    assert load(tmp_path, utc).schedule.slots[0].time == "02:30"


@pytest.mark.parametrize(
    ("text", "section"),
    [
        (BLOCKS + DIGEST + TOPICS + SOURCES, "publication"),
        (PUBLICATION + BLOCKS + TOPICS + SOURCES, "digest"),
        (PUBLICATION + BLOCKS + DIGEST + TOPICS, "sources"),
    ],
)
def test_a_missing_section_is_named(tmp_path: Path, text: str, section: str):
    assert problems(tmp_path, text)[0].startswith(f"config.toml: {section}: is missing")


def test_interests_that_name_nothing_or_what_nobody_has_are_named(tmp_path: Path):
    text = (
        WHOLE
        + """[[curation.interests]]
weight = 10
topics = ["model"]
sources = ["redaktio"]
[[curation.interests]]
weight = 120
[[curation.interests]]
weight = 20
"""
    )
    first, second, third, fourth = problems(tmp_path, text)
    assert 'interests[0].topics[0]: no topic has this id; did you mean "modelle"?' in first
    assert 'interests[0].sources[0]: no source has this id; did you mean "redaktion"?' in second
    assert "interests[1].weight" in third
    assert "must name words, names, topics or sources" in fourth


def test_a_missing_key_of_a_source_points_to_that_source(tmp_path: Path):
    text = WHOLE.replace('title = "Hugging Face"\n', "")
    line = line_of(text, 'id = "hugging-face"') - 1
    assert problems(tmp_path, text) == [
        f"config.toml:{line}: sources[1].title (hugging-face): is missing: The name under which readers see it."
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[publication]\ntitle = KI", "config.toml:2: not valid TOML: "),
        (b"[publication]\ntitle = 'KI", "config.toml:2: not valid TOML: "),
        (b"[a]\n[a]", "config.toml:2: not valid TOML: "),
        (b"[publication]\n\ntitle = 'K\xfc'", "config.toml:3: must be saved as UTF-8"),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(tmp_path: Path, content: bytes, problem: str):
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(file, {})
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"{tmp_path}/{problem}")


def test_a_missing_file_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(ConfigError, match="there is no such file; `feeder init` writes one"):
        load_config(tmp_path / "config.toml", {})


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"cannot be read: Is a directory"):
        load_config(tmp_path, {})


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path):
    (tmp_path / "articles").mkdir()
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").replace('"own"', '"onw"').encode())
    with pytest.raises(ConfigError) as caught:
        load_config(file, {})
    assert f"config.toml:{line_of(WHOLE, 'rights')}: sources[0].rights" in caught.value.problems[0]


def test_a_relative_path_and_a_link_keep_the_folder_in_which_they_were_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    load(tmp_path)
    elsewhere = tmp_path / "house"
    (elsewhere / "articles").mkdir(parents=True)
    (elsewhere / "config.toml").symlink_to(tmp_path / "config.toml")
    monkeypatch.chdir(elsewhere)
    assert load_config(Path("config.toml"), {}).base == elsewhere
