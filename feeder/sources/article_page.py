"""The page of one article, fetched: what it says of itself, and its text where that is wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feeder.model import Item, Raw
from feeder.sources.fulltext import NoTextError, full_text
from feeder.sources.html_page import read_html
from feeder.sources.http import Response, shown
from feeder.sources.metadata import Metadata, metadata_of
from feeder.sources.sites import same_site


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """`text` is None where it was not wanted or not found; `textless` then says why."""

    said: Metadata
    text: Raw | None = None
    textless: str = ""


def read_article_page(asked: str, response: Response, *, fulltext: bool) -> ArticlePage | None:
    """Read what the address `asked` led to; None where that is another site's page which is no article."""
    page = read_html(response.body, response.content_type)
    if page is None:
        return None
    said = metadata_of(response.url, page)
    if not said.is_article and not same_site(asked, response.url):
        return None
    if not fulltext:
        return ArticlePage(said)
    try:
        return ArticlePage(said, full_text(page, len(response.body), said.body))
    except NoTextError as error:
        return ArticlePage(said, textless=f"{shown(asked)} {error}")


def filled(item: Item, said: Metadata) -> Item:
    """An item with what its page says of itself where the item says nothing; its address is the page's, its uid stays.

    `original` is what the source wrote.
    """
    address = said.canonical or item.url
    return replace(
        item,
        url=address,
        original=item.original or (item.url if address != item.url else None),
        title=item.title or said.title,
        published=item.published or said.published,
        updated=item.updated or said.modified,
        summary=item.summary or (Raw(said.description, "text") if said.description else None),
        authors=item.authors or said.authors,
        tags=item.tags or said.keywords,
        image=item.image or said.image,
        language=item.language or said.language,
    )
