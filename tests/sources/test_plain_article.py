from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeder.config.sections import Sections
from feeder.errors import ArticleError
from feeder.model import Article, Status
from feeder.sources.article import parse_article
from feeder.sources.plain_article import is_subheading
from feeder.text import one_line

BERLIN = ZoneInfo("Europe/Berlin")
ARTICLES = Path(__file__).resolve().parent.parent / "data" / "articles"
BOILERPLATE = ("Unser Ziel", "hauptberuflich", "Teile diesen", "Folge uns", "Unterstütze", "YouTube", "Support!")


def read(text: str | bytes, path: str = "articles/x.txt") -> tuple[Article, list[str]]:
    data = text if isinstance(text, bytes) else text.encode()
    article, findings = parse_article(path, data, Sections(), BERLIN)
    return article, [str(finding) for finding in findings]


def content(article: Article) -> str:
    return "\n".join(f"{section.title}\n{section.html}" for section in article.sections)


@pytest.fixture(scope="module")
def seed() -> Article:
    path = "articles/microsoft-verliert-kontrolle-ueber-openai.txt"
    root = Path(__file__).resolve().parents[2]
    article, findings = read((root / path).read_bytes(), path)
    assert findings == []
    return article


def test_the_seed_article_has_title_teaser_and_credit(seed):
    assert seed.title == "Microsoft verliert Kontrolle über OpenAI?"
    assert seed.teaser == "Die Milliarden-Partnerschaft wackelt - steht Microsoft vor dem Aus als OpenAIs KI-Primus?"
    assert seed.image_credit == "gpt-image-1 | All-AI.de"
    assert (seed.status, seed.date, seed.image, seed.url) == (Status.RELEASED, None, None, None)


def test_the_seed_article_has_all_its_sections_in_order(seed):
    assert [(section.kind, section.title) for section in seed.sections] == [
        ("intro", None),
        ("news", "Ein Pakt mit Widersprüchen"),
        ("news", "Machtspiele im Hintergrund"),
        ("news", "Juristische Stolpersteine und prominente Kritiker"),
        ("outlook", "Zwischen Mission und Machtanspruch"),
    ]
    assert [section.html.count("<p>") for section in seed.sections] == [1, 2, 2, 2, 2]


def test_every_content_line_of_the_seed_article_is_published_and_no_other(root, seed):
    lines = (root / seed.path).read_text(encoding="utf-8").splitlines()
    news = lines[lines.index("EINLEITUNG") : lines.index("UNSER ZIEL")]
    words = [line for line in news if line not in ("EINLEITUNG", "NEWS", "AUSBLICK")]
    published = [part for part in re.split(r"</?p>|\n", content(seed)) if part and part != "None"]
    assert published == words


def test_the_seed_article_has_four_bullets(seed):
    assert seed.summary == (
        "OpenAI und Microsoft verhandeln über eine Neustrukturierung ihrer milliardenschweren Partnerschaft.",
        "Ziel ist es, OpenAI mehr strategische Freiheit zu geben und einen Börsengang zu ermöglichen.",
        "Microsoft könnte im Gegenzug langfristigen Zugriff auf OpenAIs KI-Technologien sichern.",
        "Die Neuausrichtung hat weitreichende Konsequenzen für die globale KI-Landschaft.",
    )


def test_boilerplate_stays_out_of_the_content(seed):
    assert not [word for word in BOILERPLATE if word.casefold() in content(seed).casefold()]


def test_straight_quotes_stay_as_the_author_wrote_them(seed):
    assert 'offiziell als "Spende", de facto' in content(seed)


def test_sections_in_another_order_with_byte_order_mark_and_windows_line_ends_are_read():
    file = ARTICLES / "2025-08-04-wer-haftet-fuer-ki.txt"
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    article, findings = read(data, f"articles/{file.name}")
    assert findings == []
    assert article.title == "Wer haftet, wenn die KI sich irrt?"
    assert article.image_credit == "gpt-image-1 | All-AI.de"
    assert [(section.kind, section.title) for section in article.sections] == [
        ("intro", None),
        ("news", "Was heißt das für Nutzer?"),
        ("news", "Drei Pflichten & viele Fragen"),
        ("outlook", None),
    ]
    assert len(article.summary) == 4
    assert not [word for word in BOILERPLATE if word in content(article)]
    assert article.date == datetime(2025, 8, 3, 22, tzinfo=UTC)


def test_addresses_become_links_and_lists_become_lists():
    article, _ = read((ARTICLES / "2025-08-04-wer-haftet-fuer-ki.txt").read_bytes())
    address = "https://digital-strategy.ec.europa.eu/de/policies/regulatory-framework-ai"
    assert f'Leitlinien (<a href="{address}">{address}</a>).</p>' in content(article)
    assert content(article).count("<li>") == 3


def test_hard_wrapped_paragraphs_are_joined_and_missing_blocks_are_no_error():
    article, findings = read((ARTICLES / "prämien-für-rechenzentren.txt").read_bytes())
    assert findings == []
    assert article.teaser is None
    assert article.image_credit == "Stadtwerke Musterstadt"
    assert [section.title for section in article.sections] == [None, "Wärme statt Kühltürme", "Kritik von den Grünen"]
    assert [section.html.count("<p>") for section in article.sections] == [1, 2, 1]
    assert article.summary[0] == (
        "Eine Kommune zahlt Betreibern von Rechenzentren eine Prämie für eingespeiste Abwärme."
    )


def test_a_withdrawn_plain_article_has_front_matter():
    article, findings = read((ARTICLES / "zurückgezogen-stellenabbau.txt").read_bytes())
    assert (article.status, findings) == (Status.WITHDRAWN, [])
    assert article.teaser == "Der Bericht beruhte auf einer gefälschten Pressemitteilung."


@pytest.mark.parametrize(
    ("head", "teaser", "credit"),
    [
        ("Titel", None, None),
        ("Titel\nEin Teaser.", "Ein Teaser.", None),
        ("Titel\n\ngpt-image-1 | All-AI.de", None, "gpt-image-1 | All-AI.de"),
        ("Titel\nEin Teaser.\nBild: Jana Beispiel", "Ein Teaser.", "Jana Beispiel"),
        ("Titel\n© Jana Beispiel\nEin Teaser.", "Ein Teaser.", "© Jana Beispiel"),
        ("Titel\nQuelle: dpa\nFoto: Max Muster", None, "dpa, Max Muster"),
        ("Titel\nGoogle | Meta: Wer gewinnt das Rennen?", "Google | Meta: Wer gewinnt das Rennen?", None),
        ("Titel\nKI | Recht | Geld\nBild: Jana", "KI | Recht | Geld", "Jana"),
        ("Titel\nErster Satz.\nZweiter Satz.", "Erster Satz. Zweiter Satz.", None),
    ],
)
def test_teaser_and_credit_are_told_apart(head, teaser, credit):
    article, findings = read(f"{head}\nEINLEITUNG\nText.\n")
    assert (article.title, article.teaser, article.image_credit, findings) == ("Titel", teaser, credit, [])


def test_text_above_the_first_section_is_kept_and_named():
    paragraph = "Ein langer Absatz ohne Überschrift. " * 12
    article, findings = read(f"Titel\nTeaser.\n\na | b\n{paragraph}\nNEWS\nText.\n")
    assert article.teaser == "Teaser."
    assert [section.kind for section in article.sections] == ["intro", "news"]
    assert findings == ["articles/x.txt:5: Text vor dem ersten Abschnitt; er steht nun in der Einleitung"]


@pytest.mark.parametrize("written", ["news", "News:", "  NEWS  ", "NEWS :"])
def test_section_headings_count_in_any_case_and_with_a_colon(written):
    assert read(f"Titel\n{written}\nText.\n")[0].sections[0].kind == "news"


def test_other_section_names_come_from_the_configuration():
    headings = Sections(news=("WAS GESCHAH", "NEWS"))
    article, _ = parse_article("x.txt", b"Titel\nWas geschah\nText.\n", headings, BERLIN)
    assert article.sections[0].kind == "news"


def test_a_misspelt_section_heading_is_understood_and_named():
    article, findings = read("Titel\nNEWS\nText.\nUnser Ziel\nGeld.\nKURZFASUNG\n- Ein Punkt\n")
    assert article.summary == ("Ein Punkt",)
    assert findings == ["articles/x.txt:6: Abschnitt „KURZFASUNG“ gelesen als „kurzfassung“; bitte so schreiben"]


def test_a_section_that_nobody_knows_is_named_when_its_text_is_lost():
    _, findings = read("Titel\nNEWS\nText.\nUNSER ZIEL\nGeld.\nHINTERGRUND\nVerlorener Text.\n")
    assert findings == ["articles/x.txt:6: Unbekannter Abschnitt „HINTERGRUND“; sein Text erscheint nicht"]


@pytest.mark.parametrize(
    ("line", "following", "expected"),
    [
        ("Ein Pakt", "Als OpenAI ins Leben gerufen wurde.", True),
        ("Was heißt das für Nutzer?", "Erst einmal gar nichts, denn die Pflichten treffen die Anbieter.", True),
        ("Was nun? Keiner weiß es", "Ein Absatz.", True),
        ("Ist das gut? Ist das schlecht?", "Ein langer Absatz, der die Frage nicht beantworten kann.", False),
        ("Wer gewinnt am Ende das Rennen?", "Niemand.", False),
        ("Ein kurzer Satz.", "Noch ein Satz.", False),
        ("OpenAI, Microsoft & Co.", "Die Großen machen es vor.", True),
        ("Drei Dinge sind wichtig:", "- das erste", False),
        ("Die drei Dinge", "- das erste", True),
        ("Das Ende", "", False),
        ("x" * 91, "Ein Satz.", False),
        ("Er sagte: „Nie wieder!“", "Dann ging er.", False),
    ],
)
def test_sub_headings_are_recognised(line, following, expected):
    assert is_subheading(line, following) is expected


def test_an_inner_sub_heading_of_the_outlook_becomes_h3():
    article, _ = read("Titel\nAUSBLICK\nEin Satz vorweg.\nWie geht es weiter\nNoch ein Satz.\n")
    assert article.sections[0].title is None
    assert article.sections[0].html == "<p>Ein Satz vorweg.</p>\n<h3>Wie geht es weiter</h3>\n<p>Noch ein Satz.</p>"


def test_markup_in_plain_text_is_shown_not_obeyed():
    article, _ = read("Titel <b>\nNEWS\n<script>alert(1)</script> & Co sind da. http://a.example <think>\n")
    assert article.title == "Titel <b>"
    assert article.sections[0].html == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co sind da. http://a.example &lt;think&gt;</p>"
    )


def test_short_paragraphs_without_blank_lines_are_not_joined():
    article, _ = read("Titel\nNEWS\nDer erste Absatz ist genau so lang wie nötig.\nDer zweite.\n\nDer dritte.\n")
    assert article.sections[0].html.count("<p>") == 3


def test_bullets_of_all_kinds_are_read():
    article, _ = read("T\nNEWS\nText.\nKURZFASSUNG\n- eins\n• zwei\n* drei\n– vier\n  geht weiter\n\nfünf\n")
    assert article.summary == ("eins", "zwei", "drei", "vier geht weiter", "fünf")
    article, _ = read("T\nNEWS\nText.\nKURZFASSUNG\nEins ist so.\n\nZwei auch.\n3. Quartal ist gut.\n")
    assert article.summary == ("Eins ist so.", "Zwei auch.", "3. Quartal ist gut.")


def test_a_file_in_another_encoding_is_refused_with_its_line():
    with pytest.raises(ArticleError, match=r"^articles/x\.txt:3: .*bitte als UTF-8 speichern$"):
        read("Titel\r\nNEWS\r\nGrüße.\r\n".encode("cp1252"))


def test_old_line_ends_are_line_ends():
    article, _ = read("Titel\rTeaser.\r\rNEWS\rText.\r")
    assert (article.title, article.teaser, article.sections[0].html) == ("Titel", "Teaser.", "<p>Text.</p>")


def test_a_huge_file_is_refused():
    with pytest.raises(ArticleError, match="größer als 2 MB"):
        read(b"Titel\nNEWS\n" + b"x" * 2_000_000)


@pytest.mark.parametrize("text", ["", "\n\n", "EINLEITUNG\nText.\n", "\ufeff"])
def test_a_file_without_a_title_is_refused(text):
    with pytest.raises(ArticleError):
        read(text)


def test_a_file_without_sections_or_text_is_no_article():
    with pytest.raises(ArticleError, match="Kein Abschnitt"):
        read("Notiz\nMilch kaufen.\n")
    with pytest.raises(ArticleError, match="keinen Text"):
        read("Titel\nNEWS\n\nKURZFASSUNG\n- nur ein Punkt\n")


def test_control_characters_are_cleaned_and_umlauts_composed():
    article, _ = read("Ti\x00t\x1bel\u202e\nNEWS\nU\u0308ber\x07 alles.\n")
    assert article.title == "Titel"
    assert article.sections[0].html == "<p>Über alles.</p>"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2025-06-17-titel.txt", datetime(2025, 6, 16, 22, tzinfo=UTC)),
        ("2025-12-01.txt", datetime(2025, 11, 30, 23, tzinfo=UTC)),
        ("2025-13-01-titel.txt", None),
        ("2025-06-171.txt", None),
        ("0001-01-01-x.txt", None),
        ("titel.txt", None),
    ],
)
def test_a_date_may_stand_in_the_file_name(name, expected):
    assert read("Titel\nNEWS\nText.\n", f"articles/2020-01-01/{name}")[0].date == expected


FRAGMENTS = [
    "---\n", "\n", "EINLEITUNG\n", "NEWS\n", "KURZFASSUNG\n", "# NEWS\n", "## ", "- ", "id: a\n", "title: 'x'\n",
    "date: 2025-99-01\n", "date: 0001-01-01\n", "image:\n  file: a.png\n", "topics: [a, [b]]\n", "&a [*a]\n", "? ",
    'title: "\\UFFFFFFFF"\n', "corrections: [{date: 1, text: 2}]\n", "[[[[", "{", "x | y\n", "![a](b) [c](d)\n",
    "<b>", "| a | b |\n|---|---|\n", "```\n", "> > > ", "\ud7ff", "\u2028", "\x85", "\r", "Satz.\n", "Titel\n", "#\n",
    "ü" * 95, "Alt: x\n", "---\nid: b\n---\n", "status: draft\n", "teaser: |\n  a\n", "!!python/object:os.system\n",
    "provenance: {text: auszug}\n", "https://[::\n",
]  # fmt: skip


SCRAPS = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map(lambda scraps: "".join(scraps).encode())


@given(st.binary(max_size=300) | SCRAPS, st.sampled_from(["x.txt", "x.md", "2025-02-30.md"]))
@example(b"---\n" + b"[" * 5000 + b"\n---\n", "x.md")
@example(b"---\ntitle: \xef\xbb\xbf\n---\nEINLEITUNG\nx\n", "x.txt")
@example(b"!\n#", "x.md")
def test_whatever_the_bytes_only_an_article_error_comes_out(data, path):
    try:
        article, findings = parse_article(path, data, Sections(), BERLIN)
    except ArticleError as error:
        assert path in str(error)  # noqa: PT017 - most bytes are fine, and then nothing is raised
    else:
        assert article.title
        assert all(isinstance(finding, ArticleError) for finding in findings)


WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn", "Co", "Zl", "Zp"), exclude_characters="\ufffd"),
    min_size=1,
)
LINES = WORDS.map(one_line).filter(lambda line: bool(line) and unicodedata.is_normalized("NFC", line))
BODY = LINES.map(lambda line: f"Absatz {line} zu Ende.")


@given(LINES, LINES, st.lists(BODY, min_size=1, max_size=4), st.lists(LINES, min_size=1, max_size=5))
def test_what_is_put_into_a_well_formed_article_comes_out(title, teaser, paragraphs, bullets):
    head = [f"Titel {title}", f"Teaser {teaser}.", "", "Bild: Jana"]
    points = [f"- Punkt {bullet}" for bullet in bullets]
    text = "\n".join([*head, "NEWS", "Zwischentitel", *paragraphs, "UNSER ZIEL", "Geld.", "KURZFASSUNG", *points])
    article, findings = read(text)
    assert findings == []
    assert article.title == f"Titel {title}"
    assert article.teaser == f"Teaser {teaser}."
    assert article.summary == tuple(f"Punkt {bullet}" for bullet in bullets)
    assert article.sections[0].title == "Zwischentitel"
    published = re.sub(r"<[^>]*>", "", content(article)).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert all(paragraph in published for paragraph in paragraphs)
