"""An edition as it is carried: the digest with the carrier's way to leave, and as a letter; and a copy to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from feeder.config import Config
from feeder.config.carriers import Smtp
from feeder.delivery.refusing import refusals
from feeder.delivery.signing import signer
from feeder.delivery.smtp import Post
from feeder.errors import DeliveryError
from feeder.model import DeliveryState, Digest, Edition, Letter, Recipient
from feeder.model.mailboxes import wire_address
from feeder.pipeline.house import House
from feeder.pipeline.site import edition_tellings
from feeder.rendering.digest import render_digest
from feeder.rendering.message import letter, marked

TEST = "[Test] "
_TEST_TOKEN = "test"  # noqa: S105 - a test's recipient has no subscription to leave


def digest_of(house: House, edition: Edition, unsubscribe: str) -> Digest:
    """The edition's digest, with a carrier's way to leave it."""
    return render_digest(house.look, edition, edition_tellings(house, edition), unsubscribe=unsubscribe)


def letter_of(house: House, edition: Edition, settings: Smtp) -> Letter:
    """The edition's message, but for the recipient."""
    leave = settings.unsubscribe or house.config.digest.unsubscribe
    digest = digest_of(house, edition, marked(leave))
    return letter(house.look, edition, digest, unsubscribe=leave, to=settings.to)


def signature(config: Config) -> Callable[[bytes], bytes] | None:
    """What signs each message, where [carriers.dkim] is set up."""
    return None if config.carriers.dkim is None else signer(config.carriers.dkim)


def send_test(house: House, edition: Edition, addresses: Sequence[str]) -> None:
    """Send an edition as it is now, a draft too, or one that is not stored, to a few people of the house, its subject
    marked as a test. Nothing is recorded. DeliveryError names whom the server did not take it for."""
    if (smtp := house.config.carriers.smtp) is None:
        raise DeliveryError("a test goes by [carriers.smtp], which is not set up")
    if not house.sends:
        raise DeliveryError("nothing is sent in a rehearsal")
    if reasons := refusals(house.config):
        raise DeliveryError("no mail leaves the house, not even a test: " + "; ".join(reasons))
    leave = smtp.unsubscribe or house.config.digest.unsubscribe
    digest = digest_of(house, edition, marked(leave))
    digest = replace(digest, subject=TEST + digest.subject)
    message, sign = letter(house.look, edition, digest, unsubscribe=leave), signature(house.config)
    # a mailbox that got this Message-ID would not show the edition itself
    message = replace(message, seed=f"{message.seed}\0{house.clock().isoformat()}")
    problems = [problem for address in addresses if (problem := _try(house, message, sign, address))]
    if problems:
        raise DeliveryError("the test was not taken: " + "; ".join(problems))


def _try(house: House, message: Letter, sign: Callable[[bytes], bytes] | None, address: str) -> str | None:
    wire = wire_address(address)
    data = message.fill(Recipient(address, token=_TEST_TOKEN))
    connection = Post(house.config).connect()
    try:
        answer = connection.send(message.sender, wire, sign(data) if sign else data)
    finally:
        connection.close()
    return None if answer.state is DeliveryState.DELIVERED else f"{address}: {answer.words}"
