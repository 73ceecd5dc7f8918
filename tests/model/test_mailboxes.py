"""Mail addresses as a server takes them, and names as a header does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import DeliveryError
from feeder.model.mailboxes import mailbox, wire_address


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("anna@leser.example", "anna@leser.example"),
        ("Anna.B+news@LESER.Example", "Anna.B+news@leser.example"),
        ("x@localhost", "x@localhost"),
        ("info@straße.example", "info@xn--strae-oqa.example"),
        ("info@MÜNCHEN.example", "info@xn--mnchen-3ya.example"),
        ("info@bücher。example", "info@xn--bcher-kva.example"),
        ("info@xn--mnchen-3ya.example", "info@xn--mnchen-3ya.example"),
        (f"{'a' * 64}@b.example", f"{'a' * 64}@b.example"),
    ],
)
def test_an_address_goes_out_as_a_server_takes_it(written: str, sent: str) -> None:
    assert wire_address(written) == sent
    assert wire_address(sent) == sent, "what is ready stays"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "anna",
        "anna@",
        "@leser.example",
        "a@b@c.example",
        "a b@c.example",
        "a..b@c.example",
        ".a@c.example",
        "a.@c.example",
        '"a b"@c.example',
        "a@-c.example",
        "a@c-.example",
        "a@c..example",
        "a@c.example.",
        "a@[127.0.0.1]",
        "a@c_d.example",
        "a@c.example\n",
        " a@c.example",
        "a,b@c.example",
        "<a@c.example>",
        "a@\u202ec.example",
        "a@\ud800.example",
        "a@ü\x00.example",
        "a@-ü.example",
        f"a@{'ü' * 64}.example",
        f"{'a' * 65}@b.example",
        f"a@{'b' * 64}.example",
        f"a@{'b.' * 124}example",
        "=?utf-8?q?a?=@b.example",
    ],
)
def test_what_is_no_address_is_refused_by_name(address: str) -> None:
    with pytest.raises(DeliveryError, match="correct") as caught:
        wire_address(address)
    assert ascii(address) in str(caught.value)


def test_a_name_before_the_at_outside_ascii_is_refused_and_says_why() -> None:
    with pytest.raises(DeliveryError, match=r"'j\\xf6rg@leser\.example' .*SMTPUTF8, RFC 6531.*another address"):
        wire_address("jörg@leser.example")


def test_a_long_name_moves_the_address_to_a_line_of_its_own() -> None:
    assert mailbox("To", "Anna", "a@b.example") == "Anna <a@b.example>"
    assert mailbox("To", " \r\n ", "a@b.example") == "a@b.example"
    far = f"{'a' * 60}@b.example"
    assert mailbox("To", "Anna", far) == f"Anna\r\n <{far}>"


def test_a_long_plain_name_is_folded_too() -> None:
    words = mailbox("To", "Redaktion " * 11, "a@b.example")
    assert words.count("\r\n") >= 1
    assert max(map(len, words.split("\r\n"))) <= 76


@given(name=st.text(), local=st.from_regex(r"[a-z]{1,64}", fullmatch=True))
def test_no_name_makes_a_line_too_long_or_not_folded(name: str, local: str) -> None:
    lines = f"To: {mailbox('To', name, f'{local}@b.example')}".split("\r\n")
    assert all(line.startswith(" ") and line.strip() for line in lines[1:])
    assert all(re.fullmatch(r"[\x20-\x7e]{1,78}", line) for line in lines)
