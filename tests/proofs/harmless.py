"""What must not stand in anything that readers open, whoever sent it."""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree, html

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
SCHEMES = re.compile(r"^[\s\x00-\x20]*(javascript|vbscript|data)\s*:", re.IGNORECASE)
ACTIVE = {"script", "iframe", "object", "embed", "base", "form", "svg", "math", "applet", "frame"}
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM = "{http://www.w3.org/2005/Atom}"


def assert_harmless(folder: Path) -> None:
    """No control character in any text, nothing active in any HTML: pages, mails, and what feeds carry."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".xml", ".json", ".txt", ".opml", ".eml"):
            for words in texts_of(path):
                assert not (found := CONTROLS.search(words)), f"{path.name}: {found[0]!r} in {words[:200]!r}"
            for markup in markup_of(path):
                assert_inactive(markup, path.name)


def assert_inactive(markup: str, name: str) -> None:
    """No script, no handler, no address that runs."""
    if not markup.strip():
        return
    for element in html.fromstring(f"<div>{markup}</div>" if "<html" not in markup else markup).iter(etree.Element):
        assert element.tag not in ACTIVE, f"{name}: {element.tag!r}"
        for attribute, value in element.attrib.items():
            assert not str(attribute).lower().startswith("on"), f"{name}: {attribute!r} is {value!r}"
            is_icon = element.get("rel") == "icon"  # our own, drawn in the template
            assert is_icon or not SCHEMES.search(str(value)), f"{name}: {attribute!r} is {value!r}"


def texts_of(path: Path) -> Iterator[str]:
    """All text of a file, decoded strictly."""
    if path.suffix == ".eml":
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        yield from (str(value) for value in mail.values())
        yield from (str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text")
    elif path.suffix == ".json":
        yield json.dumps(json.loads(path.read_bytes()), ensure_ascii=False)
        yield from strings_in(json.loads(path.read_bytes()))
    else:
        yield path.read_bytes().decode()


def strings_in(value: object) -> Iterator[str]:
    """Every string of a JSON document."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings_in(inner)


def markup_of(path: Path) -> Iterator[str]:
    """All HTML that a file is, or carries."""
    if path.suffix == ".html":
        yield path.read_text(encoding="utf-8")
    elif path.suffix == ".json":
        yield from (item.get("content_html", "") for item in json.loads(path.read_bytes()).get("items", []))
    elif path.suffix == ".xml":
        root = etree.fromstring(path.read_bytes())
        yield from (element.text or "" for element in root.iter(CONTENT, f"{ATOM}content"))
    elif path.suffix == ".eml":
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        yield from (str(part.get_content()) for part in mail.walk() if part.get_content_type() == "text/html")
