"""A listmonk that answers as its Go source does (read in July 2026: cmd/campaigns.go, internal/core/campaigns.go,
queries/campaigns.sql, models/campaigns.go, internal/auth), as far as feeder speaks with it; and faults."""

from __future__ import annotations

import base64
import itertools
import json
import re
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.delivery.go_fake import GoError, execute

DEFAULT, BARE, VISUAL = 1, 2, 3
TEMPLATES = {
    DEFAULT: '<html><body>{{ template "content" . }}<p>{{ UnsubscribeURL }}</p>{{ TrackView }}</body></html>',
    BARE: '{{ template "content" . }}',
    VISUAL: "<p>visual</p>",
}
LISTS = {1: "Alle", 2: "Probe", 9: "fremde"}
ALL = frozenset({"campaigns:get", "campaigns:manage", "campaigns:send"})
USER, TOKEN = "feeder", "gëheim"
PER_PAGE = 20
_FROM = re.compile(r"((.+?)\s)?<(.+?)@(.+?)>")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
SHORTHANDS = (
    (re.compile(r'{{\s*TrackLink\s+"([^"]+)"\s*}}'), r'{{ TrackLink "\1" . }}'),
    (re.compile(r"(https?://[\w\-\.~!#$&'()*+,/:;=?@\[\]%]*)@TrackLink"), r'{{ TrackLink "\1" . }}'),
    (re.compile(r"{{(\s+)?(TrackView|UnsubscribeURL|ManageURL|OptinURL|MessageURL)(\s+)?}}"), r"{{ \2 . }}"),
)


class HTTPError(Exception):
    """Echo's: a status and a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class LostError(Exception):
    """The connection ends without an answer."""


@dataclass(frozen=True)
class Said:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str]


Fault = Callable[[Callable[[], Any]], Any]


def lost_after(act: Callable[[], Any]) -> Any:
    """It does what it was asked, and the answer is lost."""
    act()
    raise LostError


def lost_before(_act: Callable[[], Any]) -> Any:
    raise LostError


def fails(status: int, message: str = "Internal Server Error") -> Fault:
    def fault(_act: Callable[[], Any]) -> Any:
        raise HTTPError(status, message)

    return fault


def slow(seconds: float) -> Fault:
    def fault(act: Callable[[], Any]) -> Any:
        time.sleep(seconds)
        return act()

    return fault


@dataclass
class Listmonk:
    """The server. `faults` are, by method and last part of the path, what goes wrong with the next requests."""

    port: int = 0
    campaigns: dict[int, dict[str, Any]] = field(default_factory=dict)
    templates: dict[int, str] = field(default_factory=lambda: dict(TEMPLATES))
    default: int = BARE
    permissions: frozenset[str] = ALL
    permitted: frozenset[int] | None = frozenset({1, 2})
    moved: str | None = None
    faults: dict[tuple[str, str], list[Fault]] = field(default_factory=lambda: defaultdict(list))
    said: list[Said] = field(default_factory=list)
    clock: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def calls(self, method: str) -> list[Said]:
        return [one for one in self.said if one.method == method]

    def answer(self, said: Said) -> tuple[str, Any]:
        """Content type and body; the routes of cmd/handlers.go."""
        self.said.append(said)
        faults = self.faults[said.method, said.path.rpartition("/")[2]]

        def act() -> Any:
            self._let_in(said)
            with self.lock:
                return self._route(said)

        return faults.pop(0)(act) if faults else act()  # type: ignore[no-any-return]  # whatever the route says

    def _let_in(self, said: Said) -> None:
        wanted = base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
        if said.headers.get("Authorization") != f"Basic {wanted}":
            raise HTTPError(403, "invalid API credentials")

    def _route(self, said: Said) -> tuple[str, Any]:
        match said.method, said.path.strip("/").split("/"):
            case "GET", ["api", "campaigns"]:
                self._must("campaigns:get")
                return "json", self._query(said.query)
            case "GET", ["api", "campaigns", number]:
                self._must("campaigns:get")
                return "json", self._shown(self._get(number))
            case "GET", ["api", "campaigns", number, "preview"]:
                self._must("campaigns:get")
                return "html", self.preview(self._get(number))
            case "POST", ["api", "campaigns"]:
                self._must("campaigns:manage")
                return "json", self._create(said.body)
            case "PUT", ["api", "campaigns", number]:
                self._must("campaigns:manage")
                return "json", self._update(self._get(number), said.body)
            case "PUT", ["api", "campaigns", number, "status"]:
                self._must("campaigns:send")
                return "json", self.set_status(self._get(number), said.body["status"])
        raise HTTPError(404, "Not Found")

    def _must(self, permission: str) -> None:
        if permission not in self.permissions:
            raise HTTPError(403, f"Permission denied: {permission}")

    def _get(self, number: str) -> dict[str, Any]:
        if int(number) not in self.campaigns:
            raise HTTPError(400, "Campaign not found")
        campaign = self.campaigns[int(number)]
        if self.permitted is not None and not self.permitted & set(campaign["lists"]):
            raise HTTPError(403, "Permission denied: campaigns:get")
        return campaign

    def _shown(self, campaign: dict[str, Any]) -> dict[str, Any]:
        return campaign | {"lists": [{"id": one, "name": LISTS.get(one, "")} for one in campaign["lists"]] or None}

    def _query(self, query: dict[str, list[str]]) -> dict[str, Any]:
        wanted = query.get("query", [""])[0].strip()
        found = [one for one in self.campaigns.values() if _matches(wanted, f"{one['name']} {one['subject']}")]
        if self.permitted is not None:
            found = [one for one in found if self.permitted & set(one["lists"])]
        if query.get("status"):
            found = [one for one in found if one["status"] in query["status"]]
        found.sort(key=lambda one: -one["id"])
        asked = query.get("per_page", ["0"])[0]
        size = len(found) if asked == "all" else int(asked) if int(asked) > 0 else PER_PAGE
        page = max(1, int(query.get("page", ["1"])[0]))
        shown = [self._shown(one) for one in found[(page - 1) * size : page * size]]
        if query.get("no_body") == ["true"]:
            shown = [one | {"body": ""} for one in shown]
        facts = {"query": wanted, "total": len(found), "page": page, "per_page": size}
        return {"results": shown} | (facts if shown else {"query": "", "total": 0, "page": 0, "per_page": 0})

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        given = {"type": "regular", "messenger": "email"} | {key: one for key, one in body.items() if one}
        campaign = self._valid({"from_email": "", "content_type": "", "headers": [], "tags": []} | given)
        number = max(self.campaigns, default=0) + 1
        wanted = campaign.get("template_id", self.default)
        template = wanted if wanted in self.templates and wanted != VISUAL else None
        now = next(self.clock)
        made = campaign | {"id": number, "status": "draft", "template_id": template, "send_at": None}
        self.campaigns[number] = {"altbody": None} | made | {"created_at": now, "updated_at": now}
        return self._shown(self.campaigns[number])

    def _update(self, campaign: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        if campaign["status"] not in ("draft", "paused", "scheduled"):
            raise HTTPError(400, "Cannot update a running or a finished campaign.")
        campaign |= self._valid(campaign | body) | {"updated_at": next(self.clock)}
        return self._shown(campaign)

    def _valid(self, given: dict[str, Any]) -> dict[str, Any]:
        """validateCampaignFields, and what the queries leave out without a word."""
        lists = [one for one in given.get("lists", []) if self.permitted is None or one in self.permitted]
        sender = given["from_email"]
        if sender and not _FROM.search(sender) and not _ADDRESS.fullmatch(sender):
            raise HTTPError(400, "Invalid `from_email`.")
        if not 1 <= len(given.get("name", "").encode()) <= 2000:
            raise HTTPError(400, "Invalid length for name.")
        if not 1 <= len(given.get("subject", "").encode()) <= 5000:
            raise HTTPError(400, "Invalid length for subject.")
        if not lists:
            raise HTTPError(400, "Invalid list IDs.")
        if given["messenger"] != "email":
            raise HTTPError(400, f"Unknown messenger {given['messenger']}.")
        kind = given["content_type"]
        kinds = ("richtext", "html", "plain", "visual", "markdown")
        tags = ["-".join(tag.split()) for tag in given["tags"] if tag.strip()]
        given |= {"content_type": kind if kind in kinds else "richtext", "tags": tags}
        self.parts(given, "")
        return given | {"lists": [one for one in lists if one in LISTS]}

    def set_status(self, campaign: dict[str, Any], status: str) -> dict[str, Any]:
        """UpdateCampaignStatus."""
        now = campaign["status"]
        allowed = {
            "draft": (now == "scheduled", "Only scheduled campaigns can be saved as drafts."),
            "scheduled": (now in ("draft", "paused") and campaign["send_at"], "Only draft or paused campaigns …"),
            "running": (now in ("paused", "draft"), "Only paused campaigns and drafts can be started."),
            "paused": (now == "running", "Only active campaigns can be paused."),
            "cancelled": (now in ("running", "paused"), "Only active campaigns can be cancelled."),
        }
        if status not in allowed:
            raise HTTPError(500, f'Error updating campaign: invalid input value for enum campaign_status: "{status}"')
        if not allowed[status][0]:
            raise HTTPError(400, allowed[status][1])
        stored = "scheduled" if campaign["send_at"] and status == "running" else status
        campaign |= {"status": stored, "updated_at": next(self.clock)}
        return self._shown(campaign) | {"status": status}

    def preview(self, campaign: dict[str, Any]) -> str:
        """PreviewCampaign: without a template of its own, a campaign is shown without any."""
        return self.parts(campaign, self.templates.get(campaign["template_id"] or 0, ""))["body"]

    def mailed(self, campaign: dict[str, Any]) -> dict[str, str]:
        """What a subscriber gets; a campaign without a template of its own gets the default one."""
        parts = self.parts(campaign, self.templates[campaign["template_id"] or self.default])
        headers = {name: value for one in campaign["headers"] for name, value in one.items()}
        return parts | {name: self._line(value) for name, value in headers.items()}

    def parts(self, campaign: dict[str, Any], template: str) -> dict[str, str]:
        """CompileTemplate and render."""
        url = f"{self.url}subscription/0-campaign/0-subscriber?a=1&b=2"
        bare = template or '{{ template "content" . }}'
        body = campaign.get("body", "")
        alternative = campaign.get("altbody") or ""
        try:
            body = execute(short(bare), url, content=short(body))
            if _is_template(alternative):
                alternative = execute(short(alternative), url)
            return {"subject": self._line(campaign["subject"]), "body": body, "altbody": alternative}
        except GoError as error:
            raise HTTPError(400, f"Error compiling campaign body: {error}") from error

    def _line(self, words: str) -> str:
        return execute(short(words), self.url, is_html=False) if _is_template(words) else words


def short(words: str) -> str:
    for pattern, full in SHORTHANDS:
        words = pattern.sub(full, words)
    return words


def _is_template(words: str) -> bool:
    return "}}" in words.partition("{{")[2]


def _matches(query: str, words: str) -> bool:
    """TO_TSVECTOR @@ TO_TSQUERY or ILIKE, both of the query with % around it and & for blanks."""
    if not query:
        return True
    wanted = "%" + re.sub(r"\s+", "&", query) + "%"
    if re.search(r"[():|!<>\\']", wanted):
        raise HTTPError(500, "Error fetching campaign: syntax error in tsquery")
    tokens = re.findall(r"\w+", words.lower())
    phrases = [re.findall(r"\w+", part.lower()) for part in wanted.split("&")]
    if all(any(tokens[n : n + len(one)] == one for n in range(len(tokens))) for one in phrases):
        return True
    like = re.escape(wanted).replace("%", ".*").replace("_", ".")
    return re.fullmatch(like, words, re.IGNORECASE | re.DOTALL) is not None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    listmonk: Listmonk

    def _serve(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        body = json.loads(data) if data else None
        said = Said(self.command, parts.path, parse_qs(parts.query), body, dict(self.headers.items()))
        try:
            if self.listmonk.moved is not None:
                raise HTTPError(302, "moved")
            kind, told = self.listmonk.answer(said)
            self._say(200, kind, told if kind == "html" else json.dumps({"data": told}))
        except HTTPError as error:
            self._say(error.status, "json", json.dumps({"message": str(error)}))
        except LostError:
            self.close_connection = True

    def _say(self, status: int, kind: str, words: str) -> None:
        data = words.encode()
        self.send_response(status)
        self.send_header("Content-Type", {"json": "application/json", "html": "text/html; charset=UTF-8"}[kind])
        self.send_header("Content-Length", str(len(data)))
        if self.listmonk.moved is not None:
            self.send_header("Location", self.listmonk.moved)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = _serve  # noqa: N815 - the names are the standard library's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Be silent about clients that were killed while they waited."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # handed on as it came


@contextmanager
def listmonk_server() -> Iterator[Listmonk]:
    """Run one on a free port of loopback for as long as the block lasts."""
    handler = type("Handler", (_Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    fake = Listmonk(server.server_port)
    handler.listmonk = fake  # type: ignore[attr-defined]  # made two lines above, one per server
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
