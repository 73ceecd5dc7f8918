from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.config import Config
from feeder.config.environment import Setting, overlay, variables
from tests.config.documents import WHOLE, load, problems

SECRET = "postgresql+psycopg://feeder:correct-horse@db/feeder"
PATH = ("store", "url")


@pytest.mark.parametrize(
    ("name", "value", "read", "expected"),
    [
        ("FEEDER_OUTPUT__MAX_ITEMS", "7", lambda c: c.output.max_items, 7),
        ("FEEDER_PUBLICATION__TITLE", "12", lambda c: c.publication.title, "12"),
        ("FEEDER_PUBLICATION__TITLE", '"a"', lambda c: c.publication.title, '"a"'),
        ("FEEDER_PUBLICATION__LANGUAGE", "en", lambda c: c.publication.language, "en"),
        ("FEEDER_CURATION__LANGUAGES", '["de"]', lambda c: c.curation.languages, ("de",)),
        ("FEEDER_CURATION__MAX_AGE", "2d", lambda c: c.curation.max_age.days, 2),
        ("FEEDER_SOURCES__HUGGING_FACE__RANK", "3", lambda c: c.sources[1].rank, 3),
        ("FEEDER_SOURCES__1__RANK", "4", lambda c: c.sources[1].rank, 4),
        ("FEEDER_SOURCES__REDAKTION__PUBLIC", "false", lambda c: c.sources[0].public, False),
        ("FEEDER_TOPICS__MODELLE__WORDS", '["LLM"]', lambda c: c.topics[0].words, ("LLM",)),
        ("FEEDER_FOLLOW__LINKS__0__LABEL", "Du", lambda c: c.follow.links[0].label, "Du"),
        ("FEEDER_STORE__URL", "sqlite:////x.db", lambda c: c.store_url.get_secret_value(), "sqlite:////x.db"),
    ],
)
def test_every_kind_of_setting_can_come_from_the_environment(
    tmp_path: Path, name: str, value: str, read: Callable[[Config], object], expected: object
):
    assert read(load(tmp_path, environ={name: value})) == expected


def test_what_is_no_setting_of_ours_is_left_alone(tmp_path: Path):
    environ = {
        "FEEDER_TEST_STRICT": "1",
        "FEEDER_TEST_ANY": "",
        "FEEDER_CORPUS": "x",
        "FEEDER_CONFIG": "x",
        "HOME": "/",
    }
    load(tmp_path, environ={**environ, "FEEDER_JUDGES": "x", "MY_FEEDER_X": "1"})


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("FEEDER_STORE_URL", SECRET, 'FEEDER_STORE_URL: unknown setting; did you mean "FEEDER_STORE__URL"?'),
        ("FEEDER_STORE__ULR_FILE", "/x", 'FEEDER_STORE__ULR_FILE: unknown setting; did you mean "FEEDER_STORE__URL"?'),
        (
            "FEEDER_SOURCES__2__RANK",
            "1",
            'FEEDER_SOURCES__2__RANK: unknown setting; did you mean "FEEDER_SOURCES__1__RANK"?',
        ),
        ("FEEDER_OUTPUT__MAX_ITEMS", "many", "FEEDER_OUTPUT__MAX_ITEMS: must be a whole number, without quotes"),
        ("FEEDER_OUTPUT__MAX_ITEMS", "1\nx = 2", "FEEDER_OUTPUT__MAX_ITEMS: must be a whole number, without quotes"),
        ("FEEDER_SOURCES__HUGGING_FACE__RIGHTS", "licensed", "must name the licence"),
        (
            "FEEDER_CURATION__RULES",
            '[{ action = "x" }]',
            'FEEDER_CURATION__RULES: curation.rules[0].action: must be "keep"',
        ),
        (
            "FEEDER_SOURCES__HUGGING_FACE__TOPICS",
            '["x"]',
            "FEEDER_SOURCES__HUGGING_FACE__TOPICS: sources[1].topics[0] (hugging",
        ),
        (
            "FEEDER_STORE__URL_FILE",
            "absent",
            "FEEDER_STORE__URL_FILE: cannot read the file that it names: No such file",
        ),
        ("CREDENTIALS_DIRECTORY", "/absent", "$CREDENTIALS_DIRECTORY: cannot list the folder"),
        ("FEEDER_BASE", "/", "FEEDER_BASE: unknown setting"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str, problem: str):
    found = problems(tmp_path, environ={name: value})
    assert len(found) == 1
    assert problem in found[0]


def test_a_secret_can_be_given_as_a_file(tmp_path: Path):
    (tmp_path / "secret").write_text(SECRET + "\n")
    config = load(tmp_path, environ={"FEEDER_STORE__URL_FILE": "secret"})
    assert config.store_url.get_secret_value() == SECRET


def test_only_one_line_break_at_the_end_of_a_secret_is_left_out(tmp_path: Path):
    (tmp_path / "secret").write_text("sqlite:///x.db \r\n", newline="")
    config = load(tmp_path, environ={"FEEDER_STORE__URL_FILE": str(tmp_path / "secret")})
    assert config.store.url.get_secret_value() == "sqlite:///x.db "


def test_a_secret_can_be_a_credential_of_systemd(tmp_path: Path):
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "FEEDER_STORE__URL").write_text(SECRET)
    (folder / "somebody-elses").write_text("x")
    config = load(tmp_path, environ={"CREDENTIALS_DIRECTORY": str(folder)})
    assert config.store_url.get_secret_value() == SECRET
    (folder / "FEEDER_STORE__URI").write_text(SECRET)
    assert problems(tmp_path, environ={"CREDENTIALS_DIRECTORY": str(folder)}) == [
        '$CREDENTIALS_DIRECTORY/FEEDER_STORE__URI: unknown setting; did you mean "FEEDER_STORE__URL"?'
    ]


def test_a_setting_that_is_given_twice_is_refused(tmp_path: Path):
    (tmp_path / "secret").write_text(SECRET)
    environ = {"FEEDER_STORE__URL": SECRET, "FEEDER_STORE__URL_FILE": "secret"}
    assert problems(tmp_path, environ=environ) == [
        "FEEDER_STORE__URL_FILE: FEEDER_STORE__URL gives the same setting; keep one of them"
    ]


def test_a_variable_fills_a_gap_of_the_file(tmp_path: Path):
    text = WHOLE.replace('title = "KI-News"\n', "", 1)
    assert load(tmp_path, text, {"FEEDER_PUBLICATION__TITLE": "Neu"}).publication.title == "Neu"


def test_a_variable_below_something_that_is_no_table_leaves_the_mistake_to_be_named(tmp_path: Path):
    found = problems(tmp_path, "store = 3\n" + WHOLE, {"FEEDER_STORE__URL": SECRET})
    assert found == ["config.toml:1: store: must be a table"]


def test_an_entry_of_a_list_that_another_variable_shortened_is_named(tmp_path: Path):
    environ = {"FEEDER_FOLLOW__LINKS": "[]", "FEEDER_FOLLOW__LINKS__0__LABEL": "Mastodon"}
    found = problems(tmp_path, environ=environ)
    assert "FEEDER_FOLLOW__LINKS__0__LABEL: the list that another variable gives is too short for it" in found


SECRETS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=8, max_size=20)
ALL = dict(variables(Config, tomllib.loads(WHOLE)))
FOLDERS = {"FEEDER_SOURCES__0__LOCATION", "FEEDER_SOURCES__REDAKTION__LOCATION"}  # named in words, and no secret


@given(
    st.sampled_from(sorted(set(ALL) - FOLDERS)),
    SECRETS,
    st.sampled_from(["{}", '["{}"]', "sqlite:///{}", "postgresql+psycopg://u:{}@h/d"]),
)
def test_no_value_from_the_environment_is_repeated_in_an_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, secret: str, form: str
):
    broken = WHOLE.replace('rights = "own"', 'rights = "mine"')
    found = problems(tmp_path_factory.getbasetemp(), broken, {name: form.format(secret)})
    assert found
    assert secret not in str(found)


@given(SECRETS)
def test_the_address_of_the_store_is_never_printed(tmp_path_factory: pytest.TempPathFactory, secret: str):
    url = f"postgresql+psycopg://feeder:{secret}@db/feeder"
    config = load(tmp_path_factory.getbasetemp(), environ={"FEEDER_STORE__URL": url})
    shown = [repr(config), str(config), config.model_dump_json(), str(config.model_dump()), repr(config.store_url)]
    assert all(secret not in one for one in shown)
    assert secret in config.store_url.get_secret_value()


def test_a_secret_in_the_file_is_not_repeated_when_it_is_wrong(tmp_path: Path):
    found = problems(tmp_path, WHOLE + '[store]\nurl = "mysql://u:hunter2@h/d"\n')
    assert "hunter2" not in str(found)


def at(data: object, path: tuple[str | int, ...]) -> object:
    for part in path:
        data = data[part]  # type: ignore[index]
    return data


VALUES = (
    st.integers(-9, 9) | st.booleans() | st.lists(st.integers(-9, 9), max_size=3) | st.text("abc=[\"'\n", max_size=5)
)


@given(st.dictionaries(st.sampled_from(sorted(ALL)), VALUES, max_size=3))
def test_a_variable_changes_its_own_setting_and_nothing_else(given_values: dict[str, object]):
    before = tomllib.loads(WHOLE)
    data = copy.deepcopy(before)
    environ = {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given_values.items()
    }
    laid = overlay(data, Config, environ, Path())
    for path, origin in laid.origins.items():
        setting: Setting = ALL[origin]
        assert setting.path == path
        if any(other != path and path == other[: len(path)] for other in laid.origins):
            continue
        if setting.text:
            assert at(data, path) == environ[origin]
        elif not isinstance(given_values[origin], str):
            assert at(data, path) == given_values[origin]
    if not laid.origins:
        assert data == before
