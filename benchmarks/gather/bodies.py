"""Make many distinct feeds of the recorded ones, each once plain and once with one entry more, packed by gzip.

Run as a program, so that what measures stays small: `python -m benchmarks.gather.bodies FOLDER SOURCES`.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
LARGEST = 300_000  # bytes
TENTH = 10  # of how many feeds one gains an entry

_OWN = re.compile(
    rb"(<(?:\w+:)?(?:guid|id|link|origLink)\b[^<>]*>\s*(?:<!\[CDATA\[)?\s*)([^<\]\s]+)"
    rb"|(\b(?:href|rdf:about|rdf:resource)\s*=\s*[\"'])([^\"'\s]+)"
)
_TITLE = re.compile(rb"(<(?:\w+:)?title\b[^<>/]*>\s*(?:<!\[CDATA\[)?)(?=[^<\s\]])")
_ENTRY = re.compile(rb"<(item|entry)[\s>].*?</\1\s*>", re.DOTALL)
_TYPES = {b"{": "application/feed+json", b"<feed": "application/atom+xml"}


@dataclass(frozen=True, slots=True)
class Body:
    """A document as it is served: packed, and with its type."""

    packed: bytes
    size: int
    etag: str
    type: str


def recorded() -> list[bytes]:
    """The corpus feeds that are small enough, or generated ones where there is no corpus."""
    corpus = Path(os.environ.get("FEEDER_CORPUS") or ROOT.parent / "shared" / "corpus") / "feeds"
    paths = [path for path in sorted(corpus.glob("*.*")) if 0 < path.stat().st_size <= LARGEST]
    found = [path.read_bytes() for path in paths]
    found = [body for body in found if b"\x00" not in body[:200] and _gaining(body, "probe") is not None]
    if not found:
        print(f"no recorded feeds in {corpus} (set FEEDER_CORPUS): measuring with generated ones", file=sys.stderr)
    return found or [_generated(entries) for entries in (10, 15, 20, 25, 30, 40, 100)]


def variants(sources: int) -> Iterator[tuple[Body, Body | None]]:
    """For each source its first document, and the one with an entry more that each tenth source has."""
    feeds = recorded()
    for number in range(sources):
        body, mark = feeds[number % len(feeds)], f"s{number}"
        changed = _gaining(body, mark) if number % TENTH == 0 else None
        yield _packed(marked(body, mark)), None if changed is None else _packed(changed)


def marked(body: bytes, mark: str) -> bytes:
    """The same feed as if another publisher had written it: own ids, links and titles."""
    if body.lstrip()[:1] == b"{":
        return _marked_json(body, mark)
    name = mark.encode()

    def own(match: re.Match[bytes]) -> bytes:
        start, value = (match[1], match[2]) if match[1] is not None else (match[3], match[4])
        scheme, found, rest = value.partition(b"://")
        return start + (scheme + found + name + b"." + rest if found else value + b"-" + name)

    return _TITLE.sub(lambda match: match[1] + name + b" ", _OWN.sub(own, body))


def _marked_json(body: bytes, mark: str) -> bytes:
    feed = json.loads(body)
    for item in feed["items"]:
        item.update(_entry(item, mark))
    return json.dumps(feed, ensure_ascii=False).encode()


def _entry(item: dict[str, Any], mark: str) -> dict[str, Any]:
    """What is another's in an item of a JSON feed."""
    own = {name: str(item[name]).replace("://", f"://{mark}.") for name in ("url", "external_url") if item.get(name)}
    return own | {"id": f"{mark}-{item.get('id', '')}", "title": f"{mark} {item.get('title', '')}"}


def _gaining(body: bytes, mark: str) -> bytes | None:
    """The marked feed with one entry more, a copy of its first; None if it has none."""
    own = marked(body, mark) if body.lstrip()[:1] != b"{" or b'"items"' in body else body
    if own.lstrip()[:1] == b"{":
        feed = json.loads(own)
        if not feed.get("items"):
            return None
        feed["items"].insert(0, feed["items"][0] | _entry(feed["items"][0], "new"))
        return json.dumps(feed, ensure_ascii=False).encode()
    first = _ENTRY.search(own)
    return None if first is None else own[: first.start()] + marked(first[0], "new") + own[first.start() :]


def _packed(body: bytes) -> Body:
    kind = next((kind for start, kind in _TYPES.items() if start in body[:2000]), "application/rss+xml")
    etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
    return Body(gzip.compress(body, 6, mtime=0), len(body), etag, kind)


def _generated(entries: int) -> bytes:
    words = " ".join(f"Wort{n * 7919 % 977}" for n in range(250))
    items = "".join(
        f"<item><title>Meldung {n}</title><link>https://quelle.example/{n}</link><guid>https://quelle.example/{n}</guid>"
        f"<pubDate>Mon, 23 Nov 2026 {n % 24:02}:00:00 +0100</pubDate><description>&lt;p&gt;{words} {n}&lt;/p&gt;"
        "</description></item>"
        for n in range(entries)
    )
    return f'<rss version="2.0"><channel><title>Quelle</title>{items}</channel></rss>'.encode()


def write(folder: Path, sources: int) -> None:
    """Write all documents into one file, and where each lies into another."""
    index: list[list[list[object]]] = []
    with (folder / "bodies").open("wb") as pack:
        for pair in variants(sources):
            index.append([])
            for body in pair:
                if body is not None:
                    index[-1].append([pack.tell(), len(body.packed), body.size, body.etag, body.type])
                    pack.write(body.packed)
    (folder / "index.json").write_text(json.dumps(index))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
