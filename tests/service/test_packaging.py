"""What feeder is run by: the unit of systemd, the image, compose. Read by the tools that will read them."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from feeder.config import Config
from feeder.config.environment import variables
from feeder.service.pulse import FRESH_SECONDS
from feeder.service.serving import LIMIT
from tests.conftest import ROOT
from tests.needs import missing, program

PACKAGING = ROOT / "packaging"
UNIT = (PACKAGING / "feeder.service").read_text(encoding="utf-8")
DOCKERFILE = (PACKAGING / "Dockerfile").read_text(encoding="utf-8")
EXPOSURE = 1.2  # 1.1, as systemd 252 counts; what cannot be less is the network


def directive(name: str) -> str:
    """The last value of a directive of the unit."""
    values: list[str] = re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)
    return values[-1]


def seconds(span: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(s|min)", span).groups()  # type: ignore[union-attr]
    return int(number) * {"s": 1, "min": 60}[unit]


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with a program that is here."""
    path = tmp_path / "feeder.service"
    path.write_text(re.sub(r"(?<=^ExecStart=)\S+", sys.executable, UNIT, flags=re.MULTILINE), encoding="utf-8")
    return path


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    tool = program("systemd-analyze")
    return subprocess.run([tool, "--no-pager", *words], capture_output=True, text=True, check=False, timeout=60)


def test_systemd_finds_nothing_wrong_with_the_unit(unit: Path) -> None:
    done = analyze("--man=no", "verify", str(unit))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_finds_a_fault_that_is_there(unit: Path) -> None:
    unit.write_text(unit.read_text(encoding="utf-8").replace("WatchdogSec=60s", "WatchdogSec=soon"), encoding="utf-8")
    assert "soon" in analyze("--man=no", "verify", str(unit)).stderr


def test_systemd_calls_the_unit_little_exposed(unit: Path) -> None:
    done = analyze("security", "--offline=true", f"--threshold={round(EXPOSURE * 10)}", str(unit))
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= EXPOSURE
    assert done.returncode == 0


def test_the_unit_waits_longer_for_the_end_than_feeder_does_itself() -> None:
    assert seconds(directive("TimeoutStopSec")) > LIMIT
    assert directive("KillMode") == "mixed"


def test_the_watchdog_outlasts_the_longest_pause_between_two_beats() -> None:
    assert seconds(directive("WatchdogSec")) > FRESH_SECONDS


def test_what_the_unit_starts_and_reloads_is_what_feeder_understands() -> None:
    assert directive("ExecStart").endswith("/bin/feeder serve")
    assert directive("ExecReload") == "/bin/kill -HUP $MAINPID"
    assert (directive("Type"), directive("RestartPreventExitStatus")) == ("notify", "2")


def test_every_secret_that_is_named_as_an_example_is_a_setting() -> None:
    known = dict(variables(Config, {}))
    files = UNIT + (PACKAGING / "compose.yaml").read_text(encoding="utf-8")
    named = re.findall(r"\bFEEDER_\w+?(?=_FILE\b|:|\b)", files)
    assert len(named) >= 3
    assert [name for name in named if name not in known] == []


def stages() -> list[list[str]]:
    """The instructions of each stage of the image, continued lines joined, comments left out."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    found: list[list[str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("FROM "):
            found.append([])
        found[-1].append(line)
    return found


def test_the_linter_finds_nothing_wrong_with_the_image() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    if not linter.exists():
        missing("hadolint is not installed; it has no wheel for this machine")
    done = subprocess.run([linter, PACKAGING / "Dockerfile"], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_image_is_small_pinned_and_not_roots() -> None:
    build, final = stages()
    assert all(re.fullmatch(r"FROM python:3\.\d+-slim-\w+( AS build)?", stage[0]) for stage in (build, final))
    version = re.findall(r"3\.\d+", DOCKERFILE)[0]
    assert f'"Programming Language :: Python :: {version}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "USER 10001:10001" in final
    assert "STOPSIGNAL SIGTERM" in final
    assert any(line.startswith("HEALTHCHECK ") and line.endswith('CMD ["feeder", "healthcheck"]') for line in final)
    assert [line for line in final if line.startswith("COPY")] == ["COPY --from=build /venv /venv"]
    assert final[-2:] == ['ENTRYPOINT ["feeder"]', 'CMD ["serve"]']


def is_sent(name: str) -> bool:
    """Whether a file of the checkout is sent to the builder, as .dockerignore says."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        parts = name.split("/")
        whole = ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]
        wanted = [parts] if pattern.startswith("**/") else [whole]
        if (
            line
            and not line.startswith("#")
            and any(fnmatch.fnmatch(one, pattern.removeprefix("**/")) for one in wanted[0])
        ):
            sent = line.startswith("!")
    return sent


def test_nothing_is_sent_to_the_builder_but_what_the_wheel_is_made_of() -> None:
    for name in ("feeder.db", ".git/config", "feeds/rss.xml", ".env", "tests/conftest.py", "feeder/__pycache__/a.pyc"):
        assert not is_sent(name), name
    build = stages()[0]
    copied = [name for line in build if line.startswith("COPY") for name in line.split()[1:-1]]
    for name in copied:
        assert (ROOT / name).exists(), name
        assert is_sent(name), name
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    forced = re.search(r"wheel\.force-include\]\n((?:\".*\n)+)", project)
    assert forced
    needed = {name.split("/")[0] for name in re.findall(r'^"([^"]+)"', forced[1], re.MULTILINE)}
    assert {"pyproject.toml", "README.md", "LICENSE", "feeder"} | needed <= set(copied)


def test_compose_gives_a_container_one_folder_to_write_and_no_rights() -> None:
    composed: dict[str, Any] = yaml.safe_load((PACKAGING / "compose.yaml").read_text(encoding="utf-8"))
    service = composed["services"]["feeder"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["publication:/publication"]
    assert service["tmpfs"] == ["/tmp"]
    assert "hostname" not in service
    assert (PACKAGING / service["build"]["context"]).resolve() == ROOT
    assert seconds(service["stop_grace_period"]) > LIMIT
    assert [port for port in service["ports"] if not port.startswith("127.0.0.1:")] == []
    assert service["ports"] == ["127.0.0.1:8080:8080"]
    assert {"EXPOSE 8080", "ENV FEEDER_WEB__LISTEN=0.0.0.0:8080"} <= set(stages()[1])
