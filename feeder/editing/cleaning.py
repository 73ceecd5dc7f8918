"""Markup from outside made safe, once, when a story takes it over."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from urllib.parse import urljoin

import nh3

from feeder import addresses, text
from feeder.model import Raw

_TAGS = set(
    "a abbr b blockquote br caption cite code dd del dfn dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s"
    " samp small strong sub sup table tbody td tfoot th thead tr u ul var".split()
)
_DROPPED_WITH_CONTENT = set(
    "audio button canvas embed figcaption form head iframe math noscript object option script select style svg template"
    " textarea title video".split()
)
_ATTRIBUTES = {
    "*": {"lang"},
    "a": {"href"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LEVELS = {"1": "3", "2": "3", "3": "3", "4": "4", "5": "4", "6": "4"}
_TAG = re.compile(r"</?(p|br|a|b|i|em|strong|div|span|img|ul|ol|li|table|h[1-6])(\s[^<>]*)?/?>", re.IGNORECASE)
_ESCAPED_TAG = re.compile(
    r"&(?:amp;)*(?:lt|#0*60|#x0*3c);/?(?:p|br|a|b|i|em|strong|div|span|img|ul|ol|li|table|h[1-6])\b", re.IGNORECASE
)
_ESCAPED_TWICE = re.compile(
    r"&(?:amp;|#0*38;|#x0*26;)+(?=(nbsp|amp|quot|apos|#\d+|[a-zA-Z]+uml|szlig|[nm]dash|hellip);)"
)
_CODE = re.compile(r"(</?(?:pre|code)\b)", re.IGNORECASE)
# What is left of linked pictures, and of paragraphs for the sake of space.
_EMPTY = re.compile(
    r"<(a|abbr|b|cite|em|h[1-6]|i|li|p|s|small|strong|sub|sup|u)(?:\s[^<>]*)?>((?:\s|&nbsp;|<br>)*)</\1>", re.IGNORECASE
)
_NESTING = re.compile(r"<(?!(?:br|hr|img|input|link|meta|source|wbr)\b)(/?)[a-z]", re.IGNORECASE)
_DEEPEST = 2_000
_BREAKS = {"p", "br", "div", "li", "td", "hr"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = {"p", "div", "li", "blockquote", "td", "th", "dd", "dt", "pre", "hr", "section", "article", "br"}
_BLOCK = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})>")
_CHATTER = re.compile(
    r"\s*(\[\s*(…|\.\.\.|&hellip;)\s*\]|(weiterlesen|mehr lesen|read more|continue reading|mehr)\s*(…|\.\.\.|→|»)?"
    r"|der (beitrag|artikel) .{1,300}? erschien zuerst auf .{1,200}|the post .{1,300}? appeared first on .{1,200})\s*$",
    re.IGNORECASE,
)


def clean_html(markup: str, base: str | None, *, ours: bool) -> str:
    """Keep what an article's text needs, with absolute http(s) and mailto links and no pictures.

    Headings become h3 and h4, because stories have their own above them. Links of others carry
    rel=nofollow. `base` resolves relative links; without it they lose their address.
    """

    def resolve(_tag: str, attribute: str, value: str) -> str | None:
        if attribute == "rel":
            return value
        if attribute == "lang":
            return value if _LANGUAGE.fullmatch(value) else None
        if attribute != "href":
            return value if value.isdecimal() and len(value) < 4 else None
        if value.strip().lower().startswith("mailto:"):
            return text.fit(value).strip()
        try:
            return addresses.web_address(urljoin(base or "", value.strip()))
        except ValueError:
            return None

    cleaned = _shallow(text.fit(markup))
    for _ in range(2):  # what stood between two tags may have kept them apart: only then the nesting is final
        cleaned = nh3.clean(
            cleaned,
            tags=_TAGS,
            clean_content_tags=_DROPPED_WITH_CONTENT,
            attributes=_ATTRIBUTES,
            attribute_filter=resolve,
            link_rel=None if ours else "nofollow",
            url_schemes={"http", "https", "mailto"},
        )
    cleaned = re.sub(r"(</?h)([1-6])(?=[\s>])", lambda match: match[1] + _LEVELS[match[2]], cleaned)
    cleaned = re.sub(r"<a(?: rel=\"nofollow\")?>(.*?)</a>", r"\1", cleaned, flags=re.DOTALL)
    for _ in range(50):
        before, cleaned = cleaned, _EMPTY.sub(lambda match: " " if match[2] else "", cleaned)
        if cleaned == before:
            break
    return cleaned.strip()


def unescaped(raw: Raw) -> Raw:
    """Markup as it was meant: text that holds HTML's tags is HTML, and what was escaped twice is escaped once.

    Code keeps its entities: there they are meant.
    """
    value = raw.value
    if raw.kind == "text" and not _TAG.search(value):
        return raw
    for _ in range(3):
        if _TAG.search(value) or not _ESCAPED_TAG.search(value):
            break
        value = html.unescape(value)
    depth, parts = 0, []
    for part in _CODE.split(value):
        if _CODE.fullmatch(part):
            depth = max(0, depth - 1) if part[1] == "/" else depth + 1
        parts.append(part if depth else _ESCAPED_TWICE.sub("&", part))
    return Raw("".join(parts))


def plain_text(raw: Raw | None) -> str:
    """One line of plain text of what a source sent, without its "read more" chatter; "" for None."""
    return "" if raw is None else _plain_text(raw)


@lru_cache(maxsize=64)  # rules, topics, likeness, teaser and Quellen ask for the same of one item after the other
def _plain_text(raw: Raw) -> str:
    value = raw.value
    if raw.kind == "html":
        value = nh3.clean(_shallow(value), tags=_BREAKS, clean_content_tags=_DROPPED_WITH_CONTENT, attributes={})
    value = text.plain(value)
    while (shorter := _CHATTER.sub("", value)) != value:
        value = shorter
    return value


def paragraphs(raw: Raw | None) -> str:
    """The plain text of what a source sent with a blank line between its blocks, without headings; "" for None."""
    if raw is None:
        return ""
    value = unescaped(raw)
    if value.kind == "text":
        parts = value.value.split("\n\n")
    else:
        dropped = _DROPPED_WITH_CONTENT | _HEADINGS
        markup = nh3.clean(_shallow(value.value), tags=_BLOCKS, clean_content_tags=dropped, attributes={})
        parts = _BLOCK.split(markup)
    return "\n\n".join(words for part in parts if (words := text.plain(part)))


def _shallow(markup: str) -> str:
    """Markup without its tags where they are nested as no text is: every parser's time grows with the square."""
    depth = 0
    for tag in _NESTING.finditer(markup) if markup.count("<") > _DEEPEST else ():
        depth += -1 if tag[1] else 1
        if depth > _DEEPEST:
            return re.sub(r"<[^<>]*>", " ", markup)
    return markup
