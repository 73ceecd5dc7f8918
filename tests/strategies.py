"""Arbitrary stories for property tests: whatever may stand in the store, and a little worse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from feeder.editing.cleaning import clean_html
from feeder.model import (
    Correction,
    Coverage,
    Fate,
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

NASTY = (
    "Kontrolle\x08zeichen \x00 und \x85",
    "\u202eumgekehrt\u202c \u2066isoliert\u2069 \u200b\ufeff",
    "👩‍👩‍👧‍👦 Familie, 🇩🇪 und ❤️",
    "halbes Paar \ud83d, Unzeichen \ufffe \uffff",
    "a < b && c > d; R&D, AT&amp;T, &nbsp;, &lt;b&gt;",
    "<b>fett</b> <script>alert(1)</script> <think>hm</think> ]]> <!-- -->",
    "Zeile\r\nmit\tUmbruch\u2028und\u2029mehr",
    "„Zitat“ – Gedankenstrich … 'einfach' \"doppelt\" %s {title} {{ t }}",
    "שלום עולם مرحبا 你好 हिन्दी ß ẞ İ ı ﬁ",
    "Wort " * 2000,
    "x" * 10_000,
    "   ",
    "",
)
HOSTILE = (
    "<p>Ein <strong>Absatz</strong>.</p>",
    "<p>offen <b>und <i>verschachtelt</b> falsch</i>",
    "<div><p>tief<ul><li>eins<li>zwei</ul></div></div></p>",
    '<a href="javascript:alert(1)" onclick="x()">klick</a><img src="/relativ.png" onerror=x>',
    "<script>document.write(']]>')</script><style>p{}</style><iframe src=//x></iframe>",
    "<pre><code>if (a &lt; b &amp;&amp; c) { }\n\n\tx</code></pre>",
    "</div></content></item>]]></rss>",
    "<!-- Kommentar --><![CDATA[ roh ]]><?php echo 1 ?>",
    "<table><tr><td>1<td>2</table><h1>Titel</h1><h3>Zwischentitel</h3>",
    "&nbsp;&#0;&#x1F600;&unbekannt; \x0b \u202e",
)
LANGUAGES = ("de", "en", "en-US", "fr", "xx", "")


def texts() -> st.SearchStrategy[str]:
    """Any text at all, lone surrogates and unassigned characters included."""
    anything = st.text(st.characters(exclude_categories=()), max_size=80)
    return st.one_of(st.sampled_from(NASTY), anything, st.tuples(st.sampled_from(NASTY), anything).map("".join))


def moments() -> st.SearchStrategy[datetime]:
    """Times of the years in which feeds exist, to the microsecond."""
    return st.datetimes(datetime(1999, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def addresses() -> st.SearchStrategy[str | None]:
    """Web addresses, and what sources give instead of one."""
    paths = st.text(max_size=30)
    return st.one_of(
        st.none(),
        st.sampled_from(("", "javascript:alert(1)", "/relativ", "http://[kaputt", "mailto:a@b.example", "https://")),
        paths.map(lambda path: f"https://nachrichten.example/{path}"),
        paths.map(lambda path: f"HTTP://MÜLLER.example:8080/?q={path}#oben"),
    )


def markup(*, cleaned: bool = True) -> st.SearchStrategy[str]:
    """HTML as the editing room hands it on; `cleaned=False`: as sources send it."""
    raw = st.lists(st.one_of(st.sampled_from(HOSTILE), texts()), max_size=4).map("\n".join)
    return raw.map(lambda html: clean_html(html, "https://nachrichten.example/", ours=False)) if cleaned else raw


def pictures() -> st.SearchStrategy[Image]:
    """Pictures of our own, measured or not, credited or not, and other people's."""
    return st.builds(
        Image,
        url=st.sampled_from(("media/abc.jpg", "media/abc.bin", "https://bild.example/x.png")),
        alt=texts(),
        width=st.one_of(st.none(), st.integers(1, 5000)),
        height=st.one_of(st.none(), st.integers(1, 5000)),
        credit=st.one_of(st.none(), texts()),
        licence=st.none(),
        type=st.sampled_from((None, "image/jpeg")),
        length=st.one_of(st.none(), st.integers(0, 10**9)),
    )


def coverages() -> st.SearchStrategy[Coverage]:
    """Lines of "Quellen"."""
    return st.builds(
        Coverage,
        source_id=st.sampled_from(("heise", "verge", "intern", "offen", "verschwunden")),
        source_title=texts(),
        title=texts(),
        url=addresses(),
        published=st.one_of(st.none(), moments()),
        language=st.sampled_from(LANGUAGES),
        homepage=addresses(),
    )


@st.composite
def stories(draw: st.DrawFn, fates: tuple[Fate, ...] = (Fate.RELEASED, Fate.WITHDRAWN)) -> Story:
    """Stories that have been released, and withdrawn again."""
    slug = f"geschichte-{draw(st.integers(0, 10**12)):x}"
    released = draw(moments())
    fate = draw(st.sampled_from(fates))
    later = released + timedelta(seconds=draw(st.integers(0, 10**7)))
    return Story(
        id=f"tag:ki-news.example,2025:stories/{slug}",
        slug=slug,
        url=draw(addresses()),
        fate=fate,
        revision=1,
        lead=ItemKey("heise", slug),
        released=released,
        updated=later,
        withdrawn=later if fate is Fate.WITHDRAWN else None,
    )


@st.composite
def revisions(draw: st.DrawFn, story_id: str, *, cleaned: bool = True) -> StoryRevision:
    """Words of a story under any rights."""
    sections = st.builds(
        Section, st.sampled_from(("intro", "news", "outlook")), st.none() | texts(), markup(cleaned=cleaned)
    )
    provenance = st.builds(
        Provenance, st.sampled_from(Origin), st.none() | texts(), st.none() | texts(), st.none() | moments()
    )
    return StoryRevision(
        story_id=story_id,
        n=draw(st.integers(1, 9)),
        title=draw(texts()),
        teaser=draw(texts()),
        summary=tuple(draw(st.lists(texts(), max_size=3))),
        sections=tuple(draw(st.lists(sections, max_size=3))),
        image=draw(st.none() | pictures()),
        image_credit=draw(st.none() | texts()),
        authors=tuple(draw(st.lists(texts(), max_size=3))),
        topics=tuple(draw(st.lists(st.sampled_from(("unternehmen", "recht", "verschwunden")), max_size=3))),
        language=draw(st.sampled_from(LANGUAGES)),
        rights=draw(st.sampled_from(Rights)),
        licence=draw(st.none() | texts()),
        coverage=tuple(draw(st.lists(coverages(), max_size=3))),
        provenance=draw(provenance),
        corrections=tuple(draw(st.lists(st.builds(Correction, moments(), texts()), max_size=2))),
        at=draw(moments()),
        why="first told",
    )


@st.composite
def tellings(draw: st.DrawFn, *, cleaned: bool = True) -> Telling:
    """Stories in their words."""
    story = draw(stories())
    return Telling(story, draw(revisions(story.id, cleaned=cleaned)), draw(st.none() | texts()))
