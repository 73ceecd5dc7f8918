"""Edits of config.toml: what was asked for, and not one byte more."""

from __future__ import annotations

import multiprocessing
import os
import re
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.config import load_config
from feeder.config.editing import Draft, block_text, edit_config
from feeder.errors import ConfigError
from tests.conftest import ROOT

SHIPPED = (ROOT / "config.toml").read_bytes().decode()
IDS = [table["id"] for table in tomllib.loads(SHIPPED)["sources"]]
NEW = {"id": "neu", "kind": "feed", "location": "https://neu.example/feed", "title": "Neu"}
FILE = Path("config.toml")


def draft(text: str = SHIPPED) -> Draft:
    return Draft(FILE, text)


def sources(text: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads(text)["sources"]
    return found


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    path = tmp_path / "config.toml"
    path.write_bytes(SHIPPED.encode())
    return path


def is_without(shorter: str, longer: str) -> bool:
    """Whether `shorter` is `longer` with some lines taken out and nothing else done to it."""
    lines = iter(longer.split("\n"))
    return all(line in lines for line in shorter.split("\n"))


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
values = st.one_of(
    texts, st.booleans(), st.integers(-(10**9), 10**9), st.lists(texts, max_size=3),
    st.dictionaries(st.sampled_from(["item", "link", "date"]), texts, min_size=1),
)  # fmt: skip
tables = st.dictionaries(st.sampled_from(["id", "title", "topics", "rank", "selectors"]), values, min_size=1)
endings = st.sampled_from(["\n", "\r\n"])


@given(tables)
def test_a_block_says_what_it_was_given_whatever_that_is(table: dict[str, object]) -> None:
    assert tomllib.loads(block_text("sources", table)) == {"sources": [table]}


@given(st.lists(tables, max_size=3), endings)
def test_added_blocks_stand_behind_the_others_and_every_other_line_stays(
    new: list[dict[str, object]], ending: str
) -> None:
    text = SHIPPED.replace("\n", ending)
    after = draft(text).added("sources", new).text
    assert is_without(text, after)
    assert sources(after) == [*sources(text), *new]
    assert after.count("\n") == after.count(ending)


@given(st.sampled_from(IDS), st.sampled_from(IDS), endings)
def test_a_pause_is_one_line_more_and_its_end_brings_the_same_bytes_back(one: str, two: str, ending: str) -> None:
    text = SHIPPED.replace("\n", ending)
    after = draft(text).paused(one).paused(two)
    assert {table["id"] for table in sources(after.text) if table.get("paused")} == {one, two}
    assert is_without(text, after.text)
    assert len(after.text) == len(text) + len({one, two}) * len(f"paused = true{ending}")
    assert after.resumed(one).resumed(two).text == text


@given(st.lists(st.sampled_from(IDS[1:]), unique=True, max_size=5), endings)
def test_a_removed_source_takes_nothing_else_with_it(names: list[str], ending: str) -> None:
    text = SHIPPED.replace("\n", ending)
    after = draft(text)
    for name in names:
        after = after.removed(name)
    assert is_without(after.text, text)
    assert sources(after.text) == [table for table in sources(text) if table["id"] not in names]
    assert {**tomllib.loads(after.text), "sources": 0} == {**tomllib.loads(text), "sources": 0}
    comments = re.findall(r"^#.*", text, re.MULTILINE)
    assert re.findall(r"^#.*", after.text, re.MULTILINE) == comments


@given(st.sampled_from(IDS))
def test_what_is_added_and_removed_again_leaves_no_trace(before: str) -> None:
    text = draft().removed(before).text
    assert draft(text).added("sources", [NEW]).removed("neu").text == text


def test_the_last_source_of_the_file_leaves_no_blank_lines_behind() -> None:
    after = draft().removed(IDS[-1]).text
    assert after.endswith("\n")
    assert not after.endswith("\n\n")


def test_a_heading_between_groups_stays_with_the_gaps_around_it() -> None:
    after = draft().removed("fboes").text
    assert '\n]\n\n\n# Those who build it\n\n[[sources]]\nid = "openai"' in after


def test_of_two_gaps_the_wider_one_stays() -> None:
    one, two, three = (f'[[sources]]\nid = "{name}"\n' for name in "abc")
    assert draft(f"{one}\n\n\n{two}\n{three}").removed("b").text == f"{one}\n\n\n{three}"
    assert draft(f"{one}\n{two}\n\n\n{three}").removed("b").text == f"{one}\n\n\n{three}"
    assert draft(f"{one}{two}{three}").removed("b").text == one + three


def test_a_comment_between_two_blocks_is_the_lower_ones() -> None:
    one, two = '[[sources]]\nid = "a"\n', '# about b\n[[sources]]\nid = "b"\n'
    assert draft(one + two).removed("a").text == two
    assert draft(one + two).removed("b").text == one
    assert draft(two + "# and after b").removed("b").text == ""


HAND = """\
# --- Sources ---
[[sources]]
id = "a"

# reads everything, so rank it low
[[sources]]
"id" = 'b'   # the second
  # max_age = "3d"

title = '''B'''
# rank = 3

# a group
[[sources]]
id = "c"
[sources.selectors]
item = "li"
[curation]
max_age = "14d"
[[sources.rules]]
action = "drop"
[output]
folder = "x"
"""


def test_comments_that_touch_a_block_go_with_it_and_others_stay() -> None:
    after = draft(HAND).removed("b").text
    assert after == HAND.replace(HAND[HAND.index("# reads") : HAND.index("# a group")], "")


def test_a_ruler_above_the_first_source_is_the_sections() -> None:
    assert draft(HAND).removed("a").text.startswith("# --- Sources ---\n\n# reads")


def test_sub_tables_go_with_their_source_wherever_they_stand() -> None:
    after = tomllib.loads(draft(HAND).removed("c").text)
    assert after["curation"] == {"max_age": "14d"}
    assert after["output"] == {"folder": "x"}
    assert [table["id"] for table in after["sources"]] == ["a", "b"]


def test_a_pause_stands_above_the_sub_tables() -> None:
    assert sources(draft(HAND).paused("c").text)[2]["paused"] is True
    assert sources(draft(HAND).paused("b").text)[1]["paused"] is True


def test_what_is_added_stands_behind_the_last_sub_table() -> None:
    after = draft(HAND).added("sources", [NEW]).text
    assert sources(after) == [*sources(HAND), NEW]
    assert tomllib.loads(after)["output"] == {"folder": "x"}


def test_a_file_without_a_last_line_end_gets_one_where_something_follows() -> None:
    text = '[[sources]]\nid = "a"'
    assert sources(draft(text).added("sources", [NEW]).text) == [{"id": "a"}, NEW]
    assert draft(text).paused("a").text == '[[sources]]\nid = "a"\npaused = true\n'


def test_a_comment_beside_paused_stays_through_pause_and_resume() -> None:
    text = '[[sources]]\nid = "a"\n"paused"  =  false   # asked by Eva\n'
    after = draft(text).paused("a")
    assert after.text == text.replace("false", "true")
    assert after.resumed("a").text == text


def test_resuming_what_is_not_paused_changes_nothing() -> None:
    assert draft().resumed("heise").text == SHIPPED


def test_an_unknown_id_is_refused_with_the_nearest_one() -> None:
    for edit in (Draft.paused, Draft.resumed, Draft.removed):
        with pytest.raises(ConfigError, match='no source has the id "hiese"; did you mean "heise"'):
            edit(draft(), "hiese")


def test_sources_that_are_written_inline_are_left_to_their_author() -> None:
    text = 'sources = [{ id = "a" }]\n'
    with pytest.raises(ConfigError, match=r"no \[\[sources\]\] blocks"):
        draft(text).paused("a")
    with pytest.raises(ConfigError, match=r"no \[\[sources\]\] blocks"):
        draft(text).added("sources", [NEW])


def test_the_file_is_replaced_with_its_mode_and_byte_order_mark(shipped: Path) -> None:
    shipped.write_bytes(b"\xef\xbb\xbf" + SHIPPED.encode())
    shipped.chmod(0o640)
    config = edit_config(shipped, {}, lambda one: one.paused("heise"))
    assert next(source for source in config.sources if source.id == "heise").paused
    assert shipped.read_bytes() == b"\xef\xbb\xbf" + draft().paused("heise").text.encode()
    assert stat.S_IMODE(shipped.stat().st_mode) == 0o640
    assert sorted(path.name for path in shipped.parent.iterdir()) == ["articles", "config.toml"]


def test_a_linked_file_is_changed_where_it_lies(shipped: Path, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    real = shipped.rename(tmp_path / "else" / "real.toml")
    shipped.symlink_to(real)
    edit_config(shipped, {}, lambda one: one.paused("heise"))
    assert shipped.is_symlink()
    assert real.read_bytes().decode() == draft().paused("heise").text


def test_a_result_that_is_no_configuration_is_refused_and_the_file_stays(shipped: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"config\.toml:\d+: sources\[\d+\]\.topics\[0\] \(neu\): no topic has this id"
    ):
        edit_config(shipped, {}, lambda one: one.added("sources", [{**NEW, "topics": ["quatsch"]}]))
    with pytest.raises(ConfigError, match="not like this; nothing was changed"):
        edit_config(shipped, {}, lambda one: one.paused("heise"), lambda _: "not like this")
    assert shipped.read_bytes() == SHIPPED.encode()
    assert sorted(path.name for path in shipped.parent.iterdir()) == ["articles", "config.toml"]


def test_an_edit_that_changes_nothing_writes_nothing(shipped: Path) -> None:
    before = shipped.stat()
    edit_config(shipped, {}, lambda one: one.resumed("heise"))
    assert shipped.stat().st_ino == before.st_ino


def test_what_somebody_else_saves_meanwhile_is_kept(shipped: Path) -> None:
    def change(one: Draft) -> Draft:
        shipped.write_bytes(SHIPPED.encode() + b"# mine\n")
        return one.paused("heise")

    with pytest.raises(ConfigError, match="changed by somebody else meanwhile"):
        edit_config(shipped, {}, change)
    assert shipped.read_bytes() == SHIPPED.encode() + b"# mine\n"
    assert sorted(path.name for path in shipped.parent.iterdir()) == ["articles", "config.toml"]


def test_a_full_disk_leaves_the_file_as_it_was(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="No space left on device; nothing was changed"):
        edit_config(shipped, {}, lambda one: one.paused("heise"))
    assert shipped.read_bytes() == SHIPPED.encode()
    assert sorted(path.name for path in shipped.parent.iterdir()) == ["articles", "config.toml"]


def _add(path: Path, number: int) -> None:
    new = {**NEW, "id": f"neu-{number}", "location": f"https://neu.example/{number}"}
    edit_config(path, {}, lambda one: one.added("sources", [new]))


def test_commands_that_edit_at_the_same_time_lose_nothing(shipped: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_add, args=(shipped, number)) for number in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    ids = {source.id for source in load_config(shipped, {}).sources}
    assert {f"neu-{number}" for number in range(5)} <= ids
