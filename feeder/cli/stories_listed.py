"""`feeder stories list` and `show`: how the stories are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from feeder.cli.opening import configured, open_house, read_config, speak, timed
from feeder.cli.stories_meant import meant, moment
from feeder.cli.telling import iso, local, told
from feeder.model import Decision, Fate, StoredItem, Story, StoryRevision, Telling
from feeder.pipeline import House
from feeder.pipeline.deciding import title_by_id, title_of
from feeder.pipeline.desk_found import items_of, short_id

LISTED = 50  # as many as a person looks through; all of them with --since


@click.command("list")
@configured
@timed
@click.option("--held", "fate", flag_value=Fate.HELD.value, help="What waits for a person or a date.")
@click.option("--released", "fate", flag_value=Fate.RELEASED.value, help="What readers see.")
@click.option("--dropped", "fate", flag_value=Fate.DROPPED.value, help="What is not told.")
@click.option("--withdrawn", "fate", flag_value=Fate.WITHDRAWN.value, help="What was taken back.")
@click.option("--since", metavar="TIME", help="What came since then: 2d, 12h, or 2026-11-23.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def list_stories(
    config_path: Path, verbose: int, now: str | None, fate: str | None, since: str | None, as_json: bool
) -> None:
    """Show the stories that came last, each with its fate and, where it is held or dropped, why."""
    speak(verbose)
    with open_house(read_config(config_path), now=now, dry_run=True) as house:
        start = moment(house, since, is_past=True)
        listed = house.store.stories.latest(Fate(fate) if fate else None, 10_000 if start else LISTED, since=start)
        if as_json:
            click.echo(json.dumps([_line_facts(house, one) for one in listed], ensure_ascii=False, indent=2))
        elif not listed:
            click.echo(f"no story is {fate}" if fate else "there is no story yet")
        else:
            _print(house, listed)


@click.command()
@configured
@timed
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("name", metavar="STORY")
def show(config_path: Path, verbose: int, now: str | None, as_json: bool, name: str) -> None:
    """Show a story's words, the items that it is made of, and each decision on it."""
    speak(verbose)
    with open_house(read_config(config_path), now=now, dry_run=True) as house:
        story = meant(house, name)
        if as_json:
            click.echo(json.dumps(_facts(house, story), ensure_ascii=False, indent=2))
        else:
            _print_one(house, story)


def _print(house: House, listed: tuple[Story, ...]) -> None:
    for story in listed:
        when = local(house, story.released or _came(house, story))
        click.echo(f"{short_id(story)}  {story.fate.value:9}  {when}  {title_of(house, story)}")
        if line := _needs(house, story):
            click.echo(f"    {line}")


def _needs(house: House, story: Story) -> str:
    """Why it is not out, or what is special about it."""
    parts = [f"{story.lead.source_id}"]
    if story.fate is not Fate.RELEASED and (decided := house.store.stories.decisions(story.id)):
        parts.append(decided[-1].why)
    if story.merged_into:
        parts.append(f"part of {title_by_id(house, story.merged_into)}")
    if story.pinned and story.pinned > house.clock():
        parts.append(f"pinned until {local(house, story.pinned)}")
    if story.touched:
        parts.append("decided by hand")
    return "; ".join(parts)


def _came(house: House, story: Story) -> datetime:
    decided = house.store.stories.decisions(story.id)
    return decided[0].at if decided else datetime.min.replace(tzinfo=UTC)


def _line_facts(house: House, story: Story) -> dict[str, object]:
    return {
        "id": story.id,
        "slug": story.slug,
        "title": title_of(house, story),
        "fate": story.fate.value,
        "source": story.lead.source_id,
        "came": iso(_came(house, story)),
        "released": iso(story.released),
        "due": iso(story.due),
        "pinned": iso(story.pinned),
        "merged_into": story.merged_into,
        "follows": story.follows,
        "by_hand": story.touched,
        "revision": story.revision,
        "why": decided[-1].why if (decided := house.store.stories.decisions(story.id)) else None,
    }


def _print_one(house: House, story: Story) -> None:
    telling = house.store.stories.telling(story.id)
    told("story", [title_of(house, story), short_id(story), story.id])
    told("fate", [f"{story.fate.value}, {_needs(house, story)}"])
    told("times", _times(house, story))
    if telling is not None:
        _print_words(house, telling.revision)
    told("items", [_item(one, story) for one in items_of(house, story)])
    told("edition", [edition] if (edition := house.store.editions.edition_of(story.id)) else [])
    told("decisions", [_decision(house, story, one) for one in house.store.stories.decisions(story.id)])


def _times(house: House, story: Story) -> list[str]:
    named = (
        ("released", story.released),
        ("due", story.due),
        ("withdrawn", story.withdrawn),
        ("pinned until", story.pinned),
    )
    return [f"{name} {local(house, at)}" for name, at in named if at]


def _print_words(house: House, revision: StoryRevision) -> None:
    told("teaser", [revision.teaser or "none"])
    told("bullets", [f"– {bullet}" for bullet in revision.summary])
    told("topics", [", ".join(revision.topics) or "none"])
    told("words", [f"{revision.provenance.text.value}, {revision.language}, revision {revision.n}: {revision.why}"])
    told("sources", [f"{one.source_title}: {one.title} ({one.url})" for one in revision.coverage])
    told("corrected", [f"{local(house, one.at)} {one.text}" for one in revision.corrections])


def _item(stored: StoredItem, story: Story) -> str:
    leads = ", leads" if stored.item.key == story.lead else ""
    return f"{stored.item.source_id}: {stored.item.title} ({stored.item.url or stored.item.uid}{leads})"


def _decision(house: House, story: Story, decision: Decision) -> str:
    score = "" if decision.score is None else f" ({decision.score:.2f})"
    about = _about(house, story, decision)
    return f"{local(house, decision.at)} {decision.who}: {decision.what}{about}: {decision.why}{score}"


def _about(house: House, story: Story, decision: Decision) -> str:
    """What was merged or split, by title. Decisions outlive erased words, so that they hold none themselves."""
    if decision.what not in ("merged", "split"):
        return ""
    if decision.item is None:
        is_into = decision.what == "merged" and story.merged_into is not None
        return f" into {title_by_id(house, story.merged_into or '')}" if is_into else ""
    stored = house.store.items.get(decision.item)
    name = f"“{stored.item.title or stored.item.uid}”" if stored else decision.item.uid
    return f" {name} of {decision.item.source_id}"


def _facts(house: House, story: Story) -> dict[str, object]:
    telling: Telling | None = house.store.stories.telling(story.id)
    words = telling.revision if telling else None
    return _line_facts(house, story) | {
        "teaser": words.teaser if words else None,
        "bullets": list(words.summary) if words else [],
        "topics": list(words.topics) if words else [],
        "language": words.language if words else None,
        "provenance": words.provenance.text.value if words else None,
        "corrections": [{"at": iso(one.at), "text": one.text} for one in words.corrections] if words else [],
        "coverage": [{"source": one.source_title, "title": one.title, "url": one.url} for one in words.coverage]
        if words
        else [],
        "items": [
            {"source": one.item.source_id, "uid": one.item.uid, "url": one.item.url, "title": one.item.title}
            for one in items_of(house, story)
        ],
        "edition": house.store.editions.edition_of(story.id),
        "decisions": [
            {"at": iso(one.at), "who": one.who, "what": one.what, "why": one.why, "score": one.score}
            for one in house.store.stories.decisions(story.id)
        ],
    }
