from __future__ import annotations

import os
import shutil
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image as Pictures

from feeder.config.sections import Gathering, Sections
from feeder.errors import FetchError
from feeder.model import Gathered, Memory, Rights, Status
from feeder.sources.folder import read_folder, read_galleys
from feeder.sources.http import Fetcher
from feeder.sources.reading import Reading
from tests.sources.reading import source

DATA = Path(__file__).resolve().parent.parent / "data" / "articles"
OWN = source("folder", "articles", id="own", title="Redaktion", rank=1, rights=Rights.OWN, excerpt_limit=0)
WORDS = (
    "Ein Absatz mit vielen Wörtern, der sich nicht ändert, auch wenn der Titel ein anderer wird und die Datei umzieht."
)


class Newsroom:
    """A real folder, and what its reader remembers from one look to the next."""

    def __init__(self, base: Path, fetcher: Fetcher) -> None:
        self.folder = base / "articles"
        self.folder.mkdir()
        self.reading = Reading(base, ZoneInfo("Europe/Berlin"), Sections(), fetcher)
        self.memory = Memory()

    def write(self, name: str, text: str | bytes | None = None, *, head: str = "", title: str = "Titel") -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        written = f"{head}{title}\nEin Teaser.\n\nNEWS\n{WORDS}\n" if text is None else text
        file.write_bytes(written if isinstance(written, bytes) else written.encode())
        return file

    def look(self) -> Gathered:
        gathered = read_folder(OWN, self.memory, self.reading)
        self.memory = gathered.memory
        return gathered

    def uids(self) -> list[str]:
        return [item.uid for item in self.look().items]

    def problems(self) -> list[str]:
        return [str(problem) for problem in self.look().problems]

    def gone(self) -> list[str]:
        return [file.path for file in self.memory.files if file.gone]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with Fetcher(Gathering(), "feeder/test") as fetcher:
        yield Newsroom(tmp_path, fetcher)


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), orientation: int | None = None) -> bytes:
    image, file = Pictures.new("RGB", size, (200, 30, 90)), BytesIO()
    exif = Pictures.Exif()
    if orientation:
        exif[0x0112] = orientation
    image.save(file, kind, exif=exif)
    return file.getvalue()


CREDITED = "---\nimage:\n  file: bild.png\n  alt: Ein Bild\n  credit: 'Foto: Jana'\n---\n"


def test_all_articles_of_a_folder_become_items(room):
    shutil.copytree(DATA, room.folder, dirs_exist_ok=True)
    gathered = room.look()
    assert {item.uid for item in gathered.items} == {
        "id:chip-exporte",
        "id:sprachmodell-laptop-2025",
        "id:stellenabbau-geruecht",
        "path:2025-08-04-wer-haftet-fuer-ki.txt",
        "path:prämien-für-rechenzentren.txt",
    }
    (problem,) = gathered.problems
    assert ": Bild „bilder/laptop.png“ gibt es nicht im Ordner articles" in str(problem)
    assert (problem.path, problem.line) == ("articles/sprachmodelle-auf-dem-laptop.md", 9)


def test_an_item_says_what_its_article_says(room):
    shutil.copy(DATA / "sprachmodelle-auf-dem-laptop.md", room.folder)
    room.write("bilder/laptop.png", picture())
    gathered = room.look()
    (item,) = gathered.items
    assert gathered.problems == ()
    assert item.article is not None
    assert item.key == ("own", "id:sprachmodell-laptop-2025")
    assert (item.title, item.url, item.published) == (item.article.title, item.article.url, item.article.date)
    assert (item.updated, item.authors, item.tags) == (
        item.article.updated,
        item.article.authors,
        item.article.topics,
    )
    assert (item.image, item.language) == (item.article.image, "de")
    assert (item.summary, item.content) == (None, None)
    assert item.article.path == "articles/sprachmodelle-auf-dem-laptop.md"


def test_what_is_no_article_is_left_alone(room):
    names = [
        "README.md",
        "sub/readme.md",
        ".hidden.txt",
        "_draft.txt",
        "_drafts/a.txt",
        ".git/a.txt",
        "a.html",
        "a.txt~",
    ]
    for name in [*names, "sub/deep/b.md", "c.TXT"]:
        room.write(name)
    assert room.uids() == ["path:c.TXT", "path:sub/deep/b.md"]


def test_an_edited_article_keeps_its_identity(room):
    room.write("a.txt")
    before = room.look().items[0]
    room.write("a.txt", "Ganz anders\nNEWS\nKein Wort wie vorher.\n")
    after = room.look().items[0]
    assert before.uid == after.uid == "path:a.txt"
    assert after.title == "Ganz anders"


def test_nothing_changed_is_said_so(room):
    room.write("a.txt", head=CREDITED)
    room.write("bild.png", picture())
    assert room.look().unchanged is False
    again = room.look()
    assert (again.unchanged, again.items, again.media) == (True, (), ())
    room.write("bild.png", picture(size=(41, 30)))
    assert room.look().unchanged is False


def test_other_section_names_are_a_change(room):
    room.write("a.txt")
    room.look()
    room.reading = replace(room.reading, headings=Sections(news=("NEWS", "Neues")))
    assert room.look().unchanged is False


def test_while_there_are_problems_they_are_told_each_time(room):
    room.write("a.txt")
    room.write("b.txt", "Kein Artikel\n")
    assert (
        room.problems()
        == room.problems()
        == ["articles/b.txt: Kein Abschnitt erkannt (EINLEITUNG, NEWS, AUSBLICK, KURZFASSUNG)"]
    )


def test_a_renamed_article_keeps_its_identity(room):
    file = room.write("a.txt")
    room.look()
    file.unlink()
    room.write("sub/b.md", title="Ein neuer Titel")
    assert room.uids() == ["path:a.txt"]
    assert [(known.path, known.uid) for known in room.memory.files] == [("sub/b.md", "path:a.txt")]
    (room.folder / "sub/b.md").rename(room.folder / "c.txt")
    assert room.uids() == ["path:a.txt"]
    assert room.gone() == []


def test_a_new_article_at_the_old_path_of_a_renamed_one_is_another(room):
    file = room.write("a.txt")
    room.look()
    file.rename(room.folder / "b.txt")
    room.look()
    room.write("a.txt", "Etwas Neues\nNEWS\nMit anderen Worten.\n")
    assert room.uids() == ["path:a.txt~2", "path:a.txt"]
    room.write("c.txt")
    assert room.uids() == ["path:a.txt~2", "path:a.txt", "path:c.txt"]


def test_a_rewritten_article_under_another_name_is_a_new_one(room):
    file = room.write("a.txt")
    room.look()
    file.unlink()
    room.write("b.txt", "Etwas Neues\nNEWS\nMit ganz anderen Worten als vorher, und zwar allen.\n")
    assert room.uids() == ["path:b.txt"]
    assert room.gone() == ["a.txt"]


def test_each_renamed_article_gets_the_identity_it_is_most_like(room):
    text = "{0}\nNEWS\n" + WORDS + " {1}\n"
    room.write("a.txt", text.format("Der eine", "Eins zwei drei vier."))
    room.write("b.txt", text.format("Der andere", "Fünf sechs sieben acht."))
    room.look()
    (room.folder / "a.txt").rename(room.folder / "y.txt")
    (room.folder / "b.txt").rename(room.folder / "x.txt")
    assert room.uids() == ["path:b.txt", "path:a.txt"]


def test_a_copy_is_a_new_article_and_takes_nothing(room):
    room.write("b.txt")
    room.look()
    room.write("a.txt")
    assert room.uids() == ["path:a.txt", "path:b.txt"]


def test_a_deleted_article_is_remembered_as_gone_until_it_is_back(room):
    file = room.write("a.txt")
    room.write("b.txt", "Anderes\nNEWS\nText.\n")
    room.look()
    file.unlink()
    assert room.uids() == ["path:b.txt"]
    assert room.gone() == ["a.txt"]
    room.look()
    assert room.gone() == ["a.txt"]
    room.write("a.txt")
    assert room.uids() == ["path:a.txt", "path:b.txt"]
    assert room.gone() == []


def test_an_article_that_was_gone_before_is_not_found_again_under_another_name(room):
    file = room.write("a.txt")
    room.write("b.txt", "Anderes\nNEWS\nText.\n")
    room.look()
    file.unlink()
    room.look()
    room.write("c.txt")
    assert room.uids() == ["path:b.txt", "path:c.txt"]
    assert room.gone() == ["a.txt"]


def test_an_article_that_cannot_be_parsed_is_not_gone_and_stops_no_other(room):
    room.write("a.txt")
    room.write("b.txt", "Anderes\nNEWS\nText.\n")
    room.look()
    room.write("a.txt", b"Gr\xfc\xdfe")
    gathered = room.look()
    assert [item.uid for item in gathered.items] == ["path:b.txt"]
    assert "UTF-8" in str(gathered.problems[0])
    assert room.gone() == []
    room.write("a.txt")
    assert room.uids() == ["path:a.txt", "path:b.txt"]


def test_a_renamed_article_that_is_broken_for_a_while_is_still_recognised(room):
    file = room.write("a.txt")
    room.look()
    file.unlink()
    room.write("b.txt", "Kaputt")
    assert room.uids() == ["unreadable:b.txt"]
    assert room.gone() == []
    room.write("b.txt")
    assert [(item.uid, item.article.status) for item in room.look().items] == [
        ("path:a.txt", Status.RELEASED),
        ("unreadable:b.txt", Status.WITHDRAWN),
    ]
    room.write("c.txt", title="Anderer")
    assert room.uids() == ["path:a.txt", "path:c.txt"]


def test_a_draft_yields_no_item_and_no_problem_but_is_remembered(room):
    room.write("a.md", "---\nstatus: draft\n---\n# Titel\n")
    gathered = room.look()
    assert (gathered.items, gathered.problems) == ((), ())
    assert [known.path for known in room.memory.files] == ["a.md"]
    room.write("a.md", head="---\nstatus: released\n---\n")
    assert room.uids() == ["path:a.md"]


def test_a_withdrawn_article_yields_an_item_that_says_so(room):
    room.write("a.md", "---\nstatus: withdrawn\ntitle: Weg\n---\n")
    (item,) = room.look().items
    assert item.article is not None
    assert item.article.status is Status.WITHDRAWN


def test_an_id_survives_any_rename_and_rewriting(room):
    file = room.write("a.txt", head="---\nid: x1\n---\n")
    room.look()
    file.unlink()
    room.write("b.txt", "---\nid: x1\n---\nNeu\nNEWS\nAlles anders.\n")
    assert room.uids() == ["id:x1"]
    assert room.gone() == []


def test_an_article_that_is_given_an_id_later_stays_the_same(room):
    file = room.write("a.txt")
    room.look()
    room.write("a.txt", head="---\nid: x1\n---\n")
    assert room.uids() == ["path:a.txt"]
    file.unlink()
    room.write("b.txt", head="---\nid: x1\n---\n")
    assert room.uids() == ["path:a.txt"]


def test_another_id_is_another_article(room):
    room.write("a.txt", head="---\nid: x1\n---\n")
    room.look()
    room.write("a.txt", head="---\nid: x2\n---\n")
    assert room.uids() == ["id:x2"]


def test_the_second_article_with_an_id_is_refused_and_the_known_one_is_the_first(room):
    room.write("b.txt", head="---\nid: x1\n---\n")
    room.look()
    room.write("a.txt", head="---\nid: x1\n---\n", title="Kopie")
    gathered = room.look()
    assert [item.title for item in gathered.items] == ["Titel", "Fehler in a.txt"]
    assert [str(problem) for problem in gathered.problems] == ["articles/a.txt: Die id steht schon in articles/b.txt"]
    room.write("b.txt", "---\nid: x1\n---\nKaputt\n")
    gathered = room.look()
    assert [item.title for item in gathered.items] == ["Fehler in a.txt"]
    assert len(gathered.problems) == 2


def test_umlauts_in_a_file_name_are_the_same_however_they_are_composed(room):
    name = "Überraschung für Ärzte.txt"
    file = room.write(unicodedata.normalize("NFC", name))
    assert room.uids() == [f"path:{name}"]
    file.unlink()
    room.write(unicodedata.normalize("NFD", name))
    assert room.uids() in ([f"path:{name}"], [])  # [] where nothing changed
    assert room.gone() == []
    room.write(unicodedata.normalize("NFC", name))
    if len(list(room.folder.iterdir())) == 2:
        assert "Zwei Dateien mit demselben Namen" in room.problems()[0]


def test_a_missing_folder_raises_and_nothing_is_gone(room):
    room.write("a.txt")
    room.look()
    shutil.rmtree(room.folder)
    with pytest.raises(FetchError, match="the folder articles cannot be read") as caught:
        room.look()
    assert caught.value.source_id == "own"


def test_an_empty_folder_is_doubted_once_articles_are_known(room):
    assert room.uids() == []
    file = room.write("a.txt")
    room.look()
    file.unlink()
    with pytest.raises(FetchError, match="is empty"):
        room.look()
    room.write("README.md", "Hier liegt nichts.")
    assert room.uids() == []
    assert room.gone() == ["a.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with pipes and links")
def test_links_that_lead_out_are_not_followed_and_pipes_do_not_stop_the_reader(room, tmp_path):
    outside = tmp_path / "secret.txt"
    outside.write_text("Geheim\nNEWS\nText.\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "c.txt").write_text("Geheim\nNEWS\nText.\n")
    target = room.write("..data/d.txt")
    (room.folder / "a.txt").symlink_to(outside)
    (room.folder / "b").symlink_to(tmp_path / "outside")
    (room.folder / "d.txt").symlink_to(target)
    (room.folder / "lost.txt").symlink_to(room.folder / "nowhere.txt")
    os.mkfifo(room.folder / "pipe.txt")
    gathered = room.look()
    assert [item.uid for item in gathered.items] == ["path:d.txt", "unreadable:lost.txt", "unreadable:pipe.txt"]
    assert [str(problem) for problem in gathered.problems] == [
        "articles/lost.txt: Die Datei ist nicht lesbar",
        "articles/pipe.txt: Die Datei ist nicht lesbar",
    ]


@pytest.mark.skipif(os.name != "posix", reason="only there a file name is any bytes")
def test_a_file_name_that_is_no_utf8_is_named(room):
    try:
        Path(os.fsdecode(os.fsencode(room.folder) + b"/gr\xfc\xdfe.txt")).write_bytes(b"Titel\nNEWS\nText.\n")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert room.problems() == ["articles/gr??e.txt: Der Dateiname ist nicht als UTF-8 kodiert; bitte umbenennen"]


@pytest.mark.parametrize(
    ("kind", "suffix", "type_"),
    [
        ("PNG", "png", "image/png"),
        ("JPEG", "jpg", "image/jpeg"),
        ("WEBP", "webp", "image/webp"),
        ("GIF", "gif", "image/gif"),
    ],
)
def test_a_picture_is_measured_and_named_by_its_bytes_not_its_file_name(room, kind, suffix, type_):
    room.write("a.txt", head=CREDITED)
    data = picture(kind)
    room.write("bild.png", data)
    gathered = room.look()
    (medium,) = gathered.media
    image = gathered.items[0].image
    assert gathered.problems == ()
    assert image is not None
    assert medium.data == data
    assert medium.path == image.url
    assert image.url.startswith("media/")
    assert image.url.endswith(f".{suffix}")
    assert len(image.url) == len("media/.") + 32 + len(suffix)
    assert (medium.type, image.type, image.length) == (type_, type_, len(data))
    assert (image.width, image.height, image.alt, image.credit) == (40, 30, "Ein Bild", "Jana")


def test_a_turned_photo_is_measured_as_it_is_seen(room):
    room.write("a.txt", head=CREDITED)
    room.write("bild.png", picture("JPEG", orientation=6))
    image = room.look().items[0].image
    assert image is not None
    assert (image.width, image.height) == (30, 40)


def test_a_picture_beside_the_file_is_found_and_credited_by_the_plain_layout(room):
    text = "Titel\nEin Teaser.\n\ngpt-image-1 | All-AI.de\nBildbeschreibung: Zwei Roboter\nNEWS\nText.\n"
    room.write("sub/ä.txt", text.replace("gpt", "Bild: gpt"))
    room.write(unicodedata.normalize("NFD", "sub/ä.JPG"), picture("JPEG"))
    gathered = room.look()
    image = gathered.items[0].image
    assert gathered.problems == ()
    assert image is not None
    assert (image.credit, image.alt) == ("gpt-image-1 | All-AI.de", "Zwei Roboter")


def test_a_picture_without_credit_does_not_leave(room):
    room.write("a.txt")
    room.write("a.png", picture())
    gathered = room.look()
    assert (gathered.media, gathered.items[0].image) == ((), None)
    assert [str(problem) for problem in gathered.problems] == ["articles/a.txt:4: Bildnachweis fehlt"]
    room.write("b.md", "---\nid: b\nimage:\n  file: a.png\n---\n# B\n\nText.\n")
    assert room.problems()[1] == "articles/b.md:4: Bildnachweis fehlt"


def test_a_picture_without_alternative_text_leaves_as_decoration_and_is_named(room):
    room.write("a.txt", head=CREDITED.replace("  alt: Ein Bild\n", ""))
    room.write("bild.png", picture())
    gathered = room.look()
    image = gathered.items[0].image
    assert image is not None
    assert image.alt == ""
    assert [str(problem) for problem in gathered.problems] == ["articles/a.txt:3: Alternativtext fehlt"]
    room.write("a.txt", head=CREDITED.replace("alt: Ein Bild", "alt: ''"))
    assert room.problems() == []


def test_a_credit_may_stand_without_a_picture(room):
    room.write("a.txt", "Titel\n\nBild: Jana\nNEWS\nText.\n")
    article = room.look().items[0].article
    assert article is not None
    assert (article.image, article.image_credit) == (None, "Jana")


def bomb() -> bytes:
    """A small PNG that says it has 3.6 gigapixels."""
    data = bytearray(picture())
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (picture()[:-30], "ist beschädigt oder abgeschnitten"),
        (picture("JPEG", (400, 300))[:-300], "ist beschädigt oder abgeschnitten"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ist kein JPEG, PNG, WebP oder GIF"),
        (b"", "ist kein JPEG, PNG, WebP oder GIF"),
        (bomb(), "hat mehr als 50 Megapixel"),
        (picture("PNG", (9000, 9000)), "hat mehr als 50 Megapixel"),
        (picture() + b"\0" * 10_000_000, "ist größer als 10 MB"),
    ],
    ids=["short png", "short jpeg", "svg", "empty", "bomb", "large", "heavy"],
)
def test_a_picture_that_cannot_be_used_is_named_and_the_article_goes_on(room, data, reason):
    room.write("a.txt", head=CREDITED)
    room.write("bild.png", data)
    gathered = room.look()
    assert [item.image for item in gathered.items] == [None]
    assert gathered.media == ()
    assert [str(problem) for problem in gathered.problems] == [f"articles/a.txt:3: Bild „bild.png“ {reason}"]


@pytest.mark.parametrize("name", ["../secret.png", "/etc/secret.png", "sub/../../secret.png"])
def test_a_picture_outside_the_folder_is_not_read(room, tmp_path, name):
    (tmp_path / "secret.png").write_bytes(picture())
    room.write("a.txt", head=CREDITED.replace("bild.png", name))
    gathered = room.look()
    assert gathered.media == ()
    assert "gibt es nicht im Ordner" in str(gathered.problems[0])


def test_two_articles_may_share_a_picture(room):
    room.write("bild.png", picture())
    room.write("a.txt", head=CREDITED)
    room.write("sub/b.txt", head=CREDITED.replace("bild.png", "../bild.png"), title="Anderer")
    gathered = room.look()
    assert len(gathered.media) == 1
    assert len(gathered.items) == 2


def test_checking_reads_drafts_and_tells_every_problem(room):
    room.write("a.md", "---\nid: x\nstatus: draft\n---\n# Entwurf\n")
    room.write("b.md", "---\nid: x\n---\n# Titel\n\nText.\n")
    room.write("c.txt", "kein Artikel")
    room.write("d.txt")
    room.write("d.png", picture())
    reading = room.reading
    galleys, problems = read_galleys(OWN, reading.base, reading.headings, reading.zone)
    assert [galley.article.title for galley in galleys] == ["Entwurf", "Titel", "Titel"]
    assert [str(problem).split(": ")[-1] for problem in problems] == [
        "Die id steht schon in articles/a.md",
        "Kein Abschnitt erkannt (EINLEITUNG, NEWS, AUSBLICK, KURZFASSUNG)",
        "Bildnachweis fehlt",
    ]
