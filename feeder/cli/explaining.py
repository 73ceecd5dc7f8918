"""`feeder explain`: why something is where it is."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.cli.telling import iso, local
from feeder.errors import StoreError
from feeder.model import Decision, Fate, StoredItem, Story
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
        answers += [_waiting(stored) for stored in house.store.items.find(asked) if stored.story_id is None]
        if not answers:
            raise StoreError(f"nothing in the store matches {asked!r}; try other words of its title, or its address")
        if as_json:
            click.echo(json.dumps(answers, ensure_ascii=False, indent=2, default=iso))
        else:
            click.echo("\n\n".join(_text(house, answer) for answer in answers))


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
    is_out = telling is not None and story.fate is Fate.RELEASED
    topics = telling.revision.topics if telling else ()
    folders = ("", *(f"topics/{topic}/" for topic in topics)) if is_out else ()
    return {
        "title": telling.revision.title if telling else lead.item.title if lead else story.slug,
        "id": story.id,
        "fate": story.fate.value,
        "due": story.due if story.fate is Fate.HELD else None,
        "source": story.lead.source_id,
        "item": lead.item.url or lead.item.uid if lead else story.lead.uid,
        "first_seen": lead.first_seen if lead else None,
        "released": story.released,
        "updated": story.updated if story.released else None,
        "page": house.look.page_url(story) if is_out else None,
        "feeds": [house.look.url(f"{folder}rss.xml") for folder in folders],
        "edition": house.store.editions.edition_of(story.id),
        "decisions": [_decision(story, decision) for decision in house.store.stories.decisions(story.id)],
    }


def _decision(story: Story, decision: Decision) -> dict[str, object]:
    other = decision.item.source_id if decision.item and decision.item != story.lead else None
    return {"at": decision.at, "who": decision.who, "what": decision.what, "why": decision.why, "source": other}


def _waiting(stored: StoredItem) -> dict[str, object]:
    return {
        "title": stored.item.title,
        "fate": "waits to be curated",
        "source": stored.item.source_id,
        "item": stored.item.url or stored.item.uid,
        "first_seen": stored.first_seen,
    }


def _text(house: House, answer: dict[str, object]) -> str:
    """The same for a person: nothing that is empty, times in the publication's zone, a line per decision."""
    lines: list[str] = []
    for name, value in answer.items():
        label = name.replace("_", " ")
        for one in value if isinstance(value, list) else () if value is None else (value,):
            lines.append(f"{label:10} {_words(house, one)}")
            label = ""
    return "\n".join(lines)


def _words(house: House, value: object) -> str:
    if isinstance(value, datetime):
        return local(house, value)
    if isinstance(value, dict):
        source = f" ({value['source']})" if value["source"] else ""
        return f"{local(house, value['at'])} {value['who']}: {value['what']}: {value['why']}{source}"
    return str(value)
