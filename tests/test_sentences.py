"""Where sentences end: a table of hard cases, and what holds for any text."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.sentences import blocks, sentences

# A bar stands where a sentence ends.
GERMAN = """
Die Frist endet am 3. Oktober.|Danach gilt das neue Recht.
Das steht in Art. 50 Abs. 1 der Verordnung.|Sie gilt seit August.
Nach Art. 50 Abs. 1 Satz 2 Nr. 5 KI-VO müssen Anbieter warnen.|Das ist neu.
Viele Firmen, z. B. Siemens, nutzen KI.|Andere warten ab.
Viele Firmen, z.B. Siemens, nutzen KI.|Andere warten ab.
Die Modelle sind offen, d. h. Entwickler dürfen sie ändern.|Das hilft.
Dr. Müller lehrt in Bonn.|Prof. Dr. Anna Schmidt forscht.
Prof. Dr. h. c. Schmidt sprach.|Der Saal war voll.
OpenAI stellt GPT-4.5 vor.|Es folgt auf GPT-4.|Danach kommt GPT-5.
Die Version v2.0 ist da.|Version 2.0.1 folgt bald.
Frage Nr. 5 blieb offen.|Die anderen nicht.
Das Gerät kostet 1.000 Euro.|Der Vorgänger kostete 999 Euro.
Das Unternehmen nahm 3,5 Mio. Euro ein.|Im Vorjahr waren es 2 Mio.|Die Kosten stiegen.
Rund 5 Mrd. Dollar fließen.|Davon profitiert Nvidia.
„Das ist gut. Wir machen weiter“, sagte er.|Dann ging er.
„Das ist gut. Wir machen weiter.“|Dann ging er.
»Das ist gut. Wir machen weiter!«, sagte sie.|Der Rest schwieg.
Er sagte: „Wir sind bereit.“|Niemand widersprach.
„Kommt das Modell?“, fragte sie.|„Ja“, sagte er.
„Kommt das Modell?“ fragte sie.|Er nickte.
"Das reicht nicht. Wir brauchen mehr", sagte Meyer.|Die Firma schwieg.
Die Firma (gegr. 1998 in Kalifornien. Heute: Texas) wächst.|Sie stellt ein.
Das sei falsch … und zwar ganz.|Er blieb dabei.
Wir sind … Deutsche, sagte sie.|Alle lachten.
Es dauerte …|Dann kam die Antwort.
Es dauerte...|Dann kam die Antwort.
Der 1. FC Köln gewann.|Platz 1.|Der Rest verlor.
Im 19. Jahrhundert begann es.|Am 21. Jan. 2026 endete es.
Am 3.10. feiern wir.|Am 9.11. Gedenken, dann Arbeit.
Das war 2024.|Seitdem wächst der Markt.
Um 8 Uhr begann es.|300 Menschen kamen.
Papst Johannes Paul II. besuchte Polen.|Ludwig XIV. Regierung dauerte lang.
J. R. R. Tolkien schrieb.|George W. Bush auch.
Das Schreiben Nr. 3 v. 1. Mai liegt vor.|Es ist lang.
Mehr steht auf https://www.heise.de/-123.html?a=1.|Dort gibt es Bilder.
Amazon.com und Booking.com. wehren sich.|Die EU nicht.
iPhones sind teuer.|iPhone-Nutzer zahlen.|xAI zahlt mit.
Yahoo! Finance berichtet.|Wow!|Das ist viel.
Er nannte Äpfel, Birnen usw. und ging.|Sie blieb.
Sie liefern Server, Chips usw.|Die Preise steigen.
Gilt das auch hier?|Ja.|Nein!|Vielleicht.
Das ca. 3 Mio. Euro teure Projekt der St. Pauli GmbH & Co. KG endet.|Schade.
Inkl. MwSt. kostet es 5 Euro, zzgl. Versand.|Das ist zu viel.
Die USA u. a. Staaten zahlen.|Sie zahlen u. a. Steuern.
Er war bis 2020 Staatssekretär a. D. im Ministerium.|Nun berät er.
Der Vertrag läuft bis 31. Dezember.|Am 1. Januar gilt ein neuer.
Sie wohnt in der Hauptstr. 5 in Ulm.|Er wohnt in Bonn.
Im Nov. 2026 geht es los.|Los geht es.
Er sprach mit Hrn. Maier.|Frau Dr.-Ing. Weiß hörte zu.
Die Quote liegt bei 3,5 %.|20 % wären gut.
Das sagt § 5 Abs. 2 S. 1 UrhG.|Anderes sagt § 44b.
Laut Bd. 3, S. 45 ff. ist das so.|Der Autor irrt.
„Das ‚Modell‘ ist fertig.“ – „Nein.“|So endete es.
Er schrieb: »Nein.«|Sie schrieb: „Doch!“|Das war es.
Das kostet 5 €.|Der Rest ist frei.
KI hilft.[1]|Sie irrt auch.[12]|Mehr nicht.
"""
ENGLISH = """
The U.S. economy grew.|It grew fast.
He lives in the U.S.|The family stays in France.
The U.S. President spoke.|Nobody listened.
Some tools, e.g. Copilot, help.|Others, i.e. Clippy, do not.
Mr. Smith met Mrs. Jones.|Dr. Who was late.
OpenAI Inc. sued.|Apple Inc.|The end.
They met at 5 p.m. in Paris.|They left at 7 p.m.|The train was late.
“This is fine. We go on,” he said.|She left.
“This is fine.”|She left.
"Is it done?" she asked.|"Yes," he said.
It costs $1.5 billion.|That is No. 5 on the list.
Version 2.0 is out.|GPT-4.5 is next.
Martin Luther King Jr. spoke in D.C. on Monday.|He was right.
It runs on Fig. max. 5 V.|His name is Max.|Eat no art.|Art. 5 is art.
It said ... nothing.|Then it spoke.
See Fig. 3 vs. Fig. 4.|They differ.
"""
PARTED = [line for line in (GERMAN + ENGLISH).splitlines() if line]


@pytest.mark.parametrize("line", PARTED)
def test_a_sentence_ends_where_a_reader_would_say(line: str) -> None:
    expected = line.split("|")
    assert list(sentences(" ".join(expected))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Was jetzt kommt\n\nDie Firma plant viel.", ["Was jetzt kommt", "Die Firma plant viel."]),
        ("Was jetzt kommt\nDie Firma plant viel.", ["Was jetzt kommt", "Die Firma plant viel."]),
        ("- Erster Punkt\n- Zweiter Punkt\n• Dritter", ["- Erster Punkt", "- Zweiter Punkt", "• Dritter"]),
        ("1. Die Regierung plant.\n2. Die Firma baut.", ["1. Die Regierung plant.", "2. Die Firma baut."]),
        (
            "Die Regierung will bis zum Ende des nächsten Jahres neue\nRegeln vorlegen. Das sagte sie.",
            ["Die Regierung will bis zum Ende des nächsten Jahres neue Regeln vorlegen.", "Das sagte sie."],
        ),
        ("„Offen.\n\nDer nächste Absatz. Er ist kurz.“", ["„Offen.", "Der nächste Absatz.", "Er ist kurz.“"]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_headings_and_list_entries_stand_alone_and_wrapped_lines_do_not(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


def test_a_mark_that_is_never_closed_holds_nothing_together() -> None:
    assert len(sentences("Er rief: „Los. Wir gehen. Alle gehen. Niemand bleibt.")) == 4


def test_a_quotation_as_long_as_a_page_is_split_after_all() -> None:
    assert len(sentences("„" + "Das ist ein Satz. " * 40 + "Ende.“")) == 41


PIECES = st.sampled_from([
    *("z. B. ", "Dr. ", "3. ", "Mio. ", "„", "“", '"', "»", "«", "(", ")", "[", "]", "…", "...", ". ", "! ", "? "),
    *("\n", "\n\n", "U.S. ", "GPT-4.5 ", "Der ", "er ", "Haus ", "1.000 ", "- "),
    *("\u00a0", "\u2028", "\x1c", "ﬁ", "İ", "ß"),
])  # fmt: skip
ANY = st.text(max_size=300) | st.lists(PIECES, max_size=60).map("".join)


@given(ANY)
def test_no_word_is_lost_or_added(text: str) -> None:
    assert " ".join(sentences(text)).split() == text.split()


@given(ANY)
def test_every_sentence_says_something_and_stands_on_one_line(text: str) -> None:
    for sentence in (*sentences(text), *blocks(text)):
        assert sentence == " ".join(sentence.split()) != ""


@pytest.mark.parametrize(
    "unit", ["." * 10, "„", '"a', "Dr. ", ". A", "(", "\n", "!)", "a. b. ", "…", "\u00a0", "[1]", "A.\n"]
)
def test_time_grows_with_the_length_of_the_text_only(unit: str) -> None:
    started = process_time()
    sentences(unit * (400_000 // len(unit)))
    assert process_time() - started < 10
