"""Column types that keep exactly what they are given, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import TEXT, BigInteger
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from feeder import text

# PostgreSQL takes no NUL, neither database takes lone surrogates; JSON from outside may hold both.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff\uffff]")
_NAME_LIMIT = 300  # characters; of NULs, the longest when stored, 2,100 bytes
_ESCAPED = re.compile("\uffff([0-9a-f]{4})")


class Words(TypeDecorator[str]):
    """Any string there is, exactly; sorted by code point on both databases, whatever the server's locale."""

    impl = TEXT
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return TEXT(collation="C") if dialect.name == "postgresql" else TEXT()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else words_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else words_back(value)


class Name(Words):
    """What a row is found by. A very long one is kept as its beginning and a digest, because
    PostgreSQL indexes no more than 2,700 bytes; `name_text` says what is kept."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return super().process_bind_param(None if value is None else name_text(value), dialect)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as fixed-width ISO 8601 text in UTC, so that text order is time order."""

    impl = TEXT
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return TEXT(collation="C") if dialect.name == "postgresql" else TEXT()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - see above
        return None if value is None else datetime.fromisoformat(value)


class Second(TypeDecorator[datetime]):
    """An aware time, kept as the whole seconds since 1970, the fraction dropped: where a row has to be small."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else second(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - see above
        return None if value is None else datetime.fromtimestamp(value, UTC)


def second(moment: datetime) -> int:
    """The form in which a `Second` column keeps an aware time."""
    return int(moment.timestamp())


def words_text(words: str) -> str:
    """The form in which a `Words` column keeps a string."""
    if words.isascii() and "\x00" not in words:
        return words
    return _UNSTORABLE.sub(lambda match: f"\uffff{ord(match[0]):04x}", words)


def words_back(stored: str) -> str:
    """The string that a `Words` column keeps in the form of `words_text`."""
    return stored if "\uffff" not in stored else _ESCAPED.sub(lambda match: chr(int(match[1], 16)), stored)


def name_text(name: str) -> str:
    """The form in which a `Name` column keeps and returns a name."""
    return name if len(name) <= _NAME_LIMIT else f"{name[: _NAME_LIMIT - 21]}…{text.digest(name)}"


def moment_text(moment: datetime) -> str:
    """Write an aware time as `2026-11-23T06:00:00.000000+00:00`; a naive one is a bug and shows as one."""
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {moment!r}")
        moment = moment.astimezone(UTC)
    # a third of what isoformat costs, which asks for the zone's offset
    return _MOMENT % (
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond
    )  # fmt: skip


_MOMENT = "%04d-%02d-%02dT%02d:%02d:%02d.%06d+00:00"
