"""What the law wants in every newsletter: who is responsible, what becomes of data, how to leave, who sends it.

§ 5 DDG and § 18 (2) MStV: Impressum; Art. 13 DSGVO: Datenschutz; § 7 UWG: a sender who is known, a way to leave.
"""

from __future__ import annotations

from collections.abc import Iterator

from feeder.config import placeholders
from feeder.model import EditionFinding
from feeder.rendering.checking.printed import HTML, PAGE, TEXT, Printed, error, squeezed, warning

IMPRINT = "§ 5 DDG und § 18 Abs. 2 MStV verlangen es"
PRIVACY = "Art. 13 DSGVO verlangt es"
LEAVING = "§ 7 Abs. 2 UWG verlangt es"

_KEYS = {
    "publication.imprint": ("Name und Anschrift im Impressum", IMPRINT),
    "publication.imprint_url": ("Die Seite des Impressums", IMPRINT),
    "publication.privacy_url": ("Die Datenschutzerklärung", PRIVACY),
    "digest.sender": ("Der Absender", LEAVING),
    "digest.reply_to": ("Die Antwortadresse", LEAVING),
    "digest.unsubscribe": ("Die Abbestelladresse", LEAVING),
    "carriers.smtp.unsubscribe": ("Die Abbestelladresse", LEAVING),
}


def legal(printed: Printed) -> Iterator[EditionFinding]:
    """What is missing holds the edition; what nobody gave yet lets files out, and every carrier refuses it."""
    publication, digest = printed.config.publication, printed.config.digest
    invented = set(placeholders(printed.config))
    for key in sorted(invented & _KEYS.keys()):
        name, why = _KEYS[key]
        yield warning("legal", f"{name} ({key}) ist noch ein Platzhalter, nur Dateien; {why}", "config.toml")
    for place, words in ((HTML, printed.mail.words), (TEXT, printed.text)):
        if not all(squeezed(line) in squeezed(words) for line in publication.imprint.strip().splitlines()):
            yield error("legal", f"Name und Anschrift (publication.imprint) fehlen; {IMPRINT}", place)
    for name, url, why, is_on_page in (
        ("Der Weg zum Impressum", publication.imprint_url, IMPRINT, True),
        ("Der Weg zur Datenschutzerklärung", publication.privacy_url, PRIVACY, True),
        ("Der Weg zum Abbestellen", digest.unsubscribe, LEAVING, False),
    ):
        if not any(link.url == url and link.words for link in printed.mail.links):
            yield error("legal", f"{name} ({url}) fehlt; {why}", HTML)
        if squeezed(url) not in squeezed(printed.text):
            yield error("legal", f"{name} ({url}) fehlt; {why}", TEXT)
        if is_on_page and not any(link.url == url and link.words for link in printed.web.links):
            yield error("legal", f"{name} ({url}) fehlt; {why}", PAGE)
