"""Links by which readers pass a story on: plain addresses, no script, nothing that counts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from feeder import text
from feeder.rendering.look import Look
from feeder.sentences import sentences

PUSH_LIMIT = 280
SHORTEST_HEADLINE = 40
TITLE_LIMIT = 200  # Bluesky takes 300 characters, X 280, the address included

NETWORKS: Mapping[str, str] = {
    "mail": "mailto:?subject={title}&body={body}",
    "whatsapp": "https://wa.me/?text={words}",
    "linkedin": "https://www.linkedin.com/sharing/share-offsite/?url={url}",
    "x": "https://x.com/intent/post?text={told}&url={url}",
    "mastodon": "https://share.joinmastodon.org/#text={words}",
    "bluesky": "https://bsky.app/intent/compose?text={words}",
    "facebook": "https://www.facebook.com/sharer/sharer.php?u={url}",
    "telegram": "https://t.me/share/url?url={url}&text={told}",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled address; unlike those of the configuration it may be a mailto:."""

    label: str
    url: str


def share_links(look: Look, title: str, url: str, teaser: str = "", *, limit: int | None = None) -> tuple[Link, ...]:
    """A link per configured network, the first `limit` of them, that carries headline and address.

    With a teaser, networks that take words get what fits of it too, as `push` says it.
    """
    networks = look.config.share.networks[:limit]
    if not networks:
        return ()
    words = text.shorten(text.one_line(title), TITLE_LIMIT)
    told = push(title, teaser, url).removesuffix(f" {url}") if teaser else words
    told = told or words
    values = {
        "title": quote(words, safe=""),
        "url": quote(url, safe=""),
        "told": quote(told, safe=""),
        "words": quote(f"{told} {url}", safe=""),
        "body": quote(f"{told}\r\n\r\n{url}", safe=""),
    }
    return tuple(Link(look.strings[f"share_{network}"], NETWORKS[network].format(**values)) for network in networks)


def push(title: str, teaser: str, url: str) -> str:
    """A story for a push message or a short post: headline, what fits of the teaser's sentences, and the address.

    At most 280 characters; "" where the address leaves no room for a headline, or there are no words.
    """
    room = PUSH_LIMIT - len(url) - 1
    if room < SHORTEST_HEADLINE:
        return ""
    words = text.shorten(text.one_line(title), room)
    for n, sentence in enumerate(sentences(text.one_line(teaser))):
        gap = ":" if n == 0 and words and not words.endswith((".", "!", "?", ":", "…")) else ""
        longer = f"{words}{gap} {sentence}".lstrip()
        if len(longer) > room:
            break
        words = longer
    return f"{words} {url}" if words else ""
