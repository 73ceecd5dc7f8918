"""JSON Feed 1.1 (https://jsonfeed.org/version/1.1), keys in the order of the specification."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from feeder import text
from feeder.model import Feed
from feeder.rendering.entries import FeedEntry
from feeder.rendering.filling import filled, stamp
from feeder.rendering.look import Look

VERSION = "https://jsonfeed.org/version/1.1"
EXTENSION = "_feeder"


def write_json(look: Look, feed: Feed, entries: Sequence[FeedEntry]) -> bytes:
    """Write a JSON Feed; what the specification has no key for stands under `_feeder`."""
    publication = look.config.publication
    document = {
        "version": VERSION,
        "title": text.one_line(feed.title),
        "home_page_url": look.url(feed.home),
        "feed_url": look.url(f"{feed.folder}feed.json"),
        "description": text.one_line(feed.description),
        "authors": [{"name": text.one_line(publication.author), "url": publication.url}],
        "language": feed.language,
        **({"hubs": [{"type": "WebSub", "url": hub} for hub in hubs]} if (hubs := look.config.announce.hubs) else {}),
        EXTENSION: filled({"about": look.url(""), "updated": stamp(feed.updated), "copyright": publication.licence}),
        "items": [_item(entry, feed) for entry in entries],
    }
    return (json.dumps(_fit(document), ensure_ascii=False, indent=1) + "\n").encode()


def _item(entry: FeedEntry, feed: Feed) -> Mapping[str, object]:
    image = entry.image
    tags = dict.fromkeys(tag for one in entry.categories if (tag := one.label.lstrip("# ")))
    return filled({
        "id": entry.id,
        "url": entry.page,
        "external_url": entry.external_url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.teaser,
        "image": image.url if image else None,
        "date_published": stamp(entry.published),
        "date_modified": stamp(entry.updated),
        "authors": [{"name": author} for author in entry.authors],
        "tags": list(tags),
        "language": entry.language if entry.language != feed.language else None,
        "attachments": [
            filled({"url": image.url, "mime_type": image.type, "title": image.alt, "size_in_bytes": image.length})
        ]
        if image and image.type
        else [],
        EXTENSION: entry.extension,
    })  # fmt: skip


def _fit(value: object) -> object:
    """Clean all text in it: half a character pair alone would cost the whole feed."""
    if isinstance(value, str):
        return text.fit(value)
    if isinstance(value, Mapping):
        return {key: _fit(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_fit(one) for one in value]
    return value
