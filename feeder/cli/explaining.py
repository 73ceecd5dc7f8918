"""`feeder explain`: why something is where it is."""

from __future__ import annotations

import json
from pathlib import Path

import click

from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.cli.telling import local
from feeder.errors import StoreError
from feeder.model import Fate, StoredItem, Story
from feeder.pipeline import House


@click.command()
@configured
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("words", nargs=-1, required=True)
def explain(config_path: Path, verbose: int, as_json: bool, words: tuple[str, ...]) -> None:
    """Say what became of WORDS: an address, words of a title, or a story's id or slug."""
    speak(verbose)
    asked = " ".join(words)
    with open_house(read_config(config_path), dry_run=True) as house:
        answers = [explained(house, story) for story in _stories(house, asked)]
        answers += [_waiting(house, stored) for stored in house.store.items.find(asked) if stored.story_id is None]
    if not answers:
        raise StoreError(f"nothing in the store matches {asked!r}; try other words of its title, or its address")
    if as_json:
        click.echo(json.dumps(answers, ensure_ascii=False, indent=2))
        return
    for answer in answers:
        for name, value in answer.items():
            for line in value if isinstance(value, list) else [value]:
                click.echo(f"{name:10} {line}")
        click.echo()


def _stories(house: House, asked: str) -> list[Story]:
    """The stories that match by themselves, or through one of their items."""
    found = {story.id: story for story in house.store.stories.find(asked)}
    for stored in house.store.items.find(asked):
        if stored.story_id and (story := house.store.stories.get(stored.story_id)):
            found.setdefault(story.id, story)
    return list(found.values())


def explained(house: House, story: Story) -> dict[str, object]:
    """All that is known of a story: where it stands, and each decision with its reason."""
    telling = house.store.stories.telling(story.id)
    lead = house.store.items.get(story.lead)
    title = telling.revision.title if telling else lead.item.title if lead else story.slug
    decisions = house.store.stories.decisions(story.id)
    edition = house.store.editions.edition_of(story.id)
    answer: dict[str, object] = {
        "title": title,
        "id": story.id,
        "fate": story.fate.value
        + (f", due {local(house, story.due)}" if story.fate is Fate.HELD and story.due else ""),
        "lead": f"{story.lead.source_id}: {lead.item.url or lead.item.uid if lead else story.lead.uid}",
    }
    if lead:
        answer["first seen"] = local(house, lead.first_seen)
    if story.released:
        answer["released"] = local(house, story.released)
        answer["updated"] = local(house, story.updated)
    if telling and story.fate is Fate.RELEASED:
        answer["page"] = house.look.page_url(story)
        answer["feeds"] = [
            house.look.url(folder) for folder in ("", *(f"topics/{topic}/" for topic in telling.revision.topics))
        ]
    answer["edition"] = edition or "none yet"
    answer["decisions"] = [
        f"{local(house, decision.at)} {decision.who}: {decision.what}: {decision.why}"
        + (f" ({decision.item.source_id})" if decision.item and decision.item != story.lead else "")
        for decision in decisions
    ]
    return answer


def _waiting(house: House, stored: StoredItem) -> dict[str, object]:
    return {
        "title": stored.item.title,
        "lead": f"{stored.item.source_id}: {stored.item.url or stored.item.uid}",
        "first seen": local(house, stored.first_seen),
        "fate": "waits to be curated",
    }
