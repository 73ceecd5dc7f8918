"""Accounts on YouTube and Mastodon, given as people write them, and the feeds that these platforms make of them."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

_YOUTUBE = ("youtube.com", "www.youtube.com", "m.youtube.com")
_CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)
_CHANNEL_ON_PAGE = re.compile(
    rb'(?:feeds/videos\.xml\?channel_id=|"externalId"\s*:\s*"|"channelId"\s*:\s*"'
    rb'|rel="canonical"\s+href="https://www\.youtube\.com/channel/|itemprop="(?:identifier|channelId)"\s+content=")'
    rb"(UC[\w-]{22})"
)
_HANDLE = re.compile(r"@([\w.-]+)@([\w.-]+\.[a-z]{2,})", re.IGNORECASE | re.ASCII)
_ACCOUNT = re.compile(r"/(?:web/)?@([\w.-]+)/?", re.ASCII)


def account_page(written: str) -> str:
    """An address as people write it, made one: `@user@host` and `heise.de` get what they leave out."""
    written = written.strip()
    if handle := _HANDLE.fullmatch(written):
        return f"https://{handle[2]}/@{handle[1]}"
    return written if "://" in written else f"https://{written.lstrip('/')}"


def account_feed(url: str) -> str | None:
    """The feed of an account whose address alone names it: a YouTube channel's or playlist's, a Mastodon account's."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if host in _YOUTUBE:
        return _youtube_feed(parts.path, parts.query)
    account = _ACCOUNT.fullmatch(parts.path)
    return f"{parts.scheme}://{parts.netloc}/@{account[1]}.rss" if account else None


def channel_feed(url: str, body: bytes) -> str | None:
    """The feed of the YouTube channel whose page this is; it names its channel in several places."""
    if (urlsplit(url).hostname or "").lower() not in _YOUTUBE:
        return None
    found = _CHANNEL_ON_PAGE.search(body)
    return _by_channel(found[1].decode("ascii")) if found else None


def _youtube_feed(path: str, query: str) -> str | None:
    lists = parse_qs(query).get("list", [])
    if path.rstrip("/") == "/playlist" and lists:
        return f"https://www.youtube.com/feeds/videos.xml?playlist_id={quote(lists[0])}"
    kind, _, name = path.strip("/").partition("/")
    name = name.partition("/")[0]
    if kind == "channel" and _CHANNEL.fullmatch(name):
        return _by_channel(name)
    return f"https://www.youtube.com/feeds/videos.xml?user={quote(name)}" if kind == "user" and name else None


def _by_channel(channel: str) -> str:
    return f"https://www.youtube.com/feeds/videos.xml?channel_id={channel}"
