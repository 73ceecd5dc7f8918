"""Mail goes only to a server that proves who it is: TLS from the first byte, and STARTTLS."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feeder.delivery.smtp import Post
from feeder.errors import DeliveryError
from feeder.model import DeliveryState
from tests.delivery.test_smtp import MESSAGE, config_of, scripted
from tests.mailboxes import Mailboxes, mail_server

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made with openssl")
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and two certificates by it: of localhost, and of another host."""
    found = tmp_path_factory.mktemp("ca")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=found, check=True, capture_output=True)

    openssl("req", "-x509", *EC, "-days", "2", "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign")  # fmt: skip
    for name, host in (("here", "localhost"), ("other", "mail.other.test")):
        (found / f"{name}.ext").write_text(f"subjectAltName=DNS:{host}\n")
        openssl("req", *EC, "-subj", "/CN=mail", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl("x509", "-req", "-days", "2", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.pem")  # fmt: skip
    return found


@contextmanager
def serving(folder: Path, security: str, name: str = "here") -> Iterator[Mailboxes]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    how = {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    with mail_server(**how) as boxes:
        yield boxes


@pytest.fixture
def _trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system trusts the authority, as an administrator would make it do."""
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))


def post(boxes: Mailboxes, security: str, host: str = "localhost") -> Post:
    return Post(config_of(boxes.port, host=host, security=security))


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_that_proves_who_it_is_gets_mail(folder: Path, security: str):
    with serving(folder, security) as boxes:
        connection = post(boxes, security).connect()
        assert isinstance(connection._socket, ssl.SSLSocket)
        assert connection.send("wir@news.test", "ada@leser.test", MESSAGE).state is DeliveryState.DELIVERED
        connection.close()
        assert boxes.messages["ada@leser.test"] == [MESSAGE]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_of_an_unknown_authority_gets_none(folder: Path, security: str):
    with (
        serving(folder, security) as boxes,
        pytest.raises(DeliveryError, match="a certificate that is not to be trusted: unable to get local") as caught,
    ):
        post(boxes, security).connect()
    assert not caught.value.retry


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(("name", "host"), [("other", "localhost"), ("here", "127.0.0.1")])
def test_a_server_that_proves_to_be_another_gets_none(folder: Path, security: str, name: str, host: str):
    with (
        serving(folder, security, name) as boxes,
        pytest.raises(DeliveryError, match=rf"{host}:\d+ has a certificate that is not to be trusted: .*mismatch"),
    ):
        post(boxes, security, host).connect()


@pytest.mark.usefixtures("_trusted")
def test_the_port_of_the_other_kind_is_named_as_such(folder: Path):
    with mail_server() as boxes, pytest.raises(DeliveryError, match=r"carriers\.smtp\.security") as caught:
        post(boxes, "tls").connect()
    assert not caught.value.retry
    with serving(folder, "starttls") as boxes, pytest.raises(DeliveryError, match=r"carriers\.smtp\.security"):
        post(boxes, "tls").connect()


def test_what_was_said_before_tls_counts_for_nothing():
    """A man in the middle who adds answers to the one to STARTTLS is not listened to (CVE-2011-0411)."""
    port, heard, _ = scripted(b"220 hier\r\n", b"250-hier\r\n250 STARTTLS\r\n", b"220 go on\r\n250 AUTH PLAIN\r\n")
    with pytest.raises(DeliveryError):
        Post(config_of(port, security="starttls", username="wir", password="geheim", timeout="2s")).connect()
    assert not any(b"AUTH" in one.upper() or b"geheim" in one for one in heard)
