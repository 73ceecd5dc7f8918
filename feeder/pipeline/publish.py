"""Publish: write feeds and pages of what is released."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from feeder.delivery.output import Written
from feeder.errors import DeliveryError, RenderError
from feeder.model import Condition, Fate, OutputFile, OutputRecord, Step, Telling
from feeder.pipeline.handing_on import announcements, deliveries
from feeder.pipeline.house import House
from feeder.pipeline.site import Planned, plan

log = logging.getLogger("feeder.publish")

_NAMED = 3  # so many reasons are told in one alert


@dataclass
class Publishing:
    """What one round of publishing found: files to write, records of them, what stands as it is."""

    files: list[OutputFile] = field(default_factory=list)
    records: dict[str, OutputRecord] = field(default_factory=dict)
    standing: set[str] = field(default_factory=set)


def publish(house: House, run: int) -> Sequence[Step]:
    """Write what the state says, under the lease of the output; then see whether an edition is due."""
    write_site(house, run)
    return [*announcements(house), Step("compose", {"run": run}, key="compose", dedupe="compose")]


def finish(house: House, run: int) -> Sequence[Step]:
    """Publish the edition that was just approved, end the run, and let the edition be delivered."""
    write_site(house, run)
    house.end(run)
    return [*announcements(house), *deliveries(house, house.now_of(run))]


def write_site(house: House, run: int) -> Written:
    """Replace what changed under feeds/; a file that cannot be made well stays as it was, with an alert."""
    with _alerting(house):
        return _write_site(house, run)


@contextmanager
def _alerting(house: House) -> Iterator[None]:
    """Say once what keeps readers from what is new, and once that nothing does any more."""
    before, now = len(house.kept), house.clock()
    try:
        yield
    except RenderError as error:
        words = f"{error}; what is published stays as it is: mend it, then look: feeder check"
        house.noticing.say(("templates",), Condition("templates", "broken", words, now))
        raise
    except DeliveryError as error:
        words = f"{error}; look at the folder, its owner and its disk, then: feeder publish"
        house.noticing.say(("output:writing",), Condition("output:writing", "not to be written", words, now))
        raise
    kept = list(dict.fromkeys(house.kept[before:]))
    words = "; ".join(kept[:_NAMED]) + (f"; and {len(kept) - _NAMED} more" if len(kept) > _NAMED else "")
    left = [Condition("output:publishing", "left as it was", f"{words}; look: feeder status, feeder check", now)]
    house.noticing.say(("templates", "output:writing", "output:publishing"), *(left if kept else ()))


def _write_site(house: House, run: int) -> Written:
    now, kept = house.now_of(run), len(house.kept)
    with house.lease("output") as guard:
        manifest = house.store.outputs.manifest()
        decided = house.store.announcements.decided() if house.config.webhooks else 0
        publishing = Publishing()
        for planned in plan(house, now):
            _prepare(house, planned, manifest, publishing)
        media = {path for path in manifest if path.startswith("media/")}
        gone = sorted(set(manifest) - set(publishing.records) - publishing.standing - media)
        written = house.output.write(publishing.files, gone, guard)
        changed = [record for path, record in publishing.records.items() if manifest.get(path) != record]
        left = [path for path in gone if house.output.exists(path) and not house.output.pretend]
        for path in left:
            house.alert(f"{path} should not be there any more and cannot be removed")
        house.store.outputs.record(changed, [path for path in gone if path not in left])
        if decided and not house.output.pretend:
            house.store.announcements.publish(decided, now)
    house.written.append(written)
    house.counting.add(run, files=len(written.changed), files_removed=len(written.removed))
    house.counting.say(run, house.kept[kept:])
    log.info("published: %d files changed, %d removed", len(written.changed), len(written.removed))
    return written


def _prepare(house: House, planned: Planned, manifest: dict[str, OutputRecord], publishing: Publishing) -> None:
    if planned.basis and all(
        path in manifest and manifest[path].basis == planned.basis and _stands(house, manifest[path])
        for path in planned.paths
    ):
        publishing.standing.update(planned.paths)
        return
    alerts = len(house.kept)
    try:
        files = planned.render()
        lost = () if house.accept_loss else unexplained_losses(house, files)
    except RenderError as error:
        _keep(house, planned, str(error), publishing)
        return
    if lost:
        _keep(house, planned, _loss(lost), publishing)
        return
    basis = planned.basis if len(house.kept) == alerts else ""  # what is incomplete is rendered again
    publishing.files.extend(files)
    for file in files:
        publishing.records[file.path] = OutputRecord(file.path, hashlib.sha256(file.data).hexdigest(), basis)


def _loss(lost: Sequence[str]) -> str:
    return (
        f"{len(lost)} of its stories would vanish without a recorded reason, {lost[0]} first; "
        "if that is right (a new store, say), run: feeder publish --accept-loss"
    )


def _stands(house: House, record: OutputRecord) -> bool:
    """Whether a file is still as it was written; a restored backup or an editor's hand may have changed it."""
    data = house.output.read(record.path)
    return data is not None and hashlib.sha256(data).hexdigest() == record.digest


def _keep(house: House, planned: Planned, why: str, publishing: Publishing) -> None:
    """Leave what stands there as it is, and say so."""
    publishing.standing.update(planned.paths)
    house.alert(f"{planned.paths[0]} was not replaced: {why}")


def unexplained_losses(house: House, files: Sequence[OutputFile]) -> tuple[str, ...]:
    """The stories that the published feed shows, the new one does not, and no decision, bound or topic explains."""
    feed = next((file for file in files if file.path.endswith("feed.json")), None)
    if feed is None or feed.path.startswith("editions/"):
        return ()
    missing = [story_id for story_id in house.output.ids(feed.path) if story_id not in set(feed.stories)]
    oldest = house.store.stories.tellings(feed.stories[-1:])
    topic = feed.path.split("/")[1] if feed.path.startswith("topics/") else None
    known = {telling.story.id: telling for telling in house.store.stories.tellings(missing)}
    return tuple(
        story_id for story_id in missing if story_id not in known or not _is_explained(known[story_id], oldest, topic)
    )


def _is_explained(telling: Telling, oldest: Sequence[Telling], topic: str | None) -> bool:
    story = telling.story
    if story.fate is not Fate.RELEASED or (topic is not None and topic not in telling.revision.topics):
        return True
    return any(
        story.released is not None
        and other.story.released is not None
        and (story.released, story.id) <= (other.story.released, other.story.id)
        for other in oldest
    )
