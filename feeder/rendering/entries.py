"""What a feed says of a story or an edition, before it takes a format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from feeder import text
from feeder.addresses import public_address, web_address
from feeder.errors import RenderError
from feeder.model import Coverage, Edition, Fate, Image, Origin, Rights, Telling
from feeder.rendering.credit import NAME_LIMIT, label, names
from feeder.rendering.edition_view import edition_line, edition_parts
from feeder.rendering.look import Look
from feeder.rendering.sharing import Link, push, share_links
from feeder.rendering.view import View, may_show_all, view

TEASER_LIMIT = 300  # many readers show nothing but the teaser; more is cut off there anyway
COVERAGE_LIMIT = 20
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
    try:
        html = look.render("edition_entry.html", edition=line, parts=parts)
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
    story, revision = telling.story, telling.revision
    shown = view(look, telling, look.url)
    if not may_show_all(revision):
        shown = replace(shown, picture=None, credit=None)
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
        related=_related(revision.coverage, shown.url),
        source=_source(look, lead),
        provenance=Category(revision.provenance.text, text.plain(shown.label), mint(look, "provenance")),
        extension=_extension(look, telling, shown.share_url),
    )


def _withdrawn(look: Look, telling: Telling) -> FeedEntry:
    story, revision = telling.story, telling.revision
    shown = view(look, telling, look.url)
    reason = text.one_line(shown.reason or "") or look.strings["withdrawn_notice"]
    published, updated = _times(telling)
    return FeedEntry(
        id=story.id,
        url=web_address(look.story_url(story)) or shown.page,
        page=shown.page,
        external_url=None,
        title=text.title(look.strings["withdrawn_title"].format(title=revision.title)),
        teaser=text.shorten(reason, TEASER_LIMIT),
        html=_markup(look.render("feed_entry_withdrawn.html", reason=reason)),
        published=published,
        updated=updated,
        authors=(look.config.publication.author,),
        categories=_topics(look, revision.topics),
        language=look.config.publication.language,
        extension={"withdrawn": stamp(story.withdrawn or updated)},
    )


def _times(telling: Telling) -> tuple[datetime, datetime]:
    """When it was published and last changed, in whole seconds; the store counts a withdrawal as a change."""
    story, revision = telling.story, telling.revision
    published = moment(story.released or revision.at)
    return published, max(published, moment(story.updated or published))


def moment(time: datetime) -> datetime:
    """A time in UTC and whole seconds, as all formats can say it."""
    return time.astimezone(UTC).replace(microsecond=0)


def stamp(time: datetime) -> str:
    """A time as RFC 3339, in UTC and whole seconds."""
    return moment(time).strftime("%Y-%m-%dT%H:%M:%SZ")


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


def _extension(look: Look, telling: Telling, url: str) -> Mapping[str, object]:
    """What JSON Feed has no key for, without empty values."""
    story, revision = telling.story, telling.revision
    provenance = revision.provenance
    unlabelled = "" if provenance.text is Origin.AI_GENERATED else revision.teaser
    return filled({
        "revision": revision.n,
        "rights": revision.rights.value,
        "licence": revision.licence,
        "follows": story.follows,
        "push": push(revision.title, unlabelled, url),
        "provenance": filled({
            "text": provenance.text.value,
            "label": label(look, revision),
            "model": provenance.model,
            "reviewed_by": provenance.reviewed_by,
            "reviewed_at": stamp(provenance.reviewed_at) if provenance.reviewed_at else None,
        }),
        "coverage": [_told_by(one) for one in revision.coverage[:COVERAGE_LIMIT]],
        "corrections": [{"date": stamp(one.at), "text": text.one_line(one.text)} for one in revision.corrections],
    })  # fmt: skip


def _told_by(coverage: Coverage) -> Mapping[str, object]:
    return filled({
        "source": text.one_line(coverage.source_title),
        "title": text.title(coverage.title),
        "url": web_address(coverage.url),
        "language": coverage.language,
        "published": stamp(coverage.published) if coverage.published else None,
    })  # fmt: skip


def filled(values: Mapping[str, object]) -> Mapping[str, object]:
    """Leave out what is empty: in JSON a missing key says it better."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
