"""One site is one registrable domain, by a list that is here already."""

from __future__ import annotations

import pytest

from feeder.sources.sites import canonical, same_site

PAGE = "https://www.heise.example/news/a-1.html"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.heise.de/a", "http://heise.de", True),
        ("https://rss.golem.de/x", "https://www.golem.de/y", True),
        ("https://a.co.uk/", "https://b.co.uk/", False),
        ("https://eine.github.io/", "https://andere.github.io/", False),
        ("https://heise.de/", "https://heise.de.evil.example/", False),
        ("https://notheise.de/", "https://heise.de/", False),
        ("http://192.0.2.1/", "http://192.0.2.1:8080/a", True),
        ("http://192.0.2.1/", "http://192.0.2.2/", False),
        ("http://intern/", "http://intern/a", True),
        ("http://intern/", "http://anders/", False),
        ("https://HEISE.de./a", "https://heise.de/a", True),
        ("https://[oops", "https://[oops", False),
        ("javascript:alert(1)", "https://heise.de/", False),
        ("", "", False),
    ],
)
def test_a_site_is_a_registrable_domain(one: str, other: str, same: bool):
    assert same_site(one, other) is same
    assert same_site(other, one) is same


@pytest.mark.parametrize(
    ("found", "address"),
    [
        (None, PAGE),
        ("", PAGE),
        (
            "https://www.heise.example/news/Langer-Titel-1.html?wt_mc=rss",
            "https://www.heise.example/news/Langer-Titel-1.html",
        ),
        ("/news/b.html", "https://www.heise.example/news/b.html"),
        ("https://m.heise.example/b", "https://m.heise.example/b"),
        ("https://www.heise.example/", PAGE),
        ("/", PAGE),
        ("https://example.net/news/a-1.html", PAGE),
        ("http://heise.example/news/a-1.html/", PAGE),
        ("javascript:alert(1)", PAGE),
        ("https://[oops", PAGE),
        ("https://www.heise.example/?p=1", "https://www.heise.example/?p=1"),
    ],
)
def test_a_page_may_name_another_address_of_its_site_but_not_the_home_page(found: str | None, address: str):
    assert canonical(PAGE + "?utm_source=rss", found) == address


def test_a_home_page_may_name_itself():
    assert canonical("https://a.example/?utm_source=x", "https://www.a.example/") == "https://a.example/"
    assert canonical("https://a.example", "https://b.a.example/") == "https://b.a.example/"
