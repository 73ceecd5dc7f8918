"""The manual is tested: what the program can do is in it, and what is in it is there."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from feeder.cli import main

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MANUAL = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(ROOT.glob("docs/**/*.md"))


@cache
def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def everything() -> str:
    return "\n".join(text(file) for file in MANUAL)


def tracked() -> list[Path]:
    """The files that git knows; the sdist has no git, and then every file is one."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("no git repository here")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def commands(group: click.Group, path: str = "feeder") -> Iterator[tuple[str, click.Command]]:
    """Every command with its whole name, sub-commands of sub-commands too."""
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_in_the_readme(name):
    assert f"`{name}" in text(ROOT / "README.md")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_in_its_help_what_it_does(name):
    assert COMMANDS[name].get_short_help_str()


def options() -> list[str]:
    parameters = [parameter for command in [main, *COMMANDS.values()] for parameter in command.params]
    found = (name for parameter in parameters for name in parameter.opts if name.startswith("--"))
    return sorted({*found, "--help"})


@pytest.mark.parametrize("option", options())
def test_an_option_is_in_the_manual(option):
    assert re.search(rf"(?<![\w-]){option}(?![\w-])", everything())


def test_the_manual_names_no_command_that_is_not_there():
    named = set(re.findall(r"`feeder ((?:[a-z]+)(?: check)?)\b", everything()))
    known = {name.removeprefix("feeder ") for name in COMMANDS}
    assert named - known - {name.split()[0] for name in known} == set()


def declared() -> list[str]:
    lines = [*PROJECT["dependencies"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)]
    return sorted({re.split(r"[\[<>=!~ ;]", line)[0] for line in lines})


def test_every_dependency_has_its_line_and_every_line_its_dependency():
    lines = re.findall(r"^\* `([^`]+)`: \S", text(ROOT / "docs" / "dependencies.md"), re.MULTILINE)
    assert sorted(set(lines)) == declared()


def test_every_dependency_is_pinned_by_version_and_nothing_else():
    pins = text(ROOT / "constraints.txt").splitlines()
    names = {line.split("==")[0] for line in pins if not line.startswith("#")}
    assert {name.lower() for name in declared()} <= names
    strange = [line for line in pins if not re.fullmatch(r"#.*|[a-z0-9._-]+==[^ @;]+( ; [\w '\"<>=!.()]+)?", line)]
    assert strange == []


def anchors(file: Path) -> set[str]:
    """The anchors that a page of ours has on the usual forges."""
    headings = re.findall(r"^#+ (.+)$", text(file), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def links(file: Path) -> list[str]:
    """The relative links and pictures of a page, outside of code."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text(file), flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("file", MANUAL, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(file):
    for link in links(file):
        name, _, anchor = link.partition("#")
        target = (file.parent / name).resolve() if name else file
        assert target.exists(), f"{link}: no such file"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


def test_every_page_of_docs_can_be_found_from_the_readme():
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in links(ROOT / "README.md")}
    assert {file for file in MANUAL if file.parent == ROOT / "docs"} <= linked


def test_the_changelog_is_kept():
    headings = re.findall(r"^(##+) (.+)$", text(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == ("##", "[Unreleased]")
    for level, heading in headings[1:]:
        if level == "##":
            assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading), heading
        else:
            assert heading in ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"), heading


def test_every_word_of_make_is_explained():
    makefile = text(ROOT / "Makefile")
    declared_words = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split()) - {"help"}
    assert declared_words == set(re.findall(r"^#   make (\S+)", makefile, re.MULTILINE))


# Put together here so that this file does not name what it looks for.
FORBIDDEN = {
    "a registry address": r"pypi\.{0}org|pythonhosted\.{0}org|registry\.{0}npmjs|deb\.{0}debian\.org",
    "a path of a machine": r"(?<![\w.:/-])/{0}(work|root|opt|Users)/|(?<![\w.:/-])/{0}home/\w",
    "a private key": r"-----BEGIN {0}[A-Z ]*PRIVATE KEY-----",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what):
    pattern = re.compile(FORBIDDEN[what].replace("{0}", ""))
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in tracked()
        if (match := pattern.search(file.read_bytes().decode("utf-8", "replace")))
    ]
    assert found == []


def test_nothing_of_the_corpus_was_copied_into_the_repository(corpus):
    with (corpus / "corpus.csv").open(encoding="utf-8", newline="") as file:
        recorded = {row["sha1"]: row["file"] for row in csv.DictReader(file)}
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-s"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    copies = [line for line in listed.stdout.splitlines() if line.split()[1] in recorded]
    assert copies == []


def test_ci_can_be_run():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)
