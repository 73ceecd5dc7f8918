"""When editions are due, what stands in them, and who is asked before they go out."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from feeder.config.settings import Settings
from feeder.config.slots import Slot, parse_slot, time_of_day
from feeder.config.values import Duration, Line, Mailbox, Mailto, State, Whole, placeholders_of


class Schedule(Settings):
    """When the service works."""

    gather: Duration = Field(
        default=timedelta(minutes=5),
        description="Time between two rounds; each looks at folders and at those sources whose time has come.",
    )
    editions: tuple[Annotated[str, AfterValidator(lambda text: parse_slot(text) and text)], ...] = Field(
        default=("mon-fri 07:00",),
        description='Slots of the editions: weekday names and a time in the publication\'s zone, "mon-fri 07:00".',
    )

    holidays: State | None = Field(
        default=None,
        description="The German state (BE, BY, NW, …) on whose public holidays no edition is due; none by default.",
    )
    catch_up: Duration = Field(
        default=timedelta(hours=6),
        description="How late an edition may still go out by itself, and how long after its approval its delivery may"
        " begin; what is later is held, or fails, and a person is asked.",
    )
    night: Annotated[str, AfterValidator(time_of_day)] = Field(
        default="03:30",
        description="When the service tidies up each day, in the publication's zone: it forgets what retention lets go"
        " and makes a backup.",
    )

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The editions' slots, ready for the clock."""
        return tuple(parse_slot(text) for text in self.editions)


class DigestSettings(Settings):
    """The edition and its mail."""

    subject: Annotated[Line, AfterValidator(placeholders_of("title", "number", "date"))] = Field(
        default="{title}", description="The subject; {title} is the first headline, {number} and {date} the edition's."
    )
    intro: str = Field(default="", description="A greeting above the stories; may be empty.")
    size: Whole = Field(
        default=20,
        ge=1,
        le=100,
        description="Stories that the mail tells with their teasers, the best and newest; as many again stand as"
        " links, the others are counted and stand in the web version.",
    )
    per_source: Whole | None = Field(
        default=None, ge=1, description="Of those, stories that one source leads, at most; the others stand as links."
    )
    per_topic: Whole | None = Field(
        default=None, ge=1, description="The same of one topic; our own articles and what is pinned know neither bound."
    )
    top: Whole = Field(
        default=3, ge=0, le=10, description="Stories after the first one that stand on top, whatever their topic."
    )
    minimum: Whole = Field(
        default=1,
        ge=1,
        description="Fewer stories than this, and the slot is skipped with a reason; an own article suffices.",
    )
    review: Literal["auto", "window", "manual"] = Field(
        default="auto",
        description='"auto" sends at the slot; "window" shows it to the desk for `review_window` before; "manual"'
        " composes it at the slot and waits for `feeder edition approve`.",
    )
    review_window: Duration = Field(
        default=timedelta(hours=1), description='How long before its slot an edition stands ready, with "window".'
    )
    on_silence: Literal["send", "hold"] = Field(
        default="send", description="What happens at the end of the window if nobody said a word."
    )
    sender: Mailbox = Field(description='The From line: "KI-News <newsletter@ki-news.example>".')
    reply_to: Mailbox | None = Field(default=None, description="Where answers go, if not to the sender.")
    unsubscribe: Mailto = Field(description="How readers leave: mailto: and an address.")
    why: Line = Field(
        default="Du bekommst diese E-Mail, weil du unseren Newsletter abonniert hast.",
        description="The line in the footer that says why this mail came.",
    )
