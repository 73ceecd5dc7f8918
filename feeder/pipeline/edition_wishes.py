"""What a person may want of an edition, and where that ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from feeder import text
from feeder.model import Edition, Edits, Story
from feeder.pipeline.deciding import title_by_id
from feeder.pipeline.drafting import places, shortage
from feeder.pipeline.house import House
from feeder.rendering.digest import SUBJECT_LIMIT

SUBJECT_MOST, INTRO_MOST = 10 * SUBJECT_LIMIT, 4000
"""What is longer would push the stories out of the mail, or no mailbox would show it."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants said of an edition otherwise; None leaves it as it is.

    `first` come before what was put first earlier, in their order. `back` undoes both `first` and `dropped`, and so
    does `reset` for everything. A `subject` of "" is the first headline again; an `intro` of "" is no greeting.
    """

    first: tuple[Story, ...] = ()
    dropped: tuple[Story, ...] = ()
    back: tuple[Story, ...] = ()
    subject: str | None = None
    intro: str | None = None
    reset: bool = False


def problems(edition: Edition, wishes: Wishes) -> Iterator[str]:
    """What cannot be done."""
    named = [story.slug for some in (wishes.first, wishes.dropped, wishes.back) for story in dict.fromkeys(some)]
    for slug in sorted({slug for slug in named if named.count(slug) > 1}):
        yield f"{slug} cannot be put first, dropped and taken back at once: say one of it"
    for name, words, most in (("subject", wishes.subject, SUBJECT_MOST), ("intro", wishes.intro, INTRO_MOST)):
        if words is not None and len(words) > most:
            yield f"--{name} has {len(words)} characters, and no more than {most} go into edition {edition.id}"


def merged(before: Edits, wishes: Wishes) -> Edits:
    """What is wanted of an edition by now."""
    start = Edits(decided=before.decided) if wishes.reset else before
    first, dropped, back = (_ids(some) for some in (wishes.first, wishes.dropped, wishes.back))
    return replace(
        start,
        subject=start.subject if wishes.subject is None else text.one_line(wishes.subject) or None,
        intro=start.intro if wishes.intro is None else _paragraphs(wishes.intro),
        first=tuple(dict.fromkeys((*first, *(one for one in start.first if one not in {*dropped, *back})))),
        dropped=tuple(dict.fromkeys((*(one for one in start.dropped if one not in {*first, *back}), *dropped))),
    )


def did_words(before: Edits, after: Edits) -> str:
    """Which parts are wanted otherwise; "" if none."""
    parts = (
        ("order", before.first != after.first),
        ("dropped", before.dropped != after.dropped),
        ("subject", before.subject != after.subject),
        ("intro", before.intro != after.intro),
    )
    changed = [name for name, is_other in parts if is_other]
    return f"edited ({', '.join(changed)})" if changed else ""


def oddities(house: House, fresh: Edition, after: Edits, wishes: Wishes) -> Iterator[str]:
    """What is unusual about an edition that was edited, and goes all the same."""
    if wishes.subject and len(after.subject or "") > SUBJECT_LIMIT:
        yield f"the subject has {len(after.subject or '')} characters; mailboxes show {SUBJECT_LIMIT}, and more is cut"
    if not places(fresh):
        yield "no story is left in it, and so it cannot be approved"
    elif (short := shortage(house, fresh, house.clock())) is not None:
        yield f"it has too few stories now: {short}"
    for story_id in (story.id for story in wishes.first if story.id not in places(fresh)):
        yield f"{title_by_id(house, story_id)} does not stand in it all the same"


def _ids(stories: Iterable[Story]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(story.id for story in stories))


def _paragraphs(words: str) -> str:
    """Words as they were typed, without what no page can carry; an empty line parts paragraphs."""
    lines = "\n".join(text.one_line(line) for line in words.splitlines()).strip()
    return "\n\n".join(filter(None, (part.strip() for part in lines.split("\n\n"))))
