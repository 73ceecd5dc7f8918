"""What is found in an article, in which line, in both layouts; and what is right and must not be found."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeder.config.sections import Sections
from feeder.editing.article_check import check_article
from feeder.editing.headline_language import is_english
from feeder.editing.typography import slips
from feeder.errors import ArticleError
from feeder.model import Level
from feeder.sources.article import read_manuscript
from feeder.sources.galley import galley
from tests.conftest import ROOT

ZONE, TOPICS = ZoneInfo("Europe/Berlin"), ("recht", "modelle")
PLAIN = """Ein Titel
Ein Teaser.

gpt-image-1 | Haus - "eins"
EINLEITUNG
Hier beginnt es.
NEWS
{news}
AUSBLICK
So geht es weiter.
TEILE DIESEN BEITRAG
Hier darf "alles" - stehen.
KURZFASSUNG
- Eins.
- Zwei.
- Drei.
"""
MARKDOWN = """---
id: x
topics: recht
---
# Ein Titel

Ein Teaser.

## Einleitung

Hier beginnt es.

## News

Erster Satz.
{news}

## Ausblick

So geht es weiter.

## Kurzfassung

- Eins.
- Zwei.
- Drei.
"""


def checked(text: str, name: str = "x.txt") -> list[str]:
    data = text.encode()
    article = read_manuscript(f"articles/{name}", data, Sections(), ZONE).article
    findings = check_article(galley(article, data, Sections(), "de"), TOPICS)
    assert {finding.level for finding in findings} <= {Level.HINT}
    return [str(finding).removeprefix(f"articles/{name}").replace(": HINWEIS", "") for finding in findings]


SLIPS = [
    ('Das sei eine "Spende" gewesen.', ['gerade Anführungszeichen "Spende"; richtig: „Spende“']),
    ("Das sei “gut” so.", ["falsche Anführungszeichen “gut”; richtig: „gut“"]),
    ("Das sei „gut” so.", ["falsche Anführungszeichen „gut”; richtig: „gut“"]),
    ('Das sei „gut" so.', ['gemischte Anführungszeichen „gut"; richtig: „gut“']),
    ("Das sei „gut so.", ["Anführungszeichen „gut so. wird nicht geschlossen"]),
    ("Das sei gut“ so.", ["Anführungszeichen “ ohne Anfang („)"]),
    ("Das Wort 'Agent' fällt.", ["gerade Anführungszeichen 'Agent'; richtig: ‚Agent‘"]),
    ("Sie wackelt - doch sie hält.", ["Bindestrich „ - “ statt Gedankenstrich „ – “"]),
    ("Sie wackelt--doch sie hält.", ["Bindestrich „--“ statt Gedankenstrich „ – “"]),
    ("Sie wackelt — doch sie hält.", ["langer Strich „ — “ statt Gedankenstrich „ – “"]),
    ("Von 2019-2025 wuchs es.", ["Bindestrich in „2019-2025“; „bis“ ist „–“"]),
    ("Von 2019 - 2025 wuchs es.", ["Bindestrich in „2019 - 2025“; „bis“ ist „–“"]),
    ("Es kostet 10-20 Euro im Monat.", ["Bindestrich in „10-20“; „bis“ ist „–“"]),
    ("Zwei  Leerzeichen.", ["mehrere Leerzeichen hintereinander"]),
    ("Ein Wort , ein Komma.", ["Leerzeichen vor „,“"]),
    ("Ein Wort,ein Komma.", ["nach „,“ fehlt ein Leerzeichen"]),
    ("Ein Satz endet.Der nächste beginnt.", ["nach „.“ fehlt ein Leerzeichen"]),
    ("Und dann...", ["drei Punkte statt „…“"]),
    ("So geht's nicht.", ["Apostroph „'“ statt „’“"]),
    ("Es ist z.B. teuer.", ["„z.B.“ statt „z. B.“"]),
    ("Es braucht 24GB Speicher.", ["zwischen Zahl und Einheit fehlt ein Leerzeichen: „24GB“"]),
    ("Es sind 5,5% mehr.", ["vor „%“ fehlt ein Leerzeichen: „5,5%“"]),
    ("Das ist ist falsch.", ["doppeltes Wort: „ist ist“"]),
    ("Er las von der der Firma.", ["doppeltes Wort: „der der“"]),
]


@pytest.mark.parametrize(("news", "found"), SLIPS, ids=[news for news, _ in SLIPS])
def test_a_slip_is_found_in_its_line_in_both_layouts(news, found):
    assert checked(PLAIN.format(news=news)) == [f":8: {one}" for one in found]
    assert checked(MARKDOWN.format(news=news), "x.md") == [f":16: {one}" for one in found]


RIGHT = [
    "Sie sagte: „Das ist ‚gut‘ so.“ Und ging – ohne Gruß – hinaus …",
    "»Gut«, sagte er; «gut», sagte die Schweizerin.",
    'Der 27" Monitor und der 32" Fernseher.',
    "Das OpenAI-Modell GPT-4.5 vom 2025-06-17 läuft auf 8-16-Bit-Kernen, 24-7, seit 2024-10.",
    "Die Menschen, die die KI nutzen, und der Mann, der der Frau hilft, sehen, dass sie sie sehen.",
    "Es führt zu zu hohen Kosten; von von Hand gebauten Dingen; genutzt werden werden sie.",
    "Mehr auf https://x.example/a--b?c=1,d%20e...f und unter info@x.example oder www.x.de/a.Bild.",
    "Node.js, x.AI, Booking.com und Character.AI: 5 %, 100%ige, 1,5 GB, 3.000 Euro, H100-GPUs.",
    "Leser:innen, Wähler/-innen und Kund*innen; z. B. heute, d. h. jetzt.",
    "Vor- und Nachteile; Rock’n’Roll; OpenAIs Plan; 12:30-14:00 Uhr.",
    "Dr. Müller (geb. 1970) kam am 3. Oktober, Art. 50 Abs. 1.",
]


@pytest.mark.parametrize("news", RIGHT)
def test_what_is_right_is_not_found(news):
    assert checked(PLAIN.format(news=news)) == []
    assert checked(MARKDOWN.format(news=news), "x.md") == []


def test_code_tables_and_addresses_of_markdown_are_not_proofread():
    code = '`a - "b"`\n\n```\nx = "y"  -  "z"\n```\n\n| a  |  b |\n|----|----|\n| 1 | 2 |'
    code += '\n\n[Wort](https://x.example/a--b "t")'
    assert checked(MARKDOWN.format(news=code), "x.md") == []


def test_the_lines_of_wrapped_text_and_of_front_matter_are_those_of_the_file():
    head = '---\ntitle: Ein "Titel"\nteaser: "Ein Satz - kurz."\nimage:\n  file: x.png\n  alt: Drei...\n---\n'
    found = checked(f"{head}## News\n\nErste Zeile\nzweite „Zeile\nund - dritte“ Zeile.\n", "x.md")
    assert [line for line in found if "fehlt" not in line] == [
        ':2: gerade Anführungszeichen "Titel"; richtig: „Titel“',
        ":3: Bindestrich „ - “ statt Gedankenstrich „ – “",
        ":6: drei Punkte statt „…“",
        ":12: Bindestrich „ - “ statt Gedankenstrich „ – “",
    ]


STRUCTURE = [
    (PLAIN.replace("Ein Titel", "x" * 121), [":1: Titel hat 121 Zeichen, höchstens 120 sind lesbar"]),
    (PLAIN.replace("Ein Teaser.\n", ""), [": Teaser fehlt"]),
    (PLAIN.replace("Ein Teaser", "y" * 200), [":2: Teaser hat 201 Zeichen, höchstens 200 haben Platz"]),
    (PLAIN.replace("- Eins.\n- Zwei.\n- Drei.\n", ""), [":13: Kurzfassung fehlt"]),
    (PLAIN.replace("- Eins.\n- Zwei.\n", ""), [":13: Kurzfassung hat 1 Punkt, 3 bis 5 sollen es sein"]),
    (
        PLAIN.replace("Drei.", "Drei.\n- 4\n- 5\n- 6"),
        [":13: Kurzfassung hat 6 Punkte, 3 bis 5 sollen es sein"],
    ),
    (
        PLAIN.replace("Zwei", "z" * 180),
        [":15: Punkt 2 der Kurzfassung hat 181 Zeichen, höchstens 180 haben Platz"],
    ),
    (PLAIN.replace("AUSBLICK\nSo geht es weiter.\n", ""), [": Ausblick fehlt"]),
    (PLAIN.replace("EINLEITUNG", "KURZFASSUNG\n- 1\nEINLEITUNG"), [
        ":5: Kurzfassung steht zu früh; üblich ist: Einleitung, News, Ausblick, Kurzfassung",
        ":15: Kurzfassung steht schon in Zeile 5",
    ]),
    (PLAIN.replace("Ein Titel", "OpenAI launches new model for everyone"),
     [":1: Titel „OpenAI launches new model for everyone“ ist wohl noch englisch"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), STRUCTURE, ids=[found[-1] for _, found in STRUCTURE])
def test_what_is_unusual_about_the_parts_is_said_with_its_line(text, found):
    assert checked(text.format(news="Etwas geschah.")) == found


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("topics: rechte", ":2: Thema „rechte“ gibt es nicht; möglich: modelle, recht"),
        ("date: 2025-06-02\nupdated: 2025-06-01", ":3: „updated“ liegt vor „date“"),
        ("id: x\nprovenance:\n  text: ki_erzeugt", ":4: KI-Text ohne „reviewed_by“; wer hat ihn geprüft?"),
    ],
)
def test_front_matter_is_checked_by_its_lines(head, found):
    assert checked(f"---\n{head}\n---\n{PLAIN.format(news='Etwas.')}") == [found]


def test_a_draft_is_said_to_be_one_and_a_withdrawn_article_and_english_words_are_left_alone():
    text = PLAIN.format(news='Ein "Wort".')
    assert checked(f"---\nstatus: draft\n---\n{text}") == [
        ':11: Entwurf: gerade Anführungszeichen "Wort"; richtig: „Wort“'
    ]
    assert checked(f"---\nstatus: withdrawn\n---\n{text}") == []
    assert checked(f"---\nlanguage: en\n---\n{text}") == []


def test_the_seed_article_has_but_the_hints_that_it_deserves():
    name = "microsoft-verliert-kontrolle-ueber-openai.txt"
    assert checked((ROOT / "articles" / name).read_text(encoding="utf-8"), name) == [
        ":2: Bindestrich „ - “ statt Gedankenstrich „ – “",
        ':9: gerade Anführungszeichen "Spende"; richtig: „Spende“',
    ]


@pytest.mark.parametrize(
    ("headline", "english"),
    [
        ("OpenAI launches new model for everyone", True),
        ("How Google wants to win the AI race", True),
        ("Anthropic: What comes after Claude", True),
        ("OpenAI startet neues Modell für alle", False),
        ("Call of Duty: Black Ops", False),
        ("Microsoft und „The Future of Work“", False),
        ("WHO warnt vor Deepfakes", False),
        ("Nvidia GTC 2026: Live-Ticker, Keynote, Highlights", False),
    ],
)
def test_a_headline_left_in_english_is_known(headline, english):
    assert is_english(headline) is english


TYPED = st.text(st.sampled_from("aB ä.,;!?…\"„“”'´»«-–—%12\n#*`[]()|xKURZFASSUNGNEWS"), max_size=300)


@settings(max_examples=200, deadline=None)
@given(TYPED, st.sampled_from(["x.txt", "x.md"]))
def test_whatever_is_typed_it_is_checked_without_a_failure_always_alike_and_with_lines_of_the_file(text, name):
    data = f"Titel\nEINLEITUNG\n{text}\n# NEWS\nText\n".encode()
    try:
        article = read_manuscript(name, data, Sections(), ZONE).article
    except ArticleError:
        return
    proof = galley(article, data, Sections(), "de")
    first, lines = check_article(proof, TOPICS), data.decode().count("\n") + 1
    assert first == check_article(proof, TOPICS)
    assert all(finding.line is None or 1 <= finding.line <= lines for finding in first)
    assert proof.article == read_manuscript(name, data, Sections(), ZONE).article


@settings(max_examples=100, deadline=None)
@given(TYPED)
def test_slips_lie_in_the_text_and_in_order(text):
    found = slips(text)
    assert found == tuple(sorted(found))
    assert all(0 <= at < len(text) for at, _ in found)
