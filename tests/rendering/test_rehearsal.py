"""Templates of one's own: what is wrong with them is found when they are checked, with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from feeder.config import load_config
from feeder.errors import RenderError
from feeder.rendering.look import Look, open_look
from feeder.rendering.rehearsal import prove, rehearse


@pytest.fixture
def own(tmp_path: Path, root: Path) -> Path:
    return Path(shutil.copytree(root / "templates", tmp_path / "templates"))


def look_at(root: Path, folder: Path, shipped: Path | None = None) -> Look:
    return open_look(load_config(root / "tests" / "data" / "config.toml", {}), folder, shipped)


def spoil(file: Path, old: str, new: str) -> int:
    """Change a template; the line that was changed."""
    words = file.read_text(encoding="utf-8")
    assert old in words
    file.write_text(words.replace(old, new, 1), encoding="utf-8")
    return words[: words.index(old)].count("\n") + 1


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_shipped_templates_print_an_edition_with_everything(root: Path, language: str) -> None:
    config = load_config(root / "tests" / "data" / "config.toml", {})
    publication = config.publication.model_copy(update={"language": language})
    shipped = open_look(config.model_copy(update={"publication": publication}), root / "templates")
    assert rehearse(shipped) == ()
    prove(shipped)


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("digest.html", "{{ story.title }}", "{{ story.titel }}", "titel"),
        ("digest.txt", "{{ wrap(story.teaser) }}", "{{ wrap(story.teasr) }}", "teasr"),
        ("digest.txt", "{{ wrap(t.part_of", "{{ wrap(t.prat_of", "prat_of"),
        ("edition.html", "{{ edition.date }}", "{{ editon.date }}", "'editon' is undefined"),
        ("story.html", "{{ story.reason }}", "{{ story.resaon }}", "resaon"),
        ("label.html", "{{ story.credit }}", "{{ story.kredit }}", "kredit"),
        ("style.css", "light.ink", "light.tinte", "tinte"),
        ("landing.html", "{{ t.no_stories }}", "{{ nosuch }}", "'nosuch' is undefined"),
        ("headline.html", "{{ story.title | unbroken }}", "{{ story.title | unbrocken }}", "unbrocken"),
        ("digest.css", "brand.light.accent", "brand.light.akzent", "akzent"),
    ],
)
def test_a_typo_is_found_with_file_and_line(root: Path, own: Path, name: str, old: str, new: str, words: str) -> None:
    line = spoil(own / name, old, new)
    found = rehearse(look_at(root, own))
    assert [one for one in found if f"{name}:{line}: " in one and words in one], found


def test_a_name_in_a_branch_that_no_sample_reaches_is_found(root: Path, own: Path) -> None:
    with (own / "editions.html").open("a") as file:
        file.write(
            "{% block never %}{% if config.publication.title == 'Nie' %}\n"
            "{{ storie }}{{ t.nie }}\n{% endif %}{% endblock %}"
        )
    line = (own / "editions.html").read_text().count("\n")
    found = rehearse(look_at(root, own))
    assert any(f"editions.html:{line}: 'storie' is undefined" in one for one in found)
    assert any(f"editions.html:{line}: " in one and "strings/" in one for one in found)


def test_all_mistakes_are_told_at_once(root: Path, own: Path) -> None:
    spoil(own / "story.html", "{{ story.reason }}", "{{ story.a }}")
    spoil(own / "digest.txt", "{{ wrap(story.teaser) }}", "{{ wrap(story.b) }}")
    with pytest.raises(RenderError, match=r"(?s)templates will not do:.*digest\.txt:\d+: .*'b'") as refused:
        prove(look_at(root, own))
    assert "story.html:" in str(refused.value)


def test_what_own_templates_lack_is_taken_from_those_that_ship(root: Path, own: Path) -> None:
    for name in ("label.html", "digest.css", "strings/en.toml"):
        (own / name).unlink()
    strings = own / "strings" / "de.toml"
    lines = strings.read_text(encoding="utf-8").splitlines()
    strings.write_text(
        "\n".join(line for line in lines if not line.startswith("edition_before")).replace("Aufmacher", "Zuerst")
    )
    look = look_at(root, own, root / "templates")
    assert rehearse(look) == ()
    assert (look.strings["edition_before"], look.strings["lead_stories"]) == ("Vorige Ausgabe", "Zuerst")
    assert look.digest != look_at(root, own).digest, "what ships decides how it looks, too"


def test_own_templates_win(root: Path, tmp_path: Path) -> None:
    (tmp_path / "editions.html").write_text("Mein Archiv")
    assert look_at(root, tmp_path, root / "templates").render("editions.html") == "Mein Archiv"
