"""[announce] and [[webhooks]]: what they take, and that no secret is said."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from feeder.config import Config, load_config
from feeder.config.announcing import key_of
from feeder.errors import ConfigError

HOOK = '[[webhooks]]\nid = "seite"\nurl = "https://seite.example/geheim"\nsecret = "sechzehn Zeichen"\n'


def loaded(tmp_path: Path, root: Path, more: str, **environ: str) -> Config:
    path = tmp_path / "config.toml"
    text = (root / "tests" / "data" / "config.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("../../articles", ".") + more, encoding="utf-8")
    return load_config(path, environ)


def test_hubs_and_webhooks_are_read_and_secrets_may_come_from_files(tmp_path: Path, root: Path) -> None:
    (tmp_path / "secret").write_text("whsec_" + base64.b64encode(b"k" * 24).decode() + "\n")
    config = loaded(
        tmp_path,
        root,
        HOOK + '[announce]\nhubs = ["https://hub.example/"]\n',
        FEEDER_WEBHOOKS__SEITE__SECRET_FILE=str(tmp_path / "secret"),
    )
    [hook] = config.webhooks
    assert key_of(hook.secret.get_secret_value()) == b"k" * 24
    assert config.announce.hubs == ("https://hub.example/",)
    assert "seite.example" not in repr(config)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[announce]\nhubs = ["https://me:secret@hub.example/"]\n', "every reader of the feeds sees it"),
        ('[announce]\nhubs = ["https://a.example/", "https://a.example/"]\n', "names the same twice"),
        ('[announce]\nhubs = ["hub.example"]\n', "must be an absolute address"),
        (HOOK + HOOK, "the same id as webhooks[0]"),
        (HOOK.replace("sechzehn Zeichen", "fünfzehn"), "must have 16 bytes at least"),
        (HOOK.replace("sechzehn Zeichen", "whsec_***"), "must be base64 after whsec_"),
        (HOOK.replace("https://seite.example/geheim", "seite.example/geheim"), "must be an absolute address"),
        (HOOK + "events = []\n", "events"),
        (HOOK + 'events = ["story"]\n', "events"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_words_and_without_the_secret(
    tmp_path: Path, root: Path, more: str, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, root, more)
    assert words in str(caught.value)
    for secret in ("geheim", "sechzehn", "secret@", "***"):
        assert secret not in str(caught.value)
