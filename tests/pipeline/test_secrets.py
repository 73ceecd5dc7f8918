"""What a maintainer writes into an address to be let in is neither stored nor shown nor published."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from tests.newsroom import NOW, Newsroom, Post, rss
from tests.web import Asked, Page

BEATS = True

HOUR = timedelta(hours=1)
LOGIN = "Basic bmluYTpnZWhlaW1Xb3J0"  # nina:geheimWort
NEWS = rss(Post("Ein Modell", "https://heise.example/1"))


def held(newsroom: Newsroom) -> bytes:
    """Every byte of the store and of what is published."""
    paths = [*newsroom.folder.glob("feeder.db*"), *(newsroom.folder / "feeds").rglob("*")]
    return b"".join(path.read_bytes() for path in paths if path.is_file())


def test_no_file_holds_the_login_of_an_address_and_the_source_is_known_again_without_it(newsroom: Newsroom) -> None:
    def guarded(asked: Asked) -> Page:
        return (
            Page(NEWS.encode(), headers={"ETag": "x"})
            if asked.headers.get("Authorization") == LOGIN
            else Page(status=401)
        )

    for name in ("heise", "weg", "liste"):
        newsroom.web.pages[f"/{name}.xml"] = guarded
    newsroom.web.put("/weg.xml", b"", status=404)
    place = newsroom.web.url().replace("http://", "http://nina:geheimWort@")
    newsroom.source("heise", f"{place}heise.xml", homepage=place)
    newsroom.source("weg", f"{place}weg.xml")
    newsroom.source("liste", f"{place}liste.xml", kind="sitemap")
    shown = [newsroom.run(now=NOW + n * HOUR).output for n in range(2)]
    shown += [newsroom.run(*words).output for words in (("status",), ("check",))]
    assert "geheimWort" not in "".join(shown)
    assert b"geheimWort" not in held(newsroom)
    assert newsroom.titles() == ["Ein Modell"]
    validators = [asked.headers.get("If-None-Match") for asked in newsroom.web.asked if asked.path == "/heise.xml"]
    assert validators[0] is None
    assert validators[-1]


def test_a_token_in_an_address_is_published_shown_and_logged_nowhere_and_check_names_it(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="feeder")
    web = newsroom.web
    newsroom.source(
        "heise", web.put("/heise.xml?token=geheimWort", NEWS), homepage="https://heise.example/?key=geheimWort"
    )
    page = "<html><head><link rel='alternate' type='application/rss+xml' href='/rss?token=geheimWort'></head></html>"
    newsroom.source("seite", web.put("/seite?key=geheimWort", page))
    newsroom.source("weg", web.url("/weg?sig=geheimWort"), homepage="https://weg.example/?access_token=geheimWort")
    newsroom.source("umgezogen", web.put("/alt", b"", status=301, location="/weg?auth=geheimWort"))
    newsroom.source("liste", web.put("/liste?pw=geheimWort", page), kind="sitemap")
    shown = [newsroom.run(now=NOW + n * HOUR).output for n in range(8)]
    shown += [newsroom.run("status").output, caplog.text]
    published = [path.read_text() for path in newsroom.path("").rglob("*.*") if path.suffix not in (".br", ".gz")]
    assert newsroom.titles() == ["Ein Modell"]
    assert "geheimWort" not in "".join([*shown, *published])
    output = newsroom.run("check").output
    words = "public = true, but its address holds what looks like a secret: set public = false"
    assert [f"{name}: {words}" in output for name in ("heise", "seite", "weg", "umgezogen", "liste")] == [
        True, True, True, False, True
    ]  # fmt: skip
    assert "weg: its homepage holds what looks like a secret and is not published: name one without" in output
    line = (newsroom.folder / "config.toml").read_text(encoding="utf-8").split("token=geheimWort")[0].count("\n") + 1
    assert f"config.toml:{line}: heise: {words}" in output
