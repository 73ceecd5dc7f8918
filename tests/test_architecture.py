"""The house stands as it is drawn in docs/design.md, section 3; and the checks of that bite."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests import architecture, blueprint
from tests.architecture import Module, read_modules

ROOT = Path(__file__).resolve().parent.parent
MODULES = read_modules(ROOT / "feeder")
CHECKS = [
    architecture.upward_imports,
    architecture.relative_imports,
    architecture.circles,
    architecture.strangers,
    architecture.impurities,
    architecture.oversized,
    architecture.vague_names,
    architecture.empty_rooms,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.__name__))
def test_the_house_stands_as_drawn(check):
    assert not (complaints := check(MODULES)), "\n".join(complaints)


def test_every_floor_is_drawn_in_the_design():
    section = (ROOT / "docs" / "design.md").read_text(encoding="utf-8").split("## 3. Rooms")[1].split("\n## ")[0]
    words = set(re.findall(r"\w+", section))
    assert {unit for unit in blueprint.FLOORS if not unit.startswith("_")} <= words


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["postgres"], *extras["fulltext"], *extras["dkim"]]
    declared = {re.split(r"[\[<>=!~ ;]", line)[0] for line in wanted}
    imported = {
        distribution(name)
        for module in MODULES.values()
        for name, _ in architecture.imports(module, MODULES)
        if name.split(".")[0] in blueprint.THIRD_PARTY
    }
    assert imported | set(blueprint.NEEDED_UNSEEN) == declared


def distribution(module: str) -> str:
    """The name under which a module is installed, where the two differ; its own parts count as it."""
    top = module.split(".", maxsplit=1)[0]
    named = {
        "PIL": "pillow",
        "dkim": "dkimpy",
        "markdown_it": "markdown-it-py",
        "prometheus_client": "prometheus-client",
        "css_inline": "css-inline",
        "yaml": "pyyaml",
        "pydantic_core": "pydantic",
        "urllib3": "requests",
    }
    return named.get(top, top)


def house(tmp_path: Path, **files: str) -> dict[str, Module]:
    """Write a small house; `sources__http` is `feeder/sources/http.py`."""
    for name, source in {"__init__": '"""A house."""\n', **files}.items():
        file = (tmp_path / "feeder").joinpath(*re.split(r"(?<=[a-z])__(?=[a-z_])", name)).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
    return read_modules(tmp_path / "feeder")


BAD = [
    (architecture.upward_imports, {"model": "import feeder.config\n"}),
    (architecture.upward_imports, {"config": "from feeder.store import open_store\n"}),
    (architecture.upward_imports, {"pipeline": "def run():\n    from feeder.engine import submit\n"}),
    (architecture.upward_imports, {"curation__rules": "from feeder.editing.teaser import tease\n"}),
    (architecture.upward_imports, {"editing__teaser": "from feeder import pipeline\n", "pipeline": "x = 1\n"}),
    (architecture.upward_imports, {"kitchen__pots": "x = 1\n"}),
    (architecture.relative_imports, {"store__items": "from . import schema\n"}),
    (architecture.circles, {"store__a": "import feeder.store.b\n", "store__b": "from feeder.store import a\n"}),
    (architecture.strangers, {"editing__teaser": "import requests\n"}),
    (architecture.strangers, {"sources__http": "from leftpad import pad\n"}),
    (architecture.impurities, {"text": "import socket\n"}),
    (architecture.impurities, {"curation__rules": "from urllib import request\n"}),
    (architecture.impurities, {"curation__rank": "from urllib.request import urlopen\n"}),
    (architecture.impurities, {"editing__teaser": "from pathlib import Path\n"}),
    (architecture.impurities, {"model": "x = open('x')\n"}),
    (architecture.impurities, {"curation__rank": "from datetime import datetime\nnow = datetime.now()\n"}),
    (architecture.impurities, {"rendering__feeds": "import http.client\n"}),
    (architecture.oversized, {"text": "x = 1\n" * 301}),
    (architecture.oversized, {"text": "def long():\n" + "    x = 1\n" * 40}),
    (architecture.oversized, {"text": "def long():\n    return (\n" + "        1 +\n" * 40 + "        1)\n"}),
    (architecture.vague_names, {"store__utils": "x = 1\n"}),
    (architecture.vague_names, {"store__story_helpers": "x = 1\n"}),
    (architecture.vague_names, {"store__stories": "class StoryManager: ...\n"}),
    (architecture.empty_rooms, {"web____init__": '"""To come."""\n'}),
    (architecture.empty_rooms, {"web__app": '"""To come."""\n\nfrom __future__ import annotations\n'}),
]


@pytest.mark.parametrize(("check", "files"), BAD, ids=[f"{check.__name__}-{'-'.join(files)}" for check, files in BAD])
def test_a_check_bites(tmp_path, check, files):
    assert check(house(tmp_path, **files))


GOOD = {
    "model": '"""Nouns."""\nfrom urllib.parse import urlsplit\nx = 1\n',
    "config": "from feeder.model import x\n",
    "store____init__": "from feeder.store.items import y\n",
    "store__items": "import sqlalchemy\nfrom feeder import config\nfrom feeder.model import x\n",
    "pipeline": "from feeder.store import y\n\ndef step():\n" + "    # why\n\n" * 50 + "    return y\n",
    "cli": "import click\nfrom feeder import pipeline, __version__\n",
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.__name__))
def test_a_good_house_is_not_bitten(tmp_path, check):
    assert check(house(tmp_path, **GOOD)) == []
