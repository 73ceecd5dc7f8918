"""YAML nodes as typed values; what is wrong raises ArticleError with its line and the nearest right spelling."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import yaml

from feeder.errors import ArticleError
from feeder.text import one_line

LIMIT = 65_536

_DATE = re.compile(
    r"(?:(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)|(?P<tag>\d\d?)\.\s?(?P<monat>\d\d?)\.\s?(?P<jahr>\d{4}))"
    r"(?:(?:[Tt]|,?\s+)(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?(?:\s*Uhr)?"
    r"\s*(?P<zone>[Zz]|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


def compose(path: str, source: str, before: int) -> yaml.Node | None:
    """Parse YAML into nodes without building any object; `before` is the number of lines above it."""
    if len(source) > LIMIT:
        raise ArticleError(path, before, "Der Kopf ist größer als 64 KB")
    try:
        node: yaml.Node | None = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = before + 1 + (error.problem_mark.line if error.problem_mark else 0)
        hint = "; ein Wert mit Doppelpunkt gehört in Anführungszeichen" if "mapping values" in str(error) else ""
        raise ArticleError(path, line, f"Der Kopf ist kein gültiges YAML{hint}") from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise ArticleError(path, before, "Der Kopf ist kein gültiges YAML") from error
    return None if node is None or is_null(node) else node


def is_null(node: yaml.Node) -> bool:
    """Whether a key stands there without a value."""
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def nearest(word: str, allowed: Iterable[str], meant: Mapping[str, str]) -> str:
    """The part of a message that names what was probably meant; empty if nothing is near."""
    options = list(allowed)
    german = meant.get(word.casefold())
    near = [german] if german in options else difflib.get_close_matches(word.casefold(), options, 1, 0.6)
    return f"; gemeint ist „{near[0]}“?" if near else f"; möglich: {', '.join(options)}"


@dataclass(frozen=True, slots=True)
class Values:
    """Reads values of one front matter; `meant` maps words that editors may use to the right ones."""

    path: str
    before: int
    zone: ZoneInfo
    meant: Mapping[str, str]

    def wrong(self, node: yaml.Node, message: str) -> ArticleError:
        return ArticleError(self.path, self.line(node), message)

    def line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + 1 + self.before

    def mapping(self, node: yaml.Node, allowed: Iterable[str], what: str) -> dict[str, yaml.Node]:
        """Refuse unknown and repeated keys; keys without a value count as absent."""
        options = tuple(allowed)
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"{what} braucht Zeilen „Schlüssel: Wert“, etwa „{options[0]}: …“")
        result: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = one_line(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key not in options:
                raise self.wrong(key_node, f"Unbekannter Schlüssel „{key}“{nearest(key, options, self.meant)}")
            if key in result:
                raise self.wrong(key_node, f"Schlüssel „{key}“ steht zweimal da")
            result[key] = value
        return {key: value for key, value in result.items() if not is_null(value)}

    def text(self, node: yaml.Node, key: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, f"„{key}“ muss ein Text sein, keine Liste; Text in Anführungszeichen setzen")
        return one_line(node.value)

    def texts(self, node: yaml.Node, key: str) -> tuple[str, ...]:
        """A list of texts, or a single one."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found = (self.text(entry, key) for entry in nodes if not is_null(entry))
        return tuple(dict.fromkeys(text for text in found if text))

    def choice(self, node: yaml.Node, key: str, allowed: Iterable[str]) -> str:
        options = tuple(allowed)
        value = self.text(node, key)
        if value not in options:
            raise self.wrong(node, f"„{key}“ kann nicht „{value}“ sein{nearest(value, options, self.meant)}")
        return value

    def moment(self, node: yaml.Node, key: str) -> datetime:
        """A date with or without time; what has no zone is in the publication's; the result is UTC."""
        value = self.text(node, key)
        match = _DATE.fullmatch(value)
        if match is None:
            raise self.wrong(node, f"„{key}“ ist kein Datum: „{value}“; richtig ist etwa 2025-06-17 08:30")
        try:
            return moment(match, self.zone)
        except (ValueError, OverflowError) as error:
            raise self.wrong(node, f"„{key}“: den Tag oder die Uhrzeit „{value}“ gibt es nicht") from error


def moment(match: re.Match[str], default: ZoneInfo) -> datetime:
    """Make an aware UTC time of a date that was recognised; ValueError if there is no such day."""
    part = match.groupdict()
    year, month, day = (
        int(part[iso] or part[german]) for iso, german in (("year", "jahr"), ("month", "monat"), ("day", "tag"))
    )
    if not 1970 <= year <= 2999:
        raise ValueError("out of range")
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    named = part["zone"]
    zone = default if named is None else datetime.strptime(named.upper(), "%z").tzinfo
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
