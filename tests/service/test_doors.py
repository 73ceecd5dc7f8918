"""Doors: what listens, and what is said where it cannot."""

from __future__ import annotations

import logging
import socket

import pytest

from feeder.errors import ServiceError
from feeder.service.doors import Doors


class Listener:
    """A server of the smallest kind."""

    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._socket = socket.socket()

    def start(self) -> None:
        self._socket.bind(self._place)
        self._socket.listen()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def taken() -> socket.socket:
    """A port that another program has."""
    other = socket.socket()
    other.bind(("127.0.0.1", 0))
    other.listen()
    return other


def test_a_port_that_is_taken_is_said_with_its_key_and_what_to_do(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    doors = Doors({f"[web] port {port}": lambda: Listener("127.0.0.1", port)})
    with taken, pytest.raises(ServiceError, match=rf"^\[web\] port {port}: another program listens there; stop it"):
        doors.open()


def test_an_address_of_another_machine_is_said_too() -> None:
    with pytest.raises(ServiceError, match="this machine has no such address"):
        Doors({"[web] host": lambda: Listener("192.0.2.1", 0)}).open()


def test_a_stand_by_waits_for_the_port_says_so_once_and_opens_it_when_it_is_free(
    taken: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    port = taken.getsockname()[1]
    doors = Doors({"[web] port": lambda: Listener("127.0.0.1", port)})
    with taken:
        doors.open(is_patient=True)
        doors.open(is_patient=True)
        assert [one.levelno for one in caplog.records] == [logging.WARNING]
    doors.open(is_patient=True)
    with socket.create_connection(("127.0.0.1", port), 1):
        pass
    doors.open()  # open already: nothing to do
    doors.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)


def test_a_door_that_will_not_close_keeps_no_other_open() -> None:
    closed = []

    class Stuck(Listener):
        def close(self) -> None:
            super().close()
            raise RuntimeError("stuck")

    class Noted(Listener):
        def close(self) -> None:
            super().close()
            closed.append("first")

    doors = Doors({"first": lambda: Noted("127.0.0.1", 0), "second": lambda: Stuck("127.0.0.1", 0)})
    doors.open()
    doors.close()
    assert closed == ["first"]
