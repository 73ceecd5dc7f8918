"""The self-test: the digest that ships is good, and each damage is found, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.config.carriers import Carriers
from feeder.model import Digest, EditionFinding, Weight
from feeder.rendering.checking import findings
from feeder.rendering.checking.printed import Printed
from feeder.rendering.look import Look
from feeder.rendering.message import message
from tests.rendering import samples
from tests.rendering.checking.conftest import HOST

Damage = Callable[[str], str]


def told(printed: Printed) -> list[str]:
    return [str(one) for one in findings(printed)]


def errors(printed: Printed) -> list[EditionFinding]:
    return [one for one in findings(printed) if one.level is not Weight.NOTE]


def swap(old: str, new: str, count: int = 1) -> Damage:
    def damage(words: str) -> str:
        assert old in words, old
        return words.replace(old, new, count)

    return damage


def add(markup: str) -> Damage:
    """Put something at the end; what has an @ is readable in any light, with or without <style>."""
    plain = 'style="font:16px Arial;color:#000;background-color:#fff"'
    return swap("</body>", markup.replace("@1", plain[:-1] + ';width:1px;height:1px"').replace("@", plain) + "</body>")


def cut(pattern: str, new: str = "") -> Damage:
    def damage(words: str) -> str:
        changed, count = re.subn(pattern, new, words, count=1, flags=re.DOTALL)
        assert count, pattern
        return changed

    return damage


def damaged(good: Printed, look: Look, *, html: Damage | None = None, text: Damage | None = None) -> Printed:
    """The same edition with another mail; the message carries what was damaged."""
    changed = replace(good, html=html(good.html) if html else good.html, text=text(good.text) if text else good.text)
    data = message(look, samples.edition(), Digest(good.subject, "", changed.html, changed.text))
    return replace(changed, message=data)


def test_the_digest_that_ships_is_good(good: Printed) -> None:
    assert told(good) == []


def test_what_nobody_gave_yet_holds_no_files_but_names_the_law(
    look: Look, printing: Callable[..., Printed], root: Path
) -> None:
    found = findings(printing(look, samples.own(root)))
    assert {one.level for one in found} == {Weight.WARNING}
    assert {one.what for one in found} == {"legal", "placeholders"}
    for law in ("§ 5 DDG und § 18 Abs. 2 MStV", "Art. 13 DSGVO", "§ 7 Abs. 2 UWG"):
        assert any(law in one.text for one in found)


def carried(printed: Printed, **settings: object) -> Printed:
    smtp = {"host": "mail.ki-nachrichten.de", "to": "liste@ki-nachrichten.de", **settings}
    carriers = Carriers.model_validate({"smtp": smtp})
    return replace(printed, config=printed.config.model_copy(update={"carriers": carriers}))


def test_what_nobody_gave_yet_keeps_no_files_back_where_carriers_refuse_it(
    look: Look, printing: Callable[..., Printed], root: Path
) -> None:
    found = findings(carried(printing(look, samples.own(root))))
    assert {one.level for one in found} == {Weight.WARNING}
    assert {one.what for one in found} == {"legal", "placeholders"}


def test_a_carrier_that_was_told_everything_has_nothing_against_it(good: Printed) -> None:
    assert told(carried(good)) == []


DARK = "@media (prefers-color-scheme: dark) {"
IN_THE_MAIL: dict[str, tuple[str, Damage]] = {
    "too many bytes": ("bytes", add("<!--" + "x" * 95_000 + "-->")),
    "too many bytes by line ends": ("bytes", lambda html: html + "\n" * ((94_999 - len(html.encode())) // 2 + 900)),
    "an image without width": ("pictures", cut(r'(<img[^>]*?) width="\d+"', r"\1")),
    "an image without height": ("pictures", cut(r'(<img[^>]*media/[^>]*?) height="\d+"', r"\1")),
    "an image without alt": ("pictures", cut(r'(<img[^>]*media/[^>]*?) alt="[^"]*"', r"\1")),
    "an image with an empty alt": ("pictures", cut(r'(<img[^>]*media/[^>]*?) alt="[^"]*"', r'\1 alt=""')),
    "an image without credit": ("pictures", lambda html: re.sub(r"All-AI\.de", "", html)),
    "a colour too near its ground": ("contrast", cut(r'(<p [^>]*?[^-])color: ?#[0-9a-f]{6}', r"\1color: #aaaaaa")),
    "a colour that is no colour": ("contrast", cut(r'(<p [^>]*?[^-])color: ?#[0-9a-f]{6}', r"\1color: hotter")),
    "a dark ground without dark text": (
        "contrast",
        swap("</head>", f"<style>{DARK} :not(#x) {{ background: #777 !important }} }}</style></head>"),
    ),
    "layout in <style> alone": ("styles", cut(r"<style([^>]*)>", r"<style\1>h2 { float: left }")),
    "text hidden by <style> alone": (
        "styles",
        lambda html: add('<div class="weg" @>Geheim</div>')(
            swap("</head>", "<style>@media screen { .weg { display: none } }</style></head>")(html)
        ),
    ),
    "text without a font of its own": ("styles", add('<p style="font-size:16px">Nackt</p>')),
    "text without a size of its own": ("styles", add('<p style="font-family:Arial">Nackt</p>')),
    "two first headings": ("headings", add("<h1 @>Noch eine</h1>")),
    "no first heading": ("headings", lambda html: html.replace("<h1", "<div").replace("</h1>", "</div>")),
    "a heading left out": ("headings", cut(r"<h2([^>]*)>(.*?)</h2>", r"<h4\1>\2</h4>")),
    "an empty heading": ("headings", cut(r"(<h2[^>]*>).*?</h2>", r"\1 &nbsp;</h2>")),
    "a name in braces": ("placeholders", add('<p @>Hallo {name}!</p>')),
    "a template's expression": ("placeholders", add('<p @>{{ x }}</p>')),
    "a manager's tag in a link": ("placeholders", add('<a @ href="https://x.de/{token}">a</a>')),
    "something to do": ("placeholders", add('<p @>TODO Bild</p>')),
    "the mark of a token": ("placeholders", add('<p @>FEEDERTOKENMARK</p>')),
    "None": ("placeholders", add('<p @>None</p>')),
    "the reserved host": ("placeholders", add('<a @ href="https://ki-news.example/">a</a>')),
    "no way to leave": ("legal", cut(rf'<a [^>]*href="mailto:abmelden@{HOST}"[^>]*>.*?</a>')),
    "no imprint": ("legal", cut(rf'<a [^>]*href="https://{HOST}/impressum"[^>]*>.*?</a>')),
    "no privacy page": ("legal", cut(rf'<a [^>]*href="https://{HOST}/datenschutz"[^>]*>.*?</a>')),
    "an imprint without words": ("legal", cut(rf'(<a [^>]*href="https://{HOST}/impressum"[^>]*>).*?</a>', r"\1</a>")),
    "no address": ("legal", swap("Beispielstraße 1", "")),
    "a pixel": ("tracking", add(f'<img src="https://{HOST}/x.gif" @ width="1" height="1" alt="x">')),
    "a pixel by style": ("tracking", add(f'<img src="https://{HOST}/x.gif" @1 width="9" height="9" alt="x">')),
    "a foreign picture": ("tracking", add('<img src="https://fremd.de/x.gif" @ width="90" height="90" alt="x">')),
    "a foreign ground": ("tracking", add('<div style="background-image:url(https://fremd.de/x.gif)"></div>')),
    "a foreign font": ("tracking", cut(r"<style([^>]*)>", r"<style\1>@font-face { src: url('https://fremd.de/f') } ")),
    "a foreign sheet": ("tracking", swap("</head>", '<link rel="stylesheet" href="https://fremd.de/s.css"></head>')),
    "a campaign": ("tracking", add('<a @ href="https://fremd.de/?utm_source=mail">a</a>')),
    "who counts clicks": ("tracking", add('<a @ href="https://bit.ly/3x">a</a>')),
    "another title": ("subject", cut(r"<title>.*?</title>", "<title>Anderes</title>")),
}  # fmt: skip


HOLDS_NOTHING = ("a heading left out", "the reserved host", "who counts clicks")


@pytest.mark.parametrize("name", IN_THE_MAIL)
def test_each_damage_of_the_mail_is_found_and_nothing_else(good: Printed, told_all: Look, name: str) -> None:
    what, damage = IN_THE_MAIL[name]
    found = errors(damaged(good, told_all, html=damage))
    assert {one.what for one in found} == {what}, found
    assert any(one.level is Weight.ERROR for one in found) is (name not in HOLDS_NOTHING), found


@pytest.mark.parametrize(
    ("what", "damage"),
    [
        ("text", lambda _: " "),
        ("text", swap("Offenes Modell veröffentlicht", "", -1)),
        ("legal", swap(f"mailto:abmelden@{HOST}", "")),
        ("legal", swap(f"https://{HOST}/impressum", "")),
        ("legal", swap(f"https://{HOST}/datenschutz", "")),
        ("legal", swap("Beispielstraße 1", "")),
        ("placeholders", lambda words: words + "Hallo {vorname}\n"),
        ("placeholders", lambda words: words + "https://ki-news.example/\n"),
    ],
)
def test_each_damage_of_the_text_is_found(good: Printed, told_all: Look, what: str, damage: Damage) -> None:
    found = errors(damaged(good, told_all, text=damage))
    assert what in {one.what for one in found}
    assert {one.place for one in found} == {"digest.txt"}


def test_a_story_that_only_the_text_tells_is_found(good: Printed, told_all: Look) -> None:
    found = errors(damaged(good, told_all, html=lambda html: html.replace("Offenes Modell veröffentlicht", "Offenes")))
    assert {(one.what, one.place) for one in found} == {("text", "digest.html")}


def test_a_lead_that_nobody_tells_is_found_and_a_last_story_that_is_only_counted_is_not(good: Printed) -> None:
    assert told(replace(good, titles=(*good.titles, "Eine, die im Web steht"))) == []
    [found] = findings(replace(good, titles=("Eine, die vorn stehen soll", *good.titles)))
    assert (found.what, found.level) == ("text", Weight.ERROR)


@pytest.mark.parametrize("name", ["Hallo {name}", "{{ 7 * 7 }}", "TODO", "https://ki-news.example/"])
def test_what_a_story_itself_says_is_no_placeholder(good: Printed, told_all: Look, name: str) -> None:
    found = damaged(good, told_all, html=add(f"<p @>{name}</p>"))
    assert errors(found)
    assert told(replace(found, words=found.words + name)) == []


@pytest.mark.parametrize(("subject", "is_found"), [("", True), ("x" * 61, True), ("x" * 60, False), ("ä", False)])
def test_a_subject_has_1_to_60_characters(good: Printed, subject: str, *, is_found: bool) -> None:
    html = re.sub(r"<title>.*?</title>", f"<title>{subject}</title>", good.html)
    found = [one for one in findings(replace(good, html=html, subject=subject)) if one.what == "subject"]
    assert bool(found) is is_found


def test_bytes_count_with_the_carriers_link_filled_in(good: Printed, told_all: Look) -> None:
    room = 95_000 - len(good.html.encode()) - good.html.count("\n") - 60
    near = damaged(good, told_all, html=add("<!--" + "x" * room + "-->"))
    assert [one.what for one in errors(near)] == []
    link = "https://listen.ki-nachrichten.de/abmelden/{token}"
    assert [one.what for one in errors(carried(near, to=None, file="leute.csv", unsubscribe=link))] == ["bytes"]
    listmonk = {"url": "https://listen.ki-nachrichten.de/", "username": "feeder", "token": "geheim", "lists": [1]}
    carriers = Carriers.model_validate({"listmonk": listmonk})
    managed = replace(near, config=near.config.model_copy(update={"carriers": carriers}))
    assert [one.what for one in errors(managed)] == ["bytes"]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data.replace(b"List-Id: ", b"X-List: "), "List-Id fehlt"),
        (lambda data: data.replace(b"\r\nDate: ", b"\r\nBcc: x@fremd.de\r\nDate: "), "Bcc war nicht gemeint"),
        (lambda data: data.replace(b"\r\nDate: ", b"\r\nSubject: Zwei\r\nDate: "), "Subject steht 2-mal"),
        (lambda data: re.sub(rb"Auto-Submitted: \S+", b"Auto-Submitted: ", data), "Auto-Submitted ist leer"),
        (lambda data: data.replace(b"text/plain", b"text/x-y"), "andere Teile"),
        (lambda data: data.replace(b"quoted-printable", b"8bit", 1), "Textteil kommt nicht zurück"),
        (lambda data: data[:-5000], "HTML-Teil kommt nicht zurück"),
        (lambda data: data.replace(b"\r\n\r\n", b"\r\n\r\n\n", 1), "CRLF"),
        (lambda data: data.replace(b"\r\nDate: ", b"\r\nDate:  " + b" " * 999, 1), "länger als 998"),
        (lambda data: data.replace(b"KI-News", "KI-Nöws".encode(), 1), "Bytes darin"),
        (lambda _: b"", "From fehlt"),
    ],
)
def test_each_damage_of_the_message_is_found(good: Printed, damage: Callable[[bytes], bytes], words: str) -> None:
    data = damage(good.message)
    assert data != good.message
    found = findings(replace(good, message=data))
    assert {one.what for one in found} == {"message"}
    assert any(words in one.text for one in found), found


@pytest.mark.parametrize(
    ("what", "damage"),
    [
        ("legal", cut(rf'<a [^>]*href="https://{HOST}/impressum"[^>]*>.*?</a>')),
        ("legal", cut(rf'<a [^>]*href="https://{HOST}/datenschutz"[^>]*>.*?</a>')),
        ("pictures", cut(r'(<img[^>]*?) alt="[^"]*"', r"\1")),
        ("headings", lambda html: html.replace("<h1", "<div").replace("</h1>", "</div>")),
        ("tracking", add('<script src="https://zaehler.fremd.de/x.js"></script>')),
        ("placeholders", add("<p>{{ x }}</p>")),
    ],
)
def test_each_damage_of_the_web_page_is_found_there(good: Printed, what: str, damage: Damage) -> None:
    found = findings(replace(good, page=damage(good.page)))
    assert {one.what for one in found} == {what}
    assert {one.place.partition(",")[0] for one in found} == {"index.html"}


_PIECES = st.sampled_from(
    [
        "<style>", "</style>", "@media (", "prefers-color-scheme: dark)", "{", "}", ";", "color:", "#12",
        "rgb(1,2", "<p style='",
        "'>", "<img src=//x", " width=1", "<h7>", "<h1>", "<a href='http://[", "'", '"', "<!--", "-->", "a:hover",
        "::before",
        ">",
        "url(", "\x00", "\ud800", "ä", "&#0;", "(", ")", "\r\n", "Subject: x\r\n", "=?utf-8?q?x?=",
        "Content-Type: multipart/x; boundary=",
    ]
)  # fmt: skip


@given(pieces=st.lists(st.one_of(_PIECES, st.text(max_size=5)), max_size=40))
def test_whatever_is_printed_it_is_looked_at_to_the_end(good: Printed, pieces: list[str]) -> None:
    words = "".join(pieces)
    data = words.encode("utf-8", "replace")
    found = findings(replace(good, html=words, text=words, page=words, message=data, subject=words[:70]))
    assert any(one.what == "legal" for one in found)
    assert findings(replace(good, html=words, text=words, page=words, message=data, subject=words[:70])) == found


def test_a_letter_that_no_document_may_hold_blinds_no_check(good: Printed) -> None:
    found = findings(replace(good, html=good.html.replace("</p>", "\ud800</p>", 1)))
    assert {one.what for one in found} == {"message"}
