"""`feeder init`: a new publication."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from feeder.cli.opening import starter
from feeder.errors import DeliveryError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
def init(folder: Path) -> None:
    """Lay out a new publication: config.toml, templates, articles, feeds.

    Nothing that is already there is overwritten.
    """
    source = starter()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = [name for name in ("config.toml", "templates", "articles") if _copy(source / name, folder / name)]
        (folder / "feeds").mkdir(exist_ok=True)
    except OSError as error:
        raise DeliveryError(f"cannot lay out {folder}: {error.strerror} ({error.filename})") from error
    for name in made:
        click.echo(f"made {folder / name}")
    click.echo(f"Next: edit {folder / 'config.toml'}, then run `feeder run` in {folder.resolve()}.")


def _copy(source: Path, target: Path) -> bool:
    if target.exists():
        click.echo(f"left {target} as it is")
        return False
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
    return True
