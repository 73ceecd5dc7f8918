"""Files of recipients: one address per line, or CSV with the columns address, name, token."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from itertools import chain
from pathlib import Path

from feeder.config.values import near
from feeder.errors import DeliveryError
from feeder.model import Recipient
from feeder.model.mailboxes import wire_address

COLUMNS = ("address", "name", "token")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of which nobody can be written to, and why; lines count from 1."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


def listed(file: Path, alert: Callable[[str], None]) -> Iterator[Recipient]:
    """The recipients that a file lists, line by line; what is no recipient is told at the end, and keeps nobody else
    from their mail. DeliveryError if the file cannot be read, or holds more bad lines than good ones."""
    good, bad, first = 0, 0, list[BadLine]()
    for one in read(file):
        if isinstance(one, BadLine):
            bad += 1
            first += [one] if len(first) < _SHOWN else []
        else:
            good += 1
            yield one
    if bad:
        words = f"{file}: {bad} lines hold no recipient; " + "; ".join(map(str, first))
        if bad > good:
            raise DeliveryError(f"{words}; is this the right file?")
        alert(f"{words}; mend them: the next edition reads the file again")


def read(file: Path) -> Iterator[Recipient | BadLine]:
    """What each line of a file says, but for empty ones and those that begin with #."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield from _parsed(file, lines)
    except OSError as error:
        raise DeliveryError(f"cannot read the recipients in {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DeliveryError(f"{file} must be saved as UTF-8; it holds other bytes") from error
    except csv.Error as error:
        raise DeliveryError(f"{file} cannot be read as CSV: {error}") from error


def _parsed(file: Path, lines: Iterable[str]) -> Iterator[Recipient | BadLine]:
    numbered = ((n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#"))
    first = next(numbered, None)
    if first is None:
        raise DeliveryError(f"{file} lists nobody")
    separator = ";" if ";" in first[1] else ","
    columns = [name.strip().lower() for name in next(csv.reader([first[1]], delimiter=separator))]
    if "@" in first[1]:
        for n, line in chain([first], numbered):
            yield _line(n, line)
        return
    if "address" not in columns:
        raise DeliveryError(
            f"{file}, line {first[0]}: the columns are {', '.join(columns)}; one must be called address"
            f"{near('address', columns)}"
        )
    for n, line in numbered:
        yield _row(n, columns, next(csv.reader([line], delimiter=separator), []))


def _line(n: int, line: str) -> Recipient | BadLine:
    """An address, also with a name: `Ada <ada@firma.example>`."""
    name, address = parseaddr(line.strip()) if "<" in line else ("", line.strip())
    return _recipient(n, {"address": address, "name": name})


def _row(n: int, columns: Sequence[str], values: Sequence[str]) -> Recipient | BadLine:
    if len(values) > len(columns):
        return BadLine(n, f"has {len(values)} values for {len(columns)} columns; put what holds a comma into quotes")
    return _recipient(n, {name: value.strip() for name, value in zip(columns, values, strict=False)})


def _recipient(n: int, values: dict[str, str]) -> Recipient | BadLine:
    address, token = values.get("address", ""), values.get("token", "")
    try:
        wire_address(address)
    except DeliveryError as error:
        return BadLine(n, str(error))
    if token and not _TOKEN.fullmatch(token):
        return BadLine(n, f"the token of {address} is not 1 to 64 letters, digits, - or _")
    return Recipient(address, values.get("name", ""), token)
