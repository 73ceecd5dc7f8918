"""Plain text, made fit to print: pure functions, no I/O."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata

TITLE_LIMIT = 300

# Unicode that no feed, page or header may carry: C0 and C1 controls (XML 1.0, section 2.2),
# surrogates, noncharacters, the replacement character, bidirectional controls, invisible fillers.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff"
    "\u061c\u115f\u1160\u180e\u3164\uffa0\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
    "|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U0004fffe\U0004ffff"
    "\U0005fffe\U0005ffff\U0006fffe\U0006ffff\U0007fffe\U0007ffff\U0008fffe\U0008ffff"
    "\U0009fffe\U0009ffff\U000afffe\U000affff\U000bfffe\U000bffff\U000cfffe\U000cffff"
    "\U000dfffe\U000dffff\U000efffe\U000effff\U000ffffe\U000fffff\U0010fffe\U0010ffff]"
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^<>]*)?/?)>")
_HTML_NAMES = frozenset(
    "a abbr acronym address article aside audio b base bdi bdo big blockquote body br button canvas caption center "
    "cite code col colgroup data dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font "
    "footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend li "
    "link main map mark math menu meta meter nav nobr noframes noscript object ol optgroup option output p param "
    "picture plaintext pre progress q rp rt ruby s samp script section select slot small source span strike strong "
    "style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var "
    "video wbr xmp".split()
)
# What some reader might still take for markup once all is decoded: an entity, or the start of a tag.
_ENTITY = re.compile(r"&(?=#?\w+;|#\w|[a-zA-Z]\w*[\d_])")
_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ẞ": "SS"})


def fit(text: str) -> str:
    """Drop what XML 1.0, mail headers and readers cannot take; compose to NFC."""
    # What pages are full of besides, and needs nothing.
    if text.isprintable() or text.replace("\n", " ").replace("\r", " ").replace("\t", " ").isprintable():
        if text.isascii():
            return text
        if not _has_printable_and_unfit(text):
            return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", _UNFIT.sub("", text))


def _has_printable_and_unfit(text: str) -> bool:
    """All of the unfit that Python finds printable, one by one: a loop over them costs six times as much."""
    return "\ufffd" in text or "\u115f" in text or "\u1160" in text or "\u3164" in text or "\uffa0" in text


def one_line(text: str) -> str:
    """Fold all white space, line breaks included, to single spaces."""
    return " ".join(fit(text).split())


def plain(markup: str) -> str:
    """Turn what a source sent as a title or teaser into one line of plain text.

    Entities are decoded and HTML's own tags removed until nothing changes, because sources escape
    once, twice or never; what only looks like a tag (`<think>`) keeps its words in ‹ ›.
    """
    text = fit(markup)
    if "&" not in text and "<" not in text:
        return text.strip(" ") if "  " not in text and text.isprintable() else " ".join(text.split())
    for _ in range(5):
        before = text
        text = _TAG.sub(_tag, html.unescape(text))
        if text == before:
            break
    return one_line(_OPENING.sub("‹", _ENTITY.sub("& ", text)))


def _tag(match: re.Match[str]) -> str:
    if match[2].lower() in _HTML_NAMES:
        return " " if match[2].lower() in ("br", "p", "div", "li", "td", "hr") else ""
    return f"‹{match[1]}{match[2]}{match[3]}›"


def title(markup: str) -> str:
    """A headline as plain text, cut at a word after 300 characters."""
    return shorten(plain(markup), TITLE_LIMIT)


def shorten(text: str, limit: int) -> str:
    """Cut at a word end so that the result, with its ellipsis, has at most `limit` characters."""
    if len(text) <= limit:
        return text
    if limit < 2:
        return "…"[:limit]
    head = text[: limit - 1]
    cut = head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head
    return cut.rstrip(" ,;:–-.") + "…"


def slug(text: str) -> str:
    """Lower-case ASCII words with hyphens, at most 80 characters; German letters spelled out."""
    ascii_text = unicodedata.normalize("NFKD", text.translate(_UMLAUTS)).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_text.lower())
    result = ""
    for word in words:
        longer = f"{result}-{word}" if result else word[:80]
        if len(longer) > 80:
            break
        result = longer
    return result


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 story", "2 stories"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def digest(*parts: str) -> str:
    """A short, stable name for some words: 20 hex digits of SHA-256."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
