"""What is said of alerts that are told together, and why nothing may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feeder import text
from feeder.config import Config, placeholders
from feeder.config.config import RESERVED_HOST
from feeder.model import Alert

NAMED = 3
"""So many alerts stand in a subject; the others are counted."""
WORDS_LIMIT = 1_000  # characters of one alert


@dataclass(frozen=True, slots=True)
class Bulletin:
    """Alerts that are told together to one `topic` of a carrier, in the order in which they came."""

    alerts: tuple[Alert, ...]
    topic: str
    now: datetime


def alert_refusals(config: Config) -> tuple[str, ...]:
    """Why no alert may leave the house: what still names the reserved host of who tells whom; nothing where all is
    said."""
    sender = ("digest.sender",) if config.alerts.mail_to and not config.alerts.sender else ()
    server = ("carriers.smtp.host",) if config.alerts.mail_to and not config.alerts.smtp else ()
    needed = ("publication.url", "output.base_url", *sender, *server)
    invented = [key for key in placeholders(config) if key in needed or key.startswith("alerts.")]
    return tuple(f"{key} still names {RESERVED_HOST}" for key in invented)


def summary(config: Config, alerts: Sequence[Alert]) -> str:
    """The subject of alerts that are told together: "[feeder] KI-News: heise is broken, golem is broken"."""
    first = [*sorted(alerts, key=lambda one: (_ORDER[one.severity], one.seq))]
    more = f" and {len(alerts) - NAMED} more" if len(alerts) > NAMED else ""
    return f"[feeder] {config.publication.title}: " + ", ".join(one.headline for one in first[:NAMED]) + more


_ORDER = {"critical": 0, "warning": 1, "info": 2}


def paragraphs(config: Config, alerts: Sequence[Alert]) -> str:
    """Alerts as plain text: what, since when by the publication's clock, and what to do."""
    zone = config.publication.zone
    return "\n\n".join(
        f"{text.one_line(one.headline)} ({one.severity})\n{one.at.astimezone(zone):%Y-%m-%d %H:%M %Z}\n"
        + text.shorten(text.one_line(one.words), WORDS_LIMIT)
        for one in alerts
    )
