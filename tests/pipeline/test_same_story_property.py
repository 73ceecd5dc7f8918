"""Whatever headlines come in whatever order: each item belongs to exactly one story, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.newsroom import NOW, Newsroom, Post, rss
from tests.pipeline.telling_alike import kept, lost_and_doubled
from tests.web import Web

WHO = ("OpenAI", "Mistral", "Nscale", "Aleph Alpha")
DOES = ("baut Rechenzentrum in", "schließt Büro in", "verklagt Behörde in")
WHERE = ("Narvik", "Heidelberg", "Lyon")
FOLDERS = count()

POSTS = st.builds(
    lambda who, does, where, hours, more: (f"{who} {does} {where}{more}", hours),
    st.sampled_from(WHO),
    st.sampled_from(DOES),
    st.sampled_from(WHERE),
    st.integers(-60, 0),
    st.sampled_from(("", ": 300 Stellen", " und kauft Strom", "!")),
)
ROUNDS = st.lists(
    st.dictionaries(st.sampled_from(("eins", "zwei", "drei")), st.lists(POSTS, max_size=4), min_size=1),
    min_size=1,
    max_size=3,
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(rounds=ROUNDS, release=st.sampled_from(("auto", "hold")), followups=st.sampled_from(("tell", "hold", "drop")))
def test_each_item_leads_or_joins_exactly_one_story(
    tmp_path: Path, web: Web, rounds: list[dict[str, list[tuple[str, int]]]], release: str, followups: str
) -> None:
    folder = tmp_path / str(next(FOLDERS))
    folder.mkdir()
    newsroom = Newsroom(folder, web)
    newsroom.extra = f'[curation]\nrelease = "{release}"\nfollowups = "{followups}"\n'
    shown: dict[str, list[Post]] = {}
    for number, listed in enumerate(rounds):
        now = NOW + timedelta(hours=13 * number)
        for rank, name in enumerate(("eins", "zwei", "drei"), start=1):
            for title, hours in listed.get(name, ()):
                at = len(shown.setdefault(name, []))
                words = f"{title}, wie am Montag bekannt wurde. Das Unternehmen äußerte sich dazu."
                link = f"https://{name}.example/{at}"
                shown[name].insert(0, Post(title, link, now + timedelta(hours=hours), words))
            newsroom.feed(name, rss(*shown.get(name, ())), rank=10 * rank)
        newsroom.run("gather", now=now)
        assert lost_and_doubled(newsroom) == []
    for one in kept(newsroom):
        assert one.sources
        assert len(one.decisions) >= len(one.sources)
        assert (one.story.follows is not None) >= (one.revision.continues is not None)
