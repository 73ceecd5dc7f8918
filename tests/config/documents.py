"""Small configurations for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from feeder.config import Config, load_config
from feeder.errors import ConfigError

PUBLICATION = """
[publication]
title = "KI-News"
url = "https://ki-news.example/"
description = "Nachrichten."
tag_authority = "ki-news.example,2025"
author = "Redaktion"
imprint = "KI-News"
imprint_url = "https://ki-news.example/impressum"
privacy_url = "https://ki-news.example/datenschutz"
"""
BLOCKS = """
[output]
base_url = "https://ki-news.example/"
[mission]
title = "Unser Ziel"
text = "Berichten."
[share]
title = "Teilen"
[follow]
title = "Folgen"
text = "Folge uns."
links = [{ label = "YouTube", url = "https://ki-news.example/youtube" }]
[support]
title = "Unterstützen"
text = "Danke."
links = [{ label = "PayPal", url = "https://ki-news.example/paypal" }]
"""
DIGEST = """
[digest]
sender = "KI-News <newsletter@ki-news.example>"
unsubscribe = "mailto:ab@ki-news.example"
"""
TOPICS = """
[[topics]]
id = "modelle"
title = "Modelle"
"""
SOURCES = """
[[sources]]
id = "redaktion"
kind = "folder"
location = "articles"
title = "Redaktion"
rights = "own"
[[sources]]
id = "hugging-face"
kind = "feed"
location = "https://huggingface.example/feed.xml"
title = "Hugging Face"
"""
WHOLE = PUBLICATION + BLOCKS + DIGEST + TOPICS + SOURCES


def line_of(text: str, needle: str) -> int:
    """The line of the only place where `needle` stands."""
    assert text.count(needle) == 1, needle
    return text[: text.index(needle)].count("\n") + 1


def load(folder: Path, text: str = WHOLE, environ: Mapping[str, str] | None = None) -> Config:
    """Write `text` as config.toml into `folder`, beside a folder `articles`, and load it."""
    (folder / "articles").mkdir(exist_ok=True)
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load_config(file, environ or {})


def problems(folder: Path, text: str = WHOLE, environ: Mapping[str, str] | None = None) -> list[str]:
    """What `load` complains about, without the path of the folder."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text, environ)
    return [problem.replace(f"{folder}/", "") for problem in caught.value.problems]
