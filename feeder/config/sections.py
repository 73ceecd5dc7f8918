"""The sections of config.toml as frozen objects; each field carries its own documentation."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from feeder.model import Action, Rights


class Settings(BaseModel):
    """A section: strict, frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


def _http(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value):
        raise ValueError("must be an absolute address that starts with https:// or http://")
    return value


def _folder_url(value: str) -> str:
    return _http(value).rstrip("/") + "/"


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"{value!r} is not a time zone of the IANA database, such as Europe/Berlin")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


def _identifier(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        raise ValueError("must be lower-case letters, digits and single hyphens: it becomes a path")
    return value


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> object:
    if isinstance(value, str) and (match := re.fullmatch(r"(\d+)\s*([smhd])", value.strip())):
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    if isinstance(value, timedelta):
        return value
    raise ValueError('must be a number and a unit, such as "30m", "12h" or "14d"')


Url = Annotated[str, AfterValidator(_http)]
FolderUrl = Annotated[str, AfterValidator(_folder_url)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Text = Annotated[str, Field(min_length=1)]


class Publication(Settings):
    """The masthead."""

    title: Text = Field(description="The name of the publication, as readers see it.")
    url: FolderUrl = Field(description="The publication's home page.")
    description: Text = Field(description="One sentence: what it is about.")
    language: Literal["de", "en"] = Field("de", description="The language of everything a reader sees.")
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "Europe/Berlin", description="The IANA zone of slots and of every date that is shown."
    )
    tag_authority: Annotated[str, Field(pattern=r"^[a-z0-9.-]+,\d{4}(-\d\d){0,2}$")] = Field(
        description='Who mints story ids (RFC 4151): a domain you held and the year, "ki-news.example,2025".'
        " Never change it: ids must stay."
    )
    author: Text = Field(description="Who signs where no author is named.")
    email: Text | None = Field(None, description="Where readers reach the newsroom.")
    imprint: Text = Field(
        description="Name and postal address of who is responsible (§ 5 DDG, § 18 (2) MStV); lines are kept."
    )
    imprint_url: Url = Field(description="The page with the full imprint (Impressum).")
    privacy_url: Url = Field(description="The privacy page (Datenschutz).")
    logo: Path | None = Field(None, description="A PNG or JPEG for feeds, pages and mails, beside config.toml.")
    licence: Text | None = Field(None, description="The copyright or licence line of the feeds.")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Store(Settings):
    """Where the state lives."""

    url: SecretStr = Field(
        SecretStr("sqlite:///feeder.db"),
        description="An SQLAlchemy address: sqlite:///file (relative to config.toml) or postgresql+psycopg://….",
    )


class Output(Settings):
    """What is written, and where."""

    folder: Path = Field(Path("feeds"), description="Where feeds and pages are written.")
    base_url: FolderUrl = Field(description="The public address of that folder.")
    max_items: int = Field(50, ge=1, le=500, description="Stories per feed, at most.")
    max_bytes: int = Field(
        500_000, ge=20_000, le=5_000_000, description="Bytes per feed file, at most; older stories give way."
    )
    link: Literal["source", "page"] = Field(
        "source", description="Where the headline of other people's stories leads: to them, or to our page."
    )


class Schedule(Settings):
    """When the service works."""

    gather: Duration = Field(timedelta(minutes=30), description="Time between two looks at all sources.")
    editions: tuple[str, ...] = Field(
        ("mon-fri 07:00",),
        description='Slots of the editions, in the publication\'s time zone: weekday names and a time, "mon-fri 07:00".',
    )


class Rule(Settings):
    """A curation rule; the first one that matches an item decides."""

    action: Action = Field(description='"keep", "drop" or "hold".')
    fields: tuple[Literal["title", "summary", "source", "topic", "language"], ...] = Field(
        ("title", "summary"), description="Where to look."
    )
    words: tuple[Text, ...] = Field((), description="Whole words or phrases, in any case; one suffices.")
    pattern: Pattern | None = Field(None, description="A regular expression, searched in any case.")
    why: Text | None = Field(None, description="The reason that `feeder explain` prints.")


class Curation(Settings):
    """What becomes a story."""

    release: Literal["auto", "hold"] = Field(
        "auto", description='"auto" releases what the rules keep; "hold" leaves that to an editor.'
    )
    languages: tuple[str, ...] = Field(("de", "en"), description="Languages that are taken, as two letters.")
    max_age: Duration = Field(
        timedelta(days=14), description="Items of feeds that are older than this are dropped."
    )
    max_per_source: int = Field(
        20, ge=1, description="Stories of one feed that are released within 24 hours, at most."
    )
    baseline_release: int = Field(
        3, ge=0, description="Stories released from a new feed's backlog; the rest only marks what is old."
    )
    rules: tuple[Rule, ...] = Field((), description="Rules for all sources, after a source's own.")


class Topic(Settings):
    """A section of the publication, with feeds of its own."""

    id: Identifier = Field(description="Permanent: it is the path of the topic's feeds.")
    title: Text = Field(description="The name that readers see.")
    words: tuple[Text, ...] = Field((), description="Words that place a story here.")


class Link(Settings):
    """A labelled address."""

    label: Text = Field(description="What readers see.")
    url: Url = Field(description="Where it leads.")


class Mission(Settings):
    """The mission block ("Unser Ziel")."""

    title: Text = Field(description="The block's heading.")
    text: Text = Field(description="The block's words.")


class Support(Settings):
    """The support block."""

    title: Text = Field(description="The block's heading.")
    text: Text = Field(description="The block's words.")
    links: tuple[Link, ...] = Field(min_length=1, description="Where to support: YouTube, PayPal and the like.")


class Follow(Settings):
    """The follow block."""

    title: Text = Field(description="The block's heading.")
    text: Text = Field(description="The block's words.")
    links: tuple[Link, ...] = Field(min_length=1, description="The publication's accounts.")


SHARE_NETWORKS = Literal["mail", "whatsapp", "linkedin", "x", "mastodon", "bluesky", "facebook", "telegram"]


class Share(Settings):
    """The share block: plain links per story, no scripts, no tracking."""

    title: Text = Field(description="The block's heading.")
    networks: tuple[SHARE_NETWORKS, ...] = Field(
        ("mail", "whatsapp", "linkedin", "x", "mastodon", "bluesky", "facebook", "telegram"),
        description="Where readers can share, in this order.",
    )


class DigestSettings(Settings):
    """The edition and its mail."""

    subject: Text = Field(
        "{title}", description="The subject; {title} is the first headline, {number} and {date} the edition's."
    )
    intro: str = Field("", description="A greeting above the stories; may be empty.")
    size: int = Field(20, ge=1, le=100, description="Stories per edition, at most; the best and newest go in.")
    minimum: int = Field(1, ge=1, description="Fewer stories than this, and the slot is skipped with a reason.")
    sender: Text = Field(description='The From line: "KI-News <newsletter@ki-news.example>".')
    reply_to: Text | None = Field(None, description="Where answers go, if not to the sender.")
    unsubscribe: Annotated[str, Field(pattern=r"^mailto:[^\s@]+@[^\s@]+$")] = Field(
        description="How readers leave: mailto: and an address."
    )
    why: Text = Field(
        "Du bekommst diese E-Mail, weil du unseren Newsletter abonniert hast.",
        description="The line in the footer that says why this mail came.",
    )


class SourceSettings(Settings):
    """A source."""

    id: Identifier = Field(description="Permanent: what the store knows it by.")
    kind: Literal["folder", "feed"] = Field(description='"folder": our own articles; "feed": RSS, Atom or JSON Feed.')
    location: Text = Field(description="A folder beside config.toml, or a feed's address.")
    title: Text = Field(description="The name under which readers see it.")
    homepage: Url | None = Field(None, description="The page a reader would visit.")
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = Field("de", description="Two letters; an item's own wins.")
    topics: tuple[Identifier, ...] = Field((), description="Topics of every item of this source.")
    rank: int = Field(50, ge=1, le=100, description="1 is the best; the better source leads a story.")
    rights: Rights = Field(
        Rights.TEASER,
        description='"own": our texts; "licensed": full text, licence named; "teaser": headline, a bounded excerpt and'
        ' the link; "link-only": headline and link.',
    )
    licence: Text | None = Field(None, description='The licence\'s name; needed with rights = "licensed".')
    excerpt_limit: int = Field(
        160, ge=0, le=1000, description="Characters of the source's words in one story, in every output."
    )
    public: bool = Field(True, description="Whether sources.opml names it.")
    max_age: Duration | None = Field(None, description="Instead of [curation] max_age.")
    max_per_source: int | None = Field(None, ge=1, description="Instead of [curation] max_per_source.")
    baseline_release: int | None = Field(None, ge=0, description="Instead of [curation] baseline_release.")
    rules: tuple[Rule, ...] = Field((), description="Rules for this source, before the general ones.")


class Sections(Settings):
    """How our own plain-text articles name their sections; one or more headings each, in any case."""

    intro: tuple[Text, ...] = ("EINLEITUNG",)
    news: tuple[Text, ...] = ("NEWS",)
    outlook: tuple[Text, ...] = ("AUSBLICK",)
    summary: tuple[Text, ...] = ("KURZFASSUNG",)
    mission: tuple[Text, ...] = ("UNSER ZIEL",)
    share: tuple[Text, ...] = ("Teile diesen Beitrag",)
    follow: tuple[Text, ...] = ("Folge uns auf Social Media",)
    support: tuple[Text, ...] = ("Unterstütze uns direkt",)


class Gathering(Settings):
    """How politely and patiently sources are read."""

    user_agent: Text = Field(
        "feeder/{version} (+{contact})",
        description="Who we say we are; {version} and {contact}, which is the publication's url, are filled in.",
    )
    timeout: Duration = Field(timedelta(seconds=30), description="For one request in all, from the first byte to the last.")
    max_bytes: int = Field(5_000_000, ge=10_000, description="Of one answer, decoded.")
    workers: int = Field(8, ge=1, le=64, description="Sources that are read at the same time.")


class Retention(Settings):
    """How long what is no longer needed is kept; never ids, revisions, decisions or editions."""

    items: Duration = Field(timedelta(days=30), description="The words of items.")
    keys: Duration = Field(timedelta(days=400), description="The keys of items, after their source last listed them.")


class Summaries(Settings):
    """How a Kurzfassung is made for stories that bring none."""

    kind: Literal["excerpt"] = Field(
        "excerpt", description='"excerpt": the source\'s own sentences, as many as its excerpt_limit leaves room for.'
    )
