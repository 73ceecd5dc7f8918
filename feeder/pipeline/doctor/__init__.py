"""The doctor: examines the house, changes nothing, and says of each trouble what mends it.

Each examination stands alone: what breaks one stops no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from feeder.errors import FeederError
from feeder.pipeline.doctor.machine import clock, disk, libraries, permissions, zone_data
from feeder.pipeline.doctor.patient import Examination, Finding, Patient
from feeder.pipeline.doctor.reach import hubs, mail
from feeder.pipeline.doctor.state import backups, database, leases, output
from feeder.pipeline.doctor.words import configuration, placeholders_left

__all__ = ["Examination", "Finding", "Patient", "examine"]

log = logging.getLogger("feeder.doctor")

Check = Callable[[Patient, datetime], Iterator[Finding | str]]

CHECKS: Mapping[str, Check] = {
    "configuration": configuration,
    "placeholders": placeholders_left,
    "libraries": libraries,
    "zone data": zone_data,
    "permissions": permissions,
    "disk": disk,
    "database": database,
    "clock": clock,
    "leases": leases,
    "output": output,
    "backups": backups,
    "hubs": hubs,
    "mail": mail,
}
OUTSIDE = ("hubs", "mail")
"""What is left out without a network."""


def examine(patient: Patient, now: datetime, checks: Mapping[str, Check] = CHECKS) -> Sequence[Examination]:
    """Look at everything; what a check says of the house, with whatever is wrong with the check itself."""
    names = [name for name in checks if not (patient.offline and name in OUTSIDE)]
    return [_examined(name, checks[name], patient, now) for name in names]


def _examined(name: str, check: Check, patient: Patient, now: datetime) -> Examination:
    facts: list[str] = []
    findings: list[Finding] = []
    try:
        for said in check(patient, now):
            (facts if isinstance(said, str) else findings).append(said)  # type: ignore[arg-type]
    except FeederError as error:
        findings.append(Finding(str(error), ""))
    except Exception as bug:  # the doctor's own trouble keeps nobody from hearing the rest
        log.debug("the check of the %s failed unexpectedly", name, exc_info=bug)
        findings.append(
            Finding(f"could not be examined: {type(bug).__name__}: {bug}", "report this as a bug of feeder")
        )
    return Examination(name, tuple(facts), tuple(findings))
