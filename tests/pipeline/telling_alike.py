"""One event as several sources tell it, and what continues it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from feeder.cli.opening import open_house, read_config
from feeder.model import Decision, Fate, Story, StoryRevision
from tests.newsroom import NOW, Newsroom, Post, rss

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

HEISE = Post(
    "OpenAI und Nscale bauen Rechenzentrum in Narvik",
    "https://heise.example/narvik",
    NOW - 2 * HOUR,
    "OpenAI, Nscale und Aker bauen in Narvik in Norwegen ein Rechenzentrum mit 100.000 GPUs von Nvidia,"
    " sagt Sam Altman.",
)
GOLEM = Post(
    "OpenAI, Nscale und Aker bauen Rechenzentrum in Narvik",
    "https://golem.example/4711",
    NOW - HOUR,
    "In Narvik in Norwegen bauen OpenAI, Nscale und Aker ein Rechenzentrum mit 100.000 GPUs von Nvidia."
    " Sam Altman lobt den Standort.",
)
VERGE = Post(
    "OpenAI, Nscale and Aker build data center in Narvik",
    "https://verge.example/openai-narvik",
    NOW - 3 * HOUR,
    "In Narvik, Norway, OpenAI, Nscale and Aker build a data center with 100,000 Nvidia GPUs, says Sam Altman.",
)
# The day after, with something new: who supplies the power, and that it does not.
NEXT_DAY = Post(
    "Statnett sperrt OpenAI und Nscale Strom für Rechenzentrum in Narvik",
    "https://golem.example/4799",
    NOW + DAY,
    "OpenAI, Nscale und Aker bauen in Narvik in Norwegen ein Rechenzentrum mit 100.000 GPUs von Nvidia."
    " Statnett genehmigt den Strom nicht, sagt Sam Altman.",
)
# The day after, with nothing new.
LATE = Post(
    "Nscale und OpenAI: Rechenzentrum in Narvik",
    "https://golem.example/4720",
    NOW + DAY,
    "In Narvik in Norwegen entsteht ein Rechenzentrum mit 100.000 GPUs von Nvidia, so Sam Altman.",
)
DAY_AFTER = Post(
    "Equinor liefert OpenAI und Nscale Gas für Rechenzentrum in Narvik",
    "https://heise.example/equinor",
    NOW + 2 * DAY,
    "OpenAI, Nscale und Aker bauen in Narvik in Norwegen ein Rechenzentrum mit 100.000 GPUs von Nvidia."
    " Equinor liefert das Gas, sagt Sam Altman.",
)
OTHER = Post(
    "Mistral veröffentlicht Modell für Untertitel",
    "https://heise.example/voxtral",
    NOW - 4 * HOUR,
    "Das Modell Voxtral schreibt Untertitel in acht Sprachen und läuft auf Notebooks.",
)
OWN = (
    "---\nid: narvik\nteaser: OpenAI, Nscale und Aker bauen in Narvik in Norwegen ein Rechenzentrum mit 100.000 GPUs"
    " von Nvidia, sagt Sam Altman.\n---\n# OpenAI und Nscale bauen Rechenzentrum in Narvik\n\n## NEWS\n\n"
    "In Narvik in Norwegen entsteht ein Rechenzentrum.\n"
)


def three(newsroom: Newsroom, **settings: object) -> None:
    """Let three sources tell the event, the worst of them first."""
    newsroom.feed("golem", rss(GOLEM), rank=40, **settings)
    newsroom.feed("heise", rss(OTHER, HEISE), rank=20, **settings)
    newsroom.feed("verge", rss(VERGE), rank=30, language="en", **settings)


@dataclass(frozen=True)
class Kept:
    """A story as the store has it."""

    story: Story
    revision: StoryRevision
    decisions: tuple[Decision, ...]

    @property
    def sources(self) -> list[str]:
        return [line.source_id for line in self.revision.coverage]

    @property
    def why(self) -> str:
        return " | ".join(f"{one.what}: {one.why}" for one in self.decisions)


def kept(newsroom: Newsroom, *fates: Fate) -> list[Kept]:
    """All stories with words, of these fates if any are named, in the order of their headlines."""
    with open_house(read_config(newsroom.configure())) as house:
        told = house.store.stories.listed(None, 10_000)
        found = [
            Kept(one.story, one.revision, house.store.stories.decisions(one.story.id))
            for one in told
            if not fates or one.story.fate in fates
        ]
    return sorted(found, key=lambda one: one.revision.title)


def about_narvik(newsroom: Newsroom) -> list[Kept]:
    """The stories about the event."""
    return [one for one in kept(newsroom) if "Narvik" in one.revision.title]


def lost_and_doubled(newsroom: Newsroom) -> list[str]:
    """The items that no story tells, or that stand in other than exactly one: nothing, where all is well."""
    wrong = []
    with open_house(read_config(newsroom.configure())) as house:
        told = house.store.stories.listed(None, 10_000)
        lines = [(one.story.id, line.source_id, line.url) for one in told for line in one.revision.coverage]
        for found in told:
            for key in house.store.stories.items(found.story.id):
                stored = house.store.items.get(key)
                assert stored is not None
                at = [story for story, source, url in lines if (source, url) == (key.source_id, stored.item.url)]
                if stored.story_id != found.story.id or (stored.item.article is None and set(at) != {found.story.id}):
                    wrong.append(f"{key.uid}: {at}")
        wrong += [f"{stored.item.uid}: waits" for stored in house.store.items.waiting()]
    return wrong


def later(post: Post, **by: float) -> Post:
    """The same post, published later."""
    return replace(post, published=(post.published or NOW) + timedelta(**by))
