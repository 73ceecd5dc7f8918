"""What should stand under feeds/, as the state has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeder import text
from feeder.errors import RenderError
from feeder.model import PUBLIC, Edition, Fate, Feed, OutputFile, StoryPage, Telling
from feeder.pipeline.house import House
from feeder.pipeline.kin import elder_of, later_of, named, with_elders
from feeder.rendering.digest import render_digest
from feeder.rendering.entries import FeedEntry, edition_entry, story_entry
from feeder.rendering.feeds import feed_files
from feeder.rendering.message import message
from feeder.rendering.opml import sources_opml
from feeder.rendering.pages import Beside, edition_page, editions_page, landing_page, story_page
from feeder.rendering.status import status_json

WITHDRAWN_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Planned:
    """Files that belong together. `basis` names everything that `render` depends on: what was
    written on the same basis stands; "" renders each time."""

    paths: tuple[str, ...]
    basis: str
    render: Callable[[], Sequence[OutputFile]]


def plan(house: House, now: datetime) -> Iterator[Planned]:
    """Everything that should stand under feeds/: story pages, editions, feeds, lists, the landing page."""
    since = now - WITHDRAWN_FOR
    rows = {row.id: row for row in house.store.stories.pages()}
    later = later_of(rows)
    for row in rows.values():
        if row.fate is Fate.RELEASED or (row.withdrawn is not None and row.withdrawn > since) or elder_of(row, rows):
            yield _story(house, row, rows, later.get(row.id, ()))
    editions = house.store.editions.list(*PUBLIC)
    for edition in editions:
        yield _edition(house, edition, rows, _beside(edition, editions))
    yield _editions_feed(house, editions, rows)
    newest = _published(house, rows, since)
    yield _feed(house, _head_feed(house, newest), newest)
    for topic in house.config.topics:
        told = _published(house, rows, since, topic.id)
        yield _feed(house, _topic_feed(house, topic.id, topic.title, told), told)
    yield from _lists(house, newest, editions, house.store.stories.pinned(now))


def _published(house: House, rows: Mapping[str, StoryPage], since: datetime, topic: str | None = None) -> list[Telling]:
    """What a feed shows, merged stories with the way to their elders."""
    told = house.store.stories.published(house.config.output.max_items, topic, withdrawn_after=since)
    return with_elders(house, told, rows)


def _story(house: House, row: StoryPage, rows: Mapping[str, StoryPage], later: Sequence[StoryPage]) -> Planned:
    def render() -> list[OutputFile]:
        telling = house.store.stories.telling(row.id)
        if telling is None:
            return []
        [telling] = with_elders(house, [telling], rows)
        return [*_pictures(house, [telling]), story_page(house.look, telling, named(house, later))]

    kin = [f"{one.id} {one.revision}" for one in (elder_of(row, rows), *later) if one]
    basis = text.digest(
        house.look.digest, row.id, str(row.revision), row.fate.value, str(row.updated), "erased" * row.erased, *kin
    )
    return Planned((f"stories/{row.slug}/index.html",), basis, render)


def _pictures(house: House, tellings: Sequence[Telling]) -> list[OutputFile]:
    """The pictures of our own that the tellings show, where they are not published yet."""
    paths = {telling.revision.image.url for telling in tellings if telling.revision.image}
    files = []
    for path in sorted(paths):
        if path.startswith("media/") and not house.output.exists(path):
            medium = house.store.media.get(path)
            files += [OutputFile(path, medium.data)] if medium else []
    return files


def _beside(edition: Edition, public: Sequence[Edition]) -> Beside:
    """The editions that appeared before and after one."""
    return Beside(
        max((one for one in public if one.slot < edition.slot), key=lambda one: one.slot, default=None),
        min((one for one in public if one.slot > edition.slot), key=lambda one: one.slot, default=None),
    )


def _edition(house: House, edition: Edition, rows: Mapping[str, StoryPage], beside: Beside) -> Planned:
    folder = f"editions/{edition.id}/"

    def render() -> list[OutputFile]:
        tellings = _tellings(house, edition, rows)
        digest = render_digest(house.look, edition, tellings)
        return [
            OutputFile(folder + "digest.html", digest.html.encode()),
            OutputFile(folder + "digest.txt", digest.text.encode()),
            OutputFile(folder + "digest.eml", message(house.look, edition, digest)),
            edition_page(house.look, edition, tellings, beside),
            *_logo(house),
        ]

    links = (f"{one.id} {one.number}" if one else "" for one in (beside.before, beside.after))
    basis = text.digest(house.look.digest, repr(edition), *_fates(edition, rows), *links)
    return Planned(
        tuple(folder + name for name in ("digest.html", "digest.txt", "digest.eml", "index.html")), basis, render
    )


def _logo(house: House) -> list[OutputFile]:
    """The logo of the masthead, where it is not published yet."""
    logo = house.look.logo
    return [logo.file] if logo and not house.output.exists(logo.file.path) else []


def edition_files(house: House, edition: Edition) -> Planned:
    """The files of an edition as it would be written now, whether readers may see it yet or not."""
    beside = _beside(edition, house.store.editions.list(*PUBLIC))
    return _edition(house, edition, {row.id: row for row in house.store.stories.pages()}, beside)


def edition_tellings(house: House, edition: Edition) -> dict[str, Telling]:
    """What an edition tells: its stories, and those that it corrects, in the words that it was composed with."""
    return _tellings(house, edition, {row.id: row for row in house.store.stories.pages()})


def _tellings(house: House, edition: Edition, rows: Mapping[str, StoryPage]) -> dict[str, Telling]:
    """The stories of an edition, and those that it corrects, in the words that it was approved with."""
    placed = [place for section in edition.sections for place in section.stories]
    placed += [(one.story_id, one.n) for one in edition.corrections]
    found = (house.store.stories.telling(story_id, n) for story_id, n in placed)
    return {telling.story.id: telling for telling in with_elders(house, filter(None, found), rows)}


def _fates(edition: Edition, rows: Mapping[str, StoryPage]) -> list[str]:
    """What may change in a frozen edition: the fates of its stories."""
    placed = [story_id for section in edition.sections for story_id, _ in section.stories]
    placed += [one.story_id for one in edition.corrections]
    return [_fate(rows[story_id], rows) if story_id in rows else "" for story_id in placed]


def _fate(row: StoryPage, rows: Mapping[str, StoryPage]) -> str:
    """What became of a story: erased, or part of which other, in which words."""
    elder = elder_of(row, rows)
    return " ".join((row.fate.value, "erased" * row.erased, f"{elder.id} {elder.revision}" if elder else "")).strip()


def _editions_feed(house: House, editions: Sequence[Edition], rows: Mapping[str, StoryPage]) -> Planned:
    publication, shown = house.config.publication, editions[: house.config.output.max_items]

    def render() -> Sequence[OutputFile]:
        entries = [edition_entry(house.look, edition, _tellings(house, edition, rows)) for edition in shown]
        feed = Feed(
            id=f"tag:{publication.tag_authority}:feed/editions",
            title=f"{publication.title}: {house.look.strings['editions_title']}",
            description=house.look.strings["editions_intro"],
            folder="editions/",
            home=house.look.url("editions/"),
            language=publication.language,
            updated=max(
                (edition.approved for edition in shown if edition.approved), default=house.store.born(house.clock())
            ),
        )
        return feed_files(house.look, feed, entries)

    facts = (repr(edition) + " ".join(_fates(edition, rows)) for edition in shown)
    return Planned(_three("editions/"), text.digest(house.look.digest, *facts), render)


def _feed(house: House, feed: Feed, tellings: Sequence[Telling]) -> Planned:
    def render() -> Sequence[OutputFile]:
        return feed_files(house.look, feed, _entries(house, tellings))

    return Planned(_three(feed.folder), text.digest(house.look.digest, repr(feed), *map(repr, tellings)), render)


def _entries(house: House, tellings: Sequence[Telling]) -> list[FeedEntry]:
    """The stories as entries; one that cannot be rendered is left out, with an alert, and stops no other."""
    entries = []
    for telling in tellings:
        try:
            entries.append(story_entry(house.look, telling))
        except RenderError as error:
            house.alert(f"left out of the feeds: {error}")
    return entries


def _three(folder: str) -> tuple[str, ...]:
    return folder + "rss.xml", folder + "atom.xml", folder + "feed.json"


def _head_feed(house: House, tellings: Sequence[Telling]) -> Feed:
    publication = house.config.publication
    return Feed(
        id=f"tag:{publication.tag_authority}:feed",
        title=publication.title,
        description=publication.description,
        folder="",
        home=house.look.url(""),
        language=publication.language,
        updated=_newest(house, tellings),
    )


def _topic_feed(house: House, topic: str, title: str, tellings: Sequence[Telling]) -> Feed:
    publication = house.config.publication
    return Feed(
        id=f"tag:{publication.tag_authority}:feed/topics/{topic}",
        title=f"{publication.title}: {title}",
        description=house.look.strings["topic_description"].format(description=publication.description, topic=title),
        folder=f"topics/{topic}/",
        home=house.look.url(""),
        language=publication.language,
        updated=_newest(house, tellings),
    )


def _newest(house: House, tellings: Sequence[Telling]) -> datetime:
    return max(
        (telling.story.updated for telling in tellings if telling.story.updated),
        default=house.store.born(house.clock()),
    )


def _lists(
    house: House, newest: Sequence[Telling], editions: Sequence[Edition], pinned: Sequence[Telling]
) -> Iterator[Planned]:
    look, sources, born = house.look, house.config.source_nouns, house.store.born(house.clock())
    released = [telling for telling in newest if telling.story.fate is Fate.RELEASED]
    states = house.store.sources.states()
    listed = text.digest(look.digest, *map(repr, editions))
    yield Planned(("editions/index.html",), listed, lambda: [editions_page(look, editions)])
    yield Planned(("sources.opml",), "", lambda: [sources_opml(look, sources, born)])
    yield Planned(("status.json",), "", lambda: [status_json(look, sources, states, newest, editions)])
    shown = text.digest(listed, *map(repr, released), "pinned", *map(repr, pinned))
    topics = house.config.topics
    yield Planned(("index.html",), shown, lambda: [landing_page(look, released, editions, topics, pinned)])
