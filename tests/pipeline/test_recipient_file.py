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


@pytest.mark.parametrize("column", ["E-Mail", "email", "E-Mail-Adresse", '"Adresse"'])
def test_a_table_of_a_spreadsheet_is_read(tmp_path: Path, column: str):
    """German Excel writes semicolons, a mark of the encoding, and empty cells at the ends of rows."""
    found = lines(tmp_path, f'\ufeff{column};Name\r\nada@post.test;"Ada; die Erste";;\r\nbob@post.test;\r\n')
    assert found == [Recipient("ada@post.test", "Ada; die Erste"), Recipient("bob@post.test")]
    assert lines(tmp_path, f"{column}\tName\nada@post.test\tAda, B") == [Recipient("ada@post.test", "Ada, B")]


def test_a_table_of_excels_own_encoding_says_how_to_save_it(tmp_path: Path):
    with pytest.raises(DeliveryError, match="CSV UTF-8"):
        lines(tmp_path, "address;name\nada@post.test;Jürgen\n".encode("cp1252"))


def test_two_columns_of_addresses_are_not_chosen_between(tmp_path: Path):
    with pytest.raises(DeliveryError, match="only one must be called address"):
        lines(tmp_path, "email,adresse\na@b.test,c@d.test\n")


def test_a_table_without_its_first_line_is_told_so(tmp_path: Path):
    [found] = lines(tmp_path, "ada@post.test;Ada\n")
    assert isinstance(found, BadLine)
    assert "names its columns" in found.why


def test_a_row_over_two_lines_gives_nobody_anothers_token(tmp_path: Path):
    found = lines(tmp_path, 'address,name,token\nada@post.test,"Ada\nLovelace",eins\nbob@post.test,Bob,zwei\n')
    assert [one.line for one in found if isinstance(one, BadLine)] == [2, 3]
    assert found[2] == Recipient("bob@post.test", "Bob", "zwei")


def test_spellings_of_a_domain_are_one_recipient(tmp_path: Path):
    found = lines(tmp_path, "ada@müller.test\nada@MÜLLER.test\nada@xn--mller-kva.test\n")
    assert set(found) == {Recipient("ada@xn--mller-kva.test")}


@pytest.mark.parametrize("column", ["status", "State"])
def test_whom_a_list_manager_exports_as_gone_gets_no_mail(tmp_path: Path, column: str):
    file = tmp_path / "export.csv"
    file.write_text(
        f"email,{column}\nada@a.test,enabled\nbob@b.test,blocklisted\neva@c.test,\nmax@d.test,Unsubscribed\n"
    )
    told: list[str] = []
    assert [one.address for one in listed(file, told.append)] == ["ada@a.test", "eva@c.test"]
    assert told == []


def test_two_people_with_one_token_are_named_with_their_lines(tmp_path: Path):
    file = tmp_path / "people"
    rows = [f"l{n}@post.test,t{n}\n" for n in range(3000)]
    file.write_text("address,token\n" + "".join(rows) + "L7@post.test,t7\nfrei@post.test,\nauch@post.test,\n")
    assert len(list(listed(file, print))) == 3003
    with file.open("a") as more:
        more.write("eva@post.test,t2998\n")
    with pytest.raises(DeliveryError, match=r"lines 3000 and 3005: l2998@post\.test and eva@post\.test .* same token"):
        list(listed(file, print))


@given(st.text())
def test_whatever_a_file_holds_is_read_or_named(tmp_path: Path, text: str):
    try:
        found = lines(tmp_path, text.encode(errors="surrogatepass"))
    except DeliveryError:
        return
    for one in found:
        if isinstance(one, Recipient):
            wire_address(one.address)
