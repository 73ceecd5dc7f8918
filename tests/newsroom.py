"""A whole publication in a folder: its own articles, feeds on a real server, the real command."""

from __future__ import annotations

import json
import logging
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from click.testing import CliRunner, Result

from feeder.cli import main
from feeder.store import open_store
from tests.conftest import ROOT
from tests.web import Web

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SEED = (ROOT / "articles" / "microsoft-verliert-kontrolle-ueber-openai.txt").read_text(encoding="utf-8")
HEAD = (ROOT / "tests" / "data" / "config.toml").read_text(encoding="utf-8").split("[[topics]]", maxsplit=1)[0]
TOPICS = {"modelle": ("Modell", "LLM"), "recht": ("Gesetz", "AI Act"), "wirtschaft": ("Milliarden", "Börse")}


@cache
def _empty_store() -> bytes:
    """The file of a store without rows, which is quicker than to make one; the tests of the store make theirs."""
    with TemporaryDirectory() as folder:
        open_store(f"sqlite:///{folder}/feeder.db").close()
        return (Path(folder) / "feeder.db").read_bytes()


@dataclass(frozen=True)
class Post:
    """One item of a feed that a test serves."""

    title: str
    link: str
    published: datetime | None = NOW - timedelta(hours=1)
    summary: str = "Ein Satz über die Sache. Noch einer."
    guid: str | None = None

    def xml(self) -> str:
        date = f"<pubDate>{format_datetime(self.published)}</pubDate>" if self.published else ""
        guid = f'<guid isPermaLink="false">{escape(self.guid)}</guid>' if self.guid else ""
        return (
            f"<item><title>{escape(self.title)}</title><link>{escape(self.link)}</link>{guid}{date}"
            f"<description>{escape(self.summary)}</description></item>"
        )


def rss(*posts: Post) -> str:
    """An RSS document of these posts."""
    items = "".join(post.xml() for post in posts)
    return (
        f'<rss version="2.0"><channel><title>Quelle</title><link>https://quelle.example/</link>{items}</channel></rss>'
    )


@dataclass
class Newsroom:
    """A publication. `feed` serves and configures a source; `run` is the command as a person types it.

    Editions are composed where a test asks for them, or with `beats` on their slots, as they are by default.
    """

    folder: Path
    web: Web
    sources: list[str] = field(default_factory=list)
    extra: str = ""
    store: str | None = None
    digest: str = ""
    output: str = ""
    host: str = "ki-news.example"
    beats: bool = False

    def copy(self, folder: Path) -> Newsroom:
        """The same publication in another folder, as far as it has come."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return replace(self, folder=folder, sources=list(self.sources))

    def article(self, name: str, text: str | bytes = SEED) -> Path:
        """Put a text of our own into the articles."""
        path = self.folder / "articles" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def feed(self, name: str, document: str | bytes, **settings: object) -> str:
        """Serve a feed (again) and make it a source; returns its address."""
        address = self.web.put(f"/{name}.xml", document, content_type="application/xml")
        return self.source(name, address, **settings)

    def source(self, name: str, address: str, **settings: object) -> str:
        """Make an address a source."""
        facts: Mapping[str, object] = {
            "id": name, "kind": "feed", "location": address, "title": name.title(), **settings
        }  # fmt: skip
        lines = "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items())
        self.sources = [one for one in self.sources if f'id = "{name}"\n' not in one] + [f"[[sources]]\n{lines}\n"]
        return address

    def configure(self) -> Path:
        """Write config.toml as it stands now."""
        (self.folder / "articles").mkdir(exist_ok=True)
        topics = "".join(
            f'[[topics]]\nid = "{name}"\ntitle = "{name.title()}"\nwords = {json.dumps(words, ensure_ascii=False)}\n'
            for name, words in TOPICS.items()
        )
        own = "\n".join(
            ("[[sources]]", 'id = "redaktion"', 'kind = "folder"', 'location = "articles"', 'title = "KI-News"')
        )
        own += '\nrank = 1\nrights = "own"\n'
        store = f'[store]\nurl = "{self.store}"\n' if self.store else ""
        head = HEAD.replace("[digest]\n", "[digest]\n" + self.digest).replace("[output]\n", "[output]\n" + self.output)
        head = head.replace("ki-news.example", self.host)
        calm = "" if self.beats or "[schedule" in self.extra else "[schedule]\neditions = []\n"
        text = head + store + calm + self.extra + topics + own + "".join(self.sources)
        tomllib.loads(text)
        path = self.folder / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *words: str, now: datetime | None = NOW, code: int = 0) -> Result:
        """Run a feeder command on this publication; it must end with `code`."""
        path = self.configure()
        file = self.folder / "feeder.db"
        if self.store is None and words in ((), ("run",), ("gather",)) and not file.exists():
            file.touch(0o600)
            file.write_bytes(_empty_store())
        arguments = [*(words or ("run",)), "--config", str(path)]
        if now is not None and words[:1] not in (("status",), ("explain",), ("check",), ("articles",)):
            arguments += ["--now", now.isoformat()]
        result = CliRunner().invoke(main, arguments)
        for handler in list(logging.getLogger().handlers):
            if isinstance(handler, logging.StreamHandler):
                logging.getLogger().removeHandler(handler)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def path(self, name: str) -> Path:
        """A published file."""
        return self.folder / "feeds" / name

    def items(self, feed: str = "feed.json") -> list[dict[str, Any]]:
        """What a published JSON feed shows."""
        items: list[dict[str, Any]] = json.loads(self.path(feed).read_text(encoding="utf-8"))["items"]
        return items

    def titles(self, feed: str = "feed.json") -> list[str]:
        """The headlines that a published feed shows."""
        return [item["title"] for item in self.items(feed)]

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Every published file with its bytes and the moment it was written."""
        root = self.folder / "feeds"
        return {
            str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    def editions(self) -> Sequence[str]:
        """The ids of the published editions."""
        return sorted(path.parent.name for path in self.path("editions").glob("*/digest.eml"))
