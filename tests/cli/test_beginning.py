"""`feeder init --templates`, and what `feeder check` says of templates of one's own."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from feeder.cli import main
from feeder.cli.beginning import TEMPLATES


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


def publication(folder: Path) -> Path:
    assert run("init", str(folder))[0] == 0
    for file in sorted((folder / "templates").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    (folder / "templates").rmdir()
    return folder


def test_every_shipped_template_is_named_with_its_purpose(root: Path) -> None:
    files = {str(file.relative_to(root / "templates")) for file in (root / "templates").rglob("*.*")}
    assert files == set(TEMPLATES)
    documented = (root / "docs" / "editions.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in documented for name in TEMPLATES)


def test_templates_are_laid_beside_the_configuration_and_nothing_is_overwritten(tmp_path: Path, root: Path) -> None:
    folder = publication(tmp_path / "neu")
    (folder / "templates").mkdir()
    (folder / "templates" / "story.html").write_text("meins")
    code, said = run("init", "--templates", str(folder))
    assert code == 0
    assert (folder / "templates" / "story.html").read_text() == "meins"
    for name, what in TEMPLATES.items():
        [line] = [line for line in said.splitlines() if line.split()[1:2] == [name]]
        assert line.startswith("left" if name == "story.html" else "made")
        assert line.endswith(what)
        if name != "story.html":
            assert (folder / "templates" / name).read_bytes() == (root / "templates" / name).read_bytes()


def test_templates_without_a_publication_are_refused(tmp_path: Path) -> None:
    code, said = run("init", "--templates", str(tmp_path))
    assert (code, said.count("\n")) == (1, 1)
    assert "there is no config.toml" in said
    assert not list(tmp_path.iterdir())


def test_check_finds_a_typo_in_a_template_with_file_and_line(tmp_path: Path) -> None:
    folder = publication(tmp_path / "neu")
    config = str(folder / "config.toml")
    assert run("check", "--config", config)[0] == 0
    (folder / "templates").mkdir()
    (folder / "templates" / "editions.html").write_text("<p>\n{{ editons }}\n")
    code, said = run("check", "--config", config)
    assert code == 1
    assert f"{folder / 'templates' / 'editions.html'}:2: 'editons' is undefined" in said
    assert run("serve", "--config", config)[0] == 1, "the service does not start with it"
