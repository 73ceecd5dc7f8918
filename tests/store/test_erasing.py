"""Erasing: no word of a story is left in the store, and what is known of it is not forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from feeder.errors import StoreError
from feeder.model import (
    Continued,
    Correction,
    Coverage,
    Decision,
    EditionStatus,
    Fate,
    Gathered,
    Image,
    ItemKey,
    Medium,
    Memory,
    Origin,
    Provenance,
    Raw,
    Section,
    StoryRevision,
)
from feeder.store import Store, open_store
from feeder.store.schema import metadata
from tests.store.samples import (
    DAY,
    HOUR,
    NOW,
    decision,
    gather,
    identity,
    item,
    record,
    revision,
    rows_written,
    story,
    told,
    trace,
)
from tests.store.test_editions import edition

SECRET = "Mustermann"
IT = identity("1")
KEY, MERGED, GOLEM = ItemKey("heise", "1"), ItemKey("heise", "2"), ItemKey("golem", "9")
OWN, SHARED = "media/own.png", "media/shared.png"


def secret(name: str = "1", n: int = 1, picture: str = OWN, **more: Any) -> StoryRevision:
    """Words that name somebody wherever words can stand."""
    words: dict[str, Any] = {
        "title": f"{SECRET} {name}",
        "teaser": f"Was {SECRET} tat.",
        "summary": (f"{SECRET} war es.",),
        "sections": (Section("news", SECRET, f"<p>{SECRET}</p>"),),
        "image": Image(picture, SECRET, credit=SECRET),
        "image_credit": SECRET,
        "authors": (SECRET,),
        "coverage": (Coverage("heise", "heise online", SECRET, f"https://x.example/{SECRET}", NOW, "de"),),
        "provenance": Provenance(Origin.AI_ASSISTED, "modell", SECRET),
        "corrections": (Correction(NOW, f"{SECRET} war es nicht."),),
        "continues": Continued(identity("0"), SECRET, SECRET, NOW),
    }
    return revision(name, n, **words | more)


def filled(store: Store) -> None:
    """A withdrawn story of three items, one of them of a story merged into it, in an edition, with followers."""
    pictures = tuple(Medium(path, "image/png", path.encode()) for path in (OWN, SHARED))
    words: dict[str, Any] = {"title": SECRET, "content": Raw(SECRET), "summary": Raw(SECRET), "authors": (SECRET,)}
    listed = [item(name, tags=(SECRET,), image=Image("https://x.example/i", SECRET), **words) for name in "12"]
    record(store, "heise", Gathered(tuple(listed), Memory(), media=pictures))
    gather(store, item("9", "golem", **words))
    for name in "12":
        made = story(name, slug=f"meldung-{name}", url=f"https://x.example/{SECRET}")
        seen = trace(name, title=SECRET, words=SECRET)
        store.stories.tell(made, secret(name), decision(name), ItemKey("heise", name), trace=seen)
    store.stories.attach(
        IT, GOLEM, decision(what="merged", item=GOLEM), revision=secret(n=2), trace=trace("9", "golem")
    )
    store.stories.revise(secret(n=3, picture=SHARED), decision(what="revised", n=2), None)
    told(store, "other", trace=trace("other"))
    shown = revision("other", 2, image=Image(SHARED, "Ein Bild"))
    store.stories.revise(shown, decision("other", "revised"), None)
    told(store, "follower", follows=IT)
    continuing = revision("follower", 2, continues=Continued(IT, "meldung-1", SECRET, NOW))
    store.stories.revise(continuing, decision("follower", "revised"), None)
    store.editions.save(edition(0, "1", "other", subject=f"{SECRET} 1", intro=f"Heute: {SECRET} 1."))
    store.editions.approve(edition().id, NOW)
    store.stories.merge(IT, identity("2"), decision("2", "merged", who="ada"))
    store.models.keep("asked", "modell", f"{SECRET}!", NOW)
    store.models.keep("asked before", "modell", "etwas", NOW - 3 * DAY)
    store.stories.decide(decision(what="withdrawn", n=3, who="ada", at=NOW + HOUR), Fate.WITHDRAWN)


def erased(**more: Any) -> Decision:
    values: dict[str, Any] = {"n": 3, "who": "ada", "why": "Auf Verlangen.", "at": NOW + DAY}
    return decision(what="erased", **values | more)


def everything(store: Store) -> Iterator[tuple[str, str]]:
    with store._database.read() as connection:
        for name, table in metadata.tables.items():
            for row in connection.execute(select(table)).all():
                yield name, repr(tuple(row))  # a row's own repr is cut


def test_no_word_is_left_anywhere(store: Store):
    filled(store)
    tables = {name for name, row in everything(store) if SECRET.casefold() in row.casefold()}
    assert tables == {"items", "stories", "revisions", "traces", "editions", "model_answers"}
    store.stories.erase(IT, erased())
    assert [found for found in everything(store) if SECRET.casefold() in found[1].casefold()] == []


def test_sqlite_overwrites_what_is_freed(tmp_path: Path):
    file = tmp_path / "feeder.db"
    with open_store(f"sqlite:///{file}") as store:
        filled(store)
    assert SECRET.encode() in file.read_bytes()
    with open_store(f"sqlite:///{file}") as store:
        store.stories.erase(IT, erased())
    assert SECRET.encode() not in file.read_bytes()


def test_what_is_left_can_be_read_and_still_says_who_told_it_and_who_decided(store: Store):
    filled(store)
    before = store.stories.get(IT)
    store.stories.erase(IT, erased())
    telling = store.stories.telling(IT)
    assert before is not None
    assert telling is not None
    assert telling.story == replace(before, url=None, updated=NOW + DAY)
    assert telling.reason == "neu"
    assert (telling.revision.title, telling.revision.topics, telling.revision.n) == ("", ("recht",), 3)
    assert [(one.source_id, one.title, one.url) for one in telling.revision.coverage] == [("heise", "", None)]
    assert [one.text for one in telling.revision.corrections] == [""]
    assert store.stories.decisions(IT)[-1] == erased()
    assert store.stories.items(IT) == (KEY, GOLEM, MERGED)
    assert [page.erased for page in store.stories.pages() if page.id in (IT, identity("2"))] == [True, True]


def test_editions_keep_their_stories_and_lose_the_headline(store: Store):
    filled(store)
    store.stories.erase(IT, erased())
    (sent,) = store.editions.list(EditionStatus.APPROVED)
    assert (sent.subject, sent.intro) == ("…", "Heute: ….")
    assert sent.sections == edition(0, "1", "other").sections
    assert store.editions.edition_of(IT) == sent.id


def test_followers_no_longer_say_what_it_was_called_and_their_pages_know(store: Store):
    filled(store)
    store.stories.erase(IT, erased())
    follower = store.stories.telling(identity("follower"))
    assert follower is not None
    assert (follower.story.follows, follower.revision.continues) == (IT, None)
    assert {page.id for page in store.stories.pages() if page.erased} == {IT, identity("2"), identity("follower")}


def test_a_picture_goes_with_the_last_that_shows_it(store: Store):
    filled(store)
    assert store.stories.erase(IT, erased()) == (OWN,)
    assert store.media.paths() == (SHARED,)


def test_others_keep_their_words(store: Store):
    filled(store)
    other = [row for row in everything(store) if "other" in row[1] and row[0] != "editions"]
    store.stories.erase(IT, erased())
    left = list(everything(store))
    assert all(row in left for row in other)
    assert store.models.answer("asked before") == "etwas"
    assert [one.item.uid for one in store.stories.window(NOW)] == ["other"]


def test_what_was_erased_does_not_come_back_with_the_next_look(store: Store):
    filled(store)
    store.stories.erase(IT, erased())
    again = item("1", title=f"{SECRET} und mehr", content=Raw(SECRET))
    assert gather(store, again, now=NOW + 2 * DAY) == 0
    stored = store.items.get(KEY)
    assert stored is not None
    assert (stored.item.title, stored.item.content, stored.changed) == ("", None, False)
    assert store.items.waiting() == ()
    assert store.housekeep(NOW + 402 * DAY, items=DAY, keys=400 * DAY).keys >= 1
    assert store.items.get(KEY) is not None, "a source still listed it"


def test_an_erasure_twice_is_one(store: Store):
    filled(store)
    store.stories.erase(IT, erased())
    with rows_written(store) as written:
        assert store.stories.erase(IT, erased()) == ()
    assert written == []


def test_only_what_readers_no_longer_see_is_erased_and_only_by_who_read_it(store: Store):
    filled(store)
    with pytest.raises(StoreError, match="at revision 3 now"):
        store.stories.erase(IT, erased(n=2))
    with pytest.raises(StoreError, match="is released: withdraw it"):
        store.stories.erase(identity("other"), decision("other", "erased", n=2))
    assert store.stories.telling(IT).revision.title == f"{SECRET} 1"  # type: ignore[union-attr]


def test_what_has_no_words_cannot_be_released_until_it_has_some(store: Store):
    filled(store)
    store.stories.erase(IT, erased())
    with pytest.raises(StoreError, match="were erased"):
        store.stories.decide(decision(n=3, who="ada", at=NOW + DAY), Fate.RELEASED)
    store.stories.revise(revision(n=4, at=NOW + 2 * DAY), decision(what="revised", n=3, who="ada"), None)
    assert store.stories.decide(decision(n=4, who="ada"), Fate.RELEASED).fate is Fate.RELEASED


def test_a_dropped_story_without_words_can_be_erased(store: Store):
    gather(store, item("1", title=SECRET))
    given = story(fate=Fate.DROPPED, released=None, revision=0)
    store.stories.tell(given, None, decision(what="dropped", n=0), KEY)
    assert store.stories.erase(IT, erased(n=0)) == ()
    assert [found for found in everything(store) if SECRET.casefold() in found[1].casefold()] == []
