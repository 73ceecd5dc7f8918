"""Who has to be reached: hubs and mail servers. Nothing is announced and nothing is sent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from urllib.parse import urlsplit

from feeder.config.carriers import MailServer
from feeder.delivery import smtp
from feeder.errors import DeliveryError
from feeder.pipeline.doctor.patient import Finding, Patient

_PATIENCE = 10  # seconds
_PORTS = {"https": 443, "http": 80}


def hubs(patient: Patient, _now: datetime) -> Iterator[Finding | str]:
    """Whether the servers that are told of what is new take connections: hubs, webhooks, a list manager."""
    config = patient.config
    named = [("announce.hubs", url) for url in config.announce.hubs]
    named += [(f"webhooks.{one.id}", one.url.get_secret_value()) for one in config.webhooks]
    if config.carriers.listmonk:
        named.append(("carriers.listmonk", config.carriers.listmonk.url))
    for key, url in named:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)
        try:
            socket.create_connection((host, port), _PATIENCE).close()
            yield f"{key}: {host}:{port} takes connections"
        except OSError as error:
            yield Finding(
                f"{key}: {host}:{port} cannot be reached: {error}", "is the address right, and the network there?"
            )
    if not named:
        yield "nobody is told of what is new: [announce] hubs, [[webhooks]]"


def mail(patient: Patient, _now: datetime) -> Iterator[Finding | str]:
    """Whether the mail servers let us in: connection, certificate, log-in, as for a real message; then farewell."""
    config = patient.config
    servers: list[tuple[str, MailServer | None]] = [
        ("carriers.smtp", config.carriers.smtp),
        ("alerts.smtp", config.alerts.smtp),
    ]
    there = [(section, server) for section, server in servers if server is not None]
    for section, server in there:
        try:
            with closing(smtp.connect(server, section)):
                yield f"{section}: {server.host}:{server.port} lets us in"
        except DeliveryError as error:
            yield Finding(f"{section}: {error}", "put the server's name, port, security and log-in right")
    if not there:
        yield "no mail server is set up"
