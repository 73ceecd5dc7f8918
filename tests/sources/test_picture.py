from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pictures

from feeder.sources.picture import PictureError, measured


def sample(kind: str) -> bytes:
    file = BytesIO()
    Pictures.effect_noise((24, 16), 80).convert("RGB").save(file, kind)
    return file.getvalue()


SAMPLES = {kind: sample(kind) for kind in ("PNG", "JPEG", "WEBP", "GIF")}


@given(st.sampled_from(sorted(SAMPLES)), st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8))
def test_a_damaged_picture_is_measured_or_refused_but_never_stops_the_reader(kind, changes):
    data = bytearray(SAMPLES[kind])
    for place, value in changes:
        data[place % len(data)] = value
    try:
        image, medium = measured(bytes(data), alt="", credit="x", licence=None)
    except PictureError:
        return
    assert medium.data == bytes(data)
    assert image.width
    assert image.height


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_a_picture_is_only_taken_whole(kind):
    with pytest.raises(PictureError):
        measured(SAMPLES[kind][: len(SAMPLES[kind]) // 2], alt="", credit="x", licence=None)
