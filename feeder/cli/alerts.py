"""`feeder alerts`: what is wrong now, what was told, and who is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import click

from feeder.cli import Verbs
from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.cli.telling import iso, local, told
from feeder.delivery.alerting import Bulletin, alert_refusals
from feeder.delivery.alerting_carriers import alert_carriers
from feeder.errors import DeliveryError
from feeder.model import Alert, Condition
from feeder.pipeline import House


class AlertVerbs(Verbs):
    """The verbs of alerts."""

    verbs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "list": ("alerts:list_alerts", "What is wrong now, then what was told; so it is without a verb."),
        "test": ("alerts:test", "Send one to each carrier, and print what it answers."),
    }

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options without a verb for those of `list`."""
        is_bare = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["list", *args] if is_bare else args)


@click.command(cls=AlertVerbs)
def alerts() -> None:
    """See what is wrong and what maintainers were told of it; try out who is told ([alerts], docs/alerts.md)."""


@click.command("list")
@configured
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 10_000), default=20, show_default=True, help="The newest N."
)
def list_alerts(config_path: Path, verbose: int, as_json: bool, limit: int) -> None:
    """Show what is wrong now, then the newest alerts."""
    speak(verbose)
    with open_house(read_config(config_path), dry_run=True) as house:
        wrong, history = house.store.conditions.list(), house.store.alerts.list(limit)
        if as_json:
            facts = {"open": [_open_facts(one) for one in wrong], "alerts": [_facts(one) for one in history]}
            click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
            return
        told("wrong", [*_open(house, wrong)] or ["nothing; how the sources are: feeder sources list"])
        told("told", [*_history(house, history)] or ["nothing yet"])
        told("whom", [*_whom(house)] or ["nobody: see [alerts] in config.toml"])


@click.command()
@configured
def test(config_path: Path, verbose: int) -> None:
    """Send one alert to each carrier of [alerts], and print what it answers; nothing is remembered of it."""
    speak(verbose)
    with open_house(read_config(config_path), dry_run=True) as house:
        if reasons := alert_refusals(house.config):
            raise DeliveryError("no alert leaves the house: " + "; ".join(reasons))
        now, failed = house.clock(), False
        words = "nothing is wrong: somebody called feeder alerts test"
        for carrier in alert_carriers(house.config):
            for topic in carrier.topics:
                try:
                    answer = carrier.tell(Bulletin((Alert("test", "tried out", words, now),), topic, now))
                except DeliveryError as error:
                    answer, failed = str(error), True
                click.echo(f"{_named(carrier.announcer, topic)}: {answer}")
        if not any(alert_carriers(house.config)):
            raise DeliveryError("nobody is told: name in [alerts] who is (mail_to, webhook, ntfy)")
    if failed:
        raise DeliveryError("not every carrier took it")


def _named(announcer: str, topic: str) -> str:
    kind = announcer.removeprefix("alert:")
    return kind if kind == topic else f"{kind} {topic}"


def _open(house: House, wrong: tuple[Condition, ...]) -> Iterator[str]:
    for one in wrong:
        yield f"{one.headline} ({one.severity}) since {local(house, one.since)}"
        yield f"  {one.words}"


def _history(house: House, history: tuple[Alert, ...]) -> Iterator[str]:
    for one in history:
        yield f"{local(house, one.at)} {one.headline}: {one.words}"


def _whom(house: House) -> Iterator[str]:
    for carrier in alert_carriers(house.config):
        for topic in carrier.topics:
            known = house.store.announcements.get(carrier.announcer, topic)
            if known is None or known.at is None:
                how = "told of what comes from now on, once feeder serves"
            elif known.attempts:
                how = f"failed {known.attempts} times, again from {local(house, known.not_before)}: {known.answer}"
            else:
                how = f"told last {local(house, known.at)}"
            yield f"{_named(carrier.announcer, topic)}: {how}"


def _open_facts(one: Condition) -> dict[str, object]:
    facts = {"about": one.about, "what": one.what, "severity": one.severity.value, "words": one.words}
    return facts | {"since": iso(one.since)}


def _facts(one: Alert) -> dict[str, object]:
    facts = {"seq": one.seq, "about": one.about, "what": one.what, "severity": one.severity.value}
    return facts | {"is_back": one.is_back, "words": one.words, "at": iso(one.at)}
