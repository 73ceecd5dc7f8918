"""What a host's name resolves to, in bounded time.

Names are asked for on threads of their own, because nothing else ends a resolver that hangs. The
threads are used again: to start one takes ten times as long as to ask it.
"""

from __future__ import annotations

import os
import socket
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

Resolved = list[tuple[Any, Any, Any, str, Any]]  # Any: what socket.getaddrinfo gives
_Question = tuple[str, int | None, "SimpleQueue[Resolved | Exception]"]

KEPT_SECONDS = 30.0

# Where threads that have nothing to do wait for a question.
_idle: list[SimpleQueue[_Question]] = []
os.register_at_fork(after_in_child=_idle.clear)  # a child has none of its parent's threads


def resolve(host: str, port: int | None, seconds: float) -> Resolved:
    """Ask for the addresses of `host`, for `seconds` at most: TimeoutError, or socket.gaierror.

    Figures, however spelled, are read here and now.
    """
    if not _is_name(host):
        try:
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except socket.gaierror:
            pass
    answers: SimpleQueue[Resolved | Exception] = SimpleQueue()
    _waiting().put((host, port, answers))
    try:
        answer = answers.get(timeout=max(0.0, seconds))
    except Empty:
        raise TimeoutError(f"{host} did not resolve in time") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _is_name(host: str) -> bool:
    """Whether it needs no trying: figures end in a figure, or in hexadecimal ones after 0x, or hold a colon."""
    return host.rstrip(".").rpartition(".")[2][:1].isalpha() and ":" not in host


def _waiting() -> SimpleQueue[_Question]:
    try:
        return _idle.pop()
    except IndexError:
        questions: SimpleQueue[_Question] = SimpleQueue()
        Thread(target=_answer, args=(questions,), name="feeder-resolver", daemon=True).start()
        return questions


def _answer(questions: SimpleQueue[_Question]) -> None:
    while True:
        try:
            host, port, answers = questions.get(timeout=KEPT_SECONDS)
        except Empty:
            try:
                _idle.remove(questions)
            except ValueError:
                continue  # somebody is about to ask
            return
        answer: Resolved | Exception
        try:
            answer = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
            answer = error
        _idle.append(questions)
        answers.put(answer)
        del answer, answers  # whatever it holds, it is not held until the next question
