"""What of the configuration is never said."""

from __future__ import annotations

import base64
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from feeder.config import Config, shape
from feeder.config.secrets import secrets_of
from feeder.logs.redacting import Redaction
from tests.config.documents import WHOLE, load

NUMBERS = count(1)


def filled(model: type[BaseModel], secrets: dict[str, str], path: str = "") -> BaseModel:
    """A section with a secret of its own in every place where one can stand, and nothing else."""
    values: dict[str, Any] = {"base": Path()} if not path else {}
    for name, info in shape.keys(model):
        values[name] = value_of(info.annotation, secrets, f"{path}.{name}" if path else name)
    return model.model_construct(**values)


def value_of(annotation: object, secrets: dict[str, str], path: str) -> object:
    if shape.bare(annotation) is SecretStr:
        secrets[path] = f"postgresql://u:wort-{next(NUMBERS)}@db/x" if path == "store.url" else f"wort-{next(NUMBERS)}"
        return SecretStr(secrets[path])
    if inner := shape.table(annotation):
        return filled(inner, secrets, path)
    if (held := shape.element(annotation)) is not None:
        return (value_of(held, secrets, f"{path}[]"),)
    return None


def test_every_secret_key_of_the_configuration_is_hidden():
    secrets: dict[str, str] = {}
    config = filled(Config, secrets)
    assert isinstance(config, Config)
    assert {"store.url", "summaries.api_key", "carriers.smtp.password", "carriers.dkim.key"} <= secrets.keys()
    assert {"sources[].password", "sources[].headers[]", "sources[].cookies"} <= secrets.keys()
    redaction = Redaction()
    redaction.add(lambda: secrets_of(config))
    for path, secret in secrets.items():
        word = secret.removeprefix("postgresql://u:").removesuffix("@db/x")
        assert word not in redaction(f"{secret} and {word}"), path


SOURCE = '[[sources]]\nid = "x"\nkind = "feed"\ntitle = "X"\n'


@pytest.mark.parametrize(
    ("lines", "hidden"),
    [
        ('location = "https://nutzer:mein%2Fwort@x.example/"\n', {"mein%2Fwort", "mein/wort"}),
        ('location = "https://x.example/"\nheaders = ["Authorization: Bearer abcdefghij"]\n', {"abcdefghij"}),
        ('location = "https://x.example/"\ncookies = "sitzung=0123456789; ja=1"\n', {"0123456789"}),
        (
            'location = "https://x.example/"\nusername = "anna"\npassword = "wort"\n',
            {"wort", base64.b64encode(b"anna:wort").decode()},
        ),
    ],
)
def test_the_parts_of_a_secret_that_come_to_light_alone_are_hidden_too(tmp_path: Path, lines: str, hidden: set[str]):
    assert hidden <= set(secrets_of(load(tmp_path, f"{WHOLE}\n{SOURCE}{lines}")))


def test_of_the_stores_address_the_login_is_hidden_and_the_rest_is_said(tmp_path: Path):
    environ = {"FEEDER_STORE__URL": "postgresql://feeder:ge%40heim@db.example/news?sslpassword=schluessel"}
    secrets = set(secrets_of(load(tmp_path, environ=environ)))
    assert {"ge%40heim", "ge@heim", "schluessel"} <= secrets
    assert not any("db.example" in one for one in secrets)
