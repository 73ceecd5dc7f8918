"""A model behind a real server that does whatever servers do: only a true answer gets through, and none too late."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from feeder.errors import SummaryError
from feeder.summaries import endpoint as client
from feeder.summaries.endpoint import Endpoint, Reply
from feeder.summaries.prompt import SCHEMA
from tests.summaries.model_answers import completion, said
from tests.web import Asked, Page, Web

PATH = "/v1/chat/completions"
JSON = {"Content-Type": "application/json"}
MESSAGES = [{"role": "user", "content": "Fasse zusammen."}]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    client.forget()
    yield
    client.forget()


def ask(web: Web, seconds: float = 10.0) -> Reply:
    return Endpoint(web.url("/v1"), "klein", "geheim").ask(MESSAGES, SCHEMA, 1000, seconds)


def forms(web: Web) -> list[str]:
    """In which form each call wanted its answer."""
    return [json.loads(one.body).get("response_format", {}).get("type", "text") for one in web.asked]


def test_a_call_is_what_the_api_wants(web: Web):
    web.pages[PATH] = Page(completion(said()), 200, JSON, validators=False)
    assert ask(web) == Reply(said(), 700, 150, cut=False)
    body = json.loads(web.asked[0].body)
    assert (body["model"], body["temperature"], body["max_tokens"], body["messages"]) == ("klein", 0, 1000, MESSAGES)
    assert body["response_format"]["json_schema"]["strict"] is True
    assert web.asked[0].headers["Authorization"] == "Bearer geheim"


@pytest.mark.parametrize(("known", "calls"), [(("json_object",), 2), ((), 3)])
def test_the_form_of_answers_steps_down_once_and_is_remembered(web: Web, known: tuple[str, ...], calls: int):
    def answer(asked: Asked) -> Page:
        form = json.loads(asked.body).get("response_format", {}).get("type", "text")
        good = form in (*known, "text")
        return Page(completion(said()), 200, JSON) if good else Page(b'{"error": "unknown"}', 400, JSON)

    web.pages[PATH] = answer
    ask(web)
    ask(web)
    assert forms(web) == [*("json_schema", "json_object", "text")[:calls], forms(web)[calls - 1]]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_is_asked_once_more(web: Web, status: int):
    pages = [Page(b"", status, {"Retry-After": "0"}), Page(completion(said()), 200, JSON)]
    web.pages[PATH] = lambda _: pages.pop(0)
    assert ask(web).content == said()


@pytest.mark.parametrize(
    "wait",
    ["3600", "inf", "nan", format_datetime(datetime.now(UTC) + timedelta(hours=1))],
    ids=["h", "inf", "nan", "date"],
)
def test_a_wait_beyond_the_deadline_is_not_begun(web: Web, wait: str):
    web.pages[PATH] = Page(b"", 429, {"Retry-After": wait})
    started = time.monotonic()
    with pytest.raises(SummaryError, match="429"):
        ask(web)
    assert time.monotonic() - started < 5.0
    assert len(web.asked) == 1


BROKEN: dict[str, Page] = {
    "500 twice": Page(b"", 500, {"Retry-After": "0"}),
    "401": Page(b"{}", 401, JSON),
    "404": Page(b"no such path", 404),
    "a redirect": Page(b"", 307, {"Location": "/elsewhere"}),
    "204": Page(b"", 204, JSON),
    "HTML": Page(b"<html>login</html>", 200, {"Content-Type": "text/html"}),
    "good, but called HTML": Page(completion(said()), 200, {"Content-Type": "text/html"}),
    "no content type": Page(completion(said()), 200),
    "empty": Page(b"", 200, JSON),
    "half": Page(completion(said())[:90], 200, JSON),
    "no JSON": Page(b"upstream error", 200, JSON),
    "a list": Page(b"[]", 200, JSON),
    "null": Page(b"null", 200, JSON),
    "no choices": Page(b'{"choices": []}', 200, JSON),
    "choices null": Page(b'{"choices": null}', 200, JSON),
    "no message": Page(b'{"choices": [{}]}', 200, JSON),
    "content null": Page(completion(None), 200, JSON),
    "content a list": Page(completion([{"type": "text", "text": said()}]), 200, JSON),
    "NaN usage": Page(completion(said()).replace(b"700", b"NaN"), 200, JSON),
    "an error": Page(b'{"error": {"message": "overloaded"}}', 200, JSON),
    "huge": Page(completion("x" * 2_000_000), 200, JSON),
    "a tower": Page(b"[" * 200_000, 200, JSON),
    "no UTF-8": Page(completion("ä").replace("ä".encode(), b"\xe4"), 200, JSON),
    "packed": Page(b"\x1f\x8b\x08\x00rubbish", 200, {**JSON, "Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("page", BROKEN.values(), ids=BROKEN)
def test_what_is_no_answer_is_an_error_without_the_key(web: Web, page: Page):
    web.pages[PATH] = Page(page.body, page.status, page.headers, validators=False)
    web.put("/elsewhere", completion(said()), content_type="application/json")
    with pytest.raises(SummaryError) as caught:
        ask(web)
    assert "geheim" not in str(caught.value)
    assert all(one.path == PATH for one in web.asked)


@pytest.mark.parametrize(
    "usage", [{}, None, {"prompt_tokens": -5}, {"prompt_tokens": 1.5}, {"prompt_tokens": 10**12}, [1]]
)
def test_usage_that_cannot_be_is_not_counted(web: Web, usage: object):
    web.pages[PATH] = Page(completion(said(), usage=usage), 200, JSON)
    assert ask(web).asked is None


def test_an_answer_that_was_cut_says_so(web: Web):
    web.pages[PATH] = Page(completion(said()).replace(b'"stop"', b'"length"'), 200, JSON)
    assert ask(web).cut


def test_a_connection_that_is_refused_costs_nothing():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(SummaryError, match="refused") as caught:
        Endpoint(f"http://127.0.0.1:{port}/v1", "klein").ask(MESSAGES, SCHEMA, 1000, 5.0)
    assert caught.value.unpaid


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"


@contextmanager
def dripping(start: bytes) -> Iterator[tuple[str, threading.Event]]:
    """A server that sends `start`, then a byte every 50 ms for ever; the event says that it was left."""
    left = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(start)
            while True:
                try:
                    connection.sendall(b" ")
                except OSError:
                    left.set()
                    return
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1", left


STARTS = {
    "body": HEAD,
    "header": HEAD[:-4] + b"\r\nX-Slow: ",
    "status": b"",
    "100": b"HTTP/1.1 100 Continue\r\n\r\n",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_server_that_drips_is_left_at_the_deadline(start: bytes):
    with dripping(start) as (address, left):
        started = time.monotonic()
        with pytest.raises(SummaryError):
            Endpoint(address, "klein").ask(MESSAGES, SCHEMA, 1000, 1.0)
        assert time.monotonic() - started < 4.0
        assert left.wait(5.0)


def test_a_tls_handshake_that_never_ends_is_left_at_the_deadline():
    with dripping(b"\x16\x03\x03") as (address, left):
        started = time.monotonic()
        with pytest.raises(SummaryError):
            Endpoint(address.replace("http:", "https:"), "klein").ask(MESSAGES, SCHEMA, 1000, 1.0)
        assert time.monotonic() - started < 4.0
        assert left.wait(5.0)


def test_an_endpoint_that_fails_three_times_is_left_alone_for_a_time(web: Web):
    web.pages[PATH] = Page(b"", 401, JSON)
    for _ in range(3):
        with pytest.raises(SummaryError, match="401"):
            ask(web)
    with pytest.raises(SummaryError, match="left alone") as caught:
        ask(web)
    assert caught.value.unpaid
    assert len(web.asked) == 3
    web.pages[PATH] = Page(completion(said()), 200, JSON, validators=False)
    standing = client._standing(Endpoint(web.url("/v1"), "klein"))
    assert 0 < standing.rests_until - time.monotonic() <= client.RESTS_SECONDS
    standing.rests_until = time.monotonic()
    assert ask(web).content == said()


def test_who_is_asked_in_vain_ends_the_wait():
    def alive() -> None:
        raise SummaryError("told to stop")

    with dripping(HEAD) as (address, left):
        with pytest.raises(SummaryError, match="told to stop"):
            Endpoint(address, "klein", alive=alive).ask(MESSAGES, SCHEMA, 1000, 30.0)
        assert left.wait(5.0)


def test_a_key_is_not_shown():
    assert "geheim" not in repr(Endpoint("http://x.example/v1", "klein", "geheim"))
