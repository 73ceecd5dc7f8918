"""What the help of groups of verbs says, and costs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from feeder.cli import Verbs, main
from feeder.cli.edition import EditionVerbs
from feeder.cli.stories import StoryVerbs

GROUPS = [("stories", StoryVerbs), ("edition", EditionVerbs)]


@pytest.mark.parametrize(("name", "group"), GROUPS)
def test_help_names_every_verb_with_its_line_uncut(name: str, group: type[Verbs]) -> None:
    output = CliRunner().invoke(main, [name, "--help"]).output
    assert "..." not in output.split("Commands:")[1]
    for verb, (_, line) in group.verbs.items():
        assert verb in output
        assert line.split()[0] in output
        assert CliRunner().invoke(main, [name, verb, "--help"]).exit_code == 0


@pytest.mark.parametrize("name", [name for name, _ in GROUPS])
def test_the_help_of_a_group_reads_nothing_that_costs_time(name: str) -> None:
    words = f"""
import sys
from feeder.cli import main
main(["{name}", "--help"], standalone_mode=False)
print(sorted({{"pydantic", "lxml", "sqlalchemy", "requests", "jinja2", "tomlkit"}} & set(sys.modules)))"""
    result = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"
