"""Templates as people break them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from feeder.config import load_config
from feeder.errors import RenderError
from feeder.rendering.look import open_look

BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a mistake": (lambda folder: (folder / "story.html").write_text("a\n{% if %}"), r"story\.html:2: "),
    "another encoding": (
        lambda folder: (folder / "story.html").write_bytes(b"Gr\xfc\xdfe"),
        r"templates/story\.html: must be saved as UTF-8",
    ),
    "a file that cannot be read": (
        lambda folder: (folder / "more.html").symlink_to("/proc/self/mem"),
        r"cannot read .*more\.html: ",
    ),
    "strings in another encoding": (
        lambda folder: (folder / "strings" / "de.toml").write_bytes(b'a = "\xfc"'),
        r"cannot read the strings in .*de\.toml",
    ),
    "no strings": (lambda folder: (folder / "strings" / "de.toml").unlink(), r"cannot read the strings in .*de\.toml"),
}


@pytest.fixture
def templates(tmp_path: Path, root: Path) -> Path:
    return Path(shutil.copytree(root / "templates", tmp_path / "templates"))


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_with_a_template_is_named_with_its_file(root: Path, templates: Path, what: str):
    spoil, words = BROKEN[what]
    spoil(templates)
    with pytest.raises(RenderError, match=words):
        open_look(load_config(root / "tests" / "data" / "config.toml", {}), templates).check()


def test_a_template_that_is_missing_is_named(root: Path, templates: Path):
    (templates / "story.html").unlink()
    look = open_look(load_config(root / "tests" / "data" / "config.toml", {}), templates)
    with pytest.raises(RenderError, match=r"templates/story\.html: there is no such template; `feeder init`"):
        look.render("story.html")
