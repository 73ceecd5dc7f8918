"""New articles that cannot be read yet: what stands for them, so that nobody waits for one in vain."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from feeder.errors import ArticleError
from feeder.model import Article, Item, KnownFile, Provenance, Source, Status

MARK = "unreadable:"
"""Begins the uid of what stands for a file: never the article's own, because nobody knows yet which that is."""


_HEAD = 65_536
_DRAFT = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?s:.*?)^status:[ \t]*[\"']?draft\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class StandIns:
    """What stands for unreadable files: items to be held, or to be dropped again, and what to remember of them."""

    items: tuple[Item, ...]
    files: tuple[KnownFile, ...]


def says_draft(data: bytes | ArticleError) -> bool:
    """Whether the front matter of a file that cannot be read says at least that it is a draft: nobody waits for it."""
    return isinstance(data, bytes) and bool(_DRAFT.match(data[:_HEAD]))


def split_known(files: Collection[KnownFile]) -> tuple[tuple[KnownFile, ...], tuple[KnownFile, ...]]:
    """The files that were read once, and those for which something stands in."""
    stand_ins = tuple(file for file in files if file.uid.startswith(MARK))
    return tuple(file for file in files if not file.uid.startswith(MARK)), stand_ins


def stand_in(
    source: Source, failures: Mapping[str, ArticleError], files: Collection[KnownFile], earlier: Collection[KnownFile]
) -> StandIns:
    """Let an item stand for each new file that cannot be read, and take back those whose time is over.

    New is what was never handed over, drafts included: of everything else, the last readable words stay.
    """
    told = {file.path for file in files if not file.draft}
    waiting = {path: failures[path] for path in sorted(failures) if path not in told}
    items = [_item(source, path, Status.RELEASED, str(error)) for path, error in waiting.items()]
    over = [file.path for file in earlier if file.path not in waiting]
    items += [_item(source, path, Status.WITHDRAWN, f"{path}: wartet nicht mehr") for path in over]
    return StandIns(tuple(items), tuple(KnownFile(path, f"{MARK}{path}", "") for path in waiting))


def _item(source: Source, path: str, status: Status, flaw: str) -> Item:
    title = f"Fehler in {PurePosixPath(path).name}"
    article = Article(
        path=path,
        title=title,
        teaser=None,
        summary=(),
        sections=(),
        image=None,
        image_credit=None,
        authors=(),
        topics=(),
        language=None,
        url=None,
        status=status,
        date=None,
        updated=None,
        provenance=Provenance(),
        corrections=(),
        flaws=(flaw,),
    )
    return Item(source.id, f"{MARK}{path}", None, title, article=article)
