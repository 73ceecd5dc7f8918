"""What of the configuration is never said."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from feeder.config.config import Config
from feeder.config.settings import Settings

_PART = 8  # of a header or a list of cookies, what is as long may be the secret itself


def secrets_of(config: Config) -> Iterator[str]:
    """Every value that must not be told, and the parts of it that can come to light alone: the value of a cookie, the
    password inside an address, a login packed for a header.

    Of the store's address only the login is one: the rest says which store it is.
    """
    yield from _of_address(config.store.url.get_secret_value())
    for name in type(config).model_fields:
        if name != "store":
            yield from _within(getattr(config, name))


def _within(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield from _parts(value.get_secret_value())
    elif isinstance(value, Settings):
        yield from _login(value)
        yield from _each(value.__dict__.values())
    elif isinstance(value, dict):
        yield from _each(value.values())
    elif isinstance(value, tuple | list):
        yield from _each(value)
    elif isinstance(value, str) and "://" in value and "@" in value:
        yield from _of_address(value)


def _each(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        yield from _within(value)


def _login(settings: Settings) -> Iterator[str]:
    """A login as HTTP sends it."""
    name = getattr(settings, "username", None)
    for word in (getattr(settings, "password", None), getattr(settings, "token", None)):
        if isinstance(name, str) and isinstance(word, SecretStr):
            yield base64.b64encode(f"{name}:{word.get_secret_value()}".encode()).decode()


def _parts(secret: str) -> Iterator[str]:
    yield secret
    if re.match(r"[a-z][a-z0-9+.-]*://", secret, re.IGNORECASE):
        yield from _of_address(secret)
        split = urlsplit(secret)
        yield from (one for one in (f"{split.path}?{split.query}", split.path) if len(one) >= _PART)
    elif re.match(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(:\s|=)", secret):
        yield from (one for one in re.split(r"[;=:,\s]+", secret) if len(one) >= _PART)


def _of_address(address: str) -> Iterator[str]:
    """The password inside an address, as it stands there and as it is meant."""
    login, at, _ = address.partition("://")[2].split("/", 1)[0].rpartition("@")
    words = [login.partition(":")[2]] if at else []
    words += [word for name, word in parse_qsl(address.partition("?")[2]) if name in ("password", "sslpassword")]
    yield from (spelling for word in words if word for spelling in (word, unquote(word)))
