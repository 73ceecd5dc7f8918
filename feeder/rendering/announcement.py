"""What a webhook is told of a story or an edition: what the feeds show, and no word more."""

from __future__ import annotations

from collections.abc import Mapping

from feeder import text
from feeder.model import Edition, Fate, Telling
from feeder.rendering.edition_view import edition_line
from feeder.rendering.entries import mint, story_entry
from feeder.rendering.filling import filled, moment, stamp
from feeder.rendering.look import Look
from feeder.rendering.rights import within_rights

_FROM_EXTENSION = ("rights", "provenance", "corrections", "follows", "withdrawn", "merged_into")


def story_facts(look: Look, telling: Telling) -> Mapping[str, object]:
    """A story as it stands in the feeds now; one that was withdrawn with nothing but that, and why; of one that went
    back to the desk, nothing but its name. A mistake in template or words is a RenderError."""
    if telling.story.fate not in (Fate.RELEASED, Fate.WITHDRAWN):
        return {"id": telling.story.id, "url": look.page_url(telling.story)}
    entry = story_entry(look, telling)
    is_out = telling.story.fate is Fate.WITHDRAWN
    summary = () if is_out else within_rights(look, telling).revision.summary
    return filled({
        "id": entry.id,
        "revision": telling.revision.n,
        "url": entry.page,
        "external_url": entry.external_url,
        "title": entry.title,
        "teaser": entry.teaser,
        "summary": [text.one_line(line) for line in summary],
        "topics": [one.term for one in entry.categories],
        "language": entry.language,
        "authors": list(entry.authors),
        "published": stamp(entry.published),
        "updated": stamp(entry.updated),
        **{key: entry.extension[key] for key in _FROM_EXTENSION if key in entry.extension},
    })  # fmt: skip


def edition_facts(look: Look, edition: Edition) -> Mapping[str, object]:
    """A published edition, and the ids of the stories in it."""
    line = edition_line(look, edition, look.url)
    return filled({
        "id": mint(look, f"editions/{edition.id}"),
        "number": edition.number,
        "url": line.page,
        "title": text.title(edition.subject) or line.name,
        "intro": text.one_line(edition.intro),
        "language": look.config.publication.language,
        "published": stamp(moment(edition.approved or edition.slot)),
        "stories": [story_id for section in edition.sections for story_id, _ in section.stories],
    })  # fmt: skip
