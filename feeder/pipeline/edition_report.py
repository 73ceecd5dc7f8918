"""What the self-test found, in words for editors, and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from itertools import groupby

from feeder.model import EditionFinding, EditionReport, Weight

WIDTH = 79

_LEVELS: Mapping[Weight, tuple[str, str, str]] = {
    Weight.ERROR: ("FEHLER", "Fehler", "Fehler"),
    Weight.WARNING: ("WARNUNG", "Warnung", "Warnungen"),
    Weight.NOTE: ("HINWEIS", "Hinweis", "Hinweise"),
}
_CHECKS = {
    "anchors": "Sprünge",
    "bytes": "Größe",
    "contrast": "Kontrast",
    "headings": "Überschriften",
    "legal": "Pflichtangaben",
    "links": "Links",
    "message": "Nachricht",
    "pictures": "Bilder",
    "placeholders": "Platzhalter",
    "render": "Druck",
    "styles": "Gestaltung",
    "subject": "Betreff",
    "text": "Textteil",
    "tracking": "Tracking",
}


def report_words(report: EditionReport) -> list[str]:
    """The report in lines that fit a terminal, the heaviest findings first."""
    lines = []
    for (level, place), some in groupby(report.findings, key=lambda one: (one.level, one.place)):
        lines.append(f"{_LEVELS[level][0]}  {place}")
        for one in some:
            lines += _lines(one)
    asked = f"{report.asked} fremde Links gefragt" if report.asked else "keine fremden Links gefragt"
    return [*lines, f"Ausgabe {report.edition_id}: {_sum(report)}; {asked}."]


def report_json(report: EditionReport) -> dict[str, object]:
    """The report as facts; `ok` is whether the edition may be released."""
    return {
        "edition": report.edition_id,
        "ok": not report.errors,
        "links_asked": report.asked,
        "findings": [
            {"level": one.level.value, "what": one.what, "text": one.text, "place": one.place}
            for one in report.findings
        ],
    }


def _lines(one: EditionFinding) -> list[str]:
    return textwrap.wrap(
        f"{_CHECKS.get(one.what, one.what)}: {one.text}",
        WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sum(report: EditionReport) -> str:
    """How many of each kind, or that all is well."""
    counted = []
    for level, (_, single, several) in _LEVELS.items():
        if count := sum(one.level is level for one in report.findings):
            counted.append(f"{count} {single if count == 1 else several}")
    return ", ".join(counted) or "alles in Ordnung"
