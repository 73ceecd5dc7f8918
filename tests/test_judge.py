"""The runner behind `make judge` asks every judge about every file and hides nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests import judge
from tests.judge import Court, Finding, Verdict

FAKE_JUDGE = """
import json, os, sys
files = [a for a in sys.argv[1:] if not a.startswith("--")]
if os.environ.get("SULK"):
    sys.exit("no mood")
told = {"level": "WARN", "type": "Told", "text": " ".join(sys.argv[1:-len(files)])}
print(json.dumps([{"input": f, "messages": [told]} for f in files]))
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    feeds = tmp_path / "feeds"
    for name, text in {
        "index.html": "<h1>",
        "rss.xml": "<rss/>",
        "feed.json": "{}",
        "sources.opml": "<opml/>",
        "topics/künstliche intelligenz/atom.xml": "<feed/>",
        "stories/ours/index.html": "<h1>",
        "stories/theirs/index.html": '<meta name="robots" content="noindex">',
        "editions/index.html": "<h1>",
        "editions/2026-11-20-0700/index.html": "<h1>",
        "editions/2026-11-23-0700/index.html": "<h1>",
        "editions/2026-11-23-0700/digest.html": "<h1>",
        "editions/2026-11-23-0700/digest.eml": "To: you",
    }.items():
        (feeds / name).parent.mkdir(parents=True, exist_ok=True)
        (feeds / name).write_text(text, encoding="utf-8")
    return feeds


@pytest.fixture
def court(site: Path, tmp_path: Path) -> Court:
    for name in ("feed_judge", "jsonfeed_judge", "page_judge", "email_judge"):
        (tmp_path / f"{name}.py").write_text(FAKE_JUDGE, encoding="utf-8")
    return Court(tmp_path, Path(sys.executable), dict(os.environ), site, "https://ki-news.example/feeds/")


def test_every_feed_is_judged_under_its_public_address(court):
    told = {verdict.file: verdict.findings[0].text for verdict in judge.judge_feeds(court)}
    assert set(told) == {"rss.xml", "sources.opml", "topics/künstliche intelligenz/atom.xml", "feed.json"}
    assert told["feed.json"].endswith("--self-url=https://ki-news.example/feeds/feed.json")
    assert "--self-url=https://ki-news.example/feeds/topics/k%C3%BCnstliche%20intelligenz/atom.xml" in told["rss.xml"]


def test_a_mail_is_judged_as_mail_and_as_html(court):
    judged = [(verdict.judge, verdict.file.rsplit("/", 1)[1]) for verdict in judge.judge_digests(court)]
    assert judged == [("email_judge", "digest.eml"), ("email_judge", "digest.html"), ("page_judge", "digest.html")]


def test_one_page_of_each_kind_is_chosen_and_the_newest_edition(site):
    chosen = [page.relative_to(site).as_posix() for page in judge.choose_pages(site)]
    assert chosen == [
        "index.html",
        "stories/ours/index.html",
        "stories/theirs/index.html",
        "editions/index.html",
        "editions/2026-11-23-0700/index.html",
    ]


def test_a_mail_is_no_page(site):
    assert len(judge.all_pages(site)) == 6


def test_a_walk_meets_only_the_pages_wanted_and_links_reach_all(site, tmp_path):
    view = tmp_path / "view"
    judge.show(site, view, frozenset([site / "stories" / "ours" / "index.html"]))
    walked = {Path(folder, file).relative_to(view).as_posix() for folder, _, files in os.walk(view) for file in files}
    assert {name for name in walked if name.startswith(("stories", "editions"))} == {"stories/ours/index.html"}
    assert (view / "stories" / "theirs" / "index.html").is_file()
    assert (view / "editions" / "2026-11-23-0700" / "digest.html").is_file()


def test_a_judge_that_cannot_run_is_said_and_is_no_pass(court):
    sulking = Court(court.judges, court.python, {**court.environment, "SULK": "1"}, court.feeds, court.base_url)
    verdicts = judge.judge_feeds(sulking)
    assert [verdict.failed for verdict in verdicts] == ["no mood"] * 4
    assert not any(verdict.is_clean for verdict in verdicts)
    assert "rss.xml: feed_judge could not run: no mood" in judge.report(verdicts)


def test_a_part_of_a_judge_that_is_unavailable_is_no_pass(court):
    message = {"level": "INFO", "type": "vnu.Unavailable", "text": "no java"}
    verdict = court._verdict({"input": str(court.feeds / "index.html"), "messages": [message]}, "page_judge", None)
    assert not verdict.is_clean
    assert "could not run: vnu.Unavailable: no java" in judge.report([verdict])


@pytest.mark.parametrize(("level", "is_clean"), [("ERROR", False), ("WARN", False), ("INFO", True)])
def test_errors_and_warnings_fail_and_recommendations_do_not(level, is_clean):
    verdict = Verdict("rss.xml", "feed_judge", (Finding(level, "X", "why"),))
    assert verdict.is_clean is is_clean
    assert ("why" in judge.report([verdict])) is not is_clean


def test_an_accepted_warning_is_printed_with_its_reason_and_an_error_of_that_name_still_fails():
    verdict = Verdict("digest.eml", "email_judge", (Finding("WARN", "ListUnsubscribe", "no https"),))
    assert verdict.is_clean
    assert "no https\n    accepted: one click" in judge.report([verdict])
    assert not Verdict("digest.eml", "email_judge", (Finding("ERROR", "ListUnsubscribe", "none"),)).is_clean
    assert not Verdict("digest.eml", "page_judge", (Finding("WARN", "ListUnsubscribe", "none"),)).is_clean


def test_addresses_that_somebody_else_serves_stand_in_without_hiding_ours(site, tmp_path):
    view = tmp_path / "view"
    judge.show(site, view, frozenset())
    for path in ("impressum", "rechtliches/datenschutz.html", "spenden/", "", "rss.xml"):
        judge.stand_in(view, path)
    assert (view / "impressum").exists()
    assert (view / "rechtliches" / "datenschutz.html").exists()
    assert (view / "spenden" / "index.html").exists()
    assert (view / "rss.xml").read_text() == "<rss/>"


def test_a_stand_in_is_never_put_into_the_output(site, tmp_path):
    judge.show(site, tmp_path / "view", frozenset())
    judge.stand_in(tmp_path / "view", "stories/none.html")
    assert not (site / "stories" / "none.html").exists()


def test_every_address_of_a_configuration_is_found():
    settings = {"publication": {"url": "a"}, "follow": {"links": ({"label": "b", "url": "c"},)}, "size": 1}
    assert set(judge.named_addresses(settings)) == {"a", "b", "c"}


def test_what_a_person_has_to_bring_is_said_in_words(tmp_path):
    told = judge.tools(tmp_path, {"PATH": "", "CHROMIUM": str(tmp_path / "none")})
    words = "\n".join(judge.wanting(tmp_path, told))
    for part in ("w3c/feedvalidator", "hteumeuleu/caniemail", "FEEDVALIDATOR_HOME", "vnu-jar", "chromium"):
        assert part in words


def test_what_the_environment_names_wins(tmp_path):
    assert judge.tools(tmp_path, {"VNU_JAR": "/elsewhere/vnu.jar"})["VNU_JAR"] == "/elsewhere/vnu.jar"
