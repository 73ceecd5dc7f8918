"""The verbs that only look at what is on disk: check, articles check."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from feeder.addresses import holds_secret
from feeder.cli.opening import configured, look_of, read_config, speak, templates_of
from feeder.cli.telling import told
from feeder.config import Config, placeholders
from feeder.config.locate import locate
from feeder.config.shape import dotted
from feeder.delivery.advising import advice
from feeder.editing.article_check import check_article
from feeder.errors import FetchError
from feeder.model import Finding, Level
from feeder.rendering.rehearsal import prove
from feeder.sources.folder import read_galleys
from feeder.sources.scan import ARTICLE_SUFFIXES, is_article


@click.command()
@configured
def check(config_path: Path, verbose: int) -> None:
    """Check configuration, templates and articles, and list what is still a placeholder."""
    speak(verbose)
    config = read_config(config_path)
    prove(look_of(config))
    told("config", [f"{config_path}: well-formed: {len(config.sources)} sources, {len(config.topics)} topics"])
    told("templates", [f"{templates_of(config)}: print a sample edition, and ask for nothing unknown"])
    findings = proofread(config)
    told("articles", _in_short(findings))
    lines = {dotted(path): line for path, line in locate(config_path.read_text(encoding="utf-8-sig")).items()}
    missing = sorted((lines.get(key, 0), key) for key in placeholders(config))
    told("secrets", [f"{config_path}:{lines.get(key, 0)}: {words}" for key, words in _exposed(config)])
    told("carriers", [f"{config_path}:{lines.get(key, 0)}: {key}: {words}" for key, words in advice(config)])
    if missing:
        told("note", [f"{len(missing)} settings name ki-news.example, which is nobody's; put yours there:"])
        told("", [f"{config_path}:{line}: {key}" for line, key in missing])


@click.group()
def articles() -> None:
    """Look after the newsroom's own texts."""


@articles.command("check")
@configured
@click.option("--strict", is_flag=True, help="Exit with 1 if there is but a hint.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILE|FOLDER]...")
def articles_check(config_path: Path, verbose: int, strict: bool, as_json: bool, paths: tuple[Path, ...]) -> None:
    """Check all articles, or those named; every finding names file and line, in German.

    An error (FEHLER) holds a new article until it is mended; a hint (HINWEIS) holds nothing. Exit code 1 if there is an
    error.
    """
    speak(verbose)
    config = read_config(config_path)
    _must_hold_articles(config, paths)
    findings = tuple(one for one in proofread(config) if not paths or _is_in(config.base / one.path, paths))
    errors = sum(finding.level is Level.ERROR for finding in findings)
    if as_json:
        facts = [{**asdict(finding), "level": finding.level.name.lower()} for finding in findings]
        click.echo(
            json.dumps(
                {"findings": facts, "errors": errors, "hints": len(findings) - errors}, ensure_ascii=False, indent=2
            )
        )
    else:
        click.echo("\n".join([*map(str, findings), summed_up(findings)]))
    sys.exit(1 if errors or (strict and findings) else 0)


def _must_hold_articles(config: Config, paths: Sequence[Path]) -> None:
    """Refuse what is not looked at, which would seem to be in order."""
    folders = [config.base / source.location for source in config.source_nouns if source.kind == "folder"]
    for path in paths:
        if not _is_in(path, folders) and not any(_is_in(folder, [path]) for folder in folders):
            named = ", ".join(str(folder) for folder in folders) or "none"
            raise click.UsageError(
                f"{path} is in no folder of articles; these are ([[sources]] kind = folder): {named}"
            )
        is_text = path.suffix.lower() in ARTICLE_SUFFIXES and is_article(path.name)
        if path.is_file() and not is_text:
            these = " and ".join(ARTICLE_SUFFIXES)
            raise click.UsageError(f"{path} is no article: {these} files are, but for README.md and _…")


def _is_in(path: Path, folders: Sequence[Path]) -> bool:
    """Whether a file or folder is one of these, or below one."""
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)


def proofread(config: Config) -> tuple[Finding, ...]:
    """Check the articles of all folders; what is found, by file and line. A folder that is not there is an error."""
    topics = tuple(topic.id for topic in config.topics)
    found: list[Finding] = []
    for source in config.source_nouns:
        if source.kind != "folder":
            continue
        try:
            galleys, problems = read_galleys(source, config.base, config.articles, config.publication.zone)
        except FetchError as error:
            found.append(Finding(Level.ERROR, source.location, None, str(error)))
            continue
        found += problems
        found += [finding for galley in galleys for finding in check_article(galley, topics)]
    return tuple(sorted(found, key=lambda one: (one.path, one.line or 0, one.level, one.text)))


def summed_up(findings: Sequence[Finding]) -> str:
    """How many errors and hints there are, in German."""
    if not findings:
        return "Alle Artikel sind in Ordnung."
    errors = sum(finding.level is Level.ERROR for finding in findings)
    hints, files = len(findings) - errors, len({finding.path for finding in findings})
    return f"{errors} Fehler, {hints} Hinweis{'' if hints == 1 else 'e'} in {files} Artikel{'' if files == 1 else 'n'}"


def _in_short(findings: Sequence[Finding]) -> list[str]:
    """The errors, and how many hints there are."""
    errors = [str(finding) for finding in findings if finding.level is Level.ERROR]
    hints = [f"{summed_up(findings)}: `feeder articles check`"] if len(findings) > len(errors) else []
    return [*errors, *hints] or ["all in order"]


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
