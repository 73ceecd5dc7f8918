"""Addresses taken apart: as requests would, whichever way is taken."""

from __future__ import annotations

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from feeder.sources.guard import BAD_PORTS, ForbiddenAddressError
from feeder.sources.place import place_of

HOSTS = st.sampled_from(
    ["a", "a.example", "A.Example", "a.example.", "1.2.3.4", "0x7f.1", "[::1]", "bücher.de", "x_y.de"]
)
PORTS = st.sampled_from(["", ":", ":80", ":443", ":08080", ":8080", ":65535", ":65536", ":59999", ":60000", ":0", ":x"])
PATHS = st.text("/.?#%aA~ä&;=:@!$'()*+,-_\\[]|^`{}\"<> 20", max_size=12).map(lambda each: f"/{each}")
URLS = st.builds("{}://{}{}{}".format, st.sampled_from(["http", "https", "HTTP"]), HOSTS, PORTS, PATHS | st.just(""))


@given(URLS)
@example("http://a.example/a/../b")
@example("http://a.example/a/.../.b")
@example("http://a.example/%7Ea?b=%c3")
@example("http://a.example/a?")
@example("http://a.example/a#b")
@example("http://a.example/?a=/../b")
@example("http://a.example//b//")
@example("http://user:word@a.example/b")
def test_an_address_is_sent_as_requests_would_send_it(url: str) -> None:
    request = requests.PreparedRequest()
    try:
        request.prepare_url(url, None)
    except requests.RequestException:
        with pytest.raises((ForbiddenAddressError, ValueError)):
            place_of(url)
        return
    try:
        place = place_of(url)
    except ForbiddenAddressError as error:
        assert "port" in str(error) or "@" in url  # noqa: PT017 - most addresses are not refused
        return
    assert (place.url, place.target) == (request.url, request.path_url)
    parts = requests.compat.urlsplit(place.url)
    assert place.key == (parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme])


@pytest.mark.parametrize("port", sorted(BAD_PORTS - {0}))
def test_ports_of_other_services_are_refused(port):  # 0 is no port: requests drops it
    with pytest.raises(ForbiddenAddressError):
        place_of(f"http://a.example:{port}/feed.xml")


@pytest.mark.parametrize(
    "url",
    ["", "a.example/feed", "file:///etc/passwd", "gopher://a.example/", "http://", "//a.example/", "javascript:x"],
)
def test_what_is_none_of_the_webs_is_refused(url):
    with pytest.raises(ForbiddenAddressError, match="no http or https address"):
        place_of(url)
