"""The header Link of a feed, for who subscribes at a hub (https://www.w3.org/TR/websub/, section 4).

Read from the feed as it was written, so that the two never differ, whatever the configuration has become.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import PurePosixPath

from feeder.web.kinds import Headers

_LINK = re.compile(rb'<(?:atom:)?link(?=[^>]*\srel="(hub|self)")[^>]*\shref="([^"]*)"')
_ENTRIES = re.compile(rb"<(?:item|entry)>")
_ADDRESS = re.compile(r"https?://[\x21\x23-\x3b\x3d\x3f-\x7e]+")  # nothing that would end it in a header


def linking(path: str, data: bytes) -> Headers:
    """The hubs that a feed names, and itself; nothing for what is no feed, or names none."""
    match PurePosixPath(path).name:
        case "rss.xml" | "atom.xml":
            head = _ENTRIES.split(data, maxsplit=1)[0]
            found = [(rel.decode(), html.unescape(href.decode())) for rel, href in _LINK.findall(head)]
        case "feed.json" if b'"hubs"' in data:
            found = _of_json(data)
        case _:
            return ()
    links = [f'<{address}>; rel="{rel}"' for rel, address in sorted(found) if _ADDRESS.fullmatch(address)]
    return (("link", ", ".join(links)),) if any(rel == "hub" for rel, _ in found) else ()


def _of_json(data: bytes) -> list[tuple[str, str]]:
    try:
        feed = json.loads(data)
        return [*(("hub", str(hub["url"])) for hub in feed["hubs"]), ("self", str(feed["feed_url"]))]
    except (ValueError, KeyError, TypeError):
        return []
