"""Our own pages as a browser shows them under the policy that they are served with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from feeder.web.public import PublicWeb
from tests.needs import missing, program


def test_every_page_of_a_new_publication_is_shown_whole_under_its_policy(tmp_path: Path) -> None:
    chromium = program("chromium", "chromium-browser", "google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    for words in (
        ["init", str(tmp_path / "news")],
        ["run", "--offline", "--config", str(tmp_path / "news/config.toml")],
    ):
        subprocess.run([sys.executable, "-m", "feeder", *words], check=True, capture_output=True)
    folder = tmp_path / "news/feeds"
    pages = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))
    assert len(pages) >= 3
    web = PublicWeb(folder, "127.0.0.1", 0)
    web.start()
    try:
        assert web.is_serving.wait(20)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            said: list[str] = []
            page.route("**/favicon.ico", lambda asked: asked.abort())  # of pages that name none: mails as pages
            page.on("console", lambda message: said.append(f"{message.text} {message.location}"))
            for path in pages:
                page.goto(f"http://127.0.0.1:{web.port}/{path}")
                assert [words for words in said if "favicon.ico" not in words] == [], path
                ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
                assert ground != "rgba(0, 0, 0, 0)", f"{path} has lost its style"
                assert page.evaluate("[...document.images].every(one => one.loading === 'lazy' || one.naturalWidth)")
            page.evaluate(
                "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"
            )
            assert page.evaluate("window.ran") is None, "the policy lets scripts run"
            browser.close()
    finally:
        web.close()
