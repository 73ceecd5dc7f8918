"""The source of an item, also where the configuration knows none: of pages told by hand, and of sources taken out."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from feeder.config.sourcing import SourceSettings
from feeder.model import Item, Rights, Source
from feeder.pipeline.house import HAND, House


def hand_id(url: str) -> str:
    """The id of the source that stands for the site of a page."""
    return HAND + (urlsplit(url).hostname or "").removeprefix("www.")


def source_of(house: House, item: Item) -> Source:
    """The configured source; else one that bears the name of the site, and of whose words only an excerpt may leave.

    Where a configured source is of the same site, its name, language, topics and rank hold for the page, and its
    rights if they are narrower: a licence for a feed is none for whatever else lies there.
    """
    if (configured := house.sources.get(item.source_id)) is not None:
        return configured
    return _stand_in(house, item.source_id, item.url or "")


def _stand_in(house: House, source_id: str, url: str) -> Source:
    place = urlsplit(url)
    name = (place.hostname or "").removeprefix("www.") or source_id.removeprefix(HAND)
    stranger = Source(
        id=source_id,
        kind="feed",
        location=url,
        title=name,
        language=house.config.publication.language,
        topics=(),
        rank=_default("rank"),
        rights=Rights.TEASER,
        licence=None,
        excerpt_limit=_default("excerpt_limit"),
        public=False,
        homepage=f"{place.scheme}://{place.netloc}/" if place.hostname else None,
        rules=(),
        max_age_days=None,
        max_per_source=None,
        baseline_release=None,
    )
    known = _of_the_site(house, url)
    if known is None:
        return stranger
    return replace(
        stranger,
        title=known.title,
        language=known.language,
        topics=known.topics,
        rank=known.rank,
        rights=Rights.LINK_ONLY if known.rights is Rights.LINK_ONLY else Rights.TEASER,
        excerpt_limit=min(known.excerpt_limit, stranger.excerpt_limit),
        homepage=known.homepage or stranger.homepage,
        ai=known.ai,
    )


def _default(key: str) -> int:
    value: int = SourceSettings.model_fields[key].default
    return value


def _of_the_site(house: House, url: str) -> Source | None:
    from feeder.sources.sites import same_site  # noqa: PLC0415 - most items have a configured source

    others = (source for source in house.sources.values() if source.kind != "folder")
    return next((one for one in others if same_site(one.homepage or one.location, url)), None)
