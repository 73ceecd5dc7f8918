"""An edition that has everything an edition may have, for trying templates out; no reader ever sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feeder.model import (
    Continued,
    Corrected,
    Correction,
    Coverage,
    Edition,
    EditionSection,
    EditionStatus,
    Fate,
    Image,
    ItemKey,
    Origin,
    Provenance,
    Rights,
    Section,
    SectionKind,
    Story,
    StoryRevision,
    Telling,
)

MOMENT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ELDER = Continued("tag:example.org,2026:stories/alt", "alt", "Ein früheres Ereignis", MOMENT - timedelta(days=2))
_IMAGE = Image("media/beispiel.jpg", "Ein Bild", 1200, 675, "gpt-image-1 | Redaktion", type="image/jpeg", length=1)
_SECTIONS = tuple(
    Section(kind, title, "<p>Ein Absatz mit <a href='https://example.org/'>Link</a>.</p><ul><li>Punkt</li></ul>")
    for kind, title in (("intro", None), ("news", "Zwischentitel"), ("outlook", "Ausblick"))
)
_CORRECTION = Correction(MOMENT, "Es waren sieben, nicht siebzig.")


def sample_tellings(topic: str | None) -> dict[str, Telling]:
    """By id: one of ours in full, licensed, quoted in English by many, withdrawn, merged, erased, and plain ones."""
    ours = _telling("eigen", Origin.EDITORIAL, Rights.OWN, topic, sections=_SECTIONS, image=_IMAGE, by=0)
    licensed = _telling("lizenz", Origin.AI_ASSISTED, Rights.LICENSED, topic, sections=_SECTIONS, image=_IMAGE)
    many = _telling("viele", Origin.EXCERPT, Rights.TEASER, topic, language="en", by=10, continues=ELDER)
    gone = _telling("zurueck", Origin.EDITORIAL, Rights.OWN, topic, by=0)
    gone = replace(gone, story=replace(gone.story, fate=Fate.WITHDRAWN, withdrawn=MOMENT), reason="Es stimmte nicht.")
    merged = replace(gone, story=replace(_story("vereint"), fate=Fate.WITHDRAWN, merged_into=ELDER.story_id))
    merged = replace(merged, revision=replace(gone.revision, story_id=merged.story.id), elder=ELDER)
    erased = replace(gone, story=replace(_story("geloescht"), fate=Fate.WITHDRAWN), reason=None)
    erased = replace(erased, revision=replace(gone.revision, story_id=erased.story.id, title=""))
    credited = _telling("bildzeile", Origin.AI_GENERATED, Rights.OWN, topic, credit="Foto: Redaktion", by=0)
    plain = [_telling(f"meldung-{n}", Origin.AI_GENERATED, Rights.TEASER, topic) for n in range(10)]
    every = (ours, licensed, many, gone, merged, erased, credited, *plain)
    return {telling.story.id: telling for telling in every}


def sample_edition(tellings: Mapping[str, Telling], topic: str | None, size: int) -> Edition:
    """All of them, the first `size` told; it collects a weekend, and corrects what an earlier edition told."""
    places = tuple((story_id, 1) for story_id in tellings)
    corrected = next(story_id for story_id, one in tellings.items() if one.revision.corrections)
    return Edition(
        id="2026-11-23-0700",
        slot=MOMENT,
        status=EditionStatus.APPROVED,
        cutoff=MOMENT,
        subject="Ein Betreff mit GPT-6",
        intro="Guten Morgen!\n\nEin zweiter Absatz.",
        sections=(
            EditionSection(None, places[:1], SectionKind.LEAD),
            EditionSection(None, places[1:4], SectionKind.TOP),
            EditionSection(topic, places[4:], SectionKind.TOPIC),
        ),
        number=12,
        approved=MOMENT,
        told=size,
        corrections=(Corrected(corrected, 1, (0,)),),
        since=MOMENT - timedelta(days=3),
    )


def _story(slug: str) -> Story:
    return Story(
        id=f"tag:example.org,2026:stories/{slug}",
        slug=slug,
        url=None,
        fate=Fate.RELEASED,
        revision=1,
        lead=ItemKey("beispielquelle", slug),
        released=MOMENT - timedelta(days=1),
        updated=MOMENT,
    )


def _telling(
    slug: str,
    origin: Origin,
    rights: Rights,
    topic: str | None,
    *,
    sections: tuple[Section, ...] = (),
    image: Image | None = None,
    credit: str | None = None,
    language: str = "de",
    by: int = 2,
    continues: Continued | None = None,
) -> Telling:
    """A story told by so many sources."""
    sources = tuple(
        Coverage(f"quelle-{n}", f"Quelle {n}", f"Meldung {n}", f"https://example.org/{slug}/{n}", MOMENT, language)
        for n in range(by)
    )
    story = replace(_story(slug), url=sources[0].url if sources else None)
    revision = StoryRevision(
        story_id=story.id,
        n=1,
        title=f"Ein Beispiel mit GPT-6: {slug}",
        teaser="Ein Satz, der weiterlesen lässt.",
        summary=("Erster Punkt.", "Zweiter Punkt.", "Dritter Punkt."),
        sections=sections,
        image=image,
        image_credit=credit,
        authors=("Vor Nachname",),
        topics=(topic,) if topic else (),
        language=language,
        rights=rights,
        licence="CC BY 4.0" if rights is Rights.LICENSED else None,
        coverage=sources,
        provenance=Provenance(origin, "ein-modell", "Vor Nachname", MOMENT),
        continues=continues,
        corrections=(_CORRECTION,) if sections else (),
        at=MOMENT,
        why="sample",
    )
    return Telling(story, revision)
