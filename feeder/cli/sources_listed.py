"""`feeder sources import` and `export`: subscription lists."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from feeder.addresses import without_login
from feeder.cli.opening import configured, read_config, speak
from feeder.cli.telling import told
from feeder.config.editing import Draft, block_text, edit_config
from feeder.errors import DeliveryError
from feeder.rendering.opml import subscriptions_opml
from feeder.sources.opml_in import read_opml_file
from feeder.sources.subscribing import Plan, plan_import
from feeder.text import counted


@click.command("import")
@configured
@click.option("--topics", "make_topics", is_flag=True, help="Make a topic of each folder that is none yet.")
@click.option("--dry-run", is_flag=True, help="Show what would be added; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("file", type=click.Path(path_type=Path))
def import_list(config_path: Path, verbose: int, make_topics: bool, dry_run: bool, as_json: bool, file: Path) -> None:
    """Put the feeds of a subscription list (OPML) into config.toml.

    A folder that is called like a topic becomes that topic of its feeds. Nothing is read from the network: the next
    round does that, calmly. What is not taken over is named, with the reason.
    """
    speak(verbose)
    config = read_config(config_path)
    found = read_opml_file(file)
    plan = plan_import(found.outlines, config.sources, config.topics, make_topics=make_topics)
    edit_config(config_path, os.environ, lambda draft: _with(draft, plan), pretend=dry_run)
    if as_json:
        facts = asdict(plan) | {"notes": [*found.notes, *plan.notes], "dry_run": dry_run}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    if dry_run:
        click.echo("\n".join(_blocks(plan)))
    would = "would be " if dry_run else ""
    told("added", [f"{counted(len(plan.sources), 'source')} {would}added to {config_path}"])
    told("topics", [f"{topic['id']}: {topic['title']}" for topic in plan.topics])
    told("known", plan.known)
    told("skipped", plan.skipped)
    told("note", [*found.notes, *plan.notes])


def _with(draft: Draft, plan: Plan) -> Draft:
    if plan.topics:
        draft = draft.added("topics", plan.topics)
    return draft.added("sources", plan.sources) if plan.sources else draft


def _blocks(plan: Plan) -> list[str]:
    topics = [block_text("topics", topic) for topic in plan.topics]
    return topics + [block_text("sources", source) for source in plan.sources]


@click.command()
@configured
@click.argument("file", type=click.Path(path_type=Path), required=False)
def export(config_path: Path, verbose: int, file: Path | None) -> None:
    """Write all sources that have an address as a subscription list (OPML), to FILE or to the screen.

    Topics are its folders. `feeder sources import` of another publication takes over all that a list can say; rights,
    rules and logins stay here.
    """
    speak(verbose)
    config = read_config(config_path)
    data = subscriptions_opml(config)
    for source in config.sources:
        if source.location != without_login(source.location):
            click.echo(f"{source.id}: the login in its address is left out", err=True)
    if file is None:
        click.echo(data.decode(), nl=False)
        return
    try:
        file.write_bytes(data)
    except OSError as error:
        raise DeliveryError(f"cannot write {file}: {error.strerror}") from error
    listed = sum(source.kind != "folder" for source in config.sources)
    click.echo(f"{counted(listed, 'source')} written to {file}")
