"""The state: the database, who works on it, what was published of it, its backups."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.parsers import expat

from feeder.errors import StoreError
from feeder.model import OutputRecord
from feeder.pipeline.backing_up import read_back
from feeder.pipeline.counting import held
from feeder.pipeline.doctor.patient import Finding, Patient
from feeder.pipeline.holding import is_dead
from feeder.store.backups.shelf import shelved

_LEASES = ("clock", "output", "curate", "compose", "backup")
_LONG_LOG = 256_000_000  # bytes
_STALE = timedelta(days=2)
_LEFT_OVER = timedelta(hours=1)
_SHOWN = 3


def database(patient: Patient, _now: datetime) -> Iterator[Finding | str]:
    """Whether the store is there, of this version, and whole."""
    seen = patient.database
    if seen.schema is None:
        yield Finding("there is no store yet", "feeder run makes it", is_trouble=False)
        return
    with patient.store() as store:
        if store is None:
            yield Finding(
                f"it has schema {seen.schema}, an older one", "the next round migrates it, and copies it first"
            )
            return
        examined, holds = store.examine(), held(store.counts())
    yield f"schema {examined.schema}, {examined.size // 1000:,} kB, {holds}"
    for words in examined.wrong:
        yield Finding(
            f"it is not whole: {words}", "stop feeder; feeder backup list, then feeder restore FILE --replace"
        )
    if examined.wal > _LONG_LOG:
        yield Finding(
            f"its log has {examined.wal // 1_000_000} MB, which some reader keeps from being emptied",
            "look who has the file open (fuser feeder.db-wal); the night empties it",
            is_trouble=False,
        )


def leases(patient: Patient, _now: datetime) -> Iterator[Finding | str]:
    """Who works on the store, and who is gone without saying so. By the real clock, as leases are."""
    now = datetime.now(UTC)
    with patient.store() as store:
        held = [lease for name in _LEASES if store and (lease := store.leases.get(name)) is not None]
    for lease in held:
        is_gone = is_dead(lease.holder) or lease.until <= now
        yield f"{lease.name}: {lease.holder}" + (", which is gone: whoever comes next takes over" if is_gone else "")
    if not any(lease.name == "clock" and lease.until > now and not is_dead(lease.holder) for lease in held):
        yield "no clock serves this store: feeder serve does, or cron"


def output(patient: Patient, _now: datetime) -> Iterator[Finding | str]:
    """Whether readers get what was written, all of it, and nothing half-written lies about."""
    with patient.store() as store:
        manifest: Mapping[str, OutputRecord] = store.outputs.manifest() if store else {}
    yield f"{len(manifest)} files were published"
    wrong: dict[str, list[str]] = {}
    for path, record in sorted(manifest.items()):
        if (words := _wrong(patient.output / path, record)) is not None:
            wrong.setdefault(words, []).append(path)
    for words, paths in wrong.items():
        named = ", ".join(paths[:_SHOWN]) + (f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")
        yield Finding(
            f"{words}: {named}", f"feeder publish writes them anew; look who else writes into {patient.output}"
        )
    old = datetime.now(UTC) - _LEFT_OVER
    left = [path for path in patient.output.rglob(".feeder-writing-*") if _time_of(path) < old]
    if left:
        yield Finding(
            f"{len(left)} files are half-written, as {left[0]}", "feeder publish removes them", is_trouble=False
        )


def _time_of(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.now(UTC)


def _wrong(path: Path, record: OutputRecord) -> str | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"unreadable ({error.strerror})"
    if hashlib.sha256(data).hexdigest() != record.digest:
        return "not as they were written"
    return None if is_well_formed(path.suffix, data) else "written, and not well-formed"


def is_well_formed(suffix: str, data: bytes) -> bool:
    """Whether a program can read a file of this kind at all; of others than XML and JSON it has bytes."""
    try:
        if suffix in (".xml", ".opml"):
            expat.ParserCreate().Parse(data, True)
        elif suffix == ".json":
            json.loads(data)
    except (expat.ExpatError, ValueError):
        return False
    return bool(data)


def backups(patient: Patient, now: datetime) -> Iterator[Finding | str]:
    """Whether there is a backup that is new and whole."""
    found = shelved(patient.backups)
    if not found:
        is_missed = patient.config.backup.keep > 0 and patient.database.schema is not None
        fix = "feeder backup makes one; feeder serve does each night"
        yield Finding(f"there is none in {patient.backups}", fix, is_trouble=is_missed)
        return
    newest = found[0]
    yield f"{len(found)} in {patient.backups}, the newest of {newest.made:%Y-%m-%d %H:%M} UTC"
    if now - newest.made > _STALE:
        yield Finding(
            f"the newest backup is {(now - newest.made).days} days old",
            "feeder backup; then see why no night made one: feeder log, [backup] keep",
        )
    try:
        read_back(newest.path)
    except StoreError as error:
        yield Finding(str(error), "feeder backup makes a new one")
