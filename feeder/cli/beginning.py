"""`feeder init`: a new publication, or templates of one's own for one that is there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import click

from feeder.cli.opening import starter
from feeder.errors import DeliveryError

TEMPLATES: Mapping[str, str] = {
    "page.html": "the frame of every page: head, masthead, footer",
    "style.css": "the style of every page, in the colours of [brand]",
    "landing.html": "the landing page, index.html",
    "story.html": "the page of a story",
    "editions.html": "the list of all editions",
    "edition.html": "the page of an edition",
    "headline.html": "a story in a list, on all of these pages",
    "label.html": "labels and credits, on pages, in feeds and mails",
    "calls_to_action.html": "support, share, follow and mission, on pages and in feeds",
    "feed_entry.html": "a story in feeds",
    "feed_entry_brief.html": "a story in a feed that would grow too large",
    "feed_entry_withdrawn.html": "a withdrawn story in feeds",
    "edition_entry.html": "an edition in the feed of editions",
    "digest.html": "the mail",
    "digest.css": "the mail's style, written into its tags",
    "digest.txt": "the mail as plain text",
    "strings/de.toml": "the words around stories, in German",
    "strings/en.toml": "the same in English",
}
"""What each of the shipped files is."""


@click.command()
@click.option("--templates", is_flag=True, help="Lay the shipped templates beside config.toml, for editing.")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
def init(folder: Path, *, templates: bool) -> None:
    """Lay out a new publication: config.toml, templates, articles, feeds.

    Nothing that is already there is overwritten. With --templates, a publication that is there gets those of the
    shipped templates that it has none of.
    """
    try:
        if templates:
            _lay_templates(folder)
        else:
            _lay_out(folder)
    except OSError as error:
        raise DeliveryError(f"cannot lay out {folder}: {error.strerror} ({error.filename})") from error


def _lay_out(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    made = [name for name in ("config.toml", "templates", "articles") if _copy(starter() / name, folder / name)]
    (folder / "feeds").mkdir(exist_ok=True)
    for name in made:
        click.echo(f"made {folder / name}")
    click.echo(f"Next: edit {folder / 'config.toml'}, then run `feeder run` in {folder.resolve()}.")


def _lay_templates(folder: Path) -> None:
    """Lay the shipped templates beside the publication's config.toml, each file that is not there."""
    if not (folder / "config.toml").is_file():
        raise DeliveryError(f"there is no config.toml in {folder.resolve()}; `feeder init` lays out a new publication")
    width = max(map(len, TEMPLATES))
    for name, what in TEMPLATES.items():
        target = folder / "templates" / name
        is_there = target.exists()
        if not is_there:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(starter() / "templates" / name, target)
        click.echo(f"{'left' if is_there else 'made'}  {name:{width}}  {what}")
    click.echo(
        f"Next: edit what you want in {folder / 'templates'} and delete the others, which are then feeder's own;"
    )
    click.echo("`feeder check` says what is wrong with them, with file and line.")


def _copy(source: Path, target: Path) -> bool:
    if target.exists():
        click.echo(f"left {target} as it is")
        return False
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
    return True
