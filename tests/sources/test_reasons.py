"""Why something could not be fetched, in words that say what to do and betray nothing."""

from __future__ import annotations

import ssl

import pytest
import requests

from feeder.sources.reasons import reason


@pytest.mark.parametrize("kind", [OSError, ssl.SSLError, requests.exceptions.ProxyError, ValueError])
def test_what_a_library_says_of_an_address_is_told_without_login_and_query(kind: type[Exception]) -> None:
    words = reason(kind("no way to https://nina:geheim@heise.example/feed?token=geheim today"), 5)
    assert "no way to https://heise.example/feed?… today" in words
