"""Three sources that publish something new each round, some of it the same thing, some of it edited later."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from tests.newsroom import Newsroom, Post, rss

SOURCES = ("heise", "golem", "verge")


@dataclass
class World:
    """What the sources publish; `titles` is what is to be told of it, each once."""

    newsroom: Newsroom
    chance: Random
    posts: dict[str, list[Post]] = field(default_factory=lambda: {name: [] for name in SOURCES})
    count: int = 0

    @property
    def titles(self) -> list[str]:
        return [f"Modell {n} rechnet schneller" for n in range(1, self.count + 1)]

    def publish(self, now: datetime) -> None:
        """One new post in one source; now and then in a second one too, and now and then an edit."""
        self.count += 1
        post = Post(self.titles[-1], f"https://quelle.example/{self.count}", now, "Ein Satz. Noch einer.")
        names = self.chance.sample(SOURCES, 2 if self.chance.random() < 0.2 else 1)
        for name in names:
            self.posts[name].insert(0, post)
        self._edit()
        for name in SOURCES:
            self.newsroom.feed(name, rss(*self.posts[name][:30]))

    def _edit(self) -> None:
        posts = self.posts[self.chance.choice(SOURCES)]
        if posts and self.chance.random() < 0.3:
            n = self.chance.randrange(min(3, len(posts)))
            posts[n] = replace(posts[n], summary=f"{posts[n].summary} Nachtrag {self.count}.")


def command(newsroom: Newsroom, *words: str, now: datetime | None = None) -> list[str]:
    """The real command for a process of its own."""
    when = ["--now", now.isoformat()] if now else []
    return [sys.executable, "-m", "feeder", *words, "--config", str(newsroom.folder / "config.toml"), *when]
