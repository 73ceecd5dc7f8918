"""What a request asks for beside its address: validators, ranges, codings (RFC 9110, sections 8, 12, 13, 14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

CODINGS = ("br", "gzip")
"""What we have packed, the smaller first."""

_TAG = re.compile(r'\s*(?:(W/)?"([\x21\x23-\x7e\x80-\xff]*)")\s*(?:,|$)|\s*,')
_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.IGNORECASE)
_CODING = re.compile(r"([A-Za-z0-9!#$&'*+.^_`|~-]+)\s*(?:;\s*[qQ]=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a representation, both ends included, as Content-Range counts."""

    first: int
    last: int


def matches(header: str, tag: str, *, weak: bool) -> bool:
    """Whether a list of entity tags (or `*`) holds this one, which is strong; what is no list holds nothing."""
    if header.strip() == "*":
        return True
    place, found = 0, False
    while place < len(header):
        match = _TAG.match(header, place)
        if match is None:
            return False
        place = match.end()
        found = found or (match[2] is not None and f'"{match[2]}"' == tag and (weak or not match[1]))
    return found


def moment(header: str) -> datetime | None:
    """An HTTP date, None if it is none."""
    try:
        found = parsedate_to_datetime(header.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def http_date(seconds: float) -> str:
    """A moment as Last-Modified says it, in whole seconds."""
    return format_datetime(datetime.fromtimestamp(int(seconds), UTC), usegmt=True)


def unchanged(headers: Mapping[str, str], tag: str, modified: float | None) -> bool:
    """Whether the asker has it already; If-None-Match alone decides where there is one."""
    if (wanted := headers.get("if-none-match")) is not None:
        return matches(wanted, tag, weak=True)
    since = moment(headers.get("if-modified-since", ""))
    return since is not None and modified is not None and int(modified) <= since.timestamp()


def fails(headers: Mapping[str, str], tag: str, modified: float | None) -> bool:
    """Whether the asker wants it only as it is not: If-Match, else If-Unmodified-Since."""
    if (wanted := headers.get("if-match")) is not None:
        return not matches(wanted, tag, weak=False)
    since = moment(headers.get("if-unmodified-since", ""))
    return since is not None and modified is not None and int(modified) > since.timestamp()


def part(headers: Mapping[str, str], size: int, tag: str, modified: float | None) -> Part | None:
    """The one range asked for, None for the whole (several ranges, another version). ValueError: nothing lies there."""
    match = _RANGE.fullmatch(headers.get("range", "").strip())
    if match is None or not (match[1] or match[2]) or not _same_version(headers.get("if-range"), tag, modified):
        return None
    if not match[1]:
        first, last = max(0, size - int(match[2])), size - 1
    else:
        first, last = int(match[1]), min(int(match[2] or size), size - 1)
        if match[2] and int(match[2]) < first:
            return None  # no range at all by RFC 9110, 14.1.1: as if it was not asked for
    if first >= size:
        raise ValueError(f"nothing lies at {match[0]} of {size} bytes")
    return Part(first, last)


def _same_version(header: str | None, tag: str, modified: float | None) -> bool:
    if header is None:
        return True
    if '"' in header:
        return header.strip() == tag
    since = moment(header)
    return since is not None and modified is not None and int(modified) == since.timestamp()


def codings(header: str) -> tuple[str, ...]:
    """Which of our codings may be sent, the best first; what is refused or unreadable is not among them."""
    weights: dict[str, float] = {}
    for one in header.lower().split(","):
        match = _CODING.fullmatch(one.strip())
        if match:
            weights[match[1]] = float(match[2] or 1)
    if "x-gzip" in weights:
        weights.setdefault("gzip", weights["x-gzip"])
    wanted = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in CODINGS}
    return tuple(sorted((coding for coding in CODINGS if wanted[coding] > 0), key=lambda coding: -wanted[coding]))
