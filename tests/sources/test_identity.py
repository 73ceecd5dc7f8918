from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from feeder.model import KnownFile
from feeder.sources.identity import SAME_TEXT, Found, identify, likeness

LONG = "Wort für Wort steht hier ein Text der lang genug ist um verglichen zu werden und noch etwas mehr"
FILES = st.builds(
    Found,
    st.sampled_from(["a", "b", "c", "d"]),
    st.none() | st.sampled_from(["x", "y"]),
    st.sampled_from([LONG, f"{LONG} heute", "ganz anders", "und wieder anders"]),
)
LOOKS = st.lists(
    st.tuples(st.lists(FILES, unique_by=lambda file: file.path), st.sets(st.sampled_from("abcd"), max_size=2)),
    max_size=6,
)


@given(LOOKS)
def test_whatever_happens_in_a_folder_no_two_articles_share_an_identity(looks):
    known: tuple[KnownFile, ...] = ()
    for files, failed in looks:
        found = [file for file in files if file.path not in failed]
        result = identify(found, failed, known)
        assert {*result.uids, *result.repeats} == {file.path for file in found}
        assert len(set(result.uids.values())) == len(result.uids)
        assert len({file.path for file in result.files}) == len(result.files)
        assert len({file.uid for file in result.files}) == len(result.files)
        remembered = {file.uid for file in result.files}
        assert all(file.uid in remembered or file.path in result.uids for file in known)
        known = result.files


@given(LOOKS)
def test_a_second_look_at_the_same_files_changes_nothing(looks):
    known: tuple[KnownFile, ...] = ()
    for files, failed in looks:
        found = [file for file in files if file.path not in failed]
        first = identify(found, failed, known)
        second = identify(found, failed, first.files)
        assert second.uids == first.uids
        assert second.files == first.files
        known = first.files


def test_texts_are_alike_by_their_words_and_in_order():
    assert likeness(LONG, LONG) == 1
    assert likeness(LONG, LONG.replace("lang", "kurz")) > SAME_TEXT
    assert likeness(LONG, " ".join(reversed(LONG.split()))) < SAME_TEXT
    assert likeness(LONG, "") == likeness("", LONG) == 0
    assert likeness("a b c d e", "a b c d f") == SAME_TEXT


def test_a_folder_that_was_turned_over_is_sorted_out_in_good_time():
    chance = random.Random(1)
    texts = [
        " ".join(chance.choice(("die", "der", "und", f"wort{chance.randrange(4000)}")) for _ in range(800))
        for _ in range(50)
    ]
    known = [KnownFile(f"old/{n}", f"path:old/{n}", f"Artikel {n} {text}") for n, text in enumerate(texts)]
    found = [Found(f"new/{n}", None, f"Neuer Artikel {n} {text}") for n, text in enumerate(texts)]
    started = time.monotonic()
    result = identify(found, (), known)
    assert result.uids == {f"new/{n}": f"path:old/{n}" for n in range(50)}
    assert time.monotonic() - started < 20
