"""What keeps every carrier but files from sending: a mail that names nobody who answers for it.

The reserved host stands for what the publication has not said yet (docs/design.md, section 8).
"""

from __future__ import annotations

import re

from feeder.config import Config, placeholders
from feeder.config.config import RESERVED_HOST

# Sections of which nothing stands in a mail, nor decides where it goes.
_UNSEEN = (
    *("sources", "gathering", "curation", "store", "schedule", "retention", "summaries", "topics", "articles"),
    *("alerts", "announce", "webhooks"),  # these refuse by themselves
)
# It mints ids, which are for ever, and no reader sees it: a publication that began under it cannot change it any more.
_FOR_EVER = "publication.tag_authority"
_IMPRINT = "§ 5 DDG and § 18 (2) MStV ask for it"
_LEAVING = "§ 7 (2) UWG asks for a known sender, and an address for whoever wants no more mail"
# Who asks for it, by the beginning of the key.
_ASKED = {
    "publication.imprint": _IMPRINT,
    "publication.privacy_url": "Art. 13 DSGVO asks for it",
    "digest.sender": _LEAVING,
    "digest.reply_to": _LEAVING,
    "digest.unsubscribe": _LEAVING,
    "carriers.smtp.unsubscribe": _LEAVING,
}


def refusals(config: Config) -> tuple[str, ...]:
    """Why no mail may leave the house: the settings that still name the reserved host, and who asks for them; nothing
    where all is said."""
    invented = [key for key in placeholders(config) if re.split(r"[.\[]", key)[0] not in _UNSEEN]
    return tuple(_words(key) for key in invented if key != _FOR_EVER)


def unannounced(config: Config) -> tuple[str, ...]:
    """Why nobody is told of what is published: the addresses that it would be told of, where they are invented."""
    where = {"publication.url": config.publication.url, "output.base_url": config.output.base_url}
    return tuple(f"{key} still names {RESERVED_HOST}" for key, address in where.items() if RESERVED_HOST in address)


def _words(key: str) -> str:
    why = next((why for asked, why in _ASKED.items() if key.startswith(asked)), "")
    return f"{key} still names {RESERVED_HOST}" + (f" ({why})" if why else "")
