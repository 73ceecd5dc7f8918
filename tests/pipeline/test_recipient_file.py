"""Files of recipients: what is one is read, what is none is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import DeliveryError
from feeder.model import Recipient
from feeder.model.mailboxes import wire_address
from feeder.pipeline.recipient_file import BadLine, listed, read


def lines(tmp_path: Path, text: str | bytes) -> list[Recipient | BadLine]:
    file = tmp_path / "people"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read(file))


def test_a_text_has_one_address_per_line(tmp_path: Path):
    found = lines(tmp_path, "\ufeff# Leser\nada@post.test\r\n\n  bob@post.test \nCem Ö <cem@post.test>\n")
    assert found == [Recipient("ada@post.test"), Recipient("bob@post.test"), Recipient("cem@post.test", "Cem Ö")]


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_table_has_columns_in_any_order(tmp_path: Path, separator: str):
    rows = (("Name", "Address", "ignored", "token"), ("Ada", "ada@post.test", "x", "abc"), ("", "bob@post.test"))
    found = lines(tmp_path, "\n".join(separator.join(row) for row in rows))
    assert found == [Recipient("ada@post.test", "Ada", "abc"), Recipient("bob@post.test")]


def test_what_is_no_recipient_is_named_with_its_line(tmp_path: Path):
    rows = 'address,name,token\nada@post.test,Ada,ok\nnobody,,\n\nbob@post.test,"B, b",no/token\na@b.test,x,y,z\n'
    found = lines(tmp_path, rows)
    assert [one.line for one in found if isinstance(one, BadLine)] == [3, 5, 6]
    assert [one for one in found if isinstance(one, Recipient)] == [Recipient("ada@post.test", "Ada", "ok")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "lists nobody"),
        (b"adress,name\n", "one must be called address, perhaps|one must be called address"),
        ("addresse\xf6".encode("latin-1"), "must be saved as UTF-8"),
    ],
)
def test_a_file_that_is_none_says_so(tmp_path: Path, text: bytes, words: str):
    with pytest.raises(DeliveryError, match=words):
        lines(tmp_path, text)
    with pytest.raises(DeliveryError, match="cannot read the recipients"):
        list(read(tmp_path / "nowhere"))


def test_bad_lines_keep_nobody_else_from_their_mail_unless_there_are_more_of_them(tmp_path: Path):
    alerts: list[str] = []
    file = tmp_path / "people"
    file.write_text("ada@post.test\nniemand\n")
    assert list(listed(file, alerts.append)) == [Recipient("ada@post.test")]
    assert "line 2: 'niemand'" in alerts[0]
    file.write_text("ada@post.test\nniemand\nkeiner\n")
    with pytest.raises(DeliveryError, match="is this the right file"):
        list(listed(file, alerts.append))


@given(st.text())
def test_whatever_a_file_holds_is_read_or_named(tmp_path: Path, text: str):
    try:
        found = lines(tmp_path, text.encode(errors="surrogatepass"))
    except DeliveryError:
        return
    for one in found:
        if isinstance(one, Recipient):
            wire_address(one.address)
