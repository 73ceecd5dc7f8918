"""The whole of config.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import Field, SecretStr

from feeder import model
from feeder.config.alerts import Alerts
from feeder.config.announcing import Announce, Webhook
from feeder.config.backups import Backup
from feeder.config.branding import Brand
from feeder.config.carriers import Carriers
from feeder.config.editions import DigestSettings, Schedule
from feeder.config.sections import (
    Curation,
    Follow,
    Gathering,
    Mission,
    Output,
    Publication,
    Retention,
    Sections,
    Share,
    Store,
    Summaries,
    Support,
    Topic,
)
from feeder.config.settings import Settings
from feeder.config.shape import Path as Dotted
from feeder.config.shape import dotted
from feeder.config.slots import last_slot, next_slot
from feeder.config.sourcing import SourceSettings
from feeder.config.web import Web

RESERVED_HOST = "ki-news.example"


class Config(Settings):
    """The whole of config.toml; `base` is the folder that its paths are relative to."""

    base: Path
    publication: Publication
    store: Store = Field(default_factory=Store)
    output: Output
    web: Web = Field(default_factory=Web)
    schedule: Schedule = Field(default_factory=Schedule)
    gathering: Gathering = Field(default_factory=Gathering)
    retention: Retention = Field(default_factory=Retention)
    backup: Backup = Field(default_factory=Backup)
    curation: Curation = Field(default_factory=Curation)
    summaries: Summaries = Field(default_factory=Summaries)
    articles: Sections = Field(default_factory=Sections)
    mission: Mission
    support: Support
    follow: Follow
    share: Share
    brand: Brand = Field(default_factory=Brand)
    digest: DigestSettings
    carriers: Carriers = Field(default_factory=Carriers)
    announce: Announce = Field(default_factory=Announce)
    webhooks: tuple[Webhook, ...] = ()
    alerts: Alerts = Field(default_factory=Alerts)
    topics: tuple[Topic, ...] = Field(min_length=1)
    sources: tuple[SourceSettings, ...] = Field(min_length=1)

    @property
    def source_nouns(self) -> tuple[model.Source, ...]:
        """The sources as the rooms know them, in the order of the file."""
        return tuple(_source(source) for source in self.sources)

    def last_slot(self, now: datetime) -> datetime | None:
        """The latest moment (UTC) at or before `now` at which an edition was due."""
        return last_slot(self.schedule.slots, self.publication.zone, now, self.schedule.holidays)

    def next_slot(self, now: datetime) -> datetime | None:
        """The earliest moment (UTC) after `now` at which an edition is due."""
        return next_slot(self.schedule.slots, self.publication.zone, now, self.schedule.holidays)

    @property
    def store_url(self) -> SecretStr:
        """The store's address; a relative SQLite file is taken from beside config.toml."""
        url = self.store.url.get_secret_value()
        match = re.fullmatch(r"(sqlite(?:\+\w+)?:///)(?!/|:memory:|file:)([^?]+)(\?.*)?", url)
        return SecretStr(f"{match[1]}{self.base / match[2]}{match[3] or ''}") if match else self.store.url


def _source(settings: SourceSettings) -> model.Source:
    return model.Source(
        id=settings.id,
        kind=settings.kind,
        location=settings.location,
        title=settings.title,
        language=settings.language,
        topics=settings.topics,
        rank=settings.rank,
        rights=settings.rights,
        licence=settings.licence,
        excerpt_limit=settings.excerpt_limit,
        public=settings.public,
        homepage=settings.homepage,
        rules=tuple(model.Rule(one.action, one.fields, one.words, one.pattern, one.why) for one in settings.rules),
        max_age_days=settings.max_age.days if settings.max_age else None,
        max_per_source=settings.max_per_source,
        baseline_release=settings.baseline_release,
        paused=settings.paused,
        rhythm=settings.rhythm,
        selectors=model.Selectors(**settings.selectors.model_dump()) if settings.selectors else None,
        addresses=settings.addresses,
        fulltext=settings.fulltext,
        ai=settings.ai,
        same_story=settings.same_story,
    )


def placeholders(config: Config) -> tuple[str, ...]:
    """The dotted keys of every value that still names the reserved host."""
    return tuple(dotted(path) for path in _naming(config.model_dump(exclude={"base"}), ()))


def named_paths(config: Config) -> tuple[Path, ...]:
    """Every file and folder that a setting names as such; the locations of sources are not among them."""
    return tuple(_paths(config.model_dump(exclude={"base", "sources"})))


def _paths(value: object) -> Iterator[Path]:
    if isinstance(value, dict | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _paths(one)
    elif isinstance(value, Path):
        yield value


def _naming(value: object, path: Dotted) -> Iterator[Dotted]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _naming(one, (*path, key))
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from _naming(one, (*path, index))
    elif isinstance(value, SecretStr):
        yield from _naming(value.get_secret_value(), path)
    elif isinstance(value, str | Path) and RESERVED_HOST in str(value):
        yield path
