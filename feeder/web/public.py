"""The public files on a port: a child process that serves them, started again when it ends."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

log = logging.getLogger("feeder.web")

_START = 5.0
_AT_THE_END = 5.0
_PAUSE = 1.0
_LONGEST_PAUSE = 30.0


class PublicWeb:
    """Serves a folder at an address from `start` to `close`; port 0 takes a free one, which `port` then names."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self.folder = folder
        self.host = host
        self.port = port
        self.is_serving = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_serving, name="web", daemon=True)

    def start(self) -> None:
        """Begin; back at once (`is_serving` follows). OSError if nobody can listen there now."""
        self._probe()
        self._thread.start()

    def close(self) -> None:
        """End the child; whoever is still reading has a few seconds."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_AT_THE_END + 1)

    def _keep_serving(self) -> None:
        pause = _PAUSE
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._probe()
                self._serve_once()
            except OSError as error:
                log.error("cannot serve %s at %s: %s", self.folder, self._shown, error.strerror)
            self.is_serving.clear()
            if self._stop.is_set():
                return
            pause = _PAUSE if time.monotonic() - began > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
            log.error("the server at %s ended; it is started again in %d s", self._shown, pause)
            self._stop.wait(pause)

    @property
    def _shown(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def _probe(self) -> None:
        """OSError if another program listens there: the server shares its port with its like, and would not notice."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((self.host, self.port))
            self.port = probe.getsockname()[1]

    def _serve_once(self) -> None:
        command = [sys.executable, "-m", "feeder.web.child", str(self.folder.absolute()), self.host, str(self.port)]
        child = subprocess.Popen(  # noqa: S603 - ourselves
            command, stdin=subprocess.PIPE, start_new_session=True
        )
        try:
            if self._answers(child):
                self.is_serving.set()
                log.info("serving %s at http://%s/", self.folder, self._shown)
            while child.poll() is None and not self._stop.is_set():
                self._stop.wait(0.5)
        finally:
            _end(child)

    def _answers(self, child: subprocess.Popen[bytes]) -> bool:
        until = time.monotonic() + _START
        while child.poll() is None and time.monotonic() < until and not self._stop.is_set():
            try:
                socket.create_connection((self.host, self.port), 1).close()
            except OSError:
                self._stop.wait(0.02)
            else:
                return True
        return False


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.stdin:
        child.stdin.close()
    try:
        child.wait(_AT_THE_END)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
