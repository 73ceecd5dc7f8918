"""Labels, authors and licences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeder.model import Section
from feeder.rendering.credit import licence_url, names, opens_with_teaser
from tests.rendering import samples

BY = "https://creativecommons.org/licenses/by"


@pytest.mark.parametrize(
    ("licence", "url"),
    [
        ("CC BY 4.0", f"{BY}/4.0/"),
        ("CC-BY-SA-4.0", f"{BY}-sa/4.0/"),
        ("CC BY 3.0 DE", f"{BY}/3.0/de/"),
        ("CC BY-NC-ND 4.0 International", f"{BY}-nc-nd/4.0/"),
        ("CC0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("© Offene Nachrichten", None),
        (None, None),
    ],
)
def test_a_creative_commons_licence_is_named_with_its_address(licence: str | None, url: str | None) -> None:
    assert licence_url(licence) == url


def test_names_stand_once_and_without_addresses() -> None:
    assert names(("Eva <eva@a.example>", "Eva", "b@a.example", "Jan")) == ("Eva", "Jan")


@pytest.mark.parametrize(
    ("html", "repeats"),
    [("<h3>Ein</h3> <p>Satz. Und noch einer.</p>", True), ("<p>Ein anderer Satz.</p>", False)],
)
def test_a_text_repeats_its_teaser_where_it_begins_with_it(html: str, repeats: bool) -> None:
    told = replace(samples.licensed().revision, teaser="Ein Satz. Und noch…", sections=(Section("news", None, html),))
    assert opens_with_teaser(told) is repeats
