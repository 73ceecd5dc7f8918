"""Which file of feeds/ an address names: decided from its words alone, before any disk is touched."""

from __future__ import annotations

import re
from dataclasses import dataclass

TARGET_LIMIT = 2048
"""Characters of a path; ours stay under 200."""

_SEGMENT = re.compile(r"[^./\\%\x00-\x20\x7f-\x9f][^/\\%\x00-\x1f\x7f-\x9f]*")
_PACKED = (".br", ".gz")


@dataclass(frozen=True, slots=True)
class Address:
    """A file, by the names on the way to it; `folder` if the address ended with a slash: then index.html is last."""

    parts: tuple[str, ...]
    folder: bool = False

    @property
    def path(self) -> str:
        """Relative to feeds/, with forward slashes."""
        return "/".join(self.parts)


def address(path: str) -> Address | None:
    """The file that a decoded path names; None for whatever cannot be one of ours.

    No name begins with a dot: so neither `..` nor what is being written nor what is hidden has an address. Nothing
    is decoded a second time, and no name holds a backslash, a percent sign or a control character.
    """
    if not path.startswith("/") or len(path) > TARGET_LIMIT:
        return None
    *folders, name = path[1:].split("/")
    parts = (*folders, name or "index.html")
    if not all(_SEGMENT.fullmatch(part) for part in parts) or name.endswith(_PACKED):
        return None
    return Address(parts, folder=not name)
