"""The logo in the masthead, measured from the first bytes of its file."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

from feeder.errors import RenderError
from feeder.model import OutputFile

WIDEST, HIGHEST = 280, 56
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo as mails show it; `file` goes out with them, `width` and `height` are those that it is shown with."""

    file: OutputFile
    width: int
    height: int


def read_logo(path: Path) -> Logo:
    """Read a PNG or JPEG; what is larger than the masthead is shown smaller, never the other way round."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RenderError(f"brand.logo: cannot read {path}: {error.strerror}") from error
    try:
        suffix, width, height = _measured(data)
    except (struct.error, IndexError):
        suffix, width, height = "", 0, 0
    if not width or not height:
        raise RenderError(f"brand.logo: {path} is no PNG or JPEG file, or a broken one; save it as one of them")
    scale = min(1.0, WIDEST / width, HIGHEST / height)
    name = f"media/{hashlib.sha256(data).hexdigest()[:32]}.{suffix}"
    return Logo(OutputFile(name, data), max(1, round(width * scale)), max(1, round(height * scale)))


def _measured(data: bytes) -> tuple[str, int, int]:
    """Kind, width and height: of a PNG from its IHDR chunk, of a JPEG from its frame header (ITU T.81, B.2.2)."""
    if data.startswith(_PNG):
        return "png", *struct.unpack(">II", data[16:24])
    place = 2 if data.startswith(b"\xff\xd8") else len(data)
    while place + 9 < len(data):
        marker, length = struct.unpack(">HH", data[place : place + 4])
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return "jpg", width, height
        place += 2 + length
    return "", 0, 0
