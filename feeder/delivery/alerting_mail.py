"""Alerts as mail: one message per person for all that is new, in plain text, and no answer wanted (RFC 3834)."""

from __future__ import annotations

import quopri
import re
from email.utils import format_datetime, parseaddr

from feeder import text
from feeder.config import Config
from feeder.delivery.alerting import Bulletin, paragraphs, summary
from feeder.delivery.smtp import connect
from feeder.errors import DeliveryError
from feeder.model import DeliveryState, Severity
from feeder.model.mailboxes import encoded, mailbox, wire_address

_MOST = 50
_PLAIN = 60  # characters of a subject that stands as it is, if it is ASCII
_SUBJECT = 200


class AlertMail:
    """A mail to each address of [alerts] mail_to, by [alerts.smtp] or [carriers.smtp]."""

    announcer = "alert:mail"
    most = _MOST

    def __init__(self, config: Config) -> None:
        self._config = config
        self.topics = tuple(dict.fromkeys(parseaddr(each)[1] for each in config.alerts.mail_to))

    def tell(self, bulletin: Bulletin) -> str:
        """Send it; what the server answered. What may or may not have been taken is sent again."""
        own, shared = self._config.alerts.smtp, self._config.carriers.smtp
        section, server = ("alerts.smtp", own) if own else ("carriers.smtp", shared)
        if server is None:
            raise DeliveryError("[alerts] mail_to names whom to write to, and no server: set up [alerts.smtp]")
        address = wire_address(bulletin.topic)
        sender = wire_address(parseaddr(self._sender)[1])
        message = re.sub(rb"(?m)^\.", b"..", mail(self._config, self._sender, bulletin))
        connection = connect(server, section)
        try:
            answer = connection.send(sender, address, message)
        finally:
            connection.close()
        if answer.state is not DeliveryState.DELIVERED:
            raise DeliveryError(
                f"{server.host}:{server.port} did not take it for {address}: {answer.words}", retry=True
            )
        return answer.words

    @property
    def _sender(self) -> str:
        return self._config.alerts.sender or self._config.digest.sender


def mail(config: Config, sender: str, bulletin: Bulletin) -> bytes:
    """A message in ASCII with CRLF. The same alerts to the same person have the same Message-ID, should they come
    twice."""
    name, address = parseaddr(sender)
    own = wire_address(address)
    domain = own.rpartition("@")[2]
    parts = [f"{one.about} {one.what} {one.at.isoformat()}" for one in bulletin.alerts]
    stamp = text.digest(config.publication.tag_authority, bulletin.topic, *parts)[:20]
    is_urgent = any(one.severity is Severity.CRITICAL for one in bulletin.alerts)
    headers = {
        "From": mailbox("From", name, own),
        "To": wire_address(bulletin.topic),
        "Subject": _subject(summary(config, bulletin.alerts)),
        "Date": format_datetime(bulletin.now.astimezone(config.publication.zone)),
        "Message-ID": f"<alert.{stamp}@{domain}>",
        "List-Id": f"<feeder-alerts.{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        **({"Importance": "high"} if is_urgent else {}),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "quoted-printable",
    }
    body = f"{paragraphs(config, bulletin.alerts)}\n\n-- \nfeeder for {config.publication.title}"
    body += f", {config.publication.url}\n`feeder alerts` lists what is wrong now.\n"
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    lines = quopri.encodestring(text.fit(body).encode()).decode("ascii").splitlines()
    return (head + "\r\n" + "".join(f"{line}\r\n" for line in lines)).encode("ascii")


def _subject(words: str) -> str:
    """One line, whatever stands in it."""
    words = text.shorten(text.one_line(words), _SUBJECT)
    is_plain = words.isascii() and len(words) <= _PLAIN and "=?" not in words
    return words if is_plain else encoded("Subject", words)
