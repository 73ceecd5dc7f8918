"""`feeder explain`: why something is where it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.cli.telling import iso, local
from feeder.curation.same_story import Window
from feeder.errors import StoreError
from feeder.model import Decision, Fate, StoredItem, Story
from feeder.pipeline import House
from feeder.pipeline.explaining import Explained, compared, is_linked
from feeder.pipeline.explaining import explain as explain_story


@click.command()
@configured
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("words", nargs=-1, required=True)
def explain(config_path: Path, verbose: int, as_json: bool, words: tuple[str, ...]) -> None:
    """Say what became of WORDS: an address, words of a title, or a story's id or slug."""
    speak(verbose)
    asked = " ".join(words)
    with open_house(read_config(config_path), dry_run=True) as house:
        now = house.clock()
        stories = _stories(house, asked)
        window = compared(house, now) if stories else Window()
        answers = [explained(house, explain_story(house, story, now, window)) for story in stories]
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


def explained(house: House, one: Explained) -> dict[str, object]:
    """All that is known of a story: where it stands, what decided, and what would change it."""
    story, telling, lead = one.story, one.telling, one.lead
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
        "pinned": story.pinned,
        "follows": story.follows,
        "merged_into": story.merged_into,
        "page": house.look.page_url(story) if is_out else None,
        "feeds": [house.look.url(f"{folder}rss.xml") for folder in folders],
        "edition": one.edition.id if one.edition else None,
        "linked_only": is_linked(one.edition, story.id) if one.edition else None,
        **_grounds(one),
    }


def _grounds(one: Explained) -> dict[str, object]:
    """What it came of: items, rules, words, points and decisions; and what would change that."""
    return {
        "items": [asdict(item) for item in one.items],
        "rules": [{**asdict(rule), "action": rule.action.value} for rule in one.rules],
        "topics": [asdict(placing) for placing in one.topics],
        "score": asdict(one.score) if one.score else None,
        "decisions": [_decision(one.story, decision) for decision in one.decisions],
        "nearly_the_same": [asdict(near) for near in one.near],
        "would_change_it": list(one.hints),
    }


def _decision(story: Story, decision: Decision) -> dict[str, object]:
    return {
        "at": decision.at,
        "who": decision.who,
        "what": decision.what,
        "why": decision.why,
        "score": decision.score,
        "source": decision.item.source_id if decision.item and decision.item != story.lead else None,
    }


def _waiting(stored: StoredItem) -> dict[str, object]:
    return {
        "title": stored.item.title,
        "fate": "waits to be curated",
        "source": stored.item.source_id,
        "item": stored.item.url or stored.item.uid,
        "first_seen": stored.first_seen,
        "would_change_it": ["`feeder curate` decides on it now"],
    }


def _text(house: House, answer: dict[str, object]) -> str:
    """The same for a person: nothing that is empty, times in the publication's zone, a line per thing."""
    lines: list[str] = []
    for name, value in answer.items():
        label = {"would_change_it": "to change", "merged_into": "merged", "nearly_the_same": "near"}.get(
            name, name.replace("_", " ")
        )
        for words in _lines(house, name, value):
            lines.append(f"{label:11} {words}")
            label = ""
    return "\n".join(lines)


def _lines(house: House, name: str, value: object) -> Iterator[str]:
    if name == "score" and isinstance(value, dict):
        yield f"{value['total']:g}, of"
        for part in value["parts"]:
            yield f"{part['points']:+8g} {part['name']}: {part['why']}"
    elif name == "linked_only":
        yield from ["only as a link"] if value else []
    elif isinstance(value, list):
        for one in value:
            yield _words(house, name, one)
    elif value is not None:
        yield local(house, value) if isinstance(value, datetime) else str(value)


def _words(house: House, name: str, one: object) -> str:
    """A line of a list."""
    if not isinstance(one, dict):
        return str(one)
    alike = f" (score {one['score']:g})" if one.get("score") is not None else ""
    if name == "items":
        merged = f": {one['why']}{alike}" if one["why"] else ""
        return f"{local(house, one['first_seen'])} {one['source']}: {one['title']} <{one['address']}>{merged}"
    if name == "rules":
        return f"{one['place']}: {one['action']} ({one['why']})"
    if name == "topics":
        return f"{one['topic']}: {one['why']}"
    if name == "nearly_the_same":
        reasons = ("for", one["speaks_for"]), ("against", one["speaks_against"])
        said = "; ".join(f"{word} it: {', '.join(words)}" for word, words in reasons if words)
        return f"{one['score']:.2f} of {one['needs']:.2f} {one['source']}: {one['title']} ({one['story_id']}); {said}"
    source = f" ({one['source']})" if one["source"] else ""
    return f"{local(house, one['at'])} {one['who']}: {one['what']}: {one['why']}{alike}{source}"
