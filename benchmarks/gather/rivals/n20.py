"""N20: the script that most people write. requests, feedparser, 20 threads, one commit per feed.

`python n20.py FOLDER ADDRESSES`
"""

import json
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import feedparser
import requests

TABLES = """
create table if not exists feeds (url text primary key, etag text, modified text);
create table if not exists entries (
    feed text, id text, title text, link text, published text, author text, content text, primary key (feed, id)
);
"""


def main() -> None:
    """Gather once."""
    folder, addresses = Path(sys.argv[1]), Path(sys.argv[2]).read_text().split()
    database = sqlite3.connect(folder / "n20.db")
    database.execute("pragma journal_mode = wal")
    database.executescript(TABLES)
    known = {url: (etag, modified) for url, etag, modified in database.execute("select * from feeds")}
    session = requests.Session()
    failed = 0
    with ThreadPoolExecutor(20) as pool:
        for url, found, error in pool.map(lambda url: fetch(session, url, *known.get(url, (None, None))), addresses):
            failed += error is not None
            if found is not None:
                keep(database, url, *found)
    entries = database.execute("select count(*) from entries").fetchone()[0]
    database.close()
    print(json.dumps({"entries": entries, "failed": failed}))


def fetch(session, url, etag, modified):
    """Ask for a feed, if it changed, and parse it."""
    headers = {"User-Agent": "n20"}
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    try:
        answer = session.get(url, headers=headers, timeout=30)
        if answer.status_code == 304:
            return url, None, None
        answer.raise_for_status()
    except requests.RequestException as error:
        return url, None, error
    return url, (answer.headers, feedparser.parse(answer.content)), None


def keep(database, url, headers, feed) -> None:
    """Store entries and validators, and commit."""
    for entry in feed.entries:
        content = entry.content[0].value if entry.get("content") else entry.get("summary")
        row = (url, entry.get("id") or entry.get("link") or entry.get("title"), entry.get("title"), entry.get("link"))
        row += (str(entry.get("published") or entry.get("updated")), entry.get("author"), content)
        database.execute("insert or ignore into entries values (?, ?, ?, ?, ?, ?, ?)", row)
    validators = (url, headers.get("ETag"), headers.get("Last-Modified"))
    database.execute("insert or replace into feeds values (?, ?, ?)", validators)
    database.commit()


main()
