"""Words that a Go template prints as they are: what we and others wrote is never an instruction.

listmonk compiles subject, headers, body and text part: the first two with text/template, the others with html/template,
which drops HTML comments (Outlook's conditions are such) and turns a lone < into an entity. Before that it makes
tracked links of addresses that end in @TrackLink.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

LINK = "{{ UnsubscribeURL }}"
_LINE = re.compile(r"\{(?=\{|@TrackLink)|@(?=TrackLink)")
# The same before something that begins with a brace, and what html/template changes in a text.
_PLAIN = re.compile(r"\{(?=[{<]|@TrackLink|\Z)|@(?=TrackLink)|<")
_MARKUP = re.compile(r"\{(?=\{|\Z)|@(?=TrackLink)")
_ENTITIES = {"{": "&#123;", "@": "&#64;"}
_STYLE_OR_COMMENT = re.compile(r"(<style\b.*?</style\s*>|<!--.*?-->)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a template, and what the template prints: the pieces between the unsubscribe links."""

    source: str
    seen: tuple[str, ...]


def line(words: str) -> str:
    """One line, for text/template."""
    return _LINE.sub(lambda sign: f'{{{{ "{sign[0]}" }}}}', words)


def plain(words: str, mark: str) -> str:
    """A plain text, for html/template; where the mark stands, it prints the reader's unsubscribe link."""
    pieces = (_PLAIN.sub(_shown, piece) for piece in words.split(mark))
    return LINK.join(pieces)


def page(html: str, mark: str) -> Page:
    """An HTML page, for html/template; where the mark stands, it prints the reader's unsubscribe link."""
    source, seen = "", [""]
    for n, piece in enumerate(_STYLE_OR_COMMENT.split(html)):
        for m, words in enumerate(piece.split(mark)):
            if m:
                source += LINK
                seen.append("")
            if n % 2 and (m or piece.startswith("<!--")):
                source, shown = source + _safe(words), words
            elif n % 2:
                shown = words.replace("{{", "{ {")
                source += shown
            else:
                shown = _MARKUP.sub(lambda sign: _ENTITIES[sign[0]], words)
                source += shown
            seen[-1] += shown
    return Page(source, tuple(seen))


def _shown(sign: re.Match[str]) -> str:
    return _safe("<") if sign[0] == "<" else f'{{{{ "{sign[0]}" }}}}'


def _safe(html: str) -> str:
    """An action that prints HTML as it is; its literal holds nothing that listmonk rewrites before it compiles."""
    literal = json.dumps(html, ensure_ascii=False).replace("{", "\\u007b").replace("@", "\\u0040")
    return f"{{{{ Safe {literal} }}}}" if html else ""
