"""The bench's feeds: as many publishers as sources, and one entry more where one was published."""

from __future__ import annotations

import gzip

import pytest

from benchmarks.gather import bodies
from feeder.sources.syndication import parse_feed

RSS = (
    b'<rss version="2.0"><channel><title>Quelle</title><item><title><![CDATA[Eins]]></title>'
    b'<link>https://a.example/1?x=1&amp;y=2</link><guid isPermaLink="false">1</guid></item>'
    b"<item><title>Zwei</title><link>https://a.example/2</link><guid>https://a.example/2</guid></item></channel></rss>"
)
ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Quelle</title><id>urn:q</id><entry><id>urn:1</id>'
    b'<title type="text">Eins</title><link href="https://a.example/1"/></entry></feed>'
)
JSON = (
    b'{"version": "https://jsonfeed.org/version/1.1", "title": "Quelle", "items":'
    b' [{"id": "1", "title": "Eins", "url": "https://a.example/1", "content_text": "x"}]}'
)


def facts(body: bytes) -> set[tuple[str, str | None, str]]:
    """What identifies the items of a feed."""
    return {(item.uid, item.url, item.title) for item in parse_feed("s", "https://b.example/", body, None).items}


@pytest.mark.parametrize("body", [RSS, ATOM, JSON])
def test_two_sources_share_no_id_no_address_and_no_title(body: bytes):
    one, other = facts(bodies.marked(body, "s1")), facts(bodies.marked(body, "s2"))
    assert len(one) == len(other) == len(facts(body))
    for mine, theirs in ((mine, theirs) for mine in one for theirs in other):
        assert not set(mine) & set(theirs)


def test_a_tenth_of_the_sources_has_one_entry_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bodies, "recorded", lambda: [RSS, ATOM, JSON])
    made = list(bodies.variants(21))
    assert [number for number, (_, changed) in enumerate(made) if changed] == [0, 10, 20]
    for first, changed in made:
        if changed is not None:
            assert facts(gzip.decompress(first.packed)) < (more := facts(gzip.decompress(changed.packed)))
            assert len(more) == len(facts(gzip.decompress(first.packed))) + 1


def test_without_a_corpus_generated_feeds_are_measured_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path, capsys
):
    monkeypatch.setenv("FEEDER_CORPUS", str(tmp_path))
    assert len(facts(bodies.recorded()[0])) == 10
    assert "no recorded feeds" in capsys.readouterr().err
