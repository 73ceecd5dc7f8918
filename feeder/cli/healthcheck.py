"""`feeder healthcheck`: for containers, which ask often; so it reads the one setting that it needs and loads little."""

from __future__ import annotations

import http.client
import os
import sys
import tomllib
from pathlib import Path

import click

from feeder.errors import ConfigError

_VARIABLE = "FEEDER_WEB__STATUS"
_DEFAULT = "127.0.0.1:8081"
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104 - what listens everywhere is asked at home
_LONGEST = 300


@click.command()
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=Path("config.toml"),
    envvar="FEEDER_CONFIG",
    show_default=True,
    help="The publication's configuration.",
)
@click.option("--ready", is_flag=True, help="Ask whether it does its work, not only whether it lives.")
@click.option("--timeout", metavar="SECONDS", default=5.0, show_default=True, help="How long to wait for an answer.")
def healthcheck(config_path: Path, ready: bool, timeout: float) -> None:
    """Ask the running service how it is, at [web] status; exit code 0 if well, 1 if not."""
    place = _status(config_path)
    if not place:
        raise ConfigError(('[web] status is empty: nobody answers; name an address, such as "127.0.0.1:8081"',))
    host, _, port = place.rpartition(":")
    host = _ANYWHERE.get(host, host).strip("[]")
    path = "/readyz" if ready else "/healthz"
    try:
        connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
        connection.request("GET", path)
        answer = connection.getresponse()
        said = answer.read(100_000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException, ValueError) as error:
        click.echo(f"not well: {place} does not answer: {error}")
        sys.exit(1)
    click.echo(_line(said) if answer.status == http.client.OK else f"not well: {_line(said)}")
    sys.exit(0 if answer.status == http.client.OK else 1)


def _status(config_path: Path) -> str:
    """The setting as the service reads it: from the environment, a file that this names, or config.toml."""
    if (value := os.environ.get(_VARIABLE)) is not None:
        return value
    try:
        if named := os.environ.get(f"{_VARIABLE}_FILE"):
            return (config_path.parent / named).read_text(encoding="utf-8").strip()
        return str(tomllib.loads(config_path.read_text(encoding="utf-8")).get("web", {}).get("status", _DEFAULT))
    except FileNotFoundError as error:
        missing = Path(error.filename)
        raise ConfigError(
            (f"{missing}: there is no such file; --config or FEEDER_CONFIG names the publication's configuration",)
        ) from error
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError((f"{config_path}: the address of the service cannot be read: {error}",)) from error


def _line(said: str) -> str:
    """What was answered in one line; of /readyz the reasons."""
    if said.startswith("{"):
        import json  # noqa: PLC0415 - costs what only --ready needs

        facts = json.loads(said)
        return "; ".join(facts["reasons"]) or f"ready: {facts['role']}"
    return " ".join(said.split())[:_LONGEST]
