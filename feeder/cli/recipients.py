"""`feeder recipients`: who gets the digest, where no list manager and no file keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import click

from feeder.cli import Verbs
from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.errors import DeliveryError
from feeder.model import Recipient, RecipientState
from feeder.model.mailboxes import wire_address
from feeder.pipeline.recipient_file import BadLine, listed, read
from feeder.store.recipients import Kept


class RecipientVerbs(Verbs):
    """The verbs of recipients."""

    verbs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "import": ("recipients:import_file", "Add everybody whom a file lists."),
        "list": ("recipients:list_them", "Who is written to, who left, who is suppressed."),
        "add": ("recipients:add", "Add addresses."),
        "remove": ("recipients:remove", "Never write to addresses again: they want no mail."),
        "suppress": ("recipients:suppress", "Never write to addresses again: they do not work."),
    }


@click.command(cls=RecipientVerbs)
def recipients() -> None:
    """Keep the recipients of [carriers.smtp].

    Who left or is suppressed is never written to, also where a file lists them. Sign-up, with its proof of consent, is
    the business of whoever fills the list.
    """


@click.command()
@configured
@click.argument("file", type=click.Path(path_type=Path))
def import_file(config_path: Path, verbose: int, file: Path) -> None:
    """Add everybody whom FILE lists: one address per line, or CSV with the columns address, name, token.

    Nobody is added if a line cannot be read. Who left or is suppressed stays so; names and tokens are replaced.
    """
    speak(verbose)
    bad = [one for one in read(file) if isinstance(one, BadLine)]
    if bad:
        shown = "\n  ".join(map(str, bad[:20])) + ("\n  …" if len(bad) > 20 else "")
        raise DeliveryError(f"{file}: nobody was added, because {len(bad)} lines hold no recipient:\n  {shown}")
    _add(config_path, listed(file, click.echo), again=False)


@click.command()
@configured
@click.option("--name", metavar="NAME", default="", help="Whose address it is.")
@click.option("--again", is_flag=True, help="They left or were suppressed, and want mail again.")
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
def add(config_path: Path, verbose: int, name: str, again: bool, addresses: tuple[str, ...]) -> None:
    """Add addresses."""
    speak(verbose)
    _add(config_path, (Recipient(address, name) for address in _checked(addresses)), again=again)


@click.command()
@configured
@click.option("--why", metavar="WORDS", help="What they said.")
@click.option("--erase", is_flag=True, help="Forget them altogether (Art. 17 DSGVO): a file that lists them goes on.")
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
def remove(config_path: Path, verbose: int, why: str | None, erase: bool, addresses: tuple[str, ...]) -> None:
    """Never write to addresses again, whoever lists them: they want no mail.

    To hold that, the address is kept. With --erase it is not: address, name and token leave the recipients and all
    deliveries, whose numbers stay, and nothing keeps a file that lists the address from being written to.
    """
    if not erase:
        _move(config_path, verbose, addresses, RecipientState.LEFT, why)
        return
    speak(verbose)
    config = read_config(config_path)
    with open_house(config) as house:
        unknown = house.store.recipients.erase(_checked(addresses))
    click.echo(f"{len(addresses) - len(unknown)} of {len(addresses)} are erased")
    if unknown:
        click.echo(f"not known: {', '.join(unknown)}")
    if config.carriers.smtp is not None and config.carriers.smtp.file is not None:
        click.echo(f"take them out of {config.carriers.smtp.file}, too: whom that lists is written to")


@click.command()
@configured
@click.option("--why", metavar="WORDS", help="What is wrong with them.")
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
def suppress(config_path: Path, verbose: int, why: str | None, addresses: tuple[str, ...]) -> None:
    """Never write to addresses again, whoever lists them: they take no mail."""
    _move(config_path, verbose, addresses, RecipientState.SUPPRESSED, why)


@click.command(name="list")
@configured
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line, tokens included.")
@click.option("--state", type=click.Choice([one.value for one in RecipientState]), help="Only those in this state.")
def list_them(config_path: Path, verbose: int, as_json: bool, state: str | None) -> None:
    """List the recipients, by address."""
    speak(verbose)
    with open_house(read_config(config_path)) as house:
        for line in _listed(house.store.recipients.list(*([RecipientState(state)] if state else [])), as_json=as_json):
            click.echo(line)
        if not as_json:
            counts = house.store.recipients.counts()
            click.echo(", ".join(f"{number} {one.value}" for one, number in sorted(counts.items())) or "nobody yet")


def _listed(found: Iterator[Kept], *, as_json: bool) -> Iterator[str]:
    for one in found:
        who = one.recipient
        if as_json:
            facts = {"address": who.address, "name": who.name, "token": who.token, "state": who.state.value}
            yield json.dumps({**facts, "refusals": one.refusals, "why": one.why}, ensure_ascii=False)
        else:
            yield "  ".join(filter(None, (who.address, who.name, who.state.value, one.why)))


def _add(config_path: Path, people: Iterator[Recipient], *, again: bool) -> None:
    with open_house(read_config(config_path)) as house:
        added = house.store.recipients.add(people, house.clock(), again=again)
        number = house.store.recipients.counts().get(RecipientState.ACTIVE, 0)
    click.echo(f"{added.new} new; {number} recipients are written to")
    if added.gone:
        click.echo(f"{added.gone} of them left or are suppressed, and stay so (feeder recipients add --again)")


def _move(config_path: Path, verbose: int, addresses: tuple[str, ...], state: RecipientState, why: str | None) -> None:
    speak(verbose)
    with open_house(read_config(config_path)) as house:
        moved = house.store.recipients.move(_checked(addresses), state, why, house.clock())
    click.echo(f"{len(moved)} of {len(addresses)} are {state.value} now; none of them is written to")


def _checked(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses as recipients are known by: a domain in ASCII."""
    return tuple(map(wire_address, addresses))
