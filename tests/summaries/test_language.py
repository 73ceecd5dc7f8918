"""German, English, or neither."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.summaries.language import language_of

GERMAN = "OpenAI stellt ein Modell vor, das doppelt so schnell rechnet wie der Vorgänger."
ENGLISH = "OpenAI unveils a model that is twice as fast as the one before."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (GERMAN, "de"),
        (ENGLISH, "en"),
        ("Der Preis bleibt gleich, und die Lizenz ist frei.", "de"),
        ("The price stays the same and the licence is free.", "en"),
        ("Laut „The Information“ will Apple mit dem Start von Siri noch bis zum Herbst warten.", "de"),
        ("Angela Merkel wrote that the Frankfurter Allgemeine Zeitung and Der Spiegel were right to ask.", "en"),
        ("Le prix reste le même et la licence est libre pour tous les développeurs en France.", None),
        ("De prijs blijft gelijk en het model is vrij te gebruiken voor iedereen die dat wil in Nederland.", None),
        ("El precio sigue siendo el mismo y la licencia es libre para todos los que quieran usarla.", None),
        ("Priset är detsamma och licensen är fri för alla som vill använda den i Sverige från och med nu.", None),
        ("Fiyat aynı kalıyor ve lisans bütün geliştiriciler için ücretsiz, dedi şirket dün.", None),
        ("Prisen er den samme, og modellen er fri at bruge for alle, der har lyst til det.", None),
        ("OpenAI GPT-5 Release", None),
        ("", None),
        (f"{GERMAN} {ENGLISH}", None),
        ("北京发布了新的模型。", None),
    ],
)
def test_a_language_is_told_by_its_commonest_words_or_not_at_all(text: str, language: str | None) -> None:
    assert language_of(text) == language


@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str) -> None:
    assert language_of(text) in ("de", "en", None)


def test_the_teasers_of_a_week_are_told_right(corpus: Path) -> None:
    """All ten publishers are German; some teasers are English, and a few are names only."""
    found = []
    for line in (corpus / "headlines" / "german-week.jsonl").read_text(encoding="utf-8").splitlines():
        teaser = json.loads(line).get("teaser") or ""
        if len(teaser) > 80:
            found.append((language_of(teaser), teaser))
    assert sum(language == "de" for language, _ in found) > 0.98 * len(found)
    assert all(" the " in teaser or " of " in teaser or " is " in teaser or " and " in teaser or "with" in teaser
               for language, teaser in found if language == "en")  # fmt: skip
