"""A mail server (RFC 5321): one message to one recipient at a time, and what it said to each.

smtplib opens the connection (TLS, log-in, EHLO) and reads answers. Messages are written past it: its `data` parses
and quotes each message anew, which costs more than to send it.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from feeder.config import Config
from feeder.config.carriers import MailServer
from feeder.errors import DeliveryError
from feeder.model import DeliveryState

_END = b".\r\n"
_ANSWER_LIMIT = 300
_GO_ON, _CLOSING = 354, 421


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one message.

    `WAITING`: it was certainly not taken, and may be tried again. `is_open`: the connection can take another message.
    `is_lost`: it ended before the server said anything about this message.
    """

    state: DeliveryState
    words: str
    is_open: bool = True
    is_lost: bool = False


class Post:
    """The configured server. `trust` is for tests: another trust in certificates than the system's."""

    def __init__(self, config: Config, trust: ssl.SSLContext | None = None) -> None:
        if config.carriers.smtp is None:
            raise DeliveryError("[carriers.smtp] is not set up")
        self.settings = config.carriers.smtp
        self._trust = trust

    def connect(self) -> Connection:
        """Open a connection, verified and logged in; DeliveryError says what is in the way, and whether later may
        help."""
        return connect(self.settings, "carriers.smtp", self._trust)


def connect(settings: MailServer, section: str, trust: ssl.SSLContext | None = None) -> Connection:
    """Open a connection to the server that a section of config.toml names, as `Post.connect` does."""
    place = f"{settings.host}:{settings.port}"
    try:
        server = _opened(settings, trust)
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(f"{place} has a certificate that is not to be trusted: {error.verify_message}") from error
    except ssl.SSLError as error:
        if error.reason != "WRONG_VERSION_NUMBER":  # it does not begin with TLS
            raise DeliveryError(f"{place} cannot be reached: {error}", retry=True) from error
        raise DeliveryError(
            f'{place} does not speak TLS from the first byte; see {section}.security ("starttls" for port 587)'
        ) from error
    except smtplib.SMTPAuthenticationError as error:
        raise DeliveryError(f"{place} does not let {section}.username in: {_said(error)}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(f'{place}: {error}; see {section}.security ("tls" for port 465)') from error
    except smtplib.SMTPResponseException as error:
        is_for_now = error.smtp_code < 500
        raise DeliveryError(f"{place} does not take mail from us: {_said(error)}", retry=is_for_now) from error
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"{place} cannot be reached: {error}", retry=True) from error
    return Connection(server)


def _opened(settings: MailServer, trust: ssl.SSLContext | None) -> smtplib.SMTP:
    timeout = settings.timeout / timedelta(seconds=1)
    trust = trust or ssl.create_default_context()
    server: smtplib.SMTP
    if settings.security == "tls":
        server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=timeout, context=trust)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=timeout)
    try:
        if settings.security == "starttls":
            server.starttls(context=trust)
        server.ehlo_or_helo_if_needed()
        if settings.username is not None and settings.password is not None:
            server.login(settings.username, settings.password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def _said(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return _words(error.smtp_code, said if isinstance(said, bytes) else said.encode())


def _words(code: int, said: bytes) -> str:
    return " ".join(f"{code} {said.decode(errors='replace')}".split())[:_ANSWER_LIMIT]


class Connection:
    """An open connection, for one thread. After an answer that is not `is_open` it is good for nothing."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self._server = server
        if server.sock is None:
            raise DeliveryError("the connection was closed at once", retry=True)
        self._socket: socket.socket = server.sock
        # commands and the end of a message are short, and wait for nothing
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._is_pipelined = server.has_extn("pipelining")
        self._commands: tuple[str, ...] = ()

    def announce(self, sender: str, address: str) -> None:
        """Name the sender and the recipient of the next message and ask to send it, without waiting for answers, where
        the server lets us (RFC 2920). Nothing is delivered of it before `send`; instead, `close` takes it back."""
        self._commands = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{address}>", "DATA")
        if self._is_pipelined:
            with suppress(OSError):  # the answers will be missing too
                self._socket.sendall("".join(f"{command}\r\n" for command in self._commands).encode("ascii"))

    def send(self, sender: str, address: str, message: bytes) -> Answer:
        """Send a message, announced or not, whose leading dots are doubled and whose last line ends with CRLF; what
        became of it. DeliveryError, and nothing sent, if the server wants nothing from us at all."""
        if not self._commands:
            self.announce(sender, address)
        try:
            refused = self._begin()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            words = f"the connection ended before the message: {error}"
            return Answer(DeliveryState.WAITING, words, is_open=False, is_lost=True)
        return refused if refused is not None else self._data(message)

    def close(self) -> None:
        """End the connection, politely if it still stands and no message is announced: the server would take our
        farewell for its first line."""
        if self._commands:
            self._server.close()
            return
        try:
            if self._server.sock is not None:
                self._server.quit()
        except (OSError, smtplib.SMTPException):
            self._server.close()

    def _begin(self) -> Answer | None:
        """The answer to an announced message that ends it, or None if the message may follow."""
        if not self._is_pipelined:
            for command in self._commands:
                self._socket.sendall(f"{command}\r\n".encode("ascii"))
                if (answer := self._reply(command)) is not None:
                    return self._reset(answer)
            self._commands = ()
            return None
        answers = [self._reply(command) for command in self._commands]
        if (first := next(filter(None, answers), None)) is None:
            self._commands = ()
            return None
        if answers[-1] is None:  # it would take a message for nobody: an empty one (RFC 2920, 3.1)
            self._socket.sendall(_END)
            self._server.getreply()
        return self._reset(first)

    def _reply(self, command: str) -> Answer | None:
        """What the server says to a command, if that ends the matter. What it has against the sender is no
        recipient's affair: a DeliveryError."""
        code, said = self._server.getreply()
        verb = command[:4]
        if code == _GO_ON if verb == "DATA" else 200 <= code < 300:
            return None
        words = f"{verb}: {_words(code, said)}"
        if verb == "MAIL" and code >= 500:
            self.close()
            raise DeliveryError(f"the mail server takes nothing from us, which no other recipient mends: {words}")
        return Answer(_state(code), words, is_open=code not in (-1, _CLOSING))

    def _reset(self, answer: Answer) -> Answer:
        """Make the connection ready for another message."""
        self._commands = ()
        if answer.is_open and self._server.rset()[0] == 250:
            return answer
        self.close()
        return replace(answer, is_open=False)

    def _data(self, message: bytes) -> Answer:
        """Send the message itself. As long as the last byte of the final dot's line was not handed to the kernel, the
        server cannot have taken it; from then on only its answer says."""
        whole, sent = memoryview(message + _END), 0
        try:
            while sent < len(whole):
                sent += self._socket.send(whole[sent:])
            code, said = self._server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._server.close()
            if sent < len(whole):
                return Answer(DeliveryState.WAITING, f"the connection ended within the message: {error}", is_open=False)
            return Answer(DeliveryState.IN_DOUBT, f"the connection ended before the answer: {error}", is_open=False)
        words = f"message: {_words(code, said)}"
        if 200 <= code < 300:
            return Answer(DeliveryState.DELIVERED, words)
        if code < 400 or code >= 600:
            self.close()
            return Answer(DeliveryState.IN_DOUBT, f"not an answer: {words}", is_open=False)
        if code == _CLOSING:
            self.close()
        return Answer(_state(code), words, is_open=code != _CLOSING)


def _state(code: int) -> DeliveryState:
    return DeliveryState.REFUSED if 500 <= code < 600 else DeliveryState.WAITING
