"""The private feed of alerts: for maintainers' own feed readers, served at the status address and written nowhere."""

from __future__ import annotations

from feeder.pipeline.house import House

NEWEST = 50
PATH = "/alerts.xml"


def alerts_feed(house: House, address: str | None = None) -> bytes:
    """The newest alerts as RSS; `address` is where it is read, `[web] status` by default."""
    from feeder.rendering.feeds import alerts_rss  # noqa: PLC0415 - feedgen and lxml cost 60 ms

    where = address or f"http://{house.config.web.status or '127.0.0.1:8081'}{PATH}"
    alerts = house.store.alerts.list(NEWEST)
    return alerts_rss(house.config.publication, where, alerts, house.store.born(house.clock()))
