"""Alerts posted: to a webhook, signed as webhooks are, and to a topic of ntfy."""

from __future__ import annotations

import json
from datetime import UTC

from feeder import text
from feeder.config import Config
from feeder.config.alerts import AlertHook as HookSettings
from feeder.config.alerts import Ntfy as NtfySettings
from feeder.delivery.alerting import WORDS_LIMIT, Bulletin, paragraphs, summary
from feeder.delivery.announcing import AGENT, signature
from feeder.delivery.posting import Posted, post
from feeder.model import Alert, Severity

SECONDS = 15.0
_NTFY_MOST = 8
_NTFY_TITLE = 200
_NTFY_BYTES = 3_500  # of the 4,096 that ntfy takes for a message; what is longer becomes an attachment
_PRIORITY = {Severity.CRITICAL: 5, Severity.WARNING: 4, Severity.INFO: 3}
_TAG = {Severity.CRITICAL: "rotating_light", Severity.WARNING: "warning", Severity.INFO: "information_source"}


class AlertHook:
    """Each alert is posted alone; `webhook-id` is the same should it come twice."""

    announcer = "alert:webhook"
    topics: tuple[str, ...] = ("webhook",)
    most = 1

    def __init__(self, config: Config, settings: HookSettings) -> None:
        self._config = config
        self._settings = settings

    def tell(self, bulletin: Bulletin) -> str:
        """Post it; what the server answered."""
        [alert] = bulletin.alerts
        body = json.dumps(_facts(self._config, alert), ensure_ascii=False).encode()
        name = "alert_" + text.digest(self._config.publication.tag_authority, alert.about, alert.what, str(alert.at))
        headers = {"Content-Type": "application/json", "User-Agent": AGENT, "webhook-id": name}
        if self._settings.secret is not None:
            headers |= signature(self._settings.secret.get_secret_value(), name, body, bulletin.now)
        return _said(post(self._settings.url.get_secret_value(), body, headers, SECONDS))


class AlertNtfy:
    """All that is new in one message, as loud as the worst of it."""

    announcer = "alert:ntfy"
    topics: tuple[str, ...] = ("ntfy",)
    most = _NTFY_MOST

    def __init__(self, config: Config, settings: NtfySettings) -> None:
        self._config = config
        self._settings = settings

    def tell(self, bulletin: Bulletin) -> str:
        """Publish it as JSON, which needs no encoding of headers; what the server answered."""
        worst = min((one.severity for one in bulletin.alerts), key=list(Severity).index)
        words = paragraphs(self._config, bulletin.alerts).encode()
        message = {
            "topic": self._settings.topic.get_secret_value(),
            "title": text.shorten(text.one_line(summary(self._config, bulletin.alerts)), _NTFY_TITLE),
            "message": words[:_NTFY_BYTES].decode(errors="ignore") + ("…" if len(words) > _NTFY_BYTES else ""),
            "priority": _PRIORITY[worst],
            "tags": ["white_check_mark" if all(one.is_back for one in bulletin.alerts) else _TAG[worst]],
        }
        token = self._settings.token
        headers = {"Content-Type": "application/json", "User-Agent": AGENT}
        if token is not None:
            headers["Authorization"] = f"Bearer {token.get_secret_value()}"
        return _said(post(self._settings.url, json.dumps(message, ensure_ascii=False).encode(), headers, SECONDS))


def _facts(config: Config, alert: Alert) -> dict[str, object]:
    """An alert for programs."""
    return {
        "type": "alert",
        "timestamp": alert.at.astimezone(UTC).isoformat(),
        "data": {
            "publication": config.publication.title,
            "url": config.publication.url,
            "about": alert.about,
            "what": alert.what,
            "is_back": alert.is_back,
            "severity": alert.severity.value,
            "headline": text.one_line(alert.headline),
            "words": text.shorten(text.one_line(alert.words), WORDS_LIMIT),
        },
    }


def _said(posted: Posted) -> str:
    return f"{posted.status} {posted.words}".strip()
