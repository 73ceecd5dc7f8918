"""Which stories stand where in an edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feeder.model import EditionSection, Rights, Telling


def arrange(
    tellings: Sequence[Telling], ranks: Mapping[str, int], topics: Sequence[str], size: int
) -> tuple[EditionSection, ...]:
    """Put the lead story first, then the others by topic in the publication's order.

    Own articles lead, then sources by rank (1 is the best), then the newest. A story stands once,
    under the first of its topics. Stories of no topic, and then what goes beyond `size`, stand last.
    """
    ordered = sorted(tellings, key=lambda telling: _weight(telling, ranks))
    if not ordered:
        return ()
    sections = [EditionSection(None, (_place(ordered[0]),))]
    rest, surplus = ordered[1:size], ordered[max(1, size) :]
    for topic in topics:
        if stories := [_place(telling) for telling in rest if _topic(telling, topics) == topic]:
            sections.append(EditionSection(topic, tuple(stories)))
    loose = [telling for telling in rest if _topic(telling, topics) is None]
    if loose or surplus:
        sections.append(EditionSection(None, tuple(map(_place, (*loose, *surplus)))))
    return tuple(sections)


def _topic(telling: Telling, topics: Sequence[str]) -> str | None:
    return next((topic for topic in topics if topic in telling.revision.topics), None)


def _place(telling: Telling) -> tuple[str, int]:
    return telling.story.id, telling.revision.n


def _weight(telling: Telling, ranks: Mapping[str, int]) -> tuple[bool, int, float, str]:
    released = telling.story.released
    return (
        telling.revision.rights is not Rights.OWN,
        ranks.get(telling.story.lead.source_id, 100),
        -released.timestamp() if released else 0.0,
        telling.story.id,
    )
