"""What is said of a file by its name: its media type, how long it keeps, who may read and list it."""

from __future__ import annotations

from pathlib import PurePosixPath

Headers = tuple[tuple[str, str], ...]

_FEEDS = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".eml": "message/rfc822",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".svg": "image/svg+xml",
    ".ico": "image/vnd.microsoft.icon",
}

# Pages bring their styles themselves and run nothing; pictures of a digest or a logo may lie elsewhere.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
SAFETY: Headers = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("content-security-policy", _POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
)
KEPT = ("cache-control", "public, max-age=300, stale-while-revalidate=60, stale-if-error=86400")
_FOR_EVER = ("cache-control", "public, max-age=31536000, immutable")
_ANYONE: Headers = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "ETag, Last-Modified"),
)
PREFLIGHT: Headers = (
    ("access-control-allow-methods", "GET, HEAD"),
    ("access-control-allow-headers", "If-None-Match, If-Modified-Since, Range"),
    ("access-control-max-age", "86400"),
)


def media_type(path: str) -> str | None:
    """The type of a public file; None for kinds of file that feeder does not publish."""
    name = PurePosixPath(path)
    return _FEEDS.get(name.name) or _TYPES.get(name.suffix)


def is_packed(path: str) -> bool:
    """Whether a file may lie there packed too, so that answers differ by Accept-Encoding."""
    kind = media_type(path) or ""
    return kind.startswith(("text/", "application/", "message/", "image/svg"))


def keeping(path: str) -> Headers:
    """What belongs to a 304 as to a 200: how long the answer keeps, what it depends on, who may read it."""
    headers: Headers = (_FOR_EVER if path.startswith("media/") else KEPT,)
    if is_packed(path):
        headers += (("vary", "Accept-Encoding"),)
    return headers + open_to(path)


def open_to(path: str) -> Headers:
    """Pages of other origins may read our JSON, and nothing else."""
    return _ANYONE if path.endswith(".json") else ()


def describing(path: str) -> Headers:
    """What belongs to a 200 only; search engines list pages and pictures, not feeds and mails."""
    headers: Headers = (("content-type", media_type(path) or "application/octet-stream"), *SAFETY)
    if not path.startswith("media/") and PurePosixPath(path).name != "index.html":
        headers += (("x-robots-tag", "noindex"),)
    return headers
