"""The editor's hands on a page that no source brought: tell it at once.

It becomes an item like any other, of a source that stands for its site (house.HAND), so that a configured source
that lists the same page, before or later, tells the same story.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feeder import addresses, text
from feeder.errors import DeskError, FetchError
from feeder.model import (
    Aftermath,
    Decision,
    Fate,
    Gathered,
    Item,
    Memory,
    Outcome,
    SourceState,
    StoredItem,
    Story,
)
from feeder.pipeline.deciding import Change, deciding, now_of, title_of
from feeder.pipeline.desk import release
from feeder.pipeline.desk_limits import Edits
from feeder.pipeline.desk_words import edit, edited, first_words
from feeder.pipeline.house import House
from feeder.pipeline.standing_in import hand_id, source_of
from feeder.pipeline.told import facts_of
from feeder.pipeline.tracing import page_of, trace_of, world_id_of
from feeder.sources.article_page import filled, read_article_page
from feeder.sources.naming import named
from feeder.sources.permission import ForbiddenPageError

_WHY = "told by hand"


def add(house: House, address: str, who: str, why: str = "", edits: Edits | None = None) -> Change:
    """Tell the page at an address as a story, released at once, in its own words as far as an excerpt goes, and
    in a person's where `edits` say so.

    What is told already stays as it is; what was held or dropped is released. A page that cannot be read is told if
    the person brings a headline. Raises DeskError, or FetchError where the page cannot be read.
    """
    edits, url = edits or Edits(), _address(address)
    if (told := _told_already(house, url)) is not None:
        return _again(house, told, who, why, edits)
    item, warnings = _read(house, url, edits)
    if item.url and (told := _told_already(house, item.url)) is not None:
        return _again(house, told, who, why, edits)
    with deciding(house, who) as now:
        stored = _kept(house, item, now)
        change = _told(house, stored, who, why, edits, now)
    return replace(change, warnings=(*warnings, *change.warnings))


def _address(address: str) -> str:
    asked = address.strip()
    url = addresses.web_address(asked if "://" in asked else f"https://{asked}")
    if url is None or "." not in url.split("/")[2]:
        raise DeskError(f"“{text.shorten(text.one_line(asked), 80)}” is no address of a page: correct it")
    if addresses.holds_secret(url):
        raise DeskError(
            "that address holds what looks like a password or key, and would be published: name one without"
        )
    return addresses.clean(url)


def _told_already(house: House, url: str) -> Story | None:
    """The story of the page, whoever told it; that of an item which still waits will be this one."""
    item, store = Item(hand_id(url), named("", url), url, ""), house.store
    page = page_of(url)
    if page is not None and store.items.shared_pages({page}):
        page = None  # several things of one source are at this address, and none is meant
    found = store.items.elsewhere(page, world_id_of(item), item.key)
    stored = store.items.get(item.key)
    own = stored.story_id if stored else None
    return store.stories.get(found or own or "")


def _again(house: House, story: Story, who: str, why: str, edits: Edits) -> Change:
    if story.fate is Fate.WITHDRAWN:
        raise DeskError(f"{story.slug} was told and withdrawn: `feeder stories release {story.slug}` brings it back")
    if story.fate is Fate.RELEASED:
        did = "told already" + ("" if edits.is_empty else "; `feeder stories edit` changes its words")
        return Change(story, title_of(house, story), did, changed=False)
    with house.store.together():
        warnings: tuple[str, ...] = ()
        if not edits.is_empty:
            warnings = edit(house, story, who, why or _WHY, edits).warnings
            story = now_of(house, story)
        change = release(house, story, who, why or _WHY)
    return replace(change, warnings=(*warnings, *change.warnings))


def _read(house: House, url: str, edits: Edits) -> tuple[Item, tuple[str, ...]]:
    """The page as an item; without its words where it cannot be read but a person brings a headline."""
    bare = Item(hand_id(url), named("", url), url, "")
    fetcher = house.reading.fetcher
    try:
        with fetcher.within(house.config.gathering.source_limit):
            response = fetcher.page(bare.source_id, url)
    except FetchError as error:
        if not _is_there(error):
            raise
        if not edits.title:
            raise DeskError(f"{error}; with --title and --teaser it is told in your own words") from error
        said = text.one_line(edits.title)
        return replace(bare, title=said), (f"the page was not read ({error}); only your words stand there",)
    page = read_article_page(url, response, fulltext=False)
    if page is None:
        raise DeskError(
            f"{url} leads to {addresses.without_login(response.url)}, which is no article: name the page itself"
        )
    item = filled(bare, page.said)
    if not item.title and not edits.title:
        raise DeskError(f"{url} names no headline: give it one with --title")
    return replace(item, title=item.title or text.one_line(edits.title or "")), ()


def _is_there(error: FetchError) -> bool:
    """Whether the page can be there for readers, though it is not for us."""
    cause = error.__cause__
    if isinstance(cause, ForbiddenPageError):
        return cause.lasts  # what could not even be asked for its rules may be anywhere, inside our own house too
    return cause is None and not error.refused


def _kept(house: House, item: Item, now: datetime) -> StoredItem:
    """Put the item into the store, as if its site were a source that was looked at once."""

    def follow(before: SourceState, _outcome: Outcome, _dates: object) -> Aftermath:
        return Aftermath(replace(before, baselined=True, looked=now, answered=now))

    outcome = Outcome(item.source_id, "", Gathered((item,), Memory()))
    for one in house.store.sources.record_all([outcome], now, follow):
        if one.error is not None:
            raise one.error
    stored = house.store.items.get(item.key)
    if stored is None:
        raise DeskError(f"{item.url} could not be kept; tell it again")
    return stored


def _told(house: House, stored: StoredItem, who: str, why: str, edits: Edits, now: datetime) -> Change:
    item = stored.item
    source = source_of(house, item)
    story = _story(house, item, now)
    words, warnings = edited(house, first_words(house, story, now), story, edits, now)
    story = replace(story, slug=text.slug(words.title) or story.slug)
    said = text.one_line(why) or _WHY
    decided = Decision(story.id, text.one_line(who), Fate.RELEASED.value, said, now, 1, item.key)
    trace = trace_of(stored, source, facts_of(house, item, source), story.id)
    told = house.store.stories.tell(story, words, decided, item.key, digest=stored.digest, trace=trace)
    return Change(told, words.title, f"told and released, with {source.title} as its source", warnings=warnings)


def _story(house: House, item: Item, now: datetime) -> Story:
    return Story(
        id=f"tag:{house.config.publication.tag_authority}:story/{text.digest(*item.key)}",
        slug=text.slug(item.title) or text.digest(*item.key),
        url=item.url if house.config.output.link == "source" else None,
        fate=Fate.RELEASED,
        revision=1,
        lead=item.key,
        released=now,
        updated=now,
        touched=True,
    )
