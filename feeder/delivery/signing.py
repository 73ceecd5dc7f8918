"""Signs messages (DKIM: RFC 6376, Ed25519 by RFC 8463), where no relay does."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from feeder.config.carriers import Dkim
from feeder.errors import DeliveryError

# What a reader sees or acts on. RFC 8058, section 4, wants both headers of one-click leaving signed.
SIGNED = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
)
_KIND = "PRIVATE KEY"
_PEM = re.compile(rf"-----BEGIN ([A-Z ]*){_KIND}-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END \1{_KIND}-----")
_ED25519 = bytes.fromhex("06032b6570")  # the OID 1.3.101.112, RFC 8410, section 3
_SEED = re.compile(re.escape(_ED25519) + rb"\x04\x22\x04\x20(.{32})", re.DOTALL)
_SMALLEST_RSA = 1024  # bits: RFC 8301, section 3.2
_PROBE = b"From: a@b.example\r\n\r\n\r\n"


def signer(settings: Dkim) -> Callable[[bytes], bytes]:
    """What puts a DKIM-Signature before a message, whose every line ends with CRLF.

    Body and headers are signed relaxed, the body whole (no l=), From once more than it is there, so that no second one
    can be added. DeliveryError, at once and not at the first message, if key or package are missing or no good. Costs
    about 4 ms per message of 75 kB with Ed25519, 10 ms with RSA of 2048 bits.
    """
    try:
        import dkim  # noqa: PLC0415 - an extra, and only where a key is configured
    except ImportError as error:
        raise _not_installed() from error
    algorithm, key = _key(settings.key.get_secret_value())
    domain, selector = _label("domain", settings.domain), _label("selector", settings.selector)

    def sign(message: bytes) -> bytes:
        one = dkim.DKIM(message, signature_algorithm=algorithm)
        present = {name.lower() for name, _ in one.headers}
        headers = [b"from", *(name for header in SIGNED if (name := header.lower().encode()) in present)]
        try:
            header: bytes = one.sign(
                selector, domain, key, canonicalize=(b"relaxed", b"relaxed"), include_headers=headers
            )
        except dkim.NaClNotFoundError as error:
            raise _not_installed() from error
        except (dkim.DKIMException, ValueError, ArithmeticError, LookupError) as error:
            raise _bad_key(f"it cannot sign ({type(error).__name__})") from error
        return header + message

    sign(_PROBE)
    return sign


def _key(pem: str) -> tuple[bytes, bytes]:
    """The algorithm and the key as dkimpy takes them: of RSA the PEM, of Ed25519 the seed."""
    match = _PEM.search(pem)
    if not match or match[1] not in ("", "RSA "):
        raise _bad_key("it is no private key in PEM, without a password")
    try:
        der = base64.b64decode("".join(match[2].split()), validate=True)
    except binascii.Error as error:
        raise _bad_key("its lines are not base64") from error
    if seed := _SEED.search(der):
        return b"ed25519-sha256", base64.b64encode(seed[1])
    if _bits(der) < _SMALLEST_RSA:
        raise _bad_key("it is neither Ed25519 nor RSA of 1024 bits or more (RFC 8301)")
    lines = "\n".join(match[2].split())
    return b"rsa-sha256", f"-----BEGIN {_KIND}-----\n{lines}\n-----END {_KIND}-----\n".encode()


def _bits(der: bytes) -> int:
    """The length of an RSA key's modulus; 0 if it is none."""
    from dkim.crypto import UnparsableKeyError, parse_private_key  # noqa: PLC0415 - see signer

    try:
        return int(parse_private_key(der)["modulus"]).bit_length()
    except (UnparsableKeyError, ValueError, LookupError, TypeError):
        return 0


def _label(name: str, value: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", value):
        raise DeliveryError(
            f"carriers.dkim.{name} must be a name as DNS has it (letters, digits, hyphens, dots; xn--… for others),"
            f" not {value!r}"
        )
    return value.lower().encode("ascii")


def _not_installed() -> DeliveryError:
    return DeliveryError(
        "[carriers.dkim] is configured and what signs is not installed: pip install 'feeder[dkim]', or take the section"
        " out if the mail server signs"
    )


def _bad_key(why: str) -> DeliveryError:
    return DeliveryError(
        f"carriers.dkim.key does not sign: {why}; make one with `openssl genpkey -algorithm rsa -pkeyopt"
        " rsa_keygen_bits:2048`, or `-algorithm ed25519`, and put its public half into DNS"
    )
