"""The same path with the store on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

from tests.newsroom import NOW, Newsroom, Post, rss
from tests.store.postgres import Server

BEATS = True

POSTS = [Post(f"Modell {n}", f"https://heise.example/{n}", NOW - timedelta(hours=n)) for n in range(3)]


def test_a_store_on_postgresql_publishes_the_same_bytes(newsroom: Newsroom, postgresql: Server) -> None:
    newsroom.article("a.txt")
    newsroom.feed("heise", rss(*POSTS))
    newsroom.run()
    expected = {name: data for name, (data, _) in newsroom.files().items()}
    newsroom.store = postgresql.store()
    newsroom.run("run", "--accept-loss")
    newsroom.run("status")
    newsroom.run("run", "--dry-run", now=NOW + timedelta(hours=1))
    assert "0 files changed" in newsroom.run(now=NOW + timedelta(hours=1)).output
    assert {name: data for name, (data, _) in newsroom.files().items()} == expected
