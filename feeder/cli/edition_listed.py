"""`feeder edition list` and `show`: how the editions are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click

from feeder.cli.edition_meant import facts_of, summed
from feeder.cli.opening import configured, open_house, read_config, speak, timed
from feeder.cli.telling import iso, local, told
from feeder.model import Edition, EditionDecision, EditionStatus, SectionKind, Telling
from feeder.pipeline import House
from feeder.pipeline.deciding import title_by_id
from feeder.pipeline.desk_found import short_id
from feeder.pipeline.edition_desk import outlook
from feeder.pipeline.edition_found import as_it_would_be, coming_edition, edition_named, is_composed
from feeder.pipeline.site import edition_tellings

LISTED = 20  # a month of workdays


@click.command("list")
@configured
@timed
@click.option("--all", "every", is_flag=True, help=f"All of them, not the {LISTED} latest only.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def list_editions(config_path: Path, verbose: int, now: str | None, every: bool, as_json: bool) -> None:
    """Show the editions, the latest first: number, stories, subject, and what becomes of them.

    The first is the coming one, as it would be composed now.
    """
    speak(verbose)
    with open_house(read_config(config_path), now=now, dry_run=True) as house:
        listed = list(_listed(house))[: None if every else LISTED]
        if as_json:
            click.echo(json.dumps([_line_facts(house, one) for one in listed], ensure_ascii=False, indent=2))
        elif not listed:
            click.echo("there is no edition yet, and [schedule] editions names no slot")
        else:
            for one in listed:
                _print_line(house, one)


@click.command()
@configured
@timed
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("name", metavar="[EDITION]", default="next")
def show(config_path: Path, verbose: int, now: str | None, as_json: bool, name: str) -> None:
    """Show an edition's words and stories in their order, what was decided of it, and its delivery; without a name,
    the next one's."""
    speak(verbose)
    with open_house(read_config(config_path), now=now, dry_run=True) as house:
        edition = edition_named(house, name)
        if as_json:
            click.echo(json.dumps(_facts(house, edition), ensure_ascii=False, indent=2))
        else:
            _print_one(house, edition)


def _listed(house: House) -> Iterator[Edition]:
    there = [as_it_would_be(house, one) for one in house.store.editions.list()]
    coming = coming_edition(house)
    if coming is not None and coming.id not in {one.id for one in there}:
        there.append(coming)
    yield from sorted(there, key=lambda one: (one.slot, one.id), reverse=True)


def _print_line(house: House, edition: Edition) -> None:
    status = edition.status.value if is_composed(house, edition) else "coming"
    click.echo(f"{edition.id}  {status:10}  {summed(edition)}")
    for line in _fate(house, edition):
        click.echo(f"    {line}")


def _fate(house: House, edition: Edition) -> Iterator[str]:
    """Why it is as it is, how far its delivery is, and what comes."""
    if edition.reason:
        yield edition.reason
    yield from _deliveries(house, edition)
    is_over = edition.status in (EditionStatus.SKIPPED, EditionStatus.DELIVERING) or (
        edition.status is EditionStatus.APPROVED and not edition.carriers
    )
    if not is_over and (words := outlook(house, edition)):
        yield words


def _deliveries(house: House, edition: Edition) -> Iterator[str]:
    if not edition.is_public:
        return
    from feeder.pipeline.edition_sending import delivery_words  # noqa: PLC0415 - loads what signs and sends

    for name in _carriers(house, edition):
        yield f"{name}: {delivery_words(house, edition.id, name)}"


def _carriers(house: House, edition: Edition) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*edition.carriers, *house.store.handovers.of(edition.id))))


def _line_facts(house: House, edition: Edition) -> dict[str, object]:
    counts = {name: house.store.outbox.counts(edition.id, name) for name in _carriers(house, edition)}
    handed = house.store.handovers.of(edition.id)
    return facts_of(house, edition) | {
        "outlook": outlook(house, edition),
        "deliveries": {
            name: {state.value: count for state, count in some.items()} | {"name": handed.get(name)}
            for name, some in counts.items()
        },
    }


def _print_one(house: House, edition: Edition) -> None:
    tellings, edits = edition_tellings(house, edition), house.store.editions.edits(edition.id)
    status = edition.status.value if is_composed(house, edition) else "coming"
    told("edition", [f"{edition.id}: {status}, {summed(edition)}"])
    told("times", _times(house, edition))
    told("outlook", list(_fate(house, edition)))
    told("intro", edition.intro.splitlines())
    for label, lines in _sections(house, edition, tellings):
        told(label, lines)
    told("dropped", [title_by_id(house, story_id) for story_id in edits.dropped])
    told("corrects", [title_by_id(house, one.story_id) for one in edition.corrections])
    told("decisions", [_decision(house, one) for one in _decisions(house, edition)])


def _times(house: House, edition: Edition) -> list[str]:
    named = (
        ("slot", edition.slot),
        ("takes what was released until", edition.cutoff),
        ("decided by", edition.decide_by),
        ("approved", edition.approved),
    )
    return [f"{name} {local(house, at)}" for name, at in named if at]


def _sections(house: House, edition: Edition, tellings: dict[str, Telling]) -> Iterator[tuple[str, list[str]]]:
    """The stories under what they stand under, as many as are told, then those that are linked."""
    titles = {topic.id: topic.title for topic in house.config.topics}
    left = edition.told if edition.told is not None else house.config.digest.size
    for section in edition.sections:
        lines = []
        for story_id, _ in section.stories:
            lines.append(_story(tellings[story_id], is_linked=left <= 0) if story_id in tellings else story_id)
            left -= 1
        label = section.kind.value if section.kind in (SectionKind.LEAD, SectionKind.TOP) else None
        yield label or titles.get(section.topic or "", "more")[:9], lines


def _story(telling: Telling, *, is_linked: bool) -> str:
    linked = ", linked" if is_linked else ""
    return f"{telling.revision.title} ({telling.story.lead.source_id}{linked}) {short_id(telling.story)}"


def _decisions(house: House, edition: Edition) -> list[EditionDecision]:
    edited = house.store.editions.edits(edition.id).decided
    return sorted(chain(edition.decided, edited), key=lambda one: one.at)


def _decision(house: House, one: EditionDecision) -> str:
    return f"{local(house, one.at)} {one.who}: {one.what}, {one.why}"


def _facts(house: House, edition: Edition) -> dict[str, object]:
    tellings, edits = edition_tellings(house, edition), house.store.editions.edits(edition.id)
    return _line_facts(house, edition) | {
        "intro": edition.intro,
        "told": edition.told,
        "sections": [
            {
                "kind": section.kind.value if section.kind else None,
                "topic": section.topic,
                "stories": [_story_facts(story_id, n, tellings.get(story_id)) for story_id, n in section.stories],
            }
            for section in edition.sections
        ],
        "first": list(edits.first),
        "dropped": list(edits.dropped),
        "corrections": [one.story_id for one in edition.corrections],
        "decisions": [
            {"at": iso(one.at), "who": one.who, "what": one.what, "why": one.why} for one in _decisions(house, edition)
        ],
    }


def _story_facts(story_id: str, n: int, telling: Telling | None) -> dict[str, object]:
    return {
        "id": story_id,
        "revision": n,
        "title": telling.revision.title if telling else None,
        "slug": telling.story.slug if telling else None,
        "source": telling.story.lead.source_id if telling else None,
        "url": telling.story.url if telling else None,
    }
