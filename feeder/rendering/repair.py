"""The one extension of feedgen: writes what feedgen 1.0 cannot say, or says wrongly.

feedgen loses rel, type and length of an Atom entry's links, puts a single picture into a media:group,
turns "CDATA" into an Atom content type, drops authors that have no mail address from RSS, moves the
content into the description where there is no teaser, and writes an Atom source without id and time.
It creates Atom's elements without a namespace, under an attribute named xmlns: so does this.
"""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TypeAlias

from lxml import etree

from feeder.rendering.entries import FeedEntry
from feeder.rendering.filling import stamp

Element: TypeAlias = etree._Element

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class FeedRepair:
    """Declares the name spaces that the entries use, and names the hubs; `hubs` is set before the feed is written."""

    hubs: tuple[str, ...] = ()

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DC, "media": MEDIA}

    def extend_rss(self, root: Element) -> Element:
        """Name the hubs (WebSub, section 4) after the channel's own links."""
        for own in root.findall(f"channel/{{{ATOM}}}link[@rel='self']"):
            for hub in reversed(self.hubs):
                own.addnext(etree.Element(f"{{{ATOM}}}link", rel="hub", href=hub))
        return root

    def extend_atom(self, root: Element) -> Element:
        """The same, of the feed."""
        for own in root.findall("link[@rel='self']"):
            for hub in reversed(self.hubs):
                own.addnext(etree.Element("link", rel="hub", href=hub))
        return root


class EntryRepair:
    """Mends one entry; `entry` and `home_language` are set before the feed is written."""

    entry: FeedEntry
    home_language: str

    def extend_ns(self) -> dict[str, str]:
        return {}

    def extend_rss(self, item: Element) -> Element:
        """Mend an <item>: description before content, names of authors, language, picture."""
        entry = self.entry
        for wrong in (*item.findall("description"), *item.findall(f"{{{CONTENT}}}encoded")):
            item.remove(wrong)
        _add(item, "description", escape(entry.teaser, quote=False))  # readers take a description for HTML
        _add(item, f"{{{CONTENT}}}encoded", _verbatim(entry.html))
        for author in entry.authors:
            _add(item, f"{{{DC}}}creator", author)
        if self._is_foreign():
            _add(item, f"{{{DC}}}language", entry.language)
        _picture(item, entry)
        return item

    def extend_atom(self, node: Element) -> Element:
        """Mend an <entry>: links with all they carry, content, languages, source, picture."""
        entry = self.entry
        for wrong in (*node.findall("link"), *node.findall("content"), *node.findall("source")):
            node.remove(wrong)
        if self._is_foreign():
            for words in (*node.findall("title"), *node.findall("summary")):
                words.set(LANG, entry.language)
        _links(node, entry)
        _add(node, "content", _verbatim(entry.html), type="html")
        if entry.source is not None:
            _source(node, entry.source.label, entry.source.url, entry.updated)
        _picture(node, entry)
        return node

    def _is_foreign(self) -> bool:
        return self.entry.language != self.home_language


def _add(parent: Element, name: str, words: str | etree.CDATA | None = None, **attributes: str) -> Element:
    element = etree.SubElement(parent, name, attributes)
    element.text = words
    return element


def _verbatim(html: str) -> str | etree.CDATA:
    """Spare readers of the source, and the feed's size, the escaping."""
    return html if "]]>" in html else etree.CDATA(html)


def _links(node: Element, entry: FeedEntry) -> None:
    _add(node, "link", rel="alternate", type="text/html", href=entry.url)
    if entry.image is not None and entry.image.type:
        length = {"length": str(entry.image.length)} if entry.image.length else {}
        _add(node, "link", rel="enclosure", type=entry.image.type, href=entry.image.url, **length)
    for link in entry.related:
        _add(node, "link", rel="related", type="text/html", href=link.url, title=link.label)


def _source(node: Element, title: str, url: str, updated: datetime) -> None:
    source = _add(node, "source")
    _add(source, "id", url)
    _add(source, "title", title)
    _add(source, "updated", stamp(updated))
    _add(source, "link", rel="alternate", href=url)


def _picture(parent: Element, entry: FeedEntry) -> None:
    """Name the picture by Media RSS, without a group: it has no alternatives.

    Its alternative text stands in the HTML: readers take a media:description for the entry's summary.
    """
    image = entry.image
    if image is None:
        return
    facts = {"url": image.url, "medium": "image", "type": image.type, "fileSize": image.length,
             "width": image.width, "height": image.height}  # fmt: skip
    content = _add(parent, f"{{{MEDIA}}}content", **{name: str(fact) for name, fact in facts.items() if fact})
    if image.credit:
        _add(content, f"{{{MEDIA}}}credit", image.credit)
