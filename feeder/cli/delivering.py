"""`feeder delivery`: what became of each message, and what a person says of those in doubt."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import click

from feeder.cli import Verbs
from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.errors import DeliveryError
from feeder.model import PUBLIC, Delivery, DeliveryState, Edition, EditionStatus
from feeder.pipeline import House
from feeder.pipeline.resolving import resolve as resolve_doubts

SHOWN = 20
_NAMED = (DeliveryState.IN_DOUBT, DeliveryState.REFUSED)


class DeliveryVerbs(Verbs):
    """The verbs of deliveries."""

    verbs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "status": ("delivering:status", "How far an edition is, who refused it, and what is in doubt."),
        "resolve": ("delivering:resolve", "Say of messages in doubt that they arrived, or send them again."),
    }


@click.command(cls=DeliveryVerbs)
def delivery() -> None:
    """See how editions are delivered, and resolve messages in doubt.

    A message is in doubt if the connection or feeder ended between its last byte and the server's answer. It is never
    sent again unless you say so.
    """


@click.command()
@configured
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, every message in doubt or refused.")
@click.argument("name", metavar="[EDITION]", required=False)
def status(config_path: Path, verbose: int, as_json: bool, name: str | None) -> None:
    """Show how far an EDITION is delivered; the latest approved one by default."""
    speak(verbose)
    with open_house(read_config(config_path)) as house:
        edition = _meant(house, name)
        facts = _facts(house, edition)
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2) if as_json else "\n".join(_lines(facts)))


@click.command()
@configured
@click.option("--sent", "how", flag_value="sent", help="They arrived: you looked, or asked.")
@click.option("--resend", "how", flag_value="resend", help="Send them again; whoever got theirs gets it twice.")
@click.option("--why", required=True, metavar="WORDS", help="How you know; it is recorded.")
@click.argument("name", metavar="EDITION")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS...]")
def resolve(config_path: Path, verbose: int, how: str | None, why: str, name: str, addresses: tuple[str, ...]) -> None:
    """Decide on an EDITION's messages in doubt: those to each ADDRESS, or all of them."""
    speak(verbose)
    if how is None:
        raise click.UsageError("say --sent or --resend")
    with open_house(read_config(config_path)) as house:
        edition = _meant(house, name)
        resolved = resolve_doubts(house, edition.id, addresses, getpass.getuser(), why, resend=how == "resend")
    what = "taken as arrived" if how == "sent" else "sent again in the next round"
    if how == "resend" and edition.status is EditionStatus.FAILED:
        what = f"wait to be sent again: its delivery failed, so `feeder edition send {edition.id}` does that"
    click.echo(f"edition {edition.id}: {len(resolved)} messages {what}")


def _meant(house: House, name: str | None) -> Edition:
    if name is not None:
        if (named := house.store.editions.get(name)) is not None:
            return named
        raise DeliveryError(f"there is no edition {name}; its name is that of its folder under editions/")
    latest = house.store.editions.list(*PUBLIC)
    if not latest:
        raise DeliveryError("no edition was approved yet")
    return latest[0]


def _facts(house: House, edition: Edition) -> dict[str, Any]:
    outbox = house.store.outbox
    return {
        "edition": edition.id,
        "number": edition.number,
        "status": edition.status.value,
        "reason": edition.reason,
        "given_to": house.store.handovers.of(edition.id),
        "drafts": dict(_drafts(house, edition)),
        "not_begun": [one for one in edition.carriers if house.store.handovers.get(edition.id, one) is None],
        "carriers": {
            carrier: {
                "messages": {state.value: number for state, number in outbox.counts(edition.id, carrier).items()},
                **{
                    state.value: [_fact(one) for one in outbox.list(edition.id, carrier, state) if one.attempts]
                    for state in _NAMED
                },
            }
            for carrier in outbox.carriers(edition.id)
        },
    }


def _drafts(house: House, edition: Edition) -> Iterator[tuple[str, str]]:
    """The list servers that were given the edition as a draft, and where a person starts it."""
    settings, given = house.config.carriers.listmonk, house.store.handovers.get(edition.id, "listmonk")
    if given is not None and settings is not None and settings.mode == "draft":
        yield "listmonk", f"{settings.url}admin/campaigns/{given[0]}"


def _fact(one: Delivery) -> dict[str, Any]:
    at = one.at.isoformat() if one.at else None
    return {"address": one.recipient.address, "at": at, "attempts": one.attempts, "answer": one.answer}


def _lines(facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"Edition {facts['edition']} (number {facts['number']}): {facts['status']}"
    if facts["reason"]:
        yield f"  {facts['reason']}"
    for carrier, name in facts["given_to"].items():
        if carrier not in facts["carriers"]:
            draft = facts["drafts"].get(carrier)
            yield f"{carrier}: given as {name}" + (
                f", a draft: nobody gets it before it is started at {draft}" * bool(draft)
            )
    yield from (f"{carrier}: not begun" for carrier in facts["not_begun"])
    for carrier, one in facts["carriers"].items():
        yield f"{carrier}: " + ", ".join(f"{n} {state.replace('_', ' ')}" for state, n in one["messages"].items())
        for state in _NAMED:
            found = one[state.value]
            yield from (
                f"  {state.value.replace('_', ' ')}: {two['address']}: {two['answer']}" for two in found[:SHOWN]
            )
            if len(found) > SHOWN:
                yield f"  … and {len(found) - SHOWN} more (--json names all)"
    if any(one["in_doubt"] for one in facts["carriers"].values()):
        yield f"Resolve doubts: feeder delivery resolve {facts['edition']} [ADDRESS…] --sent|--resend --why WORDS"
