"""Who gets a digest, what they get, and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feeder import text
from feeder.errors import DeliveryError
from feeder.model.mailboxes import mailbox, wire_address

TOKEN_MARK = "FEEDERTOKENMARK"  # noqa: S105 - stands in a rendered digest where the recipient's token belongs
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class RecipientState(StrEnum):
    """Whether an address is written to: `LEFT` wants no more mail, `SUPPRESSED` took none several times; `LISTED` is
    known from a file of recipients only, and written to as long as that lists it."""

    ACTIVE = "active"
    LISTED = "listed"
    LEFT = "left"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a carrier sends to. `address` is as it is written to; `token` is URL-safe and fills their unsubscribe
    link."""

    address: str
    name: str = ""
    token: str = ""
    state: RecipientState = RecipientState.ACTIVE


class DeliveryState(StrEnum):
    """What became of one recipient's message.

    `CLAIMED`: its first byte may have left. `IN_DOUBT`: nobody knows whether the server took it, because the connection
    or feeder ended between the last byte and the answer. `REFUSED`: the server said no for good (5xx, RFC 5321, 4.2.1)
    or for too long; without an attempt: the recipient left before their turn came.
    """

    WAITING = "waiting"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One recipient's message of one edition, by one carrier. `answer` is what the server said last; not before
    `not_before` is it tried again."""

    edition_id: str
    carrier: str
    recipient: Recipient
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    at: datetime | None = None
    not_before: datetime | None = None
    answer: str | None = None


class Hole(StrEnum):
    """What of a letter differs from recipient to recipient."""

    TO = "to"
    MESSAGE_ID = "message_id"
    TOKEN = "token"  # noqa: S105 - no password


@dataclass(frozen=True, slots=True)
class Letter:
    """A message (RFC 5322) that lacks its recipient: bytes, and the holes between them, in order.

    `parts` has one more than `holes`; without holes it is written to a list and the same for everybody. Every line, the
    last one too, ends with CRLF. No line of a filled letter begins with a dot or with "From ", so that nothing is to be
    doubled on its way (RFC 5321, 4.5.2) and no mailbox file changes it. `sender` is the envelope's; `seed` names the
    edition and becomes, with the recipient's address, the Message-ID.
    """

    sender: str
    parts: tuple[bytes, ...]
    holes: tuple[Hole, ...]
    seed: str

    def fill(self, recipient: Recipient) -> bytes:
        """The message to this recipient, by joining bytes: same recipient, same bytes.

        DeliveryError, to be recorded with the recipient, if the address or the token cannot be written.
        """
        if not self.holes:
            return self.parts[0]
        address = wire_address(recipient.address)
        values = {
            Hole.TO: mailbox("To", recipient.name, address).encode("ascii"),
            Hole.MESSAGE_ID: text.digest(self.seed, address).encode("ascii"),
        }
        if Hole.TOKEN in self.holes:
            values[Hole.TOKEN] = _token(recipient)
        pieces = [self.parts[0]]
        for hole, part in zip(self.holes, self.parts[1:], strict=True):
            pieces += (values[hole], part)
        return b"".join(pieces)


def _token(recipient: Recipient) -> bytes:
    if not _TOKEN.fullmatch(recipient.token):
        raise DeliveryError(
            f"{recipient.address!a} has no token that fits an address on the web (1 to 64 letters, digits, - or _):"
            " their unsubscribe link would not work; give them one"
        )
    return recipient.token.encode("ascii")
