"""`feeder sources list` and `show`: how the sources are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from feeder.addresses import without_login
from feeder.cli.opening import configured, open_house, read_config, speak
from feeder.cli.telling import iso, local, state_of, told
from feeder.config import Config
from feeder.curation.rhythm import often, pace_of
from feeder.errors import ConfigError
from feeder.model import Alert, Health, Source, SourceState
from feeder.pipeline import House
from feeder.text import counted

ALERTS_READ = 1_000
DAYS_SHOWN = 7
ID_WIDTH = 22  # wider ids push their own line out, so that the others fit 80 columns
WORDS = [*(one.value for one in Health), "failing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A source and how it is; `word` is its health, or "failing" where no alert was due yet, as in `feeder status`."""

    source: Source
    state: SourceState
    word: str
    since: datetime | None

    @property
    def health(self) -> Health:
        return Health.PAUSED if self.source.paused else self.state.health

    @property
    def pace(self) -> str:
        pace = pace_of(self.state.arrivals)
        return often(pace) if pace else "unknown"

    @property
    def moved_to(self) -> str | None:
        """Where the source says it is now; void once the configuration names another address."""
        memory = self.state.memory
        configured = without_login(self.source.location)
        is_same = memory.location in (None, configured)
        return memory.moved_to if is_same and memory.moved_to != configured else None

    @property
    def lines(self) -> list[str]:
        """What needs somebody's eye."""
        moved = [f"moved to {self.moved_to}: put that into config.toml"] if self.moved_to else []
        flood = f"what came at once is held; `feeder stories release --all-of {self.source.id}` lets it out"
        held = [flood] if self.health is Health.FLOODING else []
        return [*([self.state.problem] if self.state.problem else []), *held, *moved, *self.state.warnings]

    @property
    def facts(self) -> dict[str, object]:
        """All of it for programs."""
        pace = pace_of(self.state.arrivals)
        return {
            "id": self.source.id,
            "health": self.health.value,
            "state": self.word,
            "since": iso(self.state.since),
            "last_new_item": iso(self.state.last_new_item),
            "next_look": None if self.source.paused else iso(self.state.next_look),
            "looked": iso(self.state.looked),
            "answered": iso(self.state.answered),
            "per_day": round(pace.per_day, 3) if pace else None,
            "problem": self.state.problem,
            "failures": self.state.failures,
            "moved_to": self.moved_to,
            "needs": self.lines,
        }


@click.command("list")
@configured
@click.option("--health", type=click.Choice(WORDS), help="Only the sources that are like this.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def list_sources(config_path: Path, verbose: int, health: str | None, as_json: bool) -> None:
    """Show each source with its health, last new item, next look and pace; under it what needs an eye."""
    speak(verbose)
    with open_house(read_config(config_path), dry_run=True) as house:
        found = [one for one in _standings(house) if health in (None, one.word)]
        if as_json:
            click.echo(json.dumps([one.facts for one in found], ensure_ascii=False, indent=2))
        elif found:
            _print(house, found)
        else:
            click.echo(f"no source is {health}")


@click.command()
@configured
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("source_id", metavar="ID")
def show(config_path: Path, verbose: int, as_json: bool, source_id: str) -> None:
    """Show all that is known of one source, its alerts too."""
    speak(verbose)
    config = read_config(config_path)
    with open_house(config, dry_run=True) as house:
        one = next((each for each in _standings(house) if each.source.id == source_id), None)
        if one is None:
            raise unknown_source(config_path, config, source_id)
        alerts = [alert for alert in house.store.alerts.list(ALERTS_READ) if alert.about == f"source:{source_id}"]
        if as_json:
            facts = _configured(one.source) | one.facts | {"arrivals": _days(one.state), "alerts": _alerts(alerts)}
            click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        else:
            _print_one(house, one, alerts)


def unknown_source(path: Path, config: Config, source_id: str) -> ConfigError:
    """Say that no source has this id, with the nearest one."""
    from feeder.config.values import near  # noqa: PLC0415 - costs what only a typo needs

    words = near(source_id, [source.id for source in config.sources])
    return ConfigError((f'{path}: no source has the id "{source_id}"{words}',))


def _standings(house: House) -> list[Standing]:
    known = house.store.sources.states()
    states = {name: known.get(name, SourceState(name)) for name in house.sources}
    return [Standing(source, states[name], *state_of(house, states[name])) for name, source in house.sources.items()]


def _print(house: House, found: list[Standing]) -> None:
    width = min(max(len(one.source.id) for one in found), ID_WIDTH)
    click.echo(f"{'source':{width}}  {'health':8}  {'last new item':16}  {'next look':16}  pace")
    for one in found:
        times = f"{local(house, one.state.last_new_item):16}  {_next(house, one):16}"
        click.echo(f"{one.source.id:{width}}  {one.word:8}  {times}  {one.pace}")
        for line in one.lines:
            click.echo(f"    {line}")


def _next(house: House, one: Standing) -> str:
    if one.source.paused:
        return "when resumed"
    if one.source.kind == "folder":
        return "in each round"
    moment = one.state.next_look
    return "at once" if moment is None or moment <= house.clock() else local(house, moment)


def _print_one(house: House, one: Standing, alerts: Iterable[Alert]) -> None:
    source, state = one.source, one.state
    place = without_login(source.location)
    told("source", [f"{source.id}: {source.title} ({source.kind}, {source.language})", place])
    told("topics", [", ".join(source.topics) or "none of its own"])
    told("rights", [f"{source.rights.value}, rank {source.rank}" + (", with full texts" if source.fulltext else "")])
    since = f" since {local(house, one.since)}" if one.since else ""
    failed = f", failed {counted(state.failures, 'time')} in a row" if state.failures else ""
    told("health", [f"{one.word}{since}{failed}", *one.lines])
    told("new", [f"last {local(house, state.last_new_item)}"])
    told("pace", [one.pace])
    told("days", [f"{day.day}: {counted(day.count, 'item')}" for day in state.arrivals[-DAYS_SHOWN:]])
    told("looked", [f"{local(house, state.looked)}, answered {local(house, state.answered)}"])
    told("next", [_next(house, one)])
    told("alerts", [f"{local(house, alert.at)} {alert.what}: {alert.words}" for alert in alerts])


def _configured(source: Source) -> dict[str, object]:
    names = ("title", "kind", "location", "homepage", "language", "topics", "rank", "rights", "licence", "fulltext")
    return {name: getattr(source, name) for name in names} | {"location": without_login(source.location)}


def _days(state: SourceState) -> dict[str, int]:
    return {one.day: one.count for one in state.arrivals}


def _alerts(alerts: Iterable[Alert]) -> list[dict[str, object]]:
    return [{"at": iso(one.at), "what": one.what, "words": one.words} for one in alerts]
