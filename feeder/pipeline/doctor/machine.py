"""The machine: Python and libraries, time and zones, folders and disks."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feeder.pipeline.doctor.patient import Finding, Patient

OLDEST_PYTHON = (3, 11)
_OFF = timedelta(minutes=2)
_AHEAD = timedelta(minutes=5)
_LITTLE = 500_000_000  # bytes
_SHOWN = 3


def libraries(_patient: Patient, _now: datetime) -> Iterator[Finding | str]:
    """Whether what feeder needs is installed, in versions that it knows."""
    yield f"Python {sys.version.split()[0]}, feeder {version('feeder')}"
    if sys.version_info < OLDEST_PYTHON:
        yield Finding("this Python is too old", "install Python 3.11 or newer, and feeder into it")
    for line in requires("feeder") or ():
        wanted, _, condition = line.partition(";")
        if not condition:
            yield from _library(wanted.strip())


def _library(wanted: str) -> Iterator[Finding]:
    name = re.split(r"[\[<>=!~ (]", wanted)[0]
    fix = f"pip install '{wanted}'"
    try:
        found = version(name)
    except PackageNotFoundError:
        yield Finding(f"{name} is not installed", fix)
        return
    for sign, bound in re.findall(r"(>=|<|==|!=)\s*([\d.]+)", wanted):
        if not is_within(found, sign, bound):
            yield Finding(f"{name} {found} is installed, and feeder needs {sign}{bound}", fix)


def is_within(found: str, sign: str, bound: str) -> bool:
    """Whether a version keeps a bound of a requirement; only its numbers count."""
    one, other = (_numbers(words) for words in (found, bound))
    length = max(len(one), len(other))
    one, other = (numbers + (0,) * (length - len(numbers)) for numbers in (one, other))
    return {">=": one >= other, "<": one < other, "==": one == other, "!=": one != other}[sign]


def _numbers(words: str) -> tuple[int, ...]:
    match = re.match(r"\d+(?:\.\d+)*", words)
    return tuple(map(int, match[0].split("."))) if match else ()


def zone_data(patient: Patient, now: datetime) -> Iterator[Finding | str]:
    """Whether the publication's time zone is known, and by data that is not too old."""
    name = patient.config.publication.timezone
    try:
        here = now.astimezone(ZoneInfo(name))
    except ZoneInfoNotFoundError:
        yield Finding(f"no data says what time it is in {name}", "pip install -U tzdata")
        return
    yield f"{name}: {here:%Y-%m-%d %H:%M %Z}, tzdata {version('tzdata')}"
    if int(version("tzdata").split(".")[0]) < now.year - 1:
        yield Finding(
            f"tzdata {version('tzdata')} is old; where laws changed the clocks since, slots come at the wrong hour",
            "pip install -U tzdata",
            is_trouble=False,
        )


def clock(patient: Patient, now: datetime) -> Iterator[Finding | str]:
    """Whether this machine knows what time it is: by what ran before, by NTP, by somebody else's clock."""
    with patient.store() as store:
        newest = store.signs.last_run() if store else None
    if newest is not None and newest - now > _AHEAD:
        yield Finding(
            f"feeder ran at {newest:%Y-%m-%d %H:%M} UTC already, and it is {now:%Y-%m-%d %H:%M} UTC here",
            "set this machine's clock (timedatectl set-ntp true); if it was wrong before, wait until it is that late",
        )
    if (synchronised := _by_ntp()) is not None:
        yield f"set by NTP: {'yes' if synchronised else 'no'}"
        if not synchronised:
            yield Finding("nothing sets this machine's clock", "timedatectl set-ntp true", is_trouble=False)
    if patient.offline or (told := patient.ask_time()) is None:
        return
    where, there = told
    yield f"{where} says {there:%Y-%m-%d %H:%M:%S} UTC"
    if abs(off := now - there) > _OFF:
        way = "ahead of" if off > timedelta(0) else "behind"
        yield Finding(
            f"this machine's clock is {abs(off) // timedelta(minutes=1)} minutes {way} that of {where}",
            "timedatectl set-ntp true",
        )


def _by_ntp() -> bool | None:
    """What systemd says; None where there is none."""
    if not (program := shutil.which("timedatectl")):
        return None
    try:
        said = subprocess.run(  # noqa: S603 - systemd's own program, always with these words
            [program, "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return {"yes": True, "no": False}.get(said)


def permissions(patient: Patient, _now: datetime) -> Iterator[Finding | str]:
    """Whether feeder may write where it has to, and a web server may read what is published."""
    me = f"uid {os.geteuid()}"
    file = patient.database.file
    for what, folder in (("the output", patient.output), ("the store", file.parent if file else None)):
        if folder is not None and not _may_write(folder):
            yield Finding(
                f"{me} may not write {what} in {folder}", f"chown or chmod {folder}, or run feeder as its owner"
            )
    if file is not None and file.exists() and not os.access(file, os.R_OK | os.W_OK):
        yield Finding(f"{me} may not write {file}", f"chown or chmod {file}")
    written = [path for path in (patient.output, file, patient.backups) if path is not None and path.exists()]
    if os.geteuid() == 0 and len({path.stat().st_uid == 0 for path in written}) > 1:
        roots = ", ".join(str(path) for path in written if path.stat().st_uid == 0)
        yield Finding(f"{roots}: root's, and the rest is not", "run feeder as its owner, and chown -R what is root's")
    if patient.config.backup.keep and not _may_write(patient.backups):
        yield Finding(f"{me} may not write backups into {patient.backups}", "name another [backup] folder, or chown it")
    closed = [path for path in _published(patient.output) if not _is_readable(path)]
    if closed:
        named = ", ".join(str(path) for path in closed[:_SHOWN])
        yield Finding(
            f"{len(closed)} published files or folders cannot be read by a web server: {named}",
            "chmod -R o+rX " + str(patient.output),
        )
    yield f"as {me}"


def _may_write(folder: Path) -> bool:
    """Whether a folder may be written, or made where it is not there yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _published(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield folder
        yield from (path for path in folder.rglob("*") if not path.name.startswith(".feeder-"))


def _is_readable(path: Path) -> bool:
    """By everybody, or by its group, which a web server joins."""
    mode = path.stat().st_mode
    wanted = 0o5 if stat.S_ISDIR(mode) else 0o4
    return mode & wanted == wanted or mode >> 3 & wanted == wanted


def disk(patient: Patient, _now: datetime) -> Iterator[Finding | str]:
    """Whether there is room where the house writes."""
    file = patient.database.file
    places = (patient.config.base, patient.output, patient.backups, *((file.parent,) if file else ()))
    devices = {place.stat().st_dev: place for place in places if place.exists()}
    for place in devices.values():
        usage = shutil.disk_usage(place)
        yield f"{usage.free // 1_000_000:,} MB free in {place}"
        if usage.free < max(_LITTLE, usage.total // 50):
            yield Finding(f"the disk of {place} is nearly full: {usage.free // 1_000_000} MB left", "make room there")
