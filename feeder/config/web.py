"""Where feeder listens: what everyone may read."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field

from feeder.config.settings import Settings


def host_and_port(listen: str) -> tuple[str, int] | None:
    """An address to listen at, None for the empty one; ValueError if it is none."""
    if not listen:
        return None
    host, colon, port = listen.rpartition(":")
    host = "127.0.0.1" if host == "localhost" else host.removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(host)
        if colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
            return host, int(port)
    except ValueError:
        pass
    raise ValueError('is no address and port to listen at: write "127.0.0.1:8080", "0.0.0.0:8080" or "[::1]:8080"')


def _listening(listen: str) -> str:
    host_and_port(listen)
    return listen


Listen = Annotated[str, AfterValidator(_listening)]


class Web(Settings):
    """What `feeder serve` answers itself; a proxy before it brings TLS (docs/serving.md)."""

    listen: Listen = Field(
        default="127.0.0.1:8080",
        description="Address and port where the files of `[output] folder` are served; empty: another program does.",
    )
    status: Listen = Field(
        default="127.0.0.1:8081",
        description="Address and port where maintainers and machines see how the service is (docs/operations.md):"
        " a page, /healthz, /readyz, /metrics; empty: nowhere. It knows no login: leave it on loopback or behind a"
        " proxy.",
    )
