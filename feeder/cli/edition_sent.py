"""`feeder edition send`: begin an edition's delivery or go on with it; a test goes to a few people of the house."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import click

from feeder.cli.edition_meant import facts_of, headed
from feeder.cli.stories_meant import Hand, by_hand, hand
from feeder.cli.telling import iso, local
from feeder.model import Edition
from feeder.pipeline import House
from feeder.pipeline.edition_found import edition_named


@click.command()
@by_hand
@click.option("--test", "tests", metavar="ADDRESS", multiple=True, help="Mail it there alone, as a test; repeatable.")
@click.option("--carrier", "carriers", metavar="NAME", multiple=True, help="By this carrier only (smtp, listmonk).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("name", metavar="EDITION")
def send(name: str, tests: tuple[str, ...], carriers: tuple[str, ...], yes: bool, **how: Any) -> None:
    """Deliver an approved edition now, or go on where its delivery ended; nobody gets it twice.

    One that nobody approved, that is held, late, or failed is sent as well: it says what will happen and asks first
    (without a terminal it wants --yes). With --test it goes, as it is now, to these addresses alone, and nothing is
    recorded. Ctrl-C ends it in order; the next round, or send again, goes on.
    """
    if tests and carriers:
        raise click.UsageError("a test goes by smtp: leave out --carrier")
    by = hand(**how)
    with by.house() as house:
        edition = edition_named(house, name)
        if tests:
            _test(by, house, edition, tests)
        else:
            _send(by, house, edition, carriers, yes=yes)


def _test(by: Hand, house: House, edition: Edition, addresses: Sequence[str]) -> None:
    from feeder.pipeline.letters import send_test  # noqa: PLC0415 - loads what signs and sends

    if by.dry_run:
        click.echo(f"{headed(edition)}: would be sent to {', '.join(addresses)} as a test")
        return
    send_test(house, edition, addresses)
    if by.as_json:
        click.echo(json.dumps(facts_of(house, edition) | {"tested": list(addresses)}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{headed(edition)}: sent to {', '.join(addresses)} as a test; nothing was recorded")


def _send(by: Hand, house: House, edition: Edition, carriers: Sequence[str], *, yes: bool) -> None:
    from feeder.pipeline import edition_sending  # noqa: PLC0415 - loads what signs and sends
    from feeder.service.signals import listening  # noqa: PLC0415 - the same

    meant = edition_sending.intent(house, edition, carriers)
    will = f"{headed(edition)}: will {'; '.join(meant.steps)}"
    if meant.doubts:
        by.confirm(f"{'; '.join(meant.doubts)}. {will}. Go on?", yes=yes)
    click.echo(will, err=True)
    with listening() as stop:
        sent = tuple(edition_sending.send(replace(house, stop=stop), meant, by.who, by.why or ""))
        is_stopped = stop.is_set()
    if by.as_json:
        facts = [asdict(one) | {"again": iso(one.again)} for one in sent]
        after = house.store.editions.get(edition.id) or edition
        click.echo(json.dumps(facts_of(house, after) | {"sent": facts}, ensure_ascii=False, indent=2))
    else:
        _print(by, house, edition, sent)
    if is_stopped:
        click.echo("stopped; the next round goes on, or `feeder edition send` again", err=True)
    if is_stopped or any(one.problem for one in sent):
        sys.exit(1)


def _print(by: Hand, house: House, edition: Edition, sent: Sequence[Any]) -> None:
    after = house.store.editions.get(edition.id) or edition
    number = f" number {after.number}" if after.number else ""
    click.echo(f"{after.id}: {after.status.value}{number}")
    for one in sent:
        click.echo(f"  {one.carrier}: {one.did}")
        if one.problem:
            click.echo(f"  {one.problem}")
        elif one.again:
            click.echo(f"  what waits is tried again from {local(house, one.again)} on, in the next round")
    if by.dry_run:
        click.echo("a rehearsal: nothing was changed, nothing sent")
