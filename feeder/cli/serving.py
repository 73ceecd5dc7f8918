"""The verb that stays: serve."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeder.cli.opening import configured, look_of, open_house, read_config, reading_of, speak
from feeder.config.web import host_and_port
from feeder.pipeline import House

if TYPE_CHECKING:
    from feeder.service.doors import Door
    from feeder.web.vitals import Vitals


@click.command()
@configured
@click.option(
    "--only",
    type=click.Choice(["clock", "web"]),
    help="clock: listen on no port; web: serve what is published, and do nothing else.",
)
def serve(config_path: Path, verbose: int, only: str | None) -> None:
    """Gather, publish and compose on schedule, and serve what is published, until stopped (SIGTERM or Ctrl-C).

    SIGHUP reads the configuration again. A second one on the same store stands by.

    \b
    Exit codes: 0 stopped, 1 it could not start, 2 the configuration will not do,
    75 stopped and work was cut off, which the next start does.
    """
    from feeder.rendering.rehearsal import prove  # noqa: PLC0415 - no other verb tries templates out, but `check`
    from feeder.service.doors import Doors  # noqa: PLC0415 - what serves loads what no other verb needs
    from feeder.service.serving import LIMIT, Service  # noqa: PLC0415 - the same
    from feeder.service.signals import end_now, ringing  # noqa: PLC0415 - the same
    from feeder.service.systemd import Notifier  # noqa: PLC0415 - the same
    from feeder.web.vitals import Vitals  # noqa: PLC0415 - the same

    speak(max(verbose, 1), serving=True)
    with ringing(reloads=True, limit=LIMIT) as bell, open_house(read_config(config_path)) as house:
        if only != "web":
            prove(house.look)
        vitals = Vitals(house)
        doors = Doors({} if only == "clock" else doors_of(vitals))
        service = Service(house, bell, refitting(config_path), doors, Notifier(os.environ), vitals)
        if only == "web":
            service.attend()
        elif not service.run():
            end_now("stopped with work cut off")  # what would not end could hold the store, and this process, for long


def doors_of(vitals: Vitals) -> dict[str, Callable[[], Door]]:
    """What listens, by the key that says where."""
    from feeder.web.health import StatusWeb  # noqa: PLC0415 - as above
    from feeder.web.public import PublicWeb  # noqa: PLC0415 - as above

    house, web = vitals.house, vitals.house.config.web
    doors: dict[str, Callable[[], Door]] = {}
    if place := host_and_port(web.listen):
        doors[f'[web] listen = "{web.listen}"'] = lambda: PublicWeb(house.output.folder, *place)
    if status := host_and_port(web.status):
        doors[f'[web] status = "{web.status}"'] = lambda: StatusWeb(vitals, *status)
    return doors


def refitting(config_path: Path) -> Callable[[House], tuple[House, tuple[str, ...]]]:
    """What reads the configuration again, for the same store; a FeederError where it or its templates do not hold."""

    def refit(house: House) -> tuple[House, tuple[str, ...]]:
        from feeder.rendering.rehearsal import prove  # noqa: PLC0415 - as above
        from feeder.service.reloading import taken_over  # noqa: PLC0415 - as above

        config, waiting = taken_over(house.config, read_config(config_path))
        look = look_of(config)
        prove(look)
        return replace(house, config=config, open_look=lambda: look, reading=reading_of(config)), waiting

    return refit
