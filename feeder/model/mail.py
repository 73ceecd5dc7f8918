"""Who gets a digest, what they get, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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

    `parts` has one more than `holes`. Every line, the last one too, ends with CRLF; dots that begin a line are not
    doubled yet (RFC 5321, 4.5.2), and no hole stands at the beginning of a line.
    """

    sender: str
    parts: tuple[bytes, ...]
    holes: tuple[Hole, ...]
