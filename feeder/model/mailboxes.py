"""Mail addresses and the names before them, as a header and a mail server take them."""

from __future__ import annotations

import re
from email.header import Header

from feeder import text
from feeder.errors import DeliveryError

HEADER_LIMIT = 300
NAME_LIMIT = 120
_LINE = 76
_ADDRESS_LIMIT = 254  # RFC 5321, 4.5.3.1.3, without the < >
_LOCAL = re.compile(r"(?=.{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_SIMPLE_NAME = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")


def wire_address(address: str) -> str:
    """The address as SMTP takes it: its domain in lower-case ASCII (IDNA 2008, where ß is not ss).

    DeliveryError where it is no address, or needs SMTPUTF8 (RFC 6531) because it is not ASCII before the @.
    """
    local, at, host = address.rpartition("@")
    if not host.isascii():
        host = _a_labels(address, host)
    if not _HOST.fullmatch(host) or len(local) + 1 + len(host) > _ADDRESS_LIMIT:
        raise DeliveryError(f"{address!a} is no mail address: correct what stands after the @, or take it out")
    if not local.isascii():
        raise DeliveryError(
            f"{address!a} is not ASCII before the @, and feeder sends no such mail (SMTPUTF8, RFC 6531): ask for"
            " another address, or take it out"
        )
    if not _LOCAL.fullmatch(local + at) or "=?" in local:  # which some programs would decode
        raise DeliveryError(f"{address!a} is no mail address: correct what stands before the @, or take it out")
    return f"{local}@{host.lower()}"


def _a_labels(address: str, host: str) -> str:
    import idna  # noqa: PLC0415 - its tables are large, and few addresses need them

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise DeliveryError(
            f"{address!a} has a domain that cannot be registered (IDNA 2008): correct it, or take it out"
        ) from error


def mailbox(header: str, name: str, address: str) -> str:
    """What the header says of somebody, folded: `address` as `wire_address` returns it, the name made fit."""
    name = text.shorten(text.one_line(name), NAME_LIMIT)
    if not name:
        return address
    words = phrase(header, name)
    last = len(words.rpartition("\r\n")[2]) + (0 if "\r\n" in words else len(header) + 2)
    fold = " " if last + len(address) + 3 <= _LINE else "\r\n "
    return f"{words}{fold}<{address}>"


def phrase(header: str, words: str) -> str:
    """A display name (RFC 5322, 3.4): plain words as they are, anything else encoded, nothing that needs quotes."""
    words = text.shorten(text.one_line(words), HEADER_LIMIT)
    return words if len(words) < 60 and _SIMPLE_NAME.fullmatch(words) else encoded(header, words)


def encoded(header: str, words: str) -> str:
    """One line of text in encoded words (RFC 2047), folded."""
    return Header(words, "utf-8", maxlinelen=75, header_name=header).encode(linesep="\r\n")
