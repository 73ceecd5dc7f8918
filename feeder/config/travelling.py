"""What of a source's settings travels in a subscription list (OPML), beside what every reader understands.

Rights, licence, rules, patterns and secrets stay at home: a list that somebody else wrote decides nothing about what
we may publish, and brings no pattern that we would have to run.
"""

from __future__ import annotations

from collections.abc import Mapping

from feeder.config.sourcing import Selectors, SourceSettings
from feeder.config.values import is_identifier

NAMESPACE = "urn:feeder:opml"

_KINDS = ("feed", "page", "sitemap")
_RANK = SourceSettings.model_fields["rank"].default


def packed(source: SourceSettings) -> dict[str, str]:
    """The settings of a source as attributes; what is as everywhere is left out."""
    told = {"id": source.id, "kind": source.kind if source.kind != "feed" else None}
    told["paused"] = "true" if source.paused else None
    told["rank"] = str(source.rank) if source.rank != _RANK else None
    chosen = source.selectors.model_dump() if source.selectors else {}
    told |= {f"select-{name}": value for name, value in chosen.items()}
    return {name: value for name, value in told.items() if value is not None}


def unpacked(told: Mapping[str, str]) -> dict[str, object]:
    """The same as settings; what cannot be one is left out, for a list may come from anywhere."""
    settings: dict[str, object] = {}
    if is_identifier(told.get("id", "")):
        settings["id"] = told["id"]
    if told.get("kind") in _KINDS:
        settings["kind"] = told["kind"]
    if told.get("paused") == "true":
        settings["paused"] = True
    rank = told.get("rank", "")
    if rank.isascii() and rank.isdigit() and 1 <= int(rank[:4]) <= 100:
        settings["rank"] = int(rank)
    chosen = {name: told[f"select-{name}"] for name in Selectors.model_fields if told.get(f"select-{name}")}
    if "item" in chosen and settings.get("kind") == "page":
        settings["selectors"] = chosen
    return settings
