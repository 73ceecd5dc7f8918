"""Stories for the tests of rendering: the newsroom's own article, and what other people's feeds bring."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from feeder.model import (
    Correction,
    Coverage,
    Edition,
    EditionSection,
    EditionStatus,
    Fate,
    Feed,
    Image,
    ItemKey,
    Origin,
    Provenance,
    Rights,
    Section,
    Story,
    StoryRevision,
    Telling,
)

NOON = datetime(2025, 11, 22, 11, 0, tzinfo=UTC)
EXCERPT = Provenance(Origin.EXCERPT)
AUTHORITY = "ki-news.example,2025"
PICTURE = Image(
    url="media/0123abcd.jpg",
    alt="Zwei Hände, die ein Seil halten",
    width=1200,
    height=675,
    credit="gpt-image-1 | All-AI.de",
    type="image/jpeg",
    length=123_456,
)

ALL = Feed(f"tag:{AUTHORITY}:feed", "KI-News", "Nachrichten über Künstliche Intelligenz.", "", "", "de", NOON)
LAW = Feed(
    f"tag:{AUTHORITY}:feed/topics/recht",
    "KI-News: Recht & Gesellschaft",
    "Alles dazu.",
    "topics/recht/",
    "",
    "de",
    NOON,
)
EDITIONS = Feed(
    f"tag:{AUTHORITY}:feed/editions", "KI-News: Ausgaben", "Alle Ausgaben.", "editions/", "editions/", "de", NOON
)


def own(root: Path) -> Telling:
    """The article that ships with feeder, told by hand from its own words."""
    lines = (
        (root / "articles" / "microsoft-verliert-kontrolle-ueber-openai.txt").read_text(encoding="utf-8").splitlines()
    )
    part = {
        name: lines[lines.index(name) + 1 : lines.index(end) if end else None]
        for name, end in (
            ("EINLEITUNG", "NEWS"),
            ("NEWS", "AUSBLICK"),
            ("AUSBLICK", "UNSER ZIEL"),
            ("KURZFASSUNG", None),
        )
    }
    return Telling(
        story("microsoft-verliert-kontrolle-ueber-openai", source="redaktion"),
        revision(
            "microsoft-verliert-kontrolle-ueber-openai",
            title=lines[0],
            teaser=lines[1],
            summary=tuple(line.removeprefix("- ") for line in part["KURZFASSUNG"]),
            sections=(
                Section("intro", None, _paragraphs(part["EINLEITUNG"])),
                Section("news", part["NEWS"][0], _paragraphs(part["NEWS"][1:])),
                Section("outlook", part["AUSBLICK"][0], _paragraphs(part["AUSBLICK"][1:])),
            ),
            image_credit=lines[3],
            authors=("KI-News-Redaktion",),
            topics=("unternehmen",),
            rights=Rights.OWN,
            provenance=Provenance(Origin.EDITORIAL),
        ),
    )


def foreign(slug: str = "openai-ipo", *, minutes: int = 10, rights: Rights = Rights.TEASER) -> Telling:
    """A story in English, told by two sources, of which only an excerpt may be shown."""
    told = (
        Coverage(
            "verge",
            "The Verge",
            "OpenAI is “totally” <not> going public & other myths",
            f"https://verge.example/ai/2025/11/{slug}?id=1&x=ü",
            NOON - timedelta(hours=3),
            "en",
            "https://verge.example/",
        ),
        Coverage("heise", "heise online", "Kein Börsengang", f"https://heise.example/{slug}", None, "de"),
    )
    return Telling(
        replace(
            story(slug, minutes=minutes, source="verge"), url=f"https://verge.example/ai/2025/11/{slug}?id=1&x=%C3%BC"
        ),
        revision(
            slug,
            title=told[0].title,
            teaser="The company says “no”, twice; a < b, R&D … 🤖👩‍💻",
            summary=("It will stay private.",),
            authors=("Jane Doe <jane@verge.example>", "John O’Neill"),
            topics=("unternehmen", "recht"),
            language="en",
            rights=rights,
            coverage=told,
            provenance=Provenance(Origin.EXCERPT),
        ),
    )


def licensed(slug: str = "offenes", *, minutes: int = 20) -> Telling:
    """A story whose text and picture may be shown in full, with a correction, told with a model's help."""
    one = Coverage("offen", "Offene Nachrichten", "Offenes", "https://offen.example/offenes", NOON, "de")
    return Telling(
        replace(story(slug, minutes=minutes, source="offen"), url="https://offen.example/offenes"),
        revision(
            slug,
            title="Offenes Modell veröffentlicht",
            teaser="Ein Modell, das jeder nutzen darf.",
            sections=(Section("news", None, '<p>Alles <a href="https://offen.example/a?b=1&amp;c=2">offen</a>.</p>'),),
            image=PICTURE,
            rights=Rights.LICENSED,
            licence="CC BY 4.0",
            coverage=(one,),
            provenance=Provenance(Origin.AI_ASSISTED, "mistral-small", "M. Muster", NOON),
            corrections=(Correction(NOON, "Das Modell hat 7, nicht 70 Milliarden Parameter."),),
        ),
    )


def withdrawn(root: Path) -> Telling:
    """The newsroom's article, taken back."""
    telling = own(root)
    moment = NOON + timedelta(days=1)
    gone = replace(telling.story, fate=Fate.WITHDRAWN, withdrawn=moment, updated=moment)
    return replace(telling, story=gone, reason="Die Angaben ließen sich nicht bestätigen.")


def story(slug: str, *, minutes: int = 0, source: str = "heise") -> Story:
    """A released story that `source` leads; `minutes` before noon."""
    moment = NOON - timedelta(minutes=minutes)
    return Story(
        id=f"tag:{AUTHORITY}:stories/{slug}",
        slug=slug,
        url=None,
        fate=Fate.RELEASED,
        revision=1,
        lead=ItemKey(source, slug),
        released=moment,
        updated=moment,
    )


def revision(
    slug: str,
    *,
    title: str = "Titel",
    teaser: str = "",
    summary: tuple[str, ...] = (),
    sections: tuple[Section, ...] = (),
    image: Image | None = None,
    image_credit: str | None = None,
    authors: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
    language: str = "de",
    rights: Rights = Rights.TEASER,
    licence: str | None = None,
    coverage: tuple[Coverage, ...] = (),
    provenance: Provenance = EXCERPT,
    corrections: tuple[Correction, ...] = (),
) -> StoryRevision:
    """A first revision; what is not said is empty."""
    return StoryRevision(
        story_id=f"tag:{AUTHORITY}:stories/{slug}",
        n=1,
        title=title,
        teaser=teaser,
        summary=summary,
        sections=sections,
        image=image,
        image_credit=image_credit,
        authors=authors,
        topics=topics,
        language=language,
        rights=rights,
        licence=licence,
        coverage=coverage,
        provenance=provenance,
        corrections=corrections,
        at=NOON,
        why="first told",
    )


def edition(*tellings: Telling, number: int = 1) -> Edition:
    """An approved edition of these stories."""
    slot = NOON + timedelta(days=number)
    return Edition(
        id=f"{slot:%Y-%m-%d}-0700",
        slot=slot,
        status=EditionStatus.APPROVED,
        cutoff=slot,
        subject="Microsoft verliert Kontrolle über OpenAI?",
        intro="Guten Morgen!",
        sections=(EditionSection(None, tuple((telling.story.id, 1) for telling in tellings)),),
        number=number,
        approved=slot,
    )


def _paragraphs(lines: list[str]) -> str:
    """Short lines are sub-headings, long ones paragraphs."""
    return "".join(f"<{tag}>{escape(line)}</{tag}>" for line in lines for tag in ("h3" if len(line) < 80 else "p",))
