"""The kinds of values that config.toml knows; each refuses with a sentence and never repeats what it refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from difflib import get_close_matches
from email.utils import parseaddr
from functools import cache
from ipaddress import ip_network
from string import Formatter
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def near(word: str, known: Iterable[str]) -> str:
    """The words `; did you mean "…"?` for the known spelling nearest to `word`, or nothing."""
    match = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{match[0]}"?' if match else ""


def fields_of(template: str, known: tuple[str, ...]) -> str:
    """Check that the placeholders of `template` are all known; returns it unchanged."""
    names = ", ".join(f"{{{name}}}" for name in known)
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"a brace stands alone; placeholders are {names}; double a brace that is meant") from error
    for _, name, form, conversion in parts:
        if name is not None and name not in known:
            raise ValueError(f"there is no placeholder {{{name}}}; there are {names}{near(name, known)}")
        if form or conversion:
            raise ValueError(f"placeholders take no format; write {names}")
    return template


def placeholders_of(*known: str) -> Callable[[str], str]:
    """A check for templates with these placeholders."""
    return lambda template: fields_of(template, known)


def _one_line(value: str) -> str:
    if len(value.splitlines()) > 1 or re.search(r"[\x00-\x1f\x7f]", value):
        raise ValueError("must be one line without control characters")
    return value


def _http(value: str) -> str:
    if not re.fullmatch(r"https?://[^/\s]+\S*", value):
        raise ValueError("must be an absolute address that starts with https:// or http://, without spaces")
    return value


def _secret_http(value: SecretStr) -> SecretStr:
    _http(value.get_secret_value())
    return value


def _folder_url(value: str) -> str:
    return _http(value).rstrip("/") + "/"


@cache
def zones() -> frozenset[str]:
    """The names of the IANA database; looked up once, because that reads a thousand files."""
    return frozenset(available_timezones())


def is_zone(value: str) -> bool:
    """Whether there is such a time zone; that of nearly everyone is not looked up."""
    return value == "Europe/Berlin" or value in zones()


def _zone(value: str) -> str:
    if not is_zone(value):
        raise ValueError(f"must be a time zone of the IANA database, such as Europe/Berlin{near(value, zones())}")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


def is_identifier(value: str) -> bool:
    """Whether `value` can be the id of a source or topic."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value) is not None


def selector(value: str) -> str:
    """Return what is a CSS selector; a ValueError says from where on it is none, never what stands there."""
    from cssselect import HTMLTranslator, SelectorError  # noqa: PLC0415 - only pages have selectors

    try:
        HTMLTranslator().css_to_xpath(value)
    except SelectorError as error:
        place = re.search(r" at (\d+)>?$", str(error))
        raise ValueError("not a CSS selector" + (f", from character {int(place[1]) + 1} on" if place else "")) from None
    return value


def _identifier(value: str) -> str:
    if not is_identifier(value):
        raise ValueError("must be lower-case letters, digits and single hyphens: it becomes a path")
    return value


def _span(value: object) -> object:
    if isinstance(value, str) and (match := re.fullmatch(r"([0-9]{1,6})\s*([smhd])", value.strip())):
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    if isinstance(value, timedelta):
        return value
    raise ValueError('must be a number and a unit, such as "30m", "12h" or "14d"')


def _duration(value: object) -> object:
    if not (span := _span(value)):
        raise ValueError("must be longer than nothing")
    return span


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError:
        raise ValueError('must be an address or a network, such as "10.0.0.0/8" or "fd00::/8"') from None


def _header(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:\s*[\x20-\x7e]+", value.get_secret_value()):
        raise ValueError('must be a name, a colon and a value in ASCII, such as "X-Api-Key: 12345"')
    return value


def _cookies(value: SecretStr) -> SecretStr:
    if not re.fullmatch(
        r"[^=;\s]+=[\x20-\x3a\x3c-\x7e]*(?:;\s*[^=;\s]+=[\x20-\x3a\x3c-\x7e]*)*", value.get_secret_value()
    ):
        raise ValueError('must be names and values, such as "session=abc; consent=yes"')
    return value


def _whole_days(value: timedelta) -> timedelta:
    if value % timedelta(days=1):
        raise ValueError('must be whole days, such as "14d"')
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", value):
        raise ValueError('must be a language in two lower-case letters, such as "de"')
    return value


def _tag_authority(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+,\d{4}(-\d\d){0,2}", value):
        raise ValueError('must be a domain, a comma and a year in which you held it, such as "ki-news.example,2025"')
    return value


def _mailbox(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+", parseaddr(value)[1]):
        raise ValueError('must hold one mail address, such as "KI-News <newsletter@ki-news.example>"')
    return value


def _mailto(value: str) -> str:
    if not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+", value):
        raise ValueError('must be "mailto:" and a mail address')
    return value


def _database(value: SecretStr) -> SecretStr:
    scheme = value.get_secret_value().partition(":")[0]
    if not re.fullmatch(r"sqlite|postgresql(\+psycopg)?", scheme):
        raise ValueError("must start with sqlite:/// or postgresql://")
    return value


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError('must be a colour as "#rrggbb", such as "#9a1b1e"')
    return value.lower()


def _fonts(value: str) -> str:
    name = r"(?:[A-Za-z][A-Za-z0-9-]*|'[A-Za-z0-9 -]+')"
    if not re.fullmatch(rf"(?:{name}, ?)*(?:serif|sans-serif|monospace)", value):
        raise ValueError(
            "must be names of fonts with commas between, those of several words in single quotes, and at last serif,"
            " sans-serif or monospace: \"Georgia, 'Times New Roman', serif\""
        )
    return value


STATES = tuple("BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH".split())


def _state(value: str) -> str:
    if value.upper() not in STATES:
        raise ValueError(f"must be the two letters of a German state: {', '.join(STATES)}")
    return value.upper()


Text = Annotated[str, Field(min_length=1)]
Line = Annotated[Text, AfterValidator(_one_line)]
Url = Annotated[str, AfterValidator(_http)]
SecretUrl = Annotated[SecretStr, AfterValidator(_secret_http)]
FolderUrl = Annotated[str, AfterValidator(_folder_url)]
Zone = Annotated[str, AfterValidator(_zone)]
Selector = Annotated[Text, AfterValidator(selector)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Span = Annotated[timedelta, BeforeValidator(_span)]
Days = Annotated[Duration, AfterValidator(_whole_days)]
Language = Annotated[str, AfterValidator(_language)]
TagAuthority = Annotated[str, AfterValidator(_tag_authority)]
Mailbox = Annotated[Line, AfterValidator(_mailbox)]
Mailto = Annotated[str, AfterValidator(_mailto)]
Database = Annotated[SecretStr, AfterValidator(_database)]
Colour = Annotated[str, AfterValidator(_colour)]
Fonts = Annotated[str, AfterValidator(_fonts)]
State = Annotated[str, AfterValidator(_state)]
Network = Annotated[str, AfterValidator(_network)]
Header = Annotated[SecretStr, AfterValidator(_header)]
Cookies = Annotated[SecretStr, AfterValidator(_cookies)]
Whole = Annotated[int, Field(strict=True)]
Switch = Annotated[bool, Field(strict=True)]
Amount = Annotated[float, Field(strict=True, allow_inf_nan=False)]

NAMES: dict[Callable[..., object], str] = {
    _http: "address",
    _secret_http: "address",
    _folder_url: "address",
    _zone: "time zone",
    selector: "CSS selector",
    _identifier: "id",
    _pattern: "regular expression",
    _whole_days: "whole days",
    _language: "two letters",
    _mailbox: "mail address",
    _mailto: "`mailto:` address",
    _database: "database address",
    _network: "network",
    _colour: "colour",
    _fonts: "names of fonts",
    _state: "German state",
    _header: "header",
    _cookies: "cookies",
}
