"""What the process says: a line per fact, what it is about, and never a secret."""

from __future__ import annotations

import base64
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextvars import copy_context
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from feeder.logs import about, begin, hidden, redacting
from feeder.logs.formatting import Json, Words
from feeder.logs.redacting import MASK, Redaction

LOG = logging.getLogger("feeder.try")


@pytest.fixture(autouse=True)
def aside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave what the process logs by as it was."""
    root, feeder = logging.getLogger(), logging.getLogger("feeder")
    handlers, levels = list(root.handlers), (root.level, feeder.level)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    monkeypatch.setattr(redacting, "_REDACTION", Redaction())
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    feeder.setLevel(levels[1])


def spoken(*, as_json: bool = True, serving: bool = True) -> io.StringIO:
    stream = io.StringIO()
    begin(logging.INFO, stream, as_json=as_json, serving=serving)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_for_programs_says_when_how_bad_who_what_and_what_it_is_about():
    stream = spoken()
    with about(run=12, edition=None), about(source="heise"):
        LOG.info("%s: %d items", "heise", 3)
    LOG.warning("später")
    first, second = lines(stream)
    assert str(first.pop("time")).endswith("Z")
    assert first == {
        "level": "info", "logger": "feeder.try", "message": "heise: 3 items", "run": 12, "source": "heise"
    }  # fmt: skip
    assert (second["message"], "run" in second) == ("später", False)


def test_a_thread_in_a_copy_of_the_context_knows_what_it_works_on():
    stream = spoken()
    with about(run=7):
        thread = threading.Thread(target=copy_context().run, args=(LOG.info, "drinnen"))
    thread.start()
    thread.join()
    assert lines(stream)[0]["run"] == 7


def test_people_read_one_line_per_fact_whatever_a_headline_holds():
    stream = spoken(as_json=False)
    with about(run=3):
        LOG.info("Titel\nERROR feeder: gefälscht \x1b[31mrot\u202e")
    [line] = stream.getvalue().splitlines()
    assert "INFO feeder.try [run 3]: Titel | ERROR" in line
    assert "\x1b" not in line
    assert "\\x1b[31mrot\\u202e" in line


def test_a_bug_is_one_json_field_without_anybodys_variables():
    stream = spoken()

    def fail() -> None:
        password = "ganz-geheim"
        raise ValueError(len(password))

    try:
        fail()
    except ValueError:
        LOG.exception("ging nicht")
    [line] = lines(stream)
    assert "ValueError: 11" in str(line["exception"])
    assert "test_logs.py" in str(line["exception"])
    assert "'ganz-geheim'" not in stream.getvalue().replace('password = "ganz-geheim"', "")


def test_a_call_whose_arguments_do_not_fit_still_says_what_it_can():
    stream = spoken()
    LOG.info("%d Stück", "ein-geheimnis")
    assert lines(stream)[0]["message"] == "%d Stück (what belongs into it cannot be said)"
    assert "ein-geheimnis" not in stream.getvalue()


def test_a_log_that_cannot_be_written_stops_nothing(capsys: pytest.CaptureFixture[str]):
    class Full(io.StringIO):
        def write(self, _words: str) -> int:
            raise OSError(28, "No space left on device")

    begin(logging.INFO, Full(), as_json=True)
    LOG.info("token=ein-geheimnis")
    assert capsys.readouterr() == ("", "")


def test_what_others_log_and_warn_of_passes_the_same_way():
    stream = spoken()
    logging.getLogger("apscheduler.executors").warning("Run time was missed")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("veraltet", DeprecationWarning, stacklevel=1)
    assert [line["logger"] for line in lines(stream)] == ["apscheduler.executors", "py.warnings"]


def test_an_exception_that_ends_a_thread_is_a_line():
    stream = spoken()
    thread = threading.Thread(target=lambda: 1 / 0, name="arbeit")
    thread.start()
    thread.join()
    [line] = lines(stream)
    assert line["message"] == "arbeit ended by a bug: ZeroDivisionError"
    assert "ZeroDivisionError: division by zero" in str(line["exception"])


def test_an_exception_that_ends_the_process_is_a_line_without_its_secrets():
    code = """
import logging, sys
from feeder.logs import begin, hide
hide(lambda: ["ganz-geheim"])
begin(logging.INFO, sys.stderr, as_json=True, serving=True)
raise RuntimeError("login mit ganz-geheim")
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    line = json.loads(done.stderr)
    assert "login mit ***" in line["exception"]
    assert "ganz-geheim" not in done.stderr


def test_a_json_line_holds_on_a_terminal_that_knows_ascii_only():
    form = Json(hidden, ascii_only=True)
    record = logging.LogRecord("feeder", logging.INFO, "", 0, "Börse \udc80", None, None)
    assert json.loads(form.format(record).encode("ascii"))["message"] == "Börse \udc80"


SECRETS = st.text(min_size=1, max_size=40).filter(lambda one: one.strip() and set(one) - set("*"))


@given(SECRETS, st.text(max_size=30), st.text(max_size=30))
@example("geheim", "a", "b")
@example('mit"An\\führung\n und Zeile', "", "")
@example("a/b c+d%", "x", "y")
def test_no_secret_is_said_in_whatever_spelling(secret: str, before: str, after: str):
    assume(len(secret) >= 4)
    redaction = Redaction()
    redaction.add(lambda: [secret])
    for said in (
        f"{before}{secret}{after}",
        f"{before}{[secret]!r}{after}",
        f"{before}https://host.example/?q={quote(secret.encode('utf-8', 'surrogateescape'), safe='')}",
        f"{before}{json.dumps({'key': secret})}",
        f"{before} {base64.b64encode(secret.encode('utf-8', 'surrogateescape')).decode()}",
    ):
        for form in (Json(redaction), Words(redaction, runs=True)):
            record = logging.LogRecord("feeder", logging.ERROR, "", 0, "%s", (said,), None)
            line = form.format(record)
            assert MASK in line
            assert secret not in line.removeprefix(before)


@given(st.text(alphabet=st.characters(categories=("L", "N", "P")), min_size=12, max_size=70))
def test_a_traceback_hides_the_lines_of_a_key(line: str):
    redaction = Redaction()
    redaction.add(lambda: [f"-----BEGIN\n{line}\n-----END"])
    try:
        raise ValueError(line)
    except ValueError:
        record = logging.LogRecord("feeder", logging.ERROR, "", 0, "x", None, sys.exc_info())
    assert line not in str(json.loads(Json(redaction).format(record))["exception"])


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("https://nutzer:wort@host.example/a failed", "https://***@host.example/a failed"),
        ("postgresql+psycopg://u:p%40ss@db/x", "postgresql+psycopg://***@db/x"),
        ("GET /list?token=abc123&page=2", "GET /list?token=***&page=2"),
        ("api_key=abc; x", "api_key=***; x"),
        ("{'Authorization': 'Bearer abc.def'}", "{'Authorization': '***'}"),
        ("write to anna@host.example about https://host.example/a@b", None),
        ("the token bucket is full; key figures = 3", None),
    ],
)
def test_logins_and_tokens_of_anybody_are_hidden_and_nothing_else(said: str, heard: str | None):
    assert Redaction()(said) == (heard or said)


def test_a_short_secret_is_hidden_where_it_stands_alone():
    redaction = Redaction()
    redaction.add(lambda: ["ab"])
    assert redaction("ab, abend (ab)") == "***, abend (***)"


def test_secrets_named_later_join_those_named_before():
    redaction = Redaction()
    redaction.add(lambda: ["altes-wort"])
    assert redaction("altes-wort neues-wort") == "*** neues-wort"
    redaction.add(lambda: ["neues-wort"])
    assert redaction("altes-wort neues-wort") == "*** ***"
