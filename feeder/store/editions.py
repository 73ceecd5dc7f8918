"""Editions: which stories go out together, each story in one of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, func, insert, select

from feeder.errors import OutdatedError, StoreError
from feeder.model import PUBLIC, Edition, EditionDecision, EditionStatus, Edits, Fate, StoryRevision, Telling
from feeder.store.coding import decode, encode
from feeder.store.database import Database
from feeder.store.schema import edition_edits, edition_stories, editions, revisions, stories
from feeder.store.tellings import NEWEST, current, telling_from
from feeder.store.upsert import put

# Numbers have no gap and a story stands in one edition: one writer at a time.
LOCK = "editions"
_OPEN = (EditionStatus.DRAFT, EditionStatus.HELD)


class Editions:
    """The editions, drafts and skipped ones included."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, edition_id: str) -> Edition | None:
        """One edition."""
        with self._database.read() as connection:
            return _get(connection, edition_id)

    def latest(self, until: datetime | None = None) -> Edition | None:
        """The edition of the latest slot, or of the latest up to a moment, whatever its status."""
        query = _select() if until is None else _select().where(editions.c.slot <= until)
        found = self._many(query.limit(1))
        return found[0] if found else None

    def before(self, slot: datetime) -> Edition | None:
        """The edition of the latest slot before this one that was not skipped."""
        query = _select().where(editions.c.slot < slot, editions.c.status != EditionStatus.SKIPPED)
        found = self._many(query.limit(1))
        return found[0] if found else None

    def newest_number(self) -> int:
        """The number of the edition that was approved last; 0 before the first."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(editions.c.number))).scalar() or 0

    def list(self, *statuses: EditionStatus) -> tuple[Edition, ...]:
        """All editions, or those in one of the states; the latest slot first."""
        query = _select()
        return self._many(query.where(editions.c.status.in_(statuses)) if statuses else query)

    def unplaced(self, cutoff: datetime) -> tuple[Telling, ...]:
        """Released stories that stand in no edition yet and were released by the cutoff; the newest first."""
        placed = exists().where(edition_stories.c.story_id == stories.c.id)
        query = current().where(stories.c.fate == Fate.RELEASED, stories.c.released <= cutoff, ~placed)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(*NEWEST)).all()
        return tuple(map(telling_from, rows))

    def edition_of(self, story_id: str) -> str | None:
        """The id of the edition that a story stands in."""
        query = select(edition_stories.c.edition_id).where(edition_stories.c.story_id == story_id)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def save(self, edition: Edition) -> Edition:
        """Store a draft, a held or a skipped edition, and claim its stories; return what is stored.

        What is approved or skipped already stays as it is. OutdatedError where a story stands in another edition.
        """
        if edition.is_public or edition.number is not None:
            raise StoreError(f"edition {edition.id} cannot be saved as approved: approve it, which gives its number")
        with self._database.write(LOCK) as connection:
            before = _get(connection, edition.id)
            if before is not None and before.status not in _OPEN:
                return before
            if before != edition:
                _put(connection, edition)
                _claim(connection, edition)
            return edition

    def approve(
        self,
        edition_id: str,
        at: datetime,
        carriers: tuple[str, ...] = (),
        decided: tuple[EditionDecision, ...] = (),
    ) -> Edition:
        """Give an edition its number, once; the next after the highest, so that skips leave no gap. `carriers` are to
        deliver it; `decided` is added to what was decided of it."""
        with self._database.write(LOCK) as connection:
            edition = _must(connection, edition_id)
            if edition.is_public:
                return edition
            if edition.status not in _OPEN:
                raise StoreError(f"edition {edition_id} is {edition.status} and cannot be approved")
            highest = connection.execute(select(func.max(editions.c.number))).scalar() or 0
            approved = replace(
                edition,
                status=EditionStatus.APPROVED,
                number=highest + 1,
                approved=at,
                reason=None,
                decide_by=None,
                carriers=carriers,
                decided=edition.decided + decided,
            )
            _put(connection, approved)
            return approved

    def move(self, edition_id: str, status: EditionStatus, reason: str | None = None) -> Edition:
        """Say how far the delivery of an approved edition is: delivering, delivered, or failed and why."""
        with self._database.write(LOCK) as connection:
            edition = _must(connection, edition_id)
            if not edition.is_public or status not in PUBLIC[1:]:
                raise StoreError(f"edition {edition_id} is {edition.status} and cannot become {status}")
            moved = replace(edition, status=status, reason=reason)
            if moved != edition:
                _put(connection, moved)
            return moved

    def edits(self, edition_id: str) -> Edits:
        """What a person wants of an edition; nothing if nobody said anything."""
        query = select(edition_edits.c.edits).where(edition_edits.c.edition_id == edition_id)
        with self._database.read() as connection:
            written = connection.execute(query).scalar()
        return Edits() if written is None else decode(Edits, written)

    def edit(self, edition_id: str, edits: Edits) -> None:
        """Remember what a person wants of the edition of a slot, instead of what was wanted before."""
        with self._database.write(LOCK) as connection:
            put(connection, edition_edits, [{"edition_id": edition_id, "edits": encode(edits)}])

    def skip(self, edition_id: str, reason: str, decided: tuple[EditionDecision, ...] = ()) -> Edition:
        """Let an edition not appear; its stories are free for the next one. `decided` is added to what was decided."""
        with self._database.write(LOCK) as connection:
            edition = _must(connection, edition_id)
            if edition.status is EditionStatus.SKIPPED:
                return edition
            if edition.status not in _OPEN:
                raise StoreError(f"edition {edition_id} is {edition.status} and cannot be skipped")
            skipped = replace(
                edition,
                status=EditionStatus.SKIPPED,
                reason=reason,
                decide_by=None,
                decided=edition.decided + decided,
            )
            _put(connection, skipped)
            _claim(connection, skipped)
            return skipped

    def _many(self, query: Select[Any]) -> tuple[Edition, ...]:
        with self._database.read() as connection:
            rows = connection.execute(query).scalars().all()
        return tuple(decode(Edition, written) for written in rows)


def _select() -> Select[Any]:
    return select(editions.c.edition).order_by(editions.c.slot.desc(), editions.c.id.desc())


def _get(connection: Connection, edition_id: str) -> Edition | None:
    written = connection.execute(select(editions.c.edition).where(editions.c.id == edition_id)).scalar()
    return None if written is None else decode(Edition, written)


def _must(connection: Connection, edition_id: str) -> Edition:
    edition = _get(connection, edition_id)
    if edition is None:
        raise StoreError(f"the store knows no edition {edition_id}")
    return edition


def _put(connection: Connection, edition: Edition) -> None:
    row = {
        "id": edition.id,
        "slot": edition.slot,
        "status": edition.status,
        "number": edition.number,
        "edition": encode(edition),
    }
    put(connection, editions, [row])


def _claim(connection: Connection, edition: Edition) -> None:
    """Make the edition's stories its own, and free those that it no longer has."""
    connection.execute(delete(edition_stories).where(edition_stories.c.edition_id == edition.id))
    if edition.status is EditionStatus.SKIPPED:
        return
    placed = dict(_places(edition))
    for story_id in placed:
        other = select(edition_stories.c.edition_id).where(edition_stories.c.story_id == story_id)
        if (found := connection.execute(other).scalar()) is not None:
            raise OutdatedError(f"{story_id} stands in edition {found} already and cannot stand in {edition.id}")
    rows = [{"story_id": story_id, "n": n, "edition_id": edition.id} for story_id, n in placed.items()]
    if rows:
        connection.execute(insert(edition_stories), rows)


def pass_place(connection: Connection, younger: str, elder: str, n: int) -> None:
    """Let the younger of two merged stories leave a draft; where it went out already, the elder, in its revision `n`,
    has gone out too. Called under the locks of stories and editions."""
    placed = _leave_draft(connection, younger)
    if placed is None:
        return
    if _leave_draft(connection, elder) is None:
        row = {"story_id": elder, "n": n, "edition_id": placed}
        connection.execute(insert(edition_stories), row)


def _leave_draft(connection: Connection, story_id: str) -> str | None:
    """Take a story out of an edition that may still change; the id of one that may not and has it."""
    there = select(edition_stories.c.edition_id).where(edition_stories.c.story_id == story_id)
    if (edition_id := connection.execute(there).scalar()) is None:
        return None
    edition = _must(connection, edition_id)
    if edition.status not in _OPEN:
        return edition.id
    _put(connection, _without(connection, edition, story_id))
    connection.execute(delete(edition_stories).where(edition_stories.c.story_id == story_id))
    return None


def _without(connection: Connection, edition: Edition, story_id: str) -> Edition:
    """A draft without one of its stories; where that named it, the one that stands first then does."""
    sections = (
        replace(section, stories=tuple(place for place in section.stories if place[0] != story_id))
        for section in edition.sections
    )
    left = tuple(section for section in sections if section.stories)
    at, place = next((at, place) for at, place in enumerate(_places(edition)) if place[0] == story_id)
    told, subject = edition.told, edition.subject
    if told is not None and at < told:
        told -= 1
    if subject == _title(connection, place):
        subject = _title(connection, left[0].stories[0]) if left else ""
    return replace(edition, sections=left, told=told, subject=subject)


def _places(edition: Edition) -> list[tuple[str, int]]:
    return [place for section in edition.sections for place in section.stories]


def _title(connection: Connection, place: tuple[str, int]) -> str:
    """The headline of a story as it stands in an edition."""
    written = select(revisions.c.revision).where(revisions.c.story_id == place[0], revisions.c.n == place[1])
    return decode(StoryRevision, connection.execute(written).scalar_one()).title
