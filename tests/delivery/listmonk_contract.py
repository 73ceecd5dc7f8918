"""What feeder may ask of listmonk, as a small JSON schema in our words: that of its published description
(docs/swagger/collections.yaml, July 2026) with its errors mended after the Go source.

Mended: `send_at` is a date and not an object around `headers` and `template_id`; a new campaign has `body` and
`altbody`; what listmonk refuses to do without is required; a list's number is whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
HEADER = {"type": "object", "additionalProperties": {"type": "string", "pattern": r"[ -~]*"}}
CAMPAIGN: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "name",
        "subject",
        "lists",
        "from_email",
        "type",
        "content_type",
        "body",
        "altbody",
        "headers",
        "tags",
    ],
    "properties": {
        "name": {"type": "string", "pattern": r"(?s:.{1,2000})"},
        "subject": {"type": "string", "pattern": r"(?s:.{1,5000})"},
        "lists": {"type": "array", "items": NUMBER, "minItems": 1},
        "from_email": {"type": "string", "pattern": r'("[^\r\n]+" )?<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+'},
        "type": {"type": "string", "enum": ["regular", "optin"]},
        "content_type": {"type": "string", "enum": ["richtext", "html", "markdown", "plain", "visual"]},
        "messenger": TEXT,
        "tags": {"type": "array", "items": TEXT},
        "send_at": {"type": "string"},
        "headers": {"type": "array", "items": HEADER},
        "template_id": NUMBER,
        "body": TEXT,
        "altbody": TEXT,
    },
}
STATUS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["status"],
    "properties": {"status": {"type": "string", "enum": ["draft", "scheduled", "running", "paused", "cancelled"]}},
}
CALLS: dict[tuple[str, str], dict[str, Any] | None] = {
    ("GET", "/campaigns"): None,
    ("POST", "/campaigns"): CAMPAIGN,
    ("GET", "/campaigns/{id}"): None,
    ("PUT", "/campaigns/{id}"): CAMPAIGN,
    ("GET", "/campaigns/{id}/preview"): None,
    ("PUT", "/campaigns/{id}/status"): STATUS,
}
"""What is called, below /api, and what is sent there."""
PARAMETERS = frozenset({"query", "no_body", "page", "per_page"})
"""What the search is given."""

_TYPES: Mapping[str, type] = {"string": str, "integer": int, "object": dict, "array": list}


def errors(value: Any, schema: Mapping[str, Any], place: str = "$") -> list[str]:
    """What of JSON is not as a schema has it; of the words of JSON Schema those that stand above."""
    if not isinstance(value, _TYPES[schema["type"]]) or isinstance(value, bool):
        return [f"{place} is no {schema['type']}"]
    found = []
    if value not in schema.get("enum", [value]):
        found.append(f"{place} is none of {schema['enum']}")
    if isinstance(value, str) and not re.fullmatch(schema.get("pattern", r"(?s:.*)"), value):
        found.append(f"{place} is not as {schema['pattern']}")
    if isinstance(value, list):
        found += [f"{place} is empty"] if len(value) < schema.get("minItems", 0) else []
        found += [one for n, item in enumerate(value) for one in errors(item, schema["items"], f"{place}[{n}]")]
    if isinstance(value, dict):
        found += [f"{place} lacks {name}" for name in schema.get("required", ()) if name not in value]
        found += _members(value, schema, place)
    return found


def _members(value: dict[str, Any], schema: Mapping[str, Any], place: str) -> list[str]:
    known, other = schema.get("properties", {}), schema.get("additionalProperties", False)
    found = []
    for name, one in value.items():
        if (its := known.get(name, other)) is False:
            found.append(f"{place} has {name}, which nobody reads")
        else:
            found += errors(one, its, f"{place}.{name}")
    return found
