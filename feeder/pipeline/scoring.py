"""How much a told story matters, with what the house knows of it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from feeder.curation.rank import Score, Subject, company_of
from feeder.editing.edition import Candidate
from feeder.model import Coverage, Rights, Telling
from feeder.pipeline.house import House


def score_of(house: House, telling: Telling, at: datetime) -> Score:
    """The score of a story as of a moment, with its parts."""
    story, revision = telling.story, telling.revision
    subject = Subject(
        title=revision.title,
        teaser=revision.teaser,
        topics=revision.topics,
        source=story.lead.source_id,
        rank=house.rank(story.lead.source_id),
        is_own=revision.rights is Rights.OWN,
        language=revision.language,
        sites=frozenset(map(_site, revision.coverage)),
        released=story.released,
        pinned=story.pinned.astimezone(house.config.publication.zone) if story.pinned else None,
    )
    return house.ranking.rank(subject, at)


def candidate(house: House, telling: Telling, at: datetime) -> Candidate:
    """A story that is to stand in an edition composed at a moment."""
    revision, pinned = telling.revision, telling.story.pinned
    return Candidate(
        telling,
        score_of(house, telling, at).total,
        company_of(revision.title, house.config.curation.companies),
        bound=revision.rights is not Rights.OWN and (pinned is None or pinned <= at),
    )


def _site(coverage: Coverage) -> str:
    """The host that told it: two sections of one publisher are one."""
    address = coverage.homepage or coverage.url
    host = urlsplit(address).hostname if address else None
    return (host or coverage.source_id).removeprefix("www.")
