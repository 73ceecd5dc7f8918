"""BEST: the best that can be put together today. aiohttp, fastfeedparser, one process, one commit.

`python best.py FOLDER ADDRESSES`
"""

import asyncio
import json
import sqlite3
import sys
from pathlib import Path

import aiohttp
import fastfeedparser

TABLES = """
create table if not exists feeds (url text primary key, etag text, modified text);
create table if not exists entries (
    feed text, id text, title text, link text, published text, author text, content text, primary key (feed, id)
);
"""


def keep(database: sqlite3.Connection, url, headers, body) -> None:
    """Parse a feed and keep its entries and validators."""
    rows = []
    for entry in fastfeedparser.parse(body).entries:
        content = entry.content[0]["value"] if entry.get("content") else entry.get("description")
        row = (url, entry.get("id") or entry.get("link") or entry.get("title"), entry.get("title"), entry.get("link"))
        rows.append((*row, entry.get("published"), entry.get("author"), content))
    database.executemany("insert or ignore into entries values (?, ?, ?, ?, ?, ?, ?)", rows)
    validators = (url, headers.get("ETag"), headers.get("Last-Modified"))
    database.execute("insert or replace into feeds values (?, ?, ?)", validators)


async def gather(database: sqlite3.Connection, addresses) -> int:
    """Ask all feeds, twenty at a time; how many failed."""
    known = {url: (etag, modified) for url, etag, modified in database.execute("select * from feeds")}
    waiting, failed = iter(addresses), 0
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": "best"}) as session:

        async def work() -> None:
            nonlocal failed
            for url in waiting:
                etag, modified = known.get(url, (None, None))
                asked = {"If-None-Match": etag, "If-Modified-Since": modified}
                headers = {name: value for name, value in asked.items() if value}
                try:
                    async with session.get(url, headers=headers) as answer:
                        if answer.status == 304:
                            continue
                        answer.raise_for_status()
                        body = await answer.read()
                        keep(database, url, answer.headers, body)
                except Exception:  # noqa: BLE001 - whatever a feed does to it
                    failed += 1

        await asyncio.gather(*(work() for _ in range(20)))
    return failed


def main() -> None:
    """Gather once."""
    folder, addresses = Path(sys.argv[1]), Path(sys.argv[2]).read_text().split()
    database = sqlite3.connect(folder / "best.db")
    database.execute("pragma journal_mode = wal")
    database.executescript(TABLES)
    failed = asyncio.run(gather(database, addresses))
    database.commit()
    entries = database.execute("select count(*) from entries").fetchone()[0]
    database.close()
    print(json.dumps({"entries": entries, "failed": failed}))


main()
