"""A model behind an OpenAI-compatible endpoint, asked by a thin client: bounded in time, bytes and attempts."""

from __future__ import annotations

import json
import math
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies

from feeder.cutting import CutAdapter, Wires, within
from feeder.errors import SummaryError, unreached

MOST_BYTES = 1_000_000
CONNECT_SECONDS = 10.0
FAILURES = 3
RESTS_SECONDS = 600.0
_PAUSE_SECONDS = 1.0
_MOST_TOKENS = 10_000_000
_FORMS = ("json_schema", "json_object", "text")
# What an endpoint says that does not know the form in which an answer is wanted.
_UNKNOWN_FORM = (400, 404, 415, 422, 501)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said, `cut` if it was not allowed to end; tokens are None where the endpoint does not count."""

    content: str
    asked: int | None
    answered: int | None
    cut: bool


@dataclass(slots=True)
class _Standing:
    """What this process knows of an endpoint and its model."""

    form: int = 0
    failures: int = 0
    rests_until: float = 0.0


@dataclass
class Endpoint:
    """One model. Many threads may share it; what it learns of its endpoint lasts as long as the process.

    `alive` is called every few seconds while an answer is waited for.
    """

    base_url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    alive: Callable[[], None] = lambda: None

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], most: int, seconds: float) -> Reply:
        """Ask for at most `most` tokens and wait at most so many seconds in all; SummaryError says why not."""
        standing = _standing(self)
        if standing.rests_until > time.monotonic():
            raise SummaryError(f"{self.name} failed {FAILURES} times in a row and is left alone for now", unpaid=True)
        wires = Wires()
        try:
            call = _Call(self, messages, schema, most, seconds, wires)
            reply = within(seconds, wires, lambda: call.run(standing), self.alive)
        except TimeoutError as error:
            _failed(standing)
            raise SummaryError(f"{self.name} did not answer within {seconds:.0f} s") from error
        except SummaryError:
            _failed(standing)
            raise
        standing.failures = 0
        return reply

    @property
    def name(self) -> str:
        """The model and its host, for messages."""
        return f"{self.model} at {urlsplit(self.base_url).hostname}"


_standings: dict[tuple[str, str], _Standing] = {}
_lock = threading.Lock()


def _standing(endpoint: Endpoint) -> _Standing:
    with _lock:
        return _standings.setdefault((endpoint.base_url, endpoint.model), _Standing())


def forget() -> None:
    """Forget what was learned of all endpoints."""
    with _lock:
        _standings.clear()


def _failed(standing: _Standing) -> None:
    standing.failures += 1
    if standing.failures >= FAILURES:
        standing.failures, standing.rests_until = 0, time.monotonic() + RESTS_SECONDS


class _RefusedError(Exception):
    """An answer that is none; `wait`: when to try again, None if that would bring the same."""

    def __init__(self, status: int, wait: float | None) -> None:
        super().__init__(status)
        self.status = status
        self.wait = wait


class _Call:
    """All attempts of one question."""

    def __init__(
        self,
        endpoint: Endpoint,
        messages: Sequence[Mapping[str, str]],
        schema: Mapping[str, Any],
        most: int,
        seconds: float,
        wires: Wires,
    ) -> None:
        self._endpoint = endpoint
        self._body = {"model": endpoint.model, "messages": list(messages), "temperature": 0, "max_tokens": most}
        self._schema = schema
        self._deadline = time.monotonic() + seconds
        self._wires = wires

    def run(self, standing: _Standing) -> Reply:
        """Ask in the best form that the endpoint knows; after 429 and 5xx once more, if there is time."""
        form, again = standing.form, 1
        while True:
            try:
                reply = self._once(_FORMS[form])
            except _RefusedError as error:
                if error.status in _UNKNOWN_FORM and form + 1 < len(_FORMS):
                    form += 1
                    continue
                if error.wait is None or not again or time.monotonic() + error.wait >= self._deadline:
                    hint = " (is the key right?)" if error.status in (401, 403) else ""
                    words = f"{self._endpoint.name} answered {error.status}{hint}"
                    raise SummaryError(words, unpaid=error.status < 500) from None
                again -= 1
                time.sleep(error.wait)
            except (requests.RequestException, OSError, ValueError) as error:
                unpaid = isinstance(error, requests.ConnectionError) and "refused" in str(error)
                raise SummaryError(
                    f"{self._endpoint.name} cannot be asked: {unreached(error)}", unpaid=unpaid
                ) from None
            else:
                standing.form = form
                return reply

    def _once(self, form: str) -> Reply:
        with requests.Session() as session:
            session.trust_env = False  # netrc would replace the key
            session.proxies.update(get_environ_proxies(self._endpoint.base_url))
            session.mount("http://", CutAdapter(self._wires))
            session.mount("https://", CutAdapter(self._wires))
            left = max(0.1, self._deadline - time.monotonic())
            with session.post(
                self._endpoint.base_url.rstrip("/") + "/chat/completions",
                json=self._body | self._wanted(form),
                headers=self._headers(),
                timeout=(min(CONNECT_SECONDS, left), left),
                allow_redirects=False,
                stream=True,
                verify=os.environ.get("REQUESTS_CA_BUNDLE") or True,
            ) as response:
                return self._read(response)

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if self._endpoint.api_key:
            headers["Authorization"] = f"Bearer {self._endpoint.api_key}"
        return headers

    def _wanted(self, form: str) -> dict[str, Any]:
        if form == "json_schema":
            schema = {"name": "meldung", "strict": True, "schema": self._schema}
            return {"response_format": {"type": "json_schema", "json_schema": schema}}
        return {"response_format": {"type": "json_object"}} if form == "json_object" else {}

    def _read(self, response: requests.Response) -> Reply:
        status = response.status_code
        if status == 429 or status >= 500:
            raise _RefusedError(status, None if status == 501 else _wait(response.headers.get("Retry-After")))
        if status != 200:
            raise _RefusedError(status, None)
        if "json" not in (response.headers.get("Content-Type") or "").lower():
            raise SummaryError(f"{self._endpoint.name} answered with no JSON; is base_url right?")
        body = bytearray()
        while chunk := response.raw.read1(65_536, decode_content=False):
            body += chunk
            if len(body) > MOST_BYTES:
                raise SummaryError(f"{self._endpoint.name} answered with more than {MOST_BYTES} bytes")
            if time.monotonic() > self._deadline:
                raise TimeoutError
        return _reply(self._endpoint.name, bytes(body))


def _wait(told: str | None) -> float:
    """The seconds that Retry-After asks for, as a number or a date (RFC 9110, section 10.2.3)."""
    if told is None:
        return _PAUSE_SECONDS
    try:
        seconds = float(told)
    except ValueError:
        try:
            at = parsedate_to_datetime(told)
        except ValueError:
            return _PAUSE_SECONDS
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else math.inf


def _reply(name: str, body: bytes) -> Reply:
    """What an answer says; anything that is not as the API has it is a SummaryError."""
    try:
        told = json.loads(body, parse_constant=_no_number)
        choice = told["choices"][0]
        content = choice["message"]["content"]
    except (ValueError, RecursionError, LookupError, TypeError) as error:
        raise SummaryError(f"{name} answered with something that is no chat completion") from error
    if not isinstance(content, str):
        raise SummaryError(f"{name} answered without words")
    usage = told.get("usage") if isinstance(told.get("usage"), dict) else {}
    cut = choice.get("finish_reason") in ("length", "content_filter")
    return Reply(content, _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")), cut)


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _count(told: object) -> int | None:
    is_count = isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= _MOST_TOKENS
    return told if is_count and isinstance(told, int) else None


_FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*", re.DOTALL | re.IGNORECASE)
_THOUGHT = re.compile(r"\s*<think>.*?</think>", re.DOTALL)


def unwrapped(content: str) -> object:
    """The JSON of an answer, out of one fence and behind one thought of a model that thinks aloud; else ValueError."""
    bare = _THOUGHT.sub("", content, count=1)
    fenced = _FENCE.fullmatch(bare)
    try:
        return json.loads(fenced[1] if fenced else bare, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
