"""The picture and the files of an entry: media:…, enclosures, itunes:image."""

from __future__ import annotations

from lxml.etree import _Element

from feeder.model import Enclosure, Image
from feeder.sources.elements import Parts, Said, read, roles, words

# What an entry's children must be sorted into for `picture`.
PICTURES = ("media:content", "media:thumbnail", "media:group", "media:credit", "media:title", "itunes:image")

_WITHIN = roles({"alt": ("media:description", "media:title"), "credit": ("media:credit",)}, ("media:thumbnail",))("")
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
_PORTRAITS = "gravatar.com/avatar/"  # blogs list the author's face among an entry's pictures


def picture(parts: Parts, enclosures: list[Enclosure]) -> Image | None:
    """Choose an entry's picture: the widest media:content, else a thumbnail, enclosure or itunes:image."""
    contents = parts.get("media:content", ())
    best = max(filter(_is_image, contents), key=_width, default=None) if contents else None
    if best is not None:
        return _image(best, read(best, _WITHIN)[0] if len(best) else {}, parts)
    for content in contents:
        said, within = read(content, _WITHIN)
        for thumbnail in within.get("media:thumbnail", ()):
            return _image(thumbnail, said, parts)
    for thumbnail in parts.get("media:thumbnail", ()):
        return _image(thumbnail, {}, parts)
    for enclosure in enclosures:
        if is_image(enclosure.type, enclosure.url):
            return Image(
                enclosure.url,
                "",
                credit=_first(parts, "media:credit") or None,
                type=enclosure.type,
                length=enclosure.length,
            )
    for image in parts.get("itunes:image", ()):
        if address := image.get("href"):
            return Image(address, "")
    return None


def enclosure(element: _Element, address: str) -> Enclosure:
    """A file by the attributes of <enclosure> or <link rel="enclosure">."""
    return Enclosure(address, (element.get("type") or "").strip().lower() or None, number(element.get("length")))


def is_image(mime: str | None, address: str) -> bool:
    """Whether a file is a picture, by its type, or by its name where it has none."""
    if mime:
        return mime.startswith("image/")
    return address.lower().partition("?")[0].endswith(_SUFFIXES)


def number(written: str | None) -> int | None:
    """A positive whole number, or None."""
    digits = (written or "").strip()
    return int(digits) or None if digits.isdecimal() and len(digits) < 16 else None


def is_picture(address: str | None, medium: str | None, mime: str | None) -> bool:
    """Whether a media:content shows what the entry is about."""
    if not address or _PORTRAITS in address:
        return False
    return medium.lower() == "image" if medium else is_image(mime, address)


def _is_image(content: _Element) -> bool:
    return is_picture(content.get("url"), content.get("medium"), content.get("type"))


def _width(content: _Element) -> int:
    return number(content.get("width")) or 0


def _image(element: _Element, within: Said, around: Parts) -> Image | None:
    address = element.get("url") or element.text
    if not address:
        return None
    return Image(
        url=address,
        alt=within.get("alt") or _first(around, "media:title"),
        width=number(element.get("width")),
        height=number(element.get("height")),
        credit=within.get("credit") or _first(around, "media:credit") or None,
        type=element.get("type"),
        length=number(element.get("fileSize")),
    )


def _first(parts: Parts, name: str) -> str:
    return next((found for each in parts.get(name, ()) if (found := words(each).strip())), "")
