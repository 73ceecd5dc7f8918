"""The mail's style sheet, written into the tags of its templates when they are read, not each time one is rendered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import css_inline
import jinja2
import lxml.html

from feeder.errors import RenderError

SHEET = "digest.css"
PROSE_TAGS = ("p", "ul", "ol", "li", "blockquote", "pre", "a", "h3", "h4", "h5", "h6", "code")

_INLINER = css_inline.CSSInliner(
    keep_style_tags=False, load_remote_stylesheets=False, minify_css=True, inline_style_tags=True
)
_AT_RULE = re.compile(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r'(?<=\s)class="([^"]*)"')
_NAME = re.compile(r"\.([A-Za-z][\w-]*)")
_TAG = re.compile(r"""<(/?)([a-z][a-z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A style sheet, taken apart: what each class says, what each tag within `.prose` says, and the at-rules, which
    cannot stand in a tag."""

    classes: Mapping[str, str]
    prose: Mapping[str, str]
    at_rules: str
    _css: str
    _named: frozenset[str]

    def inline(self, template: str) -> str:
        """Write what classes say beside them, into the source of a template; classes that no at-rule needs go."""
        return _CLASS.sub(self._said, template)

    def prose_html(self, html: str, lower: int) -> str:
        """Cleaned HTML with its headings moved down, and the style of `.prose` in its tags."""

        def styled(match: re.Match[str]) -> str:
            end, tag, rest = match.groups()
            if tag in ("h3", "h4", "h5", "h6"):
                tag = f"h{min(6, int(tag[1]) + lower)}"
            return f"<{end}{tag}{'' if end else self.prose.get(tag, '')}{rest}>"

        return _TAG.sub(styled, html)

    def _said(self, match: re.Match[str]) -> str:
        names = match[1].split()
        for name in names:
            if name not in self._named:
                raise RenderError(
                    f'templates/{SHEET}: has no rule for class="{match[1]}" of the mail; write each class out, and give'
                    " it a rule"
                )
        style = self.classes.get(match[1]) or (_styles(self._css, [f'<div class="{match[1]}"></div>'])[0])
        kept = " ".join(name for name in names if re.search(rf"\.{re.escape(name)}(?![\w-])", self.at_rules))
        return " ".join([f'class="{kept}"'] * bool(kept) + [f'style="{style}"'] * bool(style))


def sheet(css: str) -> Sheet:
    """Take a style sheet apart.

    Outside of at-rules a selector is a class, or `.prose` and a tag: mail programs that drop a sheet know no other.
    """
    css = _COMMENT.sub("", css)
    at_rules = " ".join("\n".join(_AT_RULE.findall(css)).split()).replace("} } ", "}}\n")
    plain = _AT_RULE.sub("", css)
    for selectors in re.findall(r"([^{}]+)\{", plain):
        for one in selectors.split(","):
            if not re.fullmatch(r"\s*(\.[A-Za-z][\w-]*|\.prose [a-z][a-z0-9]*)\s*", one):
                raise RenderError(
                    f"templates/{SHEET}: the selector {one.strip()!r} must be one class, or .prose and a tag:"
                    " it is written into the tags"
                )
    names = sorted(set(_NAME.findall(plain)))
    said = _styles(plain, [f'<div class="{name}"></div>' for name in names])
    within = _styles(plain, [f'<div class="prose"><{tag}></{tag}></div>' for tag in PROSE_TAGS])
    return Sheet(
        dict(zip(names, said, strict=True)),
        {tag: f' style="{style}"' for tag, style in zip(PROSE_TAGS, within, strict=True) if style},
        at_rules,
        plain,
        frozenset(_NAME.findall(css)),
    )


def _styles(css: str, samples: list[str]) -> list[str]:
    """What a sheet says of the innermost element of each sample."""
    found = []
    for sample in samples:
        inlined = _INLINER.inline_fragment(sample, css)
        *_, element = lxml.html.fragment_fromstring(inlined).iter()
        found.append(element.get("style", "").replace('"', "'").rstrip(";"))
    return found


class MailLoader(jinja2.FileSystemLoader):
    """Reads templates; into those of the mail, `digest….html`, it writes the style of their classes."""

    def __init__(self, folder: str, css: Callable[[], str]) -> None:
        super().__init__(folder)
        self._css = css
        self._sheet: Sheet | None = None

    @property
    def sheet(self) -> Sheet:
        """The mail's style sheet, taken apart once."""
        if self._sheet is None:
            self._sheet = sheet(self._css())
        return self._sheet

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, name, is_fresh = super().get_source(environment, template)
        is_mail = template.startswith("digest") and template.endswith(".html")
        return self.sheet.inline(source) if is_mail else source, name, is_fresh
