"""Whom feeder tells that something new is out: [announce] for WebSub hubs, [[webhooks]] for servers of our own."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from feeder.config.settings import Settings
from feeder.config.values import Identifier, SecretUrl, Url

KEY_BYTES = 16
PREFIX = "whsec_"


def _hub(value: str) -> str:
    parts = urlsplit(value)
    if "@" in parts.netloc or parts.fragment:
        raise ValueError("must be an address without login and fragment: every reader of the feeds sees it")
    return value


def _once(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) != len(value):
        raise ValueError("names the same twice")
    return value


def key_of(secret: str) -> bytes:
    """What is signed with: the bytes of any text, or those that whsec_ and base64 stand for (Standard Webhooks); a
    ValueError where they are too few."""
    try:
        encoded = secret.removeprefix(PREFIX)
        key = base64.b64decode(encoded, validate=True) if encoded != secret else secret.encode()
    except binascii.Error as error:
        raise ValueError(f"must be base64 after {PREFIX}") from error
    if len(key) < KEY_BYTES:
        raise ValueError(f"must have {KEY_BYTES} bytes at least, such as `openssl rand -base64 32` gives")
    return key


def _signing(value: SecretStr) -> SecretStr:
    key_of(value.get_secret_value())
    return value


SigningKey = Annotated[SecretStr, AfterValidator(_signing)]


class Announce(Settings):
    """Hubs that tell readers of a changed feed at once (WebSub)."""

    hubs: Annotated[tuple[Annotated[Url, AfterValidator(_hub)], ...], AfterValidator(_once)] = Field(
        default=(),
        description="WebSub hubs: every feed names them, and each is told when a feed has changed. Readers are told by"
        " the hub, which fetches the feed once.",
    )


class Webhook(Settings):
    """An address that new stories and editions are posted to as JSON, signed (Standard Webhooks)."""

    id: Identifier = Field(description="Its name, permanent: what it was told is remembered under it.")
    url: SecretUrl = Field(description="Where to; a secret, because some hold a key.")
    secret: SigningKey = Field(
        description="What is signed with (HMAC-SHA256): any text, or whsec_ and base64. A secret: better given as a"
        " file."
    )
    events: Annotated[tuple[Literal["stories", "editions"], ...], Field(min_length=1), AfterValidator(_once)] = Field(
        default=("stories", "editions"),
        description='"stories": released, revised, withdrawn; "editions": published.',
    )
