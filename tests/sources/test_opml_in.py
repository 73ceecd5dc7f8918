"""Subscription lists, as they should be and as they are."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import ParseError
from feeder.sources.opml_in import MAX_BYTES, MAX_OUTLINES, Outline, Subscriptions, read_opml, read_opml_file

HEAD = '<opml version="2.0"><head><title>T</title></head><body>'
TAIL = "</body></opml>"


def read(body: str | bytes) -> Subscriptions:
    data = body if isinstance(body, bytes) else (HEAD + body + TAIL).encode()
    return read_opml("list.opml", data)


def only(body: str | bytes) -> Outline:
    (outline,) = read(body).outlines
    return outline


def test_a_feed_brings_its_title_address_home_and_language() -> None:
    outline = only('<outline text="A &amp; B" type="rss" xmlUrl=" https://a.example/f?x=1&amp;y=2 "'
                   ' htmlUrl="https://a.example/" language="en-US"/>')  # fmt: skip
    assert (outline.title, outline.address) == ("A & B", "https://a.example/f?x=1&y=2")
    assert (outline.homepage, outline.language, outline.line) == ("https://a.example/", "en", 1)


@pytest.mark.parametrize("name", ["xmlUrl", "xmlurl", "XMLURL", "XmlUrl", "feedUrl"])
def test_the_case_of_attribute_names_does_not_count(name: str) -> None:
    assert only(f'<outline Title="A" {name}="https://a.example/f"/>').address == "https://a.example/f"


@pytest.mark.parametrize(
    ("kind", "found"), [("rss", "https://a.example/f"), ("atom", "https://a.example/f"), ("link", None)]
)
def test_url_counts_where_the_outline_is_a_feed(kind: str, found: str | None) -> None:
    assert only(f'<outline text="A" type="{kind}" url="https://a.example/f"/>').address == found


def test_folders_may_be_nested_and_each_is_named() -> None:
    found = read(
        '<outline text="Technik"><outline text="KI"><outline text="A" xmlUrl="https://a.example/f"/></outline>'
        '<outline text="B" xmlUrl="https://b.example/f"/></outline><outline text="C" xmlUrl="https://c.example/f"/>'
    ).outlines
    assert [outline.folders for outline in found] == [(("Technik", "KI"),), (("Technik",),), ()]


def test_a_category_is_a_folder_where_there_is_none() -> None:
    listed = '<outline text="A" xmlUrl="https://a.example/f" category="/Technik/KI, Recht"/>'
    assert only(listed).folders == (("Technik", "KI"), ("Recht",))
    assert only(f'<outline text="Ordner">{listed}</outline>').folders == (("Ordner",),)


def test_what_has_no_address_is_told_too() -> None:
    assert only('<outline text="ideas"/>').address is None


def test_a_feed_that_holds_others_is_read_with_them() -> None:
    found = read(
        '<outline text="A" xmlUrl="https://a.example/f"><outline text="B" xmlUrl="https://b.example/f"/></outline>'
    )
    assert [outline.address for outline in found.outlines] == ["https://a.example/f", "https://b.example/f"]


@pytest.mark.parametrize("name", ["a:b:c", ":outline", "a:1"])
def test_a_name_with_colons_that_no_namespace_explains_is_passed_over(name: str) -> None:
    line = '<outline text="A" xmlUrl="https://a.example/f"/>'
    found = read(f'<opml xmlns="https://o.example/"><body><{name}/>{line}</body></opml>'.encode())
    assert [outline.address for outline in found.outlines] == ["https://a.example/f"]


def test_a_loose_ampersand_loses_no_part_of_an_address() -> None:
    found = read('<outline text="A & B &ouml;" xmlUrl="https://a.example/f?a=1&b=2&copy=3"/>')
    assert found.outlines[0].address == "https://a.example/f?a=1&b=2&copy=3"
    assert found.outlines[0].title == "A & B ö"
    assert "not well-formed" in found.notes[0]


def test_a_list_that_ends_too_early_is_read_as_far_as_it_goes_and_says_where() -> None:
    found = read((HEAD + '<outline text="A" xmlUrl="https://a.example/f"/>\n<outline text="B" xmlUr').encode())
    assert [(outline.title, outline.address) for outline in found.outlines] == [
        ("A", "https://a.example/f"),
        ("B", None),
    ]
    assert "(line 2: " in found.notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "cp1252"])
@pytest.mark.parametrize("loose", ["", "&"])
def test_encodings_are_believed_and_wrong_ones_survived(encoding: str, loose: str) -> None:
    named = {"utf-8-sig": "utf-8", "cp1252": "windows-1252"}.get(encoding, encoding)
    document = (
        f'<?xml version="1.0" encoding="{named}"?>{HEAD}<outline text="fboës{loose}" xmlUrl="https://a.example"/>{TAIL}'
    )
    assert only(document.encode(encoding)).title == f"fboës{loose}"
    assert only(document.replace(named, "utf-8").encode("cp1252")).title == f"fboës{loose}"


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"\x00\x01", b"<html><body>hello</body></html>", b'<rss version="2.0"/>', b"{}", b"<", b"&" * 99],
)
def test_what_is_no_list_is_refused_with_a_sentence(body: bytes) -> None:
    with pytest.raises(ParseError, match=r"list\.opml is no subscription list"):
        read(body)


def test_entities_are_never_expanded_and_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
    started = time.process_time()
    found = read(
        f'<!DOCTYPE opml [<!ENTITY l0 "ha">{laughs}<!ENTITY x SYSTEM "{secret.as_uri()}">]>{HEAD}'
        f'<outline text="&l19;&x;" xmlUrl="https://a.example/&l19;"/>{TAIL}'.encode()
    )
    assert time.process_time() - started < 2
    assert "geheim" not in str(found)
    assert len(str(found)) < 2000
    assert [outline.address for outline in found.outlines] == ["https://a.example/&l19;"]


def test_what_a_document_declares_for_itself_stays_words() -> None:
    document = f'<!DOCTYPE opml [<!ENTITY x "geheim">]>{HEAD}<outline text="&x;" xmlUrl="https://a.example/&x;"/>{TAIL}'
    for encoding in ("utf-8", "utf-16"):
        found = only(document.encode(encoding))
        assert (found.title, found.address) == ("& x;", "https://a.example/&x;")


def test_depth_size_and_number_are_bounded() -> None:
    deep = read('<outline text="x">' * 5000 + '<outline text="A" xmlUrl="https://a.example/f"/>' + "</outline>" * 5000)
    assert "not well-formed" in deep.notes[0]
    many = read('<outline text="A" xmlUrl="https://a.example/f"/>' * (MAX_OUTLINES + 1))
    assert len(many.outlines) == MAX_OUTLINES
    assert "those after the first were left out" in many.notes[0]
    with pytest.raises(ParseError, match="longer than 10 MB"):
        read(b" " * (MAX_BYTES + 1))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match=r"weg\.opml: cannot be read: No such file"):
        read_opml_file(tmp_path / "weg.opml")


names = st.text(st.sampled_from("aä<>&\"' /;#x\n\t\x00\ufffe"), max_size=12)


@given(st.binary(max_size=300), names, names)
def test_no_document_is_met_with_anything_but_a_list_or_a_sentence(junk: bytes, name: str, value: str) -> None:
    for body in (junk, (HEAD + f'<outline {name}="{value}"/>' + TAIL).encode(), HEAD.encode() + junk + TAIL.encode()):
        with suppress(ParseError):
            assert isinstance(read(body), Subscriptions)
