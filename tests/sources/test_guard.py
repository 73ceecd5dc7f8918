"""No address inside the house is reached, however it is spelled and whoever leads there."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.config.sections import Gathering
from feeder.errors import FetchError
from feeder.sources.guard import Guard, is_public
from feeder.sources.http import Fetcher

AGENT = "feeder/1 (+https://ki-news.example/)"
QUICK = Gathering(timeout=timedelta(seconds=2), pause=timedelta(0))
OPEN = QUICK.model_copy(update={"allow_networks": ("127.0.0.0/8",)})
REAL = socket.getaddrinfo

INSIDE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "3fff::1",
    "4000::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = [
    "8.8.8.8",
    "193.99.144.80",
    "2a02:2e0:3fe:1001:302::",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
SPELLINGS = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0/",
    "http://0.0.0.0/",
    "http://127.0.0.1./",
    "http://public@127.0.0.1/",
    "http://8.8.8.8@127.0.0.1/",
    "http://127.0.0.1:8080/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost/",
    "http://LOCALHOST./",
    "https://127.0.0.1/",
    "https://[::1]/",
]


def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        fetcher.get("heise", url)
    return str(caught.value)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(QUICK, AGENT) as made:
        yield made


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names resolve to; one address is taken off a list at each question, the last one stays."""
    known: dict[str, list[str]] = {}

    def resolving(host: object, port: object, *args: int, **kwargs: int) -> list[tuple[object, ...]]:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name not in known:
            return REAL(host, port, *args, **kwargs)  # type: ignore[arg-type, return-value]  # as it came
        if kwargs.get("flags"):
            raise socket.gaierror(socket.EAI_NONAME, "no figures")
        found = known[name].pop(0) if len(known[name]) > 1 else known[name][0]
        return [entry for each in found.split() for entry in REAL(each, port, type=socket.SOCK_STREAM)]  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolving)
    return known


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_the_public_web_may_not_be_reached(address):
    assert not Guard().may_reach(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_the_public_web_may_be_reached(address):
    assert Guard().may_reach(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_as_itself(inner: IPv4Address) -> None:
    figures = inner.packed.hex()
    for outer in (f"::ffff:{inner}", f"64:ff9b::{inner}", f"2002:{figures[:4]}:{figures[4:]}::1"):
        assert Guard().may_reach(outer) == is_public(inner)


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("127.0.0.0/8", "127.9.9.9"),
        ("127.0.0.0/8", "::ffff:127.0.0.1"),
        ("10.1.2.3", "10.1.2.3"),
        ("fd00::/8", "fd00::1"),
    ],
)
def test_an_allowed_network_may_be_reached_and_no_other(network, address):
    assert Guard((network,)).may_reach(address)
    assert not Guard((network,)).may_reach("192.168.0.1")
    assert ip_address("192.168.0.1") not in ip_network(network)


@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_leads_into_the_house(fetcher, names, url):
    names["127.0.0.1."] = names["localhost."] = ["127.0.0.1"]  # as some resolvers say
    message = refusal(fetcher, url)
    assert "not public" in message
    assert "[gathering] allow_networks" in message
    assert "public@" not in message
    assert "8.8.8.8" not in message


@pytest.mark.parametrize(
    "url", ["http://①②⑦.⓪.⓪.①/", "http://１２７。０。０。１/", "http://127。0。0。1/", "http://[fe80::1%25lo]/"]
)
def test_figures_in_other_scripts_lead_nowhere(fetcher, url):
    message = refusal(fetcher, url)
    assert "not public" in message or "not allowed" in message or "does not resolve" in message


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://127.0.0.1/",
        "dict://127.0.0.1:11211/",
        "//127.0.0.1/",
        "http:///x",
    ],
)
def test_no_other_scheme_is_spoken(fetcher, url):
    assert "is no http or https address" in refusal(fetcher, url)


def test_a_message_names_the_address_that_was_found(fetcher, names):
    names["intern.example"] = ["10.1.2.3"]
    message = refusal(fetcher, "http://intern.example/feed.xml")
    assert message == (
        "http://intern.example/feed.xml leads to 10.1.2.3, which is not public:"
        " if it may be read, add its network to [gathering] allow_networks"
    )


def test_a_redirect_leads_nowhere_else(web):
    with Fetcher(OPEN, AGENT) as fetcher:
        for target in ("http://169.254.169.254/latest/", "http://[::1]/", "http://0xa000001/", "file:///etc/passwd"):
            message = refusal(fetcher, web.put("/feed.xml", b"", status=302, location=target))
            assert "not public" in message or "no http or https" in message


def test_a_name_that_leads_elsewhere_at_the_second_question_is_asked_once(web, names):
    names["rebinding.example"] = ["127.0.0.1", "10.0.0.1"]
    web.put("/feed.xml", b"<rss/>")
    with Fetcher(OPEN, AGENT) as fetcher:
        assert fetcher.get("heise", f"http://rebinding.example:{web.port}/feed.xml").body == b"<rss/>"
    assert names["rebinding.example"] == ["10.0.0.1"]
    with Fetcher(OPEN, AGENT) as fetcher:
        assert "leads to 10.0.0.1" in refusal(fetcher, f"http://rebinding.example:{web.port}/feed.xml")


def test_of_several_addresses_only_those_outside_are_tried(web, names):
    names["mixed.example"] = ["10.0.0.1 127.0.0.1"]  # the network's guard fails the test if 10.0.0.1 is tried
    web.put("/feed.xml", b"<rss/>")
    with Fetcher(OPEN, AGENT) as fetcher:
        assert fetcher.get("heise", f"http://mixed.example:{web.port}/feed.xml").body == b"<rss/>"


@pytest.mark.parametrize("port", [22, 25, 6667, 10080])
def test_the_ports_of_other_services_are_refused(port):
    with Fetcher(OPEN, AGENT) as fetcher:
        assert f"port {port}" in refusal(fetcher, f"http://127.0.0.1:{port}/feed.xml")


def test_a_redirect_to_the_port_of_another_service_is_refused(web):
    url = web.put("/feed.xml", b"", status=302, location="http://127.0.0.1:25/")
    with Fetcher(OPEN, AGENT) as fetcher:
        assert "port 25" in refusal(fetcher, url)


@pytest.mark.parametrize("found", ["10.0.0.1", "8.8.8.8 10.0.0.1"])
def test_a_proxy_is_asked_for_nothing_inside_the_house(web, names, monkeypatch, found):
    monkeypatch.setenv("http_proxy", web.url("/"))
    monkeypatch.delenv("no_proxy", raising=False)
    names["intern.example"] = [found]
    with Fetcher(QUICK, AGENT) as fetcher:
        for url in ("http://intern.example/", "http://10.0.0.1/", "http://[::1]/", "http://0x7f000001/"):
            assert "not public" in refusal(fetcher, url)
        web.put("http://outside.example/", b"<rss/>")
        assert fetcher.get("heise", "http://outside.example/").body == b"<rss/>"
        names["public.example"] = ["8.8.8.8"]
        web.put("http://public.example/", b"<rss/>")
        assert fetcher.get("heise", "http://public.example/").body == b"<rss/>"
    assert [asked.path for asked in web.asked] == ["http://outside.example/", "http://public.example/"]


def hanging(enough: threading.Event) -> Callable[..., list[object]]:
    def resolving(*_: object, **kwargs: int) -> list[object]:
        if kwargs.get("flags"):
            raise socket.gaierror(socket.EAI_NONAME, "no figures")
        enough.wait(8)
        return []

    return resolving


def test_a_name_that_resolves_slowly_is_left_when_the_time_is_over(fetcher, monkeypatch):
    enough = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", hanging(enough))
    started = time.monotonic()
    message = refusal(fetcher, "http://slow.example/")
    enough.set()
    assert "took too long: 2 seconds" in message
    assert time.monotonic() - started < 5
