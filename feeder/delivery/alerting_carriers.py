"""What takes alerts to maintainers: mail, a webhook, ntfy. Each may fail without the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from feeder.config import Config
from feeder.delivery.alerting import Bulletin


class AlertCarrier(Protocol):
    """Takes alerts away. `announcer` and each of its `topics` (a mail address, say) are what the store remembers, of
    each for itself, what was told; none of them is a secret. A message holds `most` alerts at most."""

    announcer: str
    topics: tuple[str, ...]
    most: int

    def tell(self, bulletin: Bulletin) -> str:
        """Tell it; what the other side answered. DeliveryError where it was not taken, whatever may help."""
        ...


def alert_carriers(config: Config) -> Iterator[AlertCarrier]:
    """The carriers that are set up; imported when something is to be told."""
    alerts = config.alerts
    if alerts.mail_to:
        from feeder.delivery.alerting_mail import AlertMail  # noqa: PLC0415 - mail alone needs smtplib

        yield AlertMail(config)
    if alerts.webhook:
        from feeder.delivery.alerting_posts import AlertHook  # noqa: PLC0415 - requests costs 50 ms

        yield AlertHook(config, alerts.webhook)
    if alerts.ntfy:
        from feeder.delivery.alerting_posts import AlertNtfy  # noqa: PLC0415 - the same

        yield AlertNtfy(config, alerts.ntfy)
