"""What stands below other people's and our own words: who wrote them, how, and under which licence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feeder import text
from feeder.model import Origin, StoryRevision
from feeder.rendering.look import Look

NAME_LIMIT = 100
AUTHOR_LIMIT = 10

_ADDRESS = re.compile(r"[<(\[]*\S+@\S+")
_CREATIVE_COMMONS = re.compile(
    r"CC[ -](BY(?:-NC)?(?:-SA|-ND)?)[ -](\d\.\d)(?:[ -](?:International|([A-Z]{2})))?", re.IGNORECASE
)
_PUBLIC_DOMAIN = re.compile(r"CC0(?: (\d\.\d))?", re.IGNORECASE)
_OPENING = 2_000


def label(look: Look, revision: StoryRevision) -> str:
    """Say who wrote the words, and who answers for what a machine wrote (AI Act, Art. 50)."""
    provenance = revision.provenance
    words = look.strings[f"label_{_kind(revision)}"]
    if provenance.model:
        words = look.strings["label_model"].format(label=words, model=provenance.model)
    if provenance.reviewed_by:
        words = look.strings["label_reviewed"].format(label=words, name=provenance.reviewed_by)
        if provenance.reviewed_at:
            words = look.strings["label_reviewed_on"].format(label=words, date=look.short_date(provenance.reviewed_at))
    return words


def _kind(revision: StoryRevision) -> str:
    """An excerpt is called one where it is one: not a whole text, and not a headline alone; likewise a summary."""
    if revision.provenance.text is Origin.AI_GENERATED and not revision.sections:
        return "ki_zusammenfassung"
    if revision.provenance.text is not Origin.EXCERPT:
        return revision.provenance.text
    if revision.sections:
        return "wortlaut"
    return Origin.EXCERPT if revision.teaser or revision.summary else "ueberschrift"


def names(authors: Sequence[str]) -> tuple[str, ...]:
    """The authors as they may be printed: each once, not too many, never with a mail address."""
    plain = (text.shorten(text.one_line(_ADDRESS.sub(" ", text.plain(name))), NAME_LIMIT) for name in authors)
    return tuple(dict.fromkeys(name for name in plain if name))[:AUTHOR_LIMIT]


def licence_url(licence: str | None) -> str | None:
    """Where a Creative Commons licence stands, as it asks to be named; None for others."""
    if found := _CREATIVE_COMMONS.fullmatch(licence or ""):
        country = f"{found[3].lower()}/" if found[3] else ""
        return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/{country}"
    if found := _PUBLIC_DOMAIN.fullmatch(licence or ""):
        return f"https://creativecommons.org/publicdomain/zero/{found[1] or '1.0'}/"
    return None


def opens_with_teaser(revision: StoryRevision) -> bool:
    """Whether the full text begins with the very words of the teaser."""
    if not revision.sections or not revision.teaser:
        return False
    opening = text.plain(revision.sections[0].html[:_OPENING])
    return _letters(opening).startswith(_letters(revision.teaser.removesuffix("…")))


def _letters(words: str) -> str:
    return "".join(words.split())
