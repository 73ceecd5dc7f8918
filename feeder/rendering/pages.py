"""The pages of the public folder: landing page, stories, editions.

Links between our own files are relative, so that the folder works under any address and from disk.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jinja2.utils import htmlsafe_json_dumps

from feeder import text
from feeder.config.sections import Topic
from feeder.model import Continued, Edition, Fate, Origin, OutputFile, Telling
from feeder.rendering.edition_view import edition_line
from feeder.rendering.look import Look
from feeder.rendering.prose import printable
from feeder.rendering.rights import within_rights
from feeder.rendering.sharing import share_links
from feeder.rendering.view import Address, Picture, View, neighbour, shown_picture, view
from feeder.rendering.web_edition import placed, web_matter

LANDING_EDITIONS = 10
DESCRIPTION_LIMIT = 170
FORMATS = (
    ("RSS", "rss.xml", "application/rss+xml"),
    ("Atom", "atom.xml", "application/atom+xml"),
    ("JSON Feed", "feed.json", "application/feed+json"),
)

# The IPTC's words for what a machine made, as schema.org writes them.
_DIGITAL_SOURCES = {
    Origin.AI_GENERATED: "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
    Origin.AI_ASSISTED: "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource",
}


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed as pages name it: `href` to click, `url` to copy."""

    format: str
    type: str
    title: str
    href: str
    url: str


@dataclass(frozen=True, slots=True)
class TopicLinks:
    """A topic and its feeds."""

    title: str
    feeds: tuple[FeedLink, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What stands in the head of a page; `root` leads from it to the public folder."""

    title: str
    description: str
    canonical: str
    root: str
    icon: str
    kind: str = "website"
    is_front: bool = False
    noindex: bool = False
    picture: Picture | None = None
    ld: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """The editions that readers saw before and after one."""

    before: Edition | None = None
    after: Edition | None = None


ALONE = Beside()


def landing_page(
    look: Look,
    tellings: Sequence[Telling],
    editions: Sequence[Edition],
    topics: Sequence[Topic],
    pinned: Sequence[Telling] = (),
) -> OutputFile:
    """The front page: what is pinned, newest stories, how to subscribe, past editions, the calls to action."""
    publication = look.config.publication
    address = relative("")
    leading = {telling.story.id for telling in pinned}
    others = (telling for telling in tellings if telling.story.id not in leading)
    shown = [*pinned, *others][: look.config.output.max_items]
    page = Page(
        title=publication.title,
        description=publication.description,
        canonical=look.url(""),
        root="",
        icon=icon(look),
        is_front=True,
    )
    words = look.render(
        "landing.html",
        page=page,
        feeds=feed_links(look, "", publication.title, address),
        stories=[view(look, telling, address) for telling in shown],
        pinned=leading,
        topics=[_topic_links(look, topic, address) for topic in topics],
        editions=[edition_line(look, edition, address) for edition in editions[:LANDING_EDITIONS]],
    )
    return _file("index.html", words, shown)


def story_page(look: Look, telling: Telling, later: Sequence[Continued] = ()) -> OutputFile:
    """Our page of a story: our article in full, others' in our words with the way to them; `later` continue it."""
    telling = within_rights(look, telling)
    root = "../../"
    address = relative(root)
    story = view(look, telling, address)
    page = Page(
        title=f"{story.title} – {look.config.publication.title}",
        description=text.shorten(story.teaser or story.reason or story.title, DESCRIPTION_LIMIT),
        canonical=_canonical(look, telling, story),
        root=root,
        icon=icon(look),
        kind="article",
        noindex=story.is_withdrawn or not story.is_ours,
        picture=None if story.is_withdrawn else shown_picture(look, telling.revision.image, look.url),
        ld=_news_article(look, telling, story) if story.is_ours and not story.is_withdrawn else None,
    )
    words = look.render(
        "story.html",
        page=page,
        feeds=feed_links(look, "", look.config.publication.title, address),
        story=story,
        later=[other for one in later if (other := neighbour(look, one, address))],
        shares=share_links(look, telling.revision.title, story.share_url, _more(telling)),
    )
    return _file(f"stories/{telling.story.slug}/index.html", words, [telling])


def _canonical(look: Look, telling: Telling, story: View) -> str:
    """The page that counts: of a merged story that of the elder."""
    if telling.elder is not None and story.is_withdrawn:
        return look.url(f"stories/{telling.elder.slug}/")
    return story.share_url if story.is_ours else look.page_url(telling.story)


def _more(telling: Telling) -> str:
    """What may be passed on beside the headline: not what only stands with its label."""
    return "" if telling.revision.provenance.text is Origin.AI_GENERATED else telling.revision.teaser


def edition_page(look: Look, edition: Edition, tellings: Mapping[str, Telling], beside: Beside = ALONE) -> OutputFile:
    """An edition for the browser; stories without a telling are left out."""
    root = "../../"
    address = relative(root)
    matter = web_matter(look, edition, tellings, address)
    line = matter.line
    page = Page(
        title=f"{line.name}: {matter.title} – {look.config.publication.title}",
        description=text.shorten(edition.intro or f"{line.name}, {line.date}: {matter.title}", DESCRIPTION_LIMIT),
        canonical=look.url(f"editions/{edition.id}/"),
        root=root,
        icon=icon(look),
        kind="article",
        picture=_first_picture(look, edition, tellings),
    )
    words = look.render(
        "edition.html",
        page=page,
        feeds=_edition_feeds(look, address),
        edition=line,
        subject=matter.subject,
        overview=matter.overview,
        parts=matter.parts,
        besides=matter.besides,
        corrections=matter.corrections,
        before=edition_line(look, beside.before, address) if beside.before else None,
        after=edition_line(look, beside.after, address) if beside.after else None,
        shares=share_links(look, matter.title, page.canonical),
    )
    shown = [tellings[story_id] for story_id in placed(edition) if story_id in tellings]
    return _file(f"editions/{edition.id}/index.html", words, shown)


def _first_picture(look: Look, edition: Edition, tellings: Mapping[str, Telling]) -> Picture | None:
    """The picture of the story that leads, for those who pass the page on."""
    first = next((tellings[story_id] for story_id in placed(edition) if story_id in tellings), None)
    if first is None or first.story.fate is Fate.WITHDRAWN:
        return None
    return shown_picture(look, within_rights(look, first).revision.image, look.url)


def editions_page(look: Look, editions: Sequence[Edition]) -> OutputFile:
    """All editions, newest first as given."""
    address = relative("../")
    page = Page(
        title=f"{look.strings['editions_title']} – {look.config.publication.title}",
        description=_description(look, look.strings["editions_intro"]),
        canonical=look.url("editions/"),
        root="../",
        icon=icon(look),
    )
    words = look.render(
        "editions.html",
        page=page,
        feeds=_edition_feeds(look, address),
        editions=[edition_line(look, edition, address) for edition in editions],
    )
    return _file("editions/index.html", words, [])


def relative(root: str) -> Address:
    """Addresses as seen from a page that `root` leads out of; folders name their index.html, for file:// pages."""

    def address(path: str) -> str:
        return root + (f"{path}index.html" if not path or path.endswith("/") else path)

    return address


def feed_links(look: Look, folder: str, title: str, address: Address) -> tuple[FeedLink, ...]:
    """The three formats of the feed in `folder`."""
    return tuple(
        FeedLink(name, kind, f"{title} ({name})", address(folder + file), look.url(folder + file))
        for name, file, kind in FORMATS
    )


def icon(look: Look) -> str:
    """A small icon with the publication's initial, inside the page: browsers then ask for no other."""
    initial, colours = look.config.publication.title[0].upper(), look.brand.light
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="5" fill="{colours.accent}"/>'
        '<text x="16" y="23.5" font-family="Georgia,serif" font-size="22" font-weight="700" text-anchor="middle"'
        f' fill="{colours.on_accent}">{html.escape(initial)}</text></svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe="")


def _topic_links(look: Look, topic: Topic, address: Address) -> TopicLinks:
    title = f"{look.config.publication.title}: {topic.title}"
    return TopicLinks(topic.title, feed_links(look, f"topics/{topic.id}/", title, address))


def _description(look: Look, words: str) -> str:
    return text.shorten(f"{words} {look.config.publication.description}", DESCRIPTION_LIMIT)


def _edition_feeds(look: Look, address: Address) -> tuple[FeedLink, ...]:
    title = f"{look.config.publication.title}: {look.strings['editions_title']}"
    return feed_links(look, "editions/", title, address)


def _news_article(look: Look, telling: Telling, story: View) -> str:
    """What search engines want to know of our own articles (schema.org)."""
    publication = look.config.publication
    publisher = {"@type": "NewsMediaOrganization", "name": publication.title, "url": publication.url}
    known: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.teaser,
        "datePublished": story.released.iso,
        "dateModified": story.updated.iso if story.updated else story.released.iso,
        "inLanguage": telling.revision.language,
        "isAccessibleForFree": True,
        "mainEntityOfPage": story.share_url,
        "articleSection": list(story.topics),
        "author": [_author(name, publication.author) for name in telling.revision.authors] or [publisher],
        "publisher": publisher,
    }
    if picture := shown_picture(look, telling.revision.image, look.url):
        known["image"] = _drawn(story) | {
            "@type": "ImageObject",
            "url": picture.src,
            "width": picture.width,
            "height": picture.height,
            "creditText": picture.credit,
        }
    if origin := _DIGITAL_SOURCES.get(telling.revision.provenance.text):
        known["digitalSourceType"] = origin
    return str(htmlsafe_json_dumps(known, dumps=json.dumps, ensure_ascii=False, sort_keys=False))


def _drawn(story: View) -> dict[str, Any]:
    is_generated = story.credited is not None and story.credited.is_generated
    return {"digitalSourceType": _DIGITAL_SOURCES[Origin.AI_GENERATED]} if is_generated else {}


def _author(name: str, newsroom: str) -> dict[str, str]:
    return {"@type": "Organization" if name == newsroom else "Person", "name": name}


def _file(path: str, words: str, shown: Iterable[Telling]) -> OutputFile:
    data = printable(words).encode()
    return OutputFile(path, data, tuple(telling.story.id for telling in shown))
