"""What of a story may leave the house: asked again of each story that is shown, whatever was stored."""

from __future__ import annotations

from dataclasses import replace

from feeder import text
from feeder.model import Origin, Rights, StoryRevision, Telling
from feeder.rendering.look import Look

EXCERPT_LIMIT = 160  # for sources that the configuration no longer has


def may_show_all(revision: StoryRevision) -> bool:
    """Whether the full text may leave the house."""
    return revision.rights in (Rights.OWN, Rights.LICENSED)


def within_rights(look: Look, telling: Telling) -> Telling:
    """The story without what its source's rights keep back, by the `excerpt_limit` that holds today.

    Teaser and Kurzfassung together have so many characters of the source; words that a model or a person wrote
    about it are not counted, but of a source that grants a link its headline is all.
    """
    revision = telling.revision
    if may_show_all(revision):
        return telling
    bare = replace(revision, sections=(), image=None, image_credit=None)
    if revision.rights is Rights.LINK_ONLY:
        return replace(telling, revision=replace(bare, teaser="", summary=()))
    if revision.provenance.text is not Origin.EXCERPT:
        return replace(telling, revision=bare)
    limit = _limit(look, telling)
    teaser = text.shorten(revision.teaser, limit)
    summary = _fitting(revision.summary, limit - len(teaser))
    return replace(telling, revision=replace(bare, teaser=teaser, summary=summary))


def _limit(look: Look, telling: Telling) -> int:
    source_id = telling.story.lead.source_id
    found = next((source for source in look.config.sources if source.id == source_id), None)
    return found.excerpt_limit if found else EXCERPT_LIMIT


def _fitting(bullets: tuple[str, ...], room: int) -> tuple[str, ...]:
    """The first bullets that have room together."""
    taken = 0
    for bullet in bullets:
        room -= len(bullet)
        if room < 0:
            break
        taken += 1
    return bullets[:taken]
