"""The two servers, each a process on a core of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "packaging/nginx.conf"
_TICKS = os.sysconf("SC_CLK_TCK")
_NGINX = """
{user}
daemon off; worker_processes 1; worker_rlimit_nofile 10000; pid {place}/pid; error_log {place}/error.log;
events {{ worker_connections 8000; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_timeout 65; keepalive_requests 1000000;
    client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
    include {place}/sample.conf;
}}
"""


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    name: str
    port: int
    pid: int

    def cpu(self) -> float:
        """User and system seconds of the process that answers, so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def peak(self) -> int:
        """Peak of its memory, in MB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
        return 0


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def feeder(folder: Path, core: int) -> Iterator[Running]:
    """Our own server, as `feeder serve` starts it."""
    port = free_port()
    command = [
        "taskset",
        "-c",
        str(core),
        sys.executable,
        "-m",
        "feeder.web.child",
        str(folder),
        "127.0.0.1",
        str(port),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        _wait(port)
        yield Running("feeder", port, process.pid)
        process.terminate()


@contextmanager
def nginx(folder: Path, place: Path, core: int) -> Iterator[Running]:
    """nginx with the sample that ships and one worker."""
    port = free_port()
    sample = SAMPLE.read_text().replace("/srv/news/feeds", str(folder)).replace("listen [::]:80;", "")
    (place / "sample.conf").write_text(sample.replace("listen 80;", f"listen 127.0.0.1:{port} backlog=4096;"))
    user = "user root;" if os.getuid() == 0 else ""
    (place / "nginx.conf").write_text(_NGINX.format(place=place, user=user))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    command = ["taskset", "-c", str(core), program, "-p", str(place), "-e", "stderr", "-c", str(place / "nginx.conf")]
    with subprocess.Popen(command) as process:
        _wait(port)
        worker = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
        yield Running("nginx", port, int(worker))
        process.terminate()


def _wait(port: int) -> None:
    until = time.monotonic() + 15
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(0.3)
                return
        time.sleep(0.05)
    raise SystemExit(f"nobody answers at port {port}")
