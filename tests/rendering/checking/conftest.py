"""A good edition, printed: what each check is shown with one thing damaged."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from feeder import text
from feeder.config.loading import read_config
from feeder.model import Telling
from feeder.rendering.checking.printed import Printed
from feeder.rendering.digest import render_digest
from feeder.rendering.look import Look, open_look
from feeder.rendering.message import message
from feeder.rendering.pages import edition_page
from tests.rendering import samples

HOST = "ki-nachrichten.de"


@pytest.fixture(scope="session")
def told_all(root: Path) -> Look:
    """The look of a publication that has said everything: no address of it is reserved."""
    path = root / "tests" / "data" / "config.toml"
    words = path.read_text(encoding="utf-8").replace("ki-news.example", HOST)
    return open_look(read_config(path, words, {}), root / "templates")


@pytest.fixture(scope="session")
def printing() -> Callable[..., Printed]:
    """How stories become a printed edition."""

    def printed(look: Look, *tellings: Telling) -> Printed:
        edition, told = samples.edition(*tellings), {one.story.id: one for one in tellings}
        digest = render_digest(look, edition, told)
        data = message(look, edition, digest)
        pictures = {one.revision.image for one in tellings if one.revision.image}
        return Printed(
            config=look.config,
            html=digest.html,
            text=digest.text,
            message=data,
            page=edition_page(look, edition, told).data.decode(),
            page_url=look.url(f"editions/{edition.id}/"),
            subject=str(message_from_bytes(data, policy=policy.default)["Subject"]),
            titles=tuple(one.revision.title for one in tellings),
            words="\n".join(
                text.plain(words)
                for one in tellings
                for words in (one.revision.title, *(section.html for section in one.revision.sections))
            ),
            pictures={look.url(one.url): one.credit or "" for one in pictures},
        )

    return printed


@pytest.fixture(scope="session")
def good(told_all: Look, printing: Callable[..., Printed], root: Path) -> Printed:
    """Our article, a story of others, and one with a picture."""
    return printing(told_all, samples.own(root), samples.foreign(), samples.licensed())
