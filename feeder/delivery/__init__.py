"""Doors out: the published folder, and what takes a digest away.

A carrier is one of two kinds. A **post** takes a message for each recipient, who are ours to remember (an outbox, see
feeder/pipeline/mailing.py). A **list server** has recipients of its own and takes the digest once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Protocol, runtime_checkable

from feeder.config import Config
from feeder.model import Digest, Edition


@runtime_checkable
class ListServer(Protocol):
    """Keeps the subscribers, and sends. `unsubscribe` is what the digest it is given shows as the way to leave."""

    @property
    def unsubscribe(self) -> str: ...

    def hand_over(self, edition: Edition, digest: Digest) -> str:
        """Give it an edition, unless it has it already; return what it calls it. DeliveryError where it does not."""
        ...


def _opener(place: str) -> Callable[[Config], object]:
    """What opens a carrier, imported when it is called: most commands send nothing."""
    module, name = place.split(":")

    def open_carrier(config: Config) -> object:
        opened: object = getattr(import_module(f"feeder.delivery.{module}"), name)(config)
        return opened

    return open_carrier


CARRIERS: Mapping[str, Callable[[Config], object]] = {
    "smtp": _opener("smtp:Post"),
    "listmonk": _opener("listmonk:Listmonk"),
}
"""The carriers by name: each is made of the configuration, and connects when it is needed."""
