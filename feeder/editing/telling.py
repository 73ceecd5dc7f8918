"""An item told as a story: the words of a revision."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from feeder import text
from feeder.addresses import without_login
from feeder.editing.cleaning import clean_html, paragraphs, plain_text, unescaped
from feeder.editing.teaser import TEASER_LIMIT, headline, teaser
from feeder.model import (
    Article,
    Coverage,
    Item,
    Origin,
    Provenance,
    Raw,
    Rights,
    Section,
    Source,
    StoredItem,
    StoryRevision,
)

Summarise = Callable[[str, str, str, int], tuple[str, ...]]
_NO_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What every telling needs: who signs, and who writes a Kurzfassung where there is none: out of a text, to stand
    beside title and teaser, in so many characters."""

    author: str
    summarise: Summarise


def tell(
    item: Item,
    source: Source,
    topics: tuple[str, ...],
    desk: Desk,
    *,
    story_id: str,
    at: datetime,
    fulltext: Raw | None = None,
) -> StoryRevision:
    """Put an item into a story's first revision; later ones are `replace(tell(…), n=…, why=…)`.

    Of `fulltext` nothing is told but what the Kurzfassung takes from it, within the source's rights.
    """
    if item.article is not None:
        return _own_article(item.article, source, topics, desk, story_id, at)
    return _from_feed(item, source, topics, desk, story_id, at, fulltext)


def tellable(stored: StoredItem, source: Source) -> Item:
    """The item as it may be told: with its page's text where that says more and the source's rights let it out."""
    text_of_page, own = stored.fulltext, stored.item.content
    if text_of_page is None or source.rights not in (Rights.OWN, Rights.LICENSED):
        return stored.item
    if own is not None and len(plain_text(own)) >= len(plain_text(text_of_page)):
        return stored.item
    return replace(stored.item, content=text_of_page)


def _own_article(
    article: Article, source: Source, topics: tuple[str, ...], desk: Desk, story_id: str, at: datetime
) -> StoryRevision:
    sections = tuple(replace(section, html=clean_html(section.html, None, ours=True)) for section in article.sections)
    opening = article.teaser or teaser(plain_text_of(sections), article.title, TEASER_LIMIT)
    words = "\n\n".join(paragraphs(Raw(section.html)) for section in sections)
    return StoryRevision(
        story_id=story_id,
        n=1,
        title=article.title,
        teaser=opening,
        summary=article.summary or desk.summarise(words, article.title, opening, _NO_LIMIT),
        sections=sections,
        image=article.image if article.image and article.image.credit else None,
        image_credit=article.image_credit,
        authors=article.authors or (desk.author,),
        topics=topics,
        language=article.language or source.language,
        rights=source.rights,
        licence=source.licence,
        coverage=(),
        provenance=article.provenance,
        corrections=article.corrections,
        at=at,
        why="first told",
    )


def plain_text_of(sections: tuple[Section, ...]) -> str:
    """The first words of a text, for a teaser that its author did not write."""
    return text.plain(sections[0].html) if sections else ""


def _from_feed(
    item: Item,
    source: Source,
    topics: tuple[str, ...],
    desk: Desk,
    story_id: str,
    at: datetime,
    fulltext: Raw | None,
) -> StoryRevision:
    language = item.language or source.language
    is_full = source.rights in (Rights.OWN, Rights.LICENSED)
    words = plain_text(item.summary) or plain_text(item.content)
    limit = 0 if source.rights is Rights.LINK_ONLY else _NO_LIMIT if is_full else source.excerpt_limit
    title = headline(item.title, words)
    opening = teaser(words, title, limit)
    markup = item.content or item.summary
    return StoryRevision(
        story_id=story_id,
        n=1,
        title=title,
        teaser=opening,
        summary=_kurzfassung((item.content, fulltext, item.summary), title, opening, limit - len(opening), desk),
        sections=_sections(unescaped(markup), item.url, source) if is_full and markup else (),
        image=None,
        image_credit=None,
        authors=item.authors or ((desk.author,) if source.rights is Rights.OWN else ()),
        topics=topics,
        language=language,
        rights=source.rights,
        licence=source.licence,
        coverage=() if source.rights is Rights.OWN else (coverage(item, source),),
        provenance=Provenance(Origin.EDITORIAL if source.rights is Rights.OWN else Origin.EXCERPT),
        corrections=(),
        at=at,
        why="first told",
    )


def _kurzfassung(raws: tuple[Raw | None, ...], title: str, teaser: str, room: int, desk: Desk) -> tuple[str, ...]:
    """The Kurzfassung of the text that says most; "room" is what rights leave after the teaser."""
    if room <= 0:
        return ()
    return desk.summarise(max(map(paragraphs, raws), key=len), title, teaser, room)


def _sections(raw: Raw, base: str | None, source: Source) -> tuple[Section, ...]:
    markup = raw.value
    if raw.kind == "text":
        markup = "".join(f"<p>{_escaped(part)}</p>" for part in markup.split("\n\n") if part.strip())
    cleaned = clean_html(markup, base, ours=source.rights is Rights.OWN)
    return (Section("news", None, cleaned),) if cleaned else ()


def _escaped(words: str) -> str:
    return html.escape(text.one_line(html.unescape(words)), quote=False)


def coverage(item: Item, source: Source) -> Coverage:
    """Who told it: one line of "Quellen"."""
    return Coverage(
        source_id=source.id,
        source_title=source.title,
        title=headline(item.title, plain_text(item.summary) or plain_text(item.content)),
        url=item.url,
        published=item.published,
        language=item.language or source.language,
        homepage=source.homepage and without_login(source.homepage),
    )


def same_words(one: StoryRevision, other: StoryRevision) -> bool:
    """Whether two revisions would be published alike: everything but number, time and reason."""
    return replace(one, n=0, at=other.at, why="") == replace(other, n=0, why="")
