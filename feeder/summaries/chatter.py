"""What a model says beside its task: greetings, refusals, appeals, markup, signs that are no text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# How a teaser or bullet begins that talks about itself.
_OPENINGS = (
    r"(?:gerne?|klar|natürlich|selbstverständlich|sicher|verstanden|alles klar|okay|ok|hallo|guten tag)\s*[!,:.–]",
    r"(?:sure|certainly|of course|absolutely|hello|understood|great question|got it)\s*[!,:.–]",
    r"(?:hier|nachfolgend|nachstehend|im folgenden|unten) (?:ist|sind|kommt|folgt|finde[nt]?|findest|habe ich)\b",
    r"(?:here(?:'s|’s| is| are)|below (?:is|are))\b",
    r"(?:basierend auf|auf (?:der )?(?:basis|grundlage)) (?:de[rsnm]|dein|ihr)\w* (?:\w+ )?(?:text|artikel|inhalt)",
    r"based on (?:the|your|this)\b",
    r"(?:der|dieser|laut dem|im|in diesem|in dem) (?:\w+e[rnm]? )?(?:text|artikel|beitrag)\b(?! ?\d)",
    r"(?:the|this|in this|according to the) (?:\w+ )?(?:text|article|post|passage)\b(?! ?\d)",
    r"(?:zusammen|kurz)(?:fassung|gefasst|fassend)\b",
    r"(?:in summary|to summari[sz]e|in conclusion|tl;?dr|in short)\b",
    r"(?:titel|teaser|lead|fazit|überschrift|headline|stichpunkt\w*|punkt \d+|ergebnis|hinweis|anmerkung|achtung)\s*:",
    r"(?:bullet(?: ?point)?(?: ?\d+)?|(?:key )?(?:points?|takeaways?)|summary|answer|antwort|output|ausgabe|note)\s*:",
    r"(?:wichtig|important|user|nutzer|system|assistant|assistent)\s*:",
    r"(?:bitte (?:gib|geben|stell|sende|schick|teile)|please (?:provide|share|send|give|let))",
)
# Anywhere but in quotations.
_SELF_TALK = (
    r"\b(?:als|as) (?:eine? |an? )?(?:\w+ )?(?:KI|AI|Sprachmodell|language model)\b(?:[ -]\w+)?,? (?:kann|can)\b",
    r"\b(?:ich|mir|mich|mein(?:e[rnms]?)?|myself)\b",
    r"\btut mir leid\b",
    r"\b(?:i['’]?m sorry|i apologi[sz]e)\b",
    r"\b(?:knowledge cut-?off|wissensstand(?:s)? (?:reicht|endet)|trainingsdaten (?:reichen|enden))\b",
    r"\b(?:nicht genügend|keine ausreichenden|zu wenig) (?:informationen|kontext|text)\b",
    r"\b(?:not enough|insufficient) (?:information|context)\b",
    r"\b(?:hoffe,? (?:das|dies)|hope (?:this|that)) (?:hilft|helps)\b",
    r"\b(?:let me know|lass(?:en sie)? (?:es )?mich wissen)\b",
    r"\bkann (?:diese[nrs]?|die|der|das) (?:anfrage|aufgabe|bitte|text|artikel) (?:leider )?nicht\b",
    r"\b(?:wie gewünscht|wie angefordert|as requested|as instructed)\b",
    r"</?(?:think|thinking|antwort|answer|s|bos|eos)>|<\|[^|]*\||\[/?INST\]|\bLorem ipsum\b",
)
_CASED = re.compile(r"\bI\b(?![-.])|\[[A-ZÄÖÜ][^\]]{0,40}\]|\bTODO\b")
# What speaks to machines.
_COMMANDS = (
    r"\b(?:ignorier\w*|vergiss|vergessen sie|missachte\w*) (?:\w+ ){0,4}(?:anweisung|instruktion|vorgabe|prompt)\w*",
    r"\b(?:ignore|disregard|forget|override) (?:\w+ ){0,4}(?:instruction|prompt|rule|direction)s?\b",
    r"\b(?:du bist jetzt|you are now|ab sofort bist du|from now on,? you)\b",
    r"<\|im_start\|>|\[INST\]|<<SYS>>",
)
# What speaks to readers, or to machines; none of it stands in the Kurzfassung of a news story.
_APPEALS = (
    *_COMMANDS,
    r"\b(?:system ?prompt|systemanweisung|jailbreak|developer mode|entwicklermodus)\b",
    r"\b(?:antworte|schreib\w*|gib|sag\w*) (?:\w+ ){0,3}(?:nur|stattdessen|genau|immer)\b",
    r"\b(?:respond|reply|write|output|print|say) (?:\w+ ){0,3}(?:only|instead|exactly|always)\b",
    r"\b(?:klick\w*|click|tap) (?:\w+ )?(?:hier|here)\b",
    r"\b(?:jetzt|sofort|noch heute) (?:kaufen|bestellen|anmelden|zugreifen|abonnieren|sichern|registrieren|spenden)\b",
    r"\b(?:buy|order|subscribe|sign up|donate|register|download) (?:it )?(?:now|today|here)\b",
    r"(?:^|[.!?] )(?:kauf|besuch|abonnier|folg|send|überweis)(?:en sie|e|t)? (?:\w+ ){0,3}(?:jetzt|uns|hier|geld)\b",
    r"(?:^|[.!?] )(?:visit|follow|subscribe|call|send|buy) (?:\w+ ){0,3}(?:now|us|our|to|here|today|bitcoin|money)\b",
)
_OPENING = re.compile(rf"^\W*(?:{'|'.join(_OPENINGS)})", re.IGNORECASE)
_TALK = re.compile("|".join((*_SELF_TALK, *_APPEALS)), re.IGNORECASE)
_COMMAND = re.compile("|".join(_COMMANDS), re.IGNORECASE)
_QUOTED = re.compile(r"[„“\"»«][^„“”\"»«]*[“”\"»«]")

_URL = re.compile(
    r"\b(?:https?|ftp|mailto|javascript|data):\S|\bwww\.\w|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S", re.IGNORECASE
)
_MAIL = re.compile(r"\S@[\w-]+\.\w")
DOMAIN = re.compile(
    r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|de|at|ch|eu|io|ai|dev|app|info|example|xyz|top|co|me|ru|cn)\b",
    re.IGNORECASE,
)
_HTML = re.compile(r"<[a-zA-Z/!?][^>]*>?|&(?:#\w+|[a-zA-Z]\w{1,30});")
_MARKDOWN = re.compile(
    r"\*\*|__|`|~~|^\s*(?:#{1,6}\s|>\s|[-*•‣▪–]\s|\d{1,2}\)\s|\|)|\]\(|\|\s*-{2,}|(?<!\w)\*\w[^*]*\w\*(?!\w)|[{}\\]",
    re.MULTILINE,
)  # fmt: skip
_LIST_NUMBER = re.compile(r"^\s*\d{1,2}\.\s(?=[A-ZÄÖÜ])")
_SIGNS = frozenset("®™©°№℃")


def chatter(part: str) -> str | None:
    """The words with which a part of an answer speaks of itself, to somebody, or to a machine; quotations may."""
    bare = _QUOTED.sub(" ", part)
    match = _OPENING.search(part) or _TALK.search(bare) or _CASED.search(bare)
    return (match[0].strip() or part[:20]) if match else None


def addresses_models(source: str) -> str | None:
    """The words with which a source speaks to the models that read it, quoted or not."""
    match = _COMMAND.search(source)
    return match[0] if match else None


def markup(part: str) -> Iterator[str]:
    """What in a part of an answer is no plain text, in words."""
    if match := _URL.search(part) or _MAIL.search(part):
        yield f"an address: {match[0][:40]}"
    if match := _HTML.search(part):
        yield f"HTML: {match[0][:40]}"
    if match := _MARKDOWN.search(part) or _LIST_NUMBER.search(part):
        yield f"Markdown: {match[0].strip()[:20]}"
    if "\n" in part or "\t" in part:
        yield "more than one line"
    for char in part:
        if char in "\n\t":
            continue
        kind = unicodedata.category(char)
        if kind in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or "\ufe00" <= char <= "\ufe0f":
            yield f"a sign that cannot be seen: U+{ord(char):04X}"
            return
        if kind == "So" and char not in _SIGNS:
            yield f"a pictogram: U+{ord(char):04X}"
            return
