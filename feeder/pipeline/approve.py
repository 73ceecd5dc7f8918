"""Approve: a person's word, or the clock's, on an edition that is composed; after it nothing in it changes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from feeder.errors import DeskError, OutdatedError, StoreError
from feeder.model import Edition, EditionDecision, EditionStatus
from feeder.pipeline.drafting import draft, filled, places, shortage
from feeder.pipeline.house import House

log = logging.getLogger("feeder.approve")

CLOCK = "clock"
"""Who decides where no person did."""

_OPEN = (EditionStatus.DRAFT, EditionStatus.HELD)
_NAMED = 3  # so many errors are told in a reason; `feeder edition check` tells all


def approve(
    house: House, edition_id: str, now: datetime, who: str, why: str, carriers: tuple[str, ...] | None = None
) -> Edition:
    """Let an edition go out: compose it once more, test it, and give it its number. `carriers` are to deliver it, all
    that are set up by default.

    What the self-test finds wrong holds it, with the reasons; one that was approved already stays as it is.
    """
    edition = _known(house, edition_id)
    if edition.is_public:
        return edition
    _refuse_closed(edition, "approved")
    fresh = filled(house, edition)
    if not places(fresh):
        raise DeskError(f"no story is left in edition {edition_id}; skip it: feeder edition skip {edition_id}")
    return release(house, edition, fresh, EditionDecision(who, "approved", why, now), carriers)


def hold(house: House, edition_id: str, now: datetime, who: str, why: str) -> Edition:
    """Keep an edition back until somebody approves or skips it."""
    edition = _known(house, edition_id)
    _refuse_closed(edition, "held")
    return keep(house, edition, _held(edition, EditionDecision(who, "held", why, now)))


def skip(house: House, edition_id: str, now: datetime, who: str, why: str) -> Edition:
    """Let an edition not appear; its stories are free for the next one."""
    edition = _known(house, edition_id)
    if edition.status is EditionStatus.SKIPPED:
        return edition
    _refuse_closed(edition, "skipped")
    return house.store.editions.skip(edition_id, why, (EditionDecision(who, "skipped", why, now),))


def recompose(house: House, edition_id: str, now: datetime) -> Edition:
    """Compose an edition again as an editor wants it by now, with its cutoff and status as they were."""
    edition = _known(house, edition_id)
    _refuse_closed(edition, "composed again")
    fresh = keep(house, edition, filled(house, edition))
    log.info("edition %s composed again at %s: %d stories", edition_id, now, len(places(fresh)))
    return fresh


def decide(house: House, now: datetime) -> Iterator[Edition]:
    """What becomes of the editions about which nobody said a word in time, the oldest first."""
    for edition in waiting(house):
        if edition.decide_by is not None and edition.decide_by <= now:
            try:
                yield _on_silence(house, edition, edition.decide_by, now)
            except OutdatedError as error:
                log.info("%s", error)


def waiting(house: House) -> list[Edition]:
    """The editions that the clock decides about if nobody does, the oldest first; none if all wait for a person."""
    if house.config.digest.review == "manual":
        return []
    return [one for one in reversed(house.store.editions.list(EditionStatus.DRAFT)) if one.decide_by is not None]


def _on_silence(house: House, edition: Edition, decide_by: datetime, now: datetime) -> Edition:
    if house.config.digest.on_silence == "hold":
        return hold_back(house, edition, edition, "nobody approved it in the time for review", now)
    if (late := lateness(house, edition.id, decide_by, now)) is not None:
        return hold_back(house, edition, edition, late, now)
    fresh = filled(house, edition)
    if (short := shortage(house, fresh, now)) is not None:
        return leave_out(house, edition, fresh, short, now)
    why = f"nobody objected until {decide_by.astimezone(house.config.publication.zone):%Y-%m-%d %H:%M}"
    return release(house, edition, fresh, EditionDecision(CLOCK, "approved", why, now))


def lateness(house: House, edition_id: str, due: datetime, now: datetime) -> str | None:
    """Why an edition is too late to go out by itself, or may have gone out already; None if neither is so."""
    if (restored := house.store.restored()) is not None and _is_forgotten(house, due, restored):
        return (
            f"the store was restored from a backup on {restored:%Y-%m-%d %H:%M} UTC: if this went out before,"
            f" feeder edition approve {edition_id} --no-mail; if it did not, feeder edition send {edition_id}"
        )
    if now - due <= house.config.schedule.catch_up:
        return None
    when = due.astimezone(house.config.publication.zone)
    return (
        f"it was due {when:%Y-%m-%d %H:%M}, longer ago than [schedule] catch_up allows;"
        f" feeder edition approve {edition_id} sends it all the same, feeder edition skip {edition_id} does not"
    )


def _is_forgotten(house: House, due: datetime, restored: datetime) -> bool:
    """Whether a restored store may have forgotten an edition: of a slot before it, or the very first, which knows no
    slot."""
    return due <= restored or house.store.editions.latest() is None


def release(
    house: House,
    before: Edition | None,
    fresh: Edition,
    decision: EditionDecision,
    carriers: tuple[str, ...] | None = None,
) -> Edition:
    """Approve an edition that passes the self-test, and hold one that does not.

    The self-test takes seconds: OutdatedError if the edition would be another one after it, because a story was taken
    back, corrected or told elsewhere, or an editor wants it otherwise.
    """
    if errors := _errors(house, fresh):
        named = "; ".join(errors[:_NAMED])
        more = f"; and {len(errors) - _NAMED} more: feeder edition check {fresh.id}" if len(errors) > _NAMED else ""
        return hold_back(house, before, fresh, f"the self-test found errors: {named}{more}", decision.at)
    with house.store.together("editions"):
        _must_be(house, before, fresh.id)
        if (filled(house, before) if before else draft(house, fresh.slot, fresh.cutoff)) != fresh:
            raise OutdatedError(f"what edition {fresh.id} tells was changed while it was tested; look at it again")
        house.store.editions.save(fresh)
        by = house.config.carriers.names if carriers is None else carriers
        approved = house.store.editions.approve(fresh.id, decision.at, by, (decision,))
    log.info("edition %s: number %s, %d stories", approved.id, approved.number, len(places(approved)))
    return approved


def leave_out(house: House, before: Edition | None, fresh: Edition, why: str, now: datetime) -> Edition:
    """Skip an edition by the clock's word."""
    with house.store.together("editions"):
        _must_be(house, before, fresh.id)
        house.store.editions.save(fresh)
        skipped = house.store.editions.skip(fresh.id, why, (EditionDecision(CLOCK, "skipped", why, now),))
    log.info("edition %s skipped: %s", fresh.id, why)
    return skipped


def _held(edition: Edition, decision: EditionDecision) -> Edition:
    """An edition as somebody holds it."""
    decided = (*edition.decided, decision)
    return replace(edition, status=EditionStatus.HELD, reason=decision.why, decide_by=None, decided=decided)


def keep(house: House, before: Edition | None, after: Edition) -> Edition:
    """Store an edition that is not approved, in place of what was read; OutdatedError if that changed meanwhile."""
    with house.store.together("editions"):
        _must_be(house, before, after.id)
        return house.store.editions.save(after)


def hold_back(house: House, before: Edition | None, fresh: Edition, why: str, now: datetime) -> Edition:
    """Hold an edition by the clock's word, and say so."""
    log.warning("edition %s is held: %s", fresh.id, why)
    return keep(house, before, _held(fresh, EditionDecision(CLOCK, "held", why, now)))


def _must_be(house: House, before: Edition | None, edition_id: str) -> None:
    if house.store.editions.get(edition_id) != before:
        raise OutdatedError(f"edition {edition_id} was changed by somebody else meanwhile; look at it again")


def _errors(house: House, edition: Edition) -> list[str]:
    """What the self-test finds wrong with an edition, in words, each thing once, what a law asks for first; a bug
    that it brings out shows, and holds this edition alone."""
    from feeder.pipeline.self_test import check_edition  # noqa: PLC0415 - only editions need what it loads

    try:
        errors = sorted(check_edition(house, edition).errors, key=lambda one: one.what != "legal")
        return list(dict.fromkeys(finding.text for finding in errors))
    except StoreError:
        raise
    except Exception as bug:  # what breaks over one edition keeps no other from its slot
        log.error("the self-test of edition %s failed unexpectedly", edition.id, exc_info=bug)
        house.bugs.append(bug)
        return [f"Der Selbsttest selbst ist gescheitert: {type(bug).__name__}: {bug}"]


def _known(house: House, edition_id: str) -> Edition:
    if (edition := house.store.editions.get(edition_id)) is None:
        raise StoreError(f"the store knows no edition {edition_id}; feeder edition list names them")
    return edition


def _refuse_closed(edition: Edition, what: str) -> None:
    if edition.status not in _OPEN:
        raise DeskError(f"edition {edition.id} is {edition.status} already and cannot be {what}")
