"""`feeder sources`, as a person types it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from feeder.cli import main
from feeder.cli.sources import SourceVerbs
from tests.newsroom import NOW, Newsroom, Post, rss
from tests.web import Asked, Page, Web

PAGE = """<html lang="de"><head><title>Blog</title>{link}</head><body>
<article><h2><a href="/1">Erstens</a></h2><time datetime="2026-11-22T10:00:00Z">gestern</time><p>Ein Satz.</p></article>
<article><h2><a href="/2">Zweitens</a></h2><time datetime="2026-11-21T10:00:00Z">neulich</time></article>
</body></html>"""
NAMED = '<link rel="alternate" type="application/rss+xml" href="/feed.xml" title="Der Feed">'

Feeder = Callable[..., Result]


@pytest.fixture
def newsroom(tmp_path: Path, web: Web) -> Newsroom:
    return Newsroom(tmp_path, web)


@pytest.fixture
def config(newsroom: Newsroom) -> Path:
    newsroom.feed("heise", rss(Post("Modell", "https://heise.example/1")), homepage="https://heise.example/")
    newsroom.source("weg", newsroom.web.url("/weg.xml"), topics=["recht"])
    return newsroom.configure()


@pytest.fixture
def feeder(config: Path) -> Feeder:
    """The command on the file as it lies there, which `Newsroom.run` would write anew."""

    def run(*words: str, code: int = 0, typed: str | None = None) -> Result:
        result = CliRunner().invoke(main, ["sources", *words, "--config", str(config)], input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


def sources(config: Path) -> dict[str, dict[str, Any]]:
    return {table["id"]: table for table in tomllib.loads(config.read_text(encoding="utf-8"))["sources"]}


@pytest.fixture
def feed(web: Web) -> str:
    posts = [Post(f"Meldung {n}", f"https://neu.example/{n}", guid=f"g{n}") for n in range(8)]
    document = rss(*posts).replace("<title>Quelle</title>", "<title>Neue Quelle</title><language>en-us</language>")
    return web.put("/feed.xml", document, content_type="application/rss+xml")


def test_help_names_every_verb_with_its_line_uncut() -> None:
    output = CliRunner().invoke(main, ["sources", "--help"]).output
    assert "..." not in output.split("Commands:")[1]
    for verb, (_, line) in SourceVerbs.verbs.items():
        assert verb in output
        assert line.split()[0] in output
        assert CliRunner().invoke(main, ["sources", verb, "--help"]).exit_code == 0


def test_a_misspelt_verb_is_refused_with_the_nearest_one() -> None:
    result = CliRunner().invoke(main, ["sources", "puase"])
    assert result.exit_code == 2
    assert "No such command 'puase'. Did you mean 'pause'?" in result.output


def test_the_help_of_sources_reads_nothing_that_costs_time() -> None:
    words = """
import sys
from feeder.cli import main
main(["sources", "--help"], standalone_mode=False)
print(sorted({"pydantic", "lxml", "sqlalchemy", "requests", "tomlkit"} & set(sys.modules)))"""
    result = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_without_a_verb_the_sources_are_listed_with_what_is_wrong_with_them(
    newsroom: Newsroom, config: Path, feeder: Feeder
) -> None:
    newsroom.run()
    lines = feeder().output.splitlines()
    assert lines[0].split() == ["source", "health", "last", "new", "item", "next", "look", "pace"]
    assert "in each round" in next(line for line in lines if line.startswith("redaktion"))
    row = next(line for line in lines if line.startswith("heise"))
    assert "ok" in row
    assert "2026-11-23 10:00" in row
    assert "weg.xml" in lines[[line.split()[0] for line in lines].index("weg") + 1]
    assert feeder("list").output == "\n".join([*lines, ""])
    assert "heise" not in feeder("--health", "broken").output.split("source")[1]
    assert config.read_bytes() == newsroom.configure().read_bytes()


def test_the_list_for_programs_holds_times_and_reasons(newsroom: Newsroom, feeder: Feeder) -> None:
    newsroom.run()
    found = {one["id"]: one for one in json.loads(feeder("--json").stdout)}
    assert found["heise"]["last_new_item"] == NOW.isoformat()
    assert found["heise"]["problem"] is None
    assert found["weg"]["failures"] == 1
    assert "404" in found["weg"]["problem"]
    assert (found["weg"]["health"], found["weg"]["state"]) == ("new", "failing")
    assert [one["id"] for one in json.loads(feeder("list", "--json", "--health", "failing").stdout)] == ["weg"]
    assert [one["id"] for one in json.loads(feeder("list", "--json", "--health", "paused").stdout)] == []


def test_one_source_is_shown_with_all_that_is_known_of_it(newsroom: Newsroom, config: Path, feeder: Feeder) -> None:
    newsroom.run()
    output = feeder("show", "weg").output
    for words in ("Weg (feed, de)", "recht", "teaser, rank 50", "failed 1 time in a row", "404"):
        assert words in output
    facts = json.loads(feeder("show", "heise", "--json").stdout)
    assert (facts["homepage"], facts["arrivals"]) == ("https://heise.example/", {"2026-11-23": 1})
    words = f'{config}: no source has the id "hiese"; did you mean "heise"?'
    assert words in feeder("show", "hiese", code=2).output


def test_pause_and_resume_are_one_line_of_the_file_and_what_they_say(
    newsroom: Newsroom, config: Path, feeder: Feeder
) -> None:
    before = config.read_bytes()
    assert feeder("pause", "heise", "weg").output.splitlines()[0] == "heise: paused; what it told stays"
    assert sources(config)["heise"]["paused"] is True
    assert "heise: already paused" in feeder("pause", "heise").output
    assert [one["id"] for one in json.loads(feeder("--json", "--health", "paused").stdout)] == ["heise", "weg"]
    asked = len(newsroom.web.asked)
    result = CliRunner().invoke(main, ["run", "--config", str(config), "--now", NOW.isoformat()])
    assert result.exit_code == 0, result.output
    assert len(newsroom.web.asked) == asked
    assert feeder("resume", "weg", "heise").output.splitlines()[1] == "heise: read again from the next round on"
    assert config.read_bytes() == before


def test_an_unknown_id_changes_nothing_not_even_for_the_known_ones_beside_it(config: Path, feeder: Feeder) -> None:
    before = config.read_bytes()
    for verb in ("pause", "resume", "remove"):
        assert 'did you mean "heise"?' in feeder(verb, "weg", "hiese", code=2).output
    assert config.read_bytes() == before


def test_a_pause_that_the_environment_overrules_is_refused_with_words(
    config: Path, feeder: Feeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDER_SOURCES__HEISE__PAUSED", "false")
    before = config.read_bytes()
    assert "the environment sets paused of heise too" in feeder("pause", "heise", code=2).output
    assert config.read_bytes() == before


def test_a_removed_source_leaves_its_stories(newsroom: Newsroom, config: Path, feeder: Feeder) -> None:
    newsroom.run()
    titles = newsroom.titles()
    assert "Modell" in titles
    assert "its stories stay" in feeder("remove", "heise", "--yes").output
    assert "heise" not in sources(config)
    result = CliRunner().invoke(main, ["run", "--config", str(config), "--now", NOW.isoformat()])
    assert result.exit_code == 0, result.output
    assert newsroom.titles() == titles


def test_removing_asks_on_a_terminal(config: Path, feeder: Feeder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeder.cli.sources_kept.is_asking", lambda: True)
    before = config.read_bytes()
    output = feeder("remove", "heise", code=1, typed="n\n").output
    assert "Remove heise (Heise)?" in output
    assert "nothing was changed" in output
    assert config.read_bytes() == before
    feeder("remove", "heise", typed="y\n")
    assert "heise" not in sources(config)


def test_the_feed_behind_a_page_is_found_shown_and_added(config: Path, feeder: Feeder, web: Web, feed: str) -> None:
    page = web.put("/", PAGE.format(link=NAMED), content_type="text/html")
    before = config.read_text(encoding="utf-8")
    output = feeder("add", page, "--topic", "recht", "--rank", "20").output
    for words in (feed, "Neue Quelle", "en", "Meldung 0", "Meldung 4", "added     neue-quelle"):
        assert words in output
    assert "Meldung 5" not in output
    assert config.read_text(encoding="utf-8").startswith(before)
    assert sources(config)["neue-quelle"] == {
        "id": "neue-quelle", "kind": "feed", "location": feed, "title": "Neue Quelle",
        "homepage": "https://quelle.example/", "language": "en", "topics": ["recht"], "rank": 20,
    }  # fmt: skip
    result = CliRunner().invoke(main, ["gather", "--config", str(config), "--now", NOW.isoformat()])
    assert "neue-quelle" not in result.output


def test_what_is_typed_wins_over_what_the_feed_says(config: Path, feeder: Feeder, feed: str) -> None:
    feeder("add", feed, "--id", "meins", "--title", "Meins", "--language", "de", "--rights", "licensed",
           "--licence", "CC BY 4.0", "--fulltext")  # fmt: skip
    found = sources(config)["meins"]
    assert (found["title"], found["language"], found["rights"]) == ("Meins", "de", "licensed")
    assert (found["licence"], found["fulltext"]) == ("CC BY 4.0", True)


def test_a_source_that_is_there_is_refused_by_whatever_address(config: Path, feeder: Feeder, web: Web) -> None:
    before = config.read_bytes()
    asked = len(web.asked)
    assert "is there already, as heise (Heise)" in feeder("add", web.url("/heise.xml?utm_source=x"), code=2).output
    assert len(web.asked) == asked
    link = NAMED.replace("/feed.xml", "/heise.xml")
    page = web.put("/", PAGE.format(link=link), content_type="text/html")
    assert "is there already, as heise (Heise)" in feeder("add", page, code=2).output
    assert config.read_bytes() == before


def test_a_dry_run_shows_the_block_and_changes_nothing(config: Path, feeder: Feeder, feed: str) -> None:
    before = config.read_bytes()
    output = feeder("add", feed, "--dry-run").output
    assert tomllib.loads(output[output.index("[[sources]]") :])["sources"][0]["location"] == feed
    assert "no topic has this id" in feeder("add", feed, "--dry-run", "--topic", "quatsch", code=2).output
    assert config.read_bytes() == before


def test_what_was_added_is_told_to_programs_too(config: Path, feeder: Feeder, feed: str) -> None:
    facts = json.loads(feeder("add", feed, "--json").stdout)
    assert facts["added"] is True
    assert facts["source"] == sources(config)["neue-quelle"]
    assert (facts["language"], facts["count"], len(facts["items"])) == ("en", 8, 5)


def test_trying_shows_items_with_all_that_would_be_kept_and_changes_nothing(
    newsroom: Newsroom, feeder: Feeder, feed: str
) -> None:
    before = {path: path.read_bytes() for path in newsroom.folder.rglob("*") if path.is_file()}
    output = feeder("try", feed, "--count", "2").output
    for words in ("8 items, the newest 2", "Meldung 0", "uid       g0", "address   https://neu.example/0", "Ein Satz"):
        assert words in output
    assert "Meldung 2" not in output
    assert {path: path.read_bytes() for path in newsroom.folder.rglob("*") if path.is_file()} == before
    assert "Modell" in feeder("try", "heise").output
    facts = json.loads(feeder("try", feed, "--json").stdout)
    assert (facts["kind"], facts["title"], facts["items"][0]["uid"]) == ("feed", "Neue Quelle", "g0")


def test_a_login_in_an_address_is_shown_to_nobody(newsroom: Newsroom, web: Web) -> None:
    web.put("/kunden.xml", rss(Post("Modell", "https://kunden.example/1")))
    newsroom.source("kunden", web.url("/kunden.xml").replace("//", "//nutzer:geheim@"))
    newsroom.run()
    for words in (("show", "kunden"), ("try", "kunden"), ("list",)):
        for more in ((), ("--json",)):
            output = newsroom.run("sources", *words, *more, now=None).output
            assert "kunden" in output
            assert "geheim" not in output


def test_trying_what_fails_says_why_and_exits_with_1(feeder: Feeder, web: Web) -> None:
    assert "404" in feeder("try", web.url("/weg.xml"), code=1).output
    assert "404" in feeder("try", "weg", code=1).output
    broken = web.put("/bild.png", b"\x89PNG\r\n\x1a\n\x00\x00", content_type="image/png")
    assert feeder("try", broken, code=1).output.startswith("feeder: ")


def test_a_page_is_tried_and_added_by_its_selectors(config: Path, feeder: Feeder, web: Web) -> None:
    page = web.put("/liste", PAGE.format(link=""), content_type="text/html")
    words = ("--item", "article", "--link", "h2 a", "--date", "time", "--teaser", "p")
    facts = json.loads(feeder("try", page, *words, "--headline", "h2", "--json").stdout)
    assert [item["title"] for item in facts["items"]] == ["Erstens", "Zweitens"]
    assert facts["items"][0]["published"] == "2026-11-22T10:00:00+00:00"
    assert facts["items"][0]["teaser"] == "Ein Satz."
    feeder("add", page, *words, "--headline", "h2", "--id", "liste")
    assert sources(config)["liste"]["selectors"] == {
        "item": "article", "link": "h2 a", "title": "h2", "date": "time", "teaser": "p",
    }  # fmt: skip
    assert "--item must say" in feeder("try", page, "--link", "a", code=2).output


def test_several_feeds_are_listed_and_one_is_chosen_by_its_number(
    config: Path, feeder: Feeder, web: Web, feed: str
) -> None:
    other = web.put("/andere.xml", rss(Post("Anders", "https://anders.example/1")), content_type="application/rss+xml")
    link = NAMED + '<link rel="alternate" type="application/rss+xml" href="/andere.xml" title="Andere">'
    page = web.put("/", PAGE.format(link=link), content_type="text/html")
    assert f"--choose 2: {other} (feed" in feeder("try", page).output
    assert "Anders" in feeder("try", page, "--choose", "2").output
    assert "there is no number 3: 2 were found" in feeder("add", page, "--choose", "3", code=1).output
    feeder("add", page, "--choose", "2", "--id", "andere")
    assert sources(config)["andere"]["location"] == other
    assert feed not in config.read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", ["try", "add"])
def test_the_sitemap_of_a_whole_site_is_not_taken_for_one_of_its_pages_unasked(
    config: Path, feeder: Feeder, web: Web, verb: str
) -> None:
    links = '<a href="/eins">Eine Meldung mit einem langen Kopf</a>'
    page = web.put("/presse/ki", f"<html><body>{links}</body></html>", content_type="text/html")
    article = web.put("/artikel", "<title>Eins</title>", content_type="text/html")
    entry = f"<url><loc>{article}</loc></url>"
    place = web.put("/sitemap.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entry}</urlset>')
    before = config.read_bytes()
    said = feeder(verb, page, code=1).output
    assert f"  --choose 1: {page} (page, the page itself, which names few articles; needs selectors)\n" in said
    assert f"  --choose 2: {place} (sitemap, the sitemap of the whole site, not of this page; it lies" in said
    assert "say with --item" in feeder(verb, page, "--choose", "1", code=1).output
    assert config.read_bytes() == before
    assert place in feeder(verb, page, "--choose", "2", "--dry-run" if verb == "add" else "--json").output
    assert place in feeder(verb, place).output, "asked for by its own address it is taken as it is"


def test_full_texts_are_read_of_the_items_that_are_shown(feeder: Feeder, web: Web) -> None:
    words = "Das ist ein ganzer Satz über ein Modell, das mehr kann als andere und darum besprochen wird. "
    for n in range(8):
        body = f"<html><body><article><h1>T</h1><p>{words * 5}</p><p>{words * 5}</p></article></body></html>"
        web.put(f"/{n}", body, content_type="text/html")
    document = rss(*[Post(f"Meldung {n}", web.url(f"/{n}")) for n in range(8)])
    address = web.put("/voll.xml", document, content_type="application/rss+xml")
    facts = json.loads(feeder("try", address, "--fulltext", "--json").stdout)
    assert all(item["fulltext"] > 80 for item in facts["items"])
    assert sum(one.path in {f"/{n}" for n in range(8)} for one in web.asked) == 5


def test_a_source_that_moved_for_good_is_added_where_it_is_now(
    config: Path, feeder: Feeder, web: Web, feed: str
) -> None:
    old = web.put("/alt.xml", b"", status=301, location="/feed.xml")
    assert json.loads(feeder("add", old, "--json").stdout)["source"]["location"] == feed
    assert "is there already" in feeder("add", old, code=2).output
    assert "neue-quelle" in sources(config)
    page = web.put("/liste", PAGE.format(link=""), content_type="text/html")
    feeder("add", web.put("/alte-liste", b"", status=308, location="/liste"), "--item", "article", "--id", "liste")
    assert sources(config)["liste"]["location"] == page


def test_a_source_that_drips_is_given_up_after_its_limit(newsroom: Newsroom, feeder: Feeder, config: Path) -> None:
    def slowly(_asked: Asked) -> Page:
        time.sleep(3)
        return Page(b"<rss/>")

    newsroom.web.pages["/langsam.xml"] = slowly
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[gathering]\n", '[gathering]\nsource_limit = "1s"\n'), encoding="utf-8")
    assert "source_limit" in feeder("try", newsroom.web.url("/langsam.xml"), code=1).output


def test_what_robots_txt_forbids_is_not_tried(feeder: Feeder, web: Web) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /", content_type="text/plain")
    page = web.put("/liste", PAGE.format(link=""), content_type="text/html")
    assert "robots.txt" in feeder("try", page, "--item", "article", code=1).output
    assert "/liste" not in [one.path for one in web.asked]


OPML = """<opml version="2.0"><body>
<outline text="Recht"><outline text="Netzpolitik" xmlUrl="https://np.example/feed" htmlUrl="https://np.example/"/></outline>
<outline text="Podcasts"><outline text="Heise" xmlUrl="{heise}"/><outline text="P" xmlUrl="https://p.example/f"/></outline>
<outline text="ohne"/></body></opml>"""


def test_a_list_is_taken_over_and_everything_in_it_accounted_for(
    config: Path, feeder: Feeder, web: Web, tmp_path: Path
) -> None:
    file = tmp_path / "list.opml"
    file.write_text(OPML.format(heise=web.url("/heise.xml")))
    before = config.read_bytes()
    dry = feeder("import", str(file), "--dry-run").output
    assert tomllib.loads(dry[: dry.index("added")])["sources"][0]["id"] == "netzpolitik"
    assert config.read_bytes() == before
    output = feeder("import", str(file)).output
    for words in (
        "2 sources added",
        "“Heise” (line 3) is there as heise",
        "“ohne” (line 4): no address",
        "“Podcasts” is no topic",
    ):
        assert words in output
    assert sources(config)["netzpolitik"]["topics"] == ["recht"]
    assert config.read_bytes().startswith(before)
    again = json.loads(feeder("import", str(file), "--json").stdout)
    assert (again["sources"], len(again["known"])) == ([], 3)


def test_folders_become_topics_if_wished(config: Path, feeder: Feeder, web: Web, tmp_path: Path) -> None:
    file = tmp_path / "list.opml"
    file.write_text(OPML.format(heise=web.url("/heise.xml")))
    feeder("import", str(file), "--topics")
    assert sources(config)["p"]["topics"] == ["podcasts"]
    assert "podcasts" in [topic["id"] for topic in tomllib.loads(config.read_text())["topics"]]


def test_all_sources_with_an_address_are_exported_and_read_back_as_known(feeder: Feeder, tmp_path: Path) -> None:
    file = tmp_path / "out.opml"
    assert "2 sources written" in feeder("export", str(file)).output
    assert feeder("export").stdout.encode() == file.read_bytes()
    assert len(json.loads(feeder("import", str(file), "--json").stdout)["known"]) == 2
    assert "cannot write" in feeder("export", str(tmp_path / "weg" / "out.opml"), code=1).output


def test_a_list_that_is_none_is_refused(feeder: Feeder, tmp_path: Path) -> None:
    (tmp_path / "x.opml").write_text("<html></html>")
    assert "is no subscription list" in feeder("import", str(tmp_path / "x.opml"), code=1).output
    assert "cannot be read" in feeder("import", str(tmp_path / "weg.opml"), code=1).output
