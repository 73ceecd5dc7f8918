"""Reservations of text and data mining (Article 4 of Directive (EU) 2019/790), as TDMRep writes them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from feeder.addresses import is_web_address
from feeder.text import one_line, shorten

_MAX_RULES = 1000
_HEAD = 100_000
_META = re.compile(rb"<meta\b[^<>]{1,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for the paths that match: `*` stands for anything, `$` for the end."""

    location: str
    reserved: bool
    policy: str | None = None

    def matches(self, target: str) -> bool:
        """Whether the rule speaks of a path (with its query), percent signs decoded."""
        first, *rest = self.location.removesuffix("$").split("*")
        if not target.startswith(first):
            return False
        at = len(first)
        last = rest.pop() if rest else None
        for part in rest:
            if (found := target.find(part, at)) < 0:
                return False
            at = found + len(part)
        if not self.location.endswith("$"):
            return last is None or target.find(last, at) >= 0
        return target[at:] == "" if last is None else len(target) - len(last) >= at and target.endswith(last)


@dataclass(frozen=True, slots=True)
class Reservation:
    """What an origin's tdmrep.json says; the first rule that matches holds."""

    rules: tuple[Rule, ...] = ()

    @classmethod
    def read(cls, body: bytes) -> Reservation:
        """Read a tdmrep.json; what is none reserves nothing."""
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return cls()
        return cls(tuple(_rules(said))) if isinstance(said, list) else cls()

    def rule_for(self, target: str) -> Rule | None:
        """The rule for a path with its query."""
        return next((rule for rule in self.rules if rule.matches(target)), None)


def reserved_by_page(headers: Mapping[str, str], body: bytes, token: str) -> str | None:
    """The words with which a page, in its headers or its head, keeps programs out; None if it does not."""
    if headers.get("tdm-reservation", "").strip() == "1":
        return f"its header says tdm-reservation: 1{_terms(headers.get('tdm-policy'))}"
    if _names_ai(headers.get("X-Robots-Tag", ""), token):
        return "its header X-Robots-Tag says noai"
    metas = dict(_metas(body[:_HEAD]))
    if metas.get("tdm-reservation", "").strip() == "1":
        return f"its meta tag says tdm-reservation: 1{_terms(metas.get('tdm-policy'))}"
    for name in ("robots", token):
        if _names_ai(metas.get(name, ""), token):
            return f"its meta tag {name} says noai"
    return None


def _rules(said: list[object]) -> Iterator[Rule]:
    for each in said[:_MAX_RULES]:
        if isinstance(each, dict) and isinstance(each.get("location"), str):
            policy = each.get("tdm-policy")
            yield Rule(
                unquote(each["location"]),
                str(each.get("tdm-reservation")) in ("1", "True"),
                _short(policy) if isinstance(policy, str) and is_web_address(policy) else None,
            )


def _names_ai(value: str, token: str) -> bool:
    """Whether X-Robots-Tag says `noai` to everybody or to us; "name: …" speaks to one robot until the next name."""
    to_us = True
    for part in value[:2000].lower().split(","):
        name, colon, directive = part.rpartition(":")
        if colon:
            to_us = name.strip() == token
        if to_us and directive.strip() == "noai":
            return True
    return False


def _metas(head: bytes) -> Iterator[tuple[str, str]]:
    for tag in _META.findall(head):
        found = {name.lower(): (one or other or bare) for name, one, other, bare in _ATTRIBUTE.findall(tag)}
        if b"name" in found:
            yield (
                found[b"name"].decode("utf-8", "replace").strip().lower(),
                found.get(b"content", b"").decode("utf-8", "replace"),
            )


def _terms(policy: str | None) -> str:
    return f" (its terms: {_short(policy)})" if policy and is_web_address(policy) else ""


def _short(policy: str) -> str:
    return shorten(one_line(policy), 200)
