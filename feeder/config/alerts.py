"""Who is told when something is wrong: [alerts]; what is not there tells nobody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from feeder.config.announcing import SigningKey
from feeder.config.carriers import MailServer
from feeder.config.settings import Settings
from feeder.config.values import Duration, FolderUrl, Mailbox, SecretUrl, Whole


def _topic(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", value.get_secret_value()):
        raise ValueError("must be up to 64 letters, digits, hyphens and underscores")
    return value


class AlertHook(Settings):
    """An address that each alert is posted to as JSON (Standard Webhooks)."""

    url: SecretUrl = Field(description="Where to; a secret, because some hold a key.")
    secret: SigningKey | None = Field(
        default=None,
        description="What is signed with (HMAC-SHA256), where the receiver asks who posts: any text, or whsec_ and"
        " base64. A secret: better given as a file.",
    )


class Ntfy(Settings):
    """A topic of an ntfy server, which phones listen to."""

    url: FolderUrl = Field(default="https://ntfy.sh/", description="The server.")
    topic: Annotated[SecretStr, AfterValidator(_topic)] = Field(
        description="The topic; a secret, because whoever knows it reads along unless the server asks who one is."
    )
    token: SecretStr | None = Field(default=None, description="An access token, where the server wants one; a secret.")


class Alerts(Settings):
    """Who is told when something is wrong, and well again."""

    mail_to: tuple[Mailbox, ...] = Field(default=(), description="Who gets alerts by mail.")
    sender: Mailbox | None = Field(
        default=None, description="The From line of those mails; [digest] sender by default."
    )
    smtp: MailServer | None = Field(
        default=None,
        description="The server that takes those mails; [carriers.smtp] by default. Another one tells of it if that"
        " fails.",
    )
    webhook: AlertHook | None = Field(default=None, description="An address that alerts are posted to.")
    ntfy: Ntfy | None = Field(default=None, description="A topic that alerts are published to.")
    alive_url: SecretUrl | None = Field(
        default=None,
        description="Posted to after each good round while nothing critical is open (healthchecks.io and the like),"
        " so that somebody else tells when feeder itself is dead. A secret.",
    )
    disk_free: Whole = Field(
        default=500, ge=0, description="Megabytes that shall be free where the store and the output are."
    )
    stale_after: Duration = Field(
        default=timedelta(hours=3),
        description="How long stories may wait for the output, or the service be without a finished round, until that"
        " is told.",
    )
