"""What starting costs: only what gathering needs is loaded to gather."""

from __future__ import annotations

import gc
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from feeder.cli.memory import importing
from tests.conftest import ROOT
from tests.newsroom import Newsroom, Post, rss
from tests.web import Web

NEEDLESS = {
    *("PIL", "alembic", "apscheduler", "babel", "css_inline", "feedgen", "feedparser", "jinja2", "markdown_it"),
    *("lxml", "mako", "nh3", "tldextract", "trafilatura", "yaml"),
}
GATHER = """
import json, sys
from feeder.cli import main
from feeder.pipeline import STEPS
STEPS["curate"] = lambda *_, **__: ()
try:
    main(["gather", "--config", sys.argv[1]])
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_gathering_again_loads_nothing_that_only_news_publishing_or_migrating_needs(tmp_path: Path, web: Web):
    newsroom = Newsroom(tmp_path, web, beats=True)
    newsroom.article("a.txt")
    newsroom.feed("heise", rss(Post("Ein Modell", "https://heise.example/1")))
    newsroom.run("gather")
    assert gc.get_threshold()[0] >= 10_000
    said = subprocess.run(
        [sys.executable, "-c", GATHER, str(newsroom.configure())], cwd=ROOT, capture_output=True, text=True, check=False
    )
    loaded = set(json.loads(said.stdout.splitlines()[-1]))
    assert {"requests", "sqlalchemy"} <= loaded
    assert not NEEDLESS & loaded


def test_garbage_is_collected_again_after_an_import_that_fails():
    with pytest.raises(ModuleNotFoundError), importing():
        importlib.import_module("feeder.cli.nowhere")
    assert gc.isenabled()


def test_no_garbage_is_looked_for_while_importing():
    with importing():
        assert not gc.isenabled()


def test_what_was_imported_is_searched_for_garbage_neither_later_nor_at_the_end():
    program = "import gc, feeder.cli; print(gc.isenabled(), gc.get_freeze_count() > 10_000)"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", "True"]
