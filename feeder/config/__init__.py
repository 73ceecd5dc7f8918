"""config.toml as frozen, validated objects."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from feeder.config.sections import (
    Curation,
    DigestSettings,
    Follow,
    Gathering,
    Mission,
    Output,
    Publication,
    Retention,
    Schedule,
    Sections,
    Settings,
    Share,
    SourceSettings,
    Store,
    Summaries,
    Support,
    Topic,
)


class Config(Settings):
    """The whole of config.toml; `base` is the folder that its paths are relative to."""

    base: Path
    publication: Publication
    store: Store = Store()
    output: Output
    schedule: Schedule = Schedule()
    gathering: Gathering = Gathering()
    retention: Retention = Retention()
    curation: Curation = Curation()
    summaries: Summaries = Summaries()
    articles: Sections = Sections()
    mission: Mission
    support: Support
    follow: Follow
    share: Share
    digest: DigestSettings
    topics: tuple[Topic, ...] = Field(min_length=1)
    sources: tuple[SourceSettings, ...] = Field(min_length=1)
