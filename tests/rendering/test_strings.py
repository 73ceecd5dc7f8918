"""Every language has the same strings, with the same blanks to fill in, and templates ask for no others."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

LANGUAGES = ("de", "en")


def strings(root: Path, language: str) -> dict[str, str]:
    loaded = tomllib.loads((root / "templates" / "strings" / f"{language}.toml").read_text(encoding="utf-8"))
    assert all(isinstance(words, str) for words in loaded.values())
    return loaded


def blanks(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_both_languages_say_the_same_things(root: Path):
    german, english = (strings(root, language) for language in LANGUAGES)
    assert sorted(german) == sorted(english)
    assert {key: blanks(words) for key, words in german.items()} == {
        key: blanks(words) for key, words in english.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_ask_only_for_strings_that_exist(root: Path, language: str):
    known = strings(root, language)
    for template in (root / "templates").glob("*.*"):
        asked = set(re.findall(r"\bt\.([a-z_0-9]+)", template.read_text(encoding="utf-8")))
        assert asked <= known.keys(), template.name
