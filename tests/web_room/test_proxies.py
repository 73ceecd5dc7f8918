"""The samples for nginx, run by nginx as they ship: each answers as feeder's own server does."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import needs
from tests.web_room.asking import Site, free_port, listens, waits_for
from tests.web_room.conftest import RSS

SAMPLES = Path(__file__).parents[2] / "packaging"
WHOLE = """
{user}
daemon off; master_process on; pid {place}/pid; error_log {place}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
    include {place}/sample.conf;
}}
"""


@contextmanager
def nginx(sample: str, place: Path, site: Site) -> Iterator[Site]:
    """A sample in use: only its port, its folder and what lies behind it are put in."""
    program = needs.program("nginx", "/usr/sbin/nginx")
    port = free_port()
    words = (SAMPLES / sample).read_text()
    for ours, put_in in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("listen [::]:80;", ""),
        ("/var/lib/feeder/feeds", str(site.folder)),
        ("# /rss.xml ", "/rss.xml "),
        ("127.0.0.1:8080;", f"127.0.0.1:{site.port};"),
    ):
        words = words.replace(ours, put_in)
    (place / "sample.conf").write_text(words)
    user = "user root;" if os.getuid() == 0 else ""
    (place / "nginx.conf").write_text(WHOLE.format(place=place, user=user))
    command = [program, "-p", str(place), "-e", str(place / "error.log"), "-c", str(place / "nginx.conf")]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr
    with subprocess.Popen(command) as process:
        try:
            assert waits_for(lambda: listens(port))
            yield Site(site.folder, port)
        finally:
            process.terminate()


@pytest.fixture(scope="module", params=["nginx.conf", "nginx-proxy.conf"])
def proxied(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Site]:
    with nginx(request.param, tmp_path_factory.mktemp("nginx"), site) as found:
        yield found


SAID = (
    "content-type", "cache-control", "x-robots-tag", "access-control-allow-origin", "x-content-type-options",
    "content-security-policy", "referrer-policy", "content-length", "location",
)  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/", "/rss.xml", "/feed.json", "/topics/recht/", "/editions/2026-11-23/digest.eml", "/media/0a.png"]
)
def test_a_file_is_answered_as_by_feeder_itself(site: Site, proxied: Site, path: str) -> None:
    ours, theirs = site.get(path), proxied.get(path)
    assert (theirs.status, theirs.body) == (200, ours.body)
    assert {name: theirs.headers.get(name) for name in SAID} == {name: ours.headers.get(name) for name in SAID}
    again = proxied.get(path, If_None_Match=theirs.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["cache-control"] == ours.headers["cache-control"]


def test_nginx_names_the_hub_of_a_feed_beside_all_other_headers(site: Site, tmp_path: Path) -> None:
    with nginx("nginx.conf", tmp_path, site) as alone:
        feed, page = alone.get("/rss.xml").headers, alone.get("/").headers
    assert feed["link"].startswith('<https://pubsubhubbub.appspot.com/>; rel="hub", <')
    assert feed["cache-control"].startswith("public, max-age=300")
    assert feed["content-type"].startswith("application/rss+xml")
    assert "link" not in page


def test_what_is_packed_is_taken_from_beside_the_file(proxied: Site) -> None:
    found = proxied.get("/rss.xml", Accept_Encoding="gzip")
    assert found.headers["content-encoding"] == "gzip"
    assert found.headers["vary"] == "Accept-Encoding"
    assert found.body == (proxied.folder / "rss.xml.gz").read_bytes()
    assert gzip.decompress(found.body) == RSS
    assert found.headers["etag"] != proxied.get("/rss.xml").headers["etag"]


@pytest.mark.parametrize("path", ["/topics/alt/rss.xml", "/topics/alt/"])
def test_what_ended_is_gone(proxied: Site, path: str) -> None:
    assert proxied.get(path).status == 410


def test_a_folder_without_its_slash_is_redirected_to_on_the_same_host(proxied: Site) -> None:
    found = proxied.get("/topics/recht")
    assert found.status == 301
    assert found.headers["location"] in ("/topics/recht/", "./recht/")


@pytest.mark.parametrize(
    "path",
    [
        "/nichts",
        "/topics/",
        "/topics/neu/rss.xml",
        "/.hidden.txt",
        "/.gone/topics/alt/rss.xml",
        "/rss.xml.gz",
        "/README.md",
        "/link.txt",
        "/out/config.toml",
        "/.feeder-writing-rss.xml",
        "/%2e%2e/config.toml",
        "/..%2fconfig.toml",
    ],
)
def test_what_is_not_public_is_not_served(proxied: Site, path: str) -> None:
    found = proxied.get(path)
    assert found.status in (400, 403, 404)
    assert b"GEHEIM" not in found.body


def test_nothing_is_written(proxied: Site) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert proxied.get("/rss.xml", method).status in (403, 405)
