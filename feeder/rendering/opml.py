"""Subscription lists (OPML 2.0): sources.opml for readers who want to read whom we read, and the whole for export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime

from babel import Locale
from lxml import etree

from feeder import addresses, text
from feeder.addresses import without_login
from feeder.config import Config
from feeder.config.sourcing import SourceSettings
from feeder.config.travelling import NAMESPACE, packed
from feeder.model import OutputFile, Source
from feeder.rendering.filling import moment
from feeder.rendering.look import Look

PATH = "sources.opml"

_NOT_XML = {0xFFFE: None, 0xFFFF: None}


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
            etree.SubElement(
                outline,
                "outline",
                _feed(source.title, address, addresses.public_address(source.homepage), source.language),
            )
    if not len(body):
        etree.SubElement(
            body, "outline", _feed(publication.title, look.url("rss.xml"), publication.url, publication.language)
        )
    return OutputFile(PATH, _data(root))


def subscriptions_opml(config: Config) -> bytes:
    """List every source that has an address, private ones too, in the folder of each of its topics.

    What a feed reader does not understand travels in a namespace of our own; a page or sitemap is a link to others.
    """
    root = etree.Element("opml", nsmap={"feeder": NAMESPACE}, version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = text.one_line(config.publication.title)
    body = etree.SubElement(root, "body")
    listed = [source for source in config.sources if source.kind != "folder"]
    for source in listed:
        if not source.topics:
            etree.SubElement(body, "outline", _subscription(source))
    for topic in config.topics:
        inside = [source for source in listed if topic.id in source.topics]
        folder = etree.SubElement(body, "outline", text=text.one_line(topic.title)) if inside else body
        for source in inside:
            etree.SubElement(folder, "outline", _subscription(source))
    return _data(root)


def _subscription(source: SourceSettings) -> dict[str, str]:
    told = {f"{{{NAMESPACE}}}{name}": text.fit(value) for name, value in packed(source).items()}
    facts = _feed(source.title, without_login(source.location).translate(_NOT_XML), source.homepage, source.language)
    if source.kind == "feed":
        return facts | told
    facts = {name: value for name, value in facts.items() if name not in ("version", "xmlUrl")}
    return facts | {"type": "link", "url": without_login(source.location).translate(_NOT_XML)} | told


def _data(root: etree._Element) -> bytes:
    return etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)


def _folders(look: Look, sources: Sequence[Source]) -> Mapping[str, list[tuple[Source, str]]]:
    """Each address once, in the order of the configuration; the topics' folders in theirs."""
    folders: dict[str, list[tuple[Source, str]]] = {topic.title: [] for topic in look.config.topics}
    seen: set[str] = set()
    for source in sources:
        address = addresses.public_address(source.location) if source.public and source.kind == "feed" else None
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


def _feed(title: str, address: str, homepage: str | None, language: str) -> dict[str, str]:
    """An outline's attributes; "RSS" stands for any feed, OPML knows no other word."""
    name = text.plain(title)
    home = addresses.web_address(homepage)
    facts = {"text": name, "title": name, "type": "rss", "version": "RSS", "xmlUrl": address, "language": language}
    return facts | ({"htmlUrl": home} if home else {})
