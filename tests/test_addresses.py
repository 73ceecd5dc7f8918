"""Addresses: cleaned of trackers and of nothing else, compared, made names that last."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import addresses
from tests.test_text import ANY_TEXT

TRACKED = [
    "utm_source=rss",
    "UTM_Medium=feed",
    "wt_mc=rss.red.ho.ho.atom.beitrag.beitrag",
    "wt_zmc=ix.ext.zonaudev",
    "at_medium=RSS",
    "at_campaign=rss",
    "pk_campaign=feed",
    "mtm_source=rss",
    "sara_ref=re-xx-cp-sh",
    "xtor=RSS-3208",
    "fbclid=IwY2",
    "gclid=1",
    "wbraid=1",
    "gbraid=1",
    "msclkid=1",
    "mc_cid=1",
    "_hsenc=p2",
    "oly_enc_id=1",
    "vero_id=1",
    "igsh=MWQ",
    "ns_mchannel=rss",
    "maca=de-rss-de-all-1119-rdf",
    "ref=rss",
    "source=rss----abc---4",
    "amp;utm_source=rss",
    "utm_content",
]
KEPT = [
    "v=dQw4w9WgXcQ",
    "id=4711",
    "p=99",
    "ref=main",
    "source=reuters",
    "from=2026-01-01",
    "cid=52779516480678",
    "page=2",
    "seite=all",
    "q=%C3%A4+b",
    "si=1",
    "s=abc",
    "rss=1",
    "komplett",
    "utm=zone32",
    "campaign_id=5",
    "",
]
PARAMETER = st.one_of(
    st.sampled_from(TRACKED + KEPT),
    st.builds("{}={}".format, st.text("abcdefutm_%20;[]", max_size=6), ANY_TEXT.map(lambda words: words[:8])),
)
QUERY = st.lists(PARAMETER, max_size=5).map("&".join)
URL = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTPS://"]),
    st.sampled_from(
        [
            "heise.de",
            "www.heise.de:443",
            "YouTube.com",
            "m.youtube.com",
            "x.com:8080",
            "[::1]",
            "[oops",
            "a:99999",
            "user@a.de",
        ]
    ),
    st.sampled_from(["", "/", "/a", "/a/", "/Ä b", "/a;b=1", "//"]),
    st.builds(
        lambda query, fragment: ("?" + query if query is not None else "") + ("#" + fragment if fragment else ""),
        st.none() | QUERY,
        st.none() | QUERY | st.sampled_from(["top", "ref=rss", "xtor=RSS-1", "a?b=1"]),
    ),
)


@pytest.mark.parametrize("tracker", TRACKED)
def test_a_tracker_goes_and_its_neighbours_stay_as_they_were(tracker: str) -> None:
    assert (
        addresses.clean(f"https://www.heise.de/a?q=%C3%A4+b&{tracker}&x#o") == "https://www.heise.de/a?q=%C3%A4+b&x#o"
    )
    assert addresses.clean(f"https://www.heise.de/a?{tracker}") == "https://www.heise.de/a"


@pytest.mark.parametrize("parameter", KEPT)
def test_what_may_select_content_stays(parameter: str) -> None:
    assert addresses.clean(f"https://a.example/?{parameter}") == f"https://a.example/?{parameter}"


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://www.youtube.com/watch?v=abc&si=x&feature=shared&t=70", "https://www.youtube.com/watch?v=abc&t=70"),
        ("https://youtu.be/abc?si=x", "https://youtu.be/abc"),
        ("https://x.com/a/status/1?s=20&t=abc", "https://x.com/a/status/1"),
        ("https://spiegel.example/a.html#ref=rss", "https://spiegel.example/a.html"),
        ("https://a.example/#xtor=RSS-14", "https://a.example/"),
        ("https://a.example/b#utm_source=rss&utm_medium=rss", "https://a.example/b"),
        ("https://a.example/b#abschnitt", "https://a.example/b#abschnitt"),
        ("https://a.example/b#:~:text=utm_source", "https://a.example/b#:~:text=utm_source"),
        ("https://a.example/b?#", "https://a.example/b?#"),
        ("https://notyoutube.com/?si=x", "https://notyoutube.com/?si=x"),
        ("https://[oops?utm_source=rss", "https://[oops?utm_source=rss"),
        ("https://a.example:99999/?utm_source=rss", "https://a.example:99999/?utm_source=rss"),
        ("https://a.example/?b= &utm_source=rss", "https://a.example/?b= &utm_source=rss"),
        ("https://news.google.com/rss/articles/abc?oc=5", "https://news.google.com/rss/articles/abc"),
    ],
)
def test_hosts_and_fragments_have_trackers_of_their_own(url: str, cleaned: str) -> None:
    assert addresses.clean(url) == cleaned


@given(URL)
def test_cleaning_twice_is_cleaning_once_and_leaves_host_path_and_key_alone(url: str) -> None:
    cleaned = addresses.clean(url)
    assert addresses.clean(cleaned) == cleaned
    assert cleaned.partition("#")[0].partition("?")[0] == url.partition("#")[0].partition("?")[0]
    assert addresses.url_key(cleaned) == addresses.url_key(url)


@given(URL, st.sampled_from([each for each in KEPT if "=" in each]))
def test_cleaning_never_removes_an_unknown_parameter(url: str, parameter: str) -> None:
    place = url.partition("#")[0].partition("?")[0]
    if "x.com" in place or "tube" in place.lower():
        return
    mixed = f"{place}?{parameter}&{url.partition('#')[0].partition('?')[2]}"
    assert addresses.clean(mixed).partition("?")[2].split("&")[0] == parameter


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.heise.de/-123", "https://heise.de/-123/"),
        ("https://heise.de/-123?wt_mc=rss", "http://HEISE.de:80/-123"),
        ("https://a.example/?p=12", "http://www.a.example?p=12"),
        ("https://a.example/b#xtor=RSS-1", "https://a.example/b"),
    ],
)
def test_an_address_is_the_same_name_in_every_spelling(one: str, other: str) -> None:
    assert addresses.identity(one) == addresses.identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/b#1", "https://a.example/b#2"),
        ("https://a.example/?p=1", "https://a.example/?p=2"),
        ("https://a.example/B", "https://a.example/b"),
        ("https://a.example:8080/", "https://a.example/"),
    ],
)
def test_addresses_that_may_name_two_things_are_two_names(one: str, other: str) -> None:
    assert addresses.identity(one) != addresses.identity(other)


@given(URL)
def test_a_name_is_an_address_with_the_key_of_its_page(url: str) -> None:
    name = addresses.identity(url)
    if addresses.is_web_address(url) and not re.search(r"[\s\x00-\x20\x7f]|:99999", url):
        assert addresses.is_web_address(name)
        assert addresses.url_key(name) == addresses.url_key(url)
        assert addresses.identity(name) == name
    else:
        assert name == url


@given(st.from_regex(r"https?://(www\.)?[a-z.-]{1,8}(/[!-~]{0,9})?", fullmatch=True))
def test_the_short_way_to_a_key_says_what_the_long_one_says(url: str) -> None:
    assert addresses.url_key(url) == addresses.url_key(url + "#")


def test_no_tracker_is_left_in_the_recorded_pages_that_feeds_link(corpus: Path) -> None:
    """Of all names that occur in recorded links: what goes is known by name here, and what stays is not."""
    links = {
        line.strip()
        for path in sorted((corpus / "feeds").iterdir())[:150]
        for line in path.read_text("utf-8", "replace").replace("<link>", "\n").replace("</link>", "\n").splitlines()
        if line.startswith("http") and "?" in line
    }
    removed: set[str] = set()
    left: set[str] = set()
    for link in links:
        before, after = (dict(parse_qsl(urlsplit(url).query)) for url in (link, addresses.clean(link)))
        removed |= before.keys() - after.keys()
        left |= after.keys()
    assert removed & {"utm_source", "wt_mc"}
    assert not removed & {"v", "id", "p", "q", "page", "seite", "date", "url", "Article"}
    assert not {name for name in left if name.lower().startswith(("utm_", "wt_", "at_", "pk_", "mtm_"))}


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://nina:ge@heim@heise.example/@me?mail=a@b", "https://heise.example/@me?mail=a@b"),
        ("HTTP://nina@[::1]:80", "HTTP://[::1]:80"),
        ("http://nina:geheim@[kaputt/", "http://[kaputt/"),
        ("//nina:geheim@heise.example/", "//heise.example/"),
        ("https://heise.example/@me//a@b", "https://heise.example/@me//a@b"),
        ("articles/a@b//c@d", "articles/a@b//c@d"),
        ("mailto:nina@heise.example", "mailto:nina@heise.example"),
    ],
)
def test_an_address_loses_its_login_and_nothing_else(address: str, plain: str):
    assert addresses.without_login(address) == plain


@pytest.mark.parametrize(
    "name",
    "token key api_key apikey apiKey X-Amz-Signature sig auth authkey access_token accessToken secret password"
    " private_key feed.pw Passwort session PHPSESSION_token".split(),
)
def test_an_address_that_lets_its_bearer_in_is_known_by_the_names_in_it(name: str):
    url = f"https://heise.example/feed?page=1&{name}=4f2a"
    assert addresses.holds_secret(url)
    assert addresses.public_address(url) is None
    assert not addresses.holds_secret(f"https://heise.example/{name}?{name}=")


@pytest.mark.parametrize(
    "query", "author=nina keyword=ki monkey=1 compass=n pwa=1 channel_id=UC1 feed=rss2 design=a passage=3 id=5".split()
)
def test_an_address_that_only_selects_may_be_published(query: str):
    url = f"https://heise.example/feed?{query}"
    assert addresses.public_address(url) == url


def test_a_login_or_what_cannot_be_taken_apart_is_not_published():
    assert addresses.holds_secret("https://nina:geheim@heise.example/")
    assert addresses.public_address("https://[kaputt/?a=b") is None
    assert addresses.public_address(None) is None
