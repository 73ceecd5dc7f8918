"""The sections of config.toml as frozen objects; each field carries its own documentation."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from feeder.config.settings import Settings
from feeder.config.values import (
    Amount,
    Database,
    Days,
    Duration,
    FolderUrl,
    Identifier,
    Language,
    Line,
    Mailbox,
    Network,
    Pattern,
    Span,
    Switch,
    TagAuthority,
    Text,
    Url,
    Whole,
    Zone,
    placeholders_of,
)
from feeder.model import Action


class Publication(Settings):
    """The masthead."""

    title: Line = Field(description="The name of the publication, as readers see it.")
    url: FolderUrl = Field(description="The publication's home page.")
    description: Line = Field(description="One sentence: what it is about.")
    language: Literal["de", "en"] = Field(default="de", description="The language of everything a reader sees.")
    timezone: Zone = Field(
        default="Europe/Berlin", description="The IANA zone of slots and of every date that is shown."
    )
    tag_authority: TagAuthority = Field(
        description='Who mints story ids (RFC 4151): a domain you held and the year, "ki-news.example,2025".'
        " Never change it: ids must stay."
    )
    author: Line = Field(description="Who signs where no author is named.")
    email: Mailbox | None = Field(default=None, description="Where readers reach the newsroom.")
    imprint: Text = Field(
        description="Name and postal address of who is responsible (§ 5 DDG, § 18 (2) MStV); lines are kept."
    )
    imprint_url: Url = Field(description="The page with the full imprint (Impressum).")
    privacy_url: Url = Field(description="The privacy page (Datenschutz).")
    licence: Line | None = Field(default=None, description="The copyright or licence line of the feeds.")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Store(Settings):
    """Where the state lives."""

    url: Database = Field(
        default=SecretStr("sqlite:///feeder.db"),
        description="An SQLAlchemy address: sqlite:///file (relative to config.toml) or postgresql://….",
    )


class Output(Settings):
    """What is written, and where."""

    folder: Path = Field(default=Path("feeds"), description="Where feeds and pages are written.")
    base_url: FolderUrl = Field(description="The public address of that folder.")
    max_items: Whole = Field(default=50, ge=1, le=500, description="Stories per feed, at most.")
    max_bytes: Whole = Field(
        default=500_000, ge=20_000, le=5_000_000, description="Bytes per feed file, at most; older stories give way."
    )
    link: Literal["source", "page"] = Field(
        default="source", description="Where the headline of other people's stories leads: to them, or to our page."
    )


class Rule(Settings):
    """A curation rule; the first one of its list that matches an item decides for that list."""

    action: Action = Field(description='"keep", "drop" or "hold".')
    fields: tuple[Literal["title", "summary", "source", "topic", "language"], ...] = Field(
        default=("title", "summary"), description="Where to look."
    )
    words: tuple[Text, ...] = Field(default=(), description="Whole words or phrases, in any case; one suffices.")
    pattern: Pattern | None = Field(default=None, description="A regular expression, searched in any case.")
    why: Text | None = Field(default=None, description="The reason that `feeder explain` prints.")


class Interest(Settings):
    """What readers care about, more or less: each kind that is given has to hold, one of its values suffices."""

    weight: Annotated[int, Field(strict=True, ge=-100, le=100)] = Field(
        description="Points for a story's place in the digest, from -100 to 100; a better source is worth 1 per rank."
    )
    words: tuple[Text, ...] = Field(
        default=(), description="Words or phrases in title or teaser, in any inflected form and as part of a compound."
    )
    names: tuple[Text, ...] = Field(default=(), description="Names in title or teaser, spelled so.")
    topics: tuple[Identifier, ...] = Field(default=(), description="Ids of topics that the story stands in.")
    sources: tuple[Identifier, ...] = Field(default=(), description="Ids of sources that the story is led by.")
    why: Text | None = Field(default=None, description="The reason that `feeder explain` prints.")

    @model_validator(mode="after")
    def _says_what(self) -> Interest:
        if not (self.words or self.names or self.topics or self.sources):
            raise ValueError("must name words, names, topics or sources: without them it means no story")
        return self


class Curation(Settings):
    """What becomes a story."""

    release: Literal["auto", "hold"] = Field(
        default="auto",
        description='"auto" releases what the rules keep; "hold" keeps all of it until an editor releases it (`feeder'
        " stories`).",
    )
    languages: tuple[Language, ...] = Field(
        default=("de", "en"), description="Languages that are taken, as two letters."
    )
    max_age: Days = Field(
        default=timedelta(days=14), description="Items of feeds that are older than this are dropped."
    )
    max_per_source: Whole = Field(
        default=20, ge=1, description="Stories of one feed that are released within 24 hours, at most."
    )
    baseline_release: Whole = Field(
        default=3, ge=0, description="Stories released from a new feed's backlog; the rest only marks what is old."
    )
    same_story: Switch = Field(
        default=True,
        description="Whether items that tell the same event become one story; what has the same address, id or words"
        " does in any case.",
    )
    look_back: Days = Field(
        default=timedelta(days=4), description="How long what was told is compared with what comes in."
    )
    followups: Literal["tell", "hold", "drop"] = Field(
        default="tell",
        description='What becomes of an item that continues a told story with something new: "tell" makes it a story of'
        ' its own ("Update zu: …"), "hold" too, for an editor to release, "drop" leaves it out.',
    )
    rules: tuple[Rule, ...] = Field(
        default=(), description="Rules for all feeds; what a feed's own rules keep has to pass these too."
    )
    interests: tuple[Interest, ...] = Field(
        default=(), description="What leads the digest, beside source, coverage, language and age; every match counts."
    )
    companies: tuple[Line, ...] = Field(
        default=(),
        description="Names by which a headline is about a company: no three stories of one follow each other in the"
        " digest, if others can stand between.",
    )


class Topic(Settings):
    """A section of the publication, with feeds of its own."""

    id: Identifier = Field(description="Permanent: it is the path of the topic's feeds.")
    title: Line = Field(description="The name that readers see.")
    words: tuple[Text, ...] = Field(
        default=(),
        description="Words or phrases that place a story here, in any inflected form and as part of a compound; one in"
        " title, teaser or tags suffices.",
    )
    hints: tuple[Text, ...] = Field(
        default=(), description="Words that only speak for the topic: a story needs two of them."
    )
    against: tuple[Text, ...] = Field(default=(), description="Words that speak against it as much as a word for it.")


class Link(Settings):
    """A labelled address."""

    label: Line = Field(description="What readers see.")
    url: Url = Field(description="Where it leads.")


class Mission(Settings):
    """The mission block ("Unser Ziel")."""

    title: Line = Field(description="The block's heading.")
    text: Text = Field(description="The block's words.")


class Support(Settings):
    """The support block."""

    title: Line = Field(description="The block's heading.")
    text: Text = Field(description="The block's words.")
    links: tuple[Link, ...] = Field(min_length=1, description="Where to support: YouTube, PayPal and the like.")


class Follow(Settings):
    """The follow block."""

    title: Line = Field(description="The block's heading.")
    text: Text = Field(description="The block's words.")
    links: tuple[Link, ...] = Field(min_length=1, description="The publication's accounts.")


SHARE_NETWORKS = Literal["mail", "whatsapp", "linkedin", "x", "mastodon", "bluesky", "facebook", "telegram"]


class Share(Settings):
    """The share block: plain links per story, no scripts, no tracking."""

    title: Line = Field(description="The block's heading.")
    networks: tuple[SHARE_NETWORKS, ...] = Field(
        default=("mail", "whatsapp", "linkedin", "x", "mastodon", "bluesky", "facebook", "telegram"),
        description="Where readers can share, in this order.",
    )


class Sections(Settings):
    """How our own plain-text articles name their sections; one or more headings each, in any case."""

    intro: tuple[Text, ...] = Field(default=("EINLEITUNG",), description="The introduction.")
    news: tuple[Text, ...] = Field(default=("NEWS",), description="What happened.")
    outlook: tuple[Text, ...] = Field(default=("AUSBLICK",), description="What may come of it.")
    summary: tuple[Text, ...] = Field(default=("KURZFASSUNG",), description="The Kurzfassung, a list.")
    mission: tuple[Text, ...] = Field(default=("UNSER ZIEL",), description="Left out: [mission] says it.")
    share: tuple[Text, ...] = Field(default=("Teile diesen Beitrag",), description="Left out: [share] says it.")
    follow: tuple[Text, ...] = Field(default=("Folge uns auf Social Media",), description="Left out: [follow] says it.")
    support: tuple[Text, ...] = Field(default=("Unterstütze uns direkt",), description="Left out: [support] says it.")


class Gathering(Settings):
    """How politely and patiently sources are read."""

    user_agent: Annotated[Line, AfterValidator(placeholders_of("version", "contact"))] = Field(
        default="feeder/{version} (+{contact})",
        description="Who we say we are; {version} and {contact}, which is the publication's url, are filled in.",
    )
    timeout: Duration = Field(
        default=timedelta(seconds=30), description="For one request in all, from the first byte to the last."
    )
    source_limit: Duration = Field(
        default=timedelta(minutes=2), description="For one look at a source in all, the pages of its articles included."
    )
    round_limit: Duration = Field(
        default=timedelta(minutes=15),
        description="After this no look of a round begins; sources that were not reached come first in the next.",
    )
    max_bytes: Whole = Field(default=5_000_000, ge=10_000, description="Of one answer, decoded.")
    workers: Whole = Field(default=8, ge=1, le=64, description="Sources that are read at the same time.")
    pause: Span = Field(
        default=timedelta(seconds=1), description="Between two requests to one host, of which one at a time is asked."
    )
    soonest: Span = Field(
        default=timedelta(minutes=15),
        description="The shortest time between two looks at a source, whatever its rhythm.",
    )
    latest: Span = Field(
        default=timedelta(hours=12),
        description="The longest time between two looks at a source, unless it is given a longer rhythm.",
    )
    allow_networks: tuple[Network, ...] = Field(
        default=(),
        description="Networks that are not public and may be reached all the same, for sources inside the house.",
    )


class Retention(Settings):
    """How long what is no longer needed is kept; never ids, revisions, decisions or editions."""

    items: Days = Field(default=timedelta(days=30), description="The words of items.")
    keys: Days = Field(
        default=timedelta(days=400), description="The keys of items, after their source last listed them."
    )
    deliveries: Days = Field(
        default=timedelta(days=90),
        description="Who got which edition, after its slot; how many did, and how many refused it, stays.",
    )
    alerts: Days = Field(default=timedelta(days=400), description="What maintainers were told.")


class Summaries(Settings):
    """How a Kurzfassung is made for stories that bring none."""

    kind: Literal["extractive", "excerpt", "llm"] = Field(
        default="extractive",
        description='"extractive": the sentences of the text that tell most of it, within the source\'s excerpt_limit;'
        ' "excerpt": its first sentences, as many as that limit leaves room for;'
        ' "llm": a model\'s, of teaser and Kurzfassung, as far as it answers and passes the gate (docs/summaries.md).',
    )
    endpoint: Url | None = Field(
        default=None,
        validate_default=True,
        description="The model's OpenAI-compatible address, up to /v1: http://127.0.0.1:11434/v1.",
    )
    model: Line | None = Field(default=None, validate_default=True, description="The model's name there.")
    api_key: SecretStr | None = Field(default=None, description="The key for it, if it wants one; a secret.")
    deadline: Duration = Field(
        default=timedelta(seconds=60),
        description="For all calls of a round together; what has no words then does without.",
    )
    tokens_per_day: Whole = Field(
        default=200_000, ge=0, description="Of questions and answers; a call that could use more is not made."
    )
    euros_per_day: Amount = Field(default=1.0, ge=0, description="The same in euros, by the prices below.")
    price_in: Amount = Field(default=0.0, ge=0, description="Euros for a million tokens of questions.")
    price_out: Amount = Field(default=0.0, ge=0, description="Euros for a million tokens of answers.")
    require_review: Switch = Field(
        default=True, description="Whether every story with a model's words is flagged until a person has read it."
    )

    @field_validator("endpoint", "model")
    @classmethod
    def _given(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("kind") == "llm":
            raise ValueError('must be given, because kind = "llm"')
        return value
