"""How a mail is seen: colours, background, what is hidden, as a reader's program computes them.

A small cascade (CSS Cascade, level 4) that knows what our own templates use: selectors by cssselect, inline styles,
!important, inheritance, `bgcolor`. It is not a browser; what it does not know it leaves as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

import cssselect
import lxml.html
from lxml import etree

from feeder.rendering.checking.colours import BLACK, LINK, WHITE, Colour, colour, first_colour, over
from feeder.rendering.checking.printed import Document
from feeder.rendering.checking.stylesheet import Declaration, Rule, declarations, holds, rules

_ZERO = re.compile(r"0(\.0+)?[a-z%]*")
_DARK_CANVAS: Colour = (0x12 / 255, 0x12 / 255, 0x12 / 255, 1.0)


class Mode(Enum):
    """How a mail is looked at."""

    LIGHT = "hell"
    DARK = "dunkel"
    BARE = "ohne <style>"


@dataclass(frozen=True, slots=True)
class Seen:
    """How the text of an element is seen. `unread` is a colour that could not be read."""

    text: Colour
    ground: Colour
    is_hidden: bool = False
    has_font: bool = False
    has_size: bool = False
    unread: str = ""


@dataclass(frozen=True, slots=True)
class _Matched:
    rule: Rule
    specificity: tuple[int, int, int]
    elements: tuple[lxml.html.HtmlElement, ...]


@dataclass(frozen=True)
class Cascade:
    """The styles of one document."""

    document: Document

    @cached_property
    def matched(self) -> tuple[_Matched, ...]:
        """Each selector of each rule with the elements that it means, the weakest first."""
        sheets = [each.text or "" for each in self.document.root.iter("style")]
        found = [one for sheet in sheets for rule in rules(sheet) for one in self._match(rule)]
        return tuple(sorted(found, key=lambda one: one.specificity))

    def seen(self, mode: Mode) -> Mapping[lxml.html.HtmlElement, Seen]:
        """How each element is seen in a mode."""
        styles = self._styles(mode)
        is_dark = mode is Mode.DARK and self._knows_dark
        base = Seen(WHITE, _DARK_CANVAS) if is_dark else Seen(BLACK, WHITE)
        result: dict[lxml.html.HtmlElement, Seen] = {}
        for element in self.document.root.iter("*"):
            parent = element.getparent()
            result[element] = _see(element, styles.get(element, {}), result.get(parent, base))
        return result

    @property
    def _knows_dark(self) -> bool:
        """Whether the mail says that it can be shown in dark colours, so that what it does not set is dark."""
        metas = (each for each in self.document.root.iter("meta") if each.get("name") == "color-scheme")
        return any("dark" in (each.get("content") or "") for each in metas)

    def _match(self, rule: Rule) -> Iterator[_Matched]:
        try:
            selectors = cssselect.parse(rule.selectors)
        except cssselect.SelectorError:
            return
        for selector in selectors:
            if selector.pseudo_element is not None:
                continue
            try:
                path = cssselect.HTMLTranslator().selector_to_xpath(selector)
                elements = self.document.root.xpath(path)
            except (cssselect.SelectorError, etree.XPathError):
                continue
            yield _Matched(rule, selector.specificity(), tuple(elements))

    def _styles(self, mode: Mode) -> dict[lxml.html.HtmlElement, dict[str, Declaration]]:
        styles: dict[lxml.html.HtmlElement, dict[str, Declaration]] = {}
        for one in self.matched if mode is not Mode.BARE else ():
            if holds(one.rule.media, dark=mode is Mode.DARK):
                for element in one.elements:
                    _put(styles.setdefault(element, {}), one.rule.declarations)
        for element in self.document.root.iter("*"):
            if style := element.get("style"):
                _put(styles.setdefault(element, {}), declarations(style))
        return styles


def _put(style: dict[str, Declaration], more: tuple[Declaration, ...]) -> None:
    for one in more:
        names = (one.name, "background-color") if one.name == "background" else (one.name,)
        for name in names:
            if (there := style.get(name)) is None or one.is_important or not there.is_important:
                style[name] = one


def _see(element: lxml.html.HtmlElement, style: Mapping[str, Declaration], parent: Seen) -> Seen:
    seen = replace(parent, text=LINK) if element.tag == "a" and element.get("href") else parent
    said = style.get("background-color")
    if value := said.value if said else element.get("bgcolor") or "":
        found = colour(value) or first_colour(value)
        if found is not None:
            seen = replace(seen, ground=over(found, parent.ground))
        elif value not in ("none", "inherit", "initial", "unset"):
            seen = replace(seen, unread=value)
    if said := style.get("color"):
        found = parent.text if said.value in ("inherit", "currentcolor", "unset") else colour(said.value)
        seen = replace(seen, unread=said.value) if found is None else replace(seen, text=found)
    return replace(
        seen,
        is_hidden=seen.is_hidden or element.get("hidden") is not None or _hides(style),
        has_font=seen.has_font or "font-family" in style or "font" in style or element.get("face") is not None,
        has_size=seen.has_size or "font-size" in style or "font" in style,
    )


def _hides(style: Mapping[str, Declaration]) -> bool:
    said = {name: one.value for name, one in style.items()}
    is_shut = any(_ZERO.fullmatch(said.get(name, "")) for name in ("max-height", "height"))
    is_out = said.get("display") == "none" or said.get("visibility") == "hidden"
    return is_out or (is_shut and said.get("overflow") == "hidden")
