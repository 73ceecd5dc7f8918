"""A reader of all that is published, over and over, as a process of its own: what it finds broken, it writes down.

    python -m tests.proofs.polling FOLDER BASE REPORT

It ends on SIGTERM; the report is JSON: how many files were read, and what was wrong with which.
"""

from __future__ import annotations

import email
import email.policy
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import brotli
from lxml import etree, html

ROOT = Path(__file__).resolve().parents[2]
TOLD_OF = 50
BREATH = 0.002  # seconds; one that reads without a pause keeps the machine from what it is to watch
OFTEN = 12  # after so many other files, those that every reader polls are read again
PACKED = {".br": brotli.decompress, ".gz": gzip.decompress}
PAGE = re.compile(r'[^"\'<>\s\\)&#?]*')


@dataclass
class Reader:
    """Reads the files below `folder`, which are published at `base`."""

    folder: Path
    base: str
    reads: int = 0
    links: int = 0
    wrong: list[str] = field(default_factory=list)
    is_over: bool = False

    def once(self) -> None:
        """Read all that is there now, and what everybody polls many times meanwhile."""
        for n, path in enumerate(self._files()):
            self.read(path)
            if n % OFTEN == 0:
                for name in ("index.html", "rss.xml", "atom.xml", "feed.json", "editions/index.html"):
                    self.read(self.folder / name)

    def _files(self) -> Iterator[Path]:
        for folder, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            yield from (Path(folder, name) for name in names if not name.startswith("."))

    def read(self, path: Path) -> None:
        """Read one file to its end; that it is gone is an answer, anything but a whole document is not."""
        time.sleep(BREATH)
        with suppress(FileNotFoundError, NotADirectoryError):
            data = path.read_bytes()
            self.reads += 1
            try:
                assert_readable(path.name, data)
            except Exception as error:  # noqa: BLE001 - whatever a parser says of it
                self._say(f"{path}: {error!r}; {len(data)} bytes, the last {data[-60:]!r}")
            self._follow(path, data)

    def _follow(self, path: Path, data: bytes) -> None:
        """An index or a feed leads to pages that are there; unless it is replaced by now by one that does not."""
        if path.suffix not in (".xml", ".json") and path.name != "index.html":
            return
        if path.name == "index.html" and path.parent.name not in (self.folder.name, "editions"):
            return
        for page in pages_of(data.decode(errors="replace"), self.base):
            self.links += 1
            if not (self.folder / page).exists() and path.read_bytes() == data and not (self.folder / page).exists():
                self._say(f"{path} leads to {page}, which is not there")

    def _say(self, words: str) -> None:
        if len(self.wrong) < TOLD_OF:
            self.wrong.append(words)


def pages_of(text: str, base: str) -> set[str]:
    """The pages and pictures of our own that a document names, as paths below the published folder."""
    found = {PAGE.match(part)[0] for part in text.replace("\\/", "/").split(base)[1:]}  # type: ignore[index]  # matches ""
    return {f"{one}index.html" if one.endswith("/") else one for one in found if one.endswith("/") or "media/" in one}


def assert_readable(name: str, data: bytes) -> None:
    """A whole document of the kind that its name promises."""
    stem, dot, kind = name.rpartition(".")
    if unpack := PACKED.get(f"{dot}{kind}"):
        assert_readable(stem, unpack(data))
        return
    assert data, "it is empty"
    if kind == "json":
        json.loads(data)
    elif kind in ("xml", "opml"):
        etree.fromstring(data)
    elif kind == "html":
        assert data.rstrip().endswith(b"</html>"), "it ends in the middle"
        html.document_fromstring(data)
    elif kind == "eml":
        mail = email.message_from_bytes(data, policy=email.policy.default)
        assert not [defect for part in mail.walk() for defect in part.defects], "the mail has defects"
        assert mail["Subject"], "it has no subject"
    elif kind == "txt":
        data.decode()


@dataclass
class Poll:
    """What became of a polling."""

    reads: int = 0
    links: int = 0
    wrong: tuple[str, ...] = ()


@contextmanager
def polling(folder: Path, base: str, report: Path) -> Iterator[Poll]:
    """Read all below `folder` in another process until the end of the block; what it found is known after that."""
    told = Poll()
    command = [sys.executable, "-m", "tests.proofs.polling", str(folder), base, str(report)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield told
        finally:
            process.terminate()
            process.wait(60)
    found = json.loads(report.read_text(encoding="utf-8"))
    told.reads, told.links, told.wrong = found["reads"], found["links"], tuple(found["wrong"])


def main(folder: str, base: str, report: str) -> None:
    """Read until SIGTERM comes, at the leisure of a process that is nobody's hurry."""
    reader = Reader(Path(folder), base)
    signal.signal(signal.SIGTERM, lambda *_: setattr(reader, "is_over", True))
    os.nice(10)
    while not reader.is_over:
        reader.once()
    found = {"reads": reader.reads, "links": reader.links, "wrong": reader.wrong}
    Path(report).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
