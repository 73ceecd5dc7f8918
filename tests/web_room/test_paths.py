"""Addresses and what they may name."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.web.paths import address

PIECES = st.sampled_from(
    [
        "..",
        ".",
        "",
        "/",
        "\\",
        "%2e%2e",
        "%",
        "\x00",
        "\n",
        "rss.xml",
        "stories",
        ".gone",
        "index.html",
        "ü",
        "..;",
        " ",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=8).map("/".join))
def test_no_address_leads_out_of_the_folder_or_to_what_is_hidden(words: str) -> None:
    found = address("/" + words)
    if found is None:
        return
    assert PurePosixPath("feeds", *found.parts).is_relative_to("feeds")
    assert Path("/feeds", found.path).resolve().is_relative_to("/feeds")
    for part in found.parts:
        assert part
        assert not part.startswith(".")
        assert not set(part) & set("/\\%\x00\r\n")


@pytest.mark.parametrize(
    "path",
    ["", "*", "rss.xml", "//rss.xml", "/a//b", "/.", "/..", "/rss.xml.br", "/rss.xml.gz", "/.gone/x", "/" + "a" * 3000],
)
def test_what_is_no_address_of_ours_names_nothing(path: str) -> None:
    assert address(path) is None


@pytest.mark.parametrize(
    ("path", "named", "folder"),
    [("/", "index.html", True), ("/topics/recht/", "topics/recht/index.html", True), ("/topics", "topics", False)],
)
def test_an_address_with_a_slash_at_its_end_names_the_page_of_the_folder(path: str, named: str, folder: bool) -> None:
    found = address(path)
    assert found is not None
    assert (found.path, found.folder) == (named, folder)
