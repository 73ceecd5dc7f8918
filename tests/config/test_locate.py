from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from feeder.config.locate import Path, locate


def paths(value: object, path: Path = ()) -> set[Path]:
    """Every path of a parsed document."""
    found = {path} if path else set()
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found |= paths(inner, (*path, index))
    return found


HARD = '''# = [x]
title = "a # b = [c]"
"quoted key" . 'dots.in.it' = 1   # [not.a.table]
many = """
[fake]
key = 1 \\""" ""
"""""
raw = \'\'\'
[[also.fake]]\'\'\'\'
list = [ # [comment]
  "a]",
  [1, 2,
   3],
  { x = 1, y.z = "}" },
]
empty = []
when = 1979-05-27 07:32:00
[a.b]
c = { d = { e = true }, "f" = [ { g = 0 } ] }
[[a.list]]
n = 1
[a.list.inner]
deep = 1
[[a.list.more]]
m = 1
[[a.list.more]]
m = 2
[[a.list]]
[[a.list.more]]
m = 3
[a]
late = 1
'''
LINES: dict[Path, int] = {
    ("title",): 2,
    ("quoted key", "dots.in.it"): 3,
    ("many",): 4,
    ("raw",): 8,
    ("list",): 10,
    ("list", 0): 11,
    ("list", 1): 12,
    ("list", 1, 2): 13,
    ("list", 2): 14,
    ("list", 2, "y", "z"): 14,
    ("empty",): 16,
    ("when",): 17,
    ("a", "b"): 18,
    ("a", "b", "c", "d", "e"): 19,
    ("a", "b", "c", "f", 0, "g"): 19,
    ("a", "list"): 20,
    ("a", "list", 0): 20,
    ("a", "list", 0, "inner"): 22,
    ("a", "list", 0, "inner", "deep"): 23,
    ("a", "list", 0, "more", 1, "m"): 27,
    ("a", "list", 1): 28,
    ("a", "list", 1, "more", 0, "m"): 30,
    ("a",): 31,
    ("a", "late"): 32,
}


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_form_that_toml_knows_is_found_in_its_line(ending: str):
    found = locate(HARD.replace("\n", ending))
    assert {path: found.get(path) for path in LINES} == LINES


def test_what_only_looks_like_a_key_is_no_key():
    assert locate(HARD).keys() == paths(tomllib.loads(HARD))


def test_a_document_of_comments_has_no_keys():
    assert locate("# a = 1\n\n   # [b]") == {}


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\"'\\#[]{}=,."))
LEAVES = TEXTS | st.integers(-(2**53), 2**53) | st.booleans() | st.floats(allow_nan=False) | st.datetimes()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4))


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_the_locator_finds_exactly_the_keys_that_the_parser_finds(document: dict[str, Any]):
    text = tomlkit.dumps(document)
    assert locate(text).keys() == paths(tomllib.loads(text))


FILLERS = st.sampled_from(
    ["", "# [x] = 1", "filler_{n} = 1", 'filler_{n} = """\n[a]\nb = 1\n"""', "filler_{n} = [\n1,\n]"]
)


@given(st.lists(st.tuples(FILLERS, st.sampled_from(["[t{n}]", "[[list]]", "[list2.t{n}]"])), min_size=1, max_size=8))
def test_a_key_is_found_in_the_line_where_it_was_written(parts: list[tuple[str, str]]):
    text, expected = "", dict[str, int]()
    for n, (filler, header) in enumerate(parts):
        text += header.format(n=n) + "\n" + filler.replace("{n}", str(n)) + "\n"
        expected[f"mark_{n}"] = text.count("\n") + 1
        text += f"mark_{n} = 'x'\n"
    found = {str(path[-1]): line for path, line in locate(text).items() if str(path[-1]).startswith("mark_")}
    assert found == expected
