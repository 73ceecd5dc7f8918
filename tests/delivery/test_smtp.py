"""A connection says of each message what became of it, and claims to know nothing more."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from aiosmtpd.smtp import AuthResult

from feeder.config import Config, load_config
from feeder.config.carriers import Carriers, Smtp
from feeder.delivery.smtp import Answer, Connection, Post
from feeder.errors import DeliveryError
from feeder.model import DeliveryState
from tests.conftest import ROOT
from tests.mailboxes import Mailboxes, mail_server

MESSAGE = b"Subject: Hallo\r\n\r\nGuten Tag\r\n"


def config_of(port: int, **settings: object) -> Config:
    smtp = Smtp.model_validate({"host": "127.0.0.1", "port": port, "security": "none", "timeout": "5s", **settings})
    config = load_config(ROOT / "tests" / "data" / "config.toml", {})
    return config.model_copy(update={"carriers": Carriers(smtp=smtp)})


def post(port: int, **settings: object) -> Post:
    return Post(config_of(port, **settings))


@pytest.fixture
def boxes() -> Iterator[Mailboxes]:
    with mail_server() as server:
        yield server


@pytest.fixture
def connection(boxes: Mailboxes) -> Iterator[Connection]:
    opened = post(boxes.port).connect()
    yield opened
    opened.close()


def send(connection: Connection, address: str = "ada@leser.test", message: bytes = MESSAGE) -> Answer:
    return connection.send("wir@news.test", address, message)


def test_a_message_arrives_as_it_was_written(boxes: Mailboxes, connection: Connection):
    for address in ("ada@leser.test", "bob@leser.test"):
        answer = send(connection, address)
        assert answer == Answer(DeliveryState.DELIVERED, "message: 250 OK")
    assert boxes.messages["ada@leser.test"] == [MESSAGE]
    assert boxes.taken == {"ada@leser.test": 1, "bob@leser.test": 1}
    assert boxes.connections == 1


@pytest.mark.parametrize(
    ("said", "state"), [("550 5.1.1 unknown", DeliveryState.REFUSED), ("450 4.2.1 later", DeliveryState.WAITING)]
)
def test_what_is_said_of_one_recipient_is_said_of_no_other(
    boxes: Mailboxes, connection: Connection, said: str, state: DeliveryState
):
    boxes.rcpt = {"weg@leser.test": said}.get
    assert send(connection, "weg@leser.test") == Answer(state, f"RCPT: {said}")
    assert send(connection).state is DeliveryState.DELIVERED
    assert boxes.taken == {"ada@leser.test": 1}


@pytest.mark.parametrize(
    ("said", "state"), [("554 5.7.1 spam", DeliveryState.REFUSED), ("452 4.3.1 full", DeliveryState.WAITING)]
)
def test_an_answer_to_the_message_counts(boxes: Mailboxes, connection: Connection, said: str, state: DeliveryState):
    boxes.data = {"weg@leser.test": said}.get
    assert send(connection, "weg@leser.test") == Answer(state, f"message: {said}")
    assert send(connection).state is DeliveryState.DELIVERED


def test_what_the_server_has_against_the_sender_is_no_recipients_fault(boxes: Mailboxes, connection: Connection):
    boxes.mail = "550 5.7.1 not from you"
    with pytest.raises(DeliveryError, match=r"MAIL: 550 5\.7\.1 not from you") as caught:
        send(connection)
    assert not caught.value.retry


def test_a_connection_lost_before_the_message_left_nothing_behind(boxes: Mailboxes, connection: Connection):
    boxes.rcpt = {"ada@leser.test": "drop"}.get
    answer = send(connection)
    assert (answer.state, answer.is_open, answer.is_lost) == (DeliveryState.WAITING, False, True)
    assert boxes.taken == {}


def test_a_connection_lost_within_the_message_left_nothing_behind(boxes: Mailboxes, connection: Connection):
    boxes.dropped_within = {"ada@leser.test"}
    answer = send(connection, message=b"X: y\r\n" * 4_000_000)
    assert (answer.state, answer.is_open, answer.is_lost) == (DeliveryState.WAITING, False, False)
    assert "within the message" in answer.words


def test_a_connection_lost_after_the_final_dot_leaves_a_doubt(boxes: Mailboxes, connection: Connection):
    boxes.data = {"ada@leser.test": "drop"}.get
    answer = send(connection)
    assert (answer.state, answer.is_open) == (DeliveryState.IN_DOUBT, False)
    assert boxes.taken == {"ada@leser.test": 1}


def test_a_server_that_never_answers_leaves_a_doubt(boxes: Mailboxes):
    boxes.slow = 3
    opened = post(boxes.port, timeout="1s").connect()
    answer = send(opened)
    assert (answer.state, answer.is_open) == (DeliveryState.IN_DOUBT, False)


def scripted(*script: bytes) -> tuple[int, list[bytes], threading.Thread]:
    """A server that says one thing after the other, each when something came; what came."""
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        with listener, listener.accept()[0] as client:
            client.settimeout(5)
            for line in script:
                client.sendall(line)
                heard.append(client.recv(65536))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return int(listener.getsockname()[1]), heard, thread


PIPELINED = (b"220 hier\r\n", b"250-hier\r\n250 PIPELINING\r\n")


def test_where_the_server_lets_us_all_is_asked_at_once():
    go_on = b"250 ok\r\n250 ok\r\n354 go on\r\n"
    port, heard, thread = scripted(*PIPELINED, go_on, b"250 taken\r\n", b"221 bye\r\n")
    opened = post(port).connect()
    assert send(opened).state is DeliveryState.DELIVERED
    opened.close()
    thread.join(5)
    assert heard[1] == b"MAIL FROM:<wir@news.test>\r\nRCPT TO:<ada@leser.test>\r\nDATA\r\n"
    assert heard[2] == MESSAGE + b".\r\n"


def test_a_server_that_would_take_a_message_for_nobody_gets_an_empty_one():
    answers = b"250 ok\r\n550 5.1.1 nobody\r\n354 go on\r\n"
    port, heard, thread = scripted(*PIPELINED, answers, b"554 nobody\r\n", b"250 reset\r\n", b"221 bye\r\n")
    opened = post(port).connect()
    answer = send(opened)
    assert answer == Answer(DeliveryState.REFUSED, "RCPT: 550 5.1.1 nobody")
    opened.close()
    thread.join(5)
    assert heard[2:4] == [b".\r\n", b"rset\r\n"]


@pytest.mark.parametrize("said", [b"what?\r\n", b"354 go on\r\n", b"601 odd\r\n"])
def test_what_is_no_answer_leaves_a_doubt(said: bytes):
    port, _, _ = scripted(*PIPELINED, b"250 ok\r\n250 ok\r\n354 go on\r\n", said, b"221 bye\r\n")
    answer = send(post(port).connect())
    assert (answer.state, answer.is_open) == (DeliveryState.IN_DOUBT, False)


def test_a_server_that_closes_after_its_answer_is_left(boxes: Mailboxes, connection: Connection):
    boxes.rcpt = {"ada@leser.test": "421 4.3.2 too many"}.get
    answer = send(connection)
    assert (answer.state, answer.is_open, answer.is_lost) == (DeliveryState.WAITING, False, False)


def test_a_server_that_is_not_there_may_be_there_later():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    with pytest.raises(DeliveryError, match=f"127.0.0.1:{port} cannot be reached") as caught:
        post(port).connect()
    assert caught.value.retry


def test_without_tls_nothing_is_said_to_a_server_that_should_speak_it(boxes: Mailboxes):
    with pytest.raises(DeliveryError, match="STARTTLS") as caught:
        post(boxes.port, security="starttls", username="wir", password="geheim").connect()
    assert not caught.value.retry


def test_who_is_not_let_in_says_so_without_the_password():
    def wrong(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    with (
        mail_server(authenticator=wrong, auth_require_tls=False) as boxes,
        pytest.raises(DeliveryError, match=r"carriers\.smtp\.username") as caught,
    ):
        post(boxes.port, username="wir", password="geheim").connect()
    assert "geheim" not in str(caught.value)
    assert not caught.value.retry


def test_what_is_announced_may_be_taken_back():
    """A farewell would be the first line of the message that the server waits for."""
    port, heard, thread = scripted(*PIPELINED, b"")
    opened = post(port).connect()
    opened.announce("wir@news.test", "ada@leser.test")
    opened.close()
    thread.join(5)
    assert heard[1:] == [b"MAIL FROM:<wir@news.test>\r\nRCPT TO:<ada@leser.test>\r\nDATA\r\n", b""]
