"""sources.opml: whom we read, for readers who want to read them too (OPML 2.0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from babel import Locale
from lxml import etree

from feeder import addresses, text
from feeder.model import OutputFile, Source
from feeder.rendering.entries import moment
from feeder.rendering.look import Look

PATH = "sources.opml"


def sources_opml(look: Look, sources: Sequence[Source], updated: datetime) -> OutputFile:
    """List the public feeds in a folder per topic, else per language; without any, our own feed alone.

    `updated` is when the list last changed, not when it was written.
    """
    publication = look.config.publication
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    for name, value in (
        ("title", look.strings["opml_title"].format(title=publication.title)),
        ("dateCreated", format_datetime(moment(updated))),
        ("ownerName", publication.author),
        ("ownerId", publication.url),
    ):
        etree.SubElement(head, name).text = text.one_line(value)
    body = etree.SubElement(root, "body")
    for folder, listed in _folders(look, sources).items():
        outline = etree.SubElement(body, "outline", text=folder)
        for source, address in listed:
            etree.SubElement(outline, "outline", _feed(source.title, address, source.homepage, source.language))
    if not len(body):
        etree.SubElement(
            body, "outline", _feed(publication.title, look.url("rss.xml"), publication.url, publication.language)
        )
    data = etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)
    return OutputFile(PATH, data)


def _folders(look: Look, sources: Sequence[Source]) -> Mapping[str, list[tuple[Source, str]]]:
    """Each address once, in the order of the configuration; the topics' folders in theirs."""
    folders: dict[str, list[tuple[Source, str]]] = {topic.title: [] for topic in look.config.topics}
    seen: set[str] = set()
    for source in sources:
        address = public_address(source)
        if address is None or address in seen:
            continue
        seen.add(address)
        topic = look.topic(source.topics[0]) if source.topics else None
        folder = topic.title if topic else _language(look, source.language)
        folders.setdefault(folder, []).append((source, address))
    return {text.one_line(folder): listed for folder, listed in folders.items() if listed}


def _language(look: Look, tag: str) -> str:
    """A language's name in the publication's language: Englisch."""
    return str(Locale.parse(look.config.publication.language).languages.get(tag, tag))


def public_address(source: Source) -> str | None:
    """The address of a feed that may be named; never one that carries a password."""
    if not source.public or source.kind != "feed":
        return None
    address = addresses.web_address(source.location)
    return None if address is None or "@" in urlsplit(source.location).netloc else address


def _feed(title: str, address: str, homepage: str | None, language: str) -> dict[str, str]:
    """An outline's attributes; "RSS" stands for any feed, OPML knows no other word."""
    name = text.plain(title)
    home = addresses.web_address(homepage)
    facts = {"text": name, "title": name, "type": "rss", "version": "RSS", "xmlUrl": address, "language": language}
    return facts | ({"htmlUrl": home} if home else {})
