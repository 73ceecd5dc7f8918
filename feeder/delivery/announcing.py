"""How the world is told: a hub by WebSub (https://www.w3.org/TR/websub/), a server by a signed webhook.

Webhooks are signed as Standard Webhooks say
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from feeder.config.announcing import Webhook, key_of
from feeder.delivery.posting import Posted, post

SECONDS = 10.0
AGENT = "feeder"


def ping(hub: str, topic: str) -> Posted:
    """Tell a hub that a feed has changed. The standard leaves open how (section 6): hubs ask for `hub.url`, or for
    `hub.topic`, one in each request. DeliveryError where it does not take it."""
    form = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
    return post(
        hub,
        form.encode(),
        {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": AGENT},
        SECONDS,
    )


def tell(webhook: Webhook, name: str, message: Mapping[str, object], at: datetime) -> Posted:
    """Post a message, signed at this moment; `name` is its own for ever, for receivers that get it twice."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": AGENT}
    signed = signature(webhook.secret.get_secret_value(), name, body, at)
    return post(webhook.url.get_secret_value(), body, headers | signed, SECONDS)


def signature(secret: str, name: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers that say who posts it, and when."""
    stamp = str(int(at.timestamp()))
    signed = hmac.digest(key_of(secret), b".".join((name.encode(), stamp.encode(), body)), hashlib.sha256)
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
