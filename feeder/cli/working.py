"""The verbs that do something: run, gather, publish, compose, preview."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import cast

import click

from feeder.cli.opening import choosing, configured, open_house, placed, read_config, rehearsed, speak, timed
from feeder.cli.progress import progress
from feeder.cli.telling import before_round, report
from feeder.config.values import near
from feeder.engine.local import LocalEngine
from feeder.model import Step
from feeder.pipeline import STEPS, House


@click.command()
@configured
@timed
@rehearsed
@choosing
@click.option("--accept-loss", is_flag=True, help="Let feeds lose stories that this store does not know.")
def run(
    config_path: Path,
    verbose: int,
    now: str | None,
    dry_run: bool,
    offline: bool,
    as_json: bool,
    every: bool,
    only: tuple[str, ...],
    accept_loss: bool,
) -> None:
    """Gather what is due, curate, publish, and compose an edition if one is due."""
    first = Step("start", {"every": every, "only": only})
    work(config_path, verbose, now, dry_run, offline, as_json, first, accept_loss=accept_loss)


@click.command()
@configured
@timed
@rehearsed
@choosing
def gather(
    config_path: Path,
    verbose: int,
    now: str | None,
    dry_run: bool,
    offline: bool,
    as_json: bool,
    every: bool,
    only: tuple[str, ...],
) -> None:
    """Read the sources that are due into the store and curate; publish nothing."""
    first = Step("start", {"every": every, "only": only})
    work(config_path, verbose, now, dry_run, offline, as_json, first, without=("publish",))


@click.command()
@configured
@timed
@rehearsed
@click.option("--accept-loss", is_flag=True, help="Let feeds lose stories that this store does not know.")
def publish(
    config_path: Path, verbose: int, now: str | None, dry_run: bool, offline: bool, as_json: bool, accept_loss: bool
) -> None:
    """Write feeds and pages of what is released; gather nothing, compose nothing."""
    work(
        config_path,
        verbose,
        now,
        dry_run,
        offline,
        as_json,
        Step("publish", {}),
        accept_loss=accept_loss,
        without=("compose",),
    )


@click.command()
@configured
@timed
@rehearsed
def compose(config_path: Path, verbose: int, now: str | None, dry_run: bool, offline: bool, as_json: bool) -> None:
    """Compose the edition whose slot is due, if any, and write its digest."""
    work(config_path, verbose, now, dry_run, offline, as_json, Step("compose", {}))


@click.command()
@configured
@timed
@choosing
@click.option("--offline", is_flag=True, help="Read only folders; leave the network alone.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@placed("landing page")
def preview(
    config_path: Path,
    verbose: int,
    now: str | None,
    offline: bool,
    as_json: bool,
    every: bool,
    only: tuple[str, ...],
    folder: Path | None,
    opens: bool,
) -> None:
    """Write what the next round would publish, with the next edition, outside feeds/; change nothing."""
    speak(verbose)
    config = read_config(config_path)
    target = (folder or config.base / "preview").resolve()
    if target == (config.base / config.output.folder).resolve():
        raise click.UsageError("--to names the published folder; a preview is written elsewhere")
    with open_house(config, now=now, offline=offline, preview=target, accept_loss=True) as house:
        before = before_round(house)
        failed = _engine_run(house, _opened(house, Step("start", {"every": every, "only": only})), without=("compose",))
        failed |= _engine_run(house, _opened(house, Step("foresee", {})))
        report(house, before, as_json=as_json)
        if not as_json:
            click.echo(f"Look at {target / 'index.html'}")
        if opens:
            click.launch(str(target / "index.html"))
    sys.exit(1 if failed else 0)


def work(
    config_path: Path,
    verbose: int,
    now: str | None,
    dry_run: bool,
    offline: bool,
    as_json: bool,
    first: Step,
    *,
    accept_loss: bool = False,
    without: tuple[str, ...] = (),
) -> None:
    """Do one step and what follows from it, say how it went, and exit."""
    speak(verbose)
    config = read_config(config_path)
    with open_house(config, now=now, offline=offline, dry_run=dry_run, accept_loss=accept_loss) as house:
        before = before_round(house)
        failed = _engine_run(house, _opened(house, first), without, quiet=as_json)
        report(house, before, as_json=as_json)
        if first.name == "start" and house.sends:
            _engine_run(house, Step("watch", {}), quiet=True)  # for whoever has a cron line and no service
    sys.exit(1 if failed else 0)


def _opened(house: House, step: Step) -> Step:
    """A step with the run that it belongs to; `start` opens its own, of sources that have to be there."""
    if step.name != "start":
        return replace(step, args={"run": house.store.runs.start(step.name, house.clock(), ())}, key=step.name)
    only = cast("tuple[str, ...]", step.args["only"])
    if unknown := [name for name in only if name not in house.sources]:
        raise click.UsageError(f"--source: there is no source {unknown[0]}{near(unknown[0], house.sources)}")
    return step


def _engine_run(house: House, step: Step, without: tuple[str, ...] = (), *, quiet: bool = False) -> bool:
    """Run a step and all that follow from it, but those named; True if something failed."""
    steps = {name: (lambda *_, **__: ()) if name in without else function for name, function in STEPS.items()}
    with progress(len(house.sources), quiet=quiet or step.name != "start") as on_source:
        engine = LocalEngine(steps, replace(house, on_source=on_source), house.config.gathering.workers)
        try:
            engine.submit(step.name, step.args, key=step.key)
            engine.close()
        except KeyboardInterrupt:
            house.stop.set()
            engine.abandon()
            engine.close(limit=5)
            raise click.Abort from None
    return bool(engine.failures or house.bugs or house.kept)
