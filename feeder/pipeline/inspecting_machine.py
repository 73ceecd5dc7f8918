"""What is wrong now, by what the machine says: published files, disks, the clock."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feeder.curation.conditions import at, disk
from feeder.errors import DeliveryError
from feeder.model import Condition
from feeder.pipeline.house import House
from feeder.pipeline.inspecting import Looked

MEGABYTE = 1_000_000
NAMED = 3
SET_BACK = timedelta(minutes=10)


def files(house: House, now: datetime) -> Looked:
    """Whether what readers fetch is what was published. What is wrong once may just be written; what is wrong at two
    looks is wrong. A file that did not change since it was found well is not read again."""
    if house.output.pretend:
        return Looked(())
    found = dict(_wrong_files(house))
    lease = house.store.leases.get("output")
    if found and lease is not None and lease.until > datetime.now(UTC):
        return Looked(())  # somebody writes right now
    lasting, house.vigil.suspects = house.vigil.suspects & found.keys(), frozenset(found)
    if not lasting:
        return Looked(("output:files",) if not found else ())
    what = "missing" if any(found[path] == "missing" for path in lasting) else found[min(lasting)]
    named = ", ".join(f"{path} is {found[path]}" for path in sorted(lasting)[:NAMED])
    more = f" and {len(lasting) - NAMED} more" if len(lasting) > NAMED else ""
    words = f"{named}{more}; each round writes it anew (at once: feeder publish): look who else writes into"
    return Looked(("output:files",), (Condition("output:files", what, f"{words} {house.output.folder}", now),))


def _wrong_files(house: House) -> Iterator[tuple[str, str]]:
    """The published lists and feeds that are not as they were written, and how they are."""
    folders = ("", "editions/", *(f"topics/{topic}/" for topic in house.topics))
    names = ("rss.xml", "atom.xml", "feed.json", "index.html")
    written = house.store.announcements.digests([folder + name for folder in folders for name in names])
    for path, digest in written.items():
        if (wrong := _wrong(house, path, digest)) is not None:
            yield path, wrong


def _wrong(house: House, path: str, digest: str) -> str | None:
    try:
        stat = (house.output.folder / path).stat()
        mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino, int(digest[:12], 16))
        if house.vigil.files.get(path) == mark:
            return None
        data = house.output.read(path) or b""
    except FileNotFoundError:
        return "missing"
    except (OSError, DeliveryError):
        return "unreadable"
    if hashlib.sha256(data).hexdigest() != digest:
        return "damaged" if data else "empty"
    house.vigil.files[path] = mark
    return None


def disks(house: House, now: datetime) -> Looked:
    """Whether there is room where the store and the output are."""
    limit, zone = house.config.alerts.disk_free, house.config.publication.zone
    known = {one.about: one.what for one in house.store.conditions.list()}
    wrong, kinds, seen = [], [], set[int]()
    for name, place in _places(house):
        try:
            device, free = place.stat().st_dev, shutil.disk_usage(place).free
        except OSError:
            continue
        kinds.append(f"disk:{name}")
        what = None if device in seen else disk(free, limit * MEGABYTE, known.get(f"disk:{name}"))
        seen.add(device)
        if what is not None:
            words = f"{free // MEGABYTE} MB were free at {at(now, zone)}, and [alerts] disk_free wants {limit}"
            wrong.append(Condition(f"disk:{name}", what, f"{words}: make room where {place} is", now))
    return Looked(tuple(kinds), tuple(wrong))


def _places(house: House) -> Iterator[tuple[str, Path]]:
    if (store := house.store.signs.file) is not None:
        yield "store", store.parent
    folder = house.output.folder
    yield "output", folder if folder.is_dir() else folder.parent


def wall_clock(house: House, now: datetime) -> Looked:
    """Whether the clock is behind what it said before, or was set since the last look."""
    zone, last = house.config.publication.zone, house.store.signs.last_run()
    if last is not None and last - now > SET_BACK:
        words = f"it says {at(now, zone)}, and feeder worked at {at(last, zone)}: set it right (timedatectl), or wait"
        return Looked(("clock",), (Condition("clock", "behind", words, now),))
    if jumped := house.vigil.jumped:
        way = "forward" if jumped > timedelta(0) else "back"
        words = (
            f"it was set {way} by {abs(jumped) // timedelta(minutes=1)} minutes: look whether it is right (timedatectl)"
        )
        return Looked(("clock",), (Condition("clock", "set anew", words, now),))
    return Looked(("clock",))
