"""Signatures, verified by dkimpy with the DNS record that a newsroom would publish."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import dkim
import pytest

from feeder.config.carriers import Dkim
from feeder.delivery.signing import signer
from feeder.errors import DeliveryError
from tests.needs import program

MESSAGE = (
    b"From: KI-News <newsletter@ki-news.example>\r\n"
    b"To: =?utf-8?q?J=C3=B6rg?= <joerg@leser.example>\r\n"
    b"Reply-To: redaktion@ki-news.example\r\n"
    b"Subject: Heute in\r\n drei Minuten\r\n"
    b"Date: Mon, 24 Nov 2025 07:00:00 +0100\r\n"
    b"Message-ID: <2025-11-24-0700.0123@ki-news.example>\r\n"
    b"List-Id: KI-News <newsletter.ki-news.example>\r\n"
    b"List-Unsubscribe: <https://ki-news.example/leave?t=abc>,\r\n <mailto:leave@ki-news.example>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"Auto-Submitted: auto-generated\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: text/plain; charset="utf-8"\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n"
    b"\r\n"
    b"Gr=C3=BC=C3=9Fe\r\n\r\nEnde =\r\nvom Lied\r\n"
)
SIGNED = [
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
    "mime-version",
    "content-type",
]


@dataclass(frozen=True)
class Key:
    """A private key as PEM, and what stands in DNS of it."""

    pem: str
    record: bytes

    def settings(self, **values: object) -> Dkim:
        return Dkim.model_validate({"domain": "ki-news.example", "selector": "s2025", "key": self.pem, **values})

    def verifies(self, message: bytes) -> bool:
        def txt(name: bytes, timeout: int = 5) -> bytes:
            assert timeout
            assert name == b"s2025._domainkey.ki-news.example."
            return self.record

        return dkim.verify(message, dnsfunc=txt) is True


def made(*options: str) -> Key:
    openssl = program("openssl")
    pem = subprocess.run([openssl, "genpkey", *options], capture_output=True, check=True).stdout
    public = subprocess.run(
        [openssl, "pkey", "-pubout", "-outform", "DER"], input=pem, capture_output=True, check=True
    ).stdout
    kind, data = (b"ed25519", public[-32:]) if "ed25519" in options else (b"rsa", public)
    return Key(pem.decode(), b"v=DKIM1; k=" + kind + b"; p=" + base64.b64encode(data))


@pytest.fixture(scope="module")
def rsa() -> Key:
    return made("-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048")


@pytest.fixture(scope="module")
def ed25519() -> Key:
    return made("-algorithm", "ed25519")


@pytest.fixture(params=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest) -> Key:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Key)
    return found


def tags(signed: bytes) -> dict[str, str]:
    """What the signature says, without its white space."""
    header = re.sub(r"\s", "", signed.partition(b"\r\nFrom:")[0].decode().removeprefix("DKIM-Signature:"))
    return dict(tag.split("=", 1) for tag in header.split(";") if tag)


def test_a_signed_message_is_verified(key: Key) -> None:
    signed = signer(key.settings())(MESSAGE)
    assert signed.startswith(b"DKIM-Signature: ")
    assert signed.endswith(MESSAGE)
    assert not re.search(rb"(?<!\r)\n", signed)
    assert max(map(len, signed.split(b"\r\n"))) < 100
    assert key.verifies(signed)


def test_the_signature_covers_what_readers_see_and_act_on(key: Key) -> None:
    said = tags(signer(key.settings())(MESSAGE))
    assert sorted(said["h"].split(":")) == sorted(["from", *SIGNED]), "From once more than it is there"
    assert said["c"] == "relaxed/relaxed"
    assert "l" not in said
    assert said["d"] == "ki-news.example"
    assert said["a"] in ("rsa-sha256", "ed25519-sha256")


@pytest.mark.parametrize("name", [name for name in SIGNED if name != "content-type"])
def test_a_changed_header_breaks_the_signature(ed25519: Key, name: str) -> None:
    signed = signer(ed25519.settings())(MESSAGE)
    changed = re.sub(rb"(?im)^(%s:.*?)\r" % name.encode(), rb"\1 x\r", signed)
    assert changed != signed
    assert not ed25519.verifies(changed)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"drei Minuten", b"vier Minuten"),
        lambda data: data.replace(b"vom Lied", b"vom Leid"),
        lambda data: data + b"Mehr\r\n",
        lambda data: data.replace(b"Subject:", b"From: bank@boese.example\r\nSubject:"),
        lambda data: b"From: bank@boese.example\r\n" + data,
        lambda data: data.replace(b"t=abc", b"t=abd"),
        lambda data: re.sub(rb"List-Unsubscribe-Post: .*\r\n", b"", data),
        lambda data: data.replace(b"text/plain", b"text/html"),
    ],
)
def test_what_was_changed_under_way_is_seen(ed25519: Key, change: Callable[[bytes], bytes]) -> None:
    assert not ed25519.verifies(change(signer(ed25519.settings())(MESSAGE)))


def test_white_space_that_a_server_changes_is_not(key: Key) -> None:
    signed = signer(key.settings())(MESSAGE)
    assert key.verifies(signed.replace(b"Subject: Heute in\r\n drei", b"subject:  Heute   in drei") + b"\r\n\r\n")


def test_a_message_without_one_click_is_signed_without(ed25519: Key) -> None:
    plain = re.sub(rb"List-Unsubscribe-Post: .*\r\n", b"", MESSAGE)
    signed = signer(ed25519.settings())(plain)
    assert "list-unsubscribe-post" not in tags(signed)["h"].split(":")
    assert ed25519.verifies(signed)


def test_an_older_rsa_key_and_one_with_other_line_ends_sign_too(rsa: Key) -> None:
    old = subprocess.run(
        [program("openssl"), "rsa", "-traditional"], input=rsa.pem.encode(), capture_output=True, check=True
    ).stdout.decode()
    for pem in (old, old.replace("\n", "\r\n"), f"  \n{rsa.pem.strip()}"):
        assert rsa.verifies(signer(rsa.settings(key=pem))(MESSAGE))


def broken(kind: str) -> str:
    return f"-----BEGIN {kind}PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIA==\n-----END {kind}PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "pem", ["", "geheim", broken(""), broken("RSA "), broken("EC "), broken("ENCRYPTED "), broken("").replace("M", "-")]
)
def test_a_bad_key_is_said_at_once_and_never_shown(ed25519: Key, pem: str) -> None:
    with pytest.raises(DeliveryError, match=r"carriers\.dkim\.key .*openssl genpkey") as caught:
        signer(ed25519.settings(key=pem))
    assert "MC4C" not in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_short_rsa_key_is_refused() -> None:
    with pytest.raises(DeliveryError, match="1024 bits"):
        signer(made("-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:512").settings())


@pytest.mark.parametrize("domain", ["ki news.example", "münchen.example", "a;b", ".example", "a..b"])
def test_a_domain_that_dns_cannot_have_is_refused(ed25519: Key, domain: str) -> None:
    with pytest.raises(DeliveryError, match=r"carriers\.dkim\.domain"):
        signer(ed25519.settings(domain=domain))
    with pytest.raises(DeliveryError, match=r"carriers\.dkim\.selector"):
        signer(ed25519.settings(selector=domain))


@pytest.mark.parametrize("package", ["dkim", "nacl"])
def test_a_missing_package_is_named(ed25519: Key, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if package == "dkim":
        monkeypatch.setitem(sys.modules, "dkim", None)
    else:
        monkeypatch.delattr(dkim, "nacl")
    with pytest.raises(DeliveryError, match=r"pip install 'feeder\[dkim\]'"):
        signer(ed25519.settings())
