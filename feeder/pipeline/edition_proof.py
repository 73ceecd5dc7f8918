"""An edition as it would be written now, to look at before anybody else does (in a newsroom: Andruck)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from feeder.errors import DeskError
from feeder.model import Edition, EditionReport, OutputFile, Telling
from feeder.pipeline.drafting import places
from feeder.pipeline.edition_found import named
from feeder.pipeline.house import House
from feeder.pipeline.site import edition_files, edition_tellings
from feeder.rendering.digest import render_digest


@dataclass(frozen=True, slots=True)
class Proof:
    """`files` are the digest's, its web page and the pictures of our own on it; paths as under feeds/. `subject` and
    `preheader` are what a mailbox lists; `report` is the self-test's, without foreign links."""

    edition: Edition
    subject: str
    preheader: str
    files: tuple[OutputFile, ...]
    report: EditionReport


def proof(house: House, edition: Edition) -> Proof:
    """Print an edition; DeskError where there is nothing in it, RenderError where it cannot be printed."""
    from feeder.pipeline.self_test import check_edition  # noqa: PLC0415 - loads much, and only this needs it

    if not places(edition):
        raise DeskError(f"no story stands in edition {named(edition)}, so there is nothing to look at")
    tellings = edition_tellings(house, edition)
    digest = render_digest(house.look, edition, tellings)
    files = (*edition_files(house, edition).render(), *_pictures(house, tellings.values()))
    report = check_edition(house, edition, online=False)
    return Proof(edition, digest.subject, digest.preheader, files, report)


def _pictures(house: House, tellings: Iterable[Telling]) -> Iterator[OutputFile]:
    for path in sorted({one.revision.image.url for one in tellings if one.revision.image}):
        if path.startswith("media/") and (medium := house.store.media.get(path)) is not None:
            yield OutputFile(path, medium.data)
