from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.config.sections import Sections
from feeder.errors import ArticleError
from feeder.model import Article, Correction, Origin, Provenance, Section, Status
from feeder.sources.article import parse_article
from feeder.text import one_line

BERLIN = ZoneInfo("Europe/Berlin")
ARTICLES = Path(__file__).resolve().parent.parent / "data" / "articles"
BODY = "# Titel\n\n## NEWS\n\nText.\n"


def read(text: str | bytes, path: str = "x.md") -> tuple[Article, list[str]]:
    data = text if isinstance(text, bytes) else text.encode()
    article, findings = parse_article(path, data, Sections(), BERLIN)
    return article, [str(finding) for finding in findings]


def front(yaml: str) -> Article:
    return read(f"---\n{yaml}\n---\n{BODY}")[0]


def refusal(yaml: str) -> str:
    with pytest.raises(ArticleError) as caught:
        front(yaml)
    return str(caught.value)


@pytest.fixture(scope="module")
def laptop() -> Article:
    article, findings = read((ARTICLES / "sprachmodelle-auf-dem-laptop.md").read_bytes())
    assert findings == []
    return article


def test_front_matter_is_taken_over_completely(laptop):
    assert laptop.title == "Sprachmodelle auf dem Laptop: Was wirklich geht"
    assert laptop.teaser == "Kleine Modelle laufen inzwischen ohne Cloud. Wir haben vier davon ausprobiert."
    assert laptop.date == datetime(2025, 9, 12, 6, 30, tzinfo=UTC)
    assert laptop.updated == datetime(2025, 9, 13, 8, tzinfo=UTC)
    assert laptop.authors == ("Lena Öztürk", "Jan Weiß")
    assert laptop.topics == ("modelle", "werkzeuge")
    assert (laptop.language, laptop.url) == ("de", "https://ki-news.example/2025/sprachmodelle-laptop")
    assert laptop.image_credit == "Lena Öztürk"
    assert laptop.provenance == Provenance(
        Origin.AI_ASSISTED, "mistral-small-3", "Jan Weiß", datetime(2025, 9, 11, 22, tzinfo=UTC)
    )


def test_markdown_headings_make_the_sections(laptop):
    assert [(section.kind, section.title) for section in laptop.sections] == [
        ("intro", None),
        ("news", None),
        ("news", "Zusammenfassen klappt, Rechnen nicht"),
        ("news", "Was ist mit dem Datenschutz?"),
        ("outlook", "Die nächste Generation"),
    ]
    assert "hauptberuflich" not in "".join(section.html for section in laptop.sections)


def test_markdown_is_rendered_and_raw_html_is_shown_not_obeyed(laptop):
    news = laptop.sections[2].html
    assert "<strong>nah beieinander</strong>" in news
    assert "<table>" in news
    assert "style=" not in news
    assert "<h3>So haben wir gemessen</h3>" in news
    assert '<a href="https://github.com/ggml-org/llama.cpp">llama.cpp</a>' in news
    assert "&lt;b&gt;Nutzungsprofile&lt;/b&gt;" in laptop.sections[3].html


def test_bullets_are_plain_text(laptop):
    assert laptop.summary[0] == "Kleine Sprachmodelle laufen heute auf gewöhnlichen Laptops."
    assert len(laptop.summary) == 3


def test_corrections_and_german_dates_are_read():
    article, findings = read((ARTICLES / "korrektur-chip-exporte.md").read_bytes())
    assert findings == []
    assert article.title == "Neue Regeln für den Export von KI-Chips"
    assert article.teaser == "Wer Beschleuniger ausführen will, braucht bald eine Genehmigung."
    assert article.date == datetime(2025, 11, 3, 13, tzinfo=UTC)
    assert article.authors == ("Redaktion",)
    assert article.image_credit == "gpt-image-1 | All-AI.de"
    assert article.corrections[1] == Correction(
        datetime(2025, 11, 5, 8, 15, tzinfo=UTC), "Der Name des Verbands war falsch geschrieben."
    )


def test_a_single_correction_needs_no_list():
    article = front("correction: {date: 2025-01-02, text: War falsch.}")
    assert article.corrections == (Correction(datetime(2025, 1, 1, 23, tzinfo=UTC), "War falsch."),)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: Aus dem Kopf\n---\n# Im Text\n\n## NEWS\n\nText.", "Aus dem Kopf"),
        ("Vorweg.\n\n# Im *Text*\n\n## NEWS\n\nText.", "Im Text"),
        ("Erste Zeile\nTeaser.\n\n## NEWS\n\nText.", "Erste Zeile"),
        ("---\ntitle: 2025\n---\nNur Text.", "2025"),
    ],
)
def test_the_title_is_front_matters_else_the_first_heading_else_the_first_line(text, title):
    assert read(text)[0].title == title


def test_markdown_without_sections_is_all_news():
    article, findings = read("# Titel\n\nErster Absatz.\n\n## Mehr\n\nZweiter.\n")
    assert findings == []
    assert article.teaser is None
    assert article.sections == (
        Section("news", None, "<p>Erster Absatz.</p>"),
        Section("news", "Mehr", "<p>Zweiter.</p>"),
    )


def test_a_markdown_file_in_the_plain_layout_is_read_as_such(root):
    seed = root / "articles" / "microsoft-verliert-kontrolle-ueber-openai.txt"
    as_markdown, _ = read(seed.read_bytes(), "x.md")
    as_text, _ = read(seed.read_bytes(), "x.txt")
    assert as_markdown.sections == as_text.sections
    assert len(as_text.sections) == 5


def test_pictures_and_relative_links_in_the_text_are_left_out_and_named():
    article, findings = read(
        "# T\n\n## NEWS\n\nEin ![Bild](a.png) und\n[ein Verweis](/da) und [Post](mailto:a@b.example).\n"
    )
    assert article.sections[0].html == ('<p>Ein  und\nein Verweis und <a href="mailto:a@b.example">Post</a>.</p>')
    assert findings == [
        "x.md:5: Bild im Text; nur das Bild im Kopf („image“) erscheint",
        "x.md:5: Verweis ohne vollständige Adresse: „/da“",
    ]


def test_a_heading_within_a_quotation_is_no_larger_than_a_sub_heading():
    article, _ = read("# T\n\n## NEWS\n\n> # Zitat\n> Worte.\n")
    assert article.sections[0].html == "<blockquote>\n<h3>Zitat</h3>\n<p>Worte.</p>\n</blockquote>"


def test_a_script_address_is_no_link():
    article, _ = read("# T\n\n## NEWS\n\n[böse](javascript:alert(1)) <javascript:alert(1)> [x](data:text/html,x)\n")
    assert "href" not in article.sections[0].html


@pytest.mark.parametrize(
    ("yaml", "line", "message"),
    [
        ("id: a\ntitel: x", 3, "Unbekannter Schlüssel „titel“; gemeint ist „title“?"),
        ("staus: draft", 2, "Unbekannter Schlüssel „staus“; gemeint ist „status“?"),
        ("datum: 2025-01-01", 2, "Unbekannter Schlüssel „datum“; gemeint ist „date“?"),
        ("image:\n  credits: x", 3, "Unbekannter Schlüssel „credits“; gemeint ist „credit“?"),
        ("status: entwurf", 2, "„status“ kann nicht „entwurf“ sein; gemeint ist „draft“?"),
        ("status: x", 2, "„status“ kann nicht „x“ sein; möglich: draft, released, withdrawn"),
        ("id: a\n\ndate: gestern", 4, "„date“ ist kein Datum: „gestern“; richtig ist etwa 2025-06-17 08:30"),
        ("date: 2025-02-30", 2, "„date“: den Tag oder die Uhrzeit „2025-02-30“ gibt es nicht"),
        ("date: 1066-10-14", 2, "„date“: den Tag oder die Uhrzeit „1066-10-14“ gibt es nicht"),
        ("date: 0001-01-01", 2, "„date“: den Tag oder die Uhrzeit „0001-01-01“ gibt es nicht"),
        ("title: [a, b]", 2, "„title“ muss ein Text sein, keine Liste; Text in Anführungszeichen setzen"),
        ("image: a.png", 2, "„image“ braucht Zeilen „Schlüssel: Wert“, etwa „file: …“"),
        ("- a", 2, "Der Kopf braucht Zeilen „Schlüssel: Wert“, etwa „id: …“"),
        ("title: a\ntitle: b", 3, "Schlüssel „title“ steht zweimal da"),
        ("teaser: a\ndek: b", 3, "Der Teaser steht zweimal da: „teaser“ und „dek“"),
        (
            "title: KI: was nun",
            2,
            "Der Kopf ist kein gültiges YAML; ein Wert mit Doppelpunkt gehört in Anführungszeichen",
        ),
        ("id: a\ntitle: 'x", 3, "Der Kopf ist kein gültiges YAML"),
        ("id: a b", 2, "„id“ braucht 1 bis 200 Zeichen ohne Leerzeichen"),
        ("url: /artikel", 2, "„url“ ist keine vollständige Adresse mit https://: „/artikel“"),
        ("language: deutsch", 2, "„language“ sind zwei Buchstaben wie de oder en, nicht „deutsch“"),
        ("correction: {text: a}", 2, "Eine Korrektur braucht „date“ und „text“; „date“ fehlt"),
        ("corrections:\n  - war falsch", 3, "„correction“ braucht Zeilen „Schlüssel: Wert“, etwa „date: …“"),
        (
            "provenance: {text: ki}",
            2,
            "„text“ kann nicht „ki“ sein; möglich: redaktionell, auszug, ki_unterstuetzt, ki_erzeugt",
        ),
        (
            "image: {file: a.png, url: 'https://a.example/b.png'}",
            2,
            "Ein Bild hat entweder „file“ oder „url“, nicht beides",
        ),
    ],
)
def test_what_is_wrong_in_front_matter_is_named_with_its_line(yaml, line, message):
    assert refusal(yaml) == f"x.md:{line}: {message}"


def test_front_matter_that_does_not_end_is_refused():
    with pytest.raises(ArticleError, match=r":1: .*endet nicht"):
        read("---\ntitle: x\n\n# Titel\n")


def test_front_matter_builds_no_python_objects():
    assert "muss ein Text sein" in refusal("title: !!python/object/apply:os.system ['true']")
    assert front("title: !!python/name:os.system x").title == "x"


def test_keys_without_a_value_count_as_absent():
    article = front("title:\nteaser: ''\ndate: ~\nauthors: []\nimage:\ntopics:\nstatus:")
    assert (article.title, article.teaser, article.date, article.authors) == ("Titel", None, None, ())
    assert article.status is Status.RELEASED


@pytest.mark.parametrize("key", ["teaser", "dek", "standfirst", "vorspann"])
def test_the_teaser_has_more_than_one_name(key):
    assert front(f"{key}: Ein Satz.").teaser == "Ein Satz."


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2025-06-17 08:30", 6),
        ("2025-06-17T08:30:00", 6),
        ("2025-06-17T08:30:00Z", 8),
        ("2025-06-17 08:30:59.5 +00:00", 8),
        ("17.06.2025, 08:30 Uhr", 6),
        ("17.6.2025 8:30", 6),
        ("'2025-01-17 08:30'", 7),
    ],
)
def test_dates_are_in_the_zone_of_the_publication_unless_they_say_otherwise(written, hour):
    date = front(f"date: {written}").date
    assert date is not None
    assert (date.hour, date.minute, date.tzinfo) == (hour, 30, UTC)


def test_front_matters_date_wins_over_that_of_the_file_name():
    article, _ = read(f"---\ndate: 2024-01-01\n---\n{BODY}", "2025-05-05-x.md")
    assert article.date == datetime(2023, 12, 31, 23, tzinfo=UTC)


def test_a_remote_picture_needs_https_and_a_credit():
    article, findings = read(f"---\nimage:\n  url: https://a.example/ü.png\n  alt: Ein Ü\n  credit: dpa\n---\n{BODY}")
    assert article.image is not None
    assert (article.image.url, article.image.alt, article.image.credit) == (
        "https://a.example/%C3%BC.png",
        "Ein Ü",
        "dpa",
    )
    assert findings == []
    article, findings = read(f"---\nid: a\nimage:\n  url: https://a.example/b.png\n---\n{BODY}")
    assert (article.image, findings) == (None, ["x.md:4: Bildnachweis fehlt"])
    article, findings = read(f"---\nimage:\n  url: http://a.example/b.png\n  credit: dpa\n---\n{BODY}")
    assert article.image is None
    assert findings == ["x.md:3: Bildadresse „http://a.example/b.png“ beginnt nicht mit https://"]


def test_a_draft_may_be_unfinished():
    article, _ = read("---\nstatus: draft\ntitle: Später\n---\n")
    assert (article.status, article.sections) == (Status.DRAFT, ())


HOSTILE = [
    "[" * 50_000,
    "> " * 50_000,
    "*a " * 50_000,
    "`" * 50_000 + "a",
    "![](" * 30_000,
    "- " * 20_000,
    "| " * 50_000,
    "a\n" * 50_000,
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_no_markdown_takes_long(body):
    started = time.monotonic()
    read(f"# Titel\n\n## NEWS\n\nText.\n\n{body}\n")
    assert time.monotonic() - started < 20


PLAIN = st.text("abcäöüß AEIOU.,?!–„“ 0123456789", min_size=1).map(one_line).filter(bool)


@given(PLAIN, PLAIN, st.lists(PLAIN, min_size=1, max_size=5), st.lists(PLAIN, min_size=1, max_size=5))
def test_what_is_put_into_well_formed_markdown_comes_out(title, teaser, paragraphs, bullets):
    quoted = teaser.replace('"', "")
    text = f'---\nteaser: "T {quoted}"\n---\n# Titel {title}\n\n## NEWS\n\n'
    text += "".join(f"Absatz {paragraph}\n\n" for paragraph in paragraphs)
    text += "## KURZFASSUNG\n\n" + "".join(f"- Punkt {bullet}\n" for bullet in bullets)
    article, findings = read(text)
    assert findings == []
    assert article.title == f"Titel {title}"
    assert article.teaser == f"T {teaser}"
    assert article.summary == tuple(f"Punkt {bullet}" for bullet in bullets)
    assert re.findall("<p>(.*)</p>", article.sections[0].html) == [f"Absatz {paragraph}" for paragraph in paragraphs]
