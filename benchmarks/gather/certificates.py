"""A certificate authority for an afternoon: made with the openssl command, in a folder that goes away."""

from __future__ import annotations

import subprocess
from pathlib import Path

GROUP = 100  # sources whose addresses share a certificate


def address(number: int) -> str:
    """The loopback address of a source."""
    return f"127.10.{number // 250}.{number % 250 + 1}"


def make(folder: Path, sources: int) -> None:
    """Write ca.pem, server.key, and group0.pem … with the addresses of a hundred sources each."""
    _openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"),
        *("-subj", "/CN=feeder bench CA", "-addext", "keyUsage=critical,keyCertSign"),
        *("-keyout", folder / "ca.key", "-out", folder / "ca.pem"),
    )
    _openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", folder / "server.key")
    _openssl("req", "-new", "-key", folder / "server.key", "-subj", "/CN=bench", "-out", folder / "server.csr")
    for group in range(-(-sources // GROUP)):
        names = ",".join(f"IP:{address(group * GROUP + n)}" for n in range(GROUP))
        extensions = folder / "extensions"
        extensions.write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
        _openssl(
            *("x509", "-req", "-in", folder / "server.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key"),
            *("-days", "2", "-set_serial", str(group + 2)),
            *("-extfile", extensions, "-out", folder / f"group{group}.pem"),
        )


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
