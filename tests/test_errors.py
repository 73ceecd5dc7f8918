"""What is said of a server that could not be asked: why, and nothing that was secret."""

from __future__ import annotations

import pytest

from feeder.errors import unreached


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("[Errno 111] Connection refused", "the connection was refused"),
        ("Failed to resolve 'x'", "its name is not known"),
        ("SSLError: CERTIFICATE_VERIFY_FAILED: certificate has expired", "its certificate cannot be checked"),
        ("Read timed out", "it was too slow"),
        ("Connection reset by peer", "the connection ended"),
        ("Remote end closed connection", "the connection ended"),
        ("something else", "OSError"),
    ],
)
def test_the_reason_is_told_without_the_address_and_its_key(words: str, why: str) -> None:
    assert unreached(OSError(f"https://host/?key=geheim: {words}")) == why
