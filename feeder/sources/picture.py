"""A picture file, measured from its bytes; PIL stays in this file."""

from __future__ import annotations

import hashlib
import struct
import zlib
from io import BytesIO

from feeder.model import Image, Medium

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif")
SIZE_LIMIT = 10_000_000
PIXEL_LIMIT = 50_000_000

FORMATS = {
    "JPEG": ("jpg", "image/jpeg"),
    "PNG": ("png", "image/png"),
    "WEBP": ("webp", "image/webp"),
    "GIF": ("gif", "image/gif"),
}
_TURNED = (5, 6, 7, 8)
"""Values of EXIF's Orientation with which a viewer swaps width and height."""
_ORIENTATION = 0x0112
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, OverflowError, IndexError, KeyError, TypeError, struct.error,
           zlib.error, MemoryError)  # fmt: skip


class PictureError(ValueError):
    """The picture cannot be used; the message is German, for editors."""


def measured(data: bytes, *, alt: str, credit: str, licence: str | None) -> tuple[Image, Medium]:
    """Name, measure and fully decode a picture; a truncated, huge or foreign one raises PictureError."""
    if len(data) > SIZE_LIMIT:
        raise PictureError("ist größer als 10 MB")
    suffix, kind, width, height = _decode(data)
    name = f"media/{hashlib.sha256(data).hexdigest()[:32]}.{suffix}"
    return Image(name, alt, width, height, credit, licence, kind, len(data)), Medium(name, kind, data)


def _decode(data: bytes) -> tuple[str, str, int, int]:
    from PIL import Image as Pictures  # noqa: PLC0415 - costs what only a new picture needs
    from PIL import UnidentifiedImageError  # noqa: PLC0415 - the same
    from PIL.Image import DecompressionBombError, DecompressionBombWarning  # noqa: PLC0415 - the same

    try:
        with Pictures.open(BytesIO(data), formats=tuple(FORMATS)) as picture:
            width, height = picture.size
            if width * height > PIXEL_LIMIT:
                raise PictureError("hat mehr als 50 Megapixel")
            suffix, kind = FORMATS[picture.format or ""]
            turned = picture.getexif().get(_ORIENTATION) in _TURNED
            picture.load()
    except PictureError:
        raise
    except (DecompressionBombError, DecompressionBombWarning) as error:
        raise PictureError("hat mehr als 50 Megapixel") from error
    except UnidentifiedImageError as error:
        raise PictureError("ist kein JPEG, PNG, WebP oder GIF") from error
    except _BROKEN as error:
        raise PictureError("ist beschädigt oder abgeschnitten") from error
    return (suffix, kind, height, width) if turned else (suffix, kind, width, height)
