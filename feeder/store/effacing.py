"""Letting a person leave the store who asks for it (Art. 17 DSGVO): their address, name and token, for ever.

What stays: that a message was taken, refused or is in doubt, under a name that says nothing. Out of reach: backups,
logs of the service, files of recipients, and the mail server's own memory.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from sqlalchemy import Connection, delete, select, update

from feeder.errors import DeliveryError
from feeder.model import DeliveryState, Edition
from feeder.store.coding import decode, encode
from feeder.store.schema import deliveries, editions, recipients

NOBODY = "erased-"
_BLANK = "…"


def efface(connection: Connection, address: str) -> bool:
    """Forget an address (in lower case); whether it was known. A message that waits for it never leaves."""
    mine = deliveries.c.address == address
    if connection.execute(
        select(deliveries.c.address).where(mine, deliveries.c.state == DeliveryState.CLAIMED).limit(1)
    ).first():
        raise DeliveryError(
            f"{address} is being written to at this moment, or feeder ended while it was: try again"
            " when the delivery is done"
        )
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # what is freed is overwritten
    was_listed = connection.execute(delete(recipients).where(recipients.c.address == address)).rowcount
    waits = mine & (deliveries.c.state == DeliveryState.WAITING)
    connection.execute(update(deliveries).where(waits).values(state=DeliveryState.REFUSED, attempts=0, not_before=None))
    nobody = NOBODY + secrets.token_hex(8)
    blank = {"address": nobody, "written": nobody, "name": "", "token": "", "answer": None}
    was_written_to = connection.execute(update(deliveries).where(mine).values(**blank)).rowcount
    _blank_reasons(connection, address)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")
    return bool(was_listed or was_written_to)


def _blank_reasons(connection: Connection, address: str) -> None:
    """Take the address out of why editions failed."""
    naming = editions.c.edition.ilike(f"%{address}%")
    for written in connection.execute(select(editions.c.edition).where(naming)).scalars().all():
        edition = decode(Edition, written)
        if edition.reason is not None:
            reason = " ".join(_BLANK if address in word.lower() else word for word in edition.reason.split(" "))
            mine = update(editions).where(editions.c.id == edition.id)
            connection.execute(mine.values(edition=encode(replace(edition, reason=reason))))
