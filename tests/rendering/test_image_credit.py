"""Pictures that a machine drew are named so, and only they."""

from __future__ import annotations

import pytest
from hypothesis import given

from feeder import text
from feeder.rendering.image_credit import image_credit
from feeder.rendering.look import Look
from tests.strategies import texts


@pytest.mark.parametrize(
    ("credit", "words", "model"),
    [
        ("gpt-image-1 | All-AI.de", "KI-generiert (gpt-image-1) | All-AI.de", "gpt-image-1"),
        ("gpt-image-1", "KI-generiert (gpt-image-1)", "gpt-image-1"),
        ("gpt-image-1.5-mini / KI-News", "KI-generiert (gpt-image-1.5-mini) / KI-News", "gpt-image-1.5-mini"),
        ("DALL·E 3", "KI-generiert (DALL·E 3)", "DALL·E 3"),
        ("KI-News, DALL-E", "KI-News, KI-generiert (DALL-E)", "DALL-E"),
        ("dall·e 2 | heise", "KI-generiert (dall·e 2) | heise", "dall·e 2"),
        ("Midjourney v6.1", "KI-generiert (Midjourney v6.1)", "Midjourney v6.1"),
        ("Mit Midjourney erstellt von Eva", "KI-generiert (Mit Midjourney erstellt von Eva)", "Midjourney"),
        ("Stable Diffusion XL", "KI-generiert (Stable Diffusion XL)", "Stable Diffusion XL"),
        ("Adobe Firefly", "KI-generiert (Adobe Firefly)", "Adobe Firefly"),
        ("Firefly 3 | Verlag", "KI-generiert (Firefly 3) | Verlag", "Firefly 3"),
        ("Imagen 4", "KI-generiert (Imagen 4)", "Imagen 4"),
        ("FLUX.1 [dev]", "KI-generiert (FLUX.1 [dev])", "FLUX.1 [dev]"),
        ("Flux | KI-News", "KI-generiert (Flux) | KI-News", "Flux"),
        ("KI-generiert mit gpt-image-1", "KI-generiert mit gpt-image-1", "gpt-image-1"),
    ],
)
def test_a_credit_that_names_an_image_model_says_that_a_machine_drew(
    look: Look, credit: str, words: str, model: str
) -> None:
    told = image_credit(look, credit)
    assert (told.words, told.is_generated, told.model) == (words, True, model)


@pytest.mark.parametrize(
    "credit",
    [
        "Foto: Eva Flux",
        "Sora Kim / dpa",
        "imago images | Firefly Studios",
        "Peter Imagen-Müller",
        "Randall E. Meyer",
        "Kendall-Erik Fluxus",
        "© dpa",
        "OpenAI",
        "SKI-Generiert.de",
        "",
    ],
)
def test_people_agencies_and_companies_are_no_image_models(look: Look, credit: str) -> None:
    told = image_credit(look, credit)
    assert (told.words, told.is_generated, told.model) == (credit, False, None)


def test_a_credit_that_says_it_is_not_told_twice(look: Look) -> None:
    told = image_credit(look, "KI-generiertes Bild, Redaktion")
    assert (told.words, told.is_generated, told.model) == ("KI-generiertes Bild, Redaktion", True, None)


@given(texts())
def test_any_credit_keeps_its_words(look: Look, credit: str) -> None:
    told = image_credit(look, credit)
    kept = told.words.replace("KI-generiert (", "", 1).replace(")", "") if told.is_generated else told.words
    assert kept.replace(")", "") == text.one_line(credit).replace("KI-generiert (", "", 1).replace(")", "") or (
        told.words == text.one_line(credit)
    )
    assert image_credit(look, told.words).words == told.words, "said once, however often it is asked"
