"""The settings of a source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from feeder.config import files
from feeder.config.sections import Rule
from feeder.config.settings import Settings
from feeder.config.values import (
    Cookies,
    Days,
    Duration,
    Header,
    Identifier,
    Language,
    Line,
    Pattern,
    Selector,
    Switch,
    Url,
    Whole,
)
from feeder.model import Rights


class Selectors(Settings):
    """Where a page that lists articles keeps what, as CSS selectors; all but `item` look inside an item."""

    item: Selector = Field(description="Each article in the list.")
    link: Selector = Field(default="a", description="The link to the article; its href counts.")
    title: Selector | None = Field(default=None, description="The headline; the link's words if not given.")
    date: Selector | None = Field(default=None, description="The date: a datetime attribute, or words.")
    teaser: Selector | None = Field(default=None, description="The teaser.")
    image: Selector | None = Field(default=None, description="The picture.")


class SourceSettings(Settings):
    """A source."""

    id: Identifier = Field(description="Permanent: what the store knows it by.")
    kind: Literal["folder", "feed", "page", "sitemap"] = Field(
        description='"folder": our own articles; "feed": RSS, Atom or JSON Feed; "page": a page that lists articles;'
        ' "sitemap": the sitemap of a site without a feed.'
    )
    location: Annotated[Line, AfterValidator(files.location)] = Field(
        description="A folder beside config.toml, or the address of the feed, page or sitemap."
    )
    paused: Switch = Field(default=False, description="Whether it is left alone; what it told stays.")
    rhythm: Duration | None = Field(
        default=None,
        description="The time between two looks at it, instead of what is learned from what it publishes;"
        " it may be longer than [gathering] latest, not shorter than soonest.",
    )
    selectors: Selectors | None = Field(default=None, description='Where a page keeps what; only with kind = "page".')
    addresses: Pattern | None = Field(
        default=None, description="Only links that match are articles; for pages and sitemaps."
    )
    fulltext: Switch = Field(
        default=False,
        description="Whether the page behind each new item is read too, for curation; it is published only as far as"
        " the rights go.",
    )
    username: Line | None = Field(default=None, description="For HTTP basic authentication.")
    password: SecretStr | None = Field(default=None, description="For the same; a secret.")
    headers: tuple[Header, ...] = Field(
        default=(), description='Sent to the source\'s host alone: "X-Api-Key: …"; secrets.'
    )
    cookies: Cookies | None = Field(default=None, description='The same: "name=value; name=value"; a secret.')
    title: Line = Field(description="The name under which readers see it.")
    homepage: Url | None = Field(default=None, description="The page a reader would visit.")
    language: Language = Field(default="de", description="Two letters; an item's own wins.")
    topics: tuple[Identifier, ...] = Field(default=(), description="Topics of every item of this source.")
    rank: Whole = Field(default=50, ge=1, le=100, description="1 is the best; the better source leads a story.")
    rights: Rights = Field(
        default=Rights.TEASER,
        description='"own": our texts; "licensed": full text, licence named; "teaser": headline, a bounded excerpt and'
        ' the link; "link-only": headline and link.',
    )
    licence: Line | None = Field(
        default=None, validate_default=True, description='The licence\'s name; needed with rights = "licensed".'
    )
    excerpt_limit: Whole = Field(
        default=160, ge=0, le=1000, description="Characters of the source's words in one story, in every output."
    )
    public: Switch = Field(default=True, description="Whether sources.opml names it.")
    ai: Switch = Field(
        default=True, description="Whether a model may read it, if [summaries] has one and its owner reserves nothing."
    )
    same_story: Switch = Field(
        default=True,
        description="Whether its items may be taken for the same event as others by what they say; false: only by"
        " address, id or the same words.",
    )
    max_age: Days | None = Field(default=None, description="Instead of [curation] max_age.")
    max_per_source: Whole | None = Field(default=None, ge=1, description="Instead of [curation] max_per_source.")
    baseline_release: Whole | None = Field(default=None, ge=0, description="Instead of [curation] baseline_release.")
    rules: tuple[Rule, ...] = Field(
        default=(), description="Rules for this source alone; then those in [curation] follow."
    )

    @field_validator("licence")
    @classmethod
    def _named(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("rights") is Rights.LICENSED:
            raise ValueError('must name the licence, because rights = "licensed"')
        return value
