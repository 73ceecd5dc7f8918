"""What `feeder check` says, in short, and what a publication has not said of itself yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from feeder.config import placeholders
from feeder.delivery.advising import advice
from feeder.pipeline.doctor.patient import Finding, Patient

_NAMED = 3


def configuration(patient: Patient, _now: datetime) -> Iterator[Finding | str]:
    """Settings that are allowed and hardly meant, templates that do not hold, articles with errors."""
    config = patient.config
    yield f"{len(config.sources)} sources, {len(config.topics)} topics, carriers: {_listed(config.carriers.names)}"
    for key, words in advice(config):
        yield Finding(f"{key}: {words}", "put it right in config.toml", is_trouble=False)
    patient.prove()
    yield "the templates print a sample edition"
    if errors := patient.article_errors():
        named = "; ".join(errors[:_NAMED])
        yield Finding(f"{len(errors)} errors hold articles: {named}", "feeder articles check", is_trouble=False)


def placeholders_left(patient: Patient, _now: datetime) -> Iterator[Finding | str]:
    """Addresses that are nobody's: with them, files are written and nothing leaves the house."""
    left = placeholders(patient.config)
    if not left:
        yield "none is left"
        return
    yield Finding(
        f"{len(left)} settings still name ki-news.example, so no mail leaves and nobody is told",
        "feeder check names file and line; put yours there",
        is_trouble=bool(patient.config.carriers.names),
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "files only"
