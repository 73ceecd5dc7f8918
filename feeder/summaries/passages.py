"""What of a text is the article: without headings, captions, pleas, and pointers to other texts."""

from __future__ import annotations

import re

from feeder.sentences import blocks

_LONGEST_TEXT = 60_000  # characters that are looked at; no news is longer
_MARKER = re.compile(r"^(?:[-*•–‣▪·]|\d{1,2}[.)])\s+")
_AGENCY = r"(?:dpa|afp|reuters|ap|apa|sda|epd|kna|sid|ots|dts|rtr|AFP|Reuters|AP|APA|SDA|KNA|SID|Keystone-SDA)"
_DATELINE = re.compile(
    rf"\A(?:(?:[A-ZÄÖÜ][\w/., -]{{1,40}}\s?)?\({_AGENCY}[^)]{{0,20}}\)\s*[.:|–—-]*\s*"
    rf"|[A-ZÄÖÜ][A-ZÄÖÜ/ -]{{1,30}} (?:{_AGENCY}|taz)(?:/\w+)?\s*[|–—-]\s*)"
)
_NOT_THE_ARTICLE = re.compile(
    r"(?:fotos?|bild(?:er)?|quellen?|grafik|video|audio|podcast|photo|image|credit|sources?|illustration"
    r"|screenshot|stand"
    r"|symbolbild|symbolfoto|archivbild|anzeige|korrektur|update|hinweis|transparenzhinweis|disclaimer|redaktion|text"
    r"|autorin|autor)\s*[:|©/]"
    r"|(?:anzeige|werbung|advertisement|lesen sie|lest|siehe auch|weiterlesen|weitere (?:infos|informationen"
    r"|artikel|beiträge)"
    r"|mehr (?:zum|zu|dazu|lesen)|hier (?:geht(?:'|’| e)s|finden sie|lesen|klicken|können sie)|read (?:more|also"
    r"|next)|see also"
    r"|sign up|subscribe|abonnier|newsletter|jetzt (?:abonnieren|anmelden|registrieren|testen|spenden)|melden sie sich"
    r"|folge(?:n sie)? uns|follow us|teilen? sie|share this|unser ziel|über (?:den|die) autor|about the author"
    r"|copyright"
    r"|dieser (?:artikel|text|beitrag) (?:erschien|erscheint|ist|wurde|stammt|enthält)|mit material (?:von|der)"
    r"|this (?:article|story|post) (?:appeared|originally|was)|alle rechte|all rights|picture alliance|dpa-infocom"
    r"|bitte (?:aktivieren|akzeptieren|unterstütz)|wir (?:verwenden|nutzen) cookies)\b"
    r"|©|\(c\)",
    re.IGNORECASE,
)
_PLEA = re.compile(
    r"newsletter|paypal|patreon|steady|unterstütz(?:e|en sie|t) (?:uns|unsere|die redaktion)|mitglied(?:schaft)? werden"
    r"|werde(?:n sie)? mitglied|youtube-kanal|kanalmitglied|spende[nt]? (?:sie|uns|jetzt)|whatsapp-kanal"
    r"|auf (?:instagram"
    r"|facebook|whatsapp|linkedin|youtube|google news)\b.{0,40}(?:folgen|abonnier)|lesen sie (?:auch|hier|dazu|mehr)"
    r"|mehr (?:dazu|zum thema|lesen)|diesen (?:artikel|beitrag) (?:teilen|kommentieren)|datenschutz(?:erklärung"
    r"|hinweis)"
    r"|externe[rn]? inhalt|mit ihrer zustimmung|support (?:us|our)|become a member|sign up (?:for|to)"
    r"|subscribe (?:to|now)"
    r"|join our|be sure to check out|follow us|affiliate|provision"
    r"|jetzt (?:kostenlos|registrieren|abonnieren)|im abo\b|\bF\+|plus-abo",
    re.IGNORECASE,
)
# Headings after which no article goes on.
_CLOSING = re.compile(
    r"(?:unser ziel|über (?:den autor|die autorin|uns)|about the author|kommentare|comments|mehr (?:zum thema"
    r"|dazu|lesen)"
    r"|lesen sie auch|das könnte (?:sie|dich) auch interessieren|weitere (?:artikel|themen|beiträge|nachrichten)"
    r"|quellen"
    r"|sources|related|teile diesen beitrag|support|unterstütze uns|themen|schlagwörter|tags|newsletter|links zum"
    r"|empfohlene).{0,60}",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…:][“”\"«»)’'\]\s]*$")
_HEADING_WORDS = 16


def passages(text: str) -> tuple[str, ...]:
    """The paragraphs of the article in a plain text, each on one line, verbatim but for list marks and datelines."""
    found: list[str] = []
    size = 0
    for block in blocks(text[:_LONGEST_TEXT]):
        if found and size > 400 and _CLOSING.fullmatch(block):
            break
        words = _DATELINE.sub("", _MARKER.sub("", block), count=1)
        if not _is_heading(words) and not _NOT_THE_ARTICLE.match(words) and not _is_plea(words):
            found.append(words)
            size += len(words)
    return tuple(found)


def _is_heading(block: str) -> bool:
    return not _SENTENCE_END.search(block) and block.count(" ") < _HEADING_WORDS


def _is_plea(block: str) -> bool:
    return len(block) < 500 and bool(_PLEA.search(block))
