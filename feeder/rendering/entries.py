"""What a feed says of a story or an edition, before it takes a format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from feeder import text
from feeder.addresses import public_address, web_address
from feeder.errors import RenderError
from feeder.model import Coverage, Edition, Fate, Image, Rights, Telling
from feeder.rendering.credit import NAME_LIMIT, names
from feeder.rendering.edition_view import edition_corrections, edition_line, edition_parts
from feeder.rendering.extension import COVERAGE_LIMIT, extension
from feeder.rendering.filling import filled, moment, stamp
from feeder.rendering.look import Look
from feeder.rendering.rights import within_rights
from feeder.rendering.sharing import Link, share_links
from feeder.rendering.view import Neighbour, View, view, withdrawn_title

TEASER_LIMIT = 300  # many readers show nothing but the teaser; more is cut off there anyway
TYPES: Mapping[str, str] = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif",
                            "webp": "image/webp", "avif": "image/avif"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Category:
    """A word of a vocabulary: `term` is permanent, `label` is what readers see."""

    term: str
    label: str
    scheme: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A story or an edition as all three formats publish it; addresses are absolute, texts are fit.

    `url` is where the headline leads; `page` is ours. `external_url` and `source` are None where
    the words are our own. `extension` is what JSON Feed has no key for.
    """

    id: str
    url: str
    page: str
    external_url: str | None
    title: str
    teaser: str
    html: str
    published: datetime
    updated: datetime
    authors: tuple[str, ...]
    categories: tuple[Category, ...]
    language: str
    image: Image | None = None
    related: tuple[Link, ...] = ()
    source: Link | None = None
    provenance: Category | None = None
    extension: Mapping[str, object] = field(default_factory=dict)


def story_entry(look: Look, telling: Telling) -> FeedEntry:
    """Tell a story as an entry; a mistake in template or words is a RenderError that names the story."""
    try:
        return _withdrawn(look, telling) if telling.story.fate is Fate.WITHDRAWN else _story(look, telling)
    except RenderError as error:
        raise RenderError(f"{telling.story.id}: {error}") from error


def edition_entry(look: Look, edition: Edition, tellings: Mapping[str, Telling]) -> FeedEntry:
    """Tell an edition as an entry: the headlines and teasers of its stories, and the way to all of it."""
    line = edition_line(look, edition, look.url)
    parts = edition_parts(look, edition, tellings, look.url)
    corrections = edition_corrections(look, edition, tellings, look.url)
    try:
        html = look.render("edition_entry.html", edition=line, parts=parts, corrections=corrections)
    except RenderError as error:
        raise RenderError(f"edition {edition.id}: {error}") from error
    shown = [story for part in parts for story in part.stories]
    approved = moment(edition.approved or edition.slot)
    return FeedEntry(
        id=mint(look, f"editions/{edition.id}"),
        url=line.page,
        page=line.page,
        external_url=None,
        title=text.title(edition.subject) or line.name,
        teaser=_teaser(edition.intro or " · ".join(story.title for story in shown)),
        html=_markup(html),
        published=approved,
        updated=approved,
        authors=(look.config.publication.author,),
        categories=(),
        language=look.config.publication.language,
        extension=filled({"edition": edition.number, "stories": [story.id for story in shown]}),
    )


def brief(look: Look, entry: FeedEntry) -> FeedEntry:
    """The entry with its teaser and a link instead of all its words."""
    lang = entry.language if entry.language != look.config.publication.language else None
    html = look.render("feed_entry_brief.html", teaser=entry.teaser, lang=lang, url=entry.url)
    return replace(entry, html=_markup(html), related=(), extension={})


def mint(look: Look, name: str) -> str:
    """A permanent id of ours (RFC 4151)."""
    return f"tag:{look.config.publication.tag_authority}:{name}"


def _story(look: Look, telling: Telling) -> FeedEntry:
    telling = within_rights(look, telling)
    story, revision = telling.story, telling.revision
    shown = view(look, telling, look.url)
    is_ours = revision.rights is Rights.OWN
    lead = revision.coverage[0] if revision.coverage and not is_ours else None
    external = None if is_ours else web_address(story.url) or (web_address(lead.url) if lead else None)
    published, updated = _times(telling)
    teaser = _teaser(revision.teaser)
    return FeedEntry(
        id=story.id,
        url=shown.url,
        page=shown.url if is_ours else shown.page,
        external_url=external,
        title=text.title(revision.title) or text.shorten(teaser, NAME_LIMIT) or look.config.publication.title,
        teaser=teaser,
        html=_markup(
            look.render(
                "feed_entry.html",
                story=shown,
                external_url=external,
                share=share_links(look, revision.title, shown.share_url),
            )
        ),
        published=published,
        updated=updated,
        authors=_authors(look, revision.authors, lead),
        categories=_topics(look, revision.topics),
        language=shown.lang or look.config.publication.language,
        image=_image(revision.image, shown),
        related=(*_elder(look, shown.continues), *_related(revision.coverage, shown.url)),
        source=_source(look, lead),
        provenance=Category(revision.provenance.text, text.plain(shown.label), mint(look, "provenance")),
        extension=extension(telling, shown),
    )


def _withdrawn(look: Look, telling: Telling) -> FeedEntry:
    story, revision = telling.story, telling.revision
    shown = view(look, telling, look.url)
    reason = text.one_line(_reason(look, shown))
    published, updated = _times(telling)
    return FeedEntry(
        id=story.id,
        url=shown.part_of.url if shown.part_of else shown.page,  # never what was just called wrong
        page=shown.page,
        external_url=None,
        title=text.title(withdrawn_title(look, telling)),
        teaser=text.shorten(reason, TEASER_LIMIT),
        html=_markup(look.render("feed_entry_withdrawn.html", reason=reason, part_of=shown.part_of)),
        published=published,
        updated=updated,
        authors=(look.config.publication.author,),
        categories=_topics(look, revision.topics),
        language=look.config.publication.language,
        related=_elder(look, shown.part_of, look.strings["part_of"]),
        extension=filled(
            {
                "withdrawn": stamp(story.withdrawn or updated),
                "merged_into": story.merged_into,
            }
        ),
    )


def _reason(look: Look, shown: View) -> str:
    """Why it is gone, in one sentence."""
    if shown.part_of:
        return f"{look.strings['part_of']}: {shown.part_of.title}"
    return shown.reason or look.strings["withdrawn_notice"]


def _elder(look: Look, other: Neighbour | None, name: str | None = None) -> tuple[Link, ...]:
    """The way to the story that this one continues, or went into."""
    name = name or look.strings["continues"]
    return (Link(text.shorten(f"{name}: {text.plain(other.title)}", text.TITLE_LIMIT), other.url),) if other else ()


def _times(telling: Telling) -> tuple[datetime, datetime]:
    """When it was published and last changed, in whole seconds; the store counts a withdrawal as a change."""
    story, revision = telling.story, telling.revision
    published = moment(story.released or revision.at)
    return published, max(published, moment(story.updated or published))


def _markup(html: str) -> str:
    return text.fit(html.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _teaser(words: str) -> str:
    return text.shorten(text.plain(words), TEASER_LIMIT)


def _authors(look: Look, authors: tuple[str, ...], lead: Coverage | None) -> tuple[str, ...]:
    """Who wrote the words: the named, else the source, else the newsroom; never a mail address."""
    return names(authors) or ((text.plain(lead.source_title) if lead else "") or look.config.publication.author,)


def _topics(look: Look, topics: tuple[str, ...]) -> tuple[Category, ...]:
    known = (look.topic(topic) for topic in dict.fromkeys(topics))
    return tuple(Category(topic.id, topic.title, mint(look, "topics")) for topic in known if topic)


def _image(image: Image | None, shown: View) -> Image | None:
    """The picture that the page shows too, with the type that its name gives if nothing else does."""
    if image is None or shown.picture is None:
        return None
    kind = image.type or TYPES.get(image.url.rsplit(".", 1)[-1].lower())
    return replace(
        image,
        url=shown.picture.src,
        type=kind,
        alt=text.one_line(image.alt),
        credit=text.one_line(shown.picture.credit),
    )


def _related(coverage: tuple[Coverage, ...], url: str) -> tuple[Link, ...]:
    """Where else it was told, each address once."""
    links = {web_address(one.url): text.plain(f"{one.source_title}: {one.title}") for one in reversed(coverage)}
    others = [Link(text.shorten(name, text.TITLE_LIMIT), link) for link, name in links.items() if link and link != url]
    return tuple(reversed(others))[:COVERAGE_LIMIT]


def _source(look: Look, lead: Coverage | None) -> Link | None:
    """The feed that told it first, or, where its address is not for the public, its home page."""
    if lead is None:
        return None
    feed = next((one for one in look.config.sources if one.id == lead.source_id and one.public), None)
    address = public_address(feed.location) if feed and feed.kind == "feed" else None
    url = address or public_address(lead.homepage) or web_address(lead.url)
    title = text.plain(lead.source_title)
    return Link(title, url) if title and url else None
