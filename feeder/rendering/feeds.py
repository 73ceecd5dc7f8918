"""RSS 2.0, Atom 1.0 and JSON Feed 1.1 of the same entries, bounded, and read back before they leave."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from typing import TypeVar
from urllib.parse import urljoin

import feedgen.entry
import feedgen.feed
from lxml import etree

from feeder import text
from feeder.config.sections import Publication
from feeder.errors import RenderError
from feeder.model import Alert, Feed, Image, OutputFile
from feeder.rendering.entries import Category, FeedEntry, brief
from feeder.rendering.filling import moment
from feeder.rendering.json_feed import write_json
from feeder.rendering.look import Look
from feeder.rendering.repair import ATOM, EntryRepair, FeedRepair
from feeder.rendering.sharing import Link

TTL_MINUTES = "30"

# feedgen formats RSS dates by switching the locale of the whole process (feedgen/util.py): unsafe among threads.
feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime


@dataclass(frozen=True, slots=True)
class _Written:
    """The three formats of the same entries."""

    rss: bytes
    atom: bytes
    json: bytes

    def fits(self, limit: int) -> bool:
        return max(len(self.rss), len(self.atom), len(self.json)) <= limit


def feed_files(look: Look, feed: Feed, entries: Sequence[FeedEntry]) -> tuple[OutputFile, OutputFile, OutputFile]:
    """Write the newest entries in all three formats; what exceeds `max_bytes` is left out, oldest first.

    An entry that would fill more than half a feed alone is cut down to its teaser and a link.
    """
    limit = look.config.output.max_bytes
    newest = sorted(entries, key=lambda entry: (entry.published, entry.id), reverse=True)[
        : look.config.output.max_items
    ]
    shown = [_bounded(look, _fit(entry), limit // 2) for entry in newest]
    count, written = _most(look, feed, shown, limit)
    ids = tuple(entry.id for entry in shown[:count])
    _check(feed, written, ids)
    return (
        OutputFile(f"{feed.folder}rss.xml", written.rss, ids),
        OutputFile(f"{feed.folder}atom.xml", written.atom, ids),
        OutputFile(f"{feed.folder}feed.json", written.json, ids),
    )


def alerts_rss(publication: Publication, address: str, alerts: Sequence[Alert], born: datetime) -> bytes:
    """Alerts, the newest first, as RSS 2.0 for maintainers; `address` is where it is read, the status page lies at its
    root, and nothing of it is for the public. Same alerts, same bytes."""
    generator = feedgen.feed.FeedGenerator()
    generator.title(text.one_line(f"{publication.title}: alerts"))
    generator.description("What is wrong with this feeder, and what is well again.")
    generator.language("en")
    generator.link(href=address, rel="self", type="application/rss+xml")
    generator.link(href=publication.url, rel="alternate")
    generator.lastBuildDate(moment(max((one.at for one in alerts), default=born)))
    generator.generator("feeder")
    generator.ttl("5")
    for one in alerts:
        name = text.digest(one.about, one.what, str(one.seq), one.at.isoformat())
        added = generator.add_entry(order="append")
        added.guid(f"tag:{publication.tag_authority}:alert/{name}", permalink=False)
        added.title(text.one_line(one.headline))
        added.link(href=urljoin(address, "/"))
        added.description(html.escape(text.one_line(one.words), quote=False))
        added.published(moment(one.at))
        added.category(term=one.severity.value)
    return _tidy(generator.rss_str(pretty=True))


def _most(look: Look, feed: Feed, entries: Sequence[FeedEntry], limit: int) -> tuple[int, _Written]:
    """As many of the entries as fit, found by halving, and the files that they make."""
    fitting, written = 0, _write(look, feed, entries)
    if written.fits(limit):
        return len(entries), written
    too_many = len(entries)
    while too_many - fitting > 1:
        middle = (fitting + too_many) // 2
        attempt = _write(look, feed, entries[:middle])
        if attempt.fits(limit):
            fitting, written = middle, attempt
        else:
            too_many = middle
    if not fitting:
        first = entries[0].id if entries else "no entry at all"
        raise RenderError(f"feed {feed.id}: even with {first} alone it exceeds {limit} bytes; raise [output] max_bytes")
    return fitting, written


def _bounded(look: Look, entry: FeedEntry, limit: int) -> FeedEntry:
    return brief(look, entry) if len(repr(entry).encode()) > limit else entry


def _fit(entry: FeedEntry) -> FeedEntry:
    """Clean once more: a single control character would cost the whole feed."""
    return replace(
        entry,
        title=text.one_line(entry.title),
        teaser=text.one_line(entry.teaser),
        html=text.fit(entry.html),
        authors=tuple(text.one_line(author) for author in entry.authors),
        categories=tuple(_labelled(one) for one in entry.categories),
        provenance=entry.provenance and _labelled(entry.provenance),
        source=entry.source and _labelled(entry.source),
        related=tuple(_labelled(one) for one in entry.related),
        image=entry.image and _captioned(entry.image),
    )


Labelled = TypeVar("Labelled", Category, Link)


def _labelled(one: Labelled) -> Labelled:
    return replace(one, label=text.one_line(one.label))


def _captioned(image: Image) -> Image:
    return replace(image, alt=text.one_line(image.alt), credit=text.one_line(image.credit or ""))


def _write(look: Look, feed: Feed, entries: Sequence[FeedEntry]) -> _Written:
    rss = _generator(look, feed, entries, "rss.xml", "application/rss+xml")
    atom = _generator(look, feed, entries, "atom.xml", "application/atom+xml")
    try:
        return _Written(
            _tidy(rss.rss_str(pretty=True)), _tidy(atom.atom_str(pretty=True)), write_json(look, feed, entries)
        )
    except ValueError as error:
        raise RenderError(f"feed {feed.id}: {_culprit(rss, entries)}: {error}") from error


def _tidy(data: bytes) -> bytes:
    """Drop the name spaces that feedgen declares and nothing uses."""
    root = etree.fromstring(data, etree.XMLParser(strip_cdata=False, resolve_entities=False, no_network=True))
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _culprit(generator: feedgen.feed.FeedGenerator, entries: Sequence[FeedEntry]) -> str:
    """Name the first entry that cannot be written."""
    for entry, written in zip(entries, generator.entry(), strict=True):
        try:
            written.rss_entry()
            written.atom_entry()
        except ValueError:
            return entry.id
    return "its own title or description"


def _generator(
    look: Look, feed: Feed, entries: Sequence[FeedEntry], file: str, kind: str
) -> feedgen.feed.FeedGenerator:
    publication = look.config.publication
    generator = feedgen.feed.FeedGenerator()
    generator.register_extension("repair", FeedRepair, EntryRepair)
    generator.repair.hubs = look.config.announce.hubs
    generator.id(feed.id)
    generator.title(text.one_line(feed.title))
    generator.subtitle(text.one_line(feed.description))
    generator.language(feed.language)
    generator.link(href=look.url(feed.folder + file), rel="self", type=kind)
    generator.link(href=look.url(feed.home), rel="alternate", type="text/html")  # last: feedgen makes it RSS's link
    generator.updated(moment(feed.updated))
    generator.lastBuildDate(moment(feed.updated))
    generator.generator("feeder")
    generator.ttl(TTL_MINUTES)
    author = text.one_line(publication.author)
    mail = {"email": publication.email} if publication.email else {}
    generator.author(name=author, uri=publication.url, **mail)
    if publication.email:
        generator.managingEditor(f"{publication.email} ({author})")
    if publication.licence:
        generator.rights(text.one_line(publication.licence))
    for entry in entries:
        _add(generator, entry, feed)
    return generator


def _add(generator: feedgen.feed.FeedGenerator, entry: FeedEntry, feed: Feed) -> None:
    added = generator.add_entry(order="append")
    added.id(entry.id)
    added.title(entry.title)
    added.link(href=entry.url, rel="alternate")
    if entry.teaser:
        added.summary(entry.teaser)
    added.content(entry.html, type="html")
    added.published(entry.published)
    added.updated(entry.updated)
    added.author([{"name": author} for author in entry.authors])
    for category in (*entry.categories, *([entry.provenance] if entry.provenance else ())):
        added.category(term=category.term, label=category.label, scheme=category.scheme)
    if entry.image is not None and entry.image.type:
        added.enclosure(entry.image.url, entry.image.length or 0, entry.image.type)
    if entry.source is not None:
        added.source(entry.source.url, entry.source.label)
    added.repair.entry = entry
    added.repair.home_language = feed.language


def _check(feed: Feed, written: _Written, ids: tuple[str, ...]) -> None:
    """Read the files back; a feed that does not hold exactly its entries must not replace a good one."""
    rss, atom = etree.fromstring(written.rss), etree.fromstring(written.atom)
    found = {
        "rss.xml": [guid.text for guid in rss.iterfind("channel/item/guid")],
        "atom.xml": [node.findtext(f"{{{ATOM}}}id") for node in atom.iterfind(f"{{{ATOM}}}entry")],
        "feed.json": [item["id"] for item in json.loads(written.json)["items"]],
    }
    for name, read in found.items():
        if read != list(ids):
            wrong = next((one for one, other in zip(ids, read, strict=False) if one != other), "their number")
            raise RenderError(f"{feed.folder}{name} does not hold the entries that it was made of: {wrong}")
    if len(set(ids)) != len(ids):
        twice = next(one for one in ids if ids.count(one) > 1)
        raise RenderError(f"feed {feed.id}: {twice} stands in it twice")
