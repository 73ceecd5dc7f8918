"""What of a story may leave the house: asked again of each story that is shown, whatever was stored."""

from __future__ import annotations

from dataclasses import replace

from feeder import text
from feeder.config.sourcing import SourceSettings
from feeder.model import Origin, Rights, StoryRevision, Telling
from feeder.rendering.look import Look

EXCERPT_LIMIT = 160  # for sources that the configuration no longer has
_NARROWING = (Rights.LICENSED, Rights.TEASER, Rights.LINK_ONLY)


def may_show_all(revision: StoryRevision) -> bool:
    """Whether the full text may leave the house."""
    return revision.rights in (Rights.OWN, Rights.LICENSED)


def within_rights(look: Look, telling: Telling) -> Telling:
    """The story without what its source's rights keep back, by the `excerpt_limit` that holds today.

    Teaser and Kurzfassung together have so many characters of the source; words that a model or a person wrote
    about it are not counted, but of a source that grants a link its headline is all. Words written under a licence
    that ended are: nobody asked then how many of them are the source's.
    """
    was_licensed = telling.revision.rights is Rights.LICENSED
    telling = _by_todays_rights(look, telling)
    revision = telling.revision
    if may_show_all(revision):
        return telling
    bare = replace(revision, sections=(), image=None, image_credit=None)
    if revision.rights is Rights.LINK_ONLY:
        return replace(telling, revision=replace(bare, teaser="", summary=()))
    if revision.provenance.text is not Origin.EXCERPT and not was_licensed:
        return replace(telling, revision=bare)
    limit = _limit(look, telling)
    teaser = text.shorten(revision.teaser, limit)
    summary = _fitting(revision.summary, limit - len(teaser))
    return replace(telling, revision=replace(bare, teaser=teaser, summary=summary))


def _by_todays_rights(look: Look, telling: Telling) -> Telling:
    """The story under the narrower of the rights that it was told under and those that its source grants today: a
    licence that ended has ended for what was published, too, and is named no more. Our own words stay ours."""
    revision, source = telling.revision, _source(look, telling)
    if source is None or revision.rights not in _NARROWING or source.rights not in _NARROWING:
        return telling
    rights = max(revision.rights, source.rights, key=_NARROWING.index)
    if rights is revision.rights:
        return telling
    return replace(telling, revision=replace(revision, rights=rights, licence=None))


def _limit(look: Look, telling: Telling) -> int:
    source = _source(look, telling)
    return source.excerpt_limit if source else EXCERPT_LIMIT


def _source(look: Look, telling: Telling) -> SourceSettings | None:
    """The lead's source, if it is still configured."""
    source_id = telling.story.lead.source_id
    return next((source for source in look.config.sources if source.id == source_id), None)


def _fitting(bullets: tuple[str, ...], room: int) -> tuple[str, ...]:
    """The first bullets that have room together."""
    taken = 0
    for bullet in bullets:
        room -= len(bullet)
        if room < 0:
            break
        taken += 1
    return bullets[:taken]
