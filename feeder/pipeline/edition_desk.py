"""The editor's hands on an edition: edit, approve, hold, skip.

Each takes the edition as it was read, who decides and why, and says what changed; done twice it changes nothing more.
Before its slot an edition is not stored: what is wanted of it is remembered, and acts when it is composed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from feeder import text
from feeder.errors import DeskError, OutdatedError
from feeder.model import Edition, EditionDecision, EditionStatus
from feeder.pipeline import approve as gate
from feeder.pipeline.deciding import RULES, local, reasoned
from feeder.pipeline.drafting import filled, places, shortage
from feeder.pipeline.edition_found import OPEN, as_it_would_be, named
from feeder.pipeline.edition_wishes import Wishes, did_words, merged, oddities, problems
from feeder.pipeline.house import House


@dataclass(frozen=True, slots=True)
class EditionChange:
    """What a person's decision changed, in English: `did` says it in a few words ("approved as number 3"), `follows`
    what comes of it.

    `edition` is as it is now. `changed`: False where it was so already. `is_refused`: the self-test, or the clock, had
    another word. `warnings` say what is unusual about it; none of it kept the decision from being carried out.
    """

    edition: Edition
    did: str
    follows: str = ""
    changed: bool = True
    is_refused: bool = False
    warnings: tuple[str, ...] = ()


def edit(house: House, edition: Edition, who: str, why: str, wishes: Wishes) -> EditionChange:
    """Say which stories shall lead an edition and which shall not stand in it, its subject and its greeting; what is
    composed already is composed again at once. DeskError for what is frozen, and what cannot be done."""
    with _deciding(house, who, edition) as (stored, now):
        _refuse_frozen(edition)
        if stored is None and house.store.editions.latest() is None:
            raise DeskError(
                "the very first edition has no slot yet, and is composed in the next round: hold it, then edit it"
                " (`feeder edition hold next`)"
            )
        before = house.store.editions.edits(edition.id)
        if problem := next(problems(edition, wishes), None):
            raise DeskError(problem)
        after = merged(before, wishes)
        did = did_words(before, after)
        if not did:
            return EditionChange(as_it_would_be(house, edition), "as it was", changed=False)
        said = f"{did}: {text.one_line(why)}" if text.one_line(why) else did
        decided = (*before.decided, EditionDecision(text.one_line(who), "edited", said, now))
        house.store.editions.edit(edition.id, replace(after, decided=decided))
        fresh = filled(house, edition) if stored is None else gate.recompose(house, edition.id, now)
        return EditionChange(fresh, did, outlook(house, fresh), warnings=tuple(oddities(house, fresh, after, wishes)))


def approve(house: House, edition: Edition, who: str, why: str = "", *, mails: bool = True) -> EditionChange:
    """Let an edition go out; what the self-test finds wrong holds it. After this nothing in it changes. Unless it
    `mails`, it is published and no carrier gets it: it was delivered already, or is not to be.

    No transaction of its own: the self-test asks foreign links, and nobody else could write meanwhile.
    """
    with _deciding(house, who, edition) as (stored, now):
        _refuse_uncomposed(house, edition, stored, "approved")
    if edition.is_public:
        return EditionChange(edition, "approved already", outlook(house, edition), changed=False)
    if edition.status is EditionStatus.SKIPPED:
        raise DeskError(f"{edition.id} was skipped, and its stories are free for the next edition: approve that one")
    said = text.one_line(why) or ("approved by hand" if mails else "approved by hand, to be mailed to nobody")
    after = gate.approve(house, edition.id, now, text.one_line(who), said, None if mails else ())
    if not after.is_public:
        return EditionChange(after, f"held: {after.reason}", outlook(house, after), is_refused=True)
    return EditionChange(after, f"approved as number {after.number}", outlook(house, after))


def hold(house: House, edition: Edition, who: str, why: str = "") -> EditionChange:
    """Keep an edition back until somebody approves or skips it; one whose slot has not come is composed at once."""
    with _deciding(house, who, edition) as (stored, now):
        _refuse_public(edition, "held")
        if edition.status is EditionStatus.SKIPPED:
            raise DeskError(f"{edition.id} was skipped, and its stories are free for the next edition")
        reason = text.one_line(why) or "held by hand"
        if stored is not None and stored.status is EditionStatus.HELD and stored.reason == reason:
            return EditionChange(stored, "held already", outlook(house, stored), changed=False)
        warnings = () if stored else (_early(house, edition),)
        if stored is None:
            gate.keep(house, None, edition)
        after = gate.hold(house, edition.id, now, text.one_line(who), reason)
        return EditionChange(after, "held", outlook(house, after), warnings=warnings)


def skip(house: House, edition: Edition, who: str, why: str) -> EditionChange:
    """Let an edition not appear, also one whose slot has not come; its stories are free for the next one."""
    why = reasoned(text.one_line(why), "skip")
    with _deciding(house, who, edition) as (stored, now):
        _refuse_public(edition, "skipped")
        if edition.status is EditionStatus.SKIPPED:
            return EditionChange(edition, "skipped already", outlook(house, edition), changed=False)
        if stored is None:
            gate.keep(house, None, edition)
        after = gate.skip(house, edition.id, now, text.one_line(who), why)
        return EditionChange(after, "skipped", outlook(house, after))


def outlook(house: House, edition: Edition) -> str:
    """What becomes of an edition if nobody says a word; "" where all is over."""
    match edition.status:
        case EditionStatus.DRAFT:
            return _outlook_of_draft(house, edition)
        case EditionStatus.HELD:
            return (
                f"it waits for `feeder edition approve {edition.id}`, or `skip`; `feeder edition check {edition.id}`"
                " says what is wrong with it, `edit --drop STORY` leaves a story out"
            )
        case EditionStatus.SKIPPED:
            upcoming = house.config.next_slot(max(house.clock(), edition.slot))
            return f"its stories are free for the next edition, {local(house, upcoming) if upcoming else 'never'}"
        case EditionStatus.APPROVED:
            how = f"delivers it by {' and '.join(edition.carriers)}" if edition.carriers else "mails it to nobody"
            now = f"; `feeder edition send {edition.id}` does it now" if edition.carriers else ""
            return f"the next round publishes it and {how}{now}"
        case EditionStatus.DELIVERING:
            return f"the next round goes on delivering it; `feeder delivery status {edition.id}` shows how far it is"
        case EditionStatus.FAILED:
            return f"`feeder edition send {edition.id}` goes on with it all the same"
        case EditionStatus.DELIVERED:
            return ""


def _outlook_of_draft(house: House, edition: Edition) -> str:
    digest, is_stored = house.config.digest, house.store.editions.get(edition.id) is not None
    slot = local(house, edition.slot)
    if not is_stored and (short := shortage(house, edition, house.clock())) is not None:
        return f"its slot is {slot}, and like that it would be skipped: {short}"
    if digest.review == "manual" or (is_stored and edition.decide_by is None):
        waits = f"it waits for `feeder edition approve {edition.id}`"
        return waits if is_stored else f"it is composed {slot}; then {waits}"
    if not is_stored:
        shown = "" if digest.review == "auto" else f", and shown for {_minutes(house)} minutes before"
        silent = "goes out" if digest.review == "auto" or digest.on_silence == "send" else "is held unless approved"
        return f"it {silent} {slot}{shown}"
    what = "goes out by itself" if digest.on_silence == "send" else "is held unless approved by"
    return f"it {what} {local(house, edition.decide_by or edition.slot)}"


def _minutes(house: House) -> int:
    return int(house.config.digest.review_window.total_seconds() // 60)


def _early(house: House, edition: Edition) -> str:
    return (
        f"composed now, before its slot ({local(house, edition.slot)}), with the {len(places(edition))} stories that"
        " there are; what comes later stands in the next edition"
    )


@contextmanager
def _deciding(house: House, who: str, edition: Edition) -> Iterator[tuple[Edition | None, datetime]]:
    """One transaction in which somebody decides on an edition as it was read: what the store has of it, and the time.

    OutdatedError where it is not as it was read any more.
    """
    if not text.one_line(who) or text.one_line(who).casefold() in (RULES, gate.CLOCK):
        raise DeskError(f"“{who}” cannot decide: name a person with --by")
    with house.store.together("editions"):
        stored = house.store.editions.get(edition.id)
        status = stored.status if stored else EditionStatus.DRAFT
        if status is not edition.status:
            raise OutdatedError(f"{edition.id} changed meanwhile: it is {status} now; read it again and decide on that")
        yield stored, house.clock()


def _refuse_frozen(edition: Edition) -> None:
    if edition.is_public:
        raise DeskError(
            f"{named(edition)} is {edition.status}, and nothing in it changes any more; a correction belongs on the"
            " story: `feeder stories edit STORY --correction …`, which its page and the next edition tell"
        )
    if edition.status not in OPEN:
        raise DeskError(f"{edition.id} was skipped, and its stories are free for the next edition: edit that one")


def _refuse_public(edition: Edition, what: str) -> None:
    if edition.is_public:
        raise DeskError(
            f"{named(edition)} is {edition.status} and cannot be {what}: readers see it;"
            " `feeder stories withdraw` takes a story back"
        )


def _refuse_uncomposed(house: House, edition: Edition, stored: Edition | None, what: str) -> None:
    if stored is None:
        raise DeskError(
            f"{edition.id} cannot be {what} before it is composed, {local(house, edition.slot)}; until then"
            " `feeder edition preview` shows it, and `edit`, `hold` and `skip` change what becomes of it"
        )
