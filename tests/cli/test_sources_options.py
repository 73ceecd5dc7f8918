"""What `feeder sources` says of options that cannot be, before anything is asked of a server."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import Result

from tests.newsroom import Newsroom
from tests.web import Web

Refusal = Callable[..., Result]


@pytest.fixture
def refused(tmp_path: Path, web: Web) -> Refusal:
    """Run a verb on a page, which has to be refused with exit code 2, unasked and with config.toml as it was."""
    newsroom = Newsroom(tmp_path, web)

    def run(verb: str, *words: str) -> Result:
        path: Path = newsroom.configure()
        before = path.read_bytes()
        result = newsroom.run("sources", verb, web.url("/liste"), *words, code=2, now=None)
        assert (path.read_bytes(), web.asked) == (before, [])
        return result

    return run


@pytest.mark.parametrize("verb", ["try", "add"])
def test_what_is_no_selector_is_refused_and_named(refused: Refusal, verb: str) -> None:
    assert "'--item': “li[[” is not a CSS selector" in refused(verb, "--item", "li[[").output
    assert "'--headline': “h2:nie” is not a CSS" in refused(verb, "--item", "li", "--headline", "h2:nie").output
    assert "--item must say" in refused(verb, "--link", "a").output


@pytest.mark.parametrize("verb", ["try", "add"])
def test_numbers_begin_at_one(refused: Refusal, verb: str) -> None:
    assert "'--choose'" in refused(verb, "--choose", "0").output


@pytest.mark.parametrize("verb", ["try", "add"])
def test_full_texts_without_trafilatura_say_what_to_install(
    refused: Refusal, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "feeder.cli.sources_found.find_spec", lambda name: None if name == "trafilatura" else find_spec(name)
    )
    assert "pip install 'feeder[fulltext]'" in refused(verb, "--fulltext").output
