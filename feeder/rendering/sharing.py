"""Links by which readers pass a story on: plain addresses, no script, nothing that counts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from feeder import text
from feeder.rendering.look import Look

TITLE_LIMIT = 200  # Bluesky takes 300 characters, X 280, the address included

NETWORKS: Mapping[str, str] = {
    "mail": "mailto:?subject={title}&body={body}",
    "whatsapp": "https://wa.me/?text={words}",
    "linkedin": "https://www.linkedin.com/sharing/share-offsite/?url={url}",
    "x": "https://x.com/intent/post?text={title}&url={url}",
    "mastodon": "https://share.joinmastodon.org/#text={words}",
    "bluesky": "https://bsky.app/intent/compose?text={words}",
    "facebook": "https://www.facebook.com/sharer/sharer.php?u={url}",
    "telegram": "https://t.me/share/url?url={url}&text={title}",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled address; unlike those of the configuration it may be a mailto:."""

    label: str
    url: str


def share_links(look: Look, title: str, url: str) -> tuple[Link, ...]:
    """A link per configured network, in the configured order, that carries headline and address."""
    words = text.shorten(text.one_line(title), TITLE_LIMIT)
    values = {
        "title": quote(words, safe=""),
        "url": quote(url, safe=""),
        "words": quote(f"{words} {url}", safe=""),
        "body": quote(f"{words}\r\n\r\n{url}", safe=""),
    }
    return tuple(
        Link(look.strings[f"share_{network}"], NETWORKS[network].format(**values))
        for network in look.config.share.networks
    )
