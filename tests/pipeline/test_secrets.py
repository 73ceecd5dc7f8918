"""What a maintainer writes into an address to be let in is neither stored nor shown nor published."""

from __future__ import annotations

from datetime import timedelta

from tests.newsroom import NOW, Newsroom, Post, rss
from tests.web import Asked, Page

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
