"""What of the carriers' settings is allowed, and most likely not meant."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parseaddr
from ipaddress import ip_address

from feeder.config import Config
from feeder.config.carriers import Dkim, Smtp
from feeder.model.mailboxes import wire_address


def advice(config: Config) -> Iterator[tuple[str, str]]:
    """Dotted keys, and what to look at there."""
    sender = wire_address(parseaddr(config.digest.sender)[1]).rpartition("@")[2]
    if config.carriers.dkim is not None:
        yield from _of_dkim(config.carriers.dkim, sender, has_smtp=config.carriers.smtp is not None)
    if config.carriers.smtp is not None:
        yield from _of_smtp(config.carriers.smtp, config.carriers.smtp.unsubscribe or config.digest.unsubscribe)


def _of_dkim(dkim: Dkim, sender: str, *, has_smtp: bool) -> Iterator[tuple[str, str]]:
    domain = dkim.domain.lower()
    if sender != domain and not sender.endswith(f".{domain}") and not domain.endswith(f".{sender}"):
        yield (
            "carriers.dkim.domain",
            (
                f"signs for {domain}, but digest.sender is of {sender}: mailboxes that ask for DMARC (RFC 7489, 3.1.1)"
                " count no such signature; sign for the sender's domain"
            ),
        )
    if not has_smtp:
        yield "carriers.dkim", "signs nothing without [carriers.smtp]; a list server signs by itself"


def _of_smtp(smtp: Smtp, leave: str) -> Iterator[tuple[str, str]]:
    if leave.startswith("https:") and "{token}" not in leave and smtp.to is None:
        yield (
            "carriers.smtp.unsubscribe" if smtp.unsubscribe else "digest.unsubscribe",
            (
                "holds no {token}, so nobody leaves by one click (RFC 8058, as Gmail and Yahoo want): the page has"
                " to ask who they are"
            ),
        )
    if smtp.security == "none" and smtp.password is not None and not _is_here(smtp.host):
        yield (
            "carriers.smtp.security",
            f'is "none", so the password goes to {smtp.host} for everybody on the way to read: "starttls" or "tls"',
        )


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
