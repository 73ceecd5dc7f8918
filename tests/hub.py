"""A minimal WebSub hub (W3C Recommendation, 23 January 2018) and its subscribers, on real servers."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.web import Asked, Page, Web

PATH = "/hub"


@dataclass(frozen=True)
class Subscription:
    """A callback that wants a topic, and what its deliveries are signed with."""

    topic: str
    callback: str
    secret: str


@dataclass
class Hub:
    """Takes subscriptions and pings under /hub of a server, fetches the topic, and hands it on. `status` is what it
    answers pings with; `tags` are the ETags of what it handed on."""

    web: Web
    status: int = 202
    headers: Mapping[str, str] = field(default_factory=dict)
    pings: list[str] = field(default_factory=list)
    attempts: int = 0
    subscriptions: list[Subscription] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.web.pages[PATH] = self._asked

    @property
    def url(self) -> str:
        return self.web.url(PATH)

    def _asked(self, asked: Asked) -> Page:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode(), strict_parsing=True).items()}
        if asked.headers["Content-Type"] != "application/x-www-form-urlencoded":
            return Page(b"a form is expected", 415)
        if form["hub.mode"] == "subscribe":
            return self._subscribed(Subscription(form["hub.topic"], form["hub.callback"], form["hub.secret"]))
        if form["hub.mode"] != "publish" or form["hub.topic"] != form["hub.url"]:
            return Page(b"no such mode", 400)
        self.attempts += 1
        if self.status < 300:
            self.pings.append(form["hub.topic"])
            self._hand_on(form["hub.topic"])
        return Page(b"", self.status, self.headers)

    def _subscribed(self, wanted: Subscription) -> Page:
        """Verify the intent of the subscriber (section 5.3)."""
        challenge = secrets.token_hex(8)
        asked = {"hub.mode": "subscribe", "hub.topic": wanted.topic, "hub.challenge": challenge}
        status, _, said = ask("GET", f"{wanted.callback}?{urlencode(asked | {'hub.lease_seconds': '864000'})}")
        if status == 200 and said == challenge.encode():
            self.subscriptions.append(wanted)
        return Page(b"", 202)

    def _hand_on(self, topic: str) -> None:
        """Distribute the content (section 7): the topic's whole content in its type, signed, with its links."""
        status, headers, content = ask("GET", topic)
        assert status == 200
        if self.seen.get(topic) == content:
            return
        self.seen[topic] = content
        for one in self.subscriptions:
            if one.topic == topic:
                signature = hmac.digest(one.secret.encode(), content, hashlib.sha256).hex()
                said = {"Content-Type": headers.get("Content-Type", ""), "X-Hub-Signature": f"sha256={signature}",
                        "Link": f'<{self.url}>; rel="hub", <{topic}>; rel="self"'}  # fmt: skip
                assert ask("POST", one.callback, content, said)[0] < 300


@dataclass
class Subscriber:
    """Subscribes to what a feed names as its hub and itself, and keeps what it is given under /callback/<n>."""

    web: Web
    hub: str
    topic: str
    secret: str = "nur fuer zwei"
    contents: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.path = f"/callback/{secrets.token_hex(4)}"
        self.web.pages[self.path] = self._given
        callback = self.web.url(self.path)
        form = {"hub.mode": "subscribe", "hub.topic": self.topic, "hub.callback": callback, "hub.secret": self.secret}
        self.web.answered_by_prefix[self.path + "?"] = self._verified
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert ask("POST", self.hub, urlencode(form).encode(), headers)[0] == 202

    def _verified(self, asked: Asked) -> Page:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        is_mine = query["hub.topic"] == self.topic and query["hub.mode"] == "subscribe"
        return Page(query["hub.challenge"].encode(), validators=False) if is_mine else Page(b"", 404)

    def _given(self, asked: Asked) -> Page:
        signature = hmac.digest(self.secret.encode(), asked.body, hashlib.sha256).hex()
        if (
            asked.headers["X-Hub-Signature"] == f"sha256={signature}"
            and f'<{self.topic}>; rel="self"' in asked.headers["Link"]
        ):
            self.contents.append(asked.body)
        return Page(b"", 204)


def ask(
    method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    """One request; the status, headers and body of the answer."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request(
            method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, dict(headers or {})
        )
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()
