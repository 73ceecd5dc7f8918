"""The verbs that only look at what is on disk: check, articles check."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from feeder.addresses import holds_secret
from feeder.cli.opening import configured, read_config, speak, templates_of
from feeder.cli.telling import told
from feeder.config import Config, placeholders
from feeder.config.locate import locate
from feeder.config.shape import dotted
from feeder.editing.article_check import check_article
from feeder.rendering.look import open_look
from feeder.sources.folder import read_articles


@click.command()
@configured
def check(config_path: Path, verbose: int) -> None:
    """Check configuration, templates and articles, and list what is still a placeholder."""
    speak(verbose)
    config = read_config(config_path)
    look = open_look(config, templates_of(config))
    look.check()
    told("config", [f"{config_path}: well-formed: {len(config.sources)} sources, {len(config.topics)} topics"])
    told("templates", [f"{templates_of(config)}: all compile"])
    findings = _findings(config)
    told("articles", findings or ["all in order"])
    lines = {dotted(path): line for path, line in locate(config_path.read_text(encoding="utf-8-sig")).items()}
    missing = sorted((lines.get(key, 0), key) for key in placeholders(config))
    told("secrets", [f"{config_path}:{lines.get(key, 0)}: {words}" for key, words in _exposed(config)])
    if missing:
        told("note", [f"{len(missing)} settings name ki-news.example, which is nobody's; put yours there:"])
        told("", [f"{config_path}:{line}: {key}" for line, key in missing])


@click.group()
def articles() -> None:
    """Look after the newsroom's own texts."""


@articles.command("check")
@configured
def articles_check(config_path: Path, verbose: int) -> None:
    """Check all articles; every finding names file and line, in German. Exit code 1 if there is one."""
    speak(verbose)
    findings = _findings(read_config(config_path))
    for finding in findings:
        click.echo(finding)
    if not findings:
        click.echo("Alle Artikel sind in Ordnung.")
    sys.exit(1 if findings else 0)


def _exposed(config: Config) -> list[tuple[str, str]]:
    """The keys whose addresses are published of no source, because they hold what looks like a secret."""
    found = []
    for n, source in enumerate(config.sources):
        if source.public and source.kind != "folder" and holds_secret(source.location):
            words = "public = true, but its address holds what looks like a secret: set public = false"
            found.append((dotted(("sources", n, "location")), f"{source.id}: {words}"))
        if source.homepage and holds_secret(source.homepage):
            words = "its homepage holds what looks like a secret and is not published: name one without"
            found.append((dotted(("sources", n, "homepage")), f"{source.id}: {words}"))
    return found


def _findings(config: Config) -> list[str]:
    topics = tuple(topic.id for topic in config.topics)
    findings: list[str] = []
    for source in config.source_nouns:
        if source.kind == "folder":
            found, problems = read_articles(source, config.base, config.articles, config.publication.zone)
            findings += [str(problem) for problem in problems]
            findings += [finding for article in found for finding in check_article(article, topics)]
    return findings
