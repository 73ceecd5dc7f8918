"""What takes a digest away: [carriers.smtp] and [carriers.listmonk]; what is not there is not used."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from feeder.config.settings import Settings
from feeder.config.values import Amount, Duration, FolderUrl, Line, Mailbox, Text, Whole


def _unsubscribe(value: str) -> str:
    if not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+|https://[^\s{}]+(\{token\}[^\s{}]*)?", value):
        raise ValueError("must be mailto: and an address, or https://… with {token} for the recipient's own")
    return value


Unsubscribe = Annotated[str, AfterValidator(_unsubscribe)]


class MailServer(Settings):
    """A server that takes mail."""

    host: Line = Field(description="The server that takes mail.")
    port: Whole = Field(default=587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description='"starttls", or "tls" from the first byte (port 465), both with the server\'s certificate verified;'
        ' "none" only on the same machine or network.',
    )
    username: Line | None = Field(default=None, description="With a password, the name to log in by.")
    password: SecretStr | None = Field(default=None, description="A secret: better given as a file.")
    timeout: Duration = Field(default=timedelta(seconds=60), description="For each answer of the server.")

    @model_validator(mode="after")
    def _logs_in(self) -> MailServer:
        if (self.username is None) != (self.password is None):
            raise ValueError("`username` and `password` belong together")
        return self


class Smtp(MailServer):
    """A mail server that each recipient's message is handed to."""

    to: Mailbox | None = Field(
        default=None, description="The address of a mailing list, which gets one message; its server does the rest."
    )
    file: Path | None = Field(
        default=None,
        description="A file of recipients: one address per line, or CSV with the columns address, name, token. Without"
        " `to` and `file` the store's recipients are written to (`feeder recipients`).",
    )
    unsubscribe: Unsubscribe | None = Field(
        default=None,
        description="How a recipient leaves: mailto: and an address, or https://…{token} (one click, RFC 8058);"
        " [digest] unsubscribe by default.",
    )
    connections: Whole = Field(
        default=4,
        ge=1,
        le=32,
        description="Connections at the same time; after a crash, at most so many messages are in doubt.",
    )
    per_minute: Whole | None = Field(default=None, ge=1, description="Messages per minute, at most.")
    per_domain: Whole | None = Field(
        default=None, ge=1, description="Messages per minute to one domain of recipients, at most."
    )
    patience: Duration = Field(
        default=timedelta(hours=6),
        description="How long a message is tried again that the server does not take yet (4xx), later and later.",
    )
    stop_at: Amount = Field(
        default=5.0, gt=0, le=100, description="Per cent of refused messages at which delivery stops and asks."
    )
    in_doubt: Literal["leave", "resend"] = Field(
        default="leave",
        description="What becomes of a message of which nobody knows whether the server took it: it stays so until a"
        " person decides, or it is sent again and may come twice.",
    )

    @model_validator(mode="after")
    def _one_list(self) -> Smtp:
        if self.to and self.file:
            raise ValueError("give `to` or `file`, not both")
        return self


class Listmonk(Settings):
    """A listmonk server, which keeps the subscribers and sends."""

    url: FolderUrl = Field(description="Where listmonk is.")
    username: Line = Field(description="The API user.")
    token: SecretStr = Field(description="The API user's token. A secret: better given as a file.")
    lists: tuple[Whole, ...] = Field(min_length=1, description="The numbers of the lists that get the digest.")
    mode: Literal["draft", "send"] = Field(
        default="draft", description='"draft" leaves the campaign for a person to start; "send" starts it.'
    )
    template: Whole | None = Field(
        default=None,
        description="The number of a template that holds nothing but the content; listmonk's default by default, which"
        " is refused while it adds anything, such as a tracking pixel.",
    )
    tags: tuple[Text, ...] = Field(default=("feeder",), description="What campaigns are tagged with.")
    timeout: Duration = Field(
        default=timedelta(seconds=30),
        le=timedelta(seconds=30),
        description="For handing over an edition, all answers of the server together; at most 30 seconds.",
    )


class Dkim(Settings):
    """A key that signs messages (RFC 6376), where no relay does."""

    domain: Line = Field(description="Whose signature it is: the sender's domain.")
    selector: Line = Field(description="The name of the key in DNS: <selector>._domainkey.<domain>.")
    key: SecretStr = Field(description="The private key, PEM (RSA or Ed25519). A secret: better given as a file.")


class Carriers(Settings):
    """What takes a digest away; files are written in any case."""

    smtp: Smtp | None = Field(default=None, description="A mail server.")
    listmonk: Listmonk | None = Field(default=None, description="A list manager.")
    dkim: Dkim | None = Field(default=None, description="Signs what smtp carries.")

    @property
    def names(self) -> tuple[str, ...]:
        """The carriers that are set up, by the names in CARRIERS."""
        return tuple(name for name, one in (("smtp", self.smtp), ("listmonk", self.listmonk)) if one is not None)
