"""Mail an edition: each recipient's own message, through the outbox, over several connections."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from feeder.config.carriers import Smtp
from feeder.delivery.smtp import Answer, Connection, Post
from feeder.errors import DeliveryError
from feeder.model import Delivery, DeliveryState, Lease, Letter, Recipient
from feeder.model.mailboxes import wire_address
from feeder.pipeline.dispatch import Dispatch, Tally
from feeder.pipeline.holding import LEASE_SECONDS
from feeder.pipeline.house import House
from feeder.pipeline.pacing import Pace, next_try
from feeder.pipeline.recipient_file import listed
from feeder.store.outbox import Result

log = logging.getLogger("feeder.deliver")

RENEW_SECONDS = LEASE_SECONDS / 4
SOON = timedelta(minutes=1)
# What a server says of an address, not of us, the message or today: RFC 3463, 3.2 and 3.3; RFC 5321, 4.2.2.
_NOBODY = re.compile(r"RCPT: (?:5\d\d 5\.(?:1\.[0-46]|2\.1)\b|55[013] (?!5\.))")
AGAIN = "to be sent again, though nobody knows whether it was taken (carriers.smtp.in_doubt)"


@dataclass
class Mailing:
    """An edition on its way: the letter, where it goes, and who holds the lease."""

    house: House
    post: Post
    lease: Lease
    key: tuple[str, str]
    letter: Letter
    sign: Callable[[bytes], bytes] | None = None
    errors: list[Exception] = field(default_factory=list)
    is_done: bool = False

    def carry(self, tally: Tally) -> Dispatch:
        """Send what waits and is due, until nothing is left, the house stops, or something is in the way; what is,
        is raised once all connections are done."""
        settings = self.post.settings
        pace = Pace(settings.per_minute, settings.per_domain)
        waiting = self.house.store.outbox.counts(*self.key).get(DeliveryState.WAITING, 0)
        dispatch = Dispatch(self.house, self.lease, self.key, pace, settings.stop_at, tally)
        threads = [
            threading.Thread(
                target=copy_context().run, args=(self._work, dispatch), name=f"feeder-mail-{n}", daemon=True
            )
            for n in range(min(settings.connections, waiting))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(RENEW_SECONDS)
                if thread.is_alive():
                    self._renew(dispatch)
        bad = [one for one in self.errors if not (isinstance(one, DeliveryError) and one.retry)]
        if bad:
            raise next((one for one in bad if not isinstance(one, DeliveryError)), bad[0])
        if self.errors and not self.is_done:
            raise self.errors[0]
        return dispatch

    def _renew(self, dispatch: Dispatch) -> None:
        try:
            self.house.store.leases.renew(self.lease, datetime.now(UTC), LEASE_SECONDS)
        except Exception as error:  # noqa: BLE001 - raised by `carry` when the connections are done
            self.errors.append(error)
            dispatch.halt(str(error))

    def _work(self, dispatch: Dispatch) -> None:
        """One connection's life. It begins before a message is claimed; what fails ends the others' too, after the
        messages that they are at, but for one connection too many."""
        connection: Connection | None = None
        result: Result | None = None
        try:
            while True:
                if connection is None and result is not None:
                    dispatch.record(result)
                    result = None
                if dispatch.halted and result is None:
                    return
                connection = connection or self.post.connect()
                given = dispatch.pick(result)
                if isinstance(given, Delivery):
                    connection, result = self._send(connection, given, result, dispatch)
                    continue
                dispatch.exchange(result, None)
                result = None
                if given is None:
                    self.is_done = True
                    return
                self.house.stop.wait(given)
        except Exception as error:  # noqa: BLE001 - raised by `carry`
            self._fail(error, dispatch)
        finally:
            if connection is not None:
                connection.close()

    def _fail(self, error: Exception, dispatch: Dispatch) -> None:
        self.errors.append(error)
        if not (isinstance(error, DeliveryError) and error.retry):
            dispatch.halt(str(error))

    def _send(
        self, connection: Connection, delivery: Delivery, last: Result | None, dispatch: Dispatch
    ) -> tuple[Connection | None, Result]:
        """Send one message; the connection, if it can take another, and what became of it.

        It is announced before it is claimed, together with what became of the `last` one: so the server reads while the
        disk writes. Nothing can be delivered of it before its first byte, which leaves after the claim.
        """
        try:
            wire = wire_address(delivery.recipient.address)
            message = self.letter.fill(delivery.recipient)
        except DeliveryError as error:
            dispatch.exchange(last, delivery)
            return connection, self._result(delivery, Answer(DeliveryState.REFUSED, str(error)))
        connection.announce(self.letter.sender, wire)
        message = self.sign(message) if self.sign else message
        dispatch.exchange(last, delivery)
        try:
            answer = connection.send(self.letter.sender, wire, message)
            if answer.is_lost:  # it had stood idle, or was one of many: that says nothing of this message
                connection = self.post.connect()
                answer = connection.send(self.letter.sender, wire, message)
        except DeliveryError as error:
            self._fail(error, dispatch)
            return None, self._result(delivery, Answer(DeliveryState.WAITING, str(error), is_open=False))
        return connection if answer.is_open else None, self._result(delivery, answer)

    def _result(self, delivery: Delivery, answer: Answer) -> Result:
        now, state, later = self.house.clock(), answer.state, None
        if state is DeliveryState.WAITING:
            later = next_try(delivery.attempts + 1, now, self.post.settings.patience)
            state = state if later else DeliveryState.REFUSED
        is_nobody = state is DeliveryState.REFUSED and _NOBODY.match(answer.words) is not None
        return Result(delivery.recipient.address, state, answer.words, now, later, is_nobody)


def people(house: House, settings: Smtp) -> tuple[Iterator[Recipient] | None, bool]:
    """Whom an outbox is filled with, None for the store's own recipients; and whether a file lists them."""
    if settings.to is not None:
        return iter([Recipient(parseaddr(settings.to)[1])]), False
    if settings.file is not None:
        return listed(house.config.base / settings.file, house.alert), True
    return None, False


def resend_doubts(house: House, key: tuple[str, str], settings: Smtp) -> int:
    """Let messages in doubt wait to be sent again, where that is the rule and they were not sent too often; how
    many."""
    if settings.in_doubt != "resend":
        return 0
    now = house.clock()
    doubts = house.store.outbox.list(*key, DeliveryState.IN_DOUBT)
    addresses = [one.recipient.address for one in doubts if next_try(one.attempts, now, settings.patience)]
    if addresses:
        house.store.outbox.resolve(*key, addresses, (DeliveryState.WAITING, AGAIN), now)
    return len(addresses)


def tally_of(house: House, key: tuple[str, str]) -> Tally:
    """How the messages of an edition fared so far."""
    counts = house.store.outbox.counts(*key)
    refused = counts.get(DeliveryState.REFUSED, 0)
    known = (DeliveryState.DELIVERED, DeliveryState.IN_DOUBT)
    return Tally(refused + sum(counts.get(state, 0) for state in known), refused)
