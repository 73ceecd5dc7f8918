"""Files of recipients: one address per line, or CSV with the columns address, name, token."""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from itertools import chain
from pathlib import Path

from feeder.config.values import near
from feeder.errors import DeliveryError
from feeder.model import Recipient, RecipientState
from feeder.model.mailboxes import wire_address

log = logging.getLogger("feeder.recipients")

_ADDRESS = "address"
# What spreadsheets and list managers call it.
_ADDRESSES = ("email", "e-mail", "mail", "email address", "e-mail address", "e-mail-adresse", "adresse")
_STATES = ("status", "state")
# What a list manager's export says of those who want mail; whoever is anything else gets none.
_WANTED = ("", "active", "enabled", "confirmed", "subscribed", "listed", "aktiv")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHOWN = 5
_BITS = 1 << 23


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of which nobody can be written to, and why; lines count from 1."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


class _Twice:
    """Tokens that more than one recipient of a file has. Of each a bit is kept, in a megabyte for all of them; those
    whose bit was set already are looked for in a second reading."""

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)
        self._suspects: set[str] = set()

    def note(self, token: str) -> None:
        """See one more token; an empty one is none."""
        at, bit = divmod(hash(token) % _BITS, 8)
        if token and self._bits[at] >> bit & 1:
            self._suspects.add(token)
        self._bits[at] |= 1 << bit if token else 0

    def check(self, file: Path) -> None:
        """DeliveryError, with the lines, if a token is there for two addresses."""
        seen: dict[str, tuple[int, str]] = {}
        for n, one in _numbered(file) if self._suspects else ():
            if isinstance(one, BadLine) or one.token not in self._suspects:
                continue
            line, address = seen.setdefault(one.token, (n, one.address.lower()))
            if address != one.address.lower():
                raise DeliveryError(
                    f"{file}, lines {line} and {n}: {address} and {one.address} have the same token, so one could"
                    " unsubscribe the other: give each their own, or none"
                )


def listed(file: Path, alert: Callable[[str], None]) -> Iterator[Recipient]:
    """The recipients that a file lists, line by line, but for those whose `status` says that they want no mail; what is
    no recipient is told at the end, and keeps nobody else from their mail.

    DeliveryError if the file cannot be read, holds more bad lines than good ones, or gives two people one token: at the
    end, so that whoever reads has to undo what they did.
    """
    good, bad, away, first, tokens = 0, 0, 0, list[BadLine](), _Twice()
    for one in read(file):
        if isinstance(one, BadLine):
            bad += 1
            first += [one] if len(first) < _SHOWN else []
        elif one.state is not RecipientState.ACTIVE:
            away += 1
        else:
            good += 1
            tokens.note(one.token)
            yield one
    tokens.check(file)
    if away:
        log.info("%s: %d lines have a status by which they get no mail", file, away)
    if bad:
        words = f"{file}: {bad} lines hold no recipient; " + "; ".join(map(str, first))
        if bad > good + away:
            raise DeliveryError(f"{words}; is this the right file?")
        alert(f"{words}; mend them: the next edition reads the file again")


def read(file: Path) -> Iterator[Recipient | BadLine]:
    """What each line of a file says, but for empty ones and those that begin with #. Addresses are as a mail server
    takes them, so that no two spellings of a domain are two recipients."""
    return (one for _, one in _numbered(file))


def _numbered(file: Path) -> Iterator[tuple[int, Recipient | BadLine]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield from _parsed(file, lines)
    except OSError as error:
        raise DeliveryError(f"cannot read the recipients in {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DeliveryError(
            f"{file} must be saved as UTF-8, and holds other bytes: in Excel that is the file type CSV UTF-8"
        ) from error
    except csv.Error as error:
        raise DeliveryError(f"{file} cannot be read as CSV: {error}") from error


def _parsed(file: Path, lines: Iterable[str]) -> Iterator[tuple[int, Recipient | BadLine]]:
    numbered = ((n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#"))
    first = next(numbered, None)
    if first is None:
        raise DeliveryError(f"{file} lists nobody")
    if "@" in first[1]:
        for n, line in chain([first], numbered):
            yield n, _line(n, line)
        return
    separator = max(",;\t", key=first[1].count)
    columns = _columns(file, first[0], next(csv.reader([first[1]], delimiter=separator)))
    for n, line in numbered:
        yield n, _row(n, columns, line, separator)


def _columns(file: Path, n: int, first: Sequence[str]) -> Sequence[str]:
    columns = [name.strip().lower() for name in first]
    if _ADDRESS not in columns:
        columns = [_ADDRESS if name in _ADDRESSES else name for name in columns]
    if (number := columns.count(_ADDRESS)) != 1:
        raise DeliveryError(
            f"{file}, line {n}: the columns are {', '.join(columns)}; {'one' if not number else 'only one'} must be"
            f" called address{'' if number else near(_ADDRESS, columns)}"
        )
    return columns


def _line(n: int, line: str) -> Recipient | BadLine:
    """An address, also with a name: `Ada <ada@firma.example>`."""
    name, address = parseaddr(line.strip()) if "<" in line else ("", line.strip())
    found = _recipient(n, {_ADDRESS: address, "name": name})
    if isinstance(found, BadLine) and re.search(r"@[^<]*[,;\t]", line):
        return BadLine(
            n, "holds more than an address: a table begins with a line that names its columns, address first"
        )
    return found


def _row(n: int, columns: Sequence[str], line: str, separator: str) -> Recipient | BadLine:
    try:
        values = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error as error:
        return BadLine(n, f"is no row of a table ({error}); a row is one line, and its quotes come in pairs")
    if any(value.strip() for value in values[len(columns) :]):
        return BadLine(n, f"has {len(values)} values for {len(columns)} columns; put what holds a comma into quotes")
    return _recipient(n, {name: value.strip() for name, value in zip(columns, values, strict=False)})


def _recipient(n: int, values: dict[str, str]) -> Recipient | BadLine:
    address, token = values.get(_ADDRESS, ""), values.get("token", "")
    try:
        address = wire_address(address)
    except DeliveryError as error:
        return BadLine(n, str(error))
    if token and not _TOKEN.fullmatch(token):
        return BadLine(n, f"the token of {address} is not 1 to 64 letters, digits, - or _")
    wanted = all(values.get(name, "").lower() in _WANTED for name in _STATES)
    state = RecipientState.ACTIVE if wanted else RecipientState.LEFT
    return Recipient(address, values.get("name", ""), token, state)
