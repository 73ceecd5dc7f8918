"""What JSON Feed has no key for: it stands under `_feeder` (docs/output-formats.md)."""

from __future__ import annotations

from collections.abc import Mapping

from feeder import text
from feeder.addresses import web_address
from feeder.model import Coverage, Origin, Telling
from feeder.rendering.filling import filled, stamp
from feeder.rendering.sharing import push
from feeder.rendering.view import Neighbour, View

COVERAGE_LIMIT = 20


def extension(telling: Telling, shown: View) -> Mapping[str, object]:
    """What JSON Feed has no key for, without empty values."""
    story, revision = telling.story, telling.revision
    provenance = revision.provenance
    unlabelled = "" if provenance.text is Origin.AI_GENERATED else revision.teaser
    return filled({
        "revision": revision.n,
        "rights": revision.rights.value,
        "licence": revision.licence,
        "follows": story.follows,
        "continues": shown.continues and _continued(shown.continues),
        "push": push(revision.title, unlabelled, shown.share_url),
        "provenance": filled({
            "text": provenance.text.value,
            "label": shown.label,
            "model": provenance.model,
            "reviewed_by": provenance.reviewed_by,
            "reviewed_at": stamp(provenance.reviewed_at) if provenance.reviewed_at else None,
        }),
        "image": _drawn(shown),
        "coverage": [_told_by(one) for one in revision.coverage[:COVERAGE_LIMIT]],
        "corrections": [{"date": stamp(one.at), "text": text.one_line(one.text)} for one in revision.corrections],
    })  # fmt: skip


def _continued(elder: Neighbour) -> Mapping[str, object]:
    return {"id": elder.id, "title": text.title(elder.title), "url": elder.url, "published": elder.iso}


def _drawn(shown: View) -> Mapping[str, object]:
    """Who made the picture, and by which model if a machine did."""
    if shown.credited is None:
        return {}
    origin = Origin.AI_GENERATED.value if shown.credited.is_generated else None
    return filled({"credit": shown.credited.words, "provenance": origin, "model": shown.credited.model})


def _told_by(coverage: Coverage) -> Mapping[str, object]:
    return filled({
        "source": text.one_line(coverage.source_title),
        "title": text.title(coverage.title),
        "url": web_address(coverage.url),
        "language": coverage.language,
        "published": stamp(coverage.published) if coverage.published else None,
    })  # fmt: skip
