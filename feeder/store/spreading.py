"""No two stories bear the same `updated`, in whole seconds, as feeds print it: they are moved apart once,
when stored (docs/design.md, section 4). Called under the lock "stories" only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Connection, bindparam, exists, select

from feeder.model import Story
from feeder.store.schema import stories

_SECOND = timedelta(seconds=1)


def first_release(
    connection: Connection, at: datetime, released: datetime | None, updated: datetime | None
) -> tuple[datetime, datetime]:
    """The two times of a story that is released for the first time, decided `at`.

    Released now: both move back to the nearest free second, so nothing is dated in the future and
    what was told first is the newest. An article of an earlier date keeps it.
    """
    if released is None or released >= at:
        moment = _moment(_back(connection, _beat(at)))
        return moment, moment
    wanted = max(_beat(updated or released), _beat_after(released))
    return released, _moment(_between(connection, wanted, _beat_after(released), _beat(at)))


def next_update(connection: Connection, story: Story, at: datetime) -> datetime | None:
    """The new `updated` of a story whose published words change: after its last one, `at` the latest if it can be."""
    if story.released is None:
        return None
    floor = max(_beat_after(story.released), _beat((story.updated or story.released) + _SECOND))
    candidate = _back(connection, _beat(at))
    return _moment(candidate if candidate >= floor else _forward(connection, floor))


def beat(moment: datetime | None) -> int | None:
    """What must differ between two stories: the whole seconds since 1970."""
    return None if moment is None else _beat(moment)


def _between(connection: Connection, wanted: int, floor: int, latest: int) -> int:
    candidate = _forward(connection, wanted)
    if candidate > latest and (earlier := _back(connection, latest)) >= floor:
        return earlier
    return candidate


def _beat(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) // _SECOND)


def _beat_after(moment: datetime) -> int:
    """The first whole second that is not before `moment`."""
    return _beat(moment) + (1 if moment.microsecond else 0)


def _moment(beat: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + beat * _SECOND


def _back(connection: Connection, beat: int) -> int:
    """The nearest free second at or before `beat`: one walk down the index, however long the batch."""
    at = {"beat": beat}
    return beat if _is_free(connection, beat) else int(connection.execute(_FIRST_OF_RUN, at).scalar_one()) - 1


def _forward(connection: Connection, beat: int) -> int:
    """The nearest free second at or after `beat`."""
    at = {"beat": beat}
    return beat if _is_free(connection, beat) else int(connection.execute(_LAST_OF_RUN, at).scalar_one()) + 1


def _is_free(connection: Connection, beat: int) -> bool:
    return connection.execute(_TAKEN, {"beat": beat}).first() is None


# Built once, because they run for each story of a batch: the ends of the unbroken run of seconds around one.
_run = stories.alias()
_beat_asked = bindparam("beat", type_=BigInteger)
_TAKEN = select(stories.c.id).where(stories.c.beat == _beat_asked)
_FIRST_OF_RUN = (
    select(_run.c.beat)
    .where(_run.c.beat <= _beat_asked, ~exists().where(stories.c.beat == _run.c.beat - 1))
    .order_by(_run.c.beat.desc())
    .limit(1)
)
_LAST_OF_RUN = (
    select(_run.c.beat)
    .where(_run.c.beat >= _beat_asked, ~exists().where(stories.c.beat == _run.c.beat + 1))
    .order_by(_run.c.beat)
    .limit(1)
)
