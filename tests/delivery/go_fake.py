"""As much of Go's text/template and html/template as listmonk's mails show: static text, a few functions, the states in
which html/template escapes, and what it drops (src/html/template/escape.go)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r'\s*("(?:[^"\\\n]|\\.)*"|`[^`]*`|[^\s"`]+)')
_ENTITIES = str.maketrans({"&": "&amp;", "'": "&#39;", '"': "&#34;", "<": "&lt;", ">": "&gt;", "+": "&#43;"})


class GoError(Exception):
    """It does not compile, or not execute."""


class Html(str):
    """template.HTML: printed as it is."""

    __slots__ = ()


def execute(source: str, url: str, *, content: str | None = None, is_html: bool = True) -> str:
    """What a template prints for a reader whose unsubscribe address is `url`; `content` is the one that it includes."""
    printer = _Printer() if is_html else _Plain()
    _run(source, url, content, printer)
    return printer.end()


def _run(source: str, url: str, content: str | None, printer: _Plain) -> None:
    at = 0
    while (begin := source.find("{{", at)) >= 0:
        printer.text(source[at:begin])
        tokens, at = _action(source, begin + 2)
        if tokens == ["template", '"content"', "."]:
            if content is None:
                raise GoError('template "content" not defined')
            _run(content, url, None, printer)
        else:
            printer.value(_value(tokens, url))
    printer.text(source[at:])


def _action(source: str, at: int) -> tuple[list[str], int]:
    tokens: list[str] = []
    while not source[at:].lstrip().startswith("}}"):
        token = _TOKEN.match(source, at)
        if token is None:
            raise GoError("unclosed action, or unterminated quoted string")
        word = token[1] if token[1][0] in '"`' else token[1].partition("}}")[0]
        tokens.append(word)
        at = token.start(1) + len(word)
    return tokens, source.index("}}", at) + 2


def _value(tokens: list[str], url: str) -> str:
    match tokens:
        case [literal] if literal[0] in '"`':
            return _literal(literal)
        case ["Safe", literal] if literal[0] in '"`':
            return Html(_literal(literal))
        case ["UnsubscribeURL", "."]:
            return url
        case ["TrackView", "."]:
            return Html('<img src="https://track.test/view">')
        case ["TrackLink", literal, "."] if literal[0] in '"`':
            return "https://track.test/link"
    if tokens and re.fullmatch(r"[A-Za-z_]\w*", tokens[0]):
        raise GoError(f'function "{tokens[0]}" not defined')
    raise GoError(f"unexpected {' '.join(tokens)!r} in command")


def _literal(literal: str) -> str:
    """strconv.Unquote; of the escapes those that JSON has too."""
    try:
        return literal[1:-1] if literal[0] == "`" else str(json.loads(literal))
    except ValueError as error:
        raise GoError(f"invalid syntax: {literal}") from error


@dataclass
class _Plain:
    """text/template."""

    out: list[str] = field(default_factory=list)

    def text(self, words: str) -> None:
        self.out.append(words)

    def value(self, value: str) -> None:
        self.out.append(value)

    def end(self) -> str:
        return "".join(self.out)


@dataclass
class _Printer(_Plain):
    """html/template: where in the page it is decides what becomes of text and values."""

    state: str = "text"
    quote: str = ""
    name: str = ""

    def text(self, words: str) -> None:
        while words:
            words = getattr(self, f"_{self.state}")(words)

    def value(self, value: str) -> None:
        is_html = isinstance(value, Html)
        if self.state == "text":
            self.out.append(value if is_html else value.translate(_ENTITIES))
        elif self.state == "tag" and self.quote:
            self.out.append((re.sub("<[^>]*>", "", value) if is_html else value).translate(_ENTITIES))
        elif self.state == "style":
            self.out.append("ZgotmplZ")
        elif self.state == "tag":
            raise GoError("unquoted attribute")

    def end(self) -> str:
        if self.state != "text":
            raise GoError("ends in a non-text context")
        return super().end()

    def _text(self, words: str) -> str:
        before, sign, after = words.partition("<")
        self.out.append(before)
        if not sign:
            return ""
        if after.startswith("!--"):
            self.state = "comment"
            return after[3:]
        if tag := re.match(r"/?[A-Za-z][^\s>/]*", after):
            self.state, self.name = "tag", tag[0].lower()
            self.out.append("<")
            return after
        self.out.append("<" if after.lower().startswith("!doctype") else "&lt;")
        return after

    def _comment(self, words: str) -> str:
        _, sign, after = words.partition("-->")
        self.state = "text" if sign else self.state
        return after

    def _tag(self, words: str) -> str:
        for n, sign in enumerate(words):
            if self.quote:
                self.quote = "" if sign == self.quote else self.quote
            elif sign in "\"'":
                self.quote = sign
            elif sign == ">":
                self.out.append(words[: n + 1])
                self.state = "style" if self.name == "style" else "text"
                return words[n + 1 :]
        self.out.append(words)
        return ""

    def _style(self, words: str) -> str:
        style, sign, after = words.partition("</style")
        self.out.append(re.sub(r"/\*.*?\*/", " ", style, flags=re.DOTALL))
        if sign:
            self.state, self.name = "tag", "/style"
            self.out.append(sign)
        return after
