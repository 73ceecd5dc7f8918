"""The self-test of an edition: a second look at what will be written, by code that took no part in writing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from feeder.model import EditionFinding
from feeder.rendering.checking.contrast import contrast, styles
from feeder.rendering.checking.legal import legal
from feeder.rendering.checking.post import post
from feeder.rendering.checking.printed import Printed
from feeder.rendering.checking.structure import headings, pictures, size
from feeder.rendering.checking.tracking import tracking
from feeder.rendering.checking.wording import placeholders, subject, text_part

CHECKS: tuple[Callable[[Printed], Iterator[EditionFinding]], ...] = (
    size,
    subject,
    text_part,
    placeholders,
    legal,
    pictures,
    headings,
    styles,
    contrast,
    tracking,
    post,
)


def findings(printed: Printed) -> tuple[EditionFinding, ...]:
    """All that can be found without knowing what else is written, and without asking anybody."""
    return tuple(found for check in CHECKS for found in check(printed))
